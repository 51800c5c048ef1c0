"""What came of decisions: the list, making and changing tasks, reporting them done."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Organisation
from helsefellesskap import kept_input, pdf
from helsefellesskap.files import printed, spreadsheet
from helsefellesskap.http import Request, asked_uuid, form_view, render_form
from meetings import actions, permissions, rules
from meetings.actions.follow_ups import FollowUpChanged
from meetings.documents.follow_ups import decisions_without_tasks, task_columns, task_print, task_rows
from meetings.forms.follow_ups import FollowUpFilterForm, FollowUpForm, ReportForm
from meetings.models import Body, FollowUp, FollowUpQuerySet
from meetings.views.cases import edited_case

PAGE_SIZE = 200


def _filter_form(request: Request) -> FollowUpFilterForm:
    visible = FollowUp.objects.visible_to(request.user)
    form = FollowUpFilterForm(
        request.GET,
        bodies=list(Body.objects.visible_to(request.user)),
        organisations=list(Organisation.objects.filter(follow_ups__in=visible).distinct().in_name_order()),
    )
    form.is_valid()
    return form


def _filtered(request: Request, form: FollowUpFilterForm) -> FollowUpQuerySet:
    """All of them, overdue and done ones too, unless asked otherwise."""
    today = timezone.localdate()
    found = FollowUp.objects.visible_to(request.user)
    if body := form.value("organ"):
        found = found.filter(case__body__code=body)
    if organisation := form.value("ansvarlig"):
        found = found.filter(organisations=int(organisation))
    state = form.value("tilstand")
    if state == "apne":
        found = found.open()
    elif state == "forfalt":
        found = found.overdue(today)
    elif state == "meldt":
        found = found.filter(state=FollowUp.State.REPORTED)
    elif state == "ferdig":
        found = found.filter(state__in=[FollowUp.State.DONE, FollowUp.State.DROPPED])
    for word in form.value("q").lower().split()[:8]:
        found = found.filter(Q(title__fold__contains=word) | Q(responsible__fold__contains=word))
    return found


@login_not_required
@require_safe
def follow_up_list(request: Request) -> HttpResponse:
    form, today = _filter_form(request), timezone.localdate()
    found = _filtered(request, form)
    page = Paginator(found.by_due_day().values_list("pk", flat=True), PAGE_SIZE).get_page(
        request.GET.get("side")
    )
    context = {
        "form": form,
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "rows": task_rows(request.user, FollowUp.objects.filter(pk__in=list(page)), today=today),
        "late": found.overdue(today).count(),
        "without": decisions_without_tasks(request.user),
        "can_edit": permissions.can_edit_meetings(request.user),
        "own_organisation": getattr(request.user, "organisation_id", None),
    }
    return render(request, "meetings/follow_up_list.html", context)


@login_not_required
@require_safe
def follow_up_file(request: Request, file_format: str) -> HttpResponseBase:
    """The same table to print, to Excel, or as data."""
    today = timezone.localdate()
    rows = task_rows(request.user, _filtered(request, _filter_form(request)), today=today)
    if file_format != "pdf":
        return spreadsheet(task_columns(rows), file_format, name=f"oppfolging-{today}")
    try:
        return printed(task_print(rows, today=today))
    except pdf.PrintError as error:
        messages.error(request, str(error))
        return redirect("meetings:follow-up-list")


@form_view
def follow_up_create(request: SignedInRequest) -> HttpResponse:
    """A task of the case named by `sak`."""
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    wanted = asked_uuid(request, "sak")
    if wanted is None:
        messages.info(request, _("Velg saken oppfølgingspunktet hører til, og lag det derfra."))
        return redirect("meetings:case-list")
    case = edited_case(request, wanted)
    typed = kept_input.read(request)
    asked = asked_uuid(request, "punkt")
    point = case.points.filter(public_id=asked).first() if asked else None
    form = FollowUpForm(typed.data, case=case, initial={"point": point})
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_follow_up(values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Oppfølgingspunktet er laget."))
            return redirect(case)
    context = {"form": form, "case": case, "kept": typed.is_kept}
    return render_form(request, "meetings/follow_up_edit.html", context)


def _task(request: SignedInRequest, public_id: str) -> FollowUp:
    tasks = FollowUp.objects.visible_to(request.user).select_related("case__body", "changed_by")
    return get_object_or_404(tasks, public_id=public_id)


@form_view
def follow_up_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    task = _task(request, public_id)
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    names = ("title", "responsible", "precision", "due_on", "state", "comment", "version")
    initial = {
        **{name: getattr(task, name) for name in names},
        "point": task.point_id,
        "organisations": list(task.organisations.all()),
    }
    form = FollowUpForm(typed.data, case=task.case, initial=initial)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_follow_up(
                task=task, values=form.values(), version=form.cleaned_data["version"], by=request.user
            )
        except FollowUpChanged as refusal:
            conflict = refusal.task
            form.meet(refusal, refusal.task.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Oppfølgingspunktet er lagret."))
            return redirect("meetings:follow-up-list")
    context = {"form": form, "case": task.case, "task": task, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "meetings/follow_up_edit.html", context)


@form_view
def follow_up_report(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Those responsible say that it is done."""
    task = _task(request, public_id)
    if not permissions.can_report_follow_up(request.user, task):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = ReportForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_follow_up(task=task, comment=form.cleaned_data["comment"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Takk! Sekretariatet bekrefter at punktet er utført."))
            return redirect("meetings:follow-up-list")
    return render_form(
        request, "meetings/follow_up_report.html", {"form": form, "task": task, "kept": typed.is_kept}
    )
