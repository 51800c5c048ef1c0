"""Pictures of a block: put in, described, taken out."""

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
from newsletters.forms.blocks import PictureForm
from newsletters.models import Block, Picture
from newsletters.views.blocks import edited_block
from newsletters.views.files import tell_of_stopped


def _edited_picture(request: SignedInRequest, public_id: str) -> Picture:
    pictures = Picture.objects.visible_to(request.user).select_related("newsletter", "block")
    picture: Picture = get_object_or_404(pictures, public_id=public_id)
    if not permissions.can_edit_newsletters(request.user):
        raise PermissionDenied
    return picture


def _block_address(block: Block) -> str:
    return reverse("newsletters:block-update", args=[block.public_id])


@form_view
def picture_create(request: SignedInRequest, public_id: str) -> HttpResponse:
    block = edited_block(request, public_id)
    form = PictureForm()
    if request.method == "POST":
        form = PictureForm(request.POST, request.FILES)
        tell_of_stopped(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_picture(block=block, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, "file" if refusal.field == "files" else refusal.field)
        else:
            messages.success(request, _("Bildet er lagt inn."))
            return redirect(_block_address(block))
    context = {"newsletter": block.newsletter, "block": block, "form": form, "back": _block_address(block)}
    return render_form(request, "newsletters/picture_create.html", context)


@form_view
def picture_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    picture = _edited_picture(request, public_id)
    initial = {"alt": picture.alt, "caption": picture.caption}
    form = PictureForm(request.POST or None, has_file=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_picture(picture=picture, by=request.user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Teksten til bildet er lagret."))
            return redirect(_block_address(picture.block))
    context = {
        "newsletter": picture.newsletter,
        "block": picture.block,
        "picture": picture,
        "form": form,
        "back": _block_address(picture.block),
    }
    return render_form(request, "newsletters/picture_update.html", context)


@button
def picture_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    picture = _edited_picture(request, public_id)
    try:
        actions.delete_picture(picture=picture, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Bildet er tatt ut."))
    return redirect(_block_address(picture.block))
