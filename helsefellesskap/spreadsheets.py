"""Rows and columns as XLSX and CSV: made here, and read from files of unknown origin."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import tablib
from django.core.files.base import File
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from helsefellesskap import untrusted, uploads
from helsefellesskap.money import tall
from helsefellesskap.refusals import NotAllowed
from helsefellesskap.uploads.temporary import path_of

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


# Reading

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_DELIMITERS = (";", "\t", ",")


@dataclass
class Sheet:
    """What stands in a sheet or a text file: the rows that are not empty, with their numbers from 1."""

    name: str
    rows: list[tuple[int, list[str]]]


def read(file: File[Any], *, name: str, most: int) -> list[Sheet]:
    """The sheets of a workbook (XLSX), or the one of a text file whose columns are parted by ; , or tab.

    What the file is, its content says. Raises NotAllowed for anything else, what can do harm, and more than so many rows.
    """
    file.seek(0)
    head = file.read(8)
    if not head:
        raise NotAllowed(_("«%(name)s» er tom.") % {"name": name})
    if head.startswith(OLD_EXCEL):
        raise NotAllowed(
            _(
                "«%(name)s» er lagret i et eldre Excel-format eller med passord. Lagre den som xlsx uten passord."
            )
            % {"name": name}
        )
    found = _workbook(file, name, most) if head.startswith(b"PK") else [_text_table(file, name)]
    if sum(len(sheet.rows) for sheet in found) > most:
        raise NotAllowed(
            _("«%(name)s» har mer enn %(most)s rader. Del den i flere filer.")
            % {"name": name, "most": tall(most)}
        )
    return found


def _workbook(file: File[Any], name: str, most: int) -> list[Sheet]:
    """Looked into before it is opened, and opened in a process of its own."""
    try:
        inspection = uploads.inspect(file, name=uploads.clean_name(name, extension="xlsx"))
    except uploads.FileRefused as refusal:
        if refusal.code in {"password", "damaged", "busy"}:
            raise
        raise _not_a_table(name) from refusal
    if inspection.extension != "xlsx":
        raise _not_a_table(name)
    found: list[Sheet] = []
    is_whole = False
    with path_of(file) as path, closing(untrusted.sheets(path, most=most)) as answers:
        for answer in answers:
            if "sheet" in answer:
                found.append(Sheet(answer["sheet"], []))
            elif "row" in answer:
                found[-1].rows.append((answer["row"], answer["cells"]))
            is_whole = is_whole or "done" in answer
    if not is_whole:
        raise _not_a_table(name)
    return found


def _text_table(file: File[Any], name: str) -> Sheet:
    file.seek(0)
    text = _decoded(file.read())
    if _NOT_TEXT.search(text) or text.lstrip().startswith(("<", "%PDF", "{\\rtf")):
        raise _not_a_table(name)
    lines = text.splitlines()[:50]
    delimiter = max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))
    try:
        rows = list(csv.reader(StringIO(text, newline=None), delimiter=delimiter))
    except csv.Error as error:
        raise _not_a_table(name) from error
    return Sheet("", [(number, row) for number, row in enumerate(rows, start=1) if any(map(str.strip, row))])


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 where it says so or fits, else as Windows and older programs write Norwegian."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _not_a_table(name: str) -> NotAllowed:
    return NotAllowed(
        _("«%(name)s» lot seg ikke lese som en liste. Lagre den som Excel (xlsx) eller CSV, og prøv igjen.")
        % {"name": name}
    )
