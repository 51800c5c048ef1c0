"""Minutes: drafted, sent for comments, approved by both sides, frozen, and corrected by a new version."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import pdf, rich_text
from helsefellesskap.templatetags.norsk import dato, klokke
from meetings.actions.attendance import keep_deadline, lock_meeting
from meetings.actions.notices import make_notices
from meetings.documents.minutes import (
    approval_line,
    approvals_of,
    content_of,
    fingerprint,
    minutes_data,
    minutes_for,
    minutes_print,
)
from meetings.models import (
    Approval,
    Attendance,
    Body,
    Concern,
    Deadline,
    DecisionPoint,
    FollowUp,
    Meeting,
    Minutes,
    MinutesComment,
    Notice,
    Seat,
)
from meetings.permissions import has_written, leading_seat
from meetings.rules import NotAllowed, check_meeting_step
from meetings.rules.decisions import BOTH_SIDES, check_approval, leading_problems, minutes_problems
from meetings.rules.problems import Problem
from portfolio.actions import change_initiative
from portfolio.actions.versions import lock_initiatives, newest_version, save_version
from portfolio.models import Initiative
from portfolio.rules import check_text


class MinutesChanged(NotAllowed):
    """Somebody else has changed the minutes since the page was opened; `minutes` is what stands there now."""

    def __init__(self, minutes: Minutes) -> None:
        super().__init__(_("Protokollen er endret siden du åpnet den. Se over den på nytt."))
        self.minutes = minutes


@transaction.atomic
def start_minutes(*, meeting: Meeting, by: User) -> Minutes:
    """Begin on the minutes of a meeting that was held; they are made from the agenda and the recorded points."""
    locked = lock_meeting(meeting)
    there = locked.minutes.exclude(state=Minutes.State.APPROVED).first()
    if there is not None:
        return there
    check_meeting_step(locked, Meeting.State.DRAFTED)
    if locked.state != Meeting.State.HELD:
        raise NotAllowed(_("Protokollen er godkjent. En rettelse er en ny versjon."))
    locked.state = Meeting.State.DRAFTED
    save_version(locked, by)
    minutes = Minutes.objects.create(meeting=locked, written_by=by)
    record(by=by, verb=gettext_noop("begynte på protokollen"), target=locked)
    return minutes


@transaction.atomic
def save_minutes(*, minutes: Minutes, opening: str, closing: str, version: int | None, by: User) -> Minutes:
    """Change what stands before and after the cases; approvals of what stood there no longer count."""
    lock_meeting(minutes.meeting)
    locked = _lock(minutes)
    _check_in_work(locked)
    texts = {"opening": rich_text.clean(opening), "closing": rich_text.clean(closing)}
    if all(getattr(locked, name) == text for name, text in texts.items()):
        return locked
    if locked.version != version:
        raise MinutesChanged(locked)
    for name, text in texts.items():
        check_text(rich_text.to_text(text), field=name, limit=10_000)
        setattr(locked, name, text)
    locked.version += 1
    locked.save()
    locked.writers.add(by)
    record(by=by, verb=gettext_noop("endret protokollen"), target=locked.meeting)
    return locked


def sending_problems(meeting: Meeting) -> list[Problem]:
    """What is missing before the minutes of the meeting can be sent, and what is worth knowing."""
    items = meeting.items.filter(released_at__isnull=False).in_order().select_related("case__body")
    leading = Seat.objects.on(timezone.localdate()).leading().filter(body=meeting.body.led_by or meeting.body)
    has_attendance = meeting.attendances.filter(state=Attendance.State.PRESENT).exists()
    return [
        *minutes_problems(meeting, items.prefetch_related("case__points"), has_attendance=has_attendance),
        *leading_problems(leading),
    ]


@transaction.atomic
def send_minutes(*, minutes: Minutes, comments_due: date | None, by: User) -> None:
    """Send the minutes for comments to everybody who was called; what is missing is said first."""
    meeting = lock_meeting(minutes.meeting)
    locked = _lock(minutes)
    _check_in_work(locked)
    if locked.state == Minutes.State.COMMENTS:
        raise NotAllowed(_("Protokollen er allerede sendt til gjennomsyn."))
    for problem in sending_problems(meeting):
        if problem.is_blocking:
            raise NotAllowed(problem.sentence)
    if comments_due and comments_due < timezone.localdate():
        raise NotAllowed(_("Fristen kan ikke være tilbake i tid."), field="comments_due")
    locked.state, locked.comments_due = Minutes.State.COMMENTS, comments_due
    locked.save(update_fields=["state", "comments_due"])
    keep_deadline(meeting=meeting, kind=Deadline.Kind.MINUTES, by=by)
    due = _("Frist for merknader: %(day)s.") % {"day": dato(comments_due)} if comments_due else ""
    make_notices(meeting=meeting, kind=Notice.Kind.MINUTES, text=due, by=by)
    record(by=by, verb=gettext_noop("sendte protokollen til gjennomsyn"), target=meeting)


@transaction.atomic
def comment_minutes(*, minutes: Minutes, text: str, by: User) -> MinutesComment:
    """Comment on minutes that are out for comments; the very same comment twice is one."""
    minutes = _lock(minutes)
    if minutes.state != Minutes.State.COMMENTS:
        raise NotAllowed(_("Protokollen er ikke til gjennomsyn."))
    if not text.strip():
        raise NotAllowed(_("Skriv en merknad."), field="text")
    check_text(text, field="text", limit=2000)
    comment, _created = MinutesComment.objects.get_or_create(minutes=minutes, text=text, written_by=by)
    return comment


@dataclass(frozen=True)
class _Printed:
    """Minutes printed before the locks are taken, and what they were printed from."""

    data: dict[str, Any]
    pdf: bytes
    public_pdf: bytes


def approve_minutes(*, minutes: Minutes, content: str, by: User) -> Minutes:
    """Approve for one's own side what the minutes say; with the other side's approval they are frozen and public.

    `content` is the fingerprint of what the person read. Raises MinutesChanged when they say something else now,
    wherever that was changed: in the minutes, the attendance, a case or a task.
    """
    seat = leading_seat(by, minutes.meeting.body)
    printed = _print_if_last(minutes, seat, content, by)
    with transaction.atomic():
        meeting = lock_meeting(minutes.meeting)
        locked = _lock(minutes)
        if locked.state != Minutes.State.APPROVED and content_of(locked) != content:
            raise MinutesChanged(locked)
        approvals = list(locked.approvals.filter(content=content))
        check_approval(locked, seat, approvals, by_writer=has_written(by, locked))
        assert seat is not None  # noqa: S101 -- said by check_approval
        Approval.objects.create(minutes=locked, side=seat.side, content=content, approved_by=by)
        record(
            by=by,
            verb=gettext_noop("godkjente protokollen"),
            target=meeting,
            new={"side": seat.get_side_display()},
        )
        if {seat.side, *(approval.side for approval in approvals)} >= BOTH_SIDES:
            if printed is None:
                raise MinutesChanged(locked)
            _freeze(meeting, locked, printed, by)
        return locked


def _print_if_last(minutes: Minutes, seat: Seat | None, content: str, by: User) -> _Printed | None:
    """The frozen PDFs, when this approval would be the last one and they say what was read."""
    minutes = Minutes.objects.select_related("meeting__body").get(pk=minutes.pk)
    given = minutes.approvals.filter(content=content)
    if seat is None or not given.exclude(side=seat.side).exists() or minutes.state != Minutes.State.COMMENTS:
        return None
    own = approval_line(by, str(seat.get_side_display()), klokke(timezone.now()))
    data = minutes_data(minutes.meeting, minutes, approvals=[*approvals_of(minutes, content), own])
    if fingerprint(data) != content:
        return None
    printouts = [
        minutes_print(minutes_for(data, is_inside=is_inside), meeting=minutes.meeting, is_approved=True)
        for is_inside in (True, False)
    ]
    whole, public = (pdf.print_document(printout.template, printout.context) for printout in printouts)
    return _Printed(data, whole, public)


def _freeze(meeting: Meeting, minutes: Minutes, printed: _Printed, by: User) -> None:
    """The one place where minutes become approved, inside the caller's transaction and locks."""
    now = timezone.now()
    points = DecisionPoint.objects.filter(item__meeting=meeting, locked_at=None)
    decided = list(
        points.exclude(outcome=DecisionPoint.Outcome.PROPOSED).select_related("case", "item", "corrects")
    )
    for point in decided:
        point.locked_at = now
        point.save(update_fields=["locked_at"])
        _carry_over(point)
    _release_tasks(meeting, now)
    minutes.state, minutes.approved_at, minutes.data = Minutes.State.APPROVED, now, printed.data
    minutes.sha256 = hashlib.sha256(printed.pdf).hexdigest()
    minutes.public_sha256 = hashlib.sha256(printed.public_pdf).hexdigest()
    minutes.pdf.save(f"protokoller/{uuid.uuid4().hex}.pdf", ContentFile(printed.pdf), save=False)
    minutes.public_pdf.save(
        f"protokoller/{uuid.uuid4().hex}.pdf", ContentFile(printed.public_pdf), save=False
    )
    minutes.save()
    meeting.state = Meeting.State.APPROVED
    save_version(meeting, by)
    _tell_portfolio(meeting, decided, by)
    record(
        by=by, verb=gettext_noop("publiserte protokollen"), target=meeting, new={"versjon": minutes.number}
    )


