"""Mails of newsletters: who gets one, in what order and at what rate, what they say, and what is done when it goes wrong."""

from datetime import timedelta
from itertools import product

import pytest
from django.core import mail as outgoing
from django.core.cache import cache
from django.utils import timezone

from accounts.models import LogEntry
from helsefellesskap import mail
from newsletters import actions, rules
from newsletters.actions import deliveries
from newsletters.actions.subscriptions import subscription_to_end, unsubscribe_url
from newsletters.documents.deliveries import MAIL_SERVER_PROBLEM, progress_of
from newsletters.documents.mail import UNSUBSCRIBE_URL
from newsletters.models import Delivery, Subscription
from newsletters.models.subscriptions import RETRY_MINUTES
from newsletters.rules import NotAllowed
from tests.factories import create_delivery, create_newsletter, create_subscription

pytestmark = pytest.mark.django_db

State, Kind = Delivery.State, Delivery.Kind


@pytest.fixture
def newsletter(editor):
    return create_newsletter(published=True, by=editor)


def send(**later) -> int:
    return actions.send_waiting_deliveries(now=timezone.now() + timedelta(**later) if later else None)


def states(**which) -> list[str]:
    return list(Delivery.objects.filter(**which).order_by("pk").values_list("state", flat=True))


def answering(monkeypatch, *answers):
    """What happens to each mail in turn: an exception is raised, anything else is sent as usual."""
    queue, send_message = list(answers), mail.send_message

    def answer(*arguments, **fields):
        if queue and isinstance(now := queue.pop(0), Exception):
            raise now
        send_message(*arguments, **fields)

    monkeypatch.setattr(mail, "send_message", answer)


# Making


def test_every_active_subscriber_gets_one_however_often_they_are_made(newsletter, editor):
    people = [create_subscription() for _n in range(3)]
    for state in ("waiting", "ended"):
        create_subscription(state=state)

    assert [actions.make_deliveries(newsletter=newsletter, by=editor) for _time in range(2)] == [3, 0]
    assert list(Delivery.objects.values_list("email", flat=True)) == [one.email for one in people]
    assert LogEntry.objects.get().verb == "startet utsendingen"


def test_a_correction_is_sent_anew_and_ends_what_is_left_of_the_old_version(newsletter, editor):
    first, second, _third = [create_subscription() for _n in range(3)]
    actions.make_deliveries(newsletter=newsletter, by=editor)
    old = newsletter.deliveries.order_by("pk")
    old.filter(subscription=first).update(state=State.SENT, sent_at=timezone.now())
    old.filter(subscription=second).update(state=State.STOPPED)
    correction = create_newsletter(
        published=True, number=newsletter.number, correction=1, correction_note="Tall", by=editor
    )

    assert actions.make_deliveries(newsletter=correction, by=editor) == 3
    assert states(newsletter=newsletter) == ["sent", "left", "left"]
    assert states(newsletter=correction) == ["waiting"] * 3


def test_a_correction_that_is_not_mailed_still_replaces_what_waits(newsletter, editor):
    first, second = [create_subscription() for _n in range(2)]
    actions.make_deliveries(newsletter=newsletter, by=editor)
    newsletter.deliveries.filter(subscription=first).update(state=State.SENT, sent_at=timezone.now())
    correction = create_newsletter(
        published=True, number=newsletter.number, correction=1, correction_note="Tall", by=editor
    )

    assert actions.take_over_waiting(newsletter=correction, by=editor) == 1
    assert states(newsletter=newsletter) == ["sent", "left"]
    assert [delivery.subscription for delivery in correction.deliveries.all()] == [second]


def test_what_was_published_without_a_mail_can_be_sent_later_and_once(newsletter, editor):
    create_subscription()

    assert actions.start_sending(newsletter=newsletter, by=editor) == 1
    with pytest.raises(NotAllowed, match="ingen abonnenter"):
        actions.start_sending(newsletter=newsletter, by=editor)


def test_a_version_that_is_corrected_is_not_sent(newsletter, editor):
    create_subscription()
    create_newsletter(
        published=True, number=newsletter.number, correction=1, correction_note="Tall", by=editor
    )

    with pytest.raises(NotAllowed, match="rettet"):
        actions.start_sending(newsletter=newsletter, by=editor)


