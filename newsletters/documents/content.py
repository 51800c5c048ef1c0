"""What a newsletter says: its blocks with what they fetch, as plain values, live while it is in work.

Everything is fetched as the public may see it, whoever looks: what a draft shows is what will be published.
Page, PDF and mail are made of this one content; publishing keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from funding.documents import FundingTable
from helsefellesskap import mail
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import dato
from newsletters.documents.live import FETCHERS, Moment, chosen_in, since_of
from newsletters.models import Attachment, Block, Newsletter, Picture
from portfolio.documents import StatusTable

EXTENSIONS = {
    "pdf": "PDF",
    "docx": "Word",
    "xlsx": "Excel",
    "pptx": "PowerPoint",
    "odt": "ODT",
    "png": "PNG",
    "jpg": "JPEG",
}


def content_of(newsletter: Newsletter, *, today: date | None = None) -> dict[str, Any]:
    """All that a newsletter in work says now; of a published one, all that it said."""
    if newsletter.is_published and newsletter.data is not None:
        return dict(newsletter.data)
    day = today or timezone.localdate()
    return once(("newsletter-content", newsletter.pk, day), lambda: _content_of(newsletter, day))


def _content_of(newsletter: Newsletter, today: date) -> dict[str, Any]:
    blocks = list(newsletter.blocks.prefetch_related("pictures"))
    moment = moment_of(newsletter, today, blocks)
    files = list(newsletter.attachments.all())
    sections = [section_of(block, moment, files) for block in blocks]
    if files and all(block.kind != Block.Kind.ATTACHMENTS for block in blocks):
        sections.append(_attachments_section(files))
    return {
        "title": newsletter.title,
        "partnership": settings.SITE_NAME,
        "number": newsletter.number,
        "year": newsletter.year,
        "correction": newsletter.correction,
        "correction_note": newsletter.correction_note,
        "period": newsletter.period,
        "day": moment.day.isoformat(),
        "sections": numbered(sections),
        "attachments": [attachment_data(file) for file in files],
        "quotes": sorted({key for section in sections for key in section["quotes"]}),
    }


def for_reading(content: dict[str, Any]) -> dict[str, Any]:
    """The content with its tables as the templates of the portfolio and of money know them."""
    sections = [readable(section) for section in content["sections"]]
    return {
        **content,
        "sections": sections,
        "label": label_of(content),
        "dated": published_line(content),
        "version": content["correction"] + 1,
        "headings": [
            {"anchor": section["anchor"], "text": section["heading"], "level": section["level"]}
            for section in sections
            if section["heading"]
        ],
        "day": date.fromisoformat(content["day"]),
    }


def readable(section: dict[str, Any]) -> dict[str, Any]:
    """A section with its table, days and heading level as the templates use them."""
    fetched = section["fetched"]
    table: StatusTable | FundingTable | None = None
    if section["kind"] == Block.Kind.HANDLINGSDEL and "table" in fetched:
        table = StatusTable.from_data(fetched["table"])
    elif section["kind"] == Block.Kind.FUNDING and fetched["table"]:
        table = FundingTable.from_data(fetched["table"])
    days = {name: date.fromisoformat(fetched[name]) for name in ("since", "day", "until") if name in fetched}
    return {**section, **fetched, **days, "table": table}


def section_for_reading(block: Block, *, today: date) -> dict[str, Any]:
    """One block alone, as its reader will see it."""
    newsletter = block.newsletter
    before = newsletter.blocks.filter(order__lt=block.order)
    section = section_of(block, moment_of(newsletter, today, [block]), list(newsletter.attachments.all()))
    has_main = before.exclude(heading="").exists()
    level = 3 if block.is_sub and has_main else 2
    inner = level + 1 if has_main or block.heading else 2
    section.update(anchor=f"blokk-{block.pk}", level=level, inner=inner)
    return readable(section)


def with_absolute_links(letter: dict[str, Any]) -> dict[str, Any]:
    """The same for readers outside the site: on paper and in a mail."""
    return {**letter, "sections": [_absolute(section) for section in letter["sections"]]}


def _absolute(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: mail.absolute(part) if name == "url" and str(part).startswith("/") else _absolute(part)
            for name, part in value.items()
        } | ({"body": _absolute_links(value["body"])} if "body" in value else {})
    if isinstance(value, list):
        return [_absolute(part) for part in value]
    return value


def _absolute_links(html: str) -> str:
    return re.sub(r'(<a href=")(/[^"]*)', lambda found: found[1] + mail.absolute(found[2]), html)


def moment_of(newsletter: Newsletter, today: date, blocks: Iterable[Block]) -> Moment:
    """The day that the tables of a newsletter in work show, where what is new begins, and what its blocks choose."""
    as_of = newsletter.as_of
    day = as_of or today
    since = once(("since", newsletter.pk, day), lambda: since_of(newsletter, day))
    return Moment(day=day, as_of=as_of, since=since, chosen=chosen_in(blocks))


def section_of(block: Block, moment: Moment, files: list[Attachment]) -> dict[str, Any]:
    """One block as it is printed: heading, text, pictures, and what it fetches."""
    fetch = FETCHERS.get(Block.Kind(block.kind))
    fetched = fetch(block.settings, moment) if fetch else {}
    if block.kind == Block.Kind.ATTACHMENTS:
        fetched = {"rows": [attachment_data(file) for file in files]}
    return {
        "key": str(block.public_id),
        "kind": block.kind,
        "heading": block.heading,
        "is_sub": block.is_sub,
        "body": block.body,
        "pictures": [_picture(picture) for picture in block.pictures.all()],
        "quotes": fetched.pop("quotes", []),
        "fetched": fetched,
    }


def numbered(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections with an anchor each, and the level of their headings, none of which is skipped."""
    has_main = False
    for number, section in enumerate(sections, start=1):
        is_sub = section["is_sub"] and has_main
        section["anchor"] = f"del-{number}"
        section["level"] = 3 if is_sub else 2
        section["inner"] = section["level"] + 1 if has_main or section["heading"] else 2
        has_main = has_main or bool(section["heading"])
    return sections


