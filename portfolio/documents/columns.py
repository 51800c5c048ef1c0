"""Columns out: the handlingsdel, what changed in it, and the list of initiatives, as XLSX and CSV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tablib
from django.utils.translation import gettext as _

from helsefellesskap.spreadsheets import dataset
from helsefellesskap.templatetags.norsk import dato
from portfolio.documents.handlingsdel import Change, Comparison, Row, StatusTable, phase_text, status_text
from portfolio.models import Initiative


def handlingsdel_columns(table: StatusTable) -> tablib.Dataset:
    """One row for each initiative, in the paper's order; whether it is funded as ja or nei."""
    headers = [_("Programområde"), _("Tiltak"), _("Fase"), _("Status"), _("Finansiert")]
    rows: list[tuple[str, ...]] = [
        (group.name, row.title, row.phase, row.status, _("ja") if row.is_funded else _("nei"))
        for group, row in table.rows
    ]
    if table.internal_count:
        headers.append(_("Synlighet"))
        rows = [(*cells, _visibility(row)) for cells, (_group, row) in zip(rows, table.rows, strict=True)]
    return dataset(_("Handlingsdel"), headers, rows)


def _visibility(thing: Row | Change) -> str:
    return str((Initiative.Visibility.INTERNAL if thing.is_internal else Initiative.Visibility.PUBLIC).label)


def comparison_columns(comparison: Comparison) -> tablib.Dataset:
    """One row for each changed cell."""
    days = [dato(comparison.old.day), dato(comparison.new.day)]
    headers = [_("Programområde"), _("Tiltak"), _("Endret"), *days]
    if comparison.internal_count:
        headers.append(_("Synlighet"))
    rows = [
        (
            change.area,
            change.title,
            difference.label,
            difference.old,
            difference.new,
            *([_visibility(change)] if comparison.internal_count else []),
        )
        for change in comparison.changes
        for difference in change.differences
    ]
    return dataset(_("Endringer"), headers, rows)


def initiative_columns(initiatives: Iterable[Initiative]) -> tablib.Dataset:
    """The list of initiatives as seen, with the columns of the screen."""
    headers = [
        _("Programområde"),
        _("Tiltak"),
        _("Fase"),
        _("Tilstand"),
        _("Meldt"),
        _("Status"),
        _("Neste steg"),
        _("Eier"),
        _("Finansiert"),
        _("Synlighet"),
    ]
    return dataset(_("Tiltak"), headers, (_initiative_row(initiative) for initiative in initiatives))


def _initiative_row(initiative: Any) -> tuple[Any, ...]:
    report = initiative.latest_report
    return (
        initiative.program_area.name,
        initiative.title,
        phase_text(report),
        initiative.state_name,
        report.reported_on if report else None,
        status_text(report, initiative.known_on),
        report.next_step if report else "",
        str(initiative.owner or ""),
        _("ja") if initiative.is_funded else _("nei"),
        str(initiative.get_visibility_display()),
    )
