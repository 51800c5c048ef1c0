"""Writing down what a meeting did with a case: outcome, points, recusals."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import rich_text
from meetings.actions.agendas import put_on_agenda
from meetings.actions.attendance import add_writer, lock_meeting
from meetings.actions.cases import lock_case
from meetings.models import (
    AgendaItem,
    Case,
    DecisionPoint,
    DecisionPointQuerySet,
    Meeting,
    Recusal,
    Seat,
)
from meetings.rules import NotAllowed, check_case_step
from meetings.rules.decisions import Decided, check_listed, check_outcome, check_point, check_recording
from portfolio.actions.versions import save_version
from portfolio.rules import check_text

FIELDS = ("outcome", "outcome_note", "treatment", "closed_basis")

CASE_STATES = {
    AgendaItem.Outcome.TREATED: Case.State.TREATED,
    AgendaItem.Outcome.POSTPONED: Case.State.POSTPONED,
    AgendaItem.Outcome.NOT_TREATED: Case.State.TREATED,
    AgendaItem.Outcome.WITHDRAWN: Case.State.WITHDRAWN,
}
"""What becomes of the case; one whose outcome is not registered or not known stays listed."""


class ItemChanged(NotAllowed):
    """Somebody else has written on the item since the page was opened; `item` is what stands there now."""

    def __init__(self, item: AgendaItem) -> None:
        super().__init__(
            _("Noen andre har ført på saken siden du åpnet siden. Det du skrev, står fortsatt i skjemaet.")
        )
        self.item = item


@transaction.atomic
def record_item(
    *,
    item: AgendaItem,
    values: dict[str, Any],
    points: list[Decided],
    version: int | None,
    by: User,
    postponed_to: Meeting | None = None,
) -> AgendaItem:
    """Write down how a case went: `values` by field name, see FIELDS, and every point of the decision.

    Points that are locked by approved minutes are corrected by new rows. Raises ItemChanged when somebody else has
    written since `version`, unless what stands there is what is asked for: a form sent twice.
    """
    meeting = lock_meeting(item.meeting)
    check_recording(meeting, timezone.localdate())
    case = lock_case(item.case)
    locked = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    locked.case = case
    check_listed(locked)
    values = {**values, "treatment": rich_text.clean(values.get("treatment", ""))}
    if locked.version != version:
        if _says_the_same(locked, values, points):
            return locked
        raise ItemChanged(locked)
    check_text(rich_text.to_text(values["treatment"]), field="treatment", limit=20_000)
    for name, limit in (("outcome_note", 500), ("closed_basis", 200)):
        check_text(values.get(name, ""), field=name, limit=limit)
    for point in points:
        check_point(point, meeting.body)
        for name in ("adopted", "dissent"):
            check_text(getattr(point, name), field=name, limit=4000)
    check_outcome(values.get("outcome", locked.outcome), points)
    old = {name: getattr(locked, name) for name in FIELDS}
    for name in FIELDS:
        setattr(locked, name, values.get(name, getattr(locked, name)))
    locked.version += 1
    locked.save()
    _set_points(locked, points)
    _set_case_state(locked, by)
    if postponed_to is not None and locked.outcome == AgendaItem.Outcome.POSTPONED:
        put_on_agenda(meeting=postponed_to, case=locked.case, by=by)
    add_writer(meeting, by)
    changed = [name for name in FIELDS if getattr(locked, name) != old[name]]
    record(
        by=by,
        verb=gettext_noop("førte behandling"),
        target=locked.case,
        old={name: old[name] for name in changed},
        new={
            "møte": meeting,
            **{name: getattr(locked, name) for name in changed},
            "punkter": [f"{point.number}: {DecisionPoint.Outcome(point.outcome).label}" for point in points],
        },
    )
    return locked


def _says_the_same(item: AgendaItem, values: dict[str, Any], points: list[Decided]) -> bool:
    there = list(_points_of(item).order_by("number", "pk"))
    return (
        all(getattr(item, name) == values.get(name, getattr(item, name)) for name in FIELDS)
        and len(there) == len(points)
        and all(wanted.says_the_same_as(point) for wanted, point in zip(points, there, strict=True))
    )


def _points_of(item: AgendaItem) -> DecisionPointQuerySet:
    """Those of the meeting as they stand, and those proposed that no meeting has treated."""
    own = DecisionPoint.objects.filter(case=item.case, item=item, correction=None)
    proposed = DecisionPoint.objects.filter(case=item.case, item=None, outcome=DecisionPoint.Outcome.PROPOSED)
    return own | proposed


def _set_points(item: AgendaItem, points: list[Decided]) -> None:
    """Those that are gone make room before the others take their numbers."""
    locked = _points_of(item).select_for_update(no_key=True, of=("self",)).select_related("corrects")
    there = {point.pk: point for point in locked}
    kept = {wanted.key for wanted in points}
    for key, point in there.items():
        if key not in kept and point.item_id is not None:
            _remove_point(point)
    for wanted in points:
        _set_point(there.get(wanted.key or 0), wanted, item)


def _remove_point(point: DecisionPoint) -> None:
    is_locked = point.locked_at is not None or point.corrects_id is not None
    if is_locked or point.follow_ups.exists() or point.priorities.exists():
        raise NotAllowed(
            _("Punkt %(n)s er låst eller har oppfølging, og kan ikke tas bort.") % {"n": point.number}
        )
    point.delete()


def _set_point(point: DecisionPoint | None, wanted: Decided, item: AgendaItem) -> None:
    """What is locked is corrected by a new row; a correction that takes nothing back is none."""
    if point is None or point.locked_at is None:
        if point is not None and point.corrects is not None and wanted.says_the_same_as(point.corrects):
            point.delete()
        else:
            _fill(point or DecisionPoint(), wanted, item)
    elif not wanted.says_the_same_as(point):
        _fill(DecisionPoint(corrects=point), wanted, item)


def _fill(point: DecisionPoint, wanted: Decided, item: AgendaItem) -> None:
    is_only_proposed = wanted.outcome == DecisionPoint.Outcome.PROPOSED
    if is_only_proposed and point.corrects_id is not None:
        raise NotAllowed(
            _("Punkt %(n)s er behandlet og kan ikke bli et forslag igjen.") % {"n": wanted.number},
            field="outcome",
        )
    point.case = item.case
    point.item = None if is_only_proposed else item
    for name in ("number", "proposed", "adopted", "outcome", "vote", "dissent"):
        setattr(point, name, getattr(wanted, name))
    if is_only_proposed:
        point.proposed, point.adopted = point.proposed or point.adopted, ""
    point.save()


def _set_case_state(item: AgendaItem, by: User) -> None:
    """What became of the case is said by the newest meeting it came before."""
    case = item.case
    wanted = CASE_STATES.get(AgendaItem.Outcome(item.outcome), Case.State.LISTED)
    before = case.items.filter(released_at__isnull=False).exclude(meeting__state=Meeting.State.CANCELLED)
    newest = before.order_by(F("meeting__day").desc(nulls_last=True), "-pk").first()
    if newest != item or case.state in {wanted, Case.State.CLOSED}:
        return
    check_case_step(case, wanted)
    case.state = wanted
    save_version(case, by)


@transaction.atomic
def declare_recusal(*, item: AgendaItem, seat: Seat, reason: str, by: User) -> Recusal:
    """Say that one may not be impartial; what is exempt in the case is closed to one until the body has decided.

    The body decides without the member, forvaltningsloven §§ 6 and 8.
    """
    meeting = lock_meeting(item.meeting)
    check_text(reason, field="reason", limit=500)
    if meeting.state in {Meeting.State.APPROVED, Meeting.State.ARCHIVED, Meeting.State.CANCELLED}:
        raise NotAllowed(_("Møtet er over."))
    recusal, created = Recusal.objects.get_or_create(
        item=item, seat=seat, defaults={"reason": reason, "declared_by": by}
    )
    if created:
        record(
            by=by, verb=gettext_noop("meldte spørsmål om habilitet"), target=item.case, new={"medlem": seat}
        )
    return recusal


@transaction.atomic
def decide_recusal(*, recusal: Recusal, state: str, substitute: Seat | None, by: User) -> None:
    """Write down what the body decided, and who came instead."""
    meeting = lock_meeting(recusal.item.meeting)
    check_recording(meeting, timezone.localdate())
    locked = Recusal.objects.select_for_update(no_key=True).get(pk=recusal.pk)
    if substitute is not None and substitute.pk == locked.seat_id:
        raise NotAllowed(_("Ingen kan være vara for seg selv."), field="substitute")
    old = locked.get_state_display()
    locked.state, locked.substitute = state, substitute
    locked.save(update_fields=["state", "substitute"])
    add_writer(meeting, by)
    record(
        by=by,
        verb=gettext_noop("avgjorde habilitet"),
        target=locked.item.case,
        old={"state": old},
        new={"medlem": locked.seat, "state": locked.get_state_display(), "vara": substitute},
    )
