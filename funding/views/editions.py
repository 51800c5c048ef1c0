"""Frozen tables of grants: published, read, and sent to meetings."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Viewer
from funding import actions, permissions, rules
from funding.documents import FundingTable
from funding.forms.editions import EditionForm, SendForm
from funding.models import Grant
from funding.views.grants import edited_grant
from helsefellesskap import kept_input, pdf
from helsefellesskap.forms import parse_day
from helsefellesskap.http import Request, asked_uuid, form_view, render_form
from helsefellesskap.templatetags.norsk import dato
from portfolio.models import Edition, EditionQuerySet, Initiative
from portfolio.permissions import can_read_people


@login_not_required
@require_safe
def edition_list(request: Request) -> HttpResponse:
    context = {
        "editions": _editions(request).select_related("superseded_by"),
        "can_edit": permissions.can_edit_funding(request.user),
    }
    return render(request, "funding/edition_list.html", context)


@login_not_required
@require_safe
def edition_detail(request: Request, number: int) -> HttpResponse:
    edition = _edition(request, number)
    table = FundingTable.from_data(edition.data)
    context = {
        "edition": edition,
        "table": table,
        "unlinked": _unlinked(table, request.user),
        "grant": Grant.objects.visible_to(request.user)
        .filter(public_id=edition.data["grant"])
        .select_related("scheme")
        .first(),
        "can_read_people": can_read_people(request.user),
    }
    return render(request, "funding/edition_detail.html", context)


def _unlinked(table: FundingTable, user: Viewer) -> set[str]:
    """The addresses in a frozen table that this person may not open now; an older address still leads on."""
    slugs = {row.slug for _group, row in table.rows if row.slug}
    visible = Initiative.objects.visible_to(user)
    known = visible.filter(Q(slug__in=slugs) | Q(old_slugs__slug__in=slugs))
    return slugs - {slug for pair in known.values_list("slug", "old_slugs__slug") for slug in pair}


@login_not_required
@require_safe
def edition_pdf(request: Request, number: int) -> HttpResponseBase:
    """The frozen file itself, never rendered again."""
    edition = _edition(request, number)
    name = f"midler-utgave-{edition.number}.pdf"
    return FileResponse(edition.pdf.open("rb"), filename=name, content_type="application/pdf")


def _edition(request: Request, number: int) -> Edition:
    editions = _editions(request).select_related("superseded_by", "supersedes", "published_by")
    return get_object_or_404(editions, number=number)


def _editions(request: Request) -> EditionQuerySet:
    return Edition.objects.visible_to(request.user).of_kind(Edition.Kind.FUNDING)


@form_view
def edition_create(request: SignedInRequest) -> HttpResponse:
    """Of the grant named by `tilskudd`; without one, it is chosen first."""
    if not permissions.can_edit_funding(request.user):
        raise PermissionDenied
    wanted = asked_uuid(request, "tilskudd")
    if wanted is None:
        grants = Grant.objects.visible_to(request.user).select_related("scheme").newest_first()
        return render_form(request, "funding/edition_create.html", {"grants": grants})
    grant = edited_grant(request, wanted)
    typed = kept_input.read(request)
    form = EditionForm(typed.data, grant=grant, initial={"title": str(grant), "as_of": _asked_day(request)})
    if request.method == "POST" and form.is_valid():
        try:
            edition = actions.publish_funding_edition(grant=grant, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        except pdf.PrintError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("Utgave %(number)s er publisert, med midlene per %(day)s.")
                % {"number": edition.number, "day": dato(edition.as_of)},
            )
            return redirect(edition)
    context = {"form": form, "grant": grant, "kept": typed.is_kept}
    return render_form(request, "funding/edition_create.html", context)


def _asked_day(request: Request) -> date:
    """The day that was shown; nonsense and days to come are today."""
    today = timezone.localdate()
    return min(parse_day(request.GET.get("dato", "")) or today, today)


@form_view
def grant_send(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Put the table on a coming meeting, as a document of it or of one of its cases."""
    grant = edited_grant(request, public_id)
    typed = kept_input.read(request)
    asked = _asked_day(request)
    form = SendForm(
        typed.data, user=request.user, initial={"day": asked if asked < timezone.localdate() else None}
    )
    if request.method == "POST" and form.is_valid():
        meeting = form.cleaned_data["meeting"]
        try:
            document = actions.send_to_meeting(grant=grant, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        except pdf.PrintError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("«%(document)s» er lagt til %(meeting)s. Den blir offentlig når saklisten publiseres.")
                % {"document": document.title, "meeting": meeting},
            )
            return redirect(meeting)
    context = {"form": form, "grant": grant, "kept": typed.is_kept}
    return render_form(request, "funding/grant_send.html", context)
