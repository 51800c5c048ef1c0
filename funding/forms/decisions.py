"""Choosing the decision that money rests on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from meetings.models import DecisionPoint, DecisionPointQuerySet

OFFERED = 200
"""So many of the newest decisions can be chosen among; an older one only where it stands already."""

LETTERS = 90


def newest_decisions(found: DecisionPointQuerySet) -> DecisionPointQuerySet:
    return found.order_by(F("item__meeting__day").desc(nulls_last=True), "-pk")


class DecisionField(forms.ModelChoiceField[DecisionPoint]):
    """An adopted decision that stands in approved minutes, the newest meeting first."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Vedtak"))
        kwargs.setdefault("empty_label", gettext_lazy("Velg vedtaket"))
        kwargs.setdefault(
            "help_text", gettext_lazy("Vedtak kan velges når protokollen fra møtet er godkjent.")
        )
        super().__init__(queryset=_offered(), **kwargs)

    def keep(self, decision: DecisionPoint | None) -> None:
        """Offer this one too, since it stands there now."""
        if decision is not None:
            self.queryset = _offered(besides=decision.pk)

    def label_from_instance(self, obj: DecisionPoint) -> str:
        meeting = obj.item.meeting if obj.item else None
        where = str(meeting or (obj.case and obj.case.number) or obj.unknown_reason)
        text = Truncator(" ".join(obj.text.split())).chars(LETTERS)
        return f"{where}: {text}" if where else text


def _offered(besides: int | None = None) -> DecisionPointQuerySet:
    standing = DecisionPoint.objects.standing().adopted().filter(locked_at__isnull=False)
    newest = newest_decisions(standing).values("pk")[:OFFERED]
    found = DecisionPoint.objects.filter(Q(pk__in=newest) | Q(pk=besides))
    return newest_decisions(found.select_related("item__meeting__body", "case__body"))
