"""Reading a document, page by page or as the file it is; every answer asks who may."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from helsefellesskap import downloads, page_images
from helsefellesskap.http import Request
from meetings import actions, permissions
from meetings.models import Document, DocumentVersion

MOST_PAGES = 400
"""How many pages are shown one below the other; a longer document is read as a file."""


def _version(request: Request, public_id: str) -> DocumentVersion:
    """The version, with its document as this person may know of it; else 404."""
    version = get_object_or_404(
        DocumentVersion.objects.readable_by(request.user).defer("text", "content"), public_id=public_id
    )
    documents = Document.objects.visible_to(request.user).select_related(
        "exemption", "case__body", "meeting__body"
    )
    version.document = get_object_or_404(documents, pk=version.document_id)
    return version


@login_not_required
@require_safe
def document_detail(request: Request, public_id: str) -> HttpResponse:
    version = _version(request, public_id)
    document = version.document
    title = document.shown_title
    is_pdf = version.content_type == "application/pdf"
    count = min(version.pages or 0, MOST_PAGES) if is_pdf else 0
    context = {
        "version": version,
        "document": document,
        "title": title,
        "home": document.case or document.meeting,
        "is_pdf": is_pdf,
        "is_picture": version.content_type in {"image/png", "image/jpeg"},
        "file_url": reverse("meetings:document-file", args=[version.public_id, version.file_name(title)]),
        "pages": [
            {
                "number": number,
                "image_url": reverse("meetings:document-page", args=[version.public_id, number]),
                "text": text,
            }
            for number, text in enumerate(_page_texts(version, count), start=1)
        ],
        "is_cut": is_pdf and (version.pages or 0) > MOST_PAGES,
        "versions": document.versions.defer("text", "content")
        if permissions.can_read_drafts(request.user)
        else [],
    }
    return render(request, "meetings/document_detail.html", context)


def _page_texts(version: DocumentVersion, count: int) -> list[str]:
    """The text of each page, as it was found when the file was taken in."""
    texts = version.text.split("\f") if count else []
    return (texts + [""] * count)[:count]


@login_not_required
@require_safe
def document_file(request: Request, public_id: str, name: str) -> HttpResponseBase:
    """The file, under the title this person may see; opening what is exempt is recorded."""
    version = _version(request, public_id)
    if not version.is_redacted:
        actions.record_opening(document=version.document, version=version, by=request.user)
    return downloads.serve(
        request,
        version.file,
        name=version.file_name(version.document.shown_title),
        content_type=version.content_type,
        sha256=version.sha256,
    )


@login_not_required
@require_safe
def document_page(request: Request, public_id: str, page: int) -> HttpResponse:
    version = _version(request, public_id)
    return page_images.serve(request, version.file, sha256=version.sha256, page=page)
