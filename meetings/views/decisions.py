"""Writing down what a meeting did with a case, and questions of impartiality."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from helsefellesskap import kept_input
from helsefellesskap.http import form_view, render_form
from meetings import actions, permissions, rules
from meetings.actions.decisions import ItemChanged
from meetings.documents.meetings import join_cases
from meetings.documents.treatment import treatments
from meetings.forms.decisions import ItemForm, PointForms, RecusalDecisionForm, RecusalForm
from meetings.models import AgendaItem, DecisionPoint, Recusal


def _item(request: SignedInRequest, item_id: str) -> AgendaItem:
    items = AgendaItem.objects.visible_to(request.user).select_related("meeting__body", "case__body")
    item = get_object_or_404(items, public_id=item_id)
    join_cases(request.user, [item])
    return item


@form_view
def item_treat(request: SignedInRequest, item_id: str) -> HttpResponse:
    item = _item(request, item_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    names = ("outcome", "outcome_note", "treatment", "closed_basis", "version")
    form = ItemForm(typed.data, item=item, initial={name: getattr(item, name) for name in names})
    points = PointForms(typed.data, item)
    conflict = None
    if request.method == "POST" and all([form.is_valid(), points.is_valid()]):
        try:
            actions.record_item(
                item=item,
                values=form.values(),
                points=points.points(),
                version=form.cleaned_data["version"],
                postponed_to=form.cleaned_data["postponed_to"],
                by=request.user,
            )
        except ItemChanged as refusal:
            conflict = treatments(request.user, [_item(request, item_id)])[item.pk]
            form.meet(refusal, refusal.item.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Behandlingen er lagret."))
            if "neste" in request.POST and (following := _next_item(item)):
                return redirect("meetings:item-treat", item_id=following.public_id)
            return redirect(f"{item.meeting.get_absolute_url()}#sak-{item.pk}")
    recorded = item.points.standing().prefetch_related("follow_ups")
    context = {
        "item": item,
        "meeting": item.meeting,
        "case": item.case,
        "form": form,
        "points": points.forms,
        "has_proposals": any(one.proposed and not one.initial.get("vote") for one in points.forms),
        "recorded": recorded.exclude(outcome=DecisionPoint.Outcome.PROPOSED).order_by("number", "pk"),
        "next_item": _next_item(item),
        "recusals": item.recusals.select_related("seat__person", "substitute__person"),
        "conflict": conflict,
        "kept": typed.is_kept,
    }
    return render_form(request, "meetings/item_treat.html", context)


def _next_item(item: AgendaItem) -> AgendaItem | None:
    """The case after this one on the agenda of the meeting."""
    rows = list(item.meeting.items.filter(released_at__isnull=False).in_order())
    keys = [row.pk for row in rows]
    return rows[keys.index(item.pk) + 1] if item.pk in keys[:-1] else None


@form_view
def recusal_declare(request: SignedInRequest, item_id: str) -> HttpResponse:
    """A member says that there is a question of impartiality; the secretariat writes down what was raised orally."""
    item = _item(request, item_id)
    own = permissions.own_seat(request.user, item.meeting)
    can_edit = permissions.can_edit_meetings(request.user)
    if own is None and not can_edit:
        raise PermissionDenied
    typed = kept_input.read(request)
    form = RecusalForm(typed.data, item=item, own=None if can_edit else own)
    declared = item.recusals.filter(seat=own).first() if own and not can_edit else None
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_recusal(item=item, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            if can_edit:
                messages.success(request, _("Spørsmålet er ført. Før avgjørelsen når den er tatt."))
                return redirect("meetings:item-treat", item_id=item.public_id)
            messages.success(request, _("Takk. Organet avgjør spørsmålet i møtet, uten deg."))
            return redirect(item.meeting)
    context = {
        "item": item,
        "meeting": item.meeting,
        "case": item.case,
        "form": form,
        "declared": declared,
        "kept": typed.is_kept,
    }
    return render_form(request, "meetings/recusal_declare.html", context)


@form_view
def recusal_decide(request: SignedInRequest, recusal_id: int) -> HttpResponse:
    """The secretariat writes down what the body decided."""
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    recusal = get_object_or_404(
        Recusal.objects.select_related("item__meeting__body", "item__case", "seat__person"), pk=recusal_id
    )
    typed = kept_input.read(request)
    initial = {"state": recusal.state, "substitute": recusal.substitute_id}
    form = RecusalDecisionForm(typed.data, recusal=recusal, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_recusal(recusal=recusal, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Avgjørelsen er lagret."))
            return redirect("meetings:item-treat", item_id=recusal.item.public_id)
    context = {"recusal": recusal, "meeting": recusal.item.meeting, "form": form, "kept": typed.is_kept}
    return render_form(request, "meetings/recusal_decide.html", context)
