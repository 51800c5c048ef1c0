"""The list of initiatives, one initiative, and changing the portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry, Organisation, Viewer
from accounts.permissions import can_read_log
from helsefellesskap import kept_input
from helsefellesskap.files import spreadsheet
from helsefellesskap.http import Request, button, form_view, posted_number, render_form
from helsefellesskap.panels import panels_about
from portfolio import actions, permissions, rules
from portfolio.actions.versions import FactsChanged
from portfolio.documents import initiative_columns, log_lines, summarise, timeline
from portfolio.forms import (
    ClosingForm,
    InitiativeFilterForm,
    InitiativeForm,
    ParticipationFormSet,
    ReopeningForm,
)
from portfolio.models import Initiative, InitiativeQuerySet, Phase, ProgramArea, StrategicArea

PAGE_SIZE = 50
PARTS = {"resultat", "oppsummering"}
"""The parts of the list that can be redrawn alone, by the id of their element."""


@login_not_required
@require_safe
def initiative_list(request: Request) -> HttpResponse:
    today = timezone.localdate()
    phases, areas = list(Phase.objects.all()), list(ProgramArea.objects.all())
    form = _filter_form(request, phases, areas)
    visible = Initiative.objects.visible_to(request.user)
    part = f"#{request.htmx.target}" if request.htmx and request.htmx.target in PARTS else ""
    context: dict[str, Any] = {
        "form": form,
        "can_edit": permissions.can_edit_portfolio(request.user),
        "next": request.get_full_path(),
    }
    if part != "#resultat":
        context["summary"] = summarise(visible.live(), phases=phases, areas=areas, today=today)
    if part != "#oppsummering":
        context["page"] = page = _page(request, _filtered(visible, form, today))
        context["numbers"] = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        context["groups"] = _groups(page, is_grouped=not form.value("sorter"))
        context["total"] = page.paginator.count
        context["sort"] = form.value("sorter")
        context["columns"] = COLUMNS
        context["has_funded"] = any(initiative.is_funded for initiative in page)
    return render(request, f"portfolio/initiative_list.html{part}", context)


@login_not_required
@require_safe
def initiative_export(request: Request, file_format: str) -> HttpResponse:
    form = _filter_form(request, list(Phase.objects.all()), list(ProgramArea.objects.all()))
    if not form.is_valid():
        page = initiative_list(request)
        page.status_code = 422
        return page
    today = timezone.localdate()
    initiatives = _filtered(Initiative.objects.visible_to(request.user), form, today)
    rows = initiatives.with_status().with_funded()
    return spreadsheet(initiative_columns(rows), file_format, name=f"tiltak-{today.isoformat()}")


def _filter_form(request: Request, phases: list[Phase], areas: list[ProgramArea]) -> InitiativeFilterForm:
    owned = Initiative.objects.visible_to(request.user).live().filter(owner=OuterRef("pk"))
    form = InitiativeFilterForm(
        request.GET,
        areas=[area for area in areas if area.is_active],
        phases=phases,
        owners=list(Organisation.objects.filter(Exists(owned)).in_name_order()),
        strategic_areas=list(StrategicArea.objects.all()),
    )
    form.is_valid()
    return form


def _filtered(initiatives: InitiativeQuerySet, form: InitiativeFilterForm, today: date) -> InitiativeQuerySet:
    is_closed = form.value("status") == "tatt-ut"
    found = initiatives.closed() if is_closed else initiatives.live()
    if area := form.value("omrade"):
        found = found.in_area(area)
    if phase := form.value("fase"):
        found = found.in_phase(phase)
    if state := form.value("tilstand"):
        found = found.in_state(state)
    if form.value("status") == "ukjent":
        found = found.without_status()
    elif form.value("status") == "gammel":
        found = found.stale(today, after_days=settings.STALE_AFTER_DAYS)
    if owner := form.value("eier"):
        found = found.filter(owner=int(owner))
    if strategic_area := form.value("satsing"):
        found = found.filter(strategic_areas__slug=strategic_area)
    if text := form.value("q"):
        found = found.matching(text)
    sort = form.value("sorter")
    if sort:
        return found.sorted_by(sort.removeprefix("-"), descending=sort.startswith("-"))
    return found.in_paper_order()


COLUMNS = [
    ("tiltak", gettext_lazy("Tiltak")),
    ("fase", gettext_lazy("Fase")),
    ("tilstand", gettext_lazy("Tilstand")),
    ("meldt", gettext_lazy("Meldt")),
    ("", gettext_lazy("Status")),
    ("eier", gettext_lazy("Eier")),
]
"""The list's columns, each with the word it is sorted by."""


def _page(request: Request, initiatives: InitiativeQuerySet) -> Page[Initiative]:
    """One page: found and sorted by id alone, then fetched whole, so that the cost is that of the page."""
    paginator: Paginator[Any] = Paginator(initiatives.values_list("pk", flat=True), PAGE_SIZE)
    keys = paginator.get_page(request.GET.get("side"))
    rows = Initiative.objects.with_status().with_funded().in_bulk(list(keys))
    return Page([rows[key] for key in keys], keys.number, paginator)


def _groups(page: Page[Initiative], *, is_grouped: bool) -> list[tuple[ProgramArea | None, list[Initiative]]]:
    """By program area in the paper's order; one group without a name when sorted otherwise."""
    if not is_grouped:
        return [(None, list(page))] if page.object_list else []
    return [
        (area, list(rows)) for area, rows in groupby(page, key=lambda initiative: initiative.program_area)
    ]


