"""Mails to subscribers: made with what they tell of, sent afterwards by the worker, each at most once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import mail
from newsletters import rules
from newsletters.actions.subscriptions import confirm_url, unsubscribe_url
from newsletters.documents.deliveries import MAIL_SERVER_PROBLEM
from newsletters.documents.mail import UNSUBSCRIBE_URL, Mail, mail_of
from newsletters.models import Delivery, DeliveryQuerySet, Newsletter, Subscription, SubscriptionQuerySet
from newsletters.models.subscriptions import RETRY_MINUTES
from newsletters.rules import NotAllowed

CUT_OFF_AFTER = timedelta(minutes=2)
"""A mail that has been on its way for so long was cut off: nobody knows whether it left."""
RUN_SECONDS = 5
"""How long one run goes on: other jobs want their turn, and a worker that is told to stop must hear it."""
PAUSE_SECONDS = 60
"""How long a mail server that does not answer is left alone."""
CLAIMING = 7_240_311
"""The number of PostgreSQL's lock under which mails are claimed."""

State, Kind = Delivery.State, Delivery.Kind

TASKS: dict[Delivery.Kind, tuple[str, str]] = {
    Kind.APPROVE: (
        Newsletter.State.REVIEW,
        gettext_noop("%(newsletter)s venter på at du leser og godkjenner det."),
    ),
    Kind.READY: (
        Newsletter.State.APPROVED,
        gettext_noop("%(newsletter)s er godkjent av begge sider og kan publiseres."),
    ),
    Kind.RETURNED: (
        Newsletter.State.DRAFT,
        gettext_noop("%(newsletter)s er trukket tilbake til utkast. Merknaden står på siden."),
    ),
    Kind.NOT_PUBLISHED: (
        Newsletter.State.APPROVED,
        gettext_noop("%(newsletter)s ble ikke publisert da det skulle. %(why)s"),
    ),
}
"""Mails to those who make a newsletter: in which state it must be for each to be sent, and what it says."""

logger = logging.getLogger(__name__)


# Making


@transaction.atomic
def make_deliveries(*, newsletter: Newsletter, by: User) -> int:
    """Write a mail to every active subscriber, inside the transaction of the publication; how many are new.

    Making them again makes none. Of a number that is corrected, the earlier version is sent to nobody more.
    Raises NotAllowed for what is not published.
    """
    return _make(newsletter, Subscription.objects.active(), by)


@transaction.atomic
def take_over_waiting(*, newsletter: Newsletter, by: User) -> int:
    """Send a correction to those who still wait for an earlier version, and to nobody else; how many."""
    waiting = _waiting_for_earlier(newsletter).values("subscription")
    return _make(newsletter, Subscription.objects.active().filter(pk__in=waiting), by)


@transaction.atomic
def start_sending(*, newsletter: Newsletter, by: User) -> int:
    """Send a newsletter that was published without a mail; how many mails. Raises NotAllowed for one that is corrected."""
    newer = Newsletter.objects.published().filter(
        year=newsletter.year, number=newsletter.number, correction__gt=newsletter.correction
    )
    if newer.exists():
        raise NotAllowed(_("Nyhetsbrevet er rettet. Send den nyeste versjonen."))
    made = make_deliveries(newsletter=newsletter, by=by)
    if not made:
        raise NotAllowed(_("Det er ingen abonnenter som ikke har fått det."))
    return made


def _make(newsletter: Newsletter, subscriptions: SubscriptionQuerySet, by: User) -> int:
    """A mail to each of them, instead of one of an earlier version that still waits."""
    rules.check_mailable(newsletter)
    mails = Delivery.objects.of_newsletter(newsletter)
    before = mails.count()
    Delivery.objects.bulk_create(
        (
            Delivery(kind=Kind.NEWSLETTER, newsletter=newsletter, subscription_id=key, email=email)
            for key, email in subscriptions.order_by("pk").values_list("pk", "email")
        ),
        batch_size=500,
        ignore_conflicts=True,
    )
    _waiting_for_earlier(newsletter).update(state=State.LEFT, error=_("En rettet versjon sendes i stedet."))
    made = mails.count() - before
    if made:
        record(by=by, verb=gettext_noop("startet utsendingen"), target=newsletter, new={"abonnenter": made})
    return made


