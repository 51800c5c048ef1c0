"""Mails that wait or were sent, and the secret addresses of calendars."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from meetings.models.exemptions import AccessRequest
from meetings.models.meetings import Meeting


class Notice(models.Model):
    """A mail about a meeting, a proposed case or a request: made with what it tells of, sent in the background."""

    class Kind(models.TextChoices):
        CALL = "call", _("Innkalling")
        DEPUTY = "deputy", _("Innkalling av vara")
        PAPERS = "papers", _("Nye sakspapirer")
        MOVED = "moved", _("Møtet er flyttet")
        CHANGED = "changed", _("Møtet er endret")
        CANCELLED = "cancelled", _("Møtet er avlyst")
        MINUTES = "minutes", _("Protokoll til gjennomsyn")
        PROPOSAL = "proposal", _("Svar på forslaget")
        ACCESS = "access", _("Svar på innsynskravet")

    class State(models.TextChoices):
        WAITING = "waiting", _("Venter")
        SENDING = "sending", _("Sendes")
        SENT = "sent", _("Sendt")
        FAILED = "failed", _("Kom ikke fram")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="notices")
    case = models.ForeignKey(
        "meetings.Case",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("forslag"),
    )
    access_request = models.ForeignKey(
        AccessRequest,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("innsynskrav"),
    )
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name=_("til")
    )
    kind = models.CharField(_("slag"), max_length=9, choices=Kind)
    round = models.PositiveIntegerField(_("utsending"), default=1)
    text = models.TextField(_("melding"), blank=True)
    email = models.EmailField(_("e-postadresse"))
    state = models.CharField(_("tilstand"), max_length=7, choices=State, default=State.WAITING)
    error = models.CharField(_("feil"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("laget"), default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sendt"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("varsel")
        verbose_name_plural = _("varsler")
        constraints = [
            models.UniqueConstraint("meeting", "kind", "round", "person", name="meetings_notice_once"),
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, case__isnull=True, access_request__isnull=True)
                | Q(meeting__isnull=True, case__isnull=False, access_request__isnull=True)
                | Q(meeting__isnull=True, case__isnull=True, access_request__isnull=False),
                name="meetings_notice_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="meetings_notice_sent_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.thing} – {self.email}"

    @property
    def thing(self) -> object:
        """What it is about, known by its public title."""
        return self.meeting or self.case or (self.access_request and self.access_request.thing)


class CalendarKey(models.Model):
    """A person's secret calendar address; making a new one revokes the old."""

    person = models.OneToOneField(User, models.CASCADE, related_name="calendar_key")
    nonce = models.UUIDField(default=uuid.uuid4, unique=True)
    created_at = models.DateTimeField(_("laget"), default=timezone.now)

    class Meta:
        verbose_name = _("kalenderadresse")
        verbose_name_plural = _("kalenderadresser")

    def __str__(self) -> str:
        return str(self.person)
