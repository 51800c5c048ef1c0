"""Verbs that change newsletters: writing, approving, publishing, sending."""

from newsletters.actions.approvals import WITHDREW, approve_newsletter, send_newsletter, withdraw_newsletter
from newsletters.actions.attachments import (
    add_attachment,
    change_attachment,
    delete_attachment,
    move_attachment,
)
from newsletters.actions.blocks import (
    BlockChanged,
    add_block,
    add_picture,
    change_picture,
    delete_block,
    delete_picture,
    move_block,
    save_block,
)
from newsletters.actions.deliveries import (
    make_deliveries,
    resend_delivery,
    resume_sending,
    send_test,
    send_waiting_deliveries,
    settle_delivery,
    start_sending,
    stop_sending,
    take_over_waiting,
)
from newsletters.actions.imports import confirm_import, discard_import, receive_list
from newsletters.actions.links import check_links
from newsletters.actions.newsletters import (
    NewsletterChanged,
    change_newsletter,
    correct_newsletter,
    create_newsletter,
    discard_newsletter,
)
from newsletters.actions.publishing import (
    accept_findings,
    count_download,
    publish_due,
    publish_newsletter,
    reject_findings,
    schedule_newsletter,
)
from newsletters.actions.subscriptions import (
    confirm_subscription,
    erase_subscription,
    erase_unconfirmed,
    export_subscriptions,
    subscribe,
    unsubscribe,
)

__all__ = [
    "WITHDREW",
    "BlockChanged",
    "NewsletterChanged",
    "accept_findings",
    "add_attachment",
    "add_block",
    "add_picture",
    "approve_newsletter",
    "change_attachment",
    "change_newsletter",
    "change_picture",
    "check_links",
    "confirm_import",
    "confirm_subscription",
    "correct_newsletter",
    "count_download",
    "create_newsletter",
    "delete_attachment",
    "delete_block",
    "delete_picture",
    "discard_import",
    "discard_newsletter",
    "erase_subscription",
    "erase_unconfirmed",
    "export_subscriptions",
    "make_deliveries",
    "move_attachment",
    "move_block",
    "publish_due",
    "publish_newsletter",
    "receive_list",
    "reject_findings",
    "resend_delivery",
    "resume_sending",
    "save_block",
    "schedule_newsletter",
    "send_newsletter",
    "send_test",
    "send_waiting_deliveries",
    "settle_delivery",
    "start_sending",
    "stop_sending",
    "subscribe",
    "take_over_waiting",
    "unsubscribe",
    "withdraw_newsletter",
]
