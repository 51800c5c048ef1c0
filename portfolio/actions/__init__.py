"""Verbs that change the portfolio: all or nothing, each with its trail."""

from portfolio.actions.areas import change_area, create_area, move_area
from portfolio.actions.editions import publish_edition
from portfolio.actions.initiatives import (
    change_initiative,
    close_initiative,
    create_initiative,
    move_initiative,
    reopen_initiative,
)
from portfolio.actions.statuses import (
    publish_status,
    publish_statuses,
    publish_submitted,
    return_status,
    save_draft,
    submit_status,
)

__all__ = [
    "change_area",
    "change_initiative",
    "close_initiative",
    "create_area",
    "create_initiative",
    "move_area",
    "move_initiative",
    "publish_edition",
    "publish_status",
    "publish_statuses",
    "publish_submitted",
    "reopen_initiative",
    "return_status",
    "save_draft",
    "submit_status",
]
