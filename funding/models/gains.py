"""Gains: who pays for an initiative, who gains from it, and how much."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, Viewer
from portfolio.models import Initiative


class GainQuerySet(models.QuerySet["Gain"]):
    def visible_to(self, user: Viewer) -> GainQuerySet:
        """Those of the initiatives the person may know of."""
        return self.filter(initiative__in=Initiative.objects.visible_to(user).values("pk"))


class Gain(models.Model):
    """What an initiative saves or improves in a year, who pays for it and who gains, expected and realised."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="gains", verbose_name=_("tiltak"))
    description = models.CharField(_("gevinst"), max_length=300)
    payer = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="gains_paid",
        verbose_name=_("hvem som betaler"),
    )
    gainer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="gains", verbose_name=_("hvem som får gevinsten")
    )
    expected = models.BigIntegerField(_("ventet"), null=True, blank=True)
    realised = models.BigIntegerField(_("oppnådd"), null=True, blank=True)
    measured_on = models.DateField(_("oppnådd per"), null=True, blank=True)
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    objects = GainQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["created_at", "public_id"])

    class Meta:
        ordering = ["initiative", "pk"]
        verbose_name = _("gevinst")
        verbose_name_plural = _("gevinster")
        constraints = [
            models.CheckConstraint(condition=~Q(description=""), name="funding_gain_has_description"),
            models.CheckConstraint(
                condition=Q(expected__gte=0) | Q(expected=None), name="funding_gain_expects_no_loss"
            ),
            models.CheckConstraint(
                condition=Q(realised=None, measured_on=None)
                | Q(realised__isnull=False, measured_on__isnull=False),
                name="funding_gain_realised_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.description
