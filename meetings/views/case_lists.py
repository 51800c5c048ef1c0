"""The list of cases, as a page and as a sheet, and finding a case to refer to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import User, Viewer
from helsefellesskap.files import spreadsheet
from helsefellesskap.http import Request, asked_uuid
from meetings import permissions
from meetings.documents.cases import case_columns, matching, suggestions
from meetings.forms.case_lists import PROPOSED_STATES, WAITING_STATES, CaseFilterForm
from meetings.forms.cases import chosen_cases
from meetings.models import AgendaItem, Body, Case, CaseQuerySet
from portfolio.models import Initiative

PAGE_SIZE = 50


@login_not_required
@require_safe
def case_list(request: Request) -> HttpResponse:
    form = _filter_form(request)
    paginator: Paginator[Any] = Paginator(_filtered(request, form).values_list("pk", flat=True), PAGE_SIZE)
    keys = paginator.get_page(request.GET.get("side"))
    page = Page(_rows(request.user, list(keys)), keys.number, paginator)
    initiatives = Initiative.objects.visible_to(request.user)
    context = {
        "form": form,
        "page": page,
        "total": paginator.count,
        "numbers": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "initiative": initiatives.filter(slug=slug).first() if (slug := form.value("tiltak")) else None,
        "can_edit": permissions.can_edit_meetings(request.user),
        "can_propose": permissions.can_propose_case(request.user),
    }
    part = "#resultat" if request.htmx and request.htmx.target == "resultat" else ""
    return render(request, f"meetings/case_list.html{part}", context)


@login_not_required
@require_safe
def case_export(request: Request, file_format: str) -> HttpResponse:
    keys = list(_filtered(request, _filter_form(request)).values_list("pk", flat=True))
    return spreadsheet(
        case_columns(_rows(request.user, keys)), file_format, name=f"saker-{timezone.localdate()}"
    )


@require_safe
def case_suggest(request: SignedInRequest) -> HttpResponse:
    """The cases already chosen in the form of a case, and those that match what is typed, to choose among."""
    if not permissions.can_edit_meetings(request.user):
        raise PermissionDenied
    visible = Case.objects.visible_to(request.user).select_related("body")
    if itself := asked_uuid(request, "sak"):
        visible = visible.exclude(public_id=itself)
    chosen = chosen_cases(visible, request.GET.getlist("follows_up_chosen"))
    found = suggestions(visible, request.GET.get("follows_up", ""), chosen)
    return render(request, "meetings/parts/case_choices.html", {"chosen": chosen, "found": found})


def _filter_form(request: Request) -> CaseFilterForm:
    form = CaseFilterForm(
        request.GET,
        bodies=list(Body.objects.visible_to(request.user)),
        years=_years(request.user),
        sees_drafts=permissions.can_read_drafts(request.user),
        can_propose=permissions.can_propose_case(request.user),
    )
    form.is_valid()
    return form


def _years(user: Viewer) -> list[int]:
    """From the newest to the oldest: found at both ends of the order of the list, however many there are between."""
    ordered = Case.objects.visible_to(user).exclude(year=None).newest_first()
    newest = ordered.values_list("year", flat=True).first()
    oldest = ordered.reverse().values_list("year", flat=True).first()
    return list(range(newest, oldest - 1, -1)) if newest and oldest else []


def _filtered(request: Request, form: CaseFilterForm) -> CaseQuerySet:
    found = _shown(request, form)
    if body := form.value("organ"):
        found = found.filter(body__code=body)
    if year := form.value("ar"):
        found = found.filter(year=int(year))
    if kind := form.value("type"):
        found = found.filter(kind=kind)
    if state := form.value("tilstand"):
        found = found.filter(state=state)
    if outcome := form.value("utfall"):
        items = AgendaItem.objects.visible_to(request.user).filter(case=OuterRef("pk"), outcome=outcome)
        is_nothing = outcome == AgendaItem.Outcome.NOT_RECORDED
        found = found.filter(Exists(items if is_nothing else items.filter(Q(sees_outcome=True))))
    if slug := form.value("tiltak"):
        visible = Initiative.objects.visible_to(request.user).filter(slug=slug)
        found = found.filter(concerns__initiative__in=visible)
    if text := form.value("q"):
        found = matching(found, text)
    return found.newest_first()


def _shown(request: Request, form: CaseFilterForm) -> CaseQuerySet:
    """The cases that are announced, unless others are asked for."""
    found, shown = Case.objects.visible_to(request.user), form.value("vis")
    if shown == "mine" and isinstance(request.user, User):
        return found.filter(proposed_by=request.user)
    if shown == "forslag":
        return found.filter(state__in=PROPOSED_STATES)
    if shown == "saksbanken":
        return found.filter(state__in=WAITING_STATES)
    return found if form.value("tilstand") else found.filter(announced_at__isnull=False)


def _rows(user: Viewer, keys: list[int]) -> list[Case]:
    """The cases in that order, each with the meetings that treated it."""
    items = AgendaItem.objects.visible_to(user).select_related("meeting__body").order_by("meeting__day", "pk")
    cases = (
        Case.objects.visible_to(user)
        .select_related("body", "exemption")
        .prefetch_related(Prefetch("items", items))
    )
    found = cases.in_bulk(keys)
    return [found[key] for key in keys if key in found]
