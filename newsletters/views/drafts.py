"""Newsletters in work: begun, looked at, named, corrected, thrown away; and how they will look on paper."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import LogEntry
from accounts.permissions import can_read_log
from helsefellesskap import kept_input, page_images, pdf
from helsefellesskap.files import answer
from helsefellesskap.http import form_view, render_form
from newsletters import actions, permissions, rules
from newsletters.actions import NewsletterChanged
from newsletters.documents.checks import checked
from newsletters.documents.content import content_of, for_reading
from newsletters.documents.fingerprint import fingerprint
from newsletters.documents.printing import pdf_of
from newsletters.forms.newsletters import CorrectionForm, NewsletterForm
from newsletters.models import Newsletter
from portfolio.documents import log_lines


def find_newsletter(request: SignedInRequest, public_id: str) -> Newsletter:
    """A newsletter the person may know of, published or in work, without its frozen content."""
    newsletters = (
        Newsletter.objects.visible_to(request.user).light().select_related("written_by", "publish_by")
    )
    return get_object_or_404(newsletters, public_id=public_id)


def newsletter_in_work(request: SignedInRequest, public_id: str) -> Newsletter:
    """One in work, for those who read drafts."""
    newsletter = find_newsletter(request, public_id)
    if newsletter.is_published and not permissions.can_read_drafts(request.user):
        raise PermissionDenied
    return newsletter


def edited_newsletter(request: SignedInRequest, public_id: str) -> Newsletter:
    """One in work, for the secretariat alone."""
    newsletter = find_newsletter(request, public_id)
    if not permissions.can_edit_newsletters(request.user):
        raise PermissionDenied
    return newsletter


@form_view
def newsletter_create(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_edit_newsletters(request.user):
        raise PermissionDenied
    typed = kept_input.read(request)
    newest = Newsletter.objects.newest().light().newest_first().first()
    form = NewsletterForm(typed.data, initial={"copy_of": newest.public_id if newest else None})
    if request.method == "POST" and form.is_valid():
        try:
            newsletter = actions.create_newsletter(by=request.user, **form.values())
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            return redirect("newsletters:newsletter-edit", newsletter.public_id)
    return render_form(request, "newsletters/newsletter_create.html", {"form": form, "kept": typed.is_kept})


@require_safe
def newsletter_draft(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Where a newsletter in work stands, what is found in it, and what it says; a published one is read elsewhere."""
    newsletter = newsletter_in_work(request, public_id)
    if newsletter.is_published:
        return redirect(newsletter)
    user, today = request.user, timezone.localdate()
    groups = checked(newsletter, today=today)
    content = fingerprint(newsletter)
    given = list(newsletter.approvals.filter(content=content).select_related("approved_by"))
    log = LogEntry.objects.visible_to(user).about(newsletter).select_related("by")
    stops = sum(len(group.left) for group in groups if group.stops)
    is_approved = newsletter.state == Newsletter.State.APPROVED
    context = {
        "newsletter": newsletter,
        "letter": for_reading(content_of(newsletter, today=today)),
        "content": content,
        "given": given,
        "stops": stops,
        "found": sum(len(group.findings) for group in groups),
        "can_edit": permissions.can_edit_newsletters(user),
        "can_approve": newsletter.state == Newsletter.State.REVIEW
        and permissions.can_approve_newsletter(user, newsletter)
        and all(approval.approved_by_id != user.pk for approval in given),
        "can_withdraw": newsletter.state in {Newsletter.State.REVIEW, Newsletter.State.APPROVED}
        and (permissions.can_edit_newsletters(user) or permissions.can_approve_newsletter(user, newsletter)),
        "is_outdated": is_approved and bool(rules.missing_sides(given)),
        "note": _sent_back(newsletter),
        "log": log_lines(log[:30]) if can_read_log(user) else [],
    }
    return render(request, "newsletters/newsletter_draft.html", context)


