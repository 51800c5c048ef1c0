"""Allocations: planned, edited in place, and everything about one of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from accounts.http import SignedInRequest
from accounts.models import LogEntry
from funding import actions, permissions, rules
from funding.documents import decision_lines, letter_print, row_of
from funding.forms.allocations import (
    AllocationForm,
)
from funding.models import Allocation, Grant, SpendingReport, balance_of
from funding.views.grants import edited_grant
from helsefellesskap import kept_input, pdf
from helsefellesskap.files import printed
from helsefellesskap.http import Request, asked_uuid, button, form_view, posted_number, render_form
from portfolio.actions.versions import FactsChanged, newest_version
from portfolio.documents import log_lines

GRANT = "funding/grant_detail.html"


def find_allocation(request: Request, public_id: str) -> Allocation:
    """What the person may know of: allocated, or planned for those inside, and of an initiative they may name."""
    found = Allocation.objects.visible_to(request.user).named_to(request.user)
    return get_object_or_404(
        found.select_related(
            "grant__scheme__grantor",
            "initiative__program_area",
            "program_area",
            "recipient",
            "proposal",
            "carried_from__grant__scheme",
        ),
        public_id=public_id,
    )


def edited_allocation(request: SignedInRequest, public_id: str) -> Allocation:
    allocation = find_allocation(request, public_id)
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    return allocation


@login_not_required
@require_safe
def allocation_detail(request: Request, public_id: str) -> HttpResponse:
    """One allocation: what it is for, every decision about it, and what was reported."""
    allocation = find_allocation(request, public_id)
    postings = list(allocation.postings.order_by("on", "pk"))
    decisions = decision_lines(request.user, [allocation.decision_id, *(row.decision_id for row in postings)])
    inside = permissions.can_read_plans(request.user)
    proposal = allocation.proposal if inside else None
    steps = rules.ALLOCATION_STEPS[allocation.state]
    context = {
        "allocation": allocation,
        "grant": allocation.grant,
        "decision": decisions.get(allocation.decision_id or 0),
        "postings": [(row, decisions.get(row.decision_id or 0)) for row in postings],
        "reports": SpendingReport.objects.visible_to(request.user)
        .filter(allocation=allocation)
        .newest_first(),
        "proposal": proposal,
        "carried_on": [
            one for one in allocation.carried_on.select_related("grant__scheme").order_by("pk") if one.amount
        ],
        "can_edit": permissions.can_edit_funding(request.user),
        "can_report": permissions.can_report_spending(request.user, allocation) and allocation.is_running,
        "can_read_letter": permissions.can_read_letter(request.user, allocation) and bool(postings),
        "reads_plans": inside,
        "place": Allocation.objects.place_of(allocation),
        "total": allocation.grant.allocations.count(),
        "may": {str(step): True for step in steps},
        "can_correct": any(row.corrects_id is None for row in postings),
        "may_change_amount": allocation.state in rules.RAISED_OR_LOWERED,
        "log": log_lines(LogEntry.objects.visible_to(request.user).about(allocation)) if inside else [],
    }
    return render(request, "funding/allocation_detail.html", context)


@require_safe
def allocation_letter(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The award letter as PDF, for those who sent it and those who got it."""
    allocation = find_allocation(request, public_id)
    if not permissions.can_read_letter(request.user, allocation):
        raise PermissionDenied
    if not allocation.postings.exists():
        raise Http404
    try:
        return printed(letter_print(allocation, request.user))
    except pdf.PrintError as error:
        messages.error(request, str(error))
        return redirect(allocation)


