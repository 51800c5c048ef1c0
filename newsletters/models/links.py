"""What became of the links in newsletters when they were last tried."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CheckedLink(models.Model):
    """An address that a newsletter links to, and whether something answered there."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Ikke prøvd")
        WORKS = "works", _("Virker")
        DEAD = "dead", _("Finnes ikke")
        SILENT = "silent", _("Svarer ikke")

    url = models.CharField(_("adresse"), max_length=2000, unique=True)
    answer = models.CharField(_("svar"), max_length=7, choices=Answer, default=Answer.WAITING)
    status = models.PositiveSmallIntegerField(_("statuskode"), null=True, blank=True)
    asked_at = models.DateTimeField(_("funnet"), default=timezone.now)
    tried_at = models.DateTimeField(_("prøvd"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("lenke")
        verbose_name_plural = _("lenker")

    def __str__(self) -> str:
        return self.url
