"""The editor: the blocks of a newsletter one below the other, as they will be read, and one of them opened to be written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from accounts.http import SignedInRequest
from helsefellesskap import kept_input
from helsefellesskap.http import button, form_view, go_to, posted_number, render_form
from helsefellesskap.once import kept_answers
from newsletters import actions, permissions, rules
from newsletters.actions import BlockChanged
from newsletters.documents.content import content_of, for_reading, section_for_reading
from newsletters.forms.blocks import FORMS, BlockForm
from newsletters.models import Block, Newsletter
from newsletters.views.drafts import edited_newsletter


def edited_block(request: SignedInRequest, public_id: str) -> Block:
    """A block of a newsletter the person may know of, for the secretariat alone."""
    visible = Newsletter.objects.visible_to(request.user).values("pk")
    blocks = Block.objects.filter(newsletter__in=visible).select_related("newsletter", "changed_by")
    block = get_object_or_404(blocks.defer("newsletter__data", "newsletter__page"), public_id=public_id)
    if not permissions.can_edit_newsletters(request.user):
        raise PermissionDenied
    return block


def _editor(
    request: SignedInRequest, newsletter: Newsletter, block: Block | None = None, **context: Any
) -> HttpResponse:
    """The page of the editor, with one block opened or none; for htmx the blocks alone."""
    with kept_answers():  # also after something was posted
        letter = for_reading(content_of(newsletter, today=timezone.localdate()))
    by_key = {str(one.public_id): one for one in newsletter.blocks.all()}
    rows = [(by_key[section["key"]], section) for section in letter["sections"] if section["key"] in by_key]
    template = "newsletters/newsletter_edit.html" + ("#blocks" if request.htmx else "")
    return render_form(
        request,
        template,
        {
            "newsletter": newsletter,
            "letter": letter,
            "rows": rows,
            "given": [section for section in letter["sections"] if section["key"] not in by_key],
            "opened": block,
            "kinds": Block.Kind.choices,
            "attachments": newsletter.attachments.all(),
            **context,
        },
    )


@require_safe
def newsletter_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    if newsletter.state != Newsletter.State.DRAFT:
        return redirect(newsletter)
    return _editor(request, newsletter)


@button
def block_create(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Add a block below another, and open it."""
    newsletter = edited_newsletter(request, public_id)
    kind = request.POST.get("kind", "")
    after = None
    if kind not in Block.Kind.values:
        messages.error(request, _("Velg hva slags blokk du vil legge til."))
        return redirect("newsletters:newsletter-edit", newsletter.public_id)
    if (wanted := posted_number(request, "after")) is not None:
        after = newsletter.blocks.filter(pk=wanted).first()
    try:
        block = actions.add_block(newsletter=newsletter, kind=kind, after=after, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("newsletters:newsletter-edit", newsletter.public_id)
    return redirect("newsletters:block-update", block.public_id)


@form_view
def block_update(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The editor with this block opened where it stands."""
    block = edited_block(request, public_id)
    newsletter = block.newsletter
    if request.method != "POST" and newsletter.state != Newsletter.State.DRAFT:
        messages.info(request, _("Nyhetsbrevet er ikke et utkast nå. Trekk det tilbake for å endre det."))
        return redirect(newsletter)
    typed = kept_input.read(request)
    form = FORMS[block.kind](typed.data, block=block, user=request.user)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            _save(block, form, request)
        except BlockChanged as refusal:
            conflict = refusal.block
            form.meet(refusal, conflict.version)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            target = reverse("newsletters:newsletter-edit", args=[newsletter.public_id])
            return redirect(f"{target}#blokk-{block.public_id}")
    stored = section_for_reading(conflict, today=timezone.localdate()) if conflict else None
    return _editor(
        request, newsletter, block, form=form, conflict=conflict, stored=stored, kept=typed.is_kept
    )


def _save(block: Block, form: BlockForm, request: SignedInRequest) -> Block:
    data = form.cleaned_data
    return actions.save_block(
        block=block,
        heading=data["heading"],
        is_sub=data["is_sub"],
        body=data["body"],
        settings=form.settings(),
        version=data["version"],
        by=request.user,
    )


@button
def block_autosave(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same while one types: what was saved and when, or why not."""
    block = edited_block(request, public_id)
    form = FORMS[block.kind](request.POST, block=block, user=request.user)
    if not form.is_valid():
        return JsonResponse({"sentence": _("Det er feil i skjemaet. Lagre for å se dem.")}, status=422)
    try:
        saved = _save(block, form, request)
    except BlockChanged as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=409)
    except rules.NotAllowed as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=422)
    saved_at = timezone.localtime(saved.changed_at).strftime("kl. %H.%M")
    return JsonResponse({"saved_at": saved_at, "version": str(saved.version)})


@require_safe
def block_preview(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One block as it will be read, drawn anew after it was saved."""
    block = edited_block(request, public_id)
    section = section_for_reading(block, today=timezone.localdate())
    return render(request, "newsletters/parts/preview.html", {"section": section})


@button
def block_move(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One place up or down; for htmx the blocks drawn anew, with focus on the same button."""
    block = edited_block(request, public_id)
    steps = -1 if request.POST.get("way") == "up" else 1
    try:
        actions.move_block(block=block, steps=steps, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return go_to(request, block.newsletter.get_absolute_url())
    if request.htmx:
        way = "up" if steps < 0 else "down"
        response = _editor(request, block.newsletter, moved=block.pk, way=way)
        response.status_code = 200
        return trigger_client_event(response, "announce", {"text": _place_of(block)})
    target = reverse("newsletters:newsletter-edit", args=[block.newsletter.public_id])
    return redirect(f"{target}#blokk-{block.public_id}")


def _place_of(block: Block) -> str:
    keys = list(block.newsletter.blocks.values_list("pk", flat=True))
    place = {"block": block, "place": keys.index(block.pk) + 1, "all": len(keys)}
    return _("«%(block)s» er nå nummer %(place)s av %(all)s.") % place


@form_view
def block_delete(request: SignedInRequest, public_id: str) -> HttpResponse:
    block = edited_block(request, public_id)
    newsletter = block.newsletter
    if request.method == "POST":
        try:
            actions.delete_block(block=block, by=request.user)
        except rules.NotAllowed as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("«%(block)s» er tatt ut.") % {"block": block})
        return redirect(
            reverse("newsletters:newsletter-edit", args=[newsletter.public_id])
            if newsletter.state == Newsletter.State.DRAFT
            else newsletter.get_absolute_url()
        )
    context = {"newsletter": newsletter, "taken_out": block}
    return render_form(request, "newsletters/block_delete.html", context)
