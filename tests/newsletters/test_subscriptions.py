"""Subscriptions: asked for, confirmed, ended and forgotten; and links that prove who reads the mail."""

from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import LogEntry
from newsletters import actions
from newsletters.actions import subscriptions
from newsletters.actions.subscriptions import (
    confirm_url,
    subscription_to_confirm,
    subscription_to_end,
    unsubscribe_url,
)
from newsletters.models import Delivery, SubscriberImport, Subscription
from newsletters.rules import NotAllowed
from tests.factories import create_delivery, create_import, create_newsletter, create_subscription

pytestmark = pytest.mark.django_db

EMAIL = "leser@example.no"
State, Kind = Subscription.State, Delivery.Kind


@pytest.fixture
def clock(monkeypatch):
    """`clock(minutes=10)`: so much later."""
    real, passed = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + passed[0])

    def wait(**time):
        passed[0] += timedelta(**time)

    return wait


def token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def mails() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("kind", flat=True))


def now_of(email: str = EMAIL) -> Subscription:
    return Subscription.objects.get(email=email)


# Signing on


def test_signing_on_sends_a_mail_to_confirm_with():
    actions.subscribe(email="  Leser@Example.NO ")
    actions.send_waiting_deliveries()

    subscription = now_of()
    assert (subscription.state, subscription.basis, subscription.confirmed_at) == ("waiting", "opt_in", None)
    [message] = outgoing.outbox
    assert message.to == [EMAIL]
    link = message.body.split("/nyhetsbrev/bekreft/")[1].split()[0].rstrip("/")
    assert subscription_to_confirm(link) == subscription
    assert "List-Unsubscribe" not in message.extra_headers


def test_whoever_subscribes_already_is_told_so_by_mail_with_the_way_out():
    create_subscription(email=EMAIL)
    actions.subscribe(email=EMAIL)
    actions.send_waiting_deliveries()

    [message] = outgoing.outbox
    assert (mails(), message.to, now_of().state) == (["already"], [EMAIL], "active")
    link = message.body.split("/nyhetsbrev/avmeld/")[1].split()[0].rstrip("/")
    assert subscription_to_end(link) == now_of()


def test_whoever_left_stays_away_until_it_is_confirmed():
    old = create_subscription(email=EMAIL, state="ended", imported_in=create_import())
    actions.subscribe(email=EMAIL)
    assert (now_of().state, mails()) == ("ended", ["confirm"])

    actions.confirm_subscription(subscription=now_of())
    new = now_of()
    assert (new.pk, new.state, new.basis, new.imported_in, new.ended_at) == (
        old.pk,
        "active",
        "opt_in",
        None,
        None,
    )


def test_no_more_than_one_mail_in_ten_minutes_and_five_in_a_day(clock):
    sent = []
    for _n in range(12):
        actions.subscribe(email=EMAIL)
        sent.append(len(mails()))
        clock(minutes=6)
    assert sent == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5]

    actions.subscribe(email="annen@example.no")
    clock(days=1)
    actions.subscribe(email=EMAIL)
    assert len(mails()) == 7


def test_the_newest_link_works_and_the_one_before_does_not(clock):
    actions.subscribe(email=EMAIL)
    first = token(confirm_url(now_of()))
    actions.subscribe(email=EMAIL)  # too soon for another mail
    assert subscription_to_confirm(first) == now_of()
    clock(minutes=11)
    actions.subscribe(email=EMAIL)

    assert subscription_to_confirm(first) is None
    assert subscription_to_confirm(token(confirm_url(now_of()))) == now_of()


# Confirming


def test_confirming_twice_changes_nothing():
    actions.subscribe(email=EMAIL)
    actions.confirm_subscription(subscription=now_of())
    before = Subscription.objects.values().get()
    actions.confirm_subscription(subscription=now_of())

    assert Subscription.objects.values().get() == before
    assert (before["state"], before["confirmed_at"] is not None) == ("active", True)
    assert list(LogEntry.objects.values_list("verb", "by")) == [("bekreftet abonnementet", None)]


@pytest.mark.parametrize(("days", "works"), [(13, True), (15, False)])
def test_a_link_to_confirm_lasts_two_weeks(days, works, monkeypatch):
    subscription = create_subscription(state="waiting")
    link = token(confirm_url(subscription))
    real = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + days * 24 * 3600)

    assert (subscription_to_confirm(link) == subscription) is works


def test_a_used_link_does_not_undo_an_unsubscription():
    actions.subscribe(email=EMAIL)
    actions.confirm_subscription(subscription=now_of())
    link = token(confirm_url(now_of()))
    actions.unsubscribe(subscription=now_of())

    with pytest.raises(NotAllowed, match="meldt av"):
        actions.confirm_subscription(subscription=subscription_to_confirm(link))
    assert now_of().state == "ended"


# Ending


@pytest.mark.parametrize("state", ["active", "waiting"])
def test_ending_it_twice_is_ending_it(state):
    subscription = create_subscription(email=EMAIL, state=state)
    actions.unsubscribe(subscription=subscription)
    first = now_of().ended_at
    actions.unsubscribe(subscription=subscription)

    assert (now_of().state, now_of().ended_at) == ("ended", first)
    assert list(LogEntry.objects.values_list("verb", "by")) == [("avsluttet abonnementet", None)]