def _attachments_section(files: list[Attachment]) -> dict[str, Any]:
    return {
        "key": "",
        "kind": str(Block.Kind.ATTACHMENTS),
        "heading": str(Block.Kind.ATTACHMENTS.label),
        "is_sub": False,
        "body": "",
        "pictures": [],
        "quotes": [],
        "fetched": {"rows": [attachment_data(file) for file in files]},
    }


def attachment_data(file: Attachment) -> dict[str, Any]:
    extension = str(file.file.name).rpartition(".")[2]
    return {
        "title": file.title,
        "url": file.get_absolute_url() if file.file else "",
        "file_name": file.file_name if file.file else "",
        "type": EXTENSIONS.get(extension, extension.upper()) if file.file else "",
        "size": file.size,
        "pages": file.pages,
        "sha256": file.sha256,
    }


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "url": picture.get_absolute_url(),
        "sha256": picture.sha256,
        "alt": picture.alt,
        "caption": picture.caption,
        "width": picture.width,
        "height": picture.height,
    }


def label_of(content: dict[str, Any]) -> str:
    """«Nyhetsbrev 1/2025», and which version when it is a correction."""
    name = _("Nyhetsbrev %(number)s/%(year)s") % content
    if content["correction"]:
        return _("%(name)s, versjon %(version)s") % {"name": name, "version": content["correction"] + 1}
    return name


def published_line(content: dict[str, Any]) -> str:
    """When the newsletter is from; the tables' day, when that is another."""
    published, day = content.get("published_on"), content["day"]
    if published and published != day:
        return _("%(published)s · status per %(day)s") % {
            "published": dato(date.fromisoformat(published)),
            "day": dato(date.fromisoformat(day)),
        }
    return dato(date.fromisoformat(published or day))
