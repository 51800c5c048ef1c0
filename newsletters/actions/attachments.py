"""The files that go with a newsletter: announced, delivered, ordered, taken away."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import uploads
from helsefellesskap.uploads import Inspection
from newsletters.actions.newsletters import lock_draft
from newsletters.models import Attachment, Newsletter
from newsletters.rules import NotAllowed
from portfolio.rules import check_text

MOST = 20
LARGEST = 25_000_000
"""Bytes of all attachments together: they lie inside the PDF that everybody downloads."""


def add_attachment(*, newsletter: Newsletter, title: str, file: File[Any] | None, by: User) -> Attachment:
    """Announce an attachment, with its file or to be delivered later. The very same again is the one it already is: a
    form sent twice. Raises NotAllowed with the field.
    """
    inspection = _inspected(file)
    title = title.strip() or (inspection.name.rpartition(".")[0].replace("_", " ") if inspection else "")
    if not title:
        raise NotAllowed(_("Skriv en tittel, eller velg en fil."), field="title")
    check_text(title, field="title", limit=200)
    stored = _store(file, inspection)
    try:
        with transaction.atomic():
            locked = lock_draft(newsletter, by)
            rows: list[Attachment] = list(locked.attachments.all())
            same = (title, inspection.sha256 if inspection else "")
            if there := next((row for row in rows if (row.title, row.sha256) == same), None):
                _remove(stored)
                return there
            if len(rows) >= MOST:
                raise NotAllowed(_("Nyhetsbrevet har plass til %(n)s vedlegg.") % {"n": MOST})
            _check_size(rows, inspection)
            last = locked.attachments.aggregate(last=Max("order"))["last"] or 0
            attachment = Attachment.objects.create(
                newsletter=locked, order=last + 1, title=title, **_facts(stored, inspection)
            )
            record(by=by, verb=gettext_noop("la til vedlegg"), target=locked, new={"vedlegg": title})
    except BaseException:
        _remove(stored)
        raise
    return attachment


def change_attachment(*, attachment: Attachment, title: str, file: File[Any] | None, by: User) -> None:
    """Call it something else, or deliver its file or another one. Raises NotAllowed with the field."""
    inspection = _inspected(file)
    if not title.strip():
        raise NotAllowed(_("Skriv en tittel."), field="title")
    check_text(title, field="title", limit=200)
    stored = _store(file, inspection)
    try:
        with transaction.atomic():
            locked = lock_draft(attachment.newsletter, by)
            rows = [row for row in locked.attachments.all() if row.pk != attachment.pk]
            _check_size(rows, inspection)
            row = locked.attachments.filter(pk=attachment.pk).first()
            if row is None:
                raise NotAllowed(_("Vedlegget finnes ikke lenger."))
            old = {"vedlegg": row.title, "sha256": row.sha256}
            row.title = title.strip()
            for name, value in _facts(stored, inspection).items():
                setattr(row, name, value)
            row.save()
            record(
                by=by,
                verb=gettext_noop("endret vedlegg"),
                target=locked,
                old=old,
                new={"vedlegg": row.title, "sha256": row.sha256},
            )
    except BaseException:
        _remove(stored)
        raise


@transaction.atomic
def move_attachment(*, attachment: Attachment, steps: int, by: User) -> None:
    """Move an attachment up (below nought) or down; past the ends it stays there."""
    locked = lock_draft(attachment.newsletter, by)
    rows = list(locked.attachments.all())
    place = next((place for place, row in enumerate(rows) if row.pk == attachment.pk), None)
    if place is None:
        raise NotAllowed(_("Vedlegget finnes ikke lenger."))
    rows.insert(min(max(place + steps, 0), len(rows) - 1), rows.pop(place))
    for order, row in enumerate(rows, start=1):
        if row.order != order:
            Attachment.objects.filter(pk=row.pk).update(order=order)


@transaction.atomic
def delete_attachment(*, attachment: Attachment, by: User) -> None:
    locked = lock_draft(attachment.newsletter, by)
    record(by=by, verb=gettext_noop("tok ut vedlegg"), target=locked, old={"vedlegg": attachment.title})
    Attachment.objects.filter(pk=attachment.pk, newsletter=locked).delete()


def _inspected(file: File[Any] | None) -> Inspection | None:
    return uploads.inspect(file, name=file.name or "") if file is not None else None


def _store(file: File[Any] | None, inspection: Inspection | None) -> str:
    """Put the file under a random name, before any row speaks of it."""
    if file is None or inspection is None:
        return ""
    file.seek(0)
    return default_storage.save(uploads.random_name(inspection.extension), file)


def _remove(stored: str) -> None:
    if stored:
        default_storage.delete(stored)


def _facts(stored: str, inspection: Inspection | None) -> dict[str, Any]:
    if inspection is None:
        return {}
    return {
        "file": stored,
        "content_type": inspection.content_type,
        "sha256": inspection.sha256,
        "size": inspection.size,
        "pages": inspection.pages,
        "findings": [
            {"code": finding.code, "sentence": finding.sentence, "is_serious": finding.is_serious}
            for finding in inspection.findings
        ],
    }


def _check_size(rows: list[Attachment], inspection: Inspection | None) -> None:
    if inspection and inspection.size + sum(row.size for row in rows) > LARGEST:
        raise NotAllowed(
            _("Vedleggene kan til sammen være på høyst 25 MB, siden de ligger i PDF-en som alle laster ned."),
            field="file",
        )
