"""Rounds: one round with its proposals side by side, opened, changed and taken on step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry, User
from funding import actions, permissions, rules
from funding.documents import decision_lines, round_table
from funding.forms.rounds import DecideForm, RoundForm
from funding.models import Allocation, FundingRound, Proposal
from helsefellesskap import kept_input
from helsefellesskap.http import button, form_view, render_form
from portfolio.actions.versions import FactsChanged, newest_version
from portfolio.documents import log_lines
from portfolio.models import Initiative

State = FundingRound.State


@dataclass(frozen=True)
class ProposalRow:
    """A proposal with its initiative and its money, as far as the reader may know of them."""

    proposal: Proposal
    initiative: Initiative | None
    allocation: Allocation | None


def find_round(user: User, public_id: str) -> FundingRound:
    return get_object_or_404(FundingRound.objects.visible_to(user), public_id=public_id)


def edited_round(request: SignedInRequest, public_id: str) -> FundingRound:
    round_ = find_round(request.user, public_id)
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    return round_


def proposal_rows(user: User, proposals: list[Proposal]) -> list[ProposalRow]:
    keys = {proposal.initiative_id for proposal in proposals if proposal.initiative_id}
    known = Initiative.objects.visible_to(user).in_bulk(keys)
    allocations = (
        Allocation.objects.visible_to(user).filter(proposal__in=proposals).select_related("grant__scheme")
    )
    money = {allocation.proposal_id: allocation for allocation in allocations}
    return [
        ProposalRow(proposal, known.get(proposal.initiative_id or 0), money.get(proposal.pk))
        for proposal in proposals
    ]


def closed_because(round_: FundingRound) -> str:
    """Why the round takes no proposals today; nothing when it does."""
    try:
        rules.check_round_takes_proposals(round_, timezone.localdate())
    except rules.NotAllowed as refusal:
        return str(refusal)
    return ""


@require_safe
def round_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The secretariat and leaders see all that was sent in; a contributor what their organisation proposes."""
    user = request.user
    round_ = find_round(user, public_id)
    context = {
        "round": round_,
        "steps": [(label, _place(round_, state)) for state, label in State.choices],
        "decision": decision_lines(user, [round_.decision_id]).get(round_.decision_id or 0),
        "closed_because": closed_because(round_),
        "can_edit": permissions.can_edit_funding(user),
        "can_propose": permissions.can_propose(user),
        "create_url": f"{reverse('funding:proposal-create')}?runde={round_.public_id}",
        "is_prioritising": round_.state == State.PRIORITISING,
        **(_side_by_side(user, round_) if permissions.can_read_plans(user) else _own(user, round_)),
    }
    return render(request, "funding/round_detail.html", context)


def _place(round_: FundingRound, state: str) -> str:
    now, then = State.values.index(round_.state), State.values.index(state)
    return "now" if now == then else "done" if then < now else ""


def _side_by_side(user: User, round_: FundingRound) -> dict[str, Any]:
    table = round_table(round_, user)
    rows = proposal_rows(user, table.proposals)
    return {
        "table": table,
        "rows": [row for row in rows if not row.proposal.is_draft],
        "drafts": [row for row in rows if row.proposal.is_draft],
        "log": log_lines(LogEntry.objects.visible_to(user).about(round_).select_related("by")[:50]),
    }


def _own(user: User, round_: FundingRound) -> dict[str, Any]:
    own = (
        Proposal.objects.visible_to(user).filter(round=round_).select_related("organisation", "program_area")
    )
    return {
        "rows": proposal_rows(user, list(own.order_by("rank", "pk"))),
        "grants": round_.grants.select_related("scheme").newest_first(),
    }


@form_view
def round_create(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = RoundForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            round_ = actions.create_round(values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Runden er åpnet. Partnerne finner den på forsiden sin."))
            return redirect(round_)
    return render_form(request, "funding/round_edit.html", {"form": form, "kept": typed.is_kept})


@form_view
def round_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    round_ = edited_round(request, public_id)
    typed = kept_input.read(request)
    initial = {
        **{name: getattr(round_, name) for name in ("title", "guidance", "closes_on")},
        "grants": list(round_.grants.all()),
        "version": newest_version(round_),
    }
    form, conflict = RoundForm(typed.data, initial=initial), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_round(
                round_=round_, values=form.values(), version=form.cleaned_data["version"], by=request.user
            )
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Runden er lagret."))
            return redirect(round_)
    context = {"form": form, "round": round_, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "funding/round_edit.html", context)


def _said(state: str) -> str:
    """What a step by a button has led to."""
    said = {
        State.OPEN: _("Runden er åpen for innspill igjen."),
        State.PRIORITISING: _("Runden tar ikke imot flere innspill. Nå kan du svare på dem."),
        State.CLOSED: _("Runden er avsluttet."),
    }
    return said.get(State(state), "")


@button
def round_move(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take the round to the step named by `to`; to decide it asks for more, on a page of its own."""
    round_ = edited_round(request, public_id)
    to = request.POST.get("to", "")
    try:
        if to not in {State.OPEN, State.PRIORITISING, State.CLOSED}:
            raise rules.NotAllowed(_("Runden kan ikke flyttes dit. Last siden på nytt og prøv igjen."))
        actions.move_round(round_=round_, to=to, decision=None, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said(to))
    return redirect(round_)


@form_view
def round_decide(request: SignedInRequest, public_id: str) -> HttpResponse:
    round_ = edited_round(request, public_id)
    if request.method != "POST" and round_.state != State.PRIORITISING:
        messages.info(request, _("Runden er «%(state)s».") % {"state": round_.get_state_display().lower()})
        return redirect(round_)
    typed = kept_input.read(request)
    form = DecideForm(typed.data, round_=round_)
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_round(
                round_=round_, to=State.DECIDED, decision=form.cleaned_data["decision"], by=request.user
            )
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Runden er vedtatt. Nå kan pengene tildeles fra hvert tilskudd."))
            return redirect(round_)
    context = {"form": form, "round": round_, "kept": typed.is_kept}
    return render_form(request, "funding/round_decide.html", context)
