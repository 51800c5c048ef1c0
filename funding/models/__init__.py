"""The facts of money: grants, rounds and proposals, allocations and what became of them."""

from funding.models.allocations import Allocation, AllocationQuerySet, Posting, PostingQuerySet
from funding.models.balances import Balance, balance_of, balances_of, lowest_left
from funding.models.gains import Gain, GainQuerySet
from funding.models.grants import (
    FundingScheme,
    Grant,
    GrantQuerySet,
    GrantReminder,
    Source,
    Transfer,
    TransferQuerySet,
)
from funding.models.reports import SpendingReport, SpendingReportQuerySet
from funding.models.rounds import FundingRound, FundingRoundQuerySet, Proposal, ProposalQuerySet

__all__ = [
    "Allocation",
    "AllocationQuerySet",
    "Balance",
    "FundingRound",
    "FundingRoundQuerySet",
    "FundingScheme",
    "Gain",
    "GainQuerySet",
    "Grant",
    "GrantQuerySet",
    "GrantReminder",
    "Posting",
    "PostingQuerySet",
    "Proposal",
    "ProposalQuerySet",
    "Source",
    "SpendingReport",
    "SpendingReportQuerySet",
    "Transfer",
    "TransferQuerySet",
    "balance_of",
    "balances_of",
    "lowest_left",
]
