"""The status table: live, as it was on a day, or what changed between two; on screen and as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Viewer
from helsefellesskap import kept_input, pdf
from helsefellesskap.files import printed, spreadsheet
from helsefellesskap.http import Request, form_view, render_form
from helsefellesskap.templatetags.norsk import dato
from portfolio import actions, permissions, rules
from portfolio.documents import (
    Comparison,
    StatusTable,
    compare,
    comparison_columns,
    comparison_print,
    handlingsdel_columns,
    handlingsdel_print,
    live_table,
    table_as_of,
)
from portfolio.forms import CompareForm, DayForm, EditionForm
from portfolio.models import Edition, EditionQuerySet, Initiative


def table_for(user: Viewer, day: date | None) -> StatusTable:
    """The table of a day as this person may see it; no day is now."""
    today = timezone.localdate()
    if day is None or day == today:
        return live_table(Initiative.objects.visible_to(user), today=today)
    return table_as_of(day, user)


@dataclass
class _Question:
    """What the address asks for: one day, or two to compare; a form with errors asks for nothing."""

    day_form: DayForm
    compare_form: CompareForm
    table: StatusTable | None = None
    comparison: Comparison | None = None


def _question(request: Request) -> _Question:
    compares = "fra" in request.GET or "til" in request.GET
    question = _Question(
        DayForm(None if compares else request.GET), CompareForm(request.GET if compares else None)
    )
    if compares:
        if question.compare_form.is_valid():
            data = question.compare_form.cleaned_data
            question.comparison = compare(
                table_for(request.user, data["fra"]), table_for(request.user, data["til"])
            )
    elif question.day_form.is_valid():
        question.table = table_for(request.user, question.day_form.cleaned_data["dato"])
    return question


@login_not_required
@require_safe
def handlingsdel(request: Request) -> HttpResponse:
    question = _question(request)
    is_asked = question.table is not None or question.comparison is not None
    context = {
        "question": question,
        "day_form": question.day_form,
        "compare_form": question.compare_form,
        "table": question.table,
        "comparison": question.comparison,
        "is_today": question.table is not None and question.table.day == timezone.localdate(),
        "can_publish": permissions.can_publish_edition(request.user),
        "newest_edition": _editions(request).first(),
    }
    return render(request, "portfolio/handlingsdel.html", context, status=200 if is_asked else 422)


@login_not_required
@require_safe
def handlingsdel_file(request: Request, file_format: str) -> HttpResponse:
    """The same table to print, to Excel, or as data."""
    question = _question(request)
    if question.comparison is not None:
        document = comparison_print(question.comparison)
        if file_format == "pdf":
            return _print_or_explain(request, document)
        return spreadsheet(comparison_columns(question.comparison), file_format, name=document.name)
    if question.table is not None:
        document = handlingsdel_print(question.table)
        if file_format == "pdf":
            return _print_or_explain(request, document)
        return spreadsheet(handlingsdel_columns(question.table), file_format, name=document.name)
    return handlingsdel(request)


def _print_or_explain(request: Request, document: object) -> HttpResponse:
    try:
        return printed(document)  # type: ignore[arg-type]
    except pdf.PrintError as error:
        messages.error(request, str(error))
        return redirect("portfolio:handlingsdel")


@login_not_required
@require_safe
def edition_list(request: Request) -> HttpResponse:
    editions = _editions(request).select_related("superseded_by", "supersedes")
    context = {"editions": editions, "can_publish": permissions.can_publish_edition(request.user)}
    return render(request, "portfolio/edition_list.html", context)


@login_not_required
@require_safe
def edition_detail(request: Request, number: int) -> HttpResponse:
    edition = _edition(request, number)
    table = StatusTable.from_data(edition.data)
    visible = set(Initiative.objects.visible_to(request.user).values_list("pk", flat=True))
    context = {
        "edition": edition,
        "table": table,
        "unlinked": {row.key for _group, row in table.rows} - visible,
        "can_read_people": permissions.can_read_people(request.user),
    }
    return render(request, "portfolio/edition_detail.html", context)


@login_not_required
@require_safe
def edition_pdf(request: Request, number: int) -> HttpResponseBase:
    """The frozen file itself, never rendered again."""
    edition = _edition(request, number)
    name = f"handlingsdel-utgave-{edition.number}.pdf"
    return FileResponse(edition.pdf.open("rb"), filename=name, content_type="application/pdf")


def _edition(request: Request, number: int) -> Edition:
    editions = _editions(request).select_related("superseded_by", "supersedes", "published_by")
    return get_object_or_404(editions, number=number)


def _editions(request: Request) -> EditionQuerySet:
    return Edition.objects.visible_to(request.user).of_kind(Edition.Kind.HANDLINGSDEL)


@form_view
def edition_create(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_publish_edition(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    today = timezone.localdate()
    day = DayForm(request.GET).data.get("dato") or today
    initial = {"as_of": day, "title": _("Handlingsdel – status for tiltakene")}
    form = EditionForm(typed.data, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            edition = actions.publish_edition(by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        except pdf.PrintError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("Utgave %(number)s er publisert, med status per %(day)s.")
                % {"number": edition.number, "day": dato(edition.as_of)},
            )
            return redirect(edition)
    context = {"form": form, "kept": typed.is_kept}
    return render_form(request, "portfolio/edition_create.html", context)
