"""The agenda: which cases, in what order."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.actions.attendance import lock_meeting
from meetings.actions.cases import create_case, propose_again
from meetings.models import AgendaItem, Case, Meeting
from meetings.rules import NotAllowed, check_case_step
from meetings.rules.meetings import why_closed
from portfolio.actions.versions import save_version


@transaction.atomic
def put_on_agenda(*, meeting: Meeting, case: Case, by: User) -> AgendaItem:
    """Put a case last on the agenda of a meeting of its own body."""
    locked = lock_meeting(meeting)
    _check_open(locked)
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if case.body_id != locked.body_id:
        raise NotAllowed(_("Saken hører til et annet organ. Send den dit først."), field="case")
    if case.state in {Case.State.WITHDRAWN, Case.State.CLOSED, Case.State.PROPOSED, Case.State.RETURNED}:
        raise NotAllowed(
            _("En sak som er «%(state)s», kan ikke settes på saklisten.")
            % {"state": case.get_state_display().lower()},
            field="case",
        )
    if case.items.waiting().exclude(meeting=locked).exists():
        raise NotAllowed(_("Saken står allerede på saklisten til et annet møte."), field="case")
    last = locked.items.aggregate(last=Max("order"))["last"]
    item, created = AgendaItem.objects.get_or_create(
        meeting=locked, case=case, defaults={"order": (last or 0) + 1}
    )
    if created:
        propose_again(case)
        record(by=by, verb=gettext_noop("satte på saklisten"), target=locked, new={"sak": case})
    return item


@transaction.atomic
def create_case_for(*, meeting: Meeting | None, values: dict[str, Any], by: User) -> Case:
    """Make a case in the backlog, or a draft on the agenda of the meeting."""
    state = Case.State.DRAFT if meeting else Case.State.BACKLOG
    case = create_case(values=values, by=by, state=state)
    if meeting is not None:
        put_on_agenda(meeting=meeting, case=case, by=by)
    return case


@transaction.atomic
def take_off_agenda(*, item: AgendaItem, by: User) -> None:
    """Take a case off an agenda it was not published on."""
    locked = lock_meeting(item.meeting)
    _check_open(locked)
    item = AgendaItem.objects.select_related("case").get(pk=item.pk)
    if item.released_at is not None:
        raise NotAllowed(_("Saken er publisert på saklisten. Trekk den eller utsett den i stedet."))
    if item.points.exists() or item.recusals.exists():
        raise NotAllowed(_("Det er ført noe på saken i møtet."))
    item.delete()
    record(by=by, verb=gettext_noop("tok av saklisten"), target=locked, old={"sak": item.case})


@transaction.atomic
def move_item(*, item: AgendaItem, place: int, by: User) -> None:
    """Give the case that place on the agenda, from 1; the others make room."""
    locked = lock_meeting(item.meeting)
    _check_open(locked)
    rows = list(locked.items.select_for_update(no_key=True).in_order())
    row = next(row for row in rows if row.pk == item.pk)
    if rows.index(row) + 1 == place:
        return
    rows.remove(row)
    rows.insert(max(place, 1) - 1, row)
    for number, other in enumerate(rows, start=1):
        if other.order != number:
            other.order = number
            other.save(update_fields=["order"])
    record(by=by, verb=gettext_noop("flyttet på saklisten"), target=locked, new={"sak": row.case})


@transaction.atomic
def set_duration(*, item: AgendaItem, minutes: int | None, by: User) -> None:
    """How long the case is planned to take."""
    locked = lock_meeting(item.meeting)
    _check_open(locked)
    AgendaItem.objects.filter(pk=item.pk).update(minutes=minutes)


@transaction.atomic
def send_to_review(*, meeting: Meeting, by: User) -> int:
    """Send every draft on the agenda to the leaders; how many."""
    locked = lock_meeting(meeting)
    _check_open(locked)
    sent = 0
    drafts = Case.objects.select_for_update(no_key=True).filter(
        pk__in=locked.items.values("case"), state__in=[Case.State.DRAFT, Case.State.BACKLOG]
    )
    for case in drafts.order_by("pk"):
        if case.state == Case.State.BACKLOG:
            check_case_step(case, Case.State.DRAFT)
            case.state = Case.State.DRAFT
        check_case_step(case, Case.State.REVIEW)
        case.state = Case.State.REVIEW
        save_version(case, by)
        record(by=by, verb=gettext_noop("sendte til gjennomgang"), target=case)
        sent += 1
    return sent


def _check_open(meeting: Meeting) -> None:
    if not meeting.takes_cases:
        raise NotAllowed(f"{why_closed(meeting)} {_('Saklisten kan ikke endres.')}")