@form_view
def allocation_create(request: SignedInRequest) -> HttpResponse:
    """Plan a use of the grant named by `tilskudd`."""
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    wanted = asked_uuid(request, "tilskudd")
    if wanted is None:
        messages.info(request, _("Velg tilskuddet, og legg til linjen derfra."))
        return redirect("funding:grant-list")
    grant = edited_grant(request, wanted)
    typed = kept_input.read(request)
    balance = balance_of(grant)
    form = AllocationForm(typed.data, user=request.user, grant=grant, balance=balance)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_allocation(values={**form.values(), "grant": grant}, by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Linjen er lagt til som prioritert. Den tildeles ved et vedtak."))
            return redirect(f"{grant.get_absolute_url()}#prioritert")
    context = {"form": form, "grant": grant, "balance": balance, "kept": typed.is_kept}
    return render_form(request, "funding/allocation_edit.html", context)


@form_view
def allocation_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The line as a form; saving answers with the line alone."""
    allocation = edited_allocation(request, public_id)
    typed = kept_input.read(request)
    initial = {
        **{name: getattr(allocation, name) for name in ("label", "work_package", "source", "amount")},
        **{name: getattr(allocation, f"{name}_id") for name in ("initiative", "program_area", "recipient")},
        "version": newest_version(allocation),
    }
    form = AllocationForm(
        typed.data,
        user=request.user,
        grant=allocation.grant,
        allocation=allocation,
        balance=balance_of(allocation.grant),
        initial=initial,
        auto_id=f"tildeling-{allocation.pk}-%s",  # several lines may be open at once
    )
    conflict: FactsChanged | None = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_allocation(
                allocation=allocation,
                values=form.values(),
                version=form.cleaned_data["version"],
                reason=form.cleaned_data.get("reason", ""),
                by=request.user,
            )
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            return _saved(request, allocation, changed)
    context = {
        "allocation": allocation,
        "grant": allocation.grant,
        "form": form,
        "conflict": conflict,
        "kept": typed.is_kept,
        "columns": _columns(allocation.grant),
    }
    template = f"{GRANT}#row_form" if _is_row(request, allocation) else "funding/allocation_edit.html"
    return render_form(request, template, context)


def _is_row(request: Request, allocation: Allocation) -> bool:
    return bool(request.htmx) and request.htmx.target == f"tildeling-{allocation.pk}"


def _columns(grant: Grant) -> int:
    """How many columns the table has on the screen of who edits it."""
    return 7 if _has_carried(grant) else 5


def _has_carried(grant: Grant) -> bool:
    balance = balance_of(grant)
    return bool(balance.transferred_in or balance.allocated_carried)


def _saved(request: SignedInRequest, before: Allocation, changed: Allocation) -> HttpResponse:
    sentence = _("Linjen er lagret.")
    is_moved = before.area != changed.area
    if _is_row(request, before) and not is_moved:
        response = _row(request, changed)
        trigger_client_event(response, "announce", {"text": sentence})
        return trigger_client_event(response, "funding-changed")
    messages.success(request, f"{changed.subject}: {sentence}")
    if request.htmx:
        return HttpResponseClientRefresh()  # it is counted elsewhere now: the whole table is another
    return redirect(f"{changed.grant.get_absolute_url()}#tildeling-{changed.pk}")


def _row(request: Request, allocation: Allocation) -> HttpResponse:
    context = {
        "row": row_of(allocation, request.user),
        "has_carried": _has_carried(allocation.grant),
        "can_edit": permissions.can_edit_funding(request.user),
        "is_planned": allocation.is_planned,
        "has_focus": True,
    }
    return render(request, f"{GRANT}#row", context)


@require_safe
def allocation_row(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The line again, when the form is cancelled; without htmx, the table."""
    allocation = find_allocation(request, public_id)
    if not _is_row(request, allocation):
        return redirect(f"{allocation.grant.get_absolute_url()}#tildeling-{allocation.pk}")
    return _row(request, allocation)


@button
def allocation_move(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Another place in the order of the paper."""
    allocation = edited_allocation(request, public_id)
    place = posted_number(request, "plass")
    if place is None:
        messages.error(request, _("Skriv plassen som et tall."))
    else:
        actions.move_allocation(allocation=allocation, place=place, by=request.user)
    return redirect(f"{allocation.grant.get_absolute_url()}#tildeling-{allocation.pk}")
