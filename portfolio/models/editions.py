"""Frozen editions: what was published on paper, with its data and its file."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from helsefellesskap import triggers


class EditionQuerySet(models.QuerySet["Edition"]):
    def of_kind(self, kind: str) -> EditionQuerySet:
        return self.filter(kind=kind)

    def visible_to(self, user: Any) -> EditionQuerySet:
        """Editions are made to be published: everybody sees all of them."""
        return self

    def update(self, **_: Any) -> NoReturn:
        raise TypeError("An edition never changes: publish a new one.")

    def delete(self) -> NoReturn:
        raise TypeError("An edition never changes: publish a new one.")


class Edition(models.Model):
    """A status table as it was published: data, PDF and checksum never change."""

    class Kind(models.TextChoices):
        HANDLINGSDEL = "handlingsdel", _("Handlingsdel")
        FUNDING = "funding", _("Midler")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("slag"), max_length=20, choices=Kind, default=Kind.HANDLINGSDEL)
    number = models.PositiveIntegerField(_("nummer"))
    title = models.CharField(_("tittel"), max_length=200)
    as_of = models.DateField(_("status per"))
    data = models.JSONField(_("innhold"))
    pdf = models.FileField(_("PDF"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    note = models.TextField(_("merknad"), max_length=500, blank=True)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("erstatter"),
    )
    published_at = models.DateTimeField(_("publisert"), default=timezone.now)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("publisert av"))

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("utgave")
        verbose_name_plural = _("utgaver")
        constraints = [
            models.UniqueConstraint("kind", "number", name="portfolio_edition_number_once"),
            models.CheckConstraint(condition=~Q(title=""), name="portfolio_edition_has_title"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({_('utgave')} {self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An edition never changes: publish a new one.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse(PAGES[Edition.Kind(self.kind)], args=[self.number])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("An edition never changes: publish a new one.")

    def attach(self, content: bytes) -> None:
        """Name the file by its content, so that a write that is cut short leaves nothing wrong behind."""
        name = f"utgaver/{self.sha256}.pdf"
        storage = self.pdf.storage
        if not storage.exists(name):
            storage.save(name, ContentFile(content))
        self.pdf.name = name


PAGES = {
    Edition.Kind.HANDLINGSDEL: "portfolio:edition-detail",
    Edition.Kind.FUNDING: "funding:edition-detail",
}
"""Where an edition of each kind is read, by name: the apps to the right are not imported."""

triggers.freeze(Edition)
