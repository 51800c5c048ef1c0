"""Days that are known only so well: a day, a week, a month, a year, or not at all."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    """How well a day is known; the day stored is the first of the period."""

    DAY = "day", _("dag")
    WEEK = "week", _("uke")
    MONTH = "month", _("måned")
    YEAR = "year", _("år")
    UNKNOWN = "unknown", _("ikke kjent")


def precision_field() -> models.CharField[str, str]:
    return models.CharField(_("hvor nøyaktig"), max_length=7, choices=Precision, default=Precision.DAY)


def day_or_unknown(day: str, name: str) -> models.CheckConstraint:
    """The day is missing exactly when it is said to be unknown."""
    return models.CheckConstraint(
        condition=Q(**{f"{day}__isnull": True, "precision": "unknown"})
        | (Q(**{f"{day}__isnull": False}) & ~Q(precision="unknown")),
        name=name,
    )
