"""Minutes of meetings: in versions, commented on, approved by both sides and frozen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Viewer
from helsefellesskap import triggers
from meetings.models.bodies import Seat
from meetings.models.meetings import Meeting, readers_inside


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


triggers.freeze(Minutes, when="OLD.state = 'approved'")
