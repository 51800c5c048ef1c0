"""Arrangements beside the meetings, and the themes that come up there."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Q, Window
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, Viewer
from helsefellesskap.money import NBSP
from helsefellesskap.templatetags.norsk import presis
from meetings.models.bodies import Body
from meetings.models.days import Precision, day_or_unknown, precision_field
from meetings.models.meetings import Meeting
from portfolio.models import Initiative, StrategicArea


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Viewer) -> EventQuerySet:
        """Arrangements are announced to everybody."""
        return self

    def coming(self, today: date) -> EventQuerySet:
        """Those with a day that are not over, the next one first."""
        is_ahead = Q(ends_on__gte=today) | Q(ends_on=None, starts_on__gte=today)
        return self.filter(is_ahead).exclude(state=Event.State.CANCELLED).order_by("starts_on", "pk")

    def newest_first(self) -> EventQuerySet:
        return self.order_by(F("starts_on").desc(nulls_first=True), "-pk")


class Event(models.Model):
    """A webinar, workshop, dialogue meeting or conference, or a period or process worth showing."""

    class Kind(models.TextChoices):
        WEBINAR = "webinar", _("Webinar")
        WORKSHOP = "workshop", _("Workshop")
        DIALOGUE = "dialogue", _("Dialogmøter")
        CONFERENCE = "conference", _("Konferanse")
        PRESS = "press", _("Pressekonferanse")
        PERIOD = "period", _("Prosjektperiode")
        PROCESS = "process", _("Prosess")
        ACTIVITY = "activity", _("Aktivitet")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planlagt")
        ONGOING = "ongoing", _("Pågår")
        HELD = "held", _("Gjennomført")
        CANCELLED = "cancelled", _("Avlyst")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("slag"), max_length=10, choices=Kind)
    title = models.CharField(_("tittel"), max_length=200)
    starts_on = models.DateField(_("fra"), null=True, blank=True)
    ends_on = models.DateField(_("til"), null=True, blank=True)
    precision = precision_field()
    starts_at = models.TimeField(_("klokken"), null=True, blank=True)
    ends_at = models.TimeField(_("til klokken"), null=True, blank=True)
    place = models.CharField(_("sted"), max_length=200, blank=True)
    url = models.URLField(_("lenke"), max_length=500, blank=True)
    region = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("helseregion")
    )
    programme = models.TextField(_("program"), max_length=4000, blank=True)
    summary = models.TextField(_("om arrangementet"), max_length=2000, blank=True)
    state = models.CharField(_("tilstand"), max_length=9, choices=State, default=State.PLANNED)
    initiatives: models.ManyToManyField[Initiative, models.Model] = models.ManyToManyField(
        Initiative, blank=True, related_name="events", verbose_name=_("tiltak")
    )
    organisations: models.ManyToManyField[Organisation, models.Model] = models.ManyToManyField(
        Organisation, blank=True, related_name="events", verbose_name=_("organisasjoner")
    )

    sequence = models.PositiveIntegerField(default=0, editable=False)  # RFC 5545: rises with every change
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["public_id", "sequence", "changed_at"])

    class Meta:
        verbose_name = _("arrangement")
        verbose_name_plural = _("arrangementer")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="meetings_event_has_title"),
            day_or_unknown("starts_on", "meetings_event_day_or_unknown"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                name="meetings_event_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(precision="day"),
                name="meetings_event_time_is_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self.sequence += 1
            self.changed_at = timezone.now()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("meetings:event-detail", args=[self.public_id])

    @property
    def day_text(self) -> str:
        """The day or the period as people write it, no more precise than it is known."""
        return period_in_words(self.starts_on, self.ends_on, self.precision)


def period_in_words(first: date | None, last: date | None, precision: str) -> str:
    """18.09.2025, uke 35–36 2025, desember 2023–februar 2024, or that it is not known."""
    if first is None:
        return str(_("dato ikke kjent"))
    begins, ends = presis(first, precision), presis(last or first, precision)
    if begins == ends:
        return begins
    if precision in {Precision.WEEK, Precision.MONTH} and begins[-5:] == ends[-5:]:
        begins = begins[:-5]
        ends = ends.partition(NBSP)[2] if precision == Precision.WEEK else ends
    return f"{begins}–{ends}"


class SignalQuerySet(models.QuerySet["Signal"]):
    def visible_to(self, user: Viewer) -> SignalQuerySet:
        """Those of what the person may know of: arrangements, meetings and bodies."""
        return self.filter(
            Q(event__in=Event.objects.visible_to(user).values("pk"))
            | Q(meeting__in=Meeting.objects.visible_to(user).values("pk"))
            | Q(body__in=Body.objects.visible_to(user).values("pk"))
        )

    def with_top(self) -> SignalQuerySet:
        """Add `top`: the highest number of inputs to a theme of the same question, which its bar is measured by."""
        asked = ["event", "meeting", "body", "question"]
        return self.annotate(top=Window(Max("count"), partition_by=asked))


class Signal(models.Model):
    """A theme that came up at an arrangement or in a body, and how many said it."""

    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="signals", verbose_name=_("arrangement")
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="signals", verbose_name=_("møte")
    )
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="signals", verbose_name=_("organ")
    )
    question = models.CharField(_("spørsmål"), max_length=120)
    order = models.PositiveIntegerField(_("rekkefølge"))
    text = models.CharField(_("tema"), max_length=300)
    count = models.PositiveIntegerField(_("antall innspill"), null=True, blank=True)
    strategic_area = models.ForeignKey(
        StrategicArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signals",
        verbose_name=_("satsingsområde"),
    )

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["question", "order", "pk"]
        verbose_name = _("innspill")
        verbose_name_plural = _("innspill")
        constraints = [
            models.CheckConstraint(
                condition=Q(event__isnull=False, meeting__isnull=True, body__isnull=True)
                | Q(event__isnull=True, meeting__isnull=False, body__isnull=True)
                | Q(event__isnull=True, meeting__isnull=True, body__isnull=False),
                name="meetings_signal_has_one_source",
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=True) | Q(count__gte=1), name="meetings_signal_counts_from_one"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(question=""), name="meetings_signal_has_text"),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if [self.event_id, self.meeting_id, self.body_id].count(None) != 2:
            raise ValidationError(_("Velg ett arrangement, ett møte eller ett organ."))

    @property
    def source(self) -> Event | Meeting | Body | None:
        return self.event or self.meeting or self.body
