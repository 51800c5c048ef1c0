"""Reports of use: what was spent of an allocation."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from funding import actions, permissions, rules
from funding.forms.reports import ReportForm
from funding.models import Allocation, SpendingReport
from helsefellesskap import kept_input
from helsefellesskap.http import form_view, render_form


@form_view
def report_create(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The recipient tells what was spent; what one may not know the purpose of is not found."""
    open_ones = Allocation.objects.visible_to(request.user).named_to(request.user)
    related = ("grant__scheme", "initiative", "recipient")
    allocation = get_object_or_404(open_ones.select_related(*related), public_id=public_id)
    if not permissions.can_report_spending(request.user, allocation):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = ReportForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            told = actions.report_spending(allocation=allocation, **form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Takk! Rapporten er levert."))
            if told:
                messages.warning(request, told.sentence)
            return redirect(allocation)
    earlier = SpendingReport.objects.visible_to(request.user).filter(allocation=allocation)
    context = {
        "form": form,
        "allocation": allocation,
        "reports": earlier.select_related("made_by").newest_first(),
        "kept": typed.is_kept,
    }
    return render_form(request, "funding/report_edit.html", context)
