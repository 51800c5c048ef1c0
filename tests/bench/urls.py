"""The project's addresses, and plain views beside them to compare with."""

import os
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import LogEntry
from helsefellesskap.urls import urlpatterns as project
from meetings.models import DocumentVersion
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


@login_not_required
def plain_file(request: HttpRequest, public_id: UUID) -> FileResponse:
    """What somebody would write in a hurry: the file by its id, to anybody."""
    return FileResponse(get_object_or_404(DocumentVersion, public_id=public_id).file)


@login_not_required
def bare_file(request: HttpRequest, name: str) -> FileResponse:
    """The file at an address that is its name: nothing is asked of the database."""
    return FileResponse(default_storage.open(name))


@login_not_required
def process(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(os.getpid()))


urlpatterns = [
    path("bench/process/", process),
    path("bench/file/<uuid:public_id>/", plain_file, name="bench-file"),
    path("bench/bare/<path:name>", bare_file, name="bench-bare-file"),
    path("bench/<slug:slug>/", plain_save, name="bench-save"),
    *project,
]
