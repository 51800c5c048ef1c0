"""E-mail: plain text from a template, with links into the site; sent by background work alone."""

from __future__ import annotations

import smtplib
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import BadHeaderError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


class MailError(Exception):
    """The mail did not leave; `str()` is a sentence for whoever asked for it."""


def send(
    to: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    *,
    message_id: str,
) -> None:
    """Send one mail. The same `message_id` gives the same Message-ID, so that a second copy can be recognised.

    Raises MailError when the address is impossible or the mail server does not take it.
    """
    host = urlsplit(settings.BASE_URL).hostname
    text = render_to_string(template, {**context, "site_name": settings.SITE_NAME})
    message = EmailMessage(
        subject=f"{subject} – {settings.SITE_NAME}",
        body=text.strip() + "\n",
        to=[to],
        reply_to=[settings.CONTACT_EMAIL],
        headers={"Message-ID": f"<{message_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise MailError(_("Mottakerens e-postserver tok ikke imot adressen.")) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(_("E-postserveren svarte ikke eller tok ikke imot e-posten.")) from error
    except (BadHeaderError, ValueError) as error:
        raise MailError(_("Adressen eller emnet kan ikke brukes i en e-post.")) from error


def absolute(path: str) -> str:
    """The whole address of a page, for a reader outside the site."""
    return urljoin(settings.BASE_URL, path)
