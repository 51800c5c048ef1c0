"""Signing on to the newsletter, confirming it, ending it, and forgetting an address."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap.mail import absolute
from newsletters import rules
from newsletters.models import Delivery, SubscriberImport, Subscription

CONFIRM_WITHIN = timedelta(days=14)
FORGET_AFTER = timedelta(days=30)
"""What nobody has confirmed by then is erased."""
BETWEEN_MAILS = timedelta(minutes=10)
MOST_MAILS = 5
"""To one address in a day, whoever asks for them: nobody is to be bothered by others typing in their address."""

State = Subscription.State

_confirming = signing.TimestampSigner(salt="newsletters.confirm", sep=".")
_ending = signing.Signer(salt="newsletters.unsubscribe", sep=".")


@transaction.atomic
def subscribe(*, email: str) -> None:
    """Send the address a mail to confirm with, or one that says that it gets the newsletter already.

    The one who asks sees the same in both cases: whether somebody subscribes is told to the address alone. One that was
    ended stays so until it is confirmed, so that asking on behalf of others changes nothing.
    """
    subscription, _created = Subscription.objects.get_or_create(email=email.strip().lower())
    locked = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    now = timezone.now()
    is_active = locked.state == State.ACTIVE
    kind = Delivery.Kind.ALREADY if is_active else Delivery.Kind.CONFIRM
    may_write = _may_write(locked, kind, now)
    if not is_active:
        locked.asked_at = now
        if may_write:  # else the link in the mail that was sent just now must keep working
            locked.nonce = uuid.uuid4()
        locked.save(update_fields=["asked_at", "nonce"])
    if may_write:
        Delivery.objects.create(kind=kind, subscription=locked, email=locked.email, created_at=now)


def _may_write(subscription: Subscription, kind: str, now: datetime) -> bool:
    written = Delivery.objects.filter(
        subscription=subscription, kind__in=[Delivery.Kind.CONFIRM, Delivery.Kind.ALREADY]
    )
    if written.filter(kind=kind, created_at__gt=now - BETWEEN_MAILS).exists():
        return False
    return written.filter(created_at__gt=now - timedelta(days=1)).count() < MOST_MAILS


@transaction.atomic
def confirm_subscription(*, subscription: Subscription) -> None:
    """From now on the address gets the newsletter, because it was asked for. Doing it twice changes nothing."""
    locked = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    rules.check_confirmable(locked)
    if locked.state == State.ACTIVE:
        return
    locked.state, locked.basis, locked.imported_in = State.ACTIVE, Subscription.Basis.OPT_IN, None
    locked.confirmed_at, locked.ended_at, locked.refusals = timezone.now(), None, 0
    locked.save(update_fields=["state", "basis", "imported_in", "confirmed_at", "ended_at", "refusals"])
    record(by=None, verb=gettext_noop("bekreftet abonnementet"), target=locked)


@transaction.atomic
def unsubscribe(*, subscription: Subscription, by: User | None = None) -> None:
    """End a subscription at once, what waits to be sent too; `by` is who did it for somebody who asked.

    Doing it twice changes nothing. A confirmation that was asked for and not used yet dies with it.
    """
    locked = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    was_ended = locked.state == State.ENDED
    if was_ended and locked.ended_at and locked.asked_at <= locked.ended_at:
        return
    locked.state, locked.ended_at = State.ENDED, timezone.now()
    locked.save(update_fields=["state", "ended_at"])
    _leave_waiting(locked, _("Abonnementet er avsluttet."))
    if not was_ended:
        record(by=by, verb=gettext_noop("avsluttet abonnementet"), target=locked)


def _leave_waiting(subscription: Subscription, why: str) -> None:
    waiting = subscription.deliveries.filter(state__in=[Delivery.State.WAITING, Delivery.State.STOPPED])
    waiting.update(state=Delivery.State.LEFT, error=why)


@transaction.atomic
def erase_subscription(*, subscription: Subscription, by: User) -> None:
    """Forget an address wherever it stands. The log says that one was erased, not which."""
    lists = _waiting_lists()
    locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
    record(by=by, verb=gettext_noop("slettet en adresse"), target=locked)
    _erase(locked, lists)


def _waiting_lists() -> list[SubscriberImport]:
    """Locked before any subscription, as by whoever takes one in."""
    return list(SubscriberImport.objects.select_for_update(no_key=True).filter(confirmed_at=None))


def _erase(subscription: Subscription, lists: list[SubscriberImport]) -> None:
    """The mails keep what became of them; lists that wait to be taken in lose the address."""
    email = subscription.email
    for waiting in lists:
        kept = [row for row in waiting.rows if email != row["email"] and email not in row["text"].lower()]
        if len(kept) < len(waiting.rows):
            waiting.rows = kept
            waiting.save(update_fields=["rows"])
    _leave_waiting(subscription, _("Adressen er slettet."))
    mails = Delivery.objects.filter(Q(subscription=subscription) | Q(email=email))
    mails.exclude(kind=Delivery.Kind.TEST).update(email="")
    subscription.delete()


def erase_unconfirmed(*, now: datetime | None = None) -> int:
    """Erase what was never confirmed, lists that were never taken in, and mails about confirming; how many addresses."""
    limit = (now or timezone.now()) - FORGET_AFTER
    old = Subscription.objects.filter(state=State.WAITING, asked_at__lt=limit)
    erased = 0
    for key in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            lists = _waiting_lists()
            locked = old.select_for_update().filter(pk=key).first()
            if locked is not None:
                _erase(locked, lists)
                erased += 1
    SubscriberImport.objects.filter(confirmed_at=None, created_at__lt=limit).delete()
    finished = Delivery.objects.exclude(state__in=[Delivery.State.WAITING, Delivery.State.SENDING])
    finished.exclude(kind=Delivery.Kind.NEWSLETTER).filter(created_at__lt=limit).delete()
    return erased


def export_subscriptions(*, number: int, by: User) -> None:
    """Write down that somebody took the addresses out of here, and how many."""
    record(by=by, verb=gettext_noop("hentet ut abonnentlista"), target=by, new={"adresser": number})


# Addresses that prove that one can read the subscriber's mail


def confirm_url(subscription: Subscription) -> str:
    """The link to confirm with: for two weeks, and dead when the address is typed in anew."""
    token = _confirming.sign(f"{subscription.public_id.hex}{subscription.nonce.hex}")
    return absolute(reverse("newsletters:subscription-confirm", args=[token]))


def subscription_to_confirm(token: str) -> Subscription | None:
    """Whose link it is, if it still works."""
    try:
        ids = _confirming.unsign(token, max_age=CONFIRM_WITHIN)
    except signing.BadSignature:
        return None
    return Subscription.objects.filter(public_id=ids[:32], nonce=ids[32:]).first()


def unsubscribe_url(subscription: Subscription) -> str:
    """The link in every newsletter: it works as long as the address is known, also after ending and coming back."""
    token = _ending.sign(subscription.public_id.hex)
    return absolute(reverse("newsletters:subscription-end", args=[token]))


def subscription_to_end(token: str) -> Subscription | None:
    try:
        return Subscription.objects.filter(public_id=_ending.unsign(token)).first()
    except signing.BadSignature:
        return None
