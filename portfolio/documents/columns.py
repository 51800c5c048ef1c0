"""Columns out: the handlingsdel, what changed in it, and the list of initiatives, as XLSX and CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

import tablib
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from helsefellesskap.templatetags.norsk import dato
from portfolio.documents.handlingsdel import Change, Comparison, Row, StatusTable, phase_text, status_text
from portfolio.models import Initiative

CONTENT_TYPES = {"xlsx": XLSX.CONTENT_TYPE, "csv": f"{CSV.CONTENT_TYPE}; charset=utf-8"}
WIDEST = 60  # characters; a longer text is wrapped
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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
    return _dataset(_("Handlingsdel"), headers, rows)


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
        _("Synlighet"),
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
        str(initiative.get_visibility_display()),
    )


def _dataset(title: str, headers: list[str], rows: Iterable[tuple[Any, ...]]) -> tablib.Dataset:
    return tablib.Dataset(*rows, headers=headers, title=title)


def as_file(dataset: tablib.Dataset, file_format: str) -> bytes:
    """The dataset as a file: `xlsx`, or `csv` in UTF-8 with a byte-order mark so that Excel shows æøå."""
    return _xlsx(dataset) if file_format == "xlsx" else _csv(dataset)


def _csv(dataset: tablib.Dataset) -> bytes:
    """A text that a spreadsheet would take for a formula begins with an apostrophe."""
    safe = tablib.Dataset(headers=dataset.headers)
    for row in dataset:
        safe.append([f"'{cell}" if str(cell).startswith(_FORMULA_STARTS) else cell for cell in row])
    return b"\xef\xbb\xbf" + str(CSV().export_data(safe)).encode()


def _xlsx(dataset: tablib.Dataset) -> bytes:
    """A sheet one can read and print: wrapped text, fixed heading, days as dd.mm.åååå; a text is never a formula."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = dataset.title
    rows = [dataset.headers, *dataset]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, date):
                cell.value, cell.number_format = value, "DD.MM.YYYY"
            elif value is not None:
                cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", str(value)), "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for column, values in enumerate(zip(*rows, strict=True), start=1):
        longest = max(len(str(value or "")) for value in values)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(longest + 2, 12), WIDEST)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    content = BytesIO()
    book.save(content)
    return content.getvalue()
