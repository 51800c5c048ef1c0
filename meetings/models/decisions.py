"""What meetings decided: points proposed and adopted, recusals, and what became a priority."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Viewer
from helsefellesskap import triggers
from meetings.models.bodies import Seat
from meetings.models.cases import AgendaItem, Case
from meetings.models.meetings import readers_inside
from portfolio.models import StrategicArea


class DecisionPointQuerySet(models.QuerySet["DecisionPoint"]):
    def visible_to(self, user: Viewer) -> DecisionPointQuerySet:
        """Locked points of cases the person may read; before approval only the secretariat and leaders see them.

        The decision of an exempt case is for those inside.
        """
        if readers_inside(user):
            return self
        readable = Case.objects.visible_to(user).filter(Q(exemption=None) | Q(is_inside=True))
        return self.filter(Q(case=None) | Q(case__in=readable.values("pk")), locked_at__isnull=False)

    def standing(self) -> DecisionPointQuerySet:
        """Without those that a locked correction has replaced."""
        return self.exclude(correction__locked_at__isnull=False)

    def adopted(self) -> DecisionPointQuerySet:
        return self.filter(outcome__in=[DecisionPoint.Outcome.ADOPTED, DecisionPoint.Outcome.CHANGED])

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.filter(locked_at__isnull=False).exists():
            raise TypeError("A locked decision is not deleted: correct it.")
        return super().delete()


class DecisionPoint(models.Model):
    """A numbered point of a decision: what was proposed, what was adopted, and how."""

    class Outcome(models.TextChoices):
        PROPOSED = "proposed", _("Forslag")
        ADOPTED = "adopted", _("Vedtatt")
        CHANGED = "changed", _("Vedtatt med endring")
        POSTPONED = "postponed", _("Utsatt")
        WITHDRAWN = "withdrawn", _("Trukket")
        NOT_TREATED = "not_treated", _("Ikke behandlet")
        NOTED = "noted", _("Tatt til orientering")

    class Vote(models.TextChoices):
        NOT_STATED = "", _("Ikke oppgitt")
        CONSENSUS = "consensus", _("Konsensus")
        UNANIMOUS = "unanimous", _("Enstemmig")
        MAJORITY = "majority", _("Flertall")
        DISSENT = "dissent", _("Dissens")
        NO_CONSENSUS = "no_consensus", _("Ikke konsensus")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("sak")
    )
    item = models.ForeignKey(
        AgendaItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="points",
        verbose_name=_("behandlet i"),
    )
    unknown_reason = models.CharField(_("hvorfor sak eller møte ikke er kjent"), max_length=300, blank=True)
    number = models.PositiveSmallIntegerField(_("punkt"))
    proposed = models.TextField(_("forslag"), max_length=4000, blank=True)
    adopted = models.TextField(_("vedtak"), max_length=4000, blank=True)
    outcome = models.CharField(_("utfall"), max_length=11, choices=Outcome, default=Outcome.PROPOSED)
    vote = models.CharField(_("hvordan"), max_length=12, choices=Vote, blank=True, default=Vote.NOT_STATED)
    dissent = models.TextField(_("protokolltilførsel"), max_length=2000, blank=True)
    locked_at = models.DateTimeField(_("låst"), null=True, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="correction", verbose_name=_("retter")
    )

    objects = DecisionPointQuerySet.as_manager()

    class Meta:
        ordering = ["case", "number", "pk"]
        verbose_name = _("vedtakspunkt")
        verbose_name_plural = _("vedtakspunkter")
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, item__isnull=False)
                | ~Q(unknown_reason="")
                | Q(outcome="proposed", case__isnull=False),
                name="meetings_decisionpoint_has_place_or_reason",
            ),
            models.CheckConstraint(
                condition=~Q(proposed="") | ~Q(adopted=""), name="meetings_decisionpoint_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["adopted", "changed"]) | ~Q(adopted=""),
                name="meetings_decisionpoint_adopted_has_text",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="proposed") | Q(locked_at__isnull=True),
                name="meetings_decisionpoint_proposal_is_not_locked",
            ),
            models.CheckConstraint(
                condition=~Q(vote="dissent") | ~Q(dissent=""),
                name="meetings_decisionpoint_dissent_has_statement",
            ),
            models.CheckConstraint(
                condition=~Q(corrects=F("id")), name="meetings_decisionpoint_not_own_correction"
            ),
            models.UniqueConstraint(
                fields=["case", "item", "number"],
                condition=Q(corrects__isnull=True, case__isnull=False),
                name="meetings_decisionpoint_number_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case or self.unknown_reason}: {self.number}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.locked_at is not None:
            raise TypeError("A locked decision is not deleted: correct it.")
        return super().delete(*args, **kwargs)

    @property
    def text(self) -> str:
        return self.adopted or self.proposed

    @property
    def is_decided(self) -> bool:
        return self.outcome in {self.Outcome.ADOPTED, self.Outcome.CHANGED}


class Recusal(models.Model):
    """That a member may not take part in a case: declared, decided by the body, and who came instead."""

    class State(models.TextChoices):
        DECLARED = "declared", _("Meldt")
        ACCEPTED = "accepted", _("Inhabil")
        REJECTED = "rejected", _("Habil")

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="recusals")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="recusals", verbose_name=_("medlem"))
    reason = models.CharField(_("begrunnelse"), max_length=500, blank=True)
    state = models.CharField(_("avgjørelse"), max_length=8, choices=State, default=State.DECLARED)
    substitute = models.ForeignKey(
        Seat, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("vara i saken")
    )
    declared_at = models.DateTimeField(_("meldt"), default=timezone.now)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("meldt av"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("habilitet")
        verbose_name_plural = _("habilitet")
        constraints = [models.UniqueConstraint("item", "seat", name="meetings_recusal_once")]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_state_display()}"


class StrategicPriority(models.Model):
    """That a decision made a strategic area a priority of a year."""

    area = models.ForeignKey(
        StrategicArea, models.PROTECT, related_name="priorities", verbose_name=_("satsingsområde")
    )
    year = models.PositiveSmallIntegerField(_("år"))
    point = models.ForeignKey(
        DecisionPoint, models.PROTECT, related_name="priorities", verbose_name=_("besluttet i")
    )

    class Meta:
        ordering = ["-year", "area"]
        verbose_name = _("prioritert satsing")
        verbose_name_plural = _("prioriterte satsinger")
        constraints = [models.UniqueConstraint("area", "year", name="meetings_strategicpriority_once")]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"


triggers.freeze(DecisionPoint, when="OLD.locked_at IS NOT NULL")
