"""The two classifications of initiatives: program areas of the handlingsdel, strategic areas of the plan."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from helsefellesskap.norwegian import normalised


class ProgramArea(models.Model):
    """A grouping in the handlingsdel; proposed until a meeting has decided it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("adresse"), max_length=60, unique=True)
    name = models.CharField(_("navn"), max_length=120, unique=True)
    order = models.PositiveIntegerField(_("rekkefølge"))
    is_decided = models.BooleanField(_("besluttet"), default=False)
    decided_reference = models.CharField(_("besluttet i"), max_length=120, blank=True)
    is_active = models.BooleanField(_("i bruk"), default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("programområde")
        verbose_name_plural = _("programområder")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="portfolio_programarea_has_name"),
            models.CheckConstraint(
                condition=models.Q(is_decided=True) | models.Q(decided_reference=""),
                name="portfolio_programarea_reference_is_of_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portfolio:area-detail", args=[self.code])


class ProgramAreaAlias(models.Model):
    """Another spelling of a program area, as found in papers."""

    area = models.ForeignKey(ProgramArea, models.CASCADE, related_name="aliases")
    text = models.CharField(_("skrivemåte"), max_length=120)
    key = models.CharField(max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name = _("annen skrivemåte")
        verbose_name_plural = _("andre skrivemåter")

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = normalised(self.text)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        same = ProgramAreaAlias.objects.filter(key=normalised(self.text)).exclude(pk=self.pk).first()
        if same is not None:
            raise ValidationError(
                {"text": _("Skrivemåten hører allerede til %(area)s.") % {"area": same.area}}
            )


class StrategyPlan(models.Model):
    """The partnership's plan for some years."""

    title = models.CharField(_("tittel"), max_length=200)
    year_from = models.PositiveSmallIntegerField(_("fra år"))
    year_to = models.PositiveSmallIntegerField(_("til år"))

    class Meta:
        verbose_name = _("strategiplan")
        verbose_name_plural = _("strategiplaner")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year_from__lt=models.F("year_to")),
                name="portfolio_strategyplan_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year_from}–{self.year_to}"


class StrategicArea(models.Model):
    """An area of the strategy plan; an initiative may serve several."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(StrategyPlan, models.PROTECT, related_name="areas", verbose_name=_("plan"))
    slug = models.SlugField(_("adresse"), max_length=60, unique=True)
    name = models.CharField(_("navn"), max_length=120)
    goal = models.TextField(_("mål"), blank=True)
    order = models.PositiveIntegerField(_("rekkefølge"))

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("satsingsområde")
        verbose_name_plural = _("satsingsområder")
        constraints = [
            models.UniqueConstraint("plan", "name", name="portfolio_strategicarea_name_is_unique_in_plan")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portfolio:strategic-area-detail", args=[self.slug])
