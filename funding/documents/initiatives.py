"""An initiative's money over the years, and the money a case decided on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from accounts.models import Viewer
from funding.documents.decisions import DecisionLine, decision_lines
from funding.models import Allocation, Grant
from meetings.models import Case, DecisionPoint
from portfolio.models import Initiative


def money_of_initiative(initiative: Initiative, user: Viewer) -> list[Allocation]:
    """What the person may see of the initiative's money, planned too for those inside, the newest year first.

    Each row has the decision it rests on as `line`.
    """
    found = Allocation.objects.visible_to(user).filter(initiative=initiative)
    found = found.exclude(decision=None, state=Allocation.State.CANCELLED)
    rows = list(
        found.select_related("grant__scheme", "recipient", "initiative").order_by(
            "-grant__year", "grant", "order", "pk"
        )
    )
    lines: dict[int, DecisionLine] = decision_lines(user, [row.decision_id for row in rows])
    for row in rows:
        row.line = lines.get(row.decision_id or 0)  # type: ignore[attr-defined]
    return rows


@dataclass(frozen=True)
class DecidedHere:
    """What the decisions of a case allocated of a grant: how much stands, on how many lines."""

    grant: Grant
    amount: int
    count: int


def money_decided_in(case: Case, user: Viewer) -> list[DecidedHere]:
    """The grants a case allocated money of, with sums from the database, as far as the person may read the decision."""
    points = DecisionPoint.objects.visible_to(user).filter(case=case)
    found = Allocation.objects.visible_to(user).filter(decision__in=points.values("pk"), amount__gt=0)
    sums = list(
        found.order_by().values("grant").annotate(sum=Sum("amount"), count=Count("pk")).order_by("grant")
    )
    grants = Grant.objects.visible_to(user).select_related("scheme").in_bulk([row["grant"] for row in sums])
    return [DecidedHere(grants[row["grant"]], row["sum"], row["count"]) for row in sums]


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
