"""Signing on to the newsletter and off it; and for the secretariat: who gets it, and lists that are taken over."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from helsefellesskap import kept_input, uploads
from helsefellesskap.files import spreadsheet
from helsefellesskap.http import Request, form_view, render_form
from newsletters import actions, permissions, rules
from newsletters.actions.subscriptions import subscription_to_confirm, subscription_to_end
from newsletters.documents.subscriptions import subscription_columns, subscription_counts
from newsletters.forms.subscriptions import ImportForm, SubscribeForm, SubscriptionFilterForm
from newsletters.models import SubscriberImport, Subscription, SubscriptionQuerySet
from newsletters.resources import preview

PAGE_SIZE = 100
SHOWN_ROWS = 200


# Everybody


@login_not_required
@form_view
def subscription_create(request: Request) -> HttpResponse:
    """Who signs on sees the same whether or not the address is known."""
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.is_from_program:
            return redirect("newsletters:subscription-receipt")
        if _asks_too_often(request):
            form.add_error(
                None, _("Det er kommet mange påmeldinger herfra den siste timen. Vent litt, og prøv igjen.")
            )
        else:
            actions.subscribe(email=form.cleaned_data["email"])
            return redirect("newsletters:subscription-receipt")
    return render_form(request, "newsletters/subscription_create.html", {"form": form})


def _asks_too_often(request: Request) -> bool:
    return not ratelimit.consume(request, action="subscription")


@login_not_required
@require_safe
def subscription_receipt(request: Request) -> HttpResponse:
    return render(request, "newsletters/subscription_receipt.html")


def _secret(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page of an address that only its owner knows: kept by nobody, found by no search engine, told to no site."""

    @wraps(view)
    def kept_secret(request: Request, **values: Any) -> HttpResponse:
        response = view(request, **values)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return kept_secret


@login_not_required
@form_view
@_secret
def subscription_confirm(request: Request, token: str) -> HttpResponse:
    """Opening the link changes nothing, since programs that look for viruses open it too; the button confirms."""
    subscription = subscription_to_confirm(token)
    if subscription is None:
        return render(request, "newsletters/subscription_confirm.html", status=404)
    why_not = ""
    if request.method == "POST":
        try:
            actions.confirm_subscription(subscription=subscription)
        except rules.NotAllowed as refusal:
            why_not = str(refusal)
        else:
            return redirect("newsletters:subscription-confirm", token=token)
    context = {"subscription": subscription, "why_not": why_not or _why_not_confirmable(subscription)}
    return render(request, "newsletters/subscription_confirm.html", context)


def _why_not_confirmable(subscription: Subscription) -> str:
    try:
        rules.check_confirmable(subscription)
    except rules.NotAllowed as refusal:
        return str(refusal)
    return ""


@login_not_required
@csrf_exempt  # mail programs post to it by themselves (RFC 8058); the address is the proof
@form_view
@_secret
def subscription_end(request: Request, token: str) -> HttpResponse:
    """Opening the link changes nothing; the button, or that of a mail program, ends the subscription."""
    subscription = subscription_to_end(token)
    if subscription is None:
        return render(request, "newsletters/subscription_end.html", status=404)
    if request.method == "POST" and "igjen" in request.POST:
        return _subscribe_again(request, subscription, token)
    if request.method == "POST":
        actions.unsubscribe(subscription=subscription)
        if "List-Unsubscribe" not in request.POST:
            return redirect("newsletters:subscription-end", token=token)
        subscription.refresh_from_db()
    return render(request, "newsletters/subscription_end.html", {"subscription": subscription})


def _subscribe_again(request: Request, subscription: Subscription, token: str) -> HttpResponse:
    if _asks_too_often(request):
        messages.error(
            request, _("Det er kommet mange påmeldinger herfra den siste timen. Vent litt, og prøv igjen.")
        )
        return redirect("newsletters:subscription-end", token=token)
    actions.subscribe(email=subscription.email)
    return redirect("newsletters:subscription-receipt")


# The secretariat


def _check(request: SignedInRequest) -> None:
    if not permissions.can_keep_subscriptions(request.user):
        raise PermissionDenied


def _filtered(request: SignedInRequest, form: SubscriptionFilterForm) -> SubscriptionQuerySet:
    form.is_valid()
    found = Subscription.objects.visible_to(request.user).select_related("imported_in")
    if state := form.value("tilstand"):
        found = found.filter(state=state)
    if basis := form.value("grunnlag"):
        found = found.filter(basis=basis)
    if form.value("avvist") == "True":
        found = found.often_refused()
    for word in form.value("q").lower().split()[:8]:
        found = found.filter(email__contains=word)
    return found


