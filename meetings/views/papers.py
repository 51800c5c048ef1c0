"""Writing a case paper in the browser."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from helsefellesskap import kept_input, pdf
from helsefellesskap.files import printed
from helsefellesskap.http import button, form_view, render_form
from meetings import actions, permissions, rules
from meetings.actions.papers import PaperChanged
from meetings.documents.papers import draft_content, next_proposals, paper_content, paper_print
from meetings.forms.papers import PaperForm
from meetings.models import Case, CasePaper
from meetings.views.cases import edited_case, find_case


@form_view
def paper_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    case = edited_case(request, public_id)
    typed = kept_input.read(request)
    form = PaperForm(typed.data, initial=_initial(case))
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            _save(case, form, request)
        except PaperChanged as refusal:
            conflict = refusal.paper
            form.meet(refusal, refusal.paper.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(
                request, _("Saksfremlegget er lagret. Det blir synlig når saklisten publiseres.")
            )
            return redirect(case)
    context = {
        "case": case,
        "form": form,
        "conflict": conflict,
        "stored": draft_content(case, conflict) if conflict else None,
        "has_upload": case.documents.filter(kind="paper", is_written=False, withdrawn_at=None).exists(),
        "kept": typed.is_kept,
    }
    return render_form(request, "meetings/paper_edit.html", context)


def _initial(case: Case) -> dict[str, Any]:
    paper = CasePaper.objects.filter(case=case).first()
    sections = {name: getattr(paper, name) for name in CasePaper.SECTIONS} if paper else {}
    return {
        **sections,
        "questions": "\n".join(question.text for question in case.questions.all()),
        "proposals": "\n\n".join(next_proposals(case)),
        "version": paper.version if paper else None,
    }


def _save(case: Case, form: PaperForm, request: SignedInRequest) -> CasePaper:
    data = form.cleaned_data
    return actions.save_paper(
        case=case,
        sections=form.sections(),
        questions=data["questions"],
        proposals=data["proposals"],
        version=data["version"],
        by=request.user,
    )


@button
def paper_autosave(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same while one types: what was saved and when, or why not."""
    case = edited_case(request, public_id)
    form = PaperForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"sentence": _("Det er feil i skjemaet. Lagre for å se dem.")}, status=422)
    try:
        paper = _save(case, form, request)
    except PaperChanged as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=409)
    except rules.NotAllowed as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=422)
    saved_at = timezone.localtime(paper.changed_at).strftime("kl. %H.%M")
    return JsonResponse({"saved_at": saved_at, "version": str(paper.version)})


@require_safe
def paper_pdf(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The paper as it stands now, for the secretariat and leaders."""
    case = find_case(request.user, public_id)
    if not permissions.can_read_drafts(request.user):
        raise PermissionDenied
    item = case.items.select_related("meeting").order_by("-meeting__day", "-pk").first()
    content = paper_content(case, number=case.number, meeting=item.meeting if item else None)
    try:
        return printed(paper_print(content, is_draft=True))
    except pdf.PrintError as error:
        messages.error(request, str(error))
        return redirect(case)
