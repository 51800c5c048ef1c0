"""The log as people read it: names of fields and values in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import LogEntry
from helsefellesskap.money import kroner
from helsefellesskap.templatetags.norsk import dato, klokke
from portfolio.models import Edition, Initiative, InitiativeAlias, Participation, ProgramArea, StatusReport

PARTS = {"meetings.case": "meetings.agendaitem", "funding.allocation": "funding.posting"}
"""What else the entries about a thing speak of; by name, like `target_type`, since apps to the right are not imported."""


@dataclass(frozen=True)
class LoggedChange:
    """One field of a log entry, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class LogLine:
    """A log entry with its changes."""

    entry: LogEntry
    changes: list[LoggedChange]


def log_lines(entries: Iterable[LogEntry]) -> list[LogLine]:
    """Only what differs; a value that was and is empty is left out."""
    lines = []
    for entry in entries:
        fields = _fields(entry.target_type)
        changes = []
        for name in {**entry.old, **entry.new}:
            old, new = (_in_words(values.get(name), fields.get(name)) for values in (entry.old, entry.new))
            if old != new:
                changes.append(LoggedChange(_label(name, fields.get(name)), old, new))
        lines.append(LogLine(entry, changes))
    return lines


@cache
def _fields(target_type: str) -> dict[str, Any]:
    """Fields by name: of the thing the entry is about, and of the portfolio, whose entries speak of reports too."""
    known: list[type[models.Model]] = [Edition, ProgramArea, StatusReport, Initiative]
    if target_type in PARTS:
        known.append(apps.get_model(PARTS[target_type]))
    if target_type:
        known.append(apps.get_model(target_type))
    return {
        field.name: field
        for model in known
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
    }


def _label(name: str, field: Any) -> str:
    extra = {
        "phase_name": _("fase"),
        "slug": _("adresse"),
        "aliases": InitiativeAlias._meta.verbose_name_plural,
        "participants": Participation._meta.verbose_name_plural,
        "concerns": _("gjelder tiltak"),
    }
    label = extra.get(name) or (field.verbose_name if field is not None else name)
    return str(label).capitalize()


def _in_words(value: Any, field: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if type(field) is models.BigIntegerField and isinstance(value, int):
        return kroner(value)  # amounts, and nothing else, are kept so
    if isinstance(field, models.DateTimeField):
        at = datetime.fromisoformat(str(value))
        return klokke(at) if at.tzinfo else dato(at.date())
    if isinstance(field, models.DateField):
        return dato(date.fromisoformat(str(value)[:10]))
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    return str(choices.get(value, value))
