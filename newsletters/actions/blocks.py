"""The blocks of a newsletter: added, ordered, written, and taken away; with their pictures."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.images import get_image_dimensions
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import LogEntry, User
from helsefellesskap import rich_text, untrusted, uploads
from helsefellesskap.uploads.temporary import path_of
from newsletters.actions.newsletters import lock_draft
from newsletters.models import Block, Newsletter, Picture
from newsletters.rules import MOST_BLOCKS, NotAllowed
from portfolio.rules import check_text

BODY_LENGTH = 20_000
WROTE = gettext_noop("skrev i nyhetsbrevet")
ONE_SITTING = timedelta(hours=1)
PICTURES = {"image/png", "image/jpeg"}
MOST_PICTURES = 12
WIDEST = 1600
"""Pixels: as wide as a page shows on a sharp screen."""

HEADINGS = {
    Block.Kind.HANDLINGSDEL: gettext_noop("Handlingsdel – status"),
    Block.Kind.FUNDING: gettext_noop("Rekrutterings- og samhandlingsmidler"),
    Block.Kind.FOCUS: gettext_noop("Tiltak i fokus"),
    Block.Kind.DECISIONS: gettext_noop("Vedtak"),
    Block.Kind.COMING: gettext_noop("Kommende møter og frister"),
    Block.Kind.EVENTS: gettext_noop("Arrangementer"),
    Block.Kind.FINISHED: gettext_noop("Ferdigstilte prosjekter"),
    Block.Kind.CONTACT: gettext_noop("Kontakt"),
    Block.Kind.ATTACHMENTS: gettext_noop("Vedlegg"),
}
"""What a new block is called until somebody calls it something else."""


class BlockChanged(NotAllowed):
    """Somebody else has saved the block since it was opened; `block` is what stands there now."""

    def __init__(self, block: Block) -> None:
        super().__init__(
            _("%(who)s har lagret blokken siden du åpnet den. Det du skrev, står fortsatt i skjemaet.")
            % {"who": block.changed_by}
        )
        self.block = block


@transaction.atomic
def add_block(*, newsletter: Newsletter, kind: str, after: Block | None = None, by: User) -> Block:
    """Put a new block below another, or first when there is none.

    One of the kind that stands there, and that nobody has written in, is that block: a form sent twice.
    """
    locked = lock_draft(newsletter, by)
    blocks = list(locked.blocks.all())
    keys = [one.pk for one in blocks]
    place = keys.index(after.pk) + 1 if after is not None and after.pk in keys else 0
    heading = _(HEADINGS[Block.Kind(kind)]) if Block.Kind(kind) in HEADINGS else ""
    if place < len(blocks) and _is_untouched(blocks[place], kind, heading):
        return blocks[place]
    if len(blocks) >= MOST_BLOCKS:
        raise NotAllowed(_("Nyhetsbrevet har %(n)s blokker. Slå noen sammen.") % {"n": len(blocks)})
    block = Block.objects.create(newsletter=locked, order=0, kind=kind, heading=heading, changed_by=by)
    blocks.insert(place, block)
    _number(blocks)
    _record_writing(locked, by)
    return block


def _is_untouched(block: Block, kind: str, heading: str) -> bool:
    is_new = block.kind == kind and block.heading == heading and not block.body and not block.settings
    return is_new and not block.pictures.exists()


@transaction.atomic
def move_block(*, block: Block, steps: int, by: User) -> None:
    """Move a block up (below nought) or down among the others; past the ends it stays there."""
    locked = lock_draft(block.newsletter, by)
    blocks = list(locked.blocks.all())
    place = next((place for place, one in enumerate(blocks) if one.pk == block.pk), None)
    if place is None:
        raise NotAllowed(_("Blokken finnes ikke lenger."))
    blocks.insert(min(max(place + steps, 0), len(blocks) - 1), blocks.pop(place))
    _number(blocks)
    _record_writing(locked, by)


def _number(blocks: list[Block]) -> None:
    for order, block in enumerate(blocks, start=1):
        if block.order != order:
            Block.objects.filter(pk=block.pk).update(order=order)


@transaction.atomic
def save_block(
    *,
    block: Block,
    heading: str,
    is_sub: bool,
    body: str,
    settings: dict[str, Any],
    version: int | None,
    by: User,
) -> Block:
    """Save what a block says and fetches. Raises BlockChanged when somebody else has saved something different since."""
    newsletter = lock_draft(block.newsletter, by)
    locked = newsletter.blocks.select_related("changed_by").filter(pk=block.pk).first()
    if locked is None:
        raise NotAllowed(_("Blokken finnes ikke lenger."))
    locked.newsletter = newsletter
    wanted = {
        "heading": heading.strip(),
        "is_sub": is_sub,
        "body": rich_text.clean(body),
        "settings": settings,
    }
    if all(getattr(locked, name) == value for name, value in wanted.items()):
        return locked
    if locked.version != version:
        raise BlockChanged(locked)
    check_text(heading, field="heading", limit=200)
    check_text(rich_text.to_text(str(wanted["body"])), field="body", limit=BODY_LENGTH)
    for contact in settings.get("contacts", ()):
        check_text(f"{contact['role']} {contact['email']}", field="contacts")
    for name, value in wanted.items():
        setattr(locked, name, value)
    locked.version += 1
    locked.changed_at, locked.changed_by = timezone.now(), by
    locked.save()
    _record_writing(newsletter, by)
    return locked


@transaction.atomic
def delete_block(*, block: Block, by: User) -> None:
    """Take a block out; what it said is kept in the log."""
    newsletter = lock_draft(block.newsletter, by)
    locked = newsletter.blocks.filter(pk=block.pk).first()
    if locked is None:
        return
    record(
        by=by,
        verb=gettext_noop("tok ut en blokk"),
        target=newsletter,
        old={"blokk": str(locked), "tekst": rich_text.to_text(locked.body)},
    )
    locked.delete()
    _number(list(newsletter.blocks.all()))


def _record_writing(newsletter: Newsletter, by: User) -> None:
    """That somebody wrote: once in an hour, since a newsletter is saved all the time."""
    since = timezone.now() - ONE_SITTING
    if not LogEntry.objects.about(newsletter).filter(by=by, verb=WROTE, at__gte=since).exists():
        record(by=by, verb=WROTE, target=newsletter)


def add_picture(*, block: Block, file: File[Any], alt: str, caption: str, by: User) -> Picture:
    """Put a picture under the text of a block: looked into first, made no larger than a page shows, and stripped of
    what it tells of camera and place. The very same again is the picture it already is. Raises NotAllowed with the field.
    """
    _check_words(alt, caption)
    inspection = uploads.inspect(file, name=file.name or "")
    if inspection.content_type not in PICTURES:
        raise NotAllowed(_("Et bilde er en PNG- eller JPEG-fil."), field="file")
    made = _made_smaller(file)
    width, height = get_image_dimensions(ContentFile(made))
    if not width or not height:
        raise NotAllowed(_("Bildet kunne ikke leses. Prøv å lagre det på nytt."), field="file")
    stored = default_storage.save(uploads.random_name(inspection.extension), ContentFile(made))
    try:
        with transaction.atomic():
            newsletter = lock_draft(block.newsletter, by)
            if not newsletter.blocks.filter(pk=block.pk).exists():
                raise NotAllowed(_("Blokken finnes ikke lenger."))
            said = {
                "alt": alt.strip(),
                "caption": caption.strip(),
                "sha256": hashlib.sha256(made).hexdigest(),
            }
            there: Picture | None = block.pictures.filter(**said).first()
            if there is not None:
                default_storage.delete(stored)
                return there
            if newsletter.pictures.count() >= MOST_PICTURES:
                raise NotAllowed(
                    _("Nyhetsbrevet har plass til %(n)s bilder.") % {"n": MOST_PICTURES}, field="file"
                )
            picture = Picture.objects.create(
                newsletter=newsletter,
                block=block,
                order=block.pictures.count() + 1,
                file=stored,
                content_type=inspection.content_type,
                width=width,
                height=height,
                **said,
            )
            record(
                by=by,
                verb=gettext_noop("la inn et bilde"),
                target=newsletter,
                new={"fil": inspection.name, "sha256": picture.sha256},
            )
    except BaseException:
        default_storage.delete(stored)
        raise
    return picture


def _made_smaller(file: File[Any]) -> bytes:
    try:
        with path_of(file) as path:
            return untrusted.smaller_picture(path, WIDEST)
    except (untrusted.Failed, untrusted.Busy) as error:
        raise NotAllowed(_("Bildet kunne ikke leses. Prøv å lagre det på nytt."), field="file") from error


def _check_words(alt: str, caption: str) -> None:
    for name, text, limit in (("alt", alt, 500), ("caption", caption, 300)):
        check_text(text, field=name, limit=limit)


@transaction.atomic
def change_picture(*, picture: Picture, alt: str, caption: str, by: User) -> None:
    newsletter = lock_draft(picture.newsletter, by)
    _check_words(alt, caption)
    locked = newsletter.pictures.filter(pk=picture.pk).first()
    if locked is None:
        raise NotAllowed(_("Bildet finnes ikke lenger."))
    old = {"alt": locked.alt, "caption": locked.caption}
    new = {"alt": alt.strip(), "caption": caption.strip()}
    if old == new:
        return
    locked.alt, locked.caption = new["alt"], new["caption"]
    locked.save(update_fields=["alt", "caption"])
    record(by=by, verb=gettext_noop("endret teksten til et bilde"), target=newsletter, old=old, new=new)


@transaction.atomic
def delete_picture(*, picture: Picture, by: User) -> None:
    newsletter = lock_draft(picture.newsletter, by)
    record(by=by, verb=gettext_noop("tok ut et bilde"), target=newsletter, old={"sha256": picture.sha256})
    picture.delete()
