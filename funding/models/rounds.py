"""Rounds that ask the partners what the money should be used for, and what they propose."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, Role, User, Viewer, has_role
from funding.models.grants import Grant, readers_inside
from meetings.models import DecisionPoint
from portfolio.models import Initiative, ProgramArea


class FundingRoundQuerySet(models.QuerySet["FundingRound"]):
    def visible_to(self, user: Viewer) -> FundingRoundQuerySet:
        """Those who propose and those who decide; the public reads what came of it."""
        if readers_inside(user) or has_role(user, Role.CONTRIBUTOR):
            return self
        return self.none()

    def open(self, today: date) -> FundingRoundQuerySet:
        """Those that take proposals today."""
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=today), state=FundingRound.State.OPEN)


class FundingRound(models.Model):
    """A round in which the partners propose what one or more grants should be used for."""

    class State(models.TextChoices):
        OPEN = "open", _("Åpen for innspill")
        PRIORITISING = "prioritising", _("Under prioritering")
        DECIDED = "decided", _("Vedtatt")
        CLOSED = "closed", _("Avsluttet")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("tittel"), max_length=200)
    grants: models.ManyToManyField[Grant, models.Model] = models.ManyToManyField(
        Grant, related_name="rounds", verbose_name=_("tilskudd")
    )
    guidance = models.TextField(_("veiledning"), max_length=2000, blank=True)
    closes_on = models.DateField(_("frist for innspill"), null=True, blank=True)
    state = models.CharField(_("tilstand"), max_length=12, choices=State, default=State.OPEN)
    decision = models.ForeignKey(
        DecisionPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_rounds",
        verbose_name=_("vedtak"),
    )
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    objects = FundingRoundQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["created_at", "public_id"])

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("innspillsrunde")
        verbose_name_plural = _("innspillsrunder")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="funding_fundinground_has_title"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "prioritising", "decided", "closed"]),
                name="funding_fundinground_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "closed"]) | Q(decision__isnull=False),
                name="funding_fundinground_decided_has_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("funding:round-detail", args=[self.public_id])


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: Viewer) -> ProposalQuerySet:
        """One's own and one's organisation's; the secretariat and leaders also what others have sent in."""
        own = own_proposals(user)
        if readers_inside(user):
            return self.filter(own | ~Q(state=Proposal.State.DRAFT))
        return self.filter(own)

    def answered(self) -> ProposalQuerySet:
        return self.filter(state__in=[Proposal.State.PRIORITISED, Proposal.State.DECLINED])


def own_proposals(user: Viewer) -> Q:
    """Those of the organisation a contributor speaks for; those the secretariat registers for others."""
    if has_role(user, Role.EDITOR):
        return Q(written_by__role=Role.EDITOR)
    if not isinstance(user, User) or not has_role(user, Role.CONTRIBUTOR):
        return Q(pk__isnull=True)
    return Q(organisation=user.organisation_id) if user.organisation_id else Q(written_by=user)


class Proposal(models.Model):
    """What an organisation proposes to use the money for: an initiative or a new idea, how much and why."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Utkast")
        SUBMITTED = "submitted", _("Sendt inn")
        PRIORITISED = "prioritised", _("Prioritert")
        DECLINED = "declined", _("Ikke prioritert")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(FundingRound, models.PROTECT, related_name="proposals", verbose_name=_("runde"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="proposals", verbose_name=_("fra")
    )
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("tiltak"),
    )
    idea = models.CharField(_("ny idé"), max_length=300, blank=True)
    program_area = models.ForeignKey(
        ProgramArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("programområde"),
    )
    work_package = models.CharField(_("arbeidspakke"), max_length=300)
    amount = models.BigIntegerField(_("beløp"))
    reason = models.TextField(_("hvorfor"), max_length=3000)
    rank = models.PositiveSmallIntegerField(_("egen prioritet"), default=1)
    state = models.CharField(_("tilstand"), max_length=11, choices=State, default=State.DRAFT)
    answer = models.TextField(_("svar"), max_length=1000, blank=True)
    written_by = models.ForeignKey(
        User, models.PROTECT, related_name="proposals", verbose_name=_("skrevet av")
    )
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("sendt inn"), null=True, blank=True)

    objects = ProposalQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["created_at", "public_id"])

    class Meta:
        ordering = ["organisation", "rank", "pk"]
        verbose_name = _("innspill")
        verbose_name_plural = _("innspill")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_proposal_is_money"),
            models.CheckConstraint(
                condition=Q(initiative__isnull=False, idea="", program_area__isnull=True)
                | (Q(initiative__isnull=True, program_area__isnull=False) & ~Q(idea="")),
                name="funding_proposal_is_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "prioritised", "declined"]),
                name="funding_proposal_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False),
                name="funding_proposal_sent_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""), name="funding_proposal_declined_has_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative.title if self.initiative else self.idea}: {self.work_package}"[:300]

    def get_absolute_url(self) -> str:
        return reverse("funding:proposal-detail", args=[self.public_id])

    @property
    def subject(self) -> str:
        """What it is for, by name."""
        return self.initiative.title if self.initiative else self.idea

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT
