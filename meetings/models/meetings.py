"""Meetings: when and where a body meets, its deadlines, who comes, and what was sent to whom."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, NoReturn

from django.db import models
from django.db.models import BooleanField, Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Role, User, Viewer, has_role
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import presis
from meetings.models.bodies import Body, Seat, bodies_of
from meetings.models.days import Precision, day_or_unknown, precision_field


def readers_inside(user: Viewer) -> bool | None:
    """True for those who read everything, False for those who sit nowhere, None where it depends on the body."""
    if has_role(user, Role.EDITOR, Role.LEADER):
        return True
    return None if isinstance(user, User) and user.is_active and user.role != Role.ADMIN else False


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Viewer) -> MeetingQuerySet:
        """Meetings of the bodies a person may know of, and those they are called to; with `is_inside`."""
        found = self.with_inside(user)
        if readers_inside(user):
            return found
        return found.filter(Q(body__visibility=Body.Visibility.PUBLIC) | Q(is_inside=True))

    def with_inside(self, user: Viewer) -> MeetingQuerySet:
        """Add `is_inside`: reads what only members read, until the seat or the call ends."""
        inside = readers_inside(user)
        if inside is not None:
            return self.annotate(is_inside=Value(inside, BooleanField()))  # type: ignore[no-redef]
        assert isinstance(user, User)  # noqa: S101 -- said by readers_inside
        condition = Q(body__in=bodies_of(user)) | Q(pk__in=calls_of(user))
        return self.annotate(  # type: ignore[no-redef]
            is_inside=Case(
                When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
            )
        )

    def coming(self, today: date) -> MeetingQuerySet:
        """Those ahead, the next one first: their day, or the period it lies in, is not over; without a day last."""
        period = Q(precision="week", day__gt=today - timedelta(7)) | Q(
            precision="month", day__gte=today.replace(day=1)
        )
        unknown = Q(day=None, state__in=[Meeting.State.PLANNED, Meeting.State.CALLED])
        ahead = unknown | Q(day__gte=today) | period | Q(precision="year", day__year=today.year)
        found = self.filter(ahead, state__in=Meeting.AHEAD)
        return found.order_by(F("day").asc(nulls_last=True), "pk")

    def newest_first(self) -> MeetingQuerySet:
        return self.order_by(F("day").desc(nulls_first=True), "-pk")

    def delete(self) -> NoReturn:
        raise TypeError("Meetings are not deleted: cancel them.")


class Meeting(models.Model):
    """One meeting of a body, from the plan to the archive."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planlagt")
        CALLED = "called", _("Innkalt")
        PUBLISHED = "published", _("Papirene er publisert")
        HELD = "held", _("Holdt")
        DRAFTED = "drafted", _("Protokollen er under arbeid")
        APPROVED = "approved", _("Protokollen er godkjent")
        ARCHIVED = "archived", _("Arkivert")
        CANCELLED = "cancelled", _("Avlyst")

    AHEAD = (State.PLANNED, State.CALLED, State.PUBLISHED)
    SETTLED = (State.APPROVED, State.ARCHIVED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings", verbose_name=_("organ"))
    day = models.DateField(_("dato"), null=True, blank=True)
    precision = precision_field()
    unknown_reason = models.CharField(_("hvorfor datoen ikke er kjent"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("begynner"), null=True, blank=True)
    ends_at = models.DateTimeField(_("slutter"), null=True, blank=True)
    place = models.CharField(_("sted"), max_length=200, blank=True)
    digital_url = models.URLField(_("lenke til digitalt møte"), max_length=500, blank=True)
    state = models.CharField(_("tilstand"), max_length=9, choices=State, default=State.PLANNED)
    note = models.TextField(_("merknad"), blank=True)
    also_present = models.TextField(_("til stede i tillegg"), blank=True)
    cancel_reason = models.CharField(_("hvorfor møtet er avlyst"), max_length=500, blank=True)
    archive_ref = models.CharField(_("arkivsak"), max_length=60, blank=True)
    archived_at = models.DateTimeField(_("arkivert"), null=True, blank=True)
    archived_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("arkivert av")
    )
    sequence = models.PositiveIntegerField(
        default=0, editable=False
    )  # RFC 5545: rises when calendars must notice
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    is_inside: bool  # added by visible_to()

    objects = MeetingQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["public_id", "created_at", "changed_at", "sequence"])

    class Meta:
        verbose_name = _("møte")
        verbose_name_plural = _("møter")
        constraints = [
            day_or_unknown("day", "meetings_meeting_day_or_unknown"),
            models.UniqueConstraint(
                fields=["body", "day", "precision"],
                condition=Q(day__isnull=False) & ~Q(state="cancelled"),
                name="meetings_meeting_one_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(precision="unknown") | ~Q(unknown_reason=""),
                name="meetings_meeting_unknown_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(precision="day"),
                name="meetings_meeting_time_is_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
                name="meetings_meeting_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=(~Q(state="cancelled") & Q(cancel_reason=""))
                | (Q(state="cancelled") & ~Q(cancel_reason="")),
                name="meetings_meeting_cancelled_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True, archived_by__isnull=True)
                | Q(archived_at__isnull=False, archived_by__isnull=False),
                name="meetings_meeting_archived_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "planned", "called", "published", "held", "drafted", "approved", "archived", "cancelled",
                    ]
                ),
                name="meetings_meeting_state_is_known",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["body", "-day"], name="meetings_meeting_newest")]

    def __str__(self) -> str:
        return f"{self.body} {self.day_text}"

    def get_absolute_url(self) -> str:
        if self.day is None or self.precision == Precision.WEEK or self.state == self.State.CANCELLED:
            return reverse("meetings:meeting-by-id", args=[self.public_id])
        return reverse("meetings:meeting-detail", args=[self.body.code, self.address_day])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Meetings are not deleted: cancel them.")

    @property
    def address_day(self) -> str:
        """The day as it stands in the address: 2025-09-18, 2026-02 or 2023."""
        if self.day is None:
            return ""
        patterns = {Precision.MONTH: "%Y-%m", Precision.YEAR: "%Y"}
        return self.day.strftime(patterns.get(Precision(self.precision), "%Y-%m-%d"))

    @property
    def day_text(self) -> str:
        """The day as people write it, no more precise than it is known."""
        return day_in_words(self.day, self.precision)

    @property
    def year(self) -> int | None:
        return self.day.year if self.day else None

    @property
    def is_ahead(self) -> bool:
        """Neither held nor cancelled."""
        return self.state in self.AHEAD

    @property
    def takes_cases(self) -> bool:
        """Its agenda can be changed and published: also after it was held, for what came up there."""
        return self.is_ahead or self.state in {self.State.HELD, self.State.DRAFTED}

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.HELD, self.State.DRAFTED, self.State.APPROVED, self.State.ARCHIVED}


