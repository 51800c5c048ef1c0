"""The project's addresses, and a plain view beside them to compare with."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import LogEntry
from helsefellesskap.urls import urlpatterns as project
from portfolio.models import Initiative, StatusReport


@require_POST
def plain_save(request: HttpRequest, slug: str) -> HttpResponse:
    """What somebody would write in a hurry: no lock, no rules, no form; the same rows, the same answer."""
    initiative = get_object_or_404(Initiative, slug=slug)
    comment = request.POST["comment"]
    with transaction.atomic():
        report = StatusReport.objects.create(
            initiative=initiative,
            reported_on=request.POST["reported_on"],
            phase_from_id=request.POST["phase_from"],
            state=request.POST["state"],
            comment=comment,
            next_step=request.POST["next_step"],
            reported_by=request.user,
            publication=StatusReport.Publication.PUBLISHED,
            published_at=timezone.now(),
            published_by=request.user,
        )
        Initiative.objects.filter(pk=initiative.pk).update(latest_report=report)
        LogEntry.objects.create(
            by=request.user,
            verb="publiserte status",
            target_type=initiative._meta.label_lower,
            target_id=str(initiative.pk),
            target=str(initiative),
            new={"comment": comment, "state": report.state, "reported_on": report.reported_on},
        )
    fresh = Initiative.objects.with_status().with_funded().get(pk=initiative.pk)
    context = {"initiative": fresh, "can_edit": True, "has_focus": True, "next": "/tiltak/"}
    return render(request, "portfolio/initiative_list.html#row", context)


urlpatterns = [path("bench/<slug:slug>/", plain_save, name="bench-save"), *project]