def _carry_over(point: DecisionPoint) -> None:
    """What came of a point that is corrected has come of the correction."""
    if point.corrects is not None:
        point.corrects.follow_ups.update(point=point)
        point.corrects.priorities.update(point=point)


def _release_tasks(meeting: Meeting, now: datetime) -> None:
    """The tasks that came of this meeting, not those of another that treats the same case."""
    own = Q(point__item__meeting=meeting) | Q(point=None, case__items__meeting=meeting)
    tasks = FollowUp.objects.filter(own, released_at=None).values_list("pk", flat=True)
    FollowUp.objects.filter(pk__in=list(tasks)).update(released_at=now)


def _tell_portfolio(meeting: Meeting, points: list[DecisionPoint], by: User) -> None:
    """A decision to start, or of a mandate, changes the live initiatives it concerns, and fills only what is empty.

    An internal body or an exempt case is not named on a page that everybody reads.
    """
    decided = {point.case_id for point in points if point.is_decided}
    kinds = [Concern.Kind.START, Concern.Kind.MANDATE]
    concerns = Concern.objects.filter(case__in=decided, kind__in=kinds, initiative__closed_as="")
    rows = list(
        concerns.select_related("case__body", "case__exemption", "initiative").order_by("initiative", "pk")
    )
    lock_initiatives(*(row.initiative for row in rows))
    for row in rows:
        initiative = Initiative.objects.get(pk=row.initiative_id)
        values = _facts_decided(meeting, row, initiative)
        if values:
            change_initiative(initiative=initiative, values=values, version=newest_version(initiative), by=by)


