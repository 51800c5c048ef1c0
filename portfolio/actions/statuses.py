"""Reporting how an initiative is: write, send in, publish, return, correct."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import Organisation, User
from portfolio import rules
from portfolio.actions.versions import lock_initiatives
from portfolio.models import Initiative, Phase, StatusReport
from portfolio.models.statuses import NEXT_STEP_LENGTH
from portfolio.rules import Status

FIELDS = (
    "reported_on",
    "state",
    "phase_from",
    "phase_to",
    "needs_mapping",
    "comment",
    "comment_unknown",
    "next_step",
    "reason",
)
TRACKED = ("reported_on", "state", "phase_name", "comment", "comment_unknown", "next_step")


@transaction.atomic
def publish_status(
    *,
    initiative: Initiative,
    status: Status,
    based_on: int | None,
    by: User,
    reporter_org: Organisation | None = None,
) -> StatusReport:
    """Publish how the initiative is; a second report on the same day corrects the first.

    `based_on` is the newest published report the person saw, by id. Raises rules.Changed when another
    has come since, rules.AlreadySaved when it says the very same, rules.NotAllowed otherwise.
    """
    locked = _lock(initiative)
    _check_unchanged(locked, status, based_on, by)
    report = StatusReport(
        initiative=locked, reported_by=by, reporter_org=reporter_org or by.organisation, **_values(status)
    )
    return _publish(report, status, locked, by)


@transaction.atomic
def publish_statuses(
    *, statuses: Iterable[tuple[Initiative, Status, int | None]], by: User
) -> list[StatusReport]:
    """Publish one report for each initiative, or none at all.

    Raises SeveralChanged with all those that others have reported since; another refusal names its initiative.
    """
    wanted = sorted(statuses, key=lambda row: row[0].pk)
    if wanted:
        rules.check_comment(wanted[0][1])
    published: list[StatusReport] = []
    changed: list[StatusReport] = []
    for initiative, status, based_on in wanted:
        try:
            published.append(publish_status(initiative=initiative, status=status, based_on=based_on, by=by))
        except rules.AlreadySaved:
            continue
        except rules.Changed as refusal:
            changed += [refusal.newest] if refusal.newest else []
        except rules.NotAllowed as refusal:
            raise rules.NotAllowed(
                _("%(initiative)s: %(sentence)s") % {"initiative": initiative, "sentence": refusal}
            ) from refusal
    if changed:
        raise SeveralChanged(changed)
    return published


class SeveralChanged(rules.NotAllowed):
    """Others have reported some of the initiatives since the form was opened; `newest` is what stands there."""

    def __init__(self, newest: list[StatusReport]) -> None:
        super().__init__(
            _(
                "Noen av tiltakene har fått ny status siden du åpnet skjemaet. Det du skrev, står fortsatt i skjemaet."
            )
        )
        self.newest = newest


@transaction.atomic
def save_draft(
    *, initiative: Initiative, status: Status, by: User, reporter_org: Organisation | None = None
) -> StatusReport:
    """Keep what a contributor has written so far; each person has one draft for an initiative."""
    locked = _lock(initiative)
    rules.check_status(status, previous=None, phases=_phases(), today=timezone.localdate(), is_draft=True)
    draft = (
        locked.reports.exclude(publication=StatusReport.Publication.PUBLISHED).filter(reported_by=by).first()
    )
    if draft is None:
        draft = StatusReport(initiative=locked, reported_by=by)
    elif draft.publication != StatusReport.Publication.DRAFT:
        rules.check_transition(draft, StatusReport.Publication.DRAFT)
        draft.publication = StatusReport.Publication.DRAFT
    for name, value in _values(status).items():
        setattr(draft, name, value)
    draft.reporter_org = reporter_org or by.organisation
    draft.save()
    return draft


@transaction.atomic
def submit_status(*, report: StatusReport, by: User) -> None:
    """Send a draft to the secretariat."""
    _lock(report.initiative)
    report = _lock_report(report)
    rules.check_transition(report, StatusReport.Publication.SUBMITTED)
    previous = _published(report.initiative).filter(reported_on__lte=report.reported_on).first()
    rules.check_status(_status_of(report), previous=previous, phases=_phases(), today=timezone.localdate())
    report.publication = StatusReport.Publication.SUBMITTED
    report.return_comment = ""
    report.save(update_fields=["publication", "return_comment"])
    record(by=by, verb=gettext_noop("sendte inn status"), target=report.initiative, new=_tracked(report))


@transaction.atomic
def return_status(*, report: StatusReport, comment: str, by: User) -> None:
    """Give a sent-in report back to who wrote it, with what must be changed."""
    _lock(report.initiative)
    report = _lock_report(report)
    rules.check_transition(report, StatusReport.Publication.DRAFT)
    if not comment.strip():
        raise rules.NotAllowed(_("Skriv hva som må endres."), field="return_comment")
    rules.check_text(comment, field="return_comment", limit=NEXT_STEP_LENGTH)
    report.publication = StatusReport.Publication.DRAFT
    report.return_comment = comment
    report.save(update_fields=["publication", "return_comment"])
    record(
        by=by,
        verb=gettext_noop("sendte tilbake status"),
        target=report.initiative,
        new={"return_comment": comment, **_tracked(report)},
    )


@transaction.atomic
def publish_submitted(*, report: StatusReport, based_on: int | None, by: User) -> StatusReport:
    """Publish what a contributor has sent in, as it stands."""
    initiative = _lock(report.initiative)
    report = _lock_report(report)
    rules.check_transition(report, StatusReport.Publication.PUBLISHED)
    status = _status_of(report)
    _check_unchanged(initiative, status, based_on, by)
    return _publish(report, status, initiative, by)


def _publish(report: StatusReport, status: Status, initiative: Initiative, by: User) -> StatusReport:
    """The one place where a report becomes published, inside the caller's transaction and lock."""
    if not initiative.is_live:
        raise rules.NotAllowed(_("Tiltaket er tatt ut av porteføljen og kan ikke få ny status."))
    old = previous = initiative.latest_report
    if old is not None and old.reported_on >= status.reported_on:
        before = _published(initiative)
        report.corrects = before.filter(reported_on=status.reported_on).first()
        previous = before.filter(reported_on__lt=status.reported_on).first()
    rules.check_status(status, previous=previous, phases=_phases(), today=timezone.localdate())
    report.publication = StatusReport.Publication.PUBLISHED
    report.published_at = timezone.now()
    report.published_by = by
    report.save()
    if old is None or report.reported_on >= old.reported_on:
        Initiative.objects.filter(pk=initiative.pk).update(latest_report=report)
    record(
        by=by,
        verb=gettext_noop("rettet status") if report.corrects else gettext_noop("publiserte status"),
        target=initiative,
        old=_tracked(report.corrects or old),
        new=_tracked(report),
    )
    return report


