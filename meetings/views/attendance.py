"""Calling a meeting, absence, deputies, who came, and the mails that were sent."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from helsefellesskap import kept_input
from helsefellesskap.http import button, form_view, posted_number, render_form
from meetings import actions, permissions, rules
from meetings.actions.attendance import Came
from meetings.documents.attendance import AttendanceBox, attendance_box
from meetings.forms.attendance import AlsoPresentForm, CallForm, CameForm
from meetings.models import Attendance, Meeting, Notice, Seat


def _meeting(request: SignedInRequest, public_id: str) -> Meeting:
    return get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("body"), public_id=public_id
    )


def _edited(request: SignedInRequest, public_id: str) -> Meeting:
    meeting = _meeting(request, public_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    return meeting


@form_view
def meeting_call(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = _edited(request, public_id)
    typed = kept_input.read(request)
    form = CallForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            sent = actions.call_meeting(meeting=meeting, text=form.cleaned_data["text"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request,
                ngettext(
                    "Innkallingen sendes til %(n)s person.",
                    "Innkallingen sendes til %(n)s personer.",
                    len(sent),
                )
                % {"n": len(sent)},
            )
            return redirect(meeting)
    context = {"meeting": meeting, "form": form, "people": actions.invited(meeting), "kept": typed.is_kept}
    return render_form(request, "meetings/meeting_call.html", context)


@button
def absence_report(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The member's one button; the secretariat does it for somebody else with `plass`."""
    meeting = _meeting(request, public_id)
    seat = permissions.own_seat(request.user, meeting)
    wanted = posted_number(request, "plass")
    if wanted is not None and permissions.can_edit_meetings(request.user):
        seat = get_object_or_404(Seat, pk=wanted, body=meeting.body)
    if seat is None:
        raise PermissionDenied
    try:
        if "kommer" in request.POST:
            actions.withdraw_absence(meeting=meeting, seat=seat, by=request.user)
            messages.success(request, _("Forfallet er trukket."))
        else:
            deputy = actions.report_absence(meeting=meeting, seat=seat, by=request.user)
            messages.success(
                request,
                _("Forfallet er meldt. %(name)s er kalt inn.") % {"name": deputy.seat.person}
                if deputy
                else _("Forfallet er meldt. Sekretariatet kaller inn vara.")
                if actions.free_deputies(meeting, seat)
                else _("Forfallet er meldt. Det er ingen vara å kalle inn."),
            )
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{meeting.get_absolute_url()}#oppmote")


@button
def deputy_call(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = _edited(request, public_id)
    deputy = get_object_or_404(Seat, pk=posted_number(request, "vara"), body=meeting.body)
    try:
        if "trekk" in request.POST:
            actions.recall_deputy(meeting=meeting, seat=deputy, by=request.user)
            messages.success(request, _("Innkallingen av varaen er trukket."))
        else:
            absent = get_object_or_404(Seat, pk=posted_number(request, "for"), body=meeting.body)
            actions.call_deputy(meeting=meeting, seat=deputy, stands_in_for=absent, by=request.user)
            messages.success(request, _("%(name)s er kalt inn som vara.") % {"name": deputy.person})
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{meeting.get_absolute_url()}#oppmote")


@form_view
def attendance_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Who came, written down during the meeting or after it."""
    meeting = _edited(request, public_id)
    typed = kept_input.read(request)
    box = attendance_box(request.user, meeting)
    forms = _came_forms(typed.data, box)
    also = AlsoPresentForm(typed.data, initial={"also_present": meeting.also_present})
    if request.method == "POST" and all([*(form.is_valid() for form in forms), also.is_valid()]):
        try:
            actions.record_attendance(
                meeting=meeting,
                rows=_came(forms, all_expected="alle" in request.POST),
                also_present=also.cleaned_data["also_present"],
                also_seen=request.POST.get("initial-also_present", "").replace("\r\n", "\n"),
                by=request.user,
            )
        except rules.NotAllowed as refusal:
            also.add_error(refusal.field, str(refusal))
            meeting.refresh_from_db()
            also.data = {**request.POST.dict(), "initial-also_present": meeting.also_present}
        else:
            messages.success(request, _("Oppmøtet er lagret."))
            return redirect(f"{meeting.get_absolute_url()}#oppmote")
    context = {"meeting": meeting, "forms": forms, "form": also, "kept": typed.is_kept}
    return render_form(request, "meetings/attendance_edit.html", context)


def _came(forms: list[CameForm], *, all_expected: bool) -> list[Came]:
    """What was changed; with `all_expected`, those whom nothing was said of were there."""
    rows = []
    for form in forms:
        came = Came(form.seat, **form.cleaned_data)
        if all_expected and came.state == Attendance.State.EXPECTED:
            rows.append(replace(came, state=Attendance.State.PRESENT))
        elif form.has_changed():
            rows.append(came)
    return rows


def _came_forms(data: object, box: AttendanceBox | None) -> list[CameForm]:
    rows = [*box.rows, *box.deputies] if box else []
    return [
        CameForm(
            data,
            seat=row.seat,
            prefix=f"plass-{row.seat.pk}",
            initial={
                "state": row.state,
                "arrived_at": row.attendance.arrived_at if row.attendance else None,
                "left_at": row.attendance.left_at if row.attendance else None,
            },
        )
        for row in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The mails about a meeting; one that did not arrive is sent again with a button."""
    meeting = _edited(request, public_id)
    if request.method == "POST":
        notice = get_object_or_404(meeting.notices, pk=posted_number(request, "varsel"))
        try:
            actions.resend_notice(notice=notice, by=request.user)
            messages.success(request, _("E-posten sendes på nytt."))
        except rules.NotAllowed as refusal:
            messages.error(request, str(refusal))
        return redirect("meetings:notice-list", public_id=meeting.public_id)
    notices = meeting.notices.select_related("person", "created_by")
    failed = notices.filter(state=Notice.State.FAILED).count()
    context = {"meeting": meeting, "notices": notices, "failed": failed}
    return render(request, "meetings/notice_list.html", context)
