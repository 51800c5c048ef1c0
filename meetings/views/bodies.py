"""The bodies of the partnership: what they are, who sits in them, when they meet."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from helsefellesskap.http import Request
from meetings import permissions
from meetings.documents.bodies import places
from meetings.models import Body, Meeting


@login_not_required
@require_safe
def body_list(request: Request) -> HttpResponse:
    today = timezone.localdate()
    visible = Meeting.objects.visible_to(request.user)
    bodies = Body.objects.visible_to(request.user).annotate(
        held=Count("meetings", filter=Q(meetings__in=visible.values("pk"))),
    )
    current = bodies.in_use(today)
    context = {
        "bodies": current,
        "earlier": bodies.exclude(pk__in=current.values("pk")),
        "can_edit": permissions.can_edit_meetings(request.user),
    }
    return render(request, "meetings/body_list.html", context)


@login_not_required
@require_safe
def body_detail(request: Request, code: str) -> HttpResponse:
    body = get_object_or_404(Body.objects.visible_to(request.user), code=code)
    today = timezone.localdate()
    meetings = Meeting.objects.visible_to(request.user).select_related("body").filter(body=body)
    seats = places(request.user, body, today=today)
    context = {
        "body": body,
        "places": seats,
        "shows_names": any(place.name for place in seats),
        "meetings": meetings.newest_first()[:20],
        "can_edit": permissions.can_edit_meetings(request.user),
    }
    return render(request, "meetings/body_detail.html", context)
