"""Meetings and arrangements as a calendar: open, signed in, and at a secret address for a phone."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Viewer
from helsefellesskap import calendars
from helsefellesskap.http import Request
from helsefellesskap.mail import absolute
from meetings import actions
from meetings.actions.calendars import person_with, token_of
from meetings.documents.calendars import calendar_entries
from meetings.models import CalendarKey


@login_not_required
@require_safe
def calendar(request: Request) -> HttpResponse:
    """What the public may see, or more for whoever is signed in."""
    return _feed(request.user)


@login_not_required
@require_safe
def calendar_secret(request: Request, token: str) -> HttpResponse:
    """The same as its owner sees signed in; who has the address needs no sign-in."""
    person = person_with(token)
    if person is None:
        raise Http404
    response = _feed(person)
    response["Cache-Control"] = "private, no-store"
    return response


def _feed(user: Viewer) -> HttpResponse:
    entries = calendar_entries(user, today=timezone.localdate())
    name = _("Møter i %(partnership)s") % {"partnership": settings.SITE_NAME}
    return calendars.response(calendars.feed(entries, name=name))


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: SignedInRequest) -> HttpResponse:
    """The person's own secret address: make, make anew, revoke."""
    if request.method == "POST":
        if "trekk" in request.POST:
            actions.revoke_calendar_key(by=request.user)
            messages.success(request, _("Adressen virker ikke lenger."))
        else:
            actions.renew_calendar_key(by=request.user)
            messages.success(request, _("Du har fått en ny adresse. En gammel virker ikke lenger."))
        return redirect("meetings:calendar-edit")
    key = CalendarKey.objects.filter(person=request.user).first()
    address = absolute(reverse("meetings:calendar-secret", args=[token_of(key)])) if key else ""
    webcal = f"webcal://{address.partition('://')[2]}"
    return render(request, "meetings/calendar_edit.html", {"key": key, "address": address, "webcal": webcal})
