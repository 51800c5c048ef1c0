"""A round's proposals side by side, with what there is to share."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from accounts.models import Viewer
from funding.models import Allocation, Balance, FundingRound, Grant, Proposal, balances_of
from helsefellesskap.norwegian import norwegian_order


@dataclass(frozen=True)
class GrantToShare:
    """A grant of the round: what is left of it, and what would be left with all that is planned."""

    grant: Grant
    balance: Balance
    planned: int

    @property
    def left_then(self) -> int:
        return self.balance.remainder - self.planned


@dataclass(frozen=True)
class RoundTable:
    """What was proposed in a round, by state, with the sums of each; prioritised is planned or allocated by now."""

    proposals: list[Proposal]
    grants: list[GrantToShare]
    asked: int
    prioritised: int

    @property
    def waiting(self) -> list[Proposal]:
        return [row for row in self.proposals if row.state == Proposal.State.SUBMITTED]


def round_table(round_: FundingRound, user: Viewer) -> RoundTable:
    """The proposals the person may see, each organisation's first priorities first; sums from the database."""
    visible = Proposal.objects.visible_to(user).filter(round=round_)
    rows = list(
        visible.select_related(
            "organisation", "initiative__program_area", "program_area", "allocation__grant"
        ).order_by(norwegian_order("organisation__name"), "rank", "pk")
    )
    sent = visible.exclude(state=Proposal.State.DRAFT)
    chosen = Allocation.objects.filter(proposal__round=round_).exclude(state=Allocation.State.CANCELLED)
    grants = list(round_.grants.select_related("scheme").order_by("-year", "pk"))
    balances = balances_of(grants)
    planned = {
        row["grant"]: row["sum"]
        for row in Allocation.objects.planned()
        .filter(grant__in=grants)
        .order_by()
        .values("grant")
        .annotate(sum=Sum("amount"))
    }
    return RoundTable(
        proposals=rows,
        grants=[GrantToShare(grant, balances[grant.pk], planned.get(grant.pk, 0)) for grant in grants],
        asked=sent.aggregate(sum=Sum("amount"))["sum"] or 0,
        prioritised=chosen.aggregate(sum=Sum("amount"))["sum"] or 0,
    )
