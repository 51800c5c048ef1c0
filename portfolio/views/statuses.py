"""Reporting status: in place in the list, on a page of its own, for several at once, and sent in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from accounts.http import SignedInRequest
from helsefellesskap import kept_input
from helsefellesskap.http import Request, button, form_view, posted_number, render_form
from portfolio import actions, permissions, rules
from portfolio.actions.statuses import SeveralChanged
from portfolio.forms import ReturnForm, SharedStatusForm, StatusForm
from portfolio.models import Initiative, Phase, StatusReport
from portfolio.views.initiatives import find_initiative

LIST = "portfolio/initiative_list.html"


@form_view
def status_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    """The row as a form; saving publishes and answers with the row alone."""
    initiative = find_initiative(request.user, slug)
    if not permissions.can_publish_status(request.user):
        raise PermissionDenied
    if request.method != "POST" and not initiative.is_live:
        messages.error(request, _("Tiltaket er tatt ut av porteføljen og kan ikke få ny status."))
        return redirect(initiative)
    typed = kept_input.read(request)
    form = StatusForm(
        typed.data,
        current=initiative.latest_report,
        phases=list(Phase.objects.all()),
        auto_id=f"tiltak-{initiative.pk}-%s",  # several rows may be open at once
    )
    changed: rules.Changed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.publish_status(
                initiative=initiative,
                status=form.status(),
                based_on=form.cleaned_data["based_on"],
                by=request.user,
            )
        except rules.AlreadySaved:
            return _saved(request, initiative, _("Denne statusen er allerede lagret."))
        except rules.Changed as refusal:
            changed = refusal
            form.data = _with(request, based_on=refusal.newest.pk if refusal.newest else "")
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            return _saved(request, initiative, _what_was_saved(report))
    context = {
        "initiative": initiative,
        "form": form,
        "changed": changed,
        "before": _seen_before(initiative, request) if changed else None,
        "kept": typed.is_kept,
        "next": _next(request, typed.data),
    }
    template = f"{LIST}#row_form" if _is_row(request, initiative) else "portfolio/status_edit.html"
    return render_form(request, template, context)


def _with(request: SignedInRequest, **changes: str | int) -> QueryDict:
    """What was posted, with some hidden values renewed."""
    data = request.POST.copy()
    for name, value in changes.items():
        data[name] = str(value)
    return data


def _what_was_saved(report: StatusReport) -> str:
    if report.corrects:
        return _("Statusen er lagret som en rettelse av det som ble meldt samme dag.")
    newest = report.initiative.latest_report
    if newest and newest.reported_on > report.reported_on:
        return _("Rapporten er lagret i historikken. En nyere status vises fortsatt.")
    return _("Statusen er lagret.")


def _seen_before(initiative: Initiative, request: SignedInRequest) -> StatusReport | None:
    """The report the person started from, to show what somebody else has changed since."""
    based_on = posted_number(request, "based_on")
    return initiative.reports.published().filter(pk=based_on).first() if based_on else None


def _is_row(request: Request, initiative: Initiative) -> bool:
    return bool(request.htmx) and request.htmx.target == f"tiltak-{initiative.pk}"


def _next(request: Request, kept: QueryDict | None = None) -> str:
    """Where the plain page goes afterwards: the list as it was filtered."""
    sources = [request.POST, request.GET, *([kept] if kept else [])]
    wanted = next((str(source["next"]) for source in sources if source.get("next")), "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return reverse("portfolio:initiative-list")
    return wanted.partition("#")[0]


def _saved(request: Request, initiative: Initiative, sentence: str) -> HttpResponse:
    if not _is_row(request, initiative):
        messages.success(request, f"{initiative.title}: {sentence}")
        return redirect(f"{_next(request)}#tiltak-{initiative.pk}")
    response = _row(request, initiative, has_focus=True)
    trigger_client_event(response, "announce", {"text": sentence})
    return trigger_client_event(response, "status-changed")


def _row(request: Request, initiative: Initiative, *, has_focus: bool) -> HttpResponse:
    fresh = Initiative.objects.visible_to(request.user).with_status().with_funded().get(pk=initiative.pk)
    context = {
        "initiative": fresh,
        "can_edit": permissions.can_publish_status(request.user),
        "has_focus": has_focus,
        "next": _next(request),
    }
    return render(request, f"{LIST}#row", context)


@require_safe
def status_row(request: SignedInRequest, slug: str) -> HttpResponse:
    """The row again, when the form is cancelled; without htmx, the list."""
    initiative = find_initiative(request.user, slug)
    if not _is_row(request, initiative):
        return redirect(f"{_next(request)}#tiltak-{initiative.pk}")
    return _row(request, initiative, has_focus=True)


@form_view
def status_shared(request: SignedInRequest) -> HttpResponse:
    """One text for several initiatives, all or none."""
    if not permissions.can_publish_status(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    chosen = _chosen(request, typed.data)
    form = SharedStatusForm(typed.data)
    if not chosen:
        messages.warning(request, _("Velg ett eller flere tiltak i listen først."))
        return redirect("portfolio:initiative-list")
    without = [initiative for initiative in chosen if initiative.latest_report is None]
    seen = {
        initiative.pk: _based_on(request, initiative) for initiative in chosen if request.method == "POST"
    }
    changed: list[StatusReport] = []
    if request.method == "POST" and form.is_valid() and not without:
        try:
            saved = actions.publish_statuses(
                statuses=[
                    (initiative, form.status_after(initiative.latest_report), seen[initiative.pk])
                    for initiative in chosen
                    if initiative.latest_report
                ],
                by=request.user,
            )
        except SeveralChanged as refusal:
            changed = refusal.newest
            seen = {}  # what stands there now has been told: the next try is based on that
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _how_many_were_saved(len(saved)))
            return redirect("portfolio:initiative-list")
    context = {
        "form": form,
        "chosen": [
            (initiative, seen.get(initiative.pk, initiative.latest_report_id)) for initiative in chosen
        ],
        "without": without,
        "changed": changed,
        "kept": typed.is_kept,
    }
    return render_form(request, "portfolio/status_shared.html", context)


def _how_many_were_saved(count: int) -> str:
    if not count:
        return _("Denne statusen er allerede lagret.")
    return ngettext("Statusen er lagret for %(n)s tiltak.", "Statusen er lagret for %(n)s tiltak.", count) % {
        "n": count
    }


def _chosen(request: Request, posted: Any) -> list[Initiative]:
    source = posted if posted is not None else request.GET
    keys = [
        key for key in source.getlist("tiltak")[:500] if key.isascii() and key.isdecimal() and len(key) <= 18
    ]
    return list(
        Initiative.objects.visible_to(request.user).live().with_status().filter(pk__in=keys).in_paper_order()
    )


def _based_on(request: Request, initiative: Initiative) -> int | None:
    return posted_number(request, f"based_on_{initiative.pk}")


@form_view
def status_propose(request: SignedInRequest, slug: str) -> HttpResponse:
    """A contributor writes how the own initiative is, keeps it as a draft or sends it in."""
    initiative = find_initiative(request.user, slug)
    if not permissions.can_propose_status(request.user, initiative):
        raise PermissionDenied
    typed = kept_input.read(request)
    draft = initiative.reports.exclude(publication="published").filter(reported_by=request.user).first()
    current = draft or initiative.latest_report
    form = StatusForm(typed.data, current=current, phases=list(Phase.objects.all()))
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.save_draft(initiative=initiative, status=form.status(), by=request.user)
            if "send" in request.POST:
                actions.submit_status(report=report, by=request.user)
                messages.success(request, _("Takk! Statusen er sendt til sekretariatet."))
            else:
                messages.success(request, _("Utkastet er lagret. Det er ikke sendt inn ennå."))
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            return redirect(initiative)
    context = {
        "initiative": initiative,
        "form": form,
        "draft": draft,
        "kept": typed.is_kept,
    }
    return render_form(request, "portfolio/status_propose.html", context)


def _waiting(request: Request, report_id: int) -> StatusReport:
    """A report that was sent in; another person's draft is nobody's business yet."""
    drafts = StatusReport.Publication.DRAFT
    reports = StatusReport.objects.visible_to(request.user).exclude(publication=drafts)
    visible = Initiative.objects.visible_to(request.user)
    return get_object_or_404(
        reports.filter(initiative__in=visible).select_related("initiative"), pk=report_id
    )


@button
def status_publish(request: SignedInRequest, report_id: int) -> HttpResponse:
    """Publish what was sent in."""
    report = _waiting(request, report_id)
    if not permissions.can_publish_status(request.user):
        raise PermissionDenied
    try:
        actions.publish_submitted(report=report, based_on=posted_number(request, "based_on"), by=request.user)
    except rules.Changed:
        messages.error(
            request, _("Det er kommet en nyere status i mellomtiden. Se over den, og publiser på nytt.")
        )
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Statusen er publisert."))
    return redirect(report.initiative)


@form_view
def status_return(request: SignedInRequest, report_id: int) -> HttpResponse:
    """Send what was sent in back, with what must be changed."""
    report = _waiting(request, report_id)
    if not permissions.can_publish_status(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = ReturnForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.return_status(report=report, comment=form.cleaned_data["return_comment"], by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Statusen er sendt tilbake til den som meldte den."))
            return redirect(report.initiative)
    context = {"report": report, "initiative": report.initiative, "form": form, "kept": typed.is_kept}
    return render_form(request, "portfolio/status_return.html", context)
