"""Answers that are files made here: printed documents and spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tablib
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from helsefellesskap import pdf
from helsefellesskap.spreadsheets import CONTENT_TYPES, as_file


@dataclass(frozen=True)
class Printout:
    """A document to print: its template, what it shows, and the file's name without ending."""

    template: str
    context: dict[str, Any]
    name: str


def printed(document: Printout) -> HttpResponse:
    """The document as PDF, shown in the browser."""
    content = pdf.print_document(document.template, document.context)
    return answer(content, "application/pdf", f"{document.name}.pdf", as_attachment=False)


def spreadsheet(dataset: tablib.Dataset, file_format: str, *, name: str) -> HttpResponse:
    """The columns as XLSX or CSV, saved by the browser."""
    content = as_file(dataset, file_format)
    return answer(content, CONTENT_TYPES[file_format], f"{name}.{file_format}", as_attachment=True)


def answer(content: bytes, content_type: str, name: str, *, as_attachment: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "inline"
    return response
