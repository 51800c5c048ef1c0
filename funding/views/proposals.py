"""Proposals: written, sent in, taken back and answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry, User
from accounts.permissions import can_read_log
from funding import actions, permissions, rules
from funding.documents import round_table
from funding.forms.proposals import FACTS, AnswerForm, ProposalForm
from funding.models import FundingRound, Proposal
from funding.views.rounds import closed_because, find_round, proposal_rows
from helsefellesskap import kept_input
from helsefellesskap.http import button, form_view, render_form
from helsefellesskap.kept_input import Typed
from portfolio.actions.versions import FactsChanged, newest_version
from portfolio.documents import log_lines
from portfolio.models import Initiative

State = Proposal.State


def find_proposal(user: User, public_id: str) -> Proposal:
    visible = Proposal.objects.visible_to(user)
    return get_object_or_404(
        visible.select_related("round", "organisation", "program_area", "written_by"), public_id=public_id
    )


def _own_proposal(request: SignedInRequest, public_id: str) -> Proposal:
    proposal = find_proposal(request.user, public_id)
    if not permissions.can_change_proposal(request.user, proposal):
        raise PermissionDenied
    return proposal


def _answered_proposal(request: SignedInRequest, public_id: str) -> Proposal:
    proposal = find_proposal(request.user, public_id)
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    return proposal


@require_safe
def proposal_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    user = request.user
    proposal = find_proposal(user, public_id)
    [row] = proposal_rows(user, [proposal])
    log = LogEntry.objects.visible_to(user).about(proposal).select_related("by")
    context = {
        "proposal": proposal,
        "initiative": row.initiative,
        "allocation": row.allocation,
        "closed_because": closed_because(proposal.round),
        "can_change": permissions.can_change_proposal(user, proposal),
        "can_answer": permissions.can_edit_funding(user) and _is_prioritising(proposal),
        "log": log_lines(log[:50]) if can_read_log(user) else [],
    }
    return render(request, "funding/proposal_detail.html", context)


def _is_prioritising(proposal: Proposal) -> bool:
    return proposal.round.state == FundingRound.State.PRIORITISING


def _asked_round(request: SignedInRequest, typed: Typed) -> FundingRound | None:
    """The round the address names; after a sign-in in between only what was typed does."""
    for source in (request.GET, typed.data or QueryDict()):
        try:
            wanted = UUID(source.get("runde", ""))
        except ValueError:
            continue
        return find_round(request.user, str(wanted))
    return None


@form_view
def proposal_create(request: SignedInRequest) -> HttpResponse:
    """A proposal in the round named by `runde`."""
    user = request.user
    is_editor = permissions.can_edit_funding(user)
    if not permissions.can_propose(user):
        raise PermissionDenied
    typed = kept_input.read(request)
    round_ = _asked_round(request, typed)
    if round_ is None:
        messages.info(request, _("Velg runden innspillet hører til, og skriv det derfra."))
        return redirect("funding:grant-list")
    if typed.data is None and (sentence := closed_because(round_)):
        messages.error(request, sentence)
        return redirect(round_)
    form = ProposalForm(typed.data, person=user, chooses_organisation=is_editor)
    if request.method == "POST" and form.is_valid():
        organisation: Any = form.cleaned_data["organisation"] if is_editor else user.organisation
        try:
            proposal = actions.create_proposal(
                round_=round_, organisation=organisation, values=form.values(), by=user
            )
            return _saved(request, proposal)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
    context = {"form": form, "round": round_, "organisation": user.organisation, "kept": typed.is_kept}
    return render_form(request, "funding/proposal_edit.html", context)


def _saved(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Sent in when that is the button that was pressed, else still a draft."""
    if "send" in request.POST:
        actions.submit_proposal(proposal=proposal, by=request.user)
        messages.success(request, _sent_in())
    elif proposal.is_draft:
        messages.success(request, _("Utkastet er lagret. Det er ikke sendt inn ennå."))
    return redirect(proposal)


def _sent_in() -> str:
    return _("Takk! Innspillet er sendt inn. Svaret kommer på denne siden.")


