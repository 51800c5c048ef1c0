"""Themes that came up in arrangements, meetings and bodies, and the priorities that decisions made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Viewer
from helsefellesskap import kept_input
from helsefellesskap.http import Request, button, form_view, render_form
from meetings import actions, permissions, rules
from meetings.actions.signals import SignalsChanged, Source, fingerprint
from meetings.documents.initiatives import priorities
from meetings.documents.signals import signal_sources
from meetings.forms.signals import PriorityForm, SignalFilterForm, ThemeFormSet, initial_themes
from meetings.models import Body, Event, Meeting, Signal, StrategicPriority


@login_not_required
@require_safe
def signal_list(request: Request) -> HttpResponse:
    form = SignalFilterForm(request.GET)
    signals = Signal.objects.visible_to(request.user)
    if form.area:
        signals = signals.filter(strategic_area=form.area)
    can_edit = permissions.can_edit_meetings(request.user)
    context = {
        "form": form,
        "area": form.area,
        "sources": signal_sources(signals),
        "bodies": Body.objects.visible_to(request.user) if can_edit else [],
        "can_edit": can_edit,
    }
    return render(request, "meetings/signal_list.html", context)


def _source(user: Viewer, kind: str, key: str) -> Source:
    if kind == "organ":
        return get_object_or_404(Body.objects.visible_to(user), code=key)
    try:
        public_id = UUID(key)
    except ValueError as error:
        raise Http404 from error
    if kind == "arrangement":
        return get_object_or_404(Event.objects.visible_to(user), public_id=public_id)
    if kind == "mote":
        return get_object_or_404(Meeting.objects.visible_to(user).select_related("body"), public_id=public_id)
    raise Http404


@form_view
def signal_edit(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    """All themes of one arrangement, meeting or body; a line without a text is none."""
    source = _source(request.user, kind, key)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    now = list(source.signals.select_related("strategic_area"))
    formset: Any = ThemeFormSet(typed.data, prefix="tema", initial=initial_themes(now))
    context: dict[str, Any] = {
        "source": source,
        "formset": formset,
        "seen": typed.data.get("seen", "") if typed.data else fingerprint(now),
        "kept": typed.is_kept,
    }
    if request.method == "POST" and formset.is_valid():
        try:
            actions.set_signals(source=source, themes=formset.themes(), seen=context["seen"], by=request.user)
        except SignalsChanged as refusal:
            context |= {"conflict": refusal.signals, "seen": fingerprint(refusal.signals)}
        except rules.NotAllowed as refusal:
            context["refusal"] = str(refusal)
        else:
            messages.success(request, _("Innspillene er lagret."))
            return redirect(source if kind == "arrangement" else reverse("meetings:signal-list"))
    return render_form(request, "meetings/signal_edit.html", context)


@form_view
def priority_edit(request: SignedInRequest) -> HttpResponse:
    """The priorities of all years, and one more."""
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = PriorityForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            priority = actions.set_priority(**form.cleaned_data, by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request,
                _("%(area)s er prioritert i %(year)s.") % {"area": priority.area, "year": priority.year},
            )
            return redirect("meetings:priority-edit")
    context = {"form": form, "rows": priorities(request.user), "kept": typed.is_kept}
    return render_form(request, "meetings/priority_edit.html", context)


@button
def priority_remove(request: SignedInRequest, priority_id: int) -> HttpResponse:
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    priority = get_object_or_404(
        StrategicPriority.objects.select_related("area", "point__case"), pk=priority_id
    )
    actions.remove_priority(priority=priority, by=request.user)
    messages.success(request, _("Prioriteringen er fjernet."))
    return redirect("meetings:priority-edit")
