"""Writing down what a meeting did with a case: outcome, points, recusals."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import rich_text
from meetings.actions.agendas import put_on_agenda
from meetings.actions.attendance import lock_meeting
from meetings.actions.cases import lock_case
from meetings.models import AgendaItem, Case, DecisionPoint, Meeting, Minutes, Recusal, Seat
from meetings.rules import NotAllowed
from meetings.rules.decisions import Decided, check_point, check_recording
from portfolio.actions.versions import save_version
from portfolio.rules import check_text

FIELDS = ("outcome", "outcome_note", "treatment", "closed_basis")

CASE_STATES = {
    AgendaItem.Outcome.TREATED: Case.State.TREATED,
    AgendaItem.Outcome.POSTPONED: Case.State.POSTPONED,
    AgendaItem.Outcome.NOT_TREATED: Case.State.TREATED,
    AgendaItem.Outcome.WITHDRAWN: Case.State.WITHDRAWN,
}
"""What becomes of the case; an outcome that is not registered leaves it on the agenda."""


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
    written since `version`.
    """
    meeting = lock_meeting(item.meeting)
    check_recording(meeting)
    locked = (
        AgendaItem.objects.select_for_update(no_key=True, of=("self",))
        .select_related("case__body")
        .get(pk=item.pk)
    )
    if locked.version != version:
        raise ItemChanged(locked)
    values = {**values, "treatment": rich_text.clean(values.get("treatment", ""))}
    check_text(rich_text.to_text(values["treatment"]), field="treatment", limit=20_000)
    check_text(values.get("outcome_note", ""), field="outcome_note", limit=500)
    for point in points:
        check_point(point)
        for name in ("adopted", "dissent"):
            check_text(getattr(point, name), field=name, limit=4000)
    old = {name: getattr(locked, name) for name in FIELDS}
    for name in FIELDS:
        setattr(locked, name, values.get(name, getattr(locked, name)))
    locked.version += 1
    locked.save()
    _set_points(locked, points)
    _set_case_state(locked, by)
    if postponed_to is not None and locked.outcome == AgendaItem.Outcome.POSTPONED:
        put_on_agenda(meeting=postponed_to, case=locked.case, by=by)
    touch_minutes(meeting, by)
    changed = [name for name in FIELDS if getattr(locked, name) != old[name]]
    record(
        by=by,
        verb=gettext_noop("førte behandling"),
        target=locked.case,
        old={name: old[name] for name in changed},
        new={
            "møte": meeting,
            **{name: getattr(locked, name) for name in changed},
            "punkter": [f"{point.number}: {point.outcome}" for point in points],
        },
    )
    return locked


def _set_points(item: AgendaItem, points: list[Decided]) -> None:
    own = DecisionPoint.objects.filter(case=item.case).filter(item=item)
    proposed = DecisionPoint.objects.filter(case=item.case, item=None, outcome=DecisionPoint.Outcome.PROPOSED)
    there = {point.pk: point for point in (own | proposed).select_for_update(no_key=True)}
    kept = set()
    for wanted in points:
        point = there.get(wanted.key or 0)
        kept.add(wanted.key)
        if point is not None and point.locked_at is not None:
            if not wanted.says_the_same_as(point):
                correction = DecisionPoint.objects.filter(corrects=point).first() or DecisionPoint(
                    corrects=point
                )
                _fill(correction, wanted, item)
        else:
            _fill(point or DecisionPoint(), wanted, item)
    for key, point in there.items():
        if key in kept or point.item_id is None or point.corrects_id is not None:
            continue
        if point.locked_at is not None or point.follow_ups.exists() or point.priorities.exists():
            raise NotAllowed(
                _("Punkt %(n)s er låst eller har oppfølging, og kan ikke tas bort.") % {"n": point.number}
            )
        point.delete()


def _fill(point: DecisionPoint, wanted: Decided, item: AgendaItem) -> None:
    is_only_proposed = wanted.outcome == DecisionPoint.Outcome.PROPOSED
    point.case = item.case
    point.item = None if is_only_proposed and point.corrects_id is None else item
    for name in ("number", "proposed", "adopted", "outcome", "vote", "dissent"):
        setattr(point, name, getattr(wanted, name))
    if is_only_proposed:
        point.proposed, point.adopted = point.proposed or point.adopted, ""
    point.save()


def _set_case_state(item: AgendaItem, by: User) -> None:
    wanted = CASE_STATES.get(AgendaItem.Outcome(item.outcome))
    case = lock_case(item.case)
    if wanted is None or case.state in {wanted, Case.State.CLOSED}:
        return
    case.state = wanted
    save_version(case, by)
    item.case = case


def touch_minutes(meeting: Meeting, writer: User | None = None) -> None:
    """What the minutes in work are made from has changed: approvals of what they said before no longer count.

    `writer` is who wrote it, and so cannot approve it.
    """
    for minutes in meeting.minutes.exclude(state=Minutes.State.APPROVED):
        minutes.version += 1
        minutes.written_by = writer or minutes.written_by
        minutes.save(update_fields=["version", "written_by"])


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
        touch_minutes(meeting)
        record(
            by=by, verb=gettext_noop("meldte spørsmål om habilitet"), target=item.case, new={"medlem": seat}
        )
    return recusal


@transaction.atomic
def decide_recusal(*, recusal: Recusal, state: str, substitute: Seat | None, by: User) -> None:
    """Write down what the body decided, and who came instead."""
    meeting = lock_meeting(recusal.item.meeting)
    check_recording(meeting)
    locked = Recusal.objects.select_for_update(no_key=True).get(pk=recusal.pk)
    if substitute is not None and substitute.pk == locked.seat_id:
        raise NotAllowed(_("Ingen kan være vara for seg selv."), field="substitute")
    old = locked.get_state_display()
    locked.state, locked.substitute = state, substitute
    locked.save(update_fields=["state", "substitute"])
    touch_minutes(meeting, by)
    record(
        by=by,
        verb=gettext_noop("avgjorde habilitet"),
        target=locked.item.case,
        old={"state": old},
        new={"medlem": locked.seat, "state": locked.get_state_display(), "vara": substitute},
    )