@pytest.mark.parametrize("state", ["draft", "review", "approved"])
def test_what_is_not_published_is_mailed_to_nobody(editor, state):
    draft = create_newsletter(state=state, by=editor)
    create_subscription()
    with pytest.raises(NotAllowed):
        actions.make_deliveries(newsletter=draft, by=editor)
    create_delivery(newsletter=draft)
    send()

    assert (outgoing.outbox, states()) == ([], ["stopped"])
    with pytest.raises(NotAllowed):
        actions.resume_sending(newsletter=draft, by=editor)


# What a mail says


def test_a_newsletter_has_the_subscribers_own_way_out(newsletter, settings):
    settings.BASE_URL = "https://portal.example.no/"
    one, other = create_delivery(newsletter=newsletter), create_delivery(newsletter=newsletter)
    assert send() == 2

    for delivery, message in zip([one, other], outgoing.outbox, strict=True):
        url = unsubscribe_url(delivery.subscription)
        [(html, _kind)] = message.alternatives
        assert url.startswith("https://portal.example.no/nyhetsbrev/avmeld/")
        assert (url in message.body, url in html) == (True, True)
        assert UNSUBSCRIBE_URL not in message.body + html
        assert message.to == [delivery.email]
        assert message.extra_headers == {
            "Message-ID": f"<newsletter-{delivery.public_id}@portal.example.no>",
            "List-Id": "<nyhetsbrev.portal.example.no>",
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
        }
    links = [message.extra_headers["List-Unsubscribe"] for message in outgoing.outbox]
    assert len(set(links)) == 2


def test_no_mail_program_is_promised_one_click_without_https(newsletter):
    create_delivery(newsletter=newsletter)
    send()

    assert "List-Unsubscribe-Post" not in outgoing.outbox[0].extra_headers


def test_a_test_goes_to_whoever_asks_alone_draft_or_not(newsletter, editor):
    create_subscription()
    draft = create_newsletter(title="Ikke ferdig", by=editor)
    for one in (draft, draft, newsletter):
        actions.send_test(newsletter=one, by=editor)
    assert send() == 2

    assert [message.to for message in outgoing.outbox] == [[editor.email]] * 2
    assert "Ikke ferdig" in outgoing.outbox[0].subject
    assert all(message.subject.startswith("Prøve: ") for message in outgoing.outbox)
    assert not [message for message in outgoing.outbox if "List-Unsubscribe" in message.extra_headers]
    assert not [message for message in outgoing.outbox if UNSUBSCRIBE_URL in message.body]


def test_the_mail_of_a_newsletter_is_fetched_once_in_a_run(newsletter, django_assert_max_num_queries):
    for _n in range(5):
        create_delivery(newsletter=newsletter)
    with django_assert_max_num_queries(3 + 5 * 12 + 2):
        send()
    assert len(outgoing.outbox) == 5


# Order, rate and time


def test_what_somebody_waits_for_goes_first(newsletter):
    create_delivery(newsletter=newsletter, email="brev@example.no")
    create_delivery(
        kind=Kind.CONFIRM, email="bekreft@example.no", subscription=create_subscription(state="waiting")
    )
    create_delivery(kind=Kind.ALREADY, email="allerede@example.no")
    create_delivery(kind=Kind.TEST, newsletter=newsletter, email="prove@example.no")
    send()

    assert [message.to[0].partition("@")[0] for message in outgoing.outbox] == [
        "bekreft",
        "allerede",
        "prove",
        "brev",
    ]


def test_no_more_than_the_rate_leave_in_any_minute(newsletter, settings):
    settings.MAIL_PER_MINUTE = 3
    for _n in range(7):
        create_delivery(newsletter=newsletter)

    assert [send(seconds=seconds) for seconds in (0, 1, 59, 61, 119, 125)] == [3, 0, 0, 3, 0, 1]


def test_without_a_rate_all_are_sent(newsletter, settings):
    settings.MAIL_PER_MINUTE = 0
    for _n in range(150):
        create_delivery(newsletter=newsletter)

    assert send() == 150


def test_a_run_ends_after_some_seconds(newsletter, monkeypatch):
    for _n in range(5):
        create_delivery(newsletter=newsletter)
    clock = iter(range(0, 100, 2))
    monkeypatch.setattr(deliveries, "monotonic", lambda: next(clock))

    assert (send(), send(), send()) == (2, 2, 1)


# What goes wrong


def test_a_refusal_is_kept_and_not_tried_again(newsletter, monkeypatch):
    one = create_delivery(newsletter=newsletter)
    answering(monkeypatch, mail.Refused("Finnes ikke."))
    send()

    one.refresh_from_db()
    assert (one.state, one.error, one.subscription.refusals) == ("refused", "Finnes ikke.", 1)
    assert send(days=1) == 0