@form_view
def proposal_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    user = request.user
    proposal = _own_proposal(request, public_id)
    typed = kept_input.read(request)
    if typed.data is None and not proposal.is_draft:
        messages.info(request, _("Innspillet er sendt inn og kan ikke endres. Ta det tilbake først."))
        return redirect(proposal)
    initial = {**{name: getattr(proposal, name) for name in FACTS}, "version": newest_version(proposal)}
    initial["initiative"], initial["program_area"] = proposal.initiative_id, proposal.program_area_id
    form = ProposalForm(typed.data, person=user, proposal=proposal, initial=initial)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_proposal(
                proposal=proposal, values=form.values(), version=form.cleaned_data["version"], by=user
            )
            return _saved(request, changed)
        except FactsChanged as refusal:
            conflict = _readable(refusal, user)
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
    context = {
        "form": form,
        "proposal": proposal,
        "round": proposal.round,
        "organisation": proposal.organisation,
        "conflict": conflict,
        "kept": typed.is_kept,
    }
    return render_form(request, "funding/proposal_edit.html", context)


def _readable(conflict: FactsChanged, user: User) -> FactsChanged:
    """What a colleague changed, without the names of initiatives that the person may not know of."""
    field = Proposal._meta.get_field("initiative")
    label = str(field.verbose_name).capitalize()
    titles = {title for change in conflict.changes for title in (change.old, change.new)}
    known = Initiative.objects.visible_to(user).filter(title__in=titles).values_list("title", flat=True)
    named = {"": "", **{title: title for title in known}}
    closed = _("Tiltak som ikke er offentlig")
    conflict.changes = [
        replace(change, old=named.get(change.old, closed), new=named.get(change.new, closed))
        if change.label == label
        else change
        for change in conflict.changes
    ]
    return conflict


def _do(
    request: SignedInRequest, proposal: Proposal, action: Callable[..., Any], said: str, *, to: Any = None
) -> HttpResponse:
    """A step by a button: done, or why not; then on to the proposal, or where it says."""
    try:
        action(proposal=proposal, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect(proposal)
    messages.success(request, said)
    return redirect(to or proposal)


@button
def proposal_submit(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _do(request, _own_proposal(request, public_id), actions.submit_proposal, _sent_in())


@button
def proposal_take_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    said = _("Innspillet er et utkast igjen. Send det inn på nytt når det er klart.")
    return _do(request, _own_proposal(request, public_id), actions.take_back_proposal, said)


@button
def proposal_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    proposal = _own_proposal(request, public_id)
    return _do(request, proposal, actions.delete_proposal, _("Utkastet er slettet."), to=proposal.round)


def _row(proposal: Proposal) -> str:
    """Where the proposal stands beside the others."""
    return f"{proposal.round.get_absolute_url()}#innspill-{proposal.public_id}"


@button
def proposal_reopen(request: SignedInRequest, public_id: str) -> HttpResponse:
    proposal = _answered_proposal(request, public_id)
    said = _("Svaret er tatt tilbake. Innspillet venter på svar igjen.")
    return _do(request, proposal, actions.reopen_proposal, said, to=_row(proposal))


@form_view
def proposal_answer(request: SignedInRequest, public_id: str) -> HttpResponse:
    proposal = _answered_proposal(request, public_id)
    typed = kept_input.read(request)
    if typed.data is None and not (proposal.state == State.SUBMITTED and _is_prioritising(proposal)):
        messages.info(request, _("Innspillet kan ikke besvares nå."))
        return redirect(proposal)
    [row] = proposal_rows(request.user, [proposal])
    shares = round_table(proposal.round, request.user).grants
    form = AnswerForm(typed.data, shares=shares, initial={"amount": proposal.amount})
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_proposal(proposal=proposal, by=request.user, **form.values())
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Innspillet er besvart."))
            return redirect(_row(proposal))
    context = {
        "form": form,
        "proposal": proposal,
        "initiative": row.initiative,
        "kept": typed.is_kept,
    }
    return render_form(request, "funding/proposal_answer.html", context)
