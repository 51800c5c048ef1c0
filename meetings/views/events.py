"""Arrangements: webinars, workshops, dialogue meetings and more; the list, one of them, keeping them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry
from accounts.permissions import can_read_log
from helsefellesskap import kept_input
from helsefellesskap.http import Request, form_view, render_form
from meetings import actions, permissions, rules
from meetings.documents.events import event_list as listed
from meetings.documents.signals import edit_url
from meetings.forms.events import EventFilterForm, EventForm
from meetings.models import Event
from portfolio.actions.versions import FactsChanged
from portfolio.documents import log_lines
from portfolio.models import Initiative


@login_not_required
@require_safe
def event_list(request: Request) -> HttpResponse:
    form = EventFilterForm(request.GET)
    found = Event.objects.visible_to(request.user).select_related("region")
    if form.kind:
        found = found.filter(kind=form.kind)
    context = {
        "form": form,
        "list": listed(found, today=timezone.localdate()),
        "can_edit": permissions.can_edit_meetings(request.user),
    }
    return render(request, "meetings/event_list.html", context)


@login_not_required
@require_safe
def event_detail(request: Request, public_id: str) -> HttpResponse:
    user = request.user
    event = get_object_or_404(Event.objects.visible_to(user).select_related("region"), public_id=public_id)
    log = LogEntry.objects.visible_to(user).about(event).select_related("by")
    context = {
        "event": event,
        "initiatives": Initiative.objects.visible_to(user).filter(events=event).in_paper_order(),
        "organisations": event.organisations.in_name_order(),
        "signals": event.signals.with_top().select_related("strategic_area"),
        "signals_url": edit_url(event),
        "can_edit": permissions.can_edit_meetings(user),
        "log": log_lines(log[:30]) if can_read_log(user) else [],
    }
    return render(request, "meetings/event_detail.html", context)


@form_view
def event_create(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = EventForm(typed.data, visible=Initiative.objects.visible_to(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.create_event(values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Arrangementet er opprettet."))
            return redirect(event)
    context = {"form": form, "event": None, "kept": typed.is_kept}
    return render_form(request, "meetings/event_edit.html", context)


@form_view
def event_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), public_id=public_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    visible = Initiative.objects.visible_to(request.user)
    form = EventForm(typed.data, instance=Event.objects.get(pk=event.pk), visible=visible)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_event(
                event=event, values=form.values(), version=form.cleaned_data["version"], by=request.user
            )
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Arrangementet er lagret."))
            return redirect(changed)
    context = {"form": form, "event": event, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "meetings/event_edit.html", context)
