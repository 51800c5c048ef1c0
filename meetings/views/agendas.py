"""The agenda of a meeting: editing it, publishing it, and its frozen versions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Viewer
from helsefellesskap import downloads, kept_input, pdf
from helsefellesskap.http import Request, button, form_view, posted_number, render_form
from helsefellesskap.norwegian import ascii_slug
from meetings import actions, permissions, rules
from meetings.actions.publishing import NothingNew, NotReady
from meetings.documents.agendas import agenda_differences, agenda_from, public_titles_stand
from meetings.forms.agendas import AgendaAddForm, DurationForm, PublishForm
from meetings.models import AgendaItem, AgendaVersion, Meeting
from meetings.views.meetings import edited_meeting


@require_safe
def agenda_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The agenda as the secretariat works on it; leaders read it."""
    meeting = _meeting(request.user, public_id)
    if not permissions.can_read_drafts(request.user):
        raise PermissionDenied
    return _agenda(request, meeting, AgendaAddForm(meeting=meeting))


def _agenda(request: SignedInRequest, meeting: Meeting, form: AgendaAddForm) -> HttpResponse:
    items = list(meeting.items.in_order().select_related("case__body"))
    problems = actions.publishing_problems(meeting)
    context = {
        "meeting": meeting,
        "items": items,
        "total": len(items),
        "minutes": sum(item.minutes or 0 for item in items),
        "problems": problems,
        "is_blocked": any(problem.is_blocking for problem in problems),
        "form": form,
        "drafts": [item for item in items if item.case.state in {"draft", "backlog"}],
        "can_edit": permissions.can_edit_meetings(request.user) and meeting.takes_cases,
    }
    return render_form(request, "meetings/agenda_edit.html", context)


@form_view
def agenda_add(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    form = AgendaAddForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            actions.put_on_agenda(meeting=meeting, case=form.cleaned_data["case"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saken står på saklisten."))
            return redirect("meetings:agenda-edit", public_id=meeting.public_id)
    return _agenda(request, meeting, form)


def _item(request: SignedInRequest, item_id: str) -> AgendaItem:
    items = AgendaItem.objects.visible_to(request.user).select_related("meeting__body", "case")
    item = get_object_or_404(items, public_id=item_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    return item


@button
def item_move(request: SignedInRequest, item_id: str) -> HttpResponse:
    """Another place, or another number of minutes, for a case on the agenda."""
    item = _item(request, item_id)
    try:
        if "minutes" in request.POST:
            form = DurationForm(request.POST)
            if form.is_valid():
                actions.set_duration(item=item, minutes=form.cleaned_data["minutes"], by=request.user)
            else:
                messages.error(request, _("Skriv minuttene som et helt tall."))
        elif (place := posted_number(request, "plass")) is None:
            messages.error(request, _("Skriv plassen som et helt tall."))
        else:
            actions.move_item(item=item, place=place, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:agenda-edit", public_id=item.meeting.public_id)


@button
def item_remove(request: SignedInRequest, item_id: str) -> HttpResponse:
    item = _item(request, item_id)
    try:
        actions.take_off_agenda(item=item, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saken er tatt av saklisten."))
    return redirect("meetings:agenda-edit", public_id=item.meeting.public_id)


@button
def agenda_review(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    try:
        sent = actions.send_to_review(meeting=meeting, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            ngettext("%(n)s sak er sendt til leder.", "%(n)s saker er sendt til leder.", sent) % {"n": sent},
        )
    return redirect("meetings:agenda-edit", public_id=meeting.public_id)


@form_view
def agenda_publish(request: SignedInRequest, public_id: str) -> HttpResponse:
    meeting = edited_meeting(request, public_id)
    typed = kept_input.read(request)
    form = PublishForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.publish_agenda(meeting=meeting, by=request.user, note=form.cleaned_data["note"])
        except NothingNew as answer:
            messages.info(request, str(answer))
            return redirect(meeting)
        except NotReady:
            form.add_error(None, _("Saklisten kan ikke publiseres ennå. Se hva som mangler."))
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        except pdf.PrintError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Versjon %(letter)s av saklisten er publisert.") % {"letter": version.letter}
            )
            return redirect(meeting)
    problems = actions.publishing_problems(meeting)
    is_blocked = any(problem.is_blocking for problem in problems)
    context = {
        "meeting": meeting,
        "form": form,
        "problems": problems,
        "is_blocked": is_blocked,
        "preview": None if is_blocked else actions.publishing_preview(meeting),
        "newest": meeting.agendas.first(),
        "kept": typed.is_kept,
    }
    return render_form(request, "meetings/agenda_publish.html", context)


@login_not_required
@require_safe
def agenda_pdf(request: Request, public_id: str) -> HttpResponseBase:
    """The newest published agenda as it was frozen: with all titles inside, with the public ones outside.

    Outside it is not given when a title on it has become exempt since, until it is published again.
    """
    meeting = _meeting(request.user, public_id)
    version = meeting.agendas.first()
    if version is None or not (meeting.is_inside or public_titles_stand(version.data)):
        raise Http404
    return _file(request, meeting, version, is_inside=meeting.is_inside)


@require_safe
def agenda_version_pdf(request: SignedInRequest, public_id: str, letter: str) -> HttpResponseBase:
    """Any published version, for the secretariat and leaders; with `?offentlig=1` the one the public got."""
    meeting, version = _version(request, public_id, letter)
    return _file(request, meeting, version, is_inside="offentlig" not in request.GET)


def _file(request: Request, meeting: Meeting, version: AgendaVersion, *, is_inside: bool) -> HttpResponseBase:
    return downloads.serve(
        request,
        version.pdf if is_inside else version.public_pdf,
        name=f"sakliste-{ascii_slug(str(meeting))}-{version.letter.lower()}.pdf",
        content_type="application/pdf",
        sha256=version.sha256 if is_inside else version.public_sha256,
    )


def _meeting(user: Viewer, public_id: str) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(user).select_related("body"), public_id=public_id)


def _version(request: SignedInRequest, public_id: str, letter: str) -> tuple[Meeting, AgendaVersion]:
    meeting = _meeting(request.user, public_id)
    if not permissions.can_read_drafts(request.user):
        raise Http404
    return meeting, get_object_or_404(meeting.agendas, letter=letter)


@require_safe
def agenda_version(request: SignedInRequest, public_id: str, letter: str) -> HttpResponse:
    """A frozen version, and what was new in it."""
    meeting, version = _version(request, public_id, letter)
    before = meeting.agendas.filter(pk__lt=version.pk).first()
    agenda = agenda_from(version.data, is_inside=True)
    earlier = agenda_from(before.data, is_inside=True) if before else None
    context = {
        "meeting": meeting,
        "version": version,
        "agenda": agenda,
        "before": before,
        "differences": agenda_differences(earlier, agenda),
    }
    return render(request, "meetings/agenda_detail.html", context)
