"""Is it in order to call a meeting or a deputy?"""

from datetime import time

from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed
from meetings.models import Meeting, Precision, Seat


def check_calling(meeting: Meeting) -> None:
    """A meeting is called to a day; a second call may go to those who have come to the body since."""
    if meeting.day is None or meeting.precision != Precision.DAY:
        raise NotAllowed(_("Møtet har ingen dato ennå. Sett datoen før du kaller inn."))
    if meeting.is_over or meeting.state == Meeting.State.CANCELLED:
        raise NotAllowed(_("Møtet er holdt eller avlyst og kan ikke kalles inn."))


def check_deputy(meeting: Meeting, deputy: Seat, stands_in_for: Seat) -> None:
    """A deputy of the same body stands in for somebody else, in a meeting that is called and not over."""
    if meeting.state == Meeting.State.PLANNED:
        raise NotAllowed(_("Møtet er ikke kalt inn ennå. Varaen kalles inn etterpå."))
    if meeting.is_over or meeting.state == Meeting.State.CANCELLED:
        raise NotAllowed(_("Møtet er holdt eller avlyst."))
    if deputy.body_id != meeting.body_id or stands_in_for.body_id != meeting.body_id:
        raise NotAllowed(_("Varaen hører ikke til dette organet."), field="seat")
    if deputy.role != Seat.SeatRole.DEPUTY:
        raise NotAllowed(_("Bare en vara kan kalles inn for en annen."), field="seat")
    if deputy.person_id == stands_in_for.person_id:
        raise NotAllowed(_("Ingen kan være vara for seg selv."), field="seat")


def check_hours(arrived_at: time | None, left_at: time | None, *, name: str) -> None:
    if arrived_at and left_at and arrived_at >= left_at:
        raise NotAllowed(_("%(name)s kan ikke ha gått før han eller hun kom.") % {"name": name})


def seat_warnings(seat: Seat, others: list[Seat]) -> list[str]:
    """What is odd about a seat but allowed: leader and deputy leader from one side."""
    leading = {Seat.SeatRole.LEADER, Seat.SeatRole.DEPUTY_LEADER}
    if seat.role not in leading:
        return []
    same_side = [
        one for one in others if one.role in leading and one.role != seat.role and one.side == seat.side
    ]
    return [
        _("Leder og nestleder er fra samme side (%(side)s).") % {"side": seat.get_side_display().lower()}
        for _one in same_side[:1]
    ]


def check_one_leader(seat: Seat, others: list[Seat]) -> None:
    """A body has one leader at a time."""
    if seat.role != Seat.SeatRole.LEADER:
        return
    for other in others:
        if other.role != Seat.SeatRole.LEADER or other.pk == seat.pk:
            continue
        begins_before = seat.valid_to is None or other.valid_from <= seat.valid_to
        ends_after = other.valid_to is None or seat.valid_from <= other.valid_to
        if begins_before and ends_after:
            raise NotAllowed(
                _("%(name)s er leder i samme periode. Avslutt den plassen først.") % {"name": other.person},
                field="valid_from",
            )
