"""How the sending of a newsletter goes; stopping it, and deciding about what went wrong."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from accounts.http import SignedInRequest
from helsefellesskap.http import button, posted_number
from newsletters import actions, permissions, rules
from newsletters.documents.deliveries import progress_of, to_decide
from newsletters.models import Delivery, Newsletter

SHOWN = 100


def _newsletter(request: SignedInRequest, public_id: str) -> Newsletter:
    newsletter = get_object_or_404(Newsletter.objects.visible_to(request.user).light(), public_id=public_id)
    if not permissions.can_read_drafts(request.user):
        raise PermissionDenied
    return newsletter


@require_http_methods(["GET", "HEAD", "POST"])
def delivery_list(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = _newsletter(request, public_id)
    can_edit = permissions.can_edit_newsletters(request.user)
    if request.method == "POST":
        if not can_edit:
            raise PermissionDenied
        _act(request, newsletter)
        return redirect("newsletters:delivery-list", public_id=newsletter.public_id)
    progress = progress_of(newsletter, now=timezone.now())
    decide = to_decide(newsletter)
    tests = list(newsletter.deliveries.filter(kind=Delivery.Kind.TEST).order_by("-pk")[:5])
    refreshes = progress.is_under_way or any(test.is_under_way for test in tests)
    context = {
        "newsletter": newsletter,
        "progress": progress,
        "to_decide": decide[:SHOWN],
        "undecided": decide.count(),
        "tests": tests,
        "refreshes": refreshes,
        "rate": settings.MAIL_PER_MINUTE,
        "can_edit": can_edit,
    }
    is_part = request.htmx and request.htmx.target == "utsending"
    response = render(request, "newsletters/delivery_list.html" + ("#utsending" if is_part else ""), context)
    if is_part and not refreshes and progress.total and not progress.stopped:
        trigger_client_event(response, "announce", {"text": _("Utsendingen er ferdig.")})
    return response


def _act(request: SignedInRequest, newsletter: Newsletter) -> None:
    try:
        if "stans" in request.POST:
            actions.stop_sending(newsletter=newsletter, by=request.user)
            messages.success(request, _("Utsendingen er stanset."))
        elif "fortsett" in request.POST:
            actions.resume_sending(newsletter=newsletter, by=request.user)
            messages.success(request, _("Utsendingen fortsetter."))
        elif "start" in request.POST:
            actions.start_sending(newsletter=newsletter, by=request.user)
            messages.success(request, _("Nyhetsbrevet sendes til abonnentene."))
        elif "send" in request.POST:
            actions.resend_delivery(delivery=_posted(request, newsletter, "send"), by=request.user)
            messages.success(request, _("E-posten sendes på nytt."))
        else:
            actions.settle_delivery(delivery=_posted(request, newsletter, "la-vaere"), by=request.user)
            messages.success(request, _("Det gjøres ikke mer med e-posten."))
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))


def _posted(request: SignedInRequest, newsletter: Newsletter, name: str) -> Delivery:
    return get_object_or_404(Delivery.objects.of_newsletter(newsletter), pk=posted_number(request, name))


@button
def delivery_test(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The newsletter as it stands, to the signed-in editor alone."""
    newsletter = _newsletter(request, public_id)
    if not permissions.can_edit_newsletters(request.user):
        raise PermissionDenied
    test = actions.send_test(newsletter=newsletter, by=request.user)
    messages.success(request, _("Prøven er på vei til %(email)s.") % {"email": test.email})
    if newsletter.is_published:
        return redirect("newsletters:delivery-list", public_id=newsletter.public_id)
    return redirect(newsletter)
