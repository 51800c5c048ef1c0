"""Newsletters taken through approval and publishing, quickly: what would be printed is kept as its HTML."""

import hashlib

from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.utils import timezone

from helsefellesskap import page_images, pdf
from newsletters import actions
from newsletters.documents.checks import checked
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import Attachment, Block, Newsletter, Picture
from tests import files

PICTURE = files.png()
FILE = files.pdf("Vedlegget")


def print_as_text(monkeypatch) -> None:
    """A «PDF» in which a test can read what stands there; the image of a page is that it is one."""

    def print_document(template, context, *, attachments=(), pictures=None):
        said = [render_to_string(template, context), *(file.description for file in attachments)]
        return f"%PDF-1.7 {' '.join(said)}".encode()

    monkeypatch.setattr(pdf, "print_document", print_document)
    monkeypatch.setattr(pdf, "page_count", lambda content: 1)
    monkeypatch.setattr(page_images.untrusted, "page_image", lambda path, page, width: b"image")


def add_block(newsletter, kind="text", *, by, heading="Overskrift", body="<p>Hei</p>", **settings) -> Block:
    """At the end."""
    block = actions.add_block(newsletter=newsletter, kind=kind, after=newsletter.blocks.last(), by=by)
    return actions.save_block(
        block=block, heading=heading, is_sub=False, body=body, settings=settings, version=1, by=by
    )


def _facts(content: bytes, name: str) -> dict:
    return {"file": ContentFile(content, name=name), "sha256": hashlib.sha256(content).hexdigest()}


def add_picture(block, *, content=PICTURE, alt="Et bilde", caption="") -> Picture:
    """As it is kept, without the process that opens pictures."""
    return Picture.objects.create(
        newsletter=block.newsletter,
        block=block,
        alt=alt,
        caption=caption,
        content_type="image/png",
        width=40,
        height=30,
        **_facts(content, f"{block.public_id.hex}.png"),
    )


def add_attachment(newsletter, *, content=FILE, title="Vedlegg") -> Attachment:
    """As it is kept; without content it is only announced."""
    facts = _facts(content, f"{newsletter.public_id.hex}.pdf") if content else {}
    return Attachment.objects.create(
        newsletter=newsletter,
        order=newsletter.attachments.count() + 1,
        title=title,
        content_type="application/pdf" if content else "",
        size=len(content),
        **facts,
    )


def send(newsletter, *, by) -> Newsletter:
    actions.send_newsletter(newsletter=newsletter, by=by)
    return Newsletter.objects.get(pk=newsletter.pk)


def approve(newsletter, *, by, leaders) -> Newsletter:
    """From a draft to approved by both sides."""
    send(newsletter, by=by)
    for person in leaders:
        actions.approve_newsletter(newsletter=newsletter, content=fingerprint(newsletter), by=person)
    return Newsletter.objects.get(pk=newsletter.pk)


def accept_all(newsletter, *, by) -> None:
    """Give a reason for every serious finding."""
    for group in checked(newsletter, today=timezone.localdate()):
        if group.stops:
            actions.accept_findings(
                newsletter=newsletter,
                code=group.check.code,
                found={finding.key: finding.sentence for finding in group.findings},
                reason="Det er greit denne gangen.",
                by=by,
            )


def publish(newsletter, *, by, leaders) -> Newsletter:
    """From a draft to published, whatever is found in it."""
    accept_all(newsletter, by=by)
    return actions.publish_newsletter(newsletter=approve(newsletter, by=by, leaders=leaders), by=by)
