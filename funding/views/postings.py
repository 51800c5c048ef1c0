"""What changes money: allocating by a decision, later decisions, payment, returns, carrying over, and corrections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import SignedInRequest
from funding import actions, permissions, rules
from funding.documents import planned_rows
from funding.forms.allocations import (
    AllocateForm,
    AmountForm,
    CancelForm,
    CarryForm,
    CorrectForm,
    LaterForm,
    PayForm,
    ReturnForm,
    TransferCorrectForm,
)
from funding.models import Allocation, Transfer, balance_of
from funding.views.allocations import edited_allocation
from funding.views.grants import edited_grant
from helsefellesskap import kept_input
from helsefellesskap.http import form_view, render_form
from helsefellesskap.money import kroner
from helsefellesskap.templatetags.norsk import dato
from portfolio.actions.versions import FactsChanged, newest_version

POST = "funding/allocation_post.html"


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
    allocation = edited_allocation(request, public_id)
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
        left=balance_of(allocation.grant).left(allocation.source),
    )


@form_view
def allocation_withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take an allocation back by a later decision, or drop a plan nothing was decided of."""
    allocation = edited_allocation(request, public_id)
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
    allocation = edited_allocation(request, public_id)
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
    allocation = edited_allocation(request, public_id)
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
    allocation = edited_allocation(request, public_id)
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


@form_view
def allocation_correct(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take back the newest that was posted, when it was a mistake."""
    allocation = edited_allocation(request, public_id)
    newest = allocation.postings.standing().order_by("-pk").first()
    if newest is None:
        messages.info(request, _("Det er ikke ført noe på tildelingen som kan rettes."))
        return redirect(allocation)
    what = f"{newest.get_kind_display()} {dato(newest.on)}"
    return _posting_page(
        request,
        allocation,
        lambda data: CorrectForm(data, initial=_seen(allocation)),
        lambda data: actions.correct_allocation(allocation=allocation, by=request.user, **data),
        done=_("«%(what)s» er rettet.") % {"what": what},
        heading=_("Rett det siste som ble ført"),
        help=_("«%(what)s» tas tilbake, som om det ikke var ført. Begge deler blir stående i historikken.")
        % {"what": what},
        submit=_("Rett"),
    )


@form_view
def transfer_correct(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take back a transfer between years, when it was a mistake."""
    transfers = Transfer.objects.visible_to(request.user).standing().filter(allocation=None)
    transfer = get_object_or_404(
        transfers.select_related("from_grant__scheme", "to_grant__scheme"), public_id=public_id
    )
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = TransferCorrectForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_transfer(transfer=transfer, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Overføringen er tatt tilbake."))
            return redirect(transfer.from_grant)
    context = {"form": form, "transfer": transfer, "kept": typed.is_kept}
    return render_form(request, "funding/transfer_correct.html", context)