def _waiting_for_earlier(newsletter: Newsletter) -> DeliveryQuerySet:
    return Delivery.objects.filter(
        kind=Kind.NEWSLETTER,
        newsletter__year=newsletter.year,
        newsletter__number=newsletter.number,
        newsletter__correction__lt=newsletter.correction,
        state__in=[State.WAITING, State.STOPPED],
    )


@transaction.atomic
def send_test(*, newsletter: Newsletter, by: User) -> Delivery:
    """Write a mail of the newsletter, as it stands, to whoever asks and to nobody else."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one of a person at a time
    waiting = Delivery.objects.waiting().filter(kind=Kind.TEST, newsletter=newsletter, email=by.email)
    if made := waiting.first():
        return made
    record(by=by, verb=gettext_noop("sendte en prøve til seg selv"), target=newsletter)
    return Delivery.objects.create(kind=Kind.TEST, newsletter=newsletter, email=by.email)


@transaction.atomic
def tell(*, newsletter: Newsletter, kind: str, people: Iterable[User]) -> None:
    """Write a mail to each of those who have something to do with a newsletter in work now; one waits at a time."""
    waiting = Delivery.objects.waiting().filter(kind=kind, newsletter=newsletter)
    told = set(waiting.values_list("email", flat=True))
    Delivery.objects.bulk_create(
        Delivery(kind=kind, newsletter=newsletter, email=email)
        for email in sorted({person.email for person in people if person.is_active} - told)
    )


# Sending


def send_waiting_deliveries(*, now: datetime | None = None) -> int:
    """Send what waits for some seconds, what somebody waits for first; how many were sent.

    A mail is claimed before it is sent, one at a time for all workers together, so that no two send the same one and
    no more than MAIL_PER_MINUTE leave in any minute. What was claimed and never finished is uncertain, for the
    secretariat to decide. A mail server that does not answer costs no mail its turn.
    """
    _tell_of_cut_off(now or timezone.now())
    if not Delivery.objects.due(now or timezone.now()).exists() or cache.get(MAIL_SERVER_PROBLEM):
        return 0
    sent, frozen, end = 0, _Frozen(), monotonic() + RUN_SECONDS
    try:
        with mail.Line() as line:
            while monotonic() < end:
                line.open()
                delivery = _claim(now or timezone.now())
                if delivery is None:
                    break
                sent += _deliver(delivery, line, frozen)
    except mail.NoContact as error:
        logger.warning("No mail can be sent: %s (%r)", error, error.__cause__)
        cache.set(MAIL_SERVER_PROBLEM, str(error), PAUSE_SECONDS)
    return sent


def _tell_of_cut_off(now: datetime) -> None:
    Delivery.objects.filter(state=State.SENDING, claimed_at__lt=now - CUT_OFF_AFTER).update(
        state=State.UNCERTAIN, error=_("Sendingen ble avbrutt. Det er usikkert om e-posten kom fram.")
    )


@transaction.atomic
def _claim(at: datetime) -> Delivery | None:
    """The next mail, claimed; nothing when none waits or enough have left in the last minute."""
    _one_at_a_time()
    limit = settings.MAIL_PER_MINUTE
    if limit and Delivery.objects.filter(claimed_at__gt=at - timedelta(minutes=1)).count() >= limit:
        return None
    due = Delivery.objects.due(at).order_by("pk")
    next_one = due.exclude(kind=Kind.NEWSLETTER).first() or due.filter(kind=Kind.NEWSLETTER).first()
    if next_one is None:
        return None
    waiting = Delivery.objects.waiting().filter(pk=next_one.pk)
    if not waiting.update(state=State.SENDING, claimed_at=at):
        return None  # stopped or erased this moment
    return Delivery.objects.select_related("subscription").get(pk=next_one.pk)


def _one_at_a_time() -> None:
    """Until the transaction ends; on SQLite every transaction that writes already has the database to itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIMING])


