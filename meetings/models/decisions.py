"""What meetings decided: points proposed and adopted, recusals, minutes, and what is to be followed up."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User, Viewer
from helsefellesskap import triggers
from meetings.models.bodies import Seat
from meetings.models.cases import AgendaItem, AgendaVersion, Case
from meetings.models.days import day_or_unknown, precision_field
from meetings.models.meetings import Meeting, readers_inside
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


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: Viewer) -> MinutesQuerySet:
        """Approved ones with the meeting; those out for comments for those inside; drafts for the secretariat."""
        if readers_inside(user):
            return self
        meetings = Meeting.objects.visible_to(user)
        return self.filter(
            Q(state=Minutes.State.APPROVED, meeting__in=meetings.values("pk"))
            | Q(state=Minutes.State.COMMENTS, meeting__in=meetings.filter(Q(is_inside=True)).values("pk"))
        )


class Minutes(models.Model):
    """The minutes of a meeting, in versions: drafted, sent for comments, approved by both sides and frozen."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Utkast")
        COMMENTS = "comments", _("Til gjennomsyn")
        APPROVED = "approved", _("Godkjent")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField(_("versjon"), default=1)
    state = models.CharField(_("tilstand"), max_length=8, choices=State, default=State.DRAFT)
    opening = models.TextField(_("innledning"), blank=True)
    closing = models.TextField(_("avslutning"), blank=True)
    correction_note = models.TextField(_("hva som er rettet"), max_length=1000, blank=True)
    written_at = models.DateTimeField(_("skrevet"), default=timezone.now)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("skrevet av"))
    writers: models.ManyToManyField[User, models.Model] = models.ManyToManyField(
        User, blank=True, related_name="+", verbose_name=_("har skrevet i den")
    )
    comments_due = models.DateField(_("frist for merknader"), null=True, blank=True)
    approved_at = models.DateTimeField(_("godkjent"), null=True, blank=True)
    data = models.JSONField(_("innhold"), null=True, blank=True)
    pdf = models.FileField(_("PDF"), max_length=200, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    public_pdf = models.FileField(_("offentlig PDF"), max_length=200, blank=True)
    public_sha256 = models.CharField(_("SHA-256 for offentlig PDF"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("protokoll")
        verbose_name_plural = _("protokoller")
        constraints = [
            models.UniqueConstraint("meeting", "number", name="meetings_minutes_number_once"),
            models.UniqueConstraint(
                fields=["meeting"], condition=~Q(state="approved"), name="meetings_minutes_one_in_work"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(correction_note=""), name="meetings_minutes_correction_says_what"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="approved", approved_at__isnull=False, data__isnull=False)
                    & ~Q(sha256="")
                    & ~Q(public_sha256="")
                )
                | (~Q(state="approved") & Q(approved_at__isnull=True, sha256="")),
                name="meetings_minutes_approved_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Protokoll')} {self.meeting}"


class Approval(models.Model):
    """That a leader or deputy leader approved the minutes, for which side, and what they said then."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="approvals")
    side = models.CharField(_("side"), max_length=9, choices=Seat.Side)
    content = models.CharField(_("fingeravtrykk av innholdet"), max_length=64)
    approved_at = models.DateTimeField(_("godkjent"), default=timezone.now)
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("godkjent av"))

    class Meta:
        ordering = ["approved_at", "pk"]
        verbose_name = _("godkjenning")
        verbose_name_plural = _("godkjenninger")
        constraints = [
            models.UniqueConstraint("minutes", "content", "side", name="meetings_approval_one_for_a_side"),
            models.UniqueConstraint(
                "minutes", "content", "approved_by", name="meetings_approval_one_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes}: {self.get_side_display()}"


class MinutesComment(models.Model):
    """A member's comment on minutes that are not approved yet."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="comments")
    text = models.TextField(_("merknad"), max_length=2000)
    written_at = models.DateTimeField(_("skrevet"), default=timezone.now)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("skrevet av"))

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("merknad til protokollen")
        verbose_name_plural = _("merknader til protokollen")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="meetings_minutescomment_has_text")]

    def __str__(self) -> str:
        return self.text[:60]


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: Viewer) -> FollowUpQuerySet:
        """Released ones of cases the person may read; the secretariat and leaders see all."""
        if readers_inside(user):
            return self
        readable = Case.objects.visible_to(user).filter(Q(exemption=None) | Q(is_inside=True))
        return self.filter(case__in=readable.values("pk"), released_at__isnull=False)

    def open(self) -> FollowUpQuerySet:
        return self.filter(state__in=[FollowUp.State.OPEN, FollowUp.State.REPORTED])

    def overdue(self, today: date) -> FollowUpQuerySet:
        """Open, and the last day of the period it was due in has passed."""
        return self.open().filter(last_day__lt=today)

    def by_due_day(self) -> FollowUpQuerySet:
        return self.order_by(F("last_day").asc(nulls_last=True), "pk")


