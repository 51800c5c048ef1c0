"""Answers that are files."""

import tablib
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from helsefellesskap import pdf
from portfolio.documents import CONTENT_TYPES, Printout, as_file


def printed(document: Printout) -> HttpResponse:
    """The document as PDF, shown in the browser."""
    return pdf_file(pdf.print_document(document.template, document.context), document.name)


def pdf_file(content: bytes, name: str) -> HttpResponse:
    return _file(content, "application/pdf", f"{name}.pdf", as_attachment=False)


def spreadsheet(dataset: tablib.Dataset, file_format: str, *, name: str) -> HttpResponse:
    """The columns as XLSX or CSV, saved by the browser."""
    content = as_file(dataset, file_format)
    return _file(content, CONTENT_TYPES[file_format], f"{name}.{file_format}", as_attachment=True)


def _file(content: bytes, content_type: str, name: str, *, as_attachment: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "inline"
    return response
