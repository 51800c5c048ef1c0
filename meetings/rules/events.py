"""Is it in order with an arrangement, a theme or a priority?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed
from meetings.models import DecisionPoint, Precision
from meetings.rules.decisions import last_day


def check_period(values: dict[str, Any]) -> None:
    """An arrangement has a day as well as it is known; an hour only belongs to a known day."""
    starts_on, ends_on = values["starts_on"], values["ends_on"]
    starts_at, ends_at = values["starts_at"], values["ends_at"]
    if values["precision"] == Precision.UNKNOWN:
        if starts_on or ends_on:
            raise NotAllowed(_("Ta bort datoen, eller velg hvor nøyaktig den er kjent."), field="precision")
    elif starts_on is None:
        raise NotAllowed(_("Skriv datoen, eller velg at den ikke er kjent."), field="starts_on")
    elif ends_on is not None and ends_on < starts_on:
        raise NotAllowed(_("Siste dag kan ikke være før første dag."), field="ends_on")
    if starts_at is None and ends_at is not None:
        raise NotAllowed(_("Skriv når arrangementet begynner."), field="starts_at")
    if starts_at is not None and values["precision"] != Precision.DAY:
        raise NotAllowed(_("Klokkeslett kan bare stå når dagen er kjent."), field="starts_at")
    if starts_at and ends_at and ends_on in {None, starts_on} and ends_at <= starts_at:
        raise NotAllowed(_("Arrangementet kan ikke slutte før det begynner."), field="ends_at")


def whole_period(values: dict[str, Any]) -> dict[str, Any]:
    """The same values with the first and the last day of the weeks, months or years; of a day, only what was said."""
    first, precision = values["starts_on"], values["precision"]
    if first is None or precision == Precision.DAY:
        return values
    last = last_day(values["ends_on"] or first, precision)
    return {**values, "starts_on": _first_day(first, precision), "ends_on": last}


def _first_day(day: date, precision: str) -> date:
    if precision == Precision.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if precision == Precision.MONTH else date(day.year, 1, 1)


def check_priority(point: DecisionPoint, year: int) -> None:
    """A priority is made by a decision, for a year a plan can speak of."""
    if not point.is_decided:
        raise NotAllowed(_("Velg et vedtak. Punktet er ikke vedtatt."), field="point")
    if not 2000 <= year <= 2100:
        raise NotAllowed(_("Skriv et årstall, for eksempel 2026."), field="year")
