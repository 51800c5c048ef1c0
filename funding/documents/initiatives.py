"""An initiative's money over the years."""

from __future__ import annotations

from django.db.models import Sum

from accounts.models import Viewer
from funding.documents.decisions import DecisionLine, decision_lines
from funding.models import Allocation
from portfolio.models import Initiative


def money_of_initiative(initiative: Initiative, user: Viewer) -> list[Allocation]:
    """What the person may see of the initiative's money, planned too for those inside, the newest year first.

    Each row has the decision it rests on as `line`.
    """
    found = Allocation.objects.visible_to(user).filter(initiative=initiative)
    found = found.exclude(decision=None, state=Allocation.State.CANCELLED)
    rows = list(
        found.select_related("grant__scheme", "recipient", "initiative").order_by("-grant__year", "grant", "order", "pk")
    )
    lines: dict[int, DecisionLine] = decision_lines(user, [row.decision_id for row in rows])
    for row in rows:
        row.line = lines.get(row.decision_id or 0)  # type: ignore[attr-defined]
    return rows


def money_by_year(initiative: Initiative) -> dict[int, int]:
    """What the initiative holds by decisions in each year, summed by the database, in kroner."""
    sums = (
        Allocation.objects.allocated()
        .filter(initiative=initiative)
        .order_by()
        .values("grant__year")
        .annotate(sum=Sum("amount"))
        .order_by("-grant__year")
    )
    return {row["grant__year"]: row["sum"] for row in sums}