def _sent_back(newsletter: Newsletter) -> str:
    """What was written when it was last taken back to be changed."""
    if newsletter.state != Newsletter.State.DRAFT:
        return ""
    entry = LogEntry.objects.about(newsletter).filter(verb=actions.WITHDREW).order_by("-at", "-pk").first()
    return str(entry.new.get("merknad", "")) if entry else ""


@form_view
def newsletter_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    typed = kept_input.read(request)
    form = NewsletterForm(typed.data, newsletter=newsletter)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            newsletter = actions.change_newsletter(
                newsletter=newsletter,
                values=form.values(),
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except NewsletterChanged as refusal:
            conflict = refusal.newsletter
            form.meet(refusal, conflict.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Opplysningene er lagret."))
            return redirect("newsletters:newsletter-edit", newsletter.public_id)
    context = {"newsletter": newsletter, "form": form, "conflict": conflict, "kept": typed.is_kept}
    return render_form(request, "newsletters/newsletter_update.html", context)


@form_view
def newsletter_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    refused = ""
    if request.method == "POST":
        name = str(newsletter)
        try:
            actions.discard_newsletter(newsletter=newsletter, by=request.user)
        except rules.NotAllowed as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Utkastet til %(newsletter)s er slettet.") % {"newsletter": name})
            return redirect("newsletters:newsletter-list")
    context = {"newsletter": newsletter, "refused": refused}
    return render_form(request, "newsletters/newsletter_delete.html", context)


@form_view
def newsletter_correct(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    typed = kept_input.read(request)
    form = CorrectionForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            correction = actions.correct_newsletter(
                newsletter=newsletter, by=request.user, **form.cleaned_data
            )
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(
                request, _("Rettelsen er påbegynt. Leserne ser den gamle versjonen til den nye er publisert.")
            )
            return redirect("newsletters:newsletter-edit", correction.public_id)
    context = {"newsletter": newsletter, "form": form, "kept": typed.is_kept}
    return render_form(request, "newsletters/newsletter_correct.html", context)


# On paper


def _printed(newsletter: Newsletter) -> bytes:
    return pdf_of(newsletter, content_of(newsletter, today=timezone.localdate()), is_draft=True)


@require_safe
def newsletter_draft_pdf(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The draft as PDF; says on the first page that it is one."""
    newsletter = newsletter_in_work(request, public_id)
    if newsletter.is_published:
        return redirect(newsletter)
    try:
        content = _printed(newsletter)
    except pdf.PrintError as error:
        messages.error(request, str(error))
        return redirect(newsletter)
    name = f"utkast-{newsletter.year}-{newsletter.number}.pdf"
    return answer(content, "application/pdf", name, as_attachment=False)


@require_safe
def newsletter_print(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How it looks on paper, page by page; for htmx the pages alone."""
    newsletter = newsletter_in_work(request, public_id)
    if newsletter.is_published:
        return redirect(newsletter)
    context: dict[str, Any] = {"newsletter": newsletter, "pages": [], "error": ""}
    try:
        content = _printed(newsletter)
    except pdf.PrintError as error:
        context["error"] = str(error)
    else:
        context["key"] = hashlib.sha256(content).hexdigest()[:16]
        context["pages"] = range(1, pdf.page_count(content) + 1)
    template = "newsletters/newsletter_print.html" + ("#pages" if request.htmx else "")
    return render(request, template, context)


@require_safe
def newsletter_print_page(request: SignedInRequest, public_id: str, key: str, page: int) -> HttpResponse:
    """The image of a page; `key` is that of the print, so that a browser asks anew when it has changed."""
    newsletter = newsletter_in_work(request, public_id)
    if newsletter.is_published:
        raise Http404
    try:
        content = _printed(newsletter)
    except pdf.PrintError as error:
        raise Http404 from error
    sha256 = hashlib.sha256(content).hexdigest()
    return page_images.serve(request, ContentFile(content, name="utkast.pdf"), sha256=sha256, page=page)
