"""Minutes: written, sent for comments, approved, corrected; as a page and as PDF."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Viewer
from helsefellesskap import downloads, kept_input, pdf
from helsefellesskap.files import printed
from helsefellesskap.http import Request, button, form_view, render_form
from helsefellesskap.norwegian import ascii_slug
from helsefellesskap.workdays import add_working_days
from meetings import actions, permissions, rules
from meetings.documents.minutes import (
    approvals_of,
    fingerprint,
    minutes_data,
    minutes_for,
    minutes_print,
    minutes_stand,
)
from meetings.forms.minutes import CommentForm, CorrectionForm, MinutesForm, SendForm
from meetings.models import Meeting, Minutes
from meetings.views.meetings import edited_meeting, find_meeting


def _find(user: Viewer, meeting: Meeting, wanted: str | None = None) -> Minutes:
    """The version asked for, for the secretariat and leaders; else the newest the person may know of.

    Outside, approved minutes are not found when a case in them has become exempt since, until they are corrected.
    """
    versions = (
        Minutes.objects.visible_to(user).filter(meeting=meeting).select_related("meeting__body", "written_by")
    )
    if (
        wanted
        and wanted.isascii()
        and wanted.isdecimal()
        and len(wanted) < 4
        and permissions.can_read_drafts(user)
    ):
        return get_object_or_404(versions, number=int(wanted))
    found = versions.first()
    if found is None or not (meeting.is_inside or minutes_stand(found)):
        raise Http404
    return found


def _meeting(request: Request, public_id: str) -> Meeting:
    return get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("body"), public_id=public_id
    )


@login_not_required
@require_safe
def minutes_detail(request: Request, code: str, day: str) -> HttpResponseBase:
    meeting = find_meeting(request.user, code, day)
    if f"{meeting.get_absolute_url()}protokoll/" != request.path:
        return redirect(f"{meeting.get_absolute_url()}protokoll/")
    return _page(request, meeting)


@login_not_required
@require_safe
def minutes_by_id(request: Request, public_id: str) -> HttpResponse:
    return _page(request, _meeting(request, public_id))


def _data(minutes: Minutes) -> dict[str, Any]:
    """What the minutes say: frozen once approved, live before."""
    if minutes.data:
        return dict(minutes.data)
    data = minutes_data(minutes.meeting, minutes, approvals=[])
    return {**data, "approvals": approvals_of(minutes, fingerprint(data))}


def _page(request: Request, meeting: Meeting) -> HttpResponse:
    user = request.user
    minutes = _find(user, meeting, request.GET.get("versjon"))
    is_approved = minutes.state == Minutes.State.APPROVED
    newest = Minutes.objects.visible_to(user).filter(meeting=meeting, state=Minutes.State.APPROVED).first()
    data = _data(minutes)
    content = fingerprint(data)
    given = minutes.approvals.select_related("approved_by").filter(content=content)
    can_approve = not is_approved and permissions.can_approve_minutes(user, minutes)
    due = minutes.comments_due
    context = {
        "meeting": meeting,
        "minutes": minutes,
        "said": minutes_for(data, is_inside=meeting.is_inside),
        "content": content,
        "is_approved": is_approved,
        "is_replaced": is_approved and newest is not None and newest.pk != minutes.pk,
        "versions": Minutes.objects.visible_to(user).filter(meeting=meeting).defer("data")
        if permissions.can_read_drafts(user)
        else [],
        "given": given,
        "stale": minutes.approvals.select_related("approved_by").exclude(content=content)
        if not is_approved
        else [],
        "is_due_ahead": due is not None and due >= timezone.localdate(),
        "comments": minutes.comments.select_related("written_by") if not is_approved else [],
        "can_edit": permissions.can_edit_meetings(user),
        "can_approve": can_approve
        and minutes.state == Minutes.State.COMMENTS
        and not given.filter(approved_by=user.pk).exists(),
        "can_comment": minutes.state == Minutes.State.COMMENTS
        and permissions.can_comment_minutes(user, minutes),
        "comment_form": CommentForm(),
    }
    return render(request, "meetings/minutes_detail.html", context)


@login_not_required
@require_safe
def minutes_pdf(request: Request, code: str, day: str) -> HttpResponseBase:
    return _file(request, find_meeting(request.user, code, day))


@login_not_required
@require_safe
def minutes_by_id_pdf(request: Request, public_id: str) -> HttpResponseBase:
    return _file(request, _meeting(request, public_id))


def _file(request: Request, meeting: Meeting) -> HttpResponseBase:
    """The frozen file of approved minutes; a print that says it is not approved of others."""
    minutes = _find(request.user, meeting, request.GET.get("versjon"))
    if minutes.state == Minutes.State.APPROVED:
        return downloads.serve(
            request,
            minutes.pdf if meeting.is_inside else minutes.public_pdf,
            name=f"protokoll-{ascii_slug(str(meeting))}.pdf",
            content_type="application/pdf",
            sha256=minutes.sha256 if meeting.is_inside else minutes.public_sha256,
        )
    try:
        return printed(
            minutes_print(
                minutes_for(_data(minutes), is_inside=meeting.is_inside), meeting=meeting, is_approved=False
            )
        )
    except pdf.PrintError as error:
        messages.error(request, str(error))
        return redirect("meetings:minutes-by-id", public_id=meeting.public_id)


@form_view
def minutes_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Begin on the minutes, and write what stands before and after the cases."""
    meeting = edited_meeting(request, public_id)
    minutes = meeting.minutes.exclude(state=Minutes.State.APPROVED).first()
    typed = kept_input.read(request)
    initial = {name: getattr(minutes, name) for name in ("opening", "closing", "version")} if minutes else {}
    form = MinutesForm(typed.data, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            minutes = minutes or actions.start_minutes(meeting=meeting, by=request.user)
            data = form.cleaned_data
            actions.save_minutes(
                minutes=minutes,
                opening=data["opening"],
                closing=data["closing"],
                version=data["version"] or minutes.version,
                by=request.user,
            )
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Protokollen er lagret."))
            return redirect("meetings:minutes-by-id", public_id=meeting.public_id)
    context = {"meeting": meeting, "minutes": minutes, "form": form, "kept": typed.is_kept}
    return render_form(request, "meetings/minutes_edit.html", context)


@form_view
def minutes_send(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    minutes = _in_work(meeting)
    typed = kept_input.read(request)
    form = SendForm(typed.data, initial={"comments_due": add_working_days(timezone.localdate(), 5)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.send_minutes(
                minutes=minutes, comments_due=form.cleaned_data["comments_due"], by=request.user
            )
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request, _("Protokollen er sendt til gjennomsyn. Leder og nestleder kan godkjenne den.")
            )
            return redirect("meetings:minutes-by-id", public_id=meeting.public_id)
    problems = actions.sending_problems(meeting)
    context = {
        "meeting": meeting,
        "form": form,
        "problems": problems,
        "is_blocked": any(problem.is_blocking for problem in problems),
        "kept": typed.is_kept,
    }
    return render_form(request, "meetings/minutes_send.html", context)


def _in_work(meeting: Meeting) -> Minutes:
    return get_object_or_404(
        meeting.minutes.select_related("meeting__body").exclude(state=Minutes.State.APPROVED)
    )


@button
def minutes_approve(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = _meeting(request, public_id)
    minutes = _find(request.user, meeting)
    if not permissions.can_approve_minutes(request.user, minutes):
        raise PermissionDenied
    try:
        approved = actions.approve_minutes(
            minutes=minutes, content=request.POST.get("content", ""), by=request.user
        )
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    except pdf.PrintError as error:
        messages.error(request, str(error))
    else:
        is_done = approved.state == Minutes.State.APPROVED
        messages.success(
            request,
            _("Protokollen er godkjent av begge sider og er offentlig.")
            if is_done
            else _("Du har godkjent protokollen. Den blir offentlig når den andre siden har godkjent."),
        )
    return redirect("meetings:minutes-by-id", public_id=meeting.public_id)


@button
def minutes_comment(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = _meeting(request, public_id)
    minutes = _find(request.user, meeting)
    if not permissions.can_comment_minutes(request.user, minutes):
        raise PermissionDenied
    form = CommentForm(request.POST)
    try:
        if not form.is_valid():
            raise rules.NotAllowed(_("Skriv en merknad på høyst 2000 tegn."))
        actions.comment_minutes(minutes=minutes, text=form.cleaned_data["text"], by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Takk for merknaden."))
    return redirect("meetings:minutes-by-id", public_id=meeting.public_id)


@form_view
def minutes_correct(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    typed = kept_input.read(request)
    form = CorrectionForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_minutes(meeting=meeting, note=form.cleaned_data["note"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request, _("En ny versjon er åpnet. Rett det som skal rettes, og send den til gjennomsyn.")
            )
            return redirect(meeting)
    return render_form(
        request, "meetings/minutes_correct.html", {"meeting": meeting, "form": form, "kept": typed.is_kept}
    )


@button
def minutes_discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    try:
        actions.discard_correction(meeting=meeting, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Rettelsen er forkastet. Den godkjente protokollen gjelder."))
    return redirect("meetings:minutes-by-id", public_id=meeting.public_id)
