"""Who gets the newsletter by mail, on what basis, and what became of each mail."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User, Viewer, has_role
from newsletters.models.newsletters import Newsletter

RETRY_MINUTES = (1, 5, 15, 60, 240)
"""How long a mail that the receiver could not take just then waits, after the first try, the second and so on."""


class SubscriberImport(models.Model):
    """A distribution list taken over from a spreadsheet, and on what basis; the addresses wait until it is confirmed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    basis = models.TextField(_("grunnlag"), max_length=1000)
    file_name = models.CharField(_("fil"), max_length=200)
    place = models.CharField(_("lest fra"), max_length=200, blank=True)
    rows = models.JSONField(_("adresser"), default=list)
    created_at = models.DateTimeField(_("lastet opp"), default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("lastet opp av"))
    confirmed_at = models.DateTimeField(_("tatt inn"), null=True, blank=True)
    added = models.PositiveIntegerField(_("nye abonnenter"), default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("import av abonnenter")
        verbose_name_plural = _("importer av abonnenter")
        constraints = [
            models.CheckConstraint(condition=~Q(basis=""), name="newsletters_subscriberimport_has_basis")
        ]

    def __str__(self) -> str:
        return self.file_name


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, user: Viewer) -> SubscriptionQuerySet:
        """Addresses are for the secretariat alone."""
        return self if has_role(user, Role.EDITOR) else self.none()

    def active(self) -> SubscriptionQuerySet:
        """Those who get the newsletter."""
        return self.filter(state=Subscription.State.ACTIVE)

    def often_refused(self) -> SubscriptionQuerySet:
        """Those whose mail server refuses one mail after the other: the address is probably not in use."""
        return self.active().filter(refusals__gte=Subscription.MANY_REFUSALS)

    def delete(self) -> NoReturn:
        raise TypeError("Erase one subscription at a time, by its action.")


class Subscription(models.Model):
    """That an address gets the newsletter: asked for and confirmed, or taken over from a list."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Ikke bekreftet")
        ACTIVE = "active", _("Abonnerer")
        ENDED = "ended", _("Avmeldt")

    class Basis(models.TextChoices):
        OPT_IN = "opt_in", _("Meldt på selv")
        IMPORTED = "imported", _("Overtatt fra liste")

    MANY_REFUSALS = 3

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-postadresse"), unique=True)
    state = models.CharField(_("tilstand"), max_length=7, choices=State, default=State.WAITING)
    basis = models.CharField(_("grunnlag"), max_length=8, choices=Basis, default=Basis.OPT_IN)
    imported_in = models.ForeignKey(
        SubscriberImport, models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    asked_at = models.DateTimeField(_("meldt på"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bekreftet"), null=True, blank=True)
    ended_at = models.DateTimeField(_("avmeldt"), null=True, blank=True)
    refusals = models.PositiveSmallIntegerField(_("avvisninger på rad"), default=0)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["email"]
        verbose_name = _("abonnement")
        verbose_name_plural = _("abonnementer")
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="newsletters_subscription_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=~Q(basis="imported") | Q(imported_in__isnull=False),
                name="newsletters_subscription_imported_has_basis",
            ),
            models.CheckConstraint(
                condition=~Q(state="active", basis="opt_in") | Q(confirmed_at__isnull=False),
                name="newsletters_subscription_active_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_at__isnull=False),
                name="newsletters_subscription_ended_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        """Without the address: the log keeps what a thing is called, and an address must be possible to erase."""
        return f"{_('Abonnement')} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of_newsletter(self, newsletter: Newsletter) -> DeliveryQuerySet:
        """The mails that tell the subscribers of it."""
        return self.filter(newsletter=newsletter, kind=Delivery.Kind.NEWSLETTER)

    def waiting(self) -> DeliveryQuerySet:
        return self.filter(state=Delivery.State.WAITING)

    def due(self, at: datetime) -> DeliveryQuerySet:
        """Those that wait and may be tried now: never twice within a minute, and more seldom the more often in vain."""
        tried = Q(claimed_at__isnull=True)
        for tries, minutes in enumerate((1, *RETRY_MINUTES)):
            tried |= Q(tries=tries, claimed_at__lte=at - timedelta(minutes=minutes))
        return self.waiting().filter(tried)


class Delivery(models.Model):
    """A mail to an address: made with what it tells of, sent in the background, each at most once."""

    class Kind(models.TextChoices):
        NEWSLETTER = "newsletter", _("Nyhetsbrev")
        TEST = "test", _("Prøve")
        CONFIRM = "confirm", _("Bekreft abonnement")
        ALREADY = "already", _("Abonnerer allerede")
        APPROVE = "approve", _("Til godkjenning")
        READY = "ready", _("Kan publiseres")
        RETURNED = "returned", _("Trukket tilbake")
        NOT_PUBLISHED = "not_out", _("Ble ikke publisert")

    class State(models.TextChoices):
        WAITING = "waiting", _("Venter")
        SENDING = "sending", _("Sendes")
        SENT = "sent", _("Sendt")
        REFUSED = "refused", _("Avvist")
        UNCERTAIN = "uncertain", _("Usikker")
        STOPPED = "stopped", _("Stanset")
        LEFT = "left", _("Latt være")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("slag"), max_length=10, choices=Kind)
    newsletter = models.ForeignKey(
        Newsletter, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    email = models.EmailField(_("e-postadresse"), blank=True)  # empty when it was erased
    state = models.CharField(_("tilstand"), max_length=9, choices=State, default=State.WAITING)
    error = models.CharField(_("feil"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("laget"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("forsøk uten hell"), default=0)
    sent_at = models.DateTimeField(_("sendt"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("utsending")
        verbose_name_plural = _("utsendinger")
        indexes = [
            models.Index(fields=["state", "kind", "id"], name="newsletters_delivery_waiting"),
            models.Index(fields=["claimed_at"], name="newsletters_delivery_claimed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "subscription"],
                condition=Q(kind="newsletter"),
                name="newsletters_delivery_once",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="newsletters_delivery_sent_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["newsletter", "test", "approve", "ready", "returned", "not_out"],
                    newsletter__isnull=False,
                )
                | Q(kind__in=["confirm", "already"], newsletter__isnull=True),
                name="newsletters_delivery_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_under_way(self) -> bool:
        """Whether something more happens with it by itself."""
        return self.state in {self.State.WAITING, self.State.SENDING}