class FollowUp(models.Model):
    """A task that came of a decision or a meeting: who answers for it, and by when."""

    class State(models.TextChoices):
        OPEN = "open", _("Åpen")
        REPORTED = "reported", _("Meldt utført")
        DONE = "done", _("Utført")
        DROPPED = "dropped", _("Frafalt")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="follow_ups", verbose_name=_("sak"))
    point = models.ForeignKey(
        DecisionPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("vedtak"),
    )
    title = models.CharField(_("hva som skal gjøres"), max_length=300)
    organisations: models.ManyToManyField[Organisation, models.Model] = models.ManyToManyField(
        Organisation, blank=True, related_name="follow_ups", verbose_name=_("ansvarlige organisasjoner")
    )
    responsible = models.CharField(
        _("ansvarlig"), max_length=200, help_text=_("Slik det står i listen: en rolle eller organisasjon.")
    )
    due_on = models.DateField(_("frist"), null=True, blank=True)
    precision = precision_field()
    last_day = models.DateField(null=True, editable=False)
    state = models.CharField(_("tilstand"), max_length=8, choices=State, default=State.OPEN)
    comment = models.TextField(_("hva som er gjort"), max_length=1000, blank=True)
    changed_at = models.DateTimeField(_("endret"), default=timezone.now)
    changed_by = models.ForeignKey(
        User, models.PROTECT, null=False, related_name="+", verbose_name=_("endret av")
    )
    released_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("oppfølgingspunkt")
        verbose_name_plural = _("oppfølgingspunkter")
        constraints = [
            day_or_unknown("due_on", "meetings_followup_due_or_unknown"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, last_day__isnull=True)
                | Q(due_on__isnull=False, last_day__isnull=False, last_day__gte=F("due_on")),
                name="meetings_followup_last_day_of_due",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(responsible=""), name="meetings_followup_says_what_and_who"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "reported", "done", "dropped"]),
                name="meetings_followup_state_is_known",
            ),
        ]
        indexes = [models.Index(fields=["last_day", "id"], name="meetings_followup_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def open_title(self) -> str:
        """What may stand in mails: not what came of an exempt case."""
        return (
            self.title
            if self.case.exemption_id is None
            else str(_("Oppfølging av en sak unntatt offentlighet"))
        )

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.OPEN, self.State.REPORTED}

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.last_day is not None and self.last_day < today

    @property
    def is_late(self) -> bool:
        """Overdue today, for templates."""
        return self.is_overdue(timezone.localdate())


class FollowUpReminder(models.Model):
    """That those responsible were reminded of a follow-up: before, on or after its day; once each."""

    class Kind(models.TextChoices):
        BEFORE = "before", _("Før fristen")
        ON = "on", _("På fristen")
        AFTER = "after", _("Etter fristen")

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=6, choices=Kind)
    due_on = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("påminnelse")
        verbose_name_plural = _("påminnelser")
        constraints = [
            models.UniqueConstraint("follow_up", "kind", "due_on", name="meetings_followupreminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.follow_up}: {self.get_kind_display()}"


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


triggers.freeze(AgendaVersion)
triggers.freeze(DecisionPoint, when="OLD.locked_at IS NOT NULL")
triggers.freeze(Minutes, when="OLD.state = 'approved'")
