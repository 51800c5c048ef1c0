"""What meetings know about initiatives and strategic areas, on those things' own pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from helsefellesskap.http import Request
from helsefellesskap.panels import Panel, register_about
from meetings import permissions
from meetings.documents.initiatives import cases_about, cases_of_area, priorities
from meetings.documents.signals import signal_sources
from meetings.models import Event, Signal
from portfolio.models import Initiative, StrategicArea


@register_about(Initiative)
def treated_in(request: Request, initiative: Initiative) -> Panel | None:
    rows = cases_about(request.user, initiative)
    can_edit = permissions.can_edit_meetings(request.user)
    if not rows and not can_edit:
        return None
    context = {"initiative": initiative, "rows": rows, "can_edit": can_edit}
    return Panel(_("Behandlet i"), "meetings/parts/about_cases.html", context, order=30)


@register_about(Initiative)
def events_of(request: Request, initiative: Initiative) -> Panel | None:
    events = list(Event.objects.visible_to(request.user).filter(initiatives=initiative).newest_first())
    if not events:
        return None
    return Panel(_("Arrangementer"), "meetings/parts/about_events.html", {"events": events}, order=40)


@register_about(StrategicArea)
def priorities_of(request: Request, area: StrategicArea) -> Panel | None:
    rows = priorities(request.user, area=area)
    can_edit = permissions.can_edit_meetings(request.user)
    if not rows and not can_edit:
        return None
    context = {"rows": rows, "can_edit": can_edit}
    return Panel(_("Prioritert"), "meetings/parts/about_priorities.html", context, order=20)


@register_about(StrategicArea)
def area_cases(request: Request, area: StrategicArea) -> Panel | None:
    cases = cases_of_area(request.user, area)
    if not cases:
        return None
    return Panel(_("Saker"), "meetings/parts/about_area_cases.html", {"cases": cases}, order=30)


@register_about(StrategicArea)
def area_signals(request: Request, area: StrategicArea) -> Panel | None:
    sources = signal_sources(Signal.objects.visible_to(request.user).filter(strategic_area=area))
    if not sources:
        return None
    return Panel(_("Innspill"), "meetings/parts/about_signals.html", {"sources": sources}, order=40)
