"""Tasks that came of decisions and meetings, and the reminders of them."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User, Viewer
from meetings.models.cases import Case
from meetings.models.days import day_or_unknown, precision_field
from meetings.models.decisions import DecisionPoint
from meetings.models.meetings import readers_inside


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
