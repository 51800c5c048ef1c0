"""Gains: who pays for the initiatives, who gains from them, and how much."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from funding import actions, permissions, rules
from funding.forms.gains import GainForm
from funding.models import Gain
from helsefellesskap import kept_input
from helsefellesskap.http import Request, button, form_view, render_form
from helsefellesskap.norwegian import norwegian_order
from portfolio.actions.versions import FactsChanged
from portfolio.models import Initiative


@login_not_required
@require_safe
def gain_list(request: Request) -> HttpResponse:
    visible = Gain.objects.visible_to(request.user)
    sums = {"expected": Sum("expected"), "realised": Sum("realised")}
    by_pair = visible.order_by().values("payer__name", "gainer__name").annotate(**sums, count=Count("pk"))
    context = {
        "gains": visible.select_related("initiative", "payer", "gainer").order_by(
            norwegian_order("initiative__title"), "pk"
        ),
        "total": visible.aggregate(**sums),
        "pairs": by_pair.order_by(norwegian_order("payer__name"), norwegian_order("gainer__name")),
        "can_edit": permissions.can_edit_funding(request.user),
    }
    return render(request, "funding/gain_list.html", context)


@form_view
def gain_create(request: SignedInRequest) -> HttpResponse:
    """A gain of the initiative named by `tiltak`, or of one that is chosen."""
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    visible = Initiative.objects.visible_to(request.user)
    asked = visible.filter(slug=request.GET.get("tiltak", "").replace("\x00", "")).first()
    form = GainForm(typed.data, user=request.user, asked=asked)
    if request.method == "POST" and form.is_valid():
        initiative = form.cleaned_data["initiative"]
        try:
            actions.create_gain(initiative=initiative, values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Gevinsten er ført."))
            return redirect(initiative)
    context = {"form": form, "initiative": asked, "kept": typed.is_kept}
    return render_form(request, "funding/gain_edit.html", context)


def _edited_gain(request: SignedInRequest, public_id: str) -> Gain:
    gains = Gain.objects.visible_to(request.user).select_related("initiative")
    gain = get_object_or_404(gains, public_id=public_id)
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    return gain


@form_view
def gain_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    gain = _edited_gain(request, public_id)
    typed = kept_input.read(request)
    form = GainForm(typed.data, user=request.user, gain=gain)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_gain(
                gain=gain,
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
            return redirect(gain.initiative)
    context = {
        "form": form,
        "gain": gain,
        "initiative": gain.initiative,
        "conflict": conflict,
        "kept": typed.is_kept,
    }
    return render_form(request, "funding/gain_edit.html", context)


@button
def gain_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    gain = _edited_gain(request, public_id)
    actions.delete_gain(gain=gain, by=request.user)
    messages.success(request, _("Gevinsten er slettet."))
    return redirect(gain.initiative)