def _facts_decided(meeting: Meeting, concern: Concern, initiative: Initiative) -> dict[str, Any]:
    case = concern.case
    is_open = meeting.body.visibility == Body.Visibility.PUBLIC and case.exemption is None
    reference = f"{meeting}, {_('sak')} {case.number}" if case.number else str(meeting)
    reference = reference[:120] if is_open else ""
    if concern.kind == Concern.Kind.MANDATE:
        if initiative.mandate_state == Initiative.Mandate.APPROVED:
            return {}
        return {"mandate_state": Initiative.Mandate.APPROVED, "mandate_reference": reference}
    if initiative.decided_on is not None or meeting.day is None:
        return {}
    return {
        "decided_on": meeting.day,
        "decided_precision": meeting.precision,
        "decided_reference": reference or initiative.decided_reference,
    }


@transaction.atomic
def correct_minutes(*, meeting: Meeting, note: str, by: User) -> Minutes:
    """Open approved minutes again as a new version; the old one stays, and what it locked is corrected by new rows."""
    locked = lock_meeting(meeting)
    newest = locked.minutes.first()
    if newest is None or newest.state != Minutes.State.APPROVED:
        raise NotAllowed(_("Det er ingen godkjent protokoll å rette."))
    if not note.strip():
        raise NotAllowed(_("Skriv hva som rettes."), field="note")
    check_text(note, field="note", limit=1000)
    check_meeting_step(locked, Meeting.State.DRAFTED)
    locked.state = Meeting.State.DRAFTED
    save_version(locked, by)
    minutes = Minutes.objects.create(
        meeting=locked,
        number=newest.number + 1,
        correction_note=note,
        opening=newest.opening,
        closing=newest.closing,
        written_by=by,
    )
    record(
        by=by,
        verb=gettext_noop("begynte på en rettelse av protokollen"),
        target=locked,
        new={"rettelse": note},
    )
    return minutes


@transaction.atomic
def discard_correction(*, meeting: Meeting, by: User) -> None:
    """Close a correction that has corrected nothing; the approved version stands as it did."""
    locked = lock_meeting(meeting)
    in_work = locked.minutes.exclude(state=Minutes.State.APPROVED).first()
    approved = locked.minutes.filter(state=Minutes.State.APPROVED).first()
    if in_work is None or approved is None:
        raise NotAllowed(_("Det er ingen rettelse å forkaste."))
    said = {**minutes_data(locked, in_work, approvals=[]), "number": approved.number}
    said["correction_note"] = approved.correction_note
    if fingerprint(said) != fingerprint(approved.data or {}):
        raise NotAllowed(_("Noe er rettet. Før det tilbake først, eller send rettelsen til gjennomsyn."))
    in_work.comments.all().delete()
    in_work.approvals.all().delete()
    in_work.delete()
    locked.state = Meeting.State.ARCHIVED if locked.archived_at else Meeting.State.APPROVED
    save_version(locked, by)
    record(by=by, verb=gettext_noop("forkastet en rettelse av protokollen"), target=locked)


def _lock(minutes: Minutes) -> Minutes:
    return (
        Minutes.objects.select_for_update(no_key=True, of=("self",))
        .select_related("meeting__body")
        .get(pk=minutes.pk)
    )


def _check_in_work(minutes: Minutes) -> None:
    if minutes.state == Minutes.State.APPROVED:
        raise NotAllowed(_("Protokollen er godkjent og låst. En rettelse er en ny versjon."))