def _check_unchanged(initiative: Initiative, status: Status, based_on: int | None, by: User) -> None:
    newest = initiative.latest_report
    if newest is not None and newest.reported_on >= status.reported_on:
        same_day = _published(initiative).filter(reported_on=status.reported_on).first()
        if same_day is not None and same_day.published_by_id == by.pk and status.says_the_same_as(same_day):
            raise rules.AlreadySaved(same_day)
    if (newest.pk if newest else None) != based_on:
        raise rules.Changed(newest)


def _lock(initiative: Initiative) -> Initiative:
    """The initiative as it is now, locked until the transaction ends; always before its reports.

    Without joins: PostgreSQL checks a row again after waiting for its lock, but not what was joined to it.
    """
    locked = lock_initiatives(initiative)[initiative.pk]
    if locked.latest_report_id:
        reports = StatusReport.objects.select_related("phase_from", "phase_to")
        locked.latest_report = reports.get(pk=locked.latest_report_id)
    return locked


def _lock_report(report: StatusReport) -> StatusReport:
    return StatusReport.objects.select_for_update().get(pk=report.pk)


def _published(initiative: Initiative) -> Any:
    return initiative.reports.published().select_related("phase_from", "phase_to").newest_first()


def _phases() -> list[Phase]:
    return list(Phase.objects.all())


def _values(status: Status) -> dict[str, Any]:
    return {field: getattr(status, field) for field in FIELDS}


def _status_of(report: StatusReport) -> Status:
    return Status(**{field: getattr(report, field) for field in FIELDS})


def _tracked(report: StatusReport | None) -> dict[str, Any]:
    return {field: getattr(report, field) for field in TRACKED} if report else {}