def _deliver(delivery: Delivery, line: mail.Line, frozen: _Frozen) -> bool:
    """Send one mail and write down what became of it. Raises NoContact, after which it waits as before."""
    try:
        message = _message_of(delivery, frozen)
    except _NotWanted as why:
        return _finish(delivery, State.LEFT, error=str(why))
    except NotAllowed as refusal:
        return _finish(delivery, State.STOPPED, error=str(refusal))
    except Exception:
        logger.exception("The mail of delivery %s could not be made", delivery.pk)
        return _finish(
            delivery, State.STOPPED, error=_("E-posten lot seg ikke lage. Si fra til den som drifter.")
        )
    try:
        mail.send_message(
            delivery.email,
            message.subject,
            text=message.text,
            html=message.html,
            headers=message.headers,
            message_id=f"newsletter-{delivery.public_id}",
            line=line,
        )
    except mail.NoContact:
        _finish(delivery, State.WAITING, claimed_at=None)
        raise
    except mail.NotSent as error:
        if delivery.tries < len(RETRY_MINUTES):
            return _finish(delivery, State.WAITING, error=str(error), tries=delivery.tries + 1)
        sentence = _("%(error)s Vi har prøvd %(n)s ganger.") % {"error": error, "n": delivery.tries + 1}
        return _finish(delivery, State.REFUSED, error=sentence)
    except mail.Refused as error:
        return _finish(delivery, State.REFUSED, error=str(error))
    except mail.Uncertain as error:
        return _finish(delivery, State.UNCERTAIN, error=str(error))
    return _finish(delivery, State.SENT, sent_at=timezone.now())


@transaction.atomic
def _finish(delivery: Delivery, state: str, *, error: str = "", **values: object) -> bool:
    """Write down what became of a mail, unless it was claimed anew or decided meanwhile; whether it was sent."""
    mine = Delivery.objects.filter(
        pk=delivery.pk, claimed_at=delivery.claimed_at, state__in=[State.SENDING, State.UNCERTAIN]
    )
    if not mine.update(state=state, error=error[:300], **values):
        return False
    subscription = delivery.subscription
    if subscription is not None and state == State.REFUSED:
        Subscription.objects.filter(pk=subscription.pk).update(refusals=F("refusals") + 1)
    elif subscription is not None and state == State.SENT and subscription.refusals:
        Subscription.objects.filter(pk=subscription.pk).update(refusals=0)
    return state == State.SENT


# What a mail says


class _NotWanted(Exception):
    """The mail is not to be sent any more; `str()` says why."""


@dataclass(frozen=True)
class _Message:
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class _Frozen:
    """The mails of published newsletters, fetched once in a run."""

    def __init__(self) -> None:
        self._mails: dict[int, Mail] = {}

    def mail_of(self, newsletter_id: int) -> Mail:
        """Raises NotAllowed for a newsletter that is not published."""
        if newsletter_id not in self._mails:
            newsletter = Newsletter.objects.get(pk=newsletter_id)
            rules.check_mailable(newsletter)
            self._mails[newsletter_id] = mail_of(newsletter)
        return self._mails[newsletter_id]


def _message_of(delivery: Delivery, frozen: _Frozen) -> _Message:
    if delivery.kind == Kind.TEST:
        assert delivery.newsletter is not None  # noqa: S101 -- by the constraint of one thing
        return _trial(mail_of(delivery.newsletter))
    if delivery.kind in TASKS:
        assert delivery.newsletter is not None  # noqa: S101 -- by the constraint of one thing
        return _task(delivery.newsletter, Kind(delivery.kind))
    subscription = delivery.subscription
    if subscription is None or not delivery.email:
        raise _NotWanted(_("Adressen er slettet."))
    is_active = subscription.state == Subscription.State.ACTIVE
    if delivery.kind == Kind.CONFIRM:
        if is_active:
            raise _NotWanted(_("Abonnementet er allerede bekreftet."))
        return _letter("confirm", _("Bekreft at du vil ha nyhetsbrevet"), url=confirm_url(subscription))
    if not is_active:
        raise _NotWanted(_("Abonnementet er avsluttet."))
    if delivery.kind == Kind.ALREADY:
        return _letter("already", _("Du får allerede nyhetsbrevet"), url=unsubscribe_url(subscription))
    assert delivery.newsletter_id is not None  # noqa: S101 -- by the constraint of one thing
    return _issue(frozen.mail_of(delivery.newsletter_id), unsubscribe_url(subscription))


