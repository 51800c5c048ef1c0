"""Who sits in a body, as each reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User, Viewer
from meetings import permissions
from meetings.models import Body, Seat


@dataclass(frozen=True)
class Place:
    """One seat of a body; the name is left out for the public."""

    seat: Seat
    name: str


def places(user: Viewer, body: Body, *, today: date) -> list[Place]:
    """Those in force today: leader and deputy leader first, deputies last.

    Names are for the secretariat, leaders and those who sit in a body; the public sees roles and organisations.
    """
    order = list(Seat.SeatRole)
    seats = (
        Seat.objects.on(today)
        .filter(body=body)
        .select_related("person", "organisation", "deputy_for__person")
    )
    shows_names = permissions.can_read_drafts(user) or (
        isinstance(user, User) and Seat.objects.on(today).filter(person=user).exists()
    )
    found = sorted(seats, key=lambda seat: (order.index(Seat.SeatRole(seat.role)), seat.side, seat.pk))
    return [Place(seat, str(seat.person) if shows_names else "") for seat in found]
