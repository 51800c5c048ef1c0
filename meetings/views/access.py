"""Asking to see what is exempt, and the secretariat's answers."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Viewer
from helsefellesskap import kept_input
from helsefellesskap.http import Request, form_view, render_form
from meetings import actions, permissions, rules
from meetings.documents.papers import annexes_stand
from meetings.forms.documents import AccessAnswerForm, AccessRequestForm
from meetings.models import AccessRequest, Case, Document, DocumentVersion


@login_not_required
@form_view
def access_request_document(request: Request, public_id: str) -> HttpResponse:
    documents = Document.objects.visible_to(request.user).select_related(
        "exemption", "case__body", "meeting__body"
    )
    document = get_object_or_404(documents, public_id=public_id)
    if document.exemption is None and document.opens != Document.Opens.NOTHING:
        raise Http404
    return _ask(request, document=document)


@login_not_required
@form_view
def access_request_case(request: Request, public_id: str) -> HttpResponse:
    case = get_object_or_404(
        Case.objects.visible_to(request.user).select_related("exemption", "body"), public_id=public_id
    )
    if case.exemption is None:
        raise Http404
    return _ask(request, case=case)


def _ask(request: Request, *, case: Case | None = None, document: Document | None = None) -> HttpResponse:
    form = AccessRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if not ratelimit.consume(request, action="access_request"):
                raise rules.NotAllowed(
                    _("Det er kommet mange krav herfra den siste timen. Vent litt, og prøv igjen.")
                )
            made = actions.request_access(case=case, document=document, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect("meetings:access-request-receipt", public_id=made.public_id)
    home = case or (document.case or document.meeting if document else None)
    context = {"form": form, "thing": document or case, "home": home}
    return render_form(request, "meetings/access_request_create.html", context)


@login_not_required
@require_safe
def access_request_receipt(request: Request, public_id: str) -> HttpResponse:
    """What became of a request, for who asked: the address is known to them alone."""
    asked = get_object_or_404(
        AccessRequest.objects.select_related("document__case", "document__meeting__body", "case__body"),
        public_id=public_id,
    )
    home = asked.case or (asked.document.case or asked.document.meeting if asked.document else None)
    context = {"asked": asked, "home": home, "page": _page_of(asked, request.user)}
    return render(request, "meetings/access_request_receipt.html", context)


def _page_of(asked: AccessRequest, user: Viewer) -> Case | DocumentVersion | None:
    """What is asked for, if the person may open it."""
    if asked.document is None:
        return Case.objects.visible_to(user).select_related("body").filter(access_requests=asked).first()
    document = Document.objects.visible_to(user).filter(access_requests=asked).first()
    version = DocumentVersion.objects.readable_in(document).defer("text").first() if document else None
    if document is None or version is None:
        return None
    version.document = document
    return version if document.is_inside or annexes_stand(version) else None


def _exemption_url(asked: AccessRequest) -> str:
    """Where the secretariat lifts the exemption."""
    name = "document-update" if asked.document else "case-exempt"
    thing: Any = asked.thing
    return reverse(f"meetings:{name}", args=[thing.public_id])


@require_safe
def access_request_list(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    waiting = AccessRequest.objects.filter(state=AccessRequest.State.RECEIVED).select_related(
        "document", "case__body"
    )
    answered = AccessRequest.objects.exclude(state=AccessRequest.State.RECEIVED).select_related(
        "document", "case__body"
    )
    context = {
        "waiting": waiting,
        "answered": answered.order_by("-answered_at")[:50],
        "today": timezone.localdate(),
    }
    return render(request, "meetings/access_request_list.html", context)


@form_view
def access_request_answer(request: SignedInRequest, public_id: str) -> HttpResponse:
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    asked = get_object_or_404(
        AccessRequest.objects.select_related("document__exemption", "case__exemption"), public_id=public_id
    )
    typed = kept_input.read(request)
    form = AccessAnswerForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_request(request=asked, values=form.cleaned_data, by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            if asked.state == AccessRequest.State.REFUSED:
                messages.success(request, _("Kravet er besvart."))
                return redirect("meetings:access-request-list")
            messages.success(request, _("Kravet er besvart. Opphev eller endre unntaket her."))
            return redirect(_exemption_url(asked))
    context = {
        "asked": asked,
        "form": form,
        "kept": typed.is_kept,
        "page": _page_of(asked, request.user),
        "exemption_url": _exemption_url(asked),
    }
    return render_form(request, "meetings/access_request_answer.html", context)