def _issue(content: Mail, url: str) -> _Message:
    """The newsletter with the subscriber's own way out: as a link, and as a button of the mail program (RFC 8058)."""
    headers = {
        "List-Id": f"<nyhetsbrev.{mail.site_host()}>",
        "List-Unsubscribe": f"<{url}>",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if url.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return _Message(
        subject=content.subject,
        text=content.text.replace(UNSUBSCRIBE_URL, url),
        html=content.html.replace(UNSUBSCRIBE_URL, url),
        headers=headers,
    )


def _trial(content: Mail) -> _Message:
    url = mail.absolute(reverse("newsletters:subscription-create"))
    return _Message(
        subject=_("Prøve: %(subject)s") % {"subject": content.subject},
        text=content.text.replace(UNSUBSCRIBE_URL, url),
        html=content.html.replace(UNSUBSCRIBE_URL, url),
        headers={"Auto-Submitted": "auto-generated"},
    )


def _task(newsletter: Newsletter, kind: Delivery.Kind) -> _Message:
    """What somebody has to do with a newsletter in work, if it still is so; what it says stands behind the link."""
    state, sentence = TASKS[kind]
    if newsletter.state != state:
        raise _NotWanted(_("Det er ikke slik lenger."))
    named = {"newsletter": newsletter, "why": newsletter.publish_error}
    page = mail.absolute(newsletter.get_absolute_url())
    return _letter("task", str(newsletter), sentence=_(sentence) % named, url=page)


def _letter(template: str, subject: str, **context: str) -> _Message:
    text = render_to_string(
        f"newsletters/mail/{template}.txt",
        {**context, "site_name": settings.SITE_NAME, "contact_email": settings.CONTACT_EMAIL},
    )
    return _Message(
        subject=f"{subject} – {settings.SITE_NAME}", text=text, headers={"Auto-Submitted": "auto-generated"}
    )


# What the secretariat decides


@transaction.atomic
def stop_sending(*, newsletter: Newsletter, by: User) -> int:
    """Hold back what has not left yet; how many mails. One that is on its way arrives."""
    waiting = Delivery.objects.of_newsletter(newsletter).waiting()
    stopped = waiting.update(state=State.STOPPED)
    if not stopped:
        raise NotAllowed(_("Ingen e-poster venter på å bli sendt."))
    record(by=by, verb=gettext_noop("stanset utsendingen"), target=newsletter, new={"venter": stopped})
    return stopped


@transaction.atomic
def resume_sending(*, newsletter: Newsletter, by: User) -> int:
    """Let what was held back leave after all; how many mails."""
    rules.check_mailable(newsletter)
    stopped = Delivery.objects.of_newsletter(newsletter).filter(state=State.STOPPED)
    resumed = stopped.update(state=State.WAITING, error="")
    if not resumed:
        raise NotAllowed(_("Utsendingen er ikke stanset."))
    record(by=by, verb=gettext_noop("fortsatte utsendingen"), target=newsletter, new={"venter": resumed})
    return resumed


@transaction.atomic
def resend_delivery(*, delivery: Delivery, by: User) -> None:
    """Try a mail again that was refused or may not have left, under the same Message-ID."""
    locked = _lock(delivery)
    rules.check_delivery_step(locked, State.WAITING)
    if locked.state not in {State.REFUSED, State.UNCERTAIN}:
        raise NotAllowed(_("E-posten er stanset. Fortsett utsendingen i stedet."))
    if locked.subscription is None or locked.subscription.state != Subscription.State.ACTIVE:
        raise NotAllowed(_("Abonnementet er avsluttet, så e-posten sendes ikke på nytt."))
    locked.state, locked.error, locked.tries = State.WAITING, "", 0
    locked.email = locked.subscription.email
    locked.save(update_fields=["state", "error", "tries", "email"])
    record(by=by, verb=gettext_noop("sendte e-post på nytt"), target=locked.newsletter or locked)


@transaction.atomic
def settle_delivery(*, delivery: Delivery, by: User) -> None:
    """Let a mail be that was refused or may have arrived: nothing more is done with it."""
    locked = _lock(delivery)
    rules.check_delivery_step(locked, State.LEFT)
    if locked.state not in {State.REFUSED, State.UNCERTAIN}:
        raise NotAllowed(_("E-posten venter fortsatt på å bli sendt."))
    locked.state = State.LEFT
    locked.save(update_fields=["state"])
    record(by=by, verb=gettext_noop("lot en e-post være"), target=locked.newsletter or locked)


def _lock(delivery: Delivery) -> Delivery:
    mails = Delivery.objects.select_for_update(no_key=True, of=("self",))
    return mails.select_related("newsletter", "subscription").get(pk=delivery.pk)
