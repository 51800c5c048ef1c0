"""Reference pages: program areas, strategic areas and organisations, with the initiatives under each."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Organisation
from helsefellesskap import kept_input
from helsefellesskap.http import Request, button, form_view, posted_number, render_form
from helsefellesskap.norwegian import norwegian_order
from helsefellesskap.panels import panels_about
from portfolio import actions, permissions, rules
from portfolio.actions.versions import FactsChanged
from portfolio.forms import AreaForm
from portfolio.models import Initiative, InitiativeQuerySet, ProgramArea, StrategicArea


def _shown(request: Request) -> InitiativeQuerySet:
    return Initiative.objects.visible_to(request.user).live().with_status().with_funded().in_paper_order()


@login_not_required
@require_safe
def area_list(request: Request) -> HttpResponse:
    areas = (
        ProgramArea.objects.prefetch_related("aliases")
        .annotate(
            shown=Count(
                "initiatives",
                filter=Q(initiatives__in=Initiative.objects.visible_to(request.user).live()),
            )
        )
        .order_by("order", "pk")
    )
    can_edit = permissions.can_edit_portfolio(request.user)
    if not can_edit:
        areas = areas.filter(is_active=True)
    return render(request, "portfolio/area_list.html", {"areas": areas, "can_edit": can_edit})


@login_not_required
@require_safe
def area_detail(request: Request, code: str) -> HttpResponse:
    area = get_object_or_404(ProgramArea.objects.prefetch_related("aliases"), code=code)
    context = {
        "area": area,
        "initiatives": _shown(request).filter(program_area=area),
        "can_edit": permissions.can_edit_portfolio(request.user),
    }
    return render(request, "portfolio/area_detail.html", context)


@form_view
def area_create(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = AreaForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            area = actions.create_area(values=form.cleaned_data, by=request.user)
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Programområdet er opprettet."))
            return redirect(area)
    return render_form(
        request, "portfolio/area_edit.html", {"form": form, "area": None, "kept": typed.is_kept}
    )


@form_view
def area_update(request: SignedInRequest, code: str) -> HttpResponse:
    area = get_object_or_404(ProgramArea, code=code)
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = AreaForm(typed.data, instance=ProgramArea.objects.get(pk=area.pk))
    conflict: FactsChanged | None = None
    if request.method == "POST" and form.is_valid():
        try:
            area = actions.change_area(
                area=area, values=form.cleaned_data, version=form.cleaned_data["version"], by=request.user
            )
        except FactsChanged as refusal:
            conflict = refusal
            data = request.POST.copy()
            data["version"] = str(refusal.version)
            form.data = data
            form.add_error(None, str(refusal))
        except rules.NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Programområdet er lagret."))
            return redirect(area)
    return render_form(
        request,
        "portfolio/area_edit.html",
        {"form": form, "area": area, "conflict": conflict, "kept": typed.is_kept},
    )


@button
def area_move(request: SignedInRequest, code: str) -> HttpResponse:
    area = get_object_or_404(ProgramArea, code=code)
    if not permissions.can_edit_portfolio(request.user):
        raise PermissionDenied
    place = posted_number(request, "plass")
    if place is None:
        messages.error(request, _("Skriv plassen som et helt tall."))
    else:
        actions.move_area(area=area, place=place, by=request.user)
    return redirect(f"{reverse('portfolio:area-list')}#omrade-{area.pk}")


@login_not_required
@require_safe
def strategic_area_list(request: Request) -> HttpResponse:
    areas = StrategicArea.objects.select_related("plan").annotate(
        shown=Count(
            "initiatives", filter=Q(initiatives__in=Initiative.objects.visible_to(request.user).live())
        )
    )
    return render(request, "portfolio/strategic_area_list.html", {"areas": areas})


@login_not_required
@require_safe
def strategic_area_detail(request: Request, slug: str) -> HttpResponse:
    area = get_object_or_404(StrategicArea.objects.select_related("plan"), slug=slug)
    context = {
        "area": area,
        "initiatives": _shown(request).filter(strategic_areas=area),
        "panels": panels_about(request, area),
    }
    return render(request, "portfolio/strategic_area_detail.html", context)


@login_not_required
@require_safe
def organisation_list(request: Request) -> HttpResponse:
    visible = Initiative.objects.visible_to(request.user).live()
    organisations = (
        Organisation.objects.active()
        .annotate(
            owned=Count("owned_initiatives", filter=Q(owned_initiatives__in=visible), distinct=True),
            joined=Count("initiatives", filter=Q(initiatives__in=visible), distinct=True),
        )
        .select_related("parent")
        .order_by("kind", norwegian_order("name"))
    )
    return render(request, "portfolio/organisation_list.html", {"organisations": organisations})


@login_not_required
@require_safe
def organisation_detail(request: Request, public_id: str) -> HttpResponse:
    organisation = get_object_or_404(
        Organisation.objects.select_related("parent").prefetch_related(
            Prefetch("children", Organisation.objects.active().in_name_order())
        ),
        public_id=public_id,
    )
    context = {
        "organisation": organisation,
        "owned": _shown(request).filter(owner=organisation),
        "joined": _shown(request).filter(participations__organisation=organisation),
    }
    return render(request, "portfolio/organisation_detail.html", context)
