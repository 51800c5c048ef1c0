"""What a newsletter is made of: blocks in order, with pictures, and files that go with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Viewer
from helsefellesskap import triggers
from helsefellesskap.norwegian import ascii_slug
from newsletters.models.newsletters import Newsletter


class Block(models.Model):
    """A section of a newsletter: a text, or something that is fetched from the portfolio, money and meetings."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Tekst")
        HANDLINGSDEL = "handlingsdel", _("Handlingsdel")
        FUNDING = "funding", _("Midler")
        FOCUS = "focus", _("Tiltak i fokus")
        DECISIONS = "decisions", _("Vedtak")
        COMING = "coming", _("Kommende møter og frister")
        EVENTS = "events", _("Arrangementer")
        FINISHED = "finished", _("Ferdigstilte prosjekter")
        CONTACT = "contact", _("Kontakt")
        ATTACHMENTS = "attachments", _("Vedlegg")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="blocks")
    order = models.PositiveIntegerField(_("plass"))
    kind = models.CharField(_("slag"), max_length=12, choices=Kind)
    heading = models.CharField(_("overskrift"), max_length=200, blank=True)
    is_sub = models.BooleanField(
        _("under forrige"),
        default=False,
        help_text=_("Overskriften blir en underoverskrift i avsnittet over."),
    )
    body = models.TextField(_("tekst"), blank=True)
    settings = models.JSONField(_("valg"), default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(_("endret"), default=timezone.now)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("endret av"))

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("blokk")
        verbose_name_plural = _("blokker")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "text",
                        "handlingsdel",
                        "funding",
                        "focus",
                        "decisions",
                        "coming",
                        "events",
                        "finished",
                        "contact",
                        "attachments",
                    ]
                ),
                name="newsletters_block_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.heading or str(self.get_kind_display())


class FileQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Viewer) -> FileQuerySet:
        """Those of newsletters the person may read, that are there."""
        readable = Newsletter.objects.visible_to(user).values("pk")
        return self.exclude(file="").filter(newsletter__in=readable)


class Picture(models.Model):
    """A picture under the text of a block, and in words what it shows."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="pictures")
    block = models.ForeignKey(Block, models.CASCADE, related_name="pictures")
    order = models.PositiveIntegerField(_("plass"), default=1)
    alt = models.CharField(
        _("hva bildet viser"),
        max_length=500,
        blank=True,
        help_text=_("Leses opp for dem som ikke ser bildet. Må fylles ut før brevet publiseres."),
    )
    caption = models.CharField(_("bildetekst"), max_length=300, blank=True)
    file = models.FileField(_("fil"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    width = models.PositiveIntegerField(_("bredde"))
    height = models.PositiveIntegerField(_("høyde"))
    frozen_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("bilde")
        verbose_name_plural = _("bilder")

    def __str__(self) -> str:
        return self.alt or str(_("bilde uten tekst"))

    def get_absolute_url(self) -> str:
        return reverse("newsletters:picture-file", args=[self.public_id, self.file_name])

    @property
    def file_name(self) -> str:
        return f"bilde.{str(self.file.name).rpartition('.')[2]}"


class Attachment(models.Model):
    """A file that goes with a newsletter, or is announced there and not delivered yet."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="attachments")
    order = models.PositiveIntegerField(_("plass"))
    title = models.CharField(_("tittel"), max_length=200)
    file = models.FileField(_("fil"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("størrelse"), default=0)
    pages = models.PositiveIntegerField(_("sider"), null=True, blank=True)
    findings = models.JSONField(_("merknader"), default=list, blank=True)
    frozen_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("vedlegg")
        verbose_name_plural = _("vedlegg")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="newsletters_attachment_has_title"),
            models.CheckConstraint(
                condition=Q(file="", sha256="", size=0) | (~Q(file="") & ~Q(sha256="") & Q(size__gte=1)),
                name="newsletters_attachment_has_all_of_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("newsletters:attachment-file", args=[self.public_id, self.file_name])

    @property
    def file_name(self) -> str:
        return f"{ascii_slug(self.title, length=80) or 'vedlegg'}.{str(self.file.name).rpartition('.')[2]}"


triggers.freeze(Picture, when="OLD.frozen_at IS NOT NULL")
triggers.freeze(Attachment, when="OLD.frozen_at IS NOT NULL")
