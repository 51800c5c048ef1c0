"""A newsletter as a mail: HTML that Outlook shows as it is meant, and the same as text.

Large tables stay on the page, behind a link; the mail is made of nothing but what the public may read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from helsefellesskap import mail, rich_text
from newsletters.documents.content import content_of, for_reading, label_of, with_absolute_links
from newsletters.models import Newsletter

UNSUBSCRIBE_URL = "https://avmelding.invalid/"
"""Stands in the frozen mail where each subscriber's own address to unsubscribe is put."""


@dataclass(frozen=True)
class Mail:
    """A mail before it is addressed: both bodies hold UNSUBSCRIBE_URL."""

    subject: str
    html: str
    text: str


def mail_of(newsletter: Newsletter) -> Mail:
    """The frozen mail of a published newsletter, or today's of one in work."""
    if newsletter.is_published:
        return Mail(subject_of(newsletter.data or {}), newsletter.mail_html, newsletter.mail_text)
    return make_mail(content_of(newsletter, today=timezone.localdate()))


def subject_of(content: dict[str, Any]) -> str:
    return f"{label_of(content)}: {content['title']}"


def make_mail(content: dict[str, Any]) -> Mail:
    """The mail that tells of a newsletter."""
    letter = with_absolute_links(for_reading(content))
    number = [content["year"], content["number"]]
    page = mail.absolute(reverse("newsletters:newsletter-detail", args=number))
    texts = [_plain(section["body"]) for section in letter["sections"]]
    context = {
        "letter": {**letter, "sections_with_text": list(zip(letter["sections"], texts, strict=True))},
        "page_url": page,
        "pdf_url": mail.absolute(reverse("newsletters:newsletter-pdf", args=number)),
        "unsubscribe_url": UNSUBSCRIBE_URL,
        "site_name": settings.SITE_NAME,
        "contact_email": settings.CONTACT_EMAIL,
        "language": settings.LANGUAGE_CODE,
    }
    with translation.override(settings.LANGUAGE_CODE):
        html = css_inline.inline(
            render_to_string("newsletters/mail/newsletter.html", context), load_remote_stylesheets=False
        )
        text = render_to_string("newsletters/mail/newsletter.txt", context)
    return Mail(subject_of(content), html, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n")


def _plain(html: str) -> str:
    """Formatted text as one reads it in a mail of text alone: lists and links as they are typed, nothing bold."""
    return rich_text.to_markdown(re.sub(r"</?(?:strong|em)>", "", html)).replace("\\\n", "\n")
