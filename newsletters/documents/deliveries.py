"""How the sending of a newsletter goes, for those who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max

from newsletters.models import Delivery, DeliveryQuerySet, Newsletter

MAIL_SERVER_PROBLEM = "newsletters.mail-server"
"""The cache's name for the sentence that says why no mail leaves just now; it goes by itself when that is tried again."""
SILENCE = timedelta(minutes=3)
"""With mails that could leave, so long without one means that the background work does not run."""

State = Delivery.State


@dataclass(frozen=True)
class Progress:
    """How many of the mails of a newsletter are in which state, and when the last is sent at today's rate."""

    total: int
    sent: int
    waiting: int
    stopped: int
    refused: int
    uncertain: int
    left: int
    done_at: datetime | None
    minutes: int
    problem: str
    is_silent: bool

    @property
    def handled(self) -> int:
        """Those that nothing more is done with by itself."""
        return self.total - self.waiting - self.stopped

    @property
    def is_under_way(self) -> bool:
        return self.waiting > 0


def progress_of(newsletter: Newsletter, *, now: datetime) -> Progress:
    mails = Delivery.objects.of_newsletter(newsletter)
    rows = mails.order_by().values_list("state").annotate(n=Count("pk"), last=Max("claimed_at"))
    found = {state: (n, last) for state, n, last in rows}
    counts = {state: found.get(state, (0, None))[0] for state in State.values}
    waiting = counts[State.WAITING] + counts[State.SENDING]
    minutes = -(-waiting // settings.MAIL_PER_MINUTE) if settings.MAIL_PER_MINUTE else 0
    problem = str(cache.get(MAIL_SERVER_PROBLEM) or "") if waiting else ""
    return Progress(
        total=sum(counts.values()),
        sent=counts[State.SENT],
        waiting=waiting,
        stopped=counts[State.STOPPED],
        refused=counts[State.REFUSED],
        uncertain=counts[State.UNCERTAIN],
        left=counts[State.LEFT],
        done_at=now + timedelta(minutes=minutes) if minutes else None,
        minutes=minutes,
        problem=problem,
        is_silent=bool(waiting)
        and not problem
        and _is_silent(mails, [last for _n, last in found.values()], now),
    )


def _is_silent(mails: DeliveryQuerySet, claims: list[datetime | None], now: datetime) -> bool:
    if any(last and last > now - SILENCE for last in claims):
        return False
    return mails.due(now).filter(created_at__lt=now - SILENCE).exists()


def to_decide(newsletter: Newsletter) -> DeliveryQuerySet:
    """The mails that somebody must look at: refused, or perhaps sent."""
    mails = Delivery.objects.of_newsletter(newsletter).select_related("subscription")
    return mails.filter(state__in=[State.REFUSED, State.UNCERTAIN]).order_by("state", "email", "pk")
