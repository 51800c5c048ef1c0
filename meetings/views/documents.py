"""Taking in documents, and keeping them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import SignedInRequest
from helsefellesskap import kept_input, uploads
from helsefellesskap.http import button, form_view, go_to, posted_number, render_form
from meetings import actions, permissions, rules
from meetings.forms.cases import ReasonForm
from meetings.forms.documents import DocumentForm, ReplaceForm, UploadForm, document_values
from meetings.models import Case, Document, Meeting
from meetings.rules.documents import may_publish_alone
from meetings.rules.meetings import why_closed
from meetings.views.cases import edited_case, exemption_values
from meetings.views.meetings import edited_meeting
from portfolio.actions.versions import FactsChanged, newest_version


@form_view
def document_upload_case(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _upload(request, case=edited_case(request, public_id))


@form_view
def document_upload_meeting(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    if meeting.state == Meeting.State.CANCELLED:
        messages.error(request, why_closed(meeting))
        return redirect(meeting)
    return _upload(request, meeting=meeting)


def _upload(
    request: SignedInRequest, *, case: Case | None = None, meeting: Meeting | None = None
) -> HttpResponse:
    """Good files are kept and bad ones named; without a good one the form is shown again."""
    home: Any = case or meeting
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        _tell_of_stopped(request, form)
        if form.is_valid():
            data = form.cleaned_data
            taken = actions.add_files(
                files=data["files"],
                kind=data["kind"],
                access=data["access"],
                public_from=data["public_from"],
                by=request.user,
                case=case,
                meeting=meeting,
            )
            if taken.documents:
                _tell_of_taken(request, taken)
                return go_to(request, f"{home.get_absolute_url()}#dokumenter")
            for sentence in taken.refusals:
                form.add_error("files", sentence)
    context = {"form": form, "case": case, "meeting": meeting, "home": home}
    return _render_upload(request, "meetings/document_upload.html", context)


def _render_upload(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or the form alone when it was sent in the background."""
    limits = {"limit": settings.UPLOAD_LIMIT, "request_limit": settings.UPLOAD_REQUEST_LIMIT}
    return render_form(request, template + ("#opplasting" if request.htmx else ""), {**context, **limits})


def _tell_of_stopped(request: SignedInRequest, form: UploadForm | ReplaceForm) -> None:
    """A file that was stopped on its way in is told of at the field."""
    try:
        uploads.check_request(request)
    except rules.NotAllowed as refusal:
        form.is_valid()
        form.errors.pop("files", None)
        form.add_error("files", str(refusal))


def _tell_of_taken(request: SignedInRequest, taken: actions.Taken) -> None:
    number = len(taken.documents)
    messages.success(
        request,
        ngettext("%(n)s dokument er lastet opp.", "%(n)s dokumenter er lastet opp.", number) % {"n": number},
    )
    for sentence in taken.refusals:
        messages.error(request, sentence)
    for document in taken.documents:
        for version in document.versions.all():
            for finding in version.findings:
                messages.warning(request, f"{document.title}: {finding['sentence']}")


def edited_document(request: SignedInRequest, public_id: str) -> Document:
    documents = Document.objects.visible_to(request.user).select_related(
        "case__body", "meeting__body", "exemption"
    )
    document = get_object_or_404(documents, public_id=public_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    return document


def home_of(document: Document) -> Case | Meeting:
    home = document.case or document.meeting
    assert home is not None  # noqa: S101 -- a constraint
    return home


@form_view
def document_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    document = edited_document(request, public_id)
    typed = kept_input.read(request)
    initial = {**document_values(document), **exemption_values(document), "version": newest_version(document)}
    form = DocumentForm(typed.data, initial=initial)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_document(
                document=document, values=form.values(), version=form.cleaned_data["version"], by=request.user
            )
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Dokumentet er lagret."))
            return redirect(f"{home_of(document).get_absolute_url()}#dokument-{document.pk}")
    siblings = [
        row
        for row in Document.objects.filter(
            case=document.case, meeting=document.meeting, withdrawn_at=None
        ).in_order()
        if row.kind != Document.Kind.PAPER
    ]
    keys = [row.pk for row in siblings]
    context = {
        "document": document,
        "home": home_of(document),
        "form": form,
        "conflict": conflict,
        "versions": document.versions.select_related("uploaded_by").defer("text", "content"),
        "place": keys.index(document.pk) + 1 if document.pk in keys else 0,
        "total": len(keys),
        "can_publish": may_publish_alone(document) and document.versions.filter(released_at=None).exists(),
        "kept": typed.is_kept,
    }
    return render_form(request, "meetings/document_edit.html", context)


@form_view
def document_replace(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _new_version(request, edited_document(request, public_id), is_redacted=False)


@form_view
def document_redact(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _new_version(request, edited_document(request, public_id), is_redacted=True)


def _new_version(request: SignedInRequest, document: Document, *, is_redacted: bool) -> HttpResponse:
    form = ReplaceForm(request.POST, request.FILES) if request.method == "POST" else ReplaceForm()
    if request.method == "POST":
        _tell_of_stopped(request, form)
        if form.is_valid():
            try:
                version = actions.replace_file(
                    document=document,
                    file=form.cleaned_data["files"],
                    by=request.user,
                    is_redacted=is_redacted,
                )
            except rules.NotAllowed as refusal:
                form.add_error("files", str(refusal))
            else:
                messages.success(request, _("Versjon %(n)s er lastet opp.") % {"n": version.number})
                for finding in version.findings:
                    messages.warning(request, finding["sentence"])
                return go_to(request, f"{home_of(document).get_absolute_url()}#dokument-{document.pk}")
    context = {"document": document, "home": home_of(document), "form": form, "is_redacted": is_redacted}
    return _render_upload(request, "meetings/document_replace.html", context)


@button
def document_publish(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What came after the meeting; all else is published with the agenda."""
    document = edited_document(request, public_id)
    try:
        actions.publish_document(document=document, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Dokumentet er publisert."))
    return redirect(f"{home_of(document).get_absolute_url()}#dokument-{document.pk}")


@button
def document_move(request: SignedInRequest, public_id: str) -> HttpResponse:
    document = edited_document(request, public_id)
    place = posted_number(request, "plass")
    if place is None:
        messages.error(request, _("Skriv plassen som et helt tall."))
    else:
        try:
            actions.move_document(document=document, place=place, by=request.user)
        except rules.NotAllowed as refusal:
            messages.error(request, str(refusal))
    return redirect(f"{home_of(document).get_absolute_url()}#dokument-{document.pk}")


@form_view
def document_withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    document = edited_document(request, public_id)
    typed = kept_input.read(request)
    form = ReasonForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_document(document=document, reason=form.cleaned_data["reason"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Dokumentet er trukket. Bare sekretariatet og lederne ser det nå."))
            return redirect(home_of(document))
    context = {"document": document, "home": home_of(document), "form": form, "kept": typed.is_kept}
    return render_form(request, "meetings/document_withdraw.html", context)


@button
def document_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    document = edited_document(request, public_id)
    home = home_of(document)
    try:
        actions.delete_document(document=document, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Dokumentet er slettet."))
    return redirect(home)