def test_refusals_in_a_row_are_counted_until_one_arrives(editor, monkeypatch):
    subscription = create_subscription()
    answering(monkeypatch, *[mail.Refused("Nei.")] * 3)
    for _n in range(3):
        create_delivery(newsletter=create_newsletter(published=True), subscription=subscription)
    send()
    assert list(Subscription.objects.often_refused()) == [subscription]

    create_delivery(newsletter=create_newsletter(published=True), subscription=subscription)
    send()
    subscription.refresh_from_db()
    assert (subscription.refusals, subscription.state) == (0, "active")


def test_what_cannot_be_taken_now_is_tried_more_and_more_seldom_and_then_no_more(newsletter, monkeypatch):
    one = create_delivery(newsletter=newsletter)
    answering(monkeypatch, *[mail.NotSent("Ikke nå.")] * 100)
    tried, minute = [], 0
    while one.state != State.REFUSED:
        before = one.tries
        send(minutes=minute, seconds=1)
        one.refresh_from_db()
        if one.tries != before or one.state == State.REFUSED:
            tried.append(minute)
        minute += 1

    assert tried == [sum(RETRY_MINUTES[:n]) for n in range(len(RETRY_MINUTES) + 1)]
    assert one.error == "Ikke nå. Vi har prøvd 6 ganger."
    assert (one.subscription.refusals, outgoing.outbox) == (1, [])


def test_what_is_taken_at_the_second_try_is_sent_once(newsletter, monkeypatch):
    one = create_delivery(newsletter=newsletter)
    answering(monkeypatch, mail.NotSent("Ikke nå."))
    assert [send(seconds=seconds) for seconds in (0, 30, 61, 500)] == [0, 0, 1, 0]

    one.refresh_from_db()
    assert (one.state, one.error, one.subscription.refusals) == ("sent", "", 0)


def test_a_silent_mail_server_costs_nobody_a_turn(newsletter, monkeypatch):
    for _n in range(3):
        create_delivery(newsletter=newsletter)
    answering(monkeypatch, mail.NoContact("Svarer ikke."))
    assert send() == 0

    rows = list(Delivery.objects.values_list("state", "tries", "claimed_at"))
    assert rows == [("waiting", 0, None)] * 3
    assert progress_of(newsletter, now=timezone.now()).problem == "Svarer ikke."
    assert send(minutes=5) == 0  # it is left alone for a while
    cache.delete(MAIL_SERVER_PROBLEM)
    assert send() == 3
    assert progress_of(newsletter, now=timezone.now()).problem == ""


def test_contact_lost_on_the_way_is_uncertain(newsletter, monkeypatch):
    one, other = create_delivery(newsletter=newsletter), create_delivery(newsletter=newsletter)
    answering(monkeypatch, mail.Uncertain("Brutt."))
    assert send() == 1
    assert (states(pk=one.pk), states(pk=other.pk)) == (["uncertain"], ["sent"])
    assert send(days=1) == 0


@pytest.mark.parametrize(("seconds", "state"), [(119, "sending"), (121, "uncertain")])
def test_what_was_claimed_and_never_finished_is_uncertain(newsletter, seconds, state):
    one = create_delivery(newsletter=newsletter, state=State.SENDING)
    assert send(seconds=seconds) == 0

    assert (states(pk=one.pk), outgoing.outbox) == ([state], [])


def test_a_slow_worker_still_writes_down_what_became_of_its_mail(newsletter, monkeypatch):
    one = create_delivery(newsletter=newsletter)
    send_message = mail.send_message

    def slowly(*arguments, **fields):
        deliveries._tell_of_cut_off(timezone.now() + timedelta(hours=1))  # by another worker
        assert states(pk=one.pk) == ["uncertain"]
        send_message(*arguments, **fields)

    monkeypatch.setattr(mail, "send_message", slowly)
    assert (send(), states(pk=one.pk)) == (1, ["sent"])


def test_a_slow_worker_does_not_undo_what_was_decided_meanwhile(newsletter, editor, monkeypatch):
    one = create_delivery(newsletter=newsletter)

    def slowly(*arguments, **fields):
        deliveries._tell_of_cut_off(timezone.now() + timedelta(hours=1))
        actions.settle_delivery(delivery=one, by=editor)

    monkeypatch.setattr(mail, "send_message", slowly)
    assert (send(), states(pk=one.pk)) == (0, ["left"])


