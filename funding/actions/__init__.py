"""Verbs that change money: all or nothing, each with its trail."""

from funding.actions.allocations import (
    allocate,
    cancel_allocation,
    change_allocation,
    move_allocation,
    plan_allocation,
)
from funding.actions.editions import publish_funding_edition, send_to_meeting
from funding.actions.gains import change_gain, create_gain, delete_gain
from funding.actions.grants import change_grant, correct_transfer, create_grant, create_scheme, transfer_money
from funding.actions.postings import (
    carry_over,
    change_amount,
    correct_allocation,
    mark_paid,
    return_money,
    withdraw_allocation,
)
from funding.actions.proposals import (
    answer_proposal,
    change_proposal,
    create_proposal,
    delete_proposal,
    reopen_proposal,
    submit_proposal,
    take_back_proposal,
)
from funding.actions.reminders import remind_of_grants
from funding.actions.reports import report_spending
from funding.actions.rounds import change_round, create_round, move_round

__all__ = [
    "allocate",
    "answer_proposal",
    "cancel_allocation",
    "carry_over",
    "change_allocation",
    "change_amount",
    "change_gain",
    "change_grant",
    "change_proposal",
    "change_round",
    "correct_allocation",
    "correct_transfer",
    "create_gain",
    "create_grant",
    "create_proposal",
    "create_round",
    "create_scheme",
    "delete_gain",
    "delete_proposal",
    "mark_paid",
    "move_allocation",
    "move_round",
    "plan_allocation",
    "publish_funding_edition",
    "remind_of_grants",
    "reopen_proposal",
    "report_spending",
    "return_money",
    "send_to_meeting",
    "submit_proposal",
    "take_back_proposal",
    "transfer_money",
    "withdraw_allocation",
]