def test_ending_it_undoes_what_was_asked_for_since():
    create_subscription(email=EMAIL, state="ended")
    actions.subscribe(email=EMAIL)
    link = token(confirm_url(now_of()))
    actions.unsubscribe(subscription=now_of())

    with pytest.raises(NotAllowed):
        actions.confirm_subscription(subscription=subscription_to_confirm(link))
    assert Delivery.objects.get().state == "left"


def test_the_secretariat_ends_it_for_somebody_who_asks(editor):
    actions.unsubscribe(subscription=create_subscription(email=EMAIL), by=editor)
    assert (now_of().state, LogEntry.objects.get().by) == ("ended", editor)


def test_an_old_link_to_unsubscribe_works_for_ever(clock):
    subscription = create_subscription(email=EMAIL)
    link = token(unsubscribe_url(subscription))
    actions.unsubscribe(subscription=subscription)
    clock(days=400)
    actions.subscribe(email=EMAIL)
    actions.confirm_subscription(subscription=now_of())

    assert subscription_to_end(link) == now_of()
    assert token(unsubscribe_url(now_of())) == link


# Links


@pytest.mark.parametrize("read", [subscription_to_confirm, subscription_to_end])
def test_a_link_is_good_for_nothing_else_and_cannot_be_made_up(read):
    subscription = create_subscription(state="waiting")
    links = {
        subscription_to_confirm: token(confirm_url(subscription)),
        subscription_to_end: token(unsubscribe_url(subscription)),
    }
    good = links.pop(read)
    [other] = links.values()

    assert read(good) == subscription
    for bad in (other, "", "x", ".", good[:-1], good + "A", subscription.public_id.hex, good.upper()):
        assert read(bad) is None, bad


# Forgetting


def everything() -> str:
    """All that is kept, as text."""
    rows = [
        *Subscription.objects.values(),
        *Delivery.objects.values(),
        *SubscriberImport.objects.values(),
        *LogEntry.objects.values(),
    ]
    return str(rows).lower()


def test_an_erased_address_is_nowhere_and_the_counts_stay(editor):
    newsletter = create_newsletter(published=True, by=editor)
    subscription = create_subscription(email=EMAIL)
    for state in ("sent", "waiting"):
        create_delivery(newsletter=create_newsletter(published=True), subscription=subscription, state=state)
    create_delivery(newsletter=newsletter, subscription=subscription, state="refused")
    actions.subscribe(email=EMAIL)
    waiting = create_import(
        rows=[
            {"row": 1, "email": EMAIL, "text": ""},
            {"row": 2, "email": "annen@example.no", "text": ""},
            {"row": 3, "email": "", "text": f"Kari: {EMAIL.upper()}"},
        ]
    )
    actions.unsubscribe(subscription=subscription, by=editor)
    actions.confirm_import(source=create_import(rows=[{"row": 1, "email": EMAIL, "text": ""}]), by=editor)
    assert EMAIL in everything()
    actions.erase_subscription(subscription=subscription, by=editor)

    assert EMAIL not in everything()
    waiting.refresh_from_db()
    assert [row["row"] for row in waiting.rows] == [2]
    assert sorted(Delivery.objects.values_list("state", "subscription", "email")) == [
        ("left", None, ""),
        ("left", None, ""),
        ("refused", None, ""),
        ("sent", None, ""),
    ]
    entry = LogEntry.objects.first()
    assert (entry.verb, entry.by, entry.new) == ("slettet en adresse", editor, {})


def test_what_is_never_confirmed_is_erased_after_thirty_days(clock, editor):
    actions.subscribe(email="gammel@example.no")
    clock(days=2)
    actions.subscribe(email="ny@example.no")
    for state in ("active", "ended"):
        create_subscription(email=f"{state}@example.no", state=state)
    actions.subscribe(email="ended@example.no")
    create_import(
        rows=[{"row": 1, "email": "liste@example.no", "text": ""}], by=editor, created_at=timezone.now()
    )
    clock(days=28, minutes=1)

    assert subscriptions.erase_unconfirmed() == 1
    assert sorted(Subscription.objects.values_list("email", flat=True)) == [
        "active@example.no",
        "ended@example.no",
        "ny@example.no",
    ]
    assert "gammel@example.no" not in everything()
    assert SubscriberImport.objects.count() == 1
    clock(days=3)
    subscriptions.erase_unconfirmed()
    assert SubscriberImport.objects.count() == 0


def test_mails_about_confirming_are_forgotten_and_newsletters_are_counted(clock):
    for kind in Kind.values:
        create_delivery(kind=kind, state="sent")
    create_delivery(kind=Kind.CONFIRM)
    clock(days=31)
    subscriptions.erase_unconfirmed()

    assert sorted(Delivery.objects.values_list("kind", "state")) == [
        ("confirm", "waiting"),
        ("newsletter", "sent"),
    ]


# What must never be


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "STOR@example.no"},
        {"state": "active"},
        {"state": "ended"},
        {"basis": "imported"},
        {"basis": "imported", "state": "active"},
    ],
)
def test_the_database_refuses_what_must_never_be(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.bulk_create([Subscription(**{"email": EMAIL, **fields})])


def test_nobody_gets_the_same_newsletter_twice():
    one = create_delivery()
    with pytest.raises(IntegrityError), transaction.atomic():
        create_delivery(newsletter=one.newsletter, subscription=one.subscription)


def test_subscriptions_are_not_deleted_in_bulk_nor_called_by_their_address(editor):
    subscription = create_subscription(email=EMAIL)
    with pytest.raises(TypeError):
        Subscription.objects.all().delete()
    assert EMAIL not in f"{subscription} {create_delivery(subscription=subscription)}"
