"""Allocations: planned, edited in place, allocated by a decision, and followed to the last krone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from accounts.http import SignedInRequest
from accounts.models import LogEntry
from funding import actions, permissions, rules
from funding.documents import decision_lines, letter_print, planned_rows, row_of
from funding.forms.allocations import (
    AllocateForm,
    AllocationForm,
    AmountForm,
    CancelForm,
    CarryForm,
    LaterForm,
    PayForm,
    ReturnForm,
)
from funding.models import Allocation, Grant, SpendingReport, balance_of
from funding.views.setup import edited_grant
from helsefellesskap import kept_input, pdf
from helsefellesskap.files import printed
from helsefellesskap.http import Request, asked_uuid, button, form_view, posted_number, render_form
from helsefellesskap.money import kroner
from portfolio.actions.versions import FactsChanged, newest_version
from portfolio.documents import log_lines

GRANT = "funding/grant_detail.html"
POST = "funding/allocation_post.html"


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
            "carried_to__grant__scheme",
        ),
        public_id=public_id,
    )


def _edited(request: SignedInRequest, public_id: str) -> Allocation:
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
        "carried_to": getattr(allocation, "carried_to", None),
        "can_edit": permissions.can_edit_funding(request.user),
        "can_report": permissions.can_report_spending(request.user, allocation) and allocation.is_running,
        "can_read_letter": permissions.can_read_letter(request.user, allocation) and bool(postings),
        "reads_plans": inside,
        "place": Allocation.objects.place_of(allocation),
        "total": allocation.grant.allocations.count(),
        "may": {str(step): True for step in steps},
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
    allocation = _edited(request, public_id)
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
    allocation = _edited(request, public_id)
    place = posted_number(request, "plass")
    if place is None:
        messages.error(request, _("Skriv plassen som et tall."))
    else:
        actions.move_allocation(allocation=allocation, place=place, by=request.user)
    return redirect(f"{allocation.grant.get_absolute_url()}#tildeling-{allocation.pk}")


@form_view
def grant_allocate(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Allocate what is planned by a decision: all that is chosen, or nothing."""
    grant = edited_grant(request, public_id)
    typed = kept_input.read(request)
    rows = planned_rows(grant, request.user)
    labels = {row.key: _line(row.title, row.work_package, row.amount) for row in rows}
    form = AllocateForm(typed.data, grant=grant, labels=labels, initial={"chosen": list(labels)})
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["chosen"].select_related("grant"))
        try:
            told = actions.allocate(
                allocations=chosen,
                decision=form.cleaned_data["decision"],
                on=form.cleaned_data["on"],
                by=request.user,
            )
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(
                request,
                ngettext("%(n)s linje er tildelt.", "%(n)s linjer er tildelt.", len(chosen))
                % {"n": len(chosen)},
            )
            for one in told:
                messages.warning(request, one.sentence)
            return redirect(grant)
    context = {
        "form": form,
        "grant": grant,
        "balance": balance_of(grant),
        "planned": Allocation.objects.planned_sum(grant),
        "rows": rows,
        "kept": typed.is_kept,
    }
    return render_form(request, "funding/grant_allocate.html", context)


def _line(title: str, work_package: str, amount: int) -> str:
    return f"{title}: {work_package} – {kroner(amount)}" if work_package else f"{title} – {kroner(amount)}"


def _posting_page(
    request: SignedInRequest,
    allocation: Allocation,
    make: Callable[[Any], Any],
    act: Callable[[dict[str, Any]], rules.Told | Allocation | None],
    *,
    done: str,
    **context: Any,
) -> HttpResponse:
    """A page that changes what an allocation holds: `make` the form of what was typed, `act` on what it says."""
    typed = kept_input.read(request)
    form = make(typed.data)
    conflict: FactsChanged | None = None
    if request.method == "POST" and form.is_valid():
        try:
            told = act(form.cleaned_data)
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, done)
            if isinstance(told, rules.Told):
                messages.warning(request, told.sentence)
            return redirect(allocation)
    page = {
        "allocation": allocation,
        "grant": allocation.grant,
        "balance": balance_of(allocation.grant),
        "form": form,
        "conflict": conflict,
        "kept": typed.is_kept,
    }
    return render_form(request, POST, {**page, **context})