def test_a_mail_that_cannot_be_made_stops_no_other(newsletter, editor, monkeypatch):
    wrong = create_newsletter(published=True, by=editor)
    mail_of = deliveries.mail_of
    monkeypatch.setattr(deliveries, "mail_of", lambda one: 1 / 0 if one == wrong else mail_of(one))
    first, second = create_delivery(newsletter=wrong), create_delivery(newsletter=newsletter)

    assert send() == 1
    assert (states(pk=first.pk), states(pk=second.pk)) == (["stopped"], ["sent"])


# Who has left


@pytest.mark.parametrize("kind", [Kind.NEWSLETTER, Kind.ALREADY])
def test_nobody_who_has_left_gets_a_mail(kind):
    create_delivery(kind=kind, subscription=create_subscription(state="ended"))
    assert send() == 0
    assert states() == ["left"]


def test_who_leaves_while_it_is_sent_gets_none_and_nothing_waits(newsletter, editor):
    one, other = create_delivery(newsletter=newsletter), create_delivery(newsletter=newsletter)
    actions.unsubscribe(subscription=one.subscription)
    actions.erase_subscription(subscription=other.subscription, by=editor)

    assert (send(), states(), outgoing.outbox) == (0, ["left", "left"], [])


def test_no_confirmation_is_asked_of_who_has_confirmed():
    create_delivery(kind=Kind.CONFIRM)
    assert (send(), states()) == (0, ["left"])


# What the secretariat decides


def test_stopping_holds_back_and_resuming_lets_go(newsletter, editor):
    other = create_delivery()
    mine = [create_delivery(newsletter=newsletter) for _n in range(3)]
    mine[0].state, mine[0].sent_at = State.SENT, timezone.now()
    mine[0].save()

    assert actions.stop_sending(newsletter=newsletter, by=editor) == 2
    assert (send(), states(pk=other.pk)) == (1, ["sent"])
    with pytest.raises(NotAllowed):
        actions.stop_sending(newsletter=newsletter, by=editor)

    assert actions.resume_sending(newsletter=newsletter, by=editor) == 2
    assert (send(), states(newsletter=newsletter)) == (2, ["sent"] * 3)
    with pytest.raises(NotAllowed):
        actions.resume_sending(newsletter=newsletter, by=editor)
    log = LogEntry.objects.about(newsletter).values_list("verb", "by", "new")
    assert list(log) == [
        ("fortsatte utsendingen", editor.pk, {"venter": 2}),
        ("stanset utsendingen", editor.pk, {"venter": 2}),
    ]


def test_a_second_copy_has_the_id_and_link_of_the_first(newsletter, editor, monkeypatch):
    one = create_delivery(newsletter=newsletter)
    arrived = []
    answering(monkeypatch, None)
    send()
    arrived.append(outgoing.outbox.pop())
    Delivery.objects.update(state=State.UNCERTAIN, sent_at=None)
    actions.resend_delivery(delivery=one, by=editor)
    assert send(minutes=2) == 1
    arrived.append(outgoing.outbox.pop())

    first, second = (message.extra_headers for message in arrived)
    assert (first["Message-ID"], first["List-Unsubscribe"]) == (
        second["Message-ID"],
        second["List-Unsubscribe"],
    )
    assert LogEntry.objects.about(newsletter).get().verb == "sendte e-post på nytt"


DECIDED = {
    ("resend_delivery", State.REFUSED): State.WAITING,
    ("resend_delivery", State.UNCERTAIN): State.WAITING,
    ("settle_delivery", State.REFUSED): State.LEFT,
    ("settle_delivery", State.UNCERTAIN): State.LEFT,
}


@pytest.mark.parametrize(
    ("verb", "state"), list(product(["resend_delivery", "settle_delivery"], State.values))
)
def test_only_what_went_wrong_is_decided_about(newsletter, editor, verb, state):
    one = create_delivery(newsletter=newsletter, state=state)
    if (verb, state) in DECIDED:
        getattr(actions, verb)(delivery=one, by=editor)
    else:
        with pytest.raises(NotAllowed):
            getattr(actions, verb)(delivery=one, by=editor)

    one.refresh_from_db()
    assert one.state == DECIDED.get((verb, state), state)


@pytest.mark.parametrize("state", ["ended", "waiting"])
def test_nothing_is_sent_again_to_who_has_left(newsletter, editor, state):
    one = create_delivery(
        newsletter=newsletter, subscription=create_subscription(state=state), state=State.REFUSED
    )
    with pytest.raises(NotAllowed):
        actions.resend_delivery(delivery=one, by=editor)


