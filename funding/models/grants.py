"""Grants: the state's money of a year, and what is carried from one grant to another."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, Role, User, Viewer, has_role
from helsefellesskap import triggers
from helsefellesskap.once import once


def readers_inside(user: Viewer) -> bool:
    """Who sees money that is not decided on yet, and the trail: the secretariat and leaders."""
    return has_role(user, Role.EDITOR, Role.LEADER)


class Source(models.TextChoices):
    """Where money in a grant comes from: the state gave it for the year, or it was left from another."""

    NEW = "new", _("Nye midler")
    CARRIED = "carried", _("Overførte midler")


class FundingScheme(models.Model):
    """A scheme that gives money year after year, and who gives it."""

    name = models.CharField(_("navn"), max_length=120, unique=True)
    slug = models.SlugField(_("adresse"), max_length=60, unique=True)
    grantor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_schemes",
        verbose_name=_("tilskuddsgiver"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("tilskuddsordning")
        verbose_name_plural = _("tilskuddsordninger")
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="funding_fundingscheme_has_name")]

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["Grant"]):
    def visible_to(self, user: Viewer) -> GrantQuerySet:
        """What the state gave is public: everybody sees all of them."""
        return self

    def newest_first(self) -> GrantQuerySet:
        return self.order_by("-year", "scheme", "pk")


class Grant(models.Model):
    """The money of a scheme for one year, with the terms of the letter that gave it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(
        FundingScheme, models.PROTECT, related_name="grants", verbose_name=_("tilskuddsordning")
    )
    year = models.PositiveSmallIntegerField(_("tilskuddsår"))
    used_in = models.PositiveSmallIntegerField(_("brukes i"), null=True, blank=True)
    amount = models.BigIntegerField(_("ramme"))
    rounded_to = models.PositiveIntegerField(_("avrundet til nærmeste"), null=True, blank=True)
    letter_reference = models.CharField(_("tildelingsbrev"), max_length=120, blank=True)
    use_until = models.DateField(_("brukes innen"), null=True, blank=True)
    report_due = models.DateField(_("rapportfrist"), null=True, blank=True)
    note = models.TextField(_("merknad"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    objects = GrantQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["created_at", "public_id"])

    class Meta:
        ordering = ["-year", "scheme", "pk"]
        verbose_name = _("tilskudd")
        verbose_name_plural = _("tilskudd")
        constraints = [
            models.UniqueConstraint("scheme", "year", name="funding_grant_once_a_year"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_grant_is_money"),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="funding_grant_year_is_likely"
            ),
            models.CheckConstraint(
                condition=Q(rounded_to=None) | Q(rounded_to__gt=1), name="funding_grant_rounding_is_one"
            ),
            models.CheckConstraint(
                condition=Q(used_in=None) | Q(used_in__gte=F("year")),
                name="funding_grant_used_after_it_is_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.year}"

    def get_absolute_url(self) -> str:
        url = reverse("funding:grant-detail", args=[self.year])
        return url if self.scheme_id == first_scheme_of(self.year) else f"{url}?ordning={self.scheme.slug}"

    @property
    def is_rounded(self) -> bool:
        return self.rounded_to is not None

    @property
    def slack(self) -> int:
        """How far the real amount can be from the rounded one, in kroner."""
        return (self.rounded_to or 0) // 2


def first_scheme_of(year: int) -> int | None:
    """The scheme whose grant has the plain address of the year."""
    return once("first schemes", _first_schemes).get(year)


def _first_schemes() -> dict[int, int]:
    """Of all years, since a page that links to one grant mostly links to all of them."""
    firsts = Grant.objects.order_by().values("year").annotate(first=Min("scheme"))
    return {row["year"]: row["first"] for row in firsts}


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, user: Viewer) -> TransferQuerySet:
        """Money carried between years is public, as the grants are."""
        return self

    def standing(self) -> TransferQuerySet:
        """Without mistakes and what took them back."""
        return self.filter(reverses=None, reversal=None)

    def until(self, day: date | None) -> TransferQuerySet:
        return self if day is None else self.filter(on__lte=day)


class Transfer(models.Model):
    """Money carried from one grant to another; it leaves the one and comes to the other, and never changes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    from_grant = models.ForeignKey(
        Grant, models.PROTECT, related_name="transfers_out", verbose_name=_("fra tilskudd")
    )
    to_grant = models.ForeignKey(
        Grant, models.PROTECT, related_name="transfers_in", verbose_name=_("til tilskudd")
    )
    source = models.CharField(_("midlene var"), max_length=7, choices=Source, default=Source.NEW)
    amount = models.BigIntegerField(_("beløp"))
    allocation = models.ForeignKey(
        "funding.Allocation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="transfers",
        verbose_name=_("fra tildeling"),
    )
    on = models.DateField(_("overført"))
    reason = models.CharField(_("begrunnelse"), max_length=500)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name=_("retter")
    )
    made_at = models.DateTimeField(_("ført"), default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("ført av"))

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("overføring")
        verbose_name_plural = _("overføringer")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_transfer_is_money"),
            models.CheckConstraint(
                condition=~Q(from_grant=F("to_grant")), name="funding_transfer_goes_elsewhere"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="funding_transfer_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.from_grant} → {self.to_grant}: {self.amount}"


class GrantReminder(models.Model):
    """That a reminder of a grant's day was sent: written down before it leaves, so that it leaves once."""

    class Kind(models.TextChoices):
        USE_UNTIL = "use_until", _("Brukes innen")
        REPORT_DUE = "report_due", _("Rapportfrist")

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind)
    due_on = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("påminnelse")
        verbose_name_plural = _("påminnelser")
        constraints = [
            models.UniqueConstraint(
                "grant", "kind", "due_on", "days_before", name="funding_grantreminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.grant}: {self.get_kind_display()} {self.due_on:%d.%m.%Y}"


triggers.freeze(Transfer)
