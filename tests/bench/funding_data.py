"""Grants of any size, the same every time: one with few and one with many allocations of the portfolio's initiatives."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle
from random import Random

from django.utils import timezone

from accounts.models import User
from funding.models import Allocation, FundingScheme, Grant, Posting
from meetings.models import DecisionPoint
from portfolio.models import Initiative
from tests.bench.data import EDITOR, WHERE, WORK
from tests.factories import at

GRANT_SIZES = {2023: 20, 2024: 2000}
"""Two grants by year: how many allocations they have."""
ALLOCATED, BETWEEN, RAISED = (timedelta(days=days) for days in (365, 200, 100))
"""Ago: when the money was allocated, the day the as-of view asks for, and when some of it was raised."""


def fill_grants() -> None:
    """Allocations of initiatives in turn, each with its posting; three in twenty are raised later.

    One in twenty is for something else than an initiative. As in the portfolio, two initiatives in a hundred are
    internal. All rest on a few decisions of the years.
    """
    scheme = FundingScheme.objects.create(name="Rekrutterings- og samhandlingsmidler", slug="samhandling")
    editor = User.objects.get(email=EDITOR)
    for year, size in GRANT_SIZES.items():
        grant = Grant(scheme=scheme, year=year, amount=size * 1_000_000)
        grant._history_date = at(date(year, 1, 1))
        grant.save()
        _allocations(grant, size, editor)


def _allocations(grant: Grant, size: int, editor: User) -> None:
    random = Random(f"midler {size}")  # noqa: S311  not a secret
    today = timezone.localdate()
    initiatives = cycle(Initiative.objects.in_paper_order().select_related("program_area"))
    decisions = DecisionPoint.objects.adopted().order_by("pk")[:5]
    rows = []
    for number, (initiative, decision) in enumerate(zip(initiatives, cycle(decisions), strict=False)):
        if number == size:
            break
        is_other = number % 20 == 9
        rows.append(
            Allocation(
                grant=grant,
                initiative=None if is_other else initiative,
                label=f"Samling i {random.choice(WHERE)}" if is_other else "",
                program_area=initiative.program_area if is_other else None,
                work_package=f"{random.choice(WORK)}, del {number}",
                recipient_id=initiative.owner_id,
                order=number + 1,
                amount=random.randrange(5, 90) * 10_000,
                state=random.choice((Allocation.State.ALLOCATED, Allocation.State.PAID)),
                decision=decision,
            )
        )
    Allocation.objects.bulk_create(rows, batch_size=500)
    Allocation.history.bulk_history_create(rows, batch_size=500, default_date=at(today - ALLOCATED))
    Posting.objects.bulk_create(_postings(rows, today, editor), batch_size=500)


def _postings(rows: list[Allocation], today: date, editor: User) -> list[Posting]:
    """They add up to what the allocation holds."""
    postings = []
    for row in rows:
        later = 5_000 if row.order % 20 in {3, 8, 13} else 0
        changes = [(Posting.Kind.ALLOCATED, row.amount - later, today - ALLOCATED)]
        if later:
            changes.append((Posting.Kind.RAISED, later, today - RAISED))
        postings += [
            Posting(
                allocation=row,
                kind=kind,
                change=change,
                on=on,
                state=row.state,
                decision_id=row.decision_id,
                made_by=editor,
            )
            for kind, change, on in changes
        ]
    return postings
