"""Reading a document, page by page or as the file it is; every answer asks who may."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from helsefellesskap import downloads, page_images
from helsefellesskap.http import Request
from meetings import actions, permissions
from meetings.documents.papers import annexes_stand
from meetings.models import Document, DocumentVersion

MOST_PAGES = 400
"""How many pages are shown one below the other; a longer document is read as a file."""


def _version(request: Request, public_id: UUID) -> DocumentVersion:
    """The version, with its document as this person may know of it, else 404; opening what is exempt is recorded."""
    documents = Document.objects.visible_to(request.user).select_related(
        "exemption", "case__body", "meeting__body"
    )
    document = get_object_or_404(documents, versions__public_id=public_id)
    versions = DocumentVersion.objects.readable_in(document).defer("text", "content")
    version = get_object_or_404(versions, public_id=public_id)
    version.document = document
    if not (document.is_inside or annexes_stand(version)):
        raise Http404
    if not version.is_redacted:
        actions.record_opening(document=document, version=version, by=request.user)
    return version


@login_not_required
@require_safe
def document_detail(request: Request, public_id: UUID) -> HttpResponse:
    version = _version(request, public_id)
    document = version.document
    title = document.shown_title
    is_pdf = version.content_type == "application/pdf"
    count = min(version.pages or 0, MOST_PAGES) if is_pdf else 0
    context = {
        "version": version,
        "document": document,
        "title": title,
        "text_alternative": "" if version.is_redacted else document.text_alternative,
        "home": document.case or document.meeting,
        "is_pdf": is_pdf,
        "is_picture": version.content_type in {"image/png", "image/jpeg"},
        "file_url": reverse("meetings:document-file", args=[version.public_id, version.file_name]),
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
def document_file(request: Request, public_id: UUID, name: str) -> HttpResponseBase:
    """The file, under its public title."""
    version = DocumentVersion.objects.plainly_open_to(request.user, public_id) or _version(request, public_id)
    return downloads.serve(
        request,
        version.file,
        name=version.file_name,
        content_type=version.content_type,
        sha256=version.sha256,
    )


@login_not_required
@require_safe
def document_page(request: Request, public_id: UUID, page: int) -> HttpResponse:
    version = DocumentVersion.objects.plainly_open_to(request.user, public_id) or _version(request, public_id)
    if page > (version.pages or 0):
        raise Http404
    return page_images.serve(request, version.file, sha256=version.sha256, page=page)
