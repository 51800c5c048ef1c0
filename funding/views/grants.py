"""Grants: all of them, the table of a year, as files, two years side by side; registering, changing, carrying on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry
from funding import actions, permissions, rules
from funding.documents import (
    FundingTable,
    allocation_columns,
    changes_of,
    compare_years,
    funding_print,
    funding_table,
    planned_rows,
)
from funding.forms.grants import GrantForm, SchemeForm, TransferForm
from funding.forms.years import DayForm, YearsForm
from funding.models import Allocation, FundingRound, FundingScheme, Grant, Source, balance_of, balances_of
from helsefellesskap import kept_input, pdf
from helsefellesskap.files import printed, spreadsheet
from helsefellesskap.http import Request, form_view, render_form
from helsefellesskap.money import kroner
from portfolio.actions.versions import FactsChanged
from portfolio.documents import log_lines
from portfolio.models import Edition

GRANT = "funding/grant_detail.html"


@login_not_required
@require_safe
def grant_list(request: Request) -> HttpResponse:
    """Every grant with its account, the newest first; the rounds for those who take part in them."""
    grants = list(Grant.objects.visible_to(request.user).select_related("scheme__grantor").newest_first())
    balances = balances_of(grants)
    context = {
        "rows": [(grant, balances[grant.pk]) for grant in grants],
        "rounds": FundingRound.objects.visible_to(request.user).prefetch_related("grants__scheme"),
        "today": timezone.localdate(),
        "can_edit": permissions.can_edit_funding(request.user),
    }
    return render(request, "funding/grant_list.html", context)


@dataclass
class _Question:
    """What the address asks for: the grants of a year, one of them, and a day."""

    grants: list[Grant]
    grant: Grant
    form: DayForm
    day: date | None

    @property
    def is_in_order(self) -> bool:
        return self.form.is_valid()


def _question(request: Request, year: int) -> _Question:
    found = Grant.objects.visible_to(request.user).filter(year=year)
    grants = list(found.select_related("scheme__grantor").order_by("scheme", "pk"))
    form = DayForm(request.GET)
    day = form.cleaned_data["dato"] if form.is_valid() else None
    wanted = str(request.GET.get("ordning") or "")
    chosen = [grant for grant in grants if grant.scheme.slug == wanted] if wanted else grants
    if not chosen:
        raise Http404
    return _Question(grants, chosen[0], form, None if day == timezone.localdate() else day)


def _table(request: Request, question: _Question) -> FundingTable:
    return funding_table(question.grant, request.user, day=question.day, today=timezone.localdate())


@login_not_required
@require_safe
def grant_detail(request: Request, year: int) -> HttpResponse:
    """The table as on paper, what is left, and where the money is; now or as it was on a day."""
    question = _question(request, year)
    grant, is_now = question.grant, question.day is None
    table = _table(request, question)
    reads_plans = permissions.can_read_plans(request.user) and is_now
    planned = planned_rows(grant, request.user) if reads_plans else []
    grants = list(Grant.objects.visible_to(request.user).select_related("scheme").order_by("year", "scheme"))
    editions = Edition.objects.visible_to(request.user).of_kind(Edition.Kind.FUNDING)
    context = {
        "grant": grant,
        "others": [other for other in question.grants if other.pk != grant.pk],
        "grants": grants,
        "years_form": YearsForm(_beside(grant, grants), grants=grants) if len(grants) > 1 else None,
        "table": table,
        "form": question.form,
        "is_now": is_now,
        "planned": planned,
        "planned_sum": Allocation.objects.planned_sum(grant) if reads_plans else 0,
        "reads_plans": reads_plans,
        "changes": changes_of(grant, request.user, until=question.day),
        "newest_edition": editions.filter(data__grant=str(grant.public_id)).first(),
        "can_edit": permissions.can_edit_funding(request.user) and is_now,
        "can_publish": permissions.can_edit_funding(request.user),
        "log": log_lines(LogEntry.objects.visible_to(request.user).about(grant)[:50]) if reads_plans else [],
    }
    template = f"{GRANT}#oppsummering" if request.htmx.target == "oppsummering" else GRANT
    return render(request, template, context, status=200 if question.is_in_order else 422)


@login_not_required
@require_safe
def grant_file(request: Request, year: str, file_format: str) -> HttpResponse:
    """The same table to print, to Excel, or as data."""
    question = _question(request, int(year))
    if not question.is_in_order:
        return grant_detail(request, int(year))
    table = _table(request, question)
    document = funding_print(table)
    if file_format != "pdf":
        return spreadsheet(allocation_columns(table), file_format, name=document.name)
    try:
        return printed(document)
    except pdf.PrintError as error:
        messages.error(request, str(error))
        return redirect(question.grant)


def _beside(grant: Grant, grants: list[Grant]) -> dict[str, str]:
    """A grant with the one before it in its scheme, or else the one after, as the form of two years has them."""
    same = [one for one in grants if one.scheme_id == grant.scheme_id]
    row = same if len(same) > 1 else grants
    first = max([one.pk for one in row].index(grant.pk) - 1, 0)
    return {"fra": str(row[first].public_id), "til": str(row[first + 1].public_id)}


@login_not_required
@require_safe
def grant_compare(request: Request) -> HttpResponse:
    """Two grants side by side: by area and by initiative."""
    grants = list(Grant.objects.visible_to(request.user).select_related("scheme").order_by("year", "scheme"))
    form = YearsForm(request.GET if "fra" in request.GET or "til" in request.GET else None, grants=grants)
    comparison = None
    if not form.is_bound and len(grants) > 1:
        form = YearsForm({"fra": str(grants[-2].public_id), "til": str(grants[-1].public_id)}, grants=grants)
    if form.is_valid():
        today = timezone.localdate()
        old, new = (funding_table(grant, request.user, today=today) for grant in form.pair())
        comparison = compare_years(old, new)
    context = {"form": form, "comparison": comparison, "grants": grants}
    is_asked = comparison is not None or len(grants) < 2
    return render(request, "funding/grant_compare.html", context, status=200 if is_asked else 422)


@form_view
def scheme_create(request: SignedInRequest) -> HttpResponse:
    """Then its first grant."""
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    form = SchemeForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            scheme = actions.create_scheme(**form.cleaned_data, by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Ordningen er opprettet. Registrer tilskuddet for et år."))
            return redirect(f"{reverse('funding:grant-create')}?ordning={scheme.slug}")
    return render_form(request, "funding/scheme_edit.html", {"form": form, "kept": typed.is_kept})


@form_view
def grant_create(request: SignedInRequest) -> HttpResponse:
    """The money of the scheme named by `ordning`, or of one that is chosen."""
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    schemes = list(FundingScheme.objects.all())
    if not schemes:
        messages.info(request, _("Registrer tilskuddsordningen først."))
        return redirect("funding:scheme-create")
    typed = kept_input.read(request)
    wanted = request.GET.get("ordning")
    chosen = next((scheme for scheme in schemes if scheme.slug == wanted), schemes[0])
    form = GrantForm(typed.data, initial={"scheme": chosen.pk, "year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        try:
            grant = actions.create_grant(values=form.values(), by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("%(grant)s er registrert.") % {"grant": grant})
            return redirect(grant)
    return render_form(request, "funding/grant_edit.html", {"form": form, "kept": typed.is_kept})


def edited_grant(request: SignedInRequest, public_id: object) -> Grant:
    """The grant at this address, for those who may change it."""
    grants = Grant.objects.visible_to(request.user).select_related("scheme__grantor")
    grant = get_object_or_404(grants, public_id=public_id)
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    return grant


@form_view
def grant_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    grant = edited_grant(request, public_id)
    typed = kept_input.read(request)
    form = GrantForm(typed.data, grant=grant)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_grant(
                grant=grant,
                values=form.values(),
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except FactsChanged as refusal:
            conflict = refusal
            form.meet(refusal, refusal.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Endringene er lagret."))
            return redirect(changed)
    context = {"form": form, "grant": grant, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "funding/grant_edit.html", context)


@form_view
def grant_transfer(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Carry what is left to another grant, most often the next year's."""
    grant = edited_grant(request, public_id)
    typed = kept_input.read(request)
    balance = balance_of(grant)
    form = TransferForm(typed.data, grant=grant, balance=balance)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        try:
            told = actions.transfer_money(from_grant=grant, **data, by=request.user)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(
                request,
                _("%(amount)s er overført til %(grant)s.")
                % {"amount": kroner(data["amount"]), "grant": data["to_grant"]},
            )
            if told:
                messages.warning(request, told.sentence)
            return redirect(grant)
    has_others = Grant.objects.filter(scheme=grant.scheme_id).exclude(pk=grant.pk).exists()
    context = {
        "form": form,
        "grant": grant,
        "balance": balance,
        "left": [
            (kind.label, balance.left(kind), kind == Source.NEW and balance.is_rounded)
            for kind in Source
            if kind == Source.NEW or balance.transferred_in
        ],
        "has_left": any(balance.left(kind) > 0 for kind in Source),
        "has_others": has_others,
        "kept": typed.is_kept,
    }
    return render_form(request, "funding/grant_transfer.html", context)