@require_safe
def subscription_list(request: SignedInRequest) -> HttpResponse:
    _check(request)
    form = SubscriptionFilterForm(request.GET)
    page = Paginator(_filtered(request, form), PAGE_SIZE).get_page(request.GET.get("side"))
    context = {
        "form": form,
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "counts": subscription_counts(),
        "many": Subscription.MANY_REFUSALS,
    }
    part = "#resultat" if request.htmx and request.htmx.target == "resultat" else ""
    return render(request, f"newsletters/subscription_list.html{part}", context)


@require_POST
def subscription_export(request: SignedInRequest, file_format: str) -> HttpResponse:
    """The list as filtered; a button and not a link, since taking addresses out is written down."""
    _check(request)
    if file_format not in {"xlsx", "csv"}:
        return HttpResponse(status=404)
    found = list(_filtered(request, SubscriptionFilterForm(request.GET)))
    actions.export_subscriptions(number=len(found), by=request.user)
    return spreadsheet(subscription_columns(found), file_format, name=f"abonnenter-{timezone.localdate()}")


def _subscription(request: SignedInRequest, public_id: str) -> Subscription:
    _check(request)
    visible = Subscription.objects.visible_to(request.user).select_related("imported_in__created_by")
    return get_object_or_404(visible, public_id=public_id)


@form_view
def subscription_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All that is kept about an address; the subscription can be ended for somebody who asks."""
    subscription = _subscription(request, public_id)
    if request.method == "POST":
        actions.unsubscribe(subscription=subscription, by=request.user)
        messages.success(request, _("%(email)s er meldt av.") % {"email": subscription.email})
        return redirect("newsletters:subscription-detail", public_id=public_id)
    mails = subscription.deliveries.select_related("newsletter").defer(
        "newsletter__data", "newsletter__page", "newsletter__mail_html", "newsletter__mail_text"
    )
    context = {"subscription": subscription, "mails": mails.order_by("-pk")[:50]}
    return render(request, "newsletters/subscription_detail.html", context)


@form_view
def subscription_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    subscription = _subscription(request, public_id)
    if request.method == "POST":
        actions.erase_subscription(subscription=subscription, by=request.user)
        messages.success(request, _("Adressen er slettet."))
        return redirect("newsletters:subscription-list")
    return render(request, "newsletters/subscription_delete.html", {"subscription": subscription})


@form_view
def import_create(request: SignedInRequest) -> HttpResponse:
    _check(request)
    typed = kept_input.read(request)
    form = ImportForm(initial={"basis": typed.data.get("basis", "")} if typed.data else {})
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES)
        if made := _received(request, form):
            return redirect("newsletters:import-detail", public_id=made.public_id)
    context = {
        "form": form,
        "kept": typed.is_kept,
        "imports": SubscriberImport.objects.defer("rows").select_related("created_by")[:20],
    }
    return render_form(request, "newsletters/import_create.html", context)


def _received(request: SignedInRequest, form: ImportForm) -> SubscriberImport | None:
    try:
        uploads.check_request(request)
    except rules.NotAllowed as refusal:  # stopped on its way in
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", str(refusal))
        return None
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    try:
        return actions.receive_list(
            file=file, name=file.name, basis=form.cleaned_data["basis"], by=request.user
        )
    except rules.NotAllowed as refusal:
        form.add_error(refusal.field, str(refusal))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def import_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What taking the list in would do; and the two buttons."""
    _check(request)
    source = get_object_or_404(SubscriberImport.objects.select_related("created_by"), public_id=public_id)
    if request.method == "POST":
        return _decide(request, source)
    context: dict[str, Any] = {"source": source, "most": SHOWN_ROWS}
    if not source.confirmed_at:
        context["outcome"] = preview(source)
    return render(request, "newsletters/import_detail.html", context)


def _decide(request: SignedInRequest, source: SubscriberImport) -> HttpResponse:
    try:
        if "forkast" in request.POST:
            actions.discard_import(source=source, by=request.user)
            messages.success(request, _("Lista er forkastet. Ingen er lagt til."))
            return redirect("newsletters:import-create")
        number = actions.confirm_import(source=source, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        sentence = ngettext("%(n)s ny abonnent er lagt til.", "%(n)s nye abonnenter er lagt til.", number)
        messages.success(request, sentence % {"n": number})
    return redirect("newsletters:import-detail", public_id=source.public_id)