def find_initiative(user: Viewer, slug: str) -> Initiative:
    """The initiative at this address or that had it before, if the person may know of it; else 404."""
    visible = Initiative.objects.visible_to(user).select_related(
        "program_area", "owner", "latest_report__phase_from", "latest_report__phase_to"
    )
    found = visible.filter(slug=slug).first()
    return found or get_object_or_404(visible, old_slugs__slug=slug)


@login_not_required
@require_safe
def initiative_detail(request: Request, slug: str) -> HttpResponse:
    initiative = find_initiative(request.user, slug)
    if initiative.slug != slug:
        return redirect(initiative, permanent=True)
    today = timezone.localdate()
    user = request.user
    visible = Initiative.objects.visible_to(user)
    initiative = visible.with_status().with_funded().get(pk=initiative.pk)
    reports = (
        initiative.reports.visible_to(user)
        .select_related(
            "phase_from", "phase_to", "reporter_org", "reported_by", "published_by", "corrects", "correction"
        )
        .newest_first()
    )
    log = LogEntry.objects.visible_to(user).about(initiative).select_related("by")
    context = {
        "initiative": initiative,
        "today": today,
        "timeline": timeline(initiative, reports, today=today),
        "phases": Phase.objects.all(),
        "panels": panels_about(request, initiative),
        "parent": visible.filter(children=initiative).first(),
        "merged_into": visible.filter(merged=initiative).first(),
        "parts": visible.filter(parent=initiative).in_paper_order(),
        "merged": visible.filter(merged_into=initiative).in_paper_order(),
        "related": visible.filter(related=initiative).in_paper_order(),
        "participations": initiative.participations.select_related("organisation"),
        "waiting": [report for report in reports if report.publication == report.Publication.SUBMITTED],
        "draft": next((report for report in reports if permissions.can_change_draft(user, report)), None),
        "log": log_lines(log[:50]) if can_read_log(user) else [],
        "can_edit": permissions.can_edit_portfolio(user),
        "can_propose": permissions.can_propose_status(user, initiative),
        "can_read_sources": permissions.can_read_sources(user),
        "can_read_people": permissions.can_read_people(user),
    }
    return render(request, "portfolio/initiative_detail.html", context)


@dataclass
class _FactsForms:
    """The form of the facts together with the participants below it."""

    form: InitiativeForm
    participants: Any

    def is_valid(self) -> bool:
        form_ok, participants_ok = self.form.is_valid(), self.participants.is_valid()
        return bool(form_ok and participants_ok)

    def values(self) -> dict[str, Any]:
        return {**self.form.cleaned_data, "participants": self.participants.participants()}


def _facts_forms(request: Request, initiative: Initiative | None, data: Any = None) -> _FactsForms:
    visible = Initiative.objects.visible_to(request.user)
    parts = initiative.participations.all() if initiative else []
    return _FactsForms(
        InitiativeForm(data, instance=initiative, visible=visible),
        ParticipationFormSet(
            data,
            prefix="deltakere",
            initial=[{"organisation": part.organisation_id, "role": part.role} for part in parts],
        ),
    )


@form_view
def initiative_create(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    forms = _facts_forms(request, None, typed.data)
    if request.method == "POST" and forms.is_valid():
        try:
            initiative = actions.create_initiative(values=forms.values(), by=request.user)
        except rules.NotAllowed as refusal:
            forms.form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Tiltaket er opprettet. Meld status, så kommer det med i tabellene."))
            return redirect(initiative)
    context = {"forms": forms, "form": forms.form, "kept": typed.is_kept}
    return render_form(request, "portfolio/initiative_edit.html", context)


@form_view
def initiative_update(request: SignedInRequest, slug: str) -> HttpResponse:
    initiative = find_initiative(request.user, slug)
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    forms = _facts_forms(request, Initiative.objects.get(pk=initiative.pk), typed.data)
    conflict = None
    if request.method == "POST" and forms.is_valid():
        try:
            changed = actions.change_initiative(
                initiative=initiative,
                values=forms.values(),
                version=forms.form.cleaned_data["version"],
                by=request.user,
            )
        except FactsChanged as refusal:
            conflict = refusal
            forms.form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            forms.form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Endringene er lagret."))
            return redirect(changed)
    context = {
        "initiative": initiative,
        "forms": forms,
        "form": forms.form,
        "conflict": conflict,
        "kept": typed.is_kept,
    }
    return render_form(request, "portfolio/initiative_edit.html", context)


@button
def initiative_move(request: SignedInRequest, slug: str) -> HttpResponse:
    initiative = find_initiative(request.user, slug)
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    place = posted_number(request, "plass")
    if place is None:
        messages.error(request, _("Skriv plassen som et helt tall."))
    else:
        actions.move_initiative(initiative=initiative, place=place, by=request.user)
    return redirect(f"{initiative.program_area.get_absolute_url()}#tiltak-{initiative.pk}")


@form_view
def initiative_close(request: SignedInRequest, slug: str) -> HttpResponse:
    initiative = find_initiative(request.user, slug)
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    others = Initiative.objects.visible_to(request.user).exclude(pk=initiative.pk)
    form = ClosingForm(typed.data, others=others)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_initiative(initiative=initiative, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Tiltaket er tatt ut av porteføljen. Historikken er beholdt."))
            return redirect(initiative)
    return render_form(
        request,
        "portfolio/initiative_close.html",
        {"initiative": initiative, "form": form, "kept": typed.is_kept},
    )


@form_view
def initiative_reopen(request: SignedInRequest, slug: str) -> HttpResponse:
    initiative = find_initiative(request.user, slug)
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = ReopeningForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reopen_initiative(initiative=initiative, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Tiltaket er tatt inn igjen i porteføljen."))
            return redirect(initiative)
    return render_form(
        request,
        "portfolio/initiative_reopen.html",
        {"initiative": initiative, "form": form, "kept": typed.is_kept},
    )
