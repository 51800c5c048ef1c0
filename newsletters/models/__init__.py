"""The facts of newsletters: what they are made of, who approved them, and who gets them."""

from newsletters.models.blocks import Attachment, Block, Picture
from newsletters.models.links import CheckedLink
from newsletters.models.newsletters import (
    AcceptedFinding,
    Approval,
    Download,
    Newsletter,
    NewsletterQuerySet,
)
from newsletters.models.subscriptions import (
    Delivery,
    DeliveryQuerySet,
    SubscriberImport,
    Subscription,
    SubscriptionQuerySet,
)

__all__ = [
    "AcceptedFinding",
    "Approval",
    "Attachment",
    "Block",
    "CheckedLink",
    "Delivery",
    "DeliveryQuerySet",
    "Download",
    "Newsletter",
    "NewsletterQuerySet",
    "Picture",
    "SubscriberImport",
    "Subscription",
    "SubscriptionQuerySet",
]
