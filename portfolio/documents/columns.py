"""Columns out: the handlingsdel, what changed in it, and the list of initiatives, as XLSX and CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import tablib
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from portfolio.documents.handlingsdel import Comparison, StatusTable, phase_text, status_text
from portfolio.models import Initiative

FORMATS = {"xlsx": XLSX(), "csv": CSV()}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def handlingsdel_columns(table: StatusTable) -> tablib.Dataset:
    """One row for each initiative, in the paper's order; whether it is funded as ja or nei."""
    headers = [_("Programområde"), _("Tiltak"), _("Fase"), _("Status"), _("Finansiert")]
    rows = (
        (group.name, row.title, row.phase, row.status, _("ja") if row.is_funded else _("nei"))
        for group, row in table.rows
    )
    return _dataset(_("Handlingsdel"), headers, rows)


def comparison_columns(comparison: Comparison) -> tablib.Dataset:
    """One row for each changed cell."""
    headers = [_("Programområde"), _("Tiltak"), _("Endret"), _("Før"), _("Nå")]
    rows = (
        (change.area, change.title, difference.label, difference.old, difference.new)
        for change in comparison.changes
        for difference in change.differences
    )
    return _dataset(_("Endringer"), headers, rows)


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
    ]
    return _dataset(_("Tiltak"), headers, (_initiative_row(initiative) for initiative in initiatives))


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
    )


def _dataset(title: str, headers: list[str], rows: Iterable[tuple[Any, ...]]) -> tablib.Dataset:
    dataset = tablib.Dataset(headers=headers, title=title)
    for row in rows:
        dataset.append([_safe(cell) for cell in row])
    return dataset


def _safe(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text; control signs are left out."""
    if isinstance(cell, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", cell)
        return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    return cell if cell is None or isinstance(cell, date) else str(cell)


def as_file(dataset: tablib.Dataset, file_format: str) -> bytes:
    """The dataset as a file: `xlsx`, or `csv` in UTF-8 with a byte-order mark so that Excel shows æøå."""
    if file_format == "csv":
        return b"\xef\xbb\xbf" + str(FORMATS["csv"].export_data(dataset)).encode()
    content: bytes = FORMATS["xlsx"].export_data(dataset)
    return content
