"""Meetings: the list, one meeting, planning it, and what happens to it."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry, Viewer
from accounts.permissions import can_read_log
from helsefellesskap import kept_input
from helsefellesskap.http import Request, button, form_view, render_form
from helsefellesskap.norwegian import ascii_slug
from meetings import actions, permissions, rules
from meetings.actions.meetings import MovedDeadline
from meetings.documents.agendas import agenda_news, is_withheld
from meetings.documents.attendance import attendance_box
from meetings.documents.meetings import meeting_page, steps
from meetings.documents.minutes import minutes_box
from meetings.documents.signals import edit_url
from meetings.forms.meetings import (
    ArchiveForm,
    CancelForm,
    MeetingChangeForm,
    MeetingFilterForm,
    MeetingForm,
    MoveForm,
    when_of,
)
from meetings.models import AgendaVersion, Body, Deadline, Meeting, MeetingQuerySet, Minutes, Precision
from meetings.models.meetings import day_in_words
from meetings.rules.decisions import may_record
from meetings.rules.meetings import day_warnings, deadlines_of
from portfolio.actions.versions import FactsChanged, newest_version
from portfolio.documents import log_lines

PAGE_SIZE = 50


@login_not_required
@require_safe
def meeting_list(request: Request) -> HttpResponse:
    today = timezone.localdate()
    visible = Meeting.objects.visible_to(request.user)
    form = _filter_form(request, visible)
    found = visible
    if body := form.value("organ"):
        found = found.filter(body__code=body)
    if year := form.value("ar"):
        found = found.filter(day__year=int(year))
    coming = list(_with_signs(request.user, found.coming(today)))
    past = found.exclude(pk__in=[meeting.pk for meeting in coming]).newest_first()
    page = Paginator(_with_signs(request.user, past), PAGE_SIZE).get_page(request.GET.get("side"))
    context = {
        "form": form,
        "coming": coming,
        "page": page,
        "years": [(year, list(rows)) for year, rows in groupby(page, key=lambda meeting: meeting.year)],
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "can_edit": permissions.can_edit_meetings(request.user),
    }
    return render(request, "meetings/meeting_list.html", context)


def _filter_form(request: Request, visible: MeetingQuerySet) -> MeetingFilterForm:
    years = visible.exclude(day=None).dates("day", "year", order="DESC")
    form = MeetingFilterForm(
        request.GET,
        bodies=list(
            Body.objects.visible_to(request.user).filter(Exists(Meeting.objects.filter(body=OuterRef("pk"))))
        ),
        years=[day.year for day in years],
    )
    form.is_valid()
    return form


def _with_signs(user: Viewer, meetings: MeetingQuerySet) -> Any:
    """Whether there is an agenda and minutes this person may open."""
    minutes = Minutes.objects.visible_to(user).filter(meeting=OuterRef("pk"))
    return meetings.select_related("body").annotate(
        has_agenda=Exists(AgendaVersion.objects.filter(meeting=OuterRef("pk"))), has_minutes=Exists(minutes)
    )


def find_meeting(user: Viewer, code: str, day: str) -> Meeting:
    """The meeting at this address, or the one that was moved from it; else 404."""
    parts = day.split("-")
    precision = {1: Precision.YEAR, 2: Precision.MONTH}.get(len(parts), Precision.DAY)
    try:
        when = date(*(int(part) for part in (*parts, "1", "1")[:3]))
    except ValueError as error:
        raise Http404 from error
    visible = Meeting.objects.visible_to(user).select_related("body").filter(body__code=code)
    there = visible.filter(day=when, precision=precision).exclude(state=Meeting.State.CANCELLED).first()
    moved = visible.filter(moves__old_day=when, moves__old_precision=precision).order_by("-pk").first()
    cancelled = visible.filter(day=when, precision=precision).order_by("-pk").first()
    found = there or moved or cancelled
    if found is None:
        raise Http404
    return found


@login_not_required
@require_safe
def meeting_detail(request: Request, code: str, day: str) -> HttpResponseBase:
    meeting = find_meeting(request.user, code, day)
    if meeting.get_absolute_url() != request.path:
        return redirect(meeting)
    return _detail(request, meeting)


@login_not_required
@require_safe
def meeting_by_id(request: Request, public_id: str) -> HttpResponseBase:
    """Meetings whose day is not known, and cancelled ones; others have an address by their day."""
    meeting = _meeting(request, public_id)
    if meeting.get_absolute_url() != request.path:
        return redirect(meeting)
    return _detail(request, meeting)


def _detail(request: Request, meeting: Meeting) -> HttpResponse:
    user = request.user
    can_edit, sees_drafts = permissions.can_edit_meetings(user), permissions.can_read_drafts(user)
    if not meeting.is_inside:
        meeting.digital_url = ""
    agendas = list(meeting.agendas.defer("data"))
    move = meeting.moves.first()
    log = LogEntry.objects.visible_to(user).about(meeting).select_related("by")
    context = {
        "meeting": meeting,
        "page": meeting_page(user, meeting),
        "steps": steps(meeting),
        "deadlines": list(meeting.deadlines.all()) if sees_drafts else [],
        "today": timezone.localdate(),
        "agenda": next(iter(agendas), None),
        "agendas": agendas if sees_drafts else [],
        "news": agenda_news(meeting) if meeting.is_inside and len(agendas) > 1 else [],
        "is_withheld": bool(agendas) and (can_edit or not meeting.is_inside) and is_withheld(meeting),
        "moved_from": day_in_words(move.old_day, move.old_precision) if move else "",
        "move_reason": move.reason if move and meeting.is_inside else "",
        "attendance": attendance_box(user, meeting),
        "minutes_box": minutes_box(user, meeting),
        "signals": list(meeting.signals.with_top().select_related("strategic_area")),
        "signals_url": edit_url(meeting),
        "can_edit": can_edit,
        "can_read_drafts": sees_drafts,
        "can_change": can_edit and meeting.takes_cases,
        "can_record": can_edit and may_record(meeting, timezone.localdate()),
        "own_seat": permissions.own_seat(user, meeting),
        "log": log_lines(log[:30]) if can_read_log(user) else [],
    }
    return render(request, "meetings/meeting_detail.html", context)


def _meeting(request: Request, public_id: str) -> Meeting:
    return get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("body"), public_id=public_id
    )


def edited_meeting(request: SignedInRequest, public_id: str) -> Meeting:
    """The meeting, for the secretariat alone."""
    meeting = _meeting(request, public_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    return meeting


@form_view
def meeting_create(request: SignedInRequest) -> HttpResponse:
    """Choosing a day shows the deadlines it gives; with htmx at once, else after saving."""
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    if request.htmx and request.htmx.target == "frister":
        return _deadline_preview(request)
    typed = kept_input.read(request)
    body = Body.objects.filter(code=request.GET.get("organ", "")).first()
    form = MeetingForm(typed.data, initial={"body": body, "precision": Precision.DAY})
    if request.method == "POST" and form.is_valid():
        try:
            meeting = actions.plan_meeting(
                body=form.cleaned_data["body"], values=form.values(), by=request.user
            )
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            has_deadlines = meeting.deadlines.exists()
            messages.success(
                request,
                _("Møtet er planlagt. Fristene er regnet ut fra datoen.")
                if has_deadlines
                else _("Møtet er planlagt. Fristene regnes ut når datoen er satt."),
            )
            _warn(request, meeting)
            return redirect(meeting)
    return render_form(request, "meetings/meeting_create.html", {"form": form, "kept": typed.is_kept})


def _deadline_preview(request: SignedInRequest) -> HttpResponse:
    form = MeetingForm(request.GET)
    form.is_valid()
    data = form.cleaned_data
    due: dict[str, date] = {}
    if data.get("body") and data.get("day"):
        due = deadlines_of(data["body"], data["day"], data.get("precision", ""))
    context = {"due": [(Deadline.Kind(kind).label, day) for kind, day in due.items()]}
    return render(request, "meetings/meeting_create.html#frister", context)


@form_view
def meeting_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    typed = kept_input.read(request)
    form = MeetingChangeForm(typed.data, meeting=meeting, initial={"version": newest_version(meeting)})
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_meeting(
                meeting=meeting,
                values=form.values(),
                due=form.due(),
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Møtet er lagret."))
            return redirect(changed)
    context = {"meeting": meeting, "form": form, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "meetings/meeting_edit.html", context)


@form_view
def meeting_move(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    typed = kept_input.read(request)
    form = MoveForm(typed.data, initial={**when_of(meeting), "version": newest_version(meeting)})
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            moved, deadlines = actions.move_meeting(
                meeting=meeting,
                values=form.when(),
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Møtet er flyttet til %(day)s.") % {"day": moved.day_text})
            if deadlines:
                messages.info(request, _moved_in_words(deadlines))
            _warn(request, moved)
            return redirect(moved)
    context = {"meeting": meeting, "form": form, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "meetings/meeting_move.html", context)


def _warn(request: SignedInRequest, meeting: Meeting) -> None:
    for sentence in day_warnings(meeting, timezone.localdate()):
        messages.warning(request, sentence)


def _moved_in_words(deadlines: list[MovedDeadline]) -> str:
    return _("Frister som fulgte med: %(list)s.") % {"list": "; ".join(map(str, deadlines))}


@form_view
def meeting_cancel(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    typed = kept_input.read(request)
    form = CancelForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_meeting(meeting=meeting, reason=form.cleaned_data["reason"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request, _("Møtet er avlyst. Sakene er utsatt og kan settes på en annen sakliste.")
            )
            return redirect("meetings:meeting-by-id", public_id=meeting.public_id)
    return render_form(
        request, "meetings/meeting_cancel.html", {"meeting": meeting, "form": form, "kept": typed.is_kept}
    )


@button
def meeting_hold(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The meeting was held; with `angre` it was not after all."""
    meeting = edited_meeting(request, public_id)
    try:
        if "angre" in request.POST:
            actions.take_back_holding(meeting=meeting, by=request.user)
            said = _("Møtet står ikke lenger som holdt.")
        else:
            actions.hold_meeting(meeting=meeting, by=request.user)
            said = _("Møtet er holdt. Før oppmøte og vedtak, og lag utkast til protokoll.")
        messages.success(request, said)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(meeting)


@button
def deadline_keep(request: SignedInRequest, public_id: str, kind: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    if kind not in Deadline.Kind.values:
        raise Http404
    actions.mark_deadline(meeting=meeting, kind=kind, by=request.user)
    return redirect(f"{meeting.get_absolute_url()}#frister")


@form_view
def meeting_archive(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    typed = kept_input.read(request)
    form = ArchiveForm(typed.data, initial={"archive_ref": meeting.archive_ref})
    if request.method == "POST" and form.is_valid():
        try:
            actions.archive_meeting(
                meeting=meeting, archive_ref=form.cleaned_data["archive_ref"], by=request.user
            )
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Møtet er arkivert."))
            return redirect(meeting)
    context = {"meeting": meeting, "form": form, "kept": typed.is_kept}
    return render_form(request, "meetings/meeting_archive.html", context)


@button
def meeting_export(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The archive package; a button, since it is recorded that it was taken out."""
    meeting = edited_meeting(request, public_id)
    try:
        package = actions.export_meeting(meeting=meeting, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("meetings:meeting-archive", public_id=meeting.public_id)
    name = f"arkiv-{ascii_slug(str(meeting))}.zip"
    return FileResponse(package, as_attachment=True, filename=name, content_type="application/zip")
