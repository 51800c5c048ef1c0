"""Cases proposed by partners, and what the secretariat answers."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from helsefellesskap import kept_input
from helsefellesskap.http import form_view, render_form
from meetings import actions, permissions, rules
from meetings.forms.proposals import AnswerForm, ProposalForm
from meetings.views.cases import concerns_of, edited_case, find_case
from portfolio.models import Initiative


@form_view
def case_propose(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_propose_case(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    wanted = Initiative.objects.visible_to(request.user).filter(slug=request.GET.get("tiltak", "")).first()
    form = ProposalForm(typed.data, person=request.user, initial={"initiative": wanted})
    if request.method == "POST" and form.is_valid():
        try:
            case = actions.propose_case(values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(
                request, _("Takk! Forslaget er sendt til sekretariatet. Svaret kommer på denne siden.")
            )
            return redirect(case)
    return render_form(request, "meetings/case_propose.html", {"form": form, "kept": typed.is_kept})


@form_view
def proposal_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Who proposed it changes it, and sends it again when it was returned."""
    case = find_case(request.user, public_id)
    if not permissions.can_change_proposal(request.user, case):
        raise PermissionDenied
    typed = kept_input.read(request)
    initial = {
        "title": case.title,
        "body": case.body,
        "summary": case.summary,
        "initiative": case.initiatives.first(),
        "wanted_meeting": case.wanted_meeting,
    }
    form = ProposalForm(typed.data, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_proposal(case=case, values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Forslaget er sendt til sekretariatet."))
            return redirect(case)
    return render_form(
        request, "meetings/case_propose.html", {"form": form, "case": case, "kept": typed.is_kept}
    )


@form_view
def proposal_answer(request: SignedInRequest, public_id: str) -> HttpResponse:
    case = edited_case(request, public_id)
    typed = kept_input.read(request)
    form = AnswerForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_proposal(case=case, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Forslaget er besvart."))
            return redirect(case)
    context = {
        "case": case,
        "concerns": concerns_of(request.user, case),
        "form": form,
        "kept": typed.is_kept,
    }
    return render_form(request, "meetings/proposal_answer.html", context)
