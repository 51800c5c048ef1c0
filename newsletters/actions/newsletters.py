"""Making a newsletter, and its facts: title, period, day; discarding and correcting it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from newsletters import rules
from newsletters.models import Attachment, Block, Newsletter, Picture
from newsletters.rules import NotAllowed
from portfolio.rules import check_text


class NewsletterChanged(NotAllowed):
    """Somebody else has changed the facts since the page was opened; `newsletter` is what stands there now."""

    def __init__(self, newsletter: Newsletter) -> None:
        super().__init__(
            _("Opplysningene er endret siden du åpnet skjemaet. Det du skrev, står fortsatt i skjemaet.")
        )
        self.newsletter = newsletter


def lock_newsletter(newsletter: Newsletter) -> Newsletter:
    """The newsletter as it is now, changed by one person at a time from here on."""
    return Newsletter.objects.select_for_update(no_key=True).light().get(pk=newsletter.pk)


def lock_draft(newsletter: Newsletter, by: User) -> Newsletter:
    """The same, to be written in; whoever writes in it does not approve it. Raises NotAllowed."""
    locked = lock_newsletter(newsletter)
    rules.check_in_draft(locked)
    if locked.written_by_id != by.pk:
        locked.writers.add(by)
    return locked


def create_newsletter(
    *, title: str, period: str, as_of: date | None, by: User, copy_of: Newsletter | None = None
) -> Newsletter:
    """Begin on a newsletter, under the next number of this year; empty, or with the blocks of another.

    The very same draft again is the one there is: a form sent twice.
    """
    try:
        return _create(title=title, period=period, as_of=as_of, by=by, copy_of=copy_of)
    except IntegrityError as error:  # the first of a year, begun by two at once
        raise NotAllowed(_("Noen andre begynte på et nyhetsbrev akkurat nå. Prøv igjen.")) from error


@transaction.atomic
def _create(
    *, title: str, period: str, as_of: date | None, by: User, copy_of: Newsletter | None
) -> Newsletter:
    for name, text in (("title", title), ("period", period)):
        check_text(text, field=name)
    rules.check_as_of(as_of, today=timezone.localdate())
    year = timezone.localdate().year
    list(Newsletter.objects.select_for_update(no_key=True).filter(year=year).values_list("pk"))
    facts = {"year": year, "title": title, "period": period, "as_of": as_of, "written_by": by}
    if same := Newsletter.objects.filter(state=Newsletter.State.DRAFT, correction=0, **facts).light().first():
        return same
    last = Newsletter.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    newsletter = Newsletter.objects.create(number=last + 1, **facts)
    if copy_of is not None:
        _copy_blocks(copy_of, newsletter, by, with_files=False)
    record(
        by=by,
        verb=gettext_noop("begynte på nyhetsbrevet"),
        target=newsletter,
        new={"kopi av": copy_of} if copy_of else {},
    )
    return newsletter


def _copy_blocks(source: Newsletter, target: Newsletter, by: User, *, with_files: bool) -> None:
    """The blocks with their texts and choices; pictures and attachments too when it is the same newsletter."""
    for block in source.blocks.prefetch_related("pictures"):
        copy = Block.objects.create(
            newsletter=target,
            order=block.order,
            kind=block.kind,
            heading=block.heading,
            is_sub=block.is_sub,
            body=block.body,
            settings=block.settings if with_files else _carried(block.settings),
            changed_by=by,
        )
        for picture in block.pictures.all() if with_files else ():
            _anew(picture, newsletter=target, block=copy)
    for attachment in source.attachments.all() if with_files else ():
        _anew(attachment, newsletter=target)


def _carried(settings: dict[str, Any]) -> dict[str, Any]:
    """The choices that still make sense next time: not since when, nor which meetings and arrangements."""
    return {
        name: value
        for name, value in settings.items()
        if name in {"scope", "areas", "days", "contacts", "grant"}
    }


def _anew(row: Picture | Attachment, **values: Any) -> None:
    """The same file in a row of its own."""
    fields = [field.name for field in row._meta.concrete_fields]
    kept = {name: getattr(row, name) for name in fields if name not in {"id", "public_id", "frozen_at"}}
    type(row).objects.create(**{**kept, **values})


@transaction.atomic
def change_newsletter(
    *, newsletter: Newsletter, values: dict[str, Any], version: int | None, by: User
) -> Newsletter:
    """Change title, period, day and whether it is mailed. Raises NewsletterChanged when somebody else has."""
    locked = lock_draft(newsletter, by)
    changed = {name: value for name, value in values.items() if getattr(locked, name) != value}
    if not changed:
        return locked
    if locked.version != version:
        raise NewsletterChanged(locked)
    for name in {"title", "period", "correction_note"} & set(changed):
        check_text(changed[name], field=name)
    rules.check_as_of(changed.get("as_of"), today=timezone.localdate())
    _check_number(locked, changed)
    old = {name: getattr(locked, name) for name in changed}
    for name, value in changed.items():
        setattr(locked, name, value)
    locked.version += 1
    locked.save(update_fields=[*changed, "version"])
    record(by=by, verb=gettext_noop("endret nyhetsbrevet"), target=locked, old=old, new=changed)
    return locked


def _check_number(newsletter: Newsletter, changed: dict[str, Any]) -> None:
    """Another number is given to what has none yet in print, if nobody has it."""
    if not {"year", "number"} & set(changed):
        return
    if newsletter.correction:
        raise NotAllowed(_("En rettelse har det nummeret brevet ble publisert med."), field="number")
    wanted = {name: changed.get(name, getattr(newsletter, name)) for name in ("year", "number")}
    if Newsletter.objects.filter(**wanted).exclude(pk=newsletter.pk).exists():
        raise NotAllowed(_("Nyhetsbrev %(number)s/%(year)s finnes fra før.") % wanted, field="number")


@transaction.atomic
def discard_newsletter(*, newsletter: Newsletter, by: User) -> None:
    """Throw a draft away; of a correction the published version stands as it did."""
    locked = lock_newsletter(newsletter)
    rules.check_in_draft(locked)
    record(by=by, verb=gettext_noop("slettet utkastet"), target=locked, old={"tittel": locked.title})
    locked.approvals.all().delete()
    locked.delete()


@transaction.atomic
def correct_newsletter(*, newsletter: Newsletter, note: str, by: User) -> Newsletter:
    """Begin on a corrected version of a published newsletter; the old one stays, and readers see both."""
    versions = Newsletter.objects.filter(year=newsletter.year, number=newsletter.number).light()
    list(versions.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    newest = versions.order_by("-correction")[0]  # asked after the lock, so that one made meanwhile is seen
    if not newest.is_published:
        raise NotAllowed(_("En rettelse er allerede påbegynt."))
    if not note.strip():
        raise NotAllowed(_("Skriv hva som rettes."), field="note")
    check_text(note, field="note", limit=1000)
    correction = Newsletter.objects.create(
        year=newest.year,
        number=newest.number,
        correction=newest.correction + 1,
        title=newest.title,
        period=newest.period,
        as_of=newest.as_of or timezone.localdate(newest.published_at),
        correction_note=note.strip(),
        sends_mail=False,
        written_by=by,
    )
    _copy_blocks(newest, correction, by, with_files=True)
    record(by=by, verb=gettext_noop("begynte på en rettelse"), target=correction, new={"rettelse": note})
    return correction
