"""Rows and columns as XLSX and CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

import tablib
from import_export.formats.base_formats import CSV, XLSX
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

CONTENT_TYPES = {"xlsx": XLSX.CONTENT_TYPE, "csv": f"{CSV.CONTENT_TYPE}; charset=utf-8"}
WIDEST = 60  # characters; a longer text is wrapped
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def dataset(title: str, headers: list[str], rows: Iterable[tuple[Any, ...]]) -> tablib.Dataset:
    return tablib.Dataset(*rows, headers=headers, title=title)


def as_file(rows: tablib.Dataset, file_format: str) -> bytes:
    """The dataset as a file: `xlsx`, or `csv` in UTF-8 with a byte-order mark so that Excel shows æøå."""
    return _xlsx(rows) if file_format == "xlsx" else _csv(rows)


def _csv(table: tablib.Dataset) -> bytes:
    """A text that a spreadsheet would take for a formula begins with an apostrophe."""
    safe = tablib.Dataset(headers=table.headers)
    for row in table:
        safe.append([_safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + str(CSV().export_data(safe)).encode()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if not isinstance(cell, int) and str(cell).startswith(_FORMULA_STARTS) else cell


def _xlsx(table: tablib.Dataset) -> bytes:
    """A sheet one can read and print: wrapped text, fixed heading, days as dd.mm.åååå, whole numbers as numbers; a text is never a formula."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = table.title
    rows = [table.headers, *table]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, date):
                cell.value, cell.number_format = value, "DD.MM.YYYY"
            elif isinstance(value, int):
                cell.value, cell.number_format = value, "# ##0"
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
