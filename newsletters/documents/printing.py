"""A newsletter on paper and as a page."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from helsefellesskap import pdf
from helsefellesskap.files import Printout
from newsletters.documents.content import for_reading, with_absolute_links
from newsletters.models import Newsletter


def page_of(content: dict[str, Any]) -> str:
    """The article as HTML, the same for every reader."""
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string("newsletters/parts/article.html", {"letter": for_reading(content)})


def newsletter_print(content: dict[str, Any], *, is_draft: bool = False) -> Printout:
    """The newsletter on paper; a draft says so at the top."""
    return Printout(
        "newsletters/print/newsletter.html",
        {
            "title": content["title"],
            "partnership": content["partnership"],
            "description": _("Nyhetsbrev %(number)s/%(year)s fra %(partnership)s") % content,
            "created": date.fromisoformat(content.get("published_on") or content["day"]),
            "language": settings.LANGUAGE_CODE,
            "letter": with_absolute_links(for_reading(content)),
            "is_draft": is_draft,
        },
        f"nyhetsbrev-{content['year']}-{content['number']}",
    )


def pdf_of(newsletter: Newsletter, content: dict[str, Any], *, is_draft: bool = False) -> bytes:
    """The newsletter as PDF: with its attachments inside as PDF/A-3a, else PDF/A-2a, and PDF/UA-1 either way.

    Raises PrintError.
    """
    printout = newsletter_print(content, is_draft=is_draft)
    attachments, pictures = what_goes_with(newsletter, content)
    return pdf.print_document(printout.template, printout.context, attachments=attachments, pictures=pictures)


def what_goes_with(
    newsletter: Newsletter, content: dict[str, Any]
) -> tuple[list[pdf.Attachment], dict[str, tuple[bytes, str]]]:
    """The files that lie in the PDF, and the pictures that it shows."""
    day = date.fromisoformat(content.get("published_on") or content["day"])
    dated = timezone.make_aware(datetime.combine(day, time(12)))
    attachments = [
        pdf.Attachment(file.file_name, _content(file), file.title, dated)
        for file in newsletter.attachments.exclude(file="")
    ]
    pictures = {
        picture.sha256: (_content(picture), picture.content_type) for picture in newsletter.pictures.all()
    }
    return attachments, pictures


def _content(thing: Any) -> bytes:
    with thing.file.open("rb") as file:
        content: bytes = file.read()
    return content