def day_in_words(day: date | None, precision: str) -> str:
    """18.09.2025, uke 38 2025, februar 2026, 2023, or that it is not known."""
    return presis(day, precision) if day else str(_("dato ikke kjent"))


class MeetingMove(models.Model):
    """That a meeting was moved, from where, and why; its old address leads on."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="moves")
    old_day = models.DateField(null=True)
    old_precision = models.CharField(max_length=7, choices=Precision)
    old_starts_at = models.DateTimeField(null=True)
    reason = models.CharField(_("begrunnelse"), max_length=500, blank=True)
    moved_at = models.DateTimeField(_("flyttet"), default=timezone.now)
    moved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("flyttet av"))

    class Meta:
        ordering = ["-moved_at", "-pk"]
        verbose_name = _("flytting")
        verbose_name_plural = _("flyttinger")

    def __str__(self) -> str:
        return f"{self.meeting}: {day_in_words(self.old_day, self.old_precision)}"


class Deadline(models.Model):
    """A day by which something for a meeting is to be done, and whether it was."""

    class Kind(models.TextChoices):
        ITEMS = "items", _("Melde saker")
        PAPERS = "papers", _("Saker til leder og nestleder")
        NOTICE = "notice", _("Innkalling")
        MINUTES = "minutes", _("Utkast til protokoll")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="deadlines")
    kind = models.CharField(_("frist"), max_length=7, choices=Kind)
    due_on = models.DateField(_("dato"))
    kept_at = models.DateTimeField(_("holdt"), null=True, blank=True)
    kept_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("frist")
        verbose_name_plural = _("frister")
        constraints = [
            models.UniqueConstraint("meeting", "kind", name="meetings_deadline_one_of_a_kind"),
            models.CheckConstraint(
                condition=Q(kept_at__isnull=True, kept_by__isnull=True)
                | Q(kept_at__isnull=False, kept_by__isnull=False),
                name="meetings_deadline_kept_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on:%d.%m.%Y}"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def calls_open_to(self, user: User) -> AttendanceQuerySet:
        """The meetings a deputy is called to now: from the call until a set number of days after the meeting.

        A deputy who cannot come reads no more.
        """
        now = timezone.now()
        today = timezone.localdate(now)
        return (
            self.filter(seat__person=user, called_at__lte=now)
            .filter(Q(seat__valid_to=None) | Q(seat__valid_to__gte=today), seat__valid_from__lte=today)
            .exclude(meeting__state=Meeting.State.CANCELLED)
            .exclude(state=Attendance.State.EXCUSED)
            .filter(Q(closes_on=None) | Q(closes_on__gte=today))
        )


def calls_of(user: User) -> list[int]:
    """The keys of the meetings the person is called to as a deputy, and may still read."""
    calls = Attendance.objects.calls_open_to(user)
    return once(("calls", user.pk), lambda: list(calls.values_list("meeting", flat=True)))


class Attendance(models.Model):
    """Whether the holder of a seat comes to a meeting; for a deputy, that and when they were called."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("Ventes")
        PRESENT = "present", _("Til stede")
        EXCUSED = "excused", _("Meldt forfall")
        ABSENT = "absent", _("Ikke møtt")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attendances", verbose_name=_("plass"))
    state = models.CharField(_("oppmøte"), max_length=8, choices=State, default=State.EXPECTED)
    stands_in_for = models.ForeignKey(
        Seat, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("møter for")
    )
    called_at = models.DateTimeField(_("innkalt som vara"), null=True, blank=True)
    called_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closes_on = models.DateField(_("leser papirene til og med"), null=True, blank=True)
    excused_at = models.DateTimeField(_("meldte forfall"), null=True, blank=True)
    excused_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.TimeField(_("kom"), null=True, blank=True)
    left_at = models.TimeField(_("gikk"), null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("oppmøte")
        verbose_name_plural = _("oppmøte")
        constraints = [
            models.UniqueConstraint("meeting", "seat", name="meetings_attendance_once"),
            models.UniqueConstraint(
                fields=["meeting", "stands_in_for"],
                condition=Q(stands_in_for__isnull=False) & ~Q(state="excused"),
                name="meetings_attendance_one_deputy_for_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True, called_by__isnull=True)
                | Q(called_at__isnull=False, called_by__isnull=False),
                name="meetings_attendance_called_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(excused_at__isnull=True, excused_by__isnull=True)
                | Q(excused_at__isnull=False, excused_by__isnull=False),
                name="meetings_attendance_excused_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(stands_in_for=F("seat")), name="meetings_attendance_not_for_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_state_display()}"
