"""Other names and earlier addresses of initiatives."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from helsefellesskap.norwegian import normalised


class InitiativeAlias(models.Model):
    """Another name of an initiative, as found in papers; search and import know it."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="aliases")
    text = models.CharField(_("navn"), max_length=300)
    key = models.CharField(max_length=300, editable=False)
    source = models.CharField(_("kilde"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("annet navn")
        verbose_name_plural = _("andre navn")
        constraints = [
            models.UniqueConstraint("initiative", "key", name="portfolio_initiativealias_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="portfolio_initiativealias_has_text"),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = normalised(self.text)
        super().save(*args, **kwargs)


class OldSlug(models.Model):
    """An address an initiative had before; it redirects for ever."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="old_slugs")
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        verbose_name = _("tidligere adresse")
        verbose_name_plural = _("tidligere adresser")

    def __str__(self) -> str:
        return self.slug
