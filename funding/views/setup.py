"""Schemes and grants: registering them, changing their terms, and carrying money on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from funding import actions, permissions, rules
from funding.forms.grants import GrantForm, SchemeForm, TransferForm
from funding.models import FundingScheme, Grant, Source, balance_of
from helsefellesskap import kept_input
from helsefellesskap.http import form_view, render_form
from helsefellesskap.money import kroner
from portfolio.actions.versions import FactsChanged


@form_view
def scheme_create(request: SignedInRequest) -> HttpResponse:
    """Then its first grant."""
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = SchemeForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            scheme = actions.create_scheme(**form.cleaned_data, by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Ordningen er opprettet. Registrer tilskuddet for et år."))
            return redirect(f"{reverse('funding:grant-create')}?ordning={scheme.slug}")
    return render_form(request, "funding/scheme_edit.html", {"form": form, "kept": typed.is_kept})


@form_view
def grant_create(request: SignedInRequest) -> HttpResponse:
    """The money of the scheme named by `ordning`, or of one that is chosen."""
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    schemes = list(FundingScheme.objects.all())
    if not schemes:
        messages.info(request, _("Registrer tilskuddsordningen først."))
        return redirect("funding:scheme-create")
    typed = kept_input.read(request)
    wanted = request.GET.get("ordning")
    chosen = next((scheme for scheme in schemes if scheme.slug == wanted), schemes[0])
    form = GrantForm(typed.data, initial={"scheme": chosen.pk, "year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        try:
            grant = actions.create_grant(values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("%(grant)s er registrert.") % {"grant": grant})
            return redirect(grant)
    return render_form(request, "funding/grant_edit.html", {"form": form, "kept": typed.is_kept})


def edited_grant(request: SignedInRequest, public_id: object) -> Grant:
    """The grant at this address, for those who may change it."""
    grants = Grant.objects.visible_to(request.user).select_related("scheme__grantor")
    grant = get_object_or_404(grants, public_id=public_id)
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    return grant


@form_view
def grant_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    grant = edited_grant(request, public_id)
    typed = kept_input.read(request)
    form = GrantForm(typed.data, grant=grant)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_grant(
                grant=grant,
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
            messages.success(request, _("Endringene er lagret."))
            return redirect(changed)
    context = {"form": form, "grant": grant, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "funding/grant_edit.html", context)


@form_view
def grant_transfer(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Carry what is left to another grant, most often the next year's."""
    grant = edited_grant(request, public_id)
    typed = kept_input.read(request)
    balance = balance_of(grant)
    form = TransferForm(typed.data, grant=grant, balance=balance)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        try:
            told = actions.transfer_money(from_grant=grant, **data, by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(
                request,
                _("%(amount)s er overført til %(grant)s.")
                % {"amount": kroner(data["amount"]), "grant": data["to_grant"]},
            )
            if told:
                messages.warning(request, told.sentence)
            return redirect(grant)
    has_others = Grant.objects.exclude(pk=grant.pk).exists()
    context = {
        "form": form,
        "grant": grant,
        "balance": balance,
        "left": [
            (kind.label, balance.left(kind), kind == Source.NEW and balance.is_rounded)
            for kind in Source
            if kind == Source.NEW or balance.transferred_in
        ],
        "has_left": any(balance.left(kind) > 0 for kind in Source),
        "has_others": has_others,
        "kept": typed.is_kept,
    }
    return render_form(request, "funding/grant_transfer.html", context)
