"""Grants: all of them, the table of a year, as files, and two years side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import LogEntry
from funding import permissions
from funding.documents import (
    FundingTable,
    allocation_columns,
    changes_of,
    compare_years,
    funding_print,
    funding_table,
    planned_rows,
)
from funding.forms.years import DayForm, YearsForm
from funding.models import Allocation, FundingRound, Grant, balances_of
from helsefellesskap import pdf
from helsefellesskap.files import printed, spreadsheet
from helsefellesskap.http import Request
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
    """A grant with the one before it, or else the one after, as the form of two years has them."""
    place = [one.pk for one in grants].index(grant.pk)
    first = max(place - 1, 0)
    return {"fra": str(grants[first].public_id), "til": str(grants[first + 1].public_id)}


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