def _seen(allocation: Allocation) -> dict[str, Any]:
    return {"version": newest_version(allocation)}


@form_view
def allocation_amount(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Raise or lower an allocation by a later decision."""
    allocation = _edited(request, public_id)
    return _posting_page(
        request,
        allocation,
        lambda data: AmountForm(data, initial=_seen(allocation)),
        lambda data: actions.change_amount(allocation=allocation, by=request.user, **data),
        done=_("Beløpet er endret."),
        heading=_("Endre beløpet"),
        help=_(
            "Et vedtak kan øke eller redusere det som er tildelt. Det som ble tildelt først, står i historikken."
        ),
        submit=_("Endre beløpet"),
        shows_balance=True,
    )


@form_view
def allocation_withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take an allocation back by a later decision, or drop a plan nothing was decided of."""
    allocation = _edited(request, public_id)
    if allocation.is_planned:
        return _posting_page(
            request,
            allocation,
            lambda data: CancelForm(data),
            lambda data: actions.cancel_allocation(allocation=allocation, by=request.user, **data),
            done=_("Linjen er tatt bort."),
            heading=_("Ta bort prioriteringen"),
            help=_("Ingenting er tildelt ennå. Linjen forsvinner fra listen over prioriterte."),
            submit=_("Ta bort"),
        )
    return _posting_page(
        request,
        allocation,
        lambda data: LaterForm(data, initial=_seen(allocation)),
        lambda data: actions.withdraw_allocation(allocation=allocation, by=request.user, **data),
        done=_("Tildelingen er trukket tilbake. Pengene er igjen i tilskuddet."),
        heading=_("Trekk tildelingen tilbake"),
        help=_("Hele beløpet går tilbake til tilskuddet. Det krever et vedtak."),
        submit=_("Trekk tilbake"),
    )


@form_view
def allocation_pay(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say that the money was paid."""
    allocation = _edited(request, public_id)
    return _posting_page(
        request,
        allocation,
        lambda data: PayForm(data),
        lambda data: actions.mark_paid(allocation=allocation, by=request.user, **data),
        done=_("Utbetalingen er ført."),
        heading=_("Før utbetaling"),
        help=_("Når pengene er utbetalt, kan mottakeren levere sluttrapport."),
        submit=_("Før utbetaling"),
    )


@form_view
def allocation_return(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Put what was not used back into the grant."""
    allocation = _edited(request, public_id)
    return _posting_page(
        request,
        allocation,
        lambda data: ReturnForm(data, initial={**_seen(allocation), "amount": allocation.amount}),
        lambda data: actions.return_money(allocation=allocation, by=request.user, **data),
        done=_("Pengene er ført tilbake til tilskuddet."),
        heading=_("Før tilbake ubrukte penger"),
        help=_(
            "Det som føres tilbake, kan tildeles på nytt. Resten regnes som brukt, og tildelingen er avsluttet."
        ),
        submit=_("Før tilbake"),
    )


@form_view
def allocation_carry(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Carry money with its decision to another year's grant."""
    allocation = _edited(request, public_id)
    return _posting_page(
        request,
        allocation,
        lambda data: CarryForm(
            data, grant=allocation.grant, initial={**_seen(allocation), "amount": allocation.amount}
        ),
        lambda data: actions.carry_over(allocation=allocation, by=request.user, **data),
        done=_("Pengene er overført, med det samme vedtaket."),
        heading=_("Overfør til et annet år"),
        help=_("Pengene følger tiltaket til et annet tilskudd, der de står som overførte midler."),
        submit=_("Overfør"),
    )
