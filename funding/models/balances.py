"""What is left of a grant: summed by the database, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from funding.models.allocations import Allocation, Posting
from funding.models.grants import Grant, Source, Transfer


@dataclass(frozen=True)
class Balance:
    """A grant's account in kroner: frame + transferred in = allocated + transferred out + remainder.

    New money and money carried in from other grants are kept apart all the way. `slack` is how far a rounded frame
    can be from the real one.
    """

    frame: int
    slack: int
    transferred_in: int
    allocated_new: int
    allocated_carried: int
    out_new: int
    out_carried: int

    @property
    def is_rounded(self) -> bool:
        return self.slack > 0

    @property
    def available(self) -> int:
        return self.frame + self.transferred_in

    @property
    def allocated(self) -> int:
        return self.allocated_new + self.allocated_carried

    @property
    def transferred_out(self) -> int:
        return self.out_new + self.out_carried

    @property
    def remainder_new(self) -> int:
        return self.frame - self.allocated_new - self.out_new

    @property
    def remainder_carried(self) -> int:
        return self.transferred_in - self.allocated_carried - self.out_carried

    @property
    def remainder(self) -> int:
        return self.remainder_new + self.remainder_carried

    def left(self, source: str) -> int:
        """What is not allocated or carried on of one kind of money."""
        return self.remainder_carried if source == Source.CARRIED else self.remainder_new


def balance_of(
    grant: Grant, on: date | None = None, *, frame: int | None = None, slack: int | None = None
) -> Balance:
    """The account of one grant, now or at the end of a day; another frame may be given, as it was then."""
    return _balances([grant], on, {grant.pk: (grant.amount if frame is None else frame)}, slack)[grant.pk]


def balances_of(grants: Iterable[Grant]) -> dict[int, Balance]:
    """The accounts of several grants by id, in three questions."""
    found = list(grants)
    return _balances(found, None, {grant.pk: grant.amount for grant in found}, None)


def _balances(
    grants: list[Grant], on: date | None, frames: dict[int, int], slack: int | None
) -> dict[int, Balance]:
    keys = [grant.pk for grant in grants]
    is_new = Q(source=Source.NEW)
    sums: Any
    if on is None:
        rows = Allocation.objects.filter(grant__in=keys, decision__isnull=False)
        sums = (
            rows.order_by()
            .values("grant")
            .annotate(new=Sum("amount", filter=is_new), carried=Sum("amount", filter=~is_new))
        )
    else:
        posted = Posting.objects.filter(allocation__grant__in=keys).until(on)
        of_new = Q(allocation__source=Source.NEW)
        sums = (
            posted.order_by()
            .values("allocation__grant")
            .annotate(new=Sum("change", filter=of_new), carried=Sum("change", filter=~of_new))
        )
    name = "grant" if on is None else "allocation__grant"
    allocated = {row[name]: (row["new"] or 0, row["carried"] or 0) for row in sums}
    moved = Transfer.objects.standing().until(on).order_by()
    came = {
        row["to_grant"]: row["sum"]
        for row in moved.filter(to_grant__in=keys).values("to_grant").annotate(sum=Sum("amount"))
    }
    went = {
        row["from_grant"]: (row["new"] or 0, row["carried"] or 0)
        for row in moved.filter(from_grant__in=keys)
        .values("from_grant")
        .annotate(new=Sum("amount", filter=is_new), carried=Sum("amount", filter=~is_new))
    }
    return {
        grant.pk: Balance(
            frame=frames[grant.pk],
            slack=grant.slack if slack is None else slack,
            transferred_in=came.get(grant.pk, 0),
            allocated_new=allocated.get(grant.pk, (0, 0))[0],
            allocated_carried=allocated.get(grant.pk, (0, 0))[1],
            out_new=went.get(grant.pk, (0, 0))[0],
            out_carried=went.get(grant.pk, (0, 0))[1],
        )
        for grant in grants
    }


def lowest_left(grant: Grant, source: str, *, since: date) -> int:
    """The least that is left of one kind of money at the end of any day from that day on, in kroner."""
    changes: dict[date, int] = {}
    posted = Posting.objects.filter(allocation__grant=grant, allocation__source=source, on__gt=since)
    taken: list[Any] = [posted.order_by().values_list("on").annotate(sum=Sum("change"))]
    later = Transfer.objects.standing().filter(on__gt=since).order_by()
    taken.append(later.filter(from_grant=grant, source=source).values_list("on").annotate(sum=Sum("amount")))
    for rows in taken:
        for on, amount in rows:
            changes[on] = changes.get(on, 0) - amount
    if source == Source.CARRIED:
        for on, amount in later.filter(to_grant=grant).values_list("on").annotate(sum=Sum("amount")):
            changes[on] = changes.get(on, 0) + amount
    left = lowest = balance_of(grant, since).left(source)
    for on in sorted(changes):
        left += changes[on]
        lowest = min(lowest, left)
    return lowest
