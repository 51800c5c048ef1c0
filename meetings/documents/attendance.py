"""Who is to come to a meeting, and who came."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import Viewer
from meetings import permissions
from meetings.models import Attendance, Meeting, Seat


@dataclass
class AttendanceRow:
    """One seat at a meeting: what its holder has said or done, and who comes instead."""

    seat: Seat
    attendance: Attendance | None
    deputy: Attendance | None = None
    choices: list[Seat] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.attendance.state if self.attendance else Attendance.State.EXPECTED

    @property
    def state_name(self) -> str:
        return str(Attendance.State(self.state).label)

    @property
    def is_excused(self) -> bool:
        return self.state == Attendance.State.EXCUSED

    @property
    def needs_deputy(self) -> bool:
        return self.is_excused and self.deputy is None


@dataclass
class AttendanceBox:
    """The seats of the body at this meeting, for those inside."""

    meeting: Meeting
    rows: list[AttendanceRow]
    deputies: list[AttendanceRow]
    own: AttendanceRow | None
    can_edit: bool

    @property
    def is_open(self) -> bool:
        """Absence can still be said and deputies called."""
        return self.meeting.state in {Meeting.State.CALLED, Meeting.State.PUBLISHED}

    @property
    def present(self) -> int:
        return sum(row.state == Attendance.State.PRESENT for row in (*self.rows, *self.deputies))

    @property
    def missing(self) -> list[AttendanceRow]:
        """Those who cannot come and have nobody in their place."""
        return [row for row in self.rows if row.needs_deputy]

    @property
    def can_choose(self) -> bool:
        return any(row.choices for row in self.missing)


def attendance_box(user: Viewer, meeting: Meeting) -> AttendanceBox | None:
    """Who is to come, for those inside; nothing for others: who came stands in the approved minutes.

    `meeting` comes from visible_to(), which says who is inside.
    """
    if not meeting.is_inside:
        return None
    seats = _seats(meeting)
    own_seat = permissions.own_seat(user, meeting)
    can_edit = permissions.can_edit_meetings(user)
    recorded = {
        row.seat_id: row for row in meeting.attendances.select_related("seat", "stands_in_for__person")
    }
    instead = {
        row.stands_in_for_id: row for row in recorded.values() if row.state != Attendance.State.EXCUSED
    }
    members = [seat for seat in seats if seat.role != Seat.SeatRole.DEPUTY]
    called = {key for key, row in recorded.items() if row.called_at is not None}
    deputies = [seat for seat in seats if seat.role == Seat.SeatRole.DEPUTY]
    rows = [AttendanceRow(seat, recorded.get(seat.pk), instead.get(seat.pk)) for seat in members]
    came = [AttendanceRow(seat, recorded[seat.pk]) for seat in deputies if seat.pk in called]
    if can_edit:
        free = [seat for seat in deputies if seat.pk not in called]
        for row in rows:
            if row.needs_deputy:
                row.choices = sorted(
                    free,
                    key=lambda seat: (seat.deputy_for_id != row.seat.pk, seat.side != row.seat.side, seat.pk),
                )
    for row in (*rows, *came):  # the template asks each deputy for the person
        if row.deputy is not None:
            row.deputy.seat = next((seat for seat in seats if seat.pk == row.deputy.seat_id), row.deputy.seat)
    own = next((row for row in (*rows, *came) if own_seat and row.seat.pk == own_seat.pk), None)
    return AttendanceBox(meeting, rows, came, own, can_edit)


ROLE_ORDER = list(Seat.SeatRole)


def _seats(meeting: Meeting) -> list[Seat]:
    """Those in force on the day of the meeting: leader and deputy leader first, deputies last."""
    seats = Seat.objects.on(meeting.day or timezone.localdate()).filter(body=meeting.body)
    found = list(seats.select_related("person", "organisation"))
    return sorted(found, key=lambda seat: (ROLE_ORDER.index(Seat.SeatRole(seat.role)), seat.side, seat.pk))
