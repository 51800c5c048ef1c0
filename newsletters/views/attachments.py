"""The files that go with a newsletter: announced, delivered, ordered, taken out."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from helsefellesskap.http import button, form_view, render_form
from newsletters import actions, permissions, rules
from newsletters.forms.blocks import AttachmentForm
from newsletters.models import Attachment, Newsletter
from newsletters.views.drafts import edited_newsletter
from newsletters.views.files import tell_of_stopped


def _edited_attachment(request: SignedInRequest, public_id: str) -> Attachment:
    """An attachment of a newsletter the person may know of, delivered or not, for the secretariat alone."""
    visible = Newsletter.objects.visible_to(request.user).values("pk")
    attachments = Attachment.objects.filter(newsletter__in=visible).select_related("newsletter")
    attachment: Attachment = get_object_or_404(attachments, public_id=public_id)
    if not permissions.can_edit_newsletters(request.user):
        raise PermissionDenied
    return attachment


def _list_address(newsletter: Newsletter) -> str:
    return f"{reverse('newsletters:newsletter-edit', args=[newsletter.public_id])}#vedlegg"


@form_view
def attachment_create(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    form = AttachmentForm()
    if request.method == "POST":
        form = AttachmentForm(request.POST, request.FILES)
        tell_of_stopped(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_attachment(newsletter=newsletter, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, "file" if refusal.field == "files" else refusal.field)
        else:
            messages.success(request, _("Vedlegget er lagt til."))
            return redirect(_list_address(newsletter))
    context = {"newsletter": newsletter, "form": form, "back": _list_address(newsletter)}
    return render_form(request, "newsletters/attachment_edit.html", context)


@form_view
def attachment_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    attachment = _edited_attachment(request, public_id)
    form = AttachmentForm(initial={"title": attachment.title})
    if request.method == "POST":
        form = AttachmentForm(request.POST, request.FILES)
        tell_of_stopped(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_attachment(attachment=attachment, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, "file" if refusal.field == "files" else refusal.field)
        else:
            messages.success(request, _("Vedlegget er lagret."))
            return redirect(_list_address(attachment.newsletter))
    context = {
        "newsletter": attachment.newsletter,
        "attachment": attachment,
        "form": form,
        "back": _list_address(attachment.newsletter),
    }
    return render_form(request, "newsletters/attachment_edit.html", context)


@button
def attachment_move(request: SignedInRequest, public_id: str) -> HttpResponse:
    attachment = _edited_attachment(request, public_id)
    steps = -1 if request.POST.get("way") == "up" else 1
    try:
        actions.move_attachment(attachment=attachment, steps=steps, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(_list_address(attachment.newsletter))


@button
def attachment_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    attachment = _edited_attachment(request, public_id)
    try:
        actions.delete_attachment(attachment=attachment, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("«%(title)s» er tatt ut.") % {"title": attachment.title})
    return redirect(_list_address(attachment.newsletter))
