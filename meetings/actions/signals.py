"""Keeping the themes that came up somewhere, and the priorities that decisions made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.models import Body, DecisionPoint, Event, Meeting, Signal, StrategicPriority
from meetings.rules import NotAllowed
from meetings.rules.events import check_priority
from portfolio.models import StrategicArea
from portfolio.rules import check_text

Source = Event | Meeting | Body


@dataclass(frozen=True)
class Theme:
    """A theme as typed: to which question, how many said it, and the area it belongs to."""

    question: str
    text: str
    count: int | None = None
    strategic_area: StrategicArea | None = None

    def __str__(self) -> str:
        parts = [f"{self.question}: {self.text}", self.count, self.strategic_area]
        return ", ".join(str(part) for part in parts if part)


class SignalsChanged(NotAllowed):
    """Somebody else has changed the themes since the page was opened; `signals` are what stands there now."""

    def __init__(self, signals: list[Signal]) -> None:
        super().__init__(
            _("Innspillene er endret siden du åpnet siden. Det du skrev, står fortsatt i skjemaet.")
        )
        self.signals = signals


def fingerprint(signals: Iterable[Signal]) -> str:
    """What themes say, as a short text that differs when they do."""
    said = [(one.pk, one.question, one.order, one.text, one.count, one.strategic_area_id) for one in signals]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@transaction.atomic
def set_signals(*, source: Source, themes: Sequence[Theme], seen: str, by: User) -> list[Signal]:
    """Let the themes of an arrangement, a meeting or a body be these, in this order.

    `seen` is the fingerprint of what the person started from. Raises SignalsChanged when they say something else now.
    """
    type(source)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=source.pk)
    now = list(source.signals.select_related("strategic_area"))
    if fingerprint(now) != seen:
        raise SignalsChanged(now)
    for theme in themes:
        check_text(theme.question, field="question", limit=120)
        check_text(theme.text, field="text", limit=300)
    old, new = _by_question(map(_theme, now)), _by_question(themes)
    if old == new:
        return now
    source.signals.all().delete()
    made = [
        source.signals.create(
            question=question,
            order=place,
            text=theme.text,
            count=theme.count,
            strategic_area=theme.strategic_area,
        )
        for question, asked in new.items()
        for place, theme in enumerate(asked, start=1)
    ]
    gone, added = set(map(_theme, now)) - set(themes), set(themes) - set(map(_theme, now))
    record(
        by=by,
        verb=gettext_noop("endret innspill"),
        target=source,
        old={"innspill": sorted(map(str, gone))},
        new={"innspill": sorted(map(str, added))},
    )
    return made


def _theme(signal: Signal) -> Theme:
    return Theme(signal.question, signal.text, signal.count, signal.strategic_area)


def _by_question(themes: Iterable[Theme]) -> dict[str, list[Theme]]:
    found: dict[str, list[Theme]] = {}
    for theme in themes:
        found.setdefault(theme.question, []).append(theme)
    return found


@transaction.atomic
def set_priority(*, area: StrategicArea, year: int, point: DecisionPoint, by: User) -> StrategicPriority:
    """Say that a decision made the area a priority of the year; another decision takes the place of the first."""
    check_priority(point, year)
    StrategicArea.objects.select_for_update(no_key=True, of=("self",)).get(pk=area.pk)
    there = StrategicPriority.objects.filter(area=area, year=year).select_related("point__case").first()
    if there is not None and there.point_id == point.pk:
        return there
    old = {"vedtak": there.point} if there else {}
    priority, _created = StrategicPriority.objects.update_or_create(
        area=area, year=year, defaults={"point": point}
    )
    record(
        by=by,
        verb=gettext_noop("prioriterte"),
        target=area,
        old=old,
        new={"år": year, "vedtak": point},
    )
    return priority


@transaction.atomic
def remove_priority(*, priority: StrategicPriority, by: User) -> None:
    """Take away what was entered by mistake; the log keeps it."""
    record(
        by=by,
        verb=gettext_noop("fjernet prioritering"),
        target=priority.area,
        old={"år": priority.year, "vedtak": priority.point},
    )
    priority.delete()
