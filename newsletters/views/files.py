"""Pictures and attachments of newsletters: published ones for everybody, the others for the secretariat and leaders."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from helsefellesskap import downloads, uploads
from helsefellesskap.http import Request
from newsletters import rules
from newsletters.forms.blocks import AttachmentForm, PictureForm
from newsletters.models import Attachment, Picture


@login_not_required
@require_safe
def attachment_file(request: Request, public_id: str, name: str) -> HttpResponseBase:
    """The file, under its title."""
    return _serve(
        request, get_object_or_404(Attachment.objects.visible_to(request.user), public_id=public_id)
    )


@login_not_required
@require_safe
def picture_file(request: Request, public_id: str, name: str) -> HttpResponseBase:
    return _serve(request, get_object_or_404(Picture.objects.visible_to(request.user), public_id=public_id))


def _serve(request: Request, row: Attachment | Picture) -> HttpResponseBase:
    return downloads.serve(
        request, row.file, name=row.file_name, content_type=row.content_type, sha256=row.sha256
    )


def tell_of_stopped(request: Request, form: PictureForm | AttachmentForm) -> None:
    """A file that was stopped on its way in is told of at the field."""
    try:
        uploads.check_request(request)
    except rules.NotAllowed as refusal:
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", str(refusal))