STEPS = {
    ("waiting", "sending"), ("waiting", "stopped"), ("waiting", "left"),
    ("sending", "sent"), ("sending", "waiting"), ("sending", "refused"), ("sending", "uncertain"),
    ("sending", "stopped"), ("sending", "left"),
    ("uncertain", "sent"), ("uncertain", "waiting"), ("uncertain", "refused"), ("uncertain", "left"),
    ("refused", "waiting"), ("refused", "left"),
    ("stopped", "waiting"), ("stopped", "left"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "to"), list(product(State.values, repeat=2)))
def test_every_pair_of_states(now, to):
    delivery = Delivery(state=now)
    if (now, to) in STEPS:
        rules.check_delivery_step(delivery, to)
    else:
        with pytest.raises(NotAllowed, match=r"E-posten er «"):
            rules.check_delivery_step(delivery, to)


# How it goes


def test_progress_counts_and_says_when_it_is_done(newsletter, settings):
    settings.MAIL_PER_MINUTE = 2
    for state in ("sent", "sent", "waiting", "waiting", "sending", "refused", "uncertain", "left", "stopped"):
        create_delivery(newsletter=newsletter, state=state)
    create_delivery(kind=Kind.TEST, newsletter=newsletter, email="prove@example.no")
    create_delivery()
    now = timezone.now()
    progress = progress_of(newsletter, now=now)

    assert (progress.total, progress.sent, progress.waiting, progress.handled) == (9, 2, 3, 5)
    assert (progress.refused, progress.uncertain, progress.left, progress.stopped) == (1, 1, 1, 1)
    assert (progress.minutes, progress.done_at) == (2, now + timedelta(minutes=2))
    assert not progress.is_silent


def test_progress_tells_when_no_worker_is_there(newsletter):
    create_delivery(newsletter=newsletter, created_at=timezone.now() - timedelta(minutes=10))
    assert progress_of(newsletter, now=timezone.now()).is_silent

    create_delivery(newsletter=newsletter, state=State.SENT)
    assert not progress_of(newsletter, now=timezone.now()).is_silent


def test_a_link_in_a_mail_belongs_to_its_reader(newsletter):
    one = create_delivery(newsletter=newsletter)
    send()
    token = outgoing.outbox[0].body.rpartition("/avmeld/")[2].strip().strip("/")

    assert subscription_to_end(token) == one.subscription


# Those who make it


def told():
    return list(Delivery.objects.exclude(kind=Kind.NEWSLETTER).order_by("pk").values_list("kind", "email"))


def test_those_who_approve_are_told_and_then_who_wrote_it(draft, approve, editor, chair, vice_chair):
    approve(draft)

    assert told() == [
        ("approve", "chair@example.no"),
        ("approve", "vice@example.no"),
        ("ready", editor.email),
    ]
    send()
    assert states() == ["left", "left", "sent"]  # nothing waits to be approved any more
    (message,) = outgoing.outbox
    assert "godkjent av begge sider" in message.body
    assert f"/nyhetsbrev/{draft.public_id}/" in message.body
    assert draft.title not in message.subject + message.body


def test_a_mail_to_those_who_approve_leads_to_the_newsletter(draft, editor, chair, vice_chair):
    actions.send_newsletter(newsletter=draft, by=editor)
    send()

    assert [message.to for message in outgoing.outbox] == [["chair@example.no"], ["vice@example.no"]]
    assert "leser og godkjenner" in outgoing.outbox[0].body


def test_nobody_is_asked_to_approve_what_they_may_not_read(draft, editor, chair, vice_chair):
    chair.role = ""
    chair.save()
    actions.send_newsletter(newsletter=draft, by=editor)

    assert told() == [("approve", "vice@example.no")]


def test_who_wrote_it_is_told_when_somebody_else_takes_it_back(approved, editor, chair):
    Delivery.objects.all().delete()
    actions.withdraw_newsletter(newsletter=approved, note="Rett tallet.", by=chair)

    assert told() == [("returned", editor.email)]


def test_who_set_the_time_is_told_when_it_was_not_published(approved, editor):
    at = timezone.now() + timedelta(hours=1)
    actions.schedule_newsletter(newsletter=approved, at=at, by=editor)
    Delivery.objects.all().delete()
    approved.blocks.update(body="<p>Noe annet.</p>")
    actions.publish_due(now=at)

    assert told() == [("not_out", editor.email)]
    send()
    assert "endret siden det ble godkjent" in outgoing.outbox[0].body
