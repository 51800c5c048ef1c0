"""E-mail: text, with HTML where there is some, with links into the site; sent by background work alone."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


class MailError(Exception):
    """The mail did not leave, or may not have; `str()` is a sentence for whoever asked for it."""


class Refused(MailError):
    """It was refused for good: trying again would be in vain."""


class NotSent(MailError):
    """Nothing has left, and it may be tried again."""


class NoContact(NotSent):
    """The mail server does not answer or takes nothing from us: that goes for every mail, not for this one."""


class Uncertain(MailError):
    """Contact was lost when the mail was on its way: it may have arrived."""


class Line:
    """A connection to the mail server for several mails, one after the other; opened again when it was lost."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._has_begun = False  # the text of a mail is leaving

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Does nothing when it is open. Raises NoContact."""
        smtp = self._smtp
        if smtp is not None and smtp.sock is None:
            self._drop()
        try:
            is_new = self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise NoContact(_("E-postserveren svarer ikke.")) from error
        if is_new and self._smtp is not None:
            self._watch(self._smtp)

    def close(self) -> None:
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def send(self, message: EmailMultiAlternatives) -> None:
        """Raises MailError as `send_message` does. A line that was lost while nobody spoke is opened once more."""
        was_open = self._smtp is not None
        try:
            self._send(message)
        except _Lost:
            if not was_open:
                raise
            self._send(message)

    def _send(self, message: EmailMultiAlternatives) -> None:
        self.open()
        self._has_begun = False
        message.connection = self._backend
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _answer in error.recipients.values()]
            sentence = _("Mottakerens e-postserver tok ikke imot adressen.")
            raise _for_good_or_not(codes[0] if codes else 550, sentence) from error
        except smtplib.SMTPDataError as error:
            sentence = _("Mottakerens e-postserver tok ikke imot e-posten.")
            raise _for_good_or_not(error.smtp_code, sentence) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(_("Adressen har tegn som e-postserveren ikke kan sende til.")) from error
        except smtplib.SMTPResponseException as error:  # the sender, not the recipient, was refused
            raise NoContact(_("E-postserveren tar ikke imot e-post fra oss.")) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            if self._has_begun:
                raise Uncertain(_("Forbindelsen ble brutt. Det er usikkert om e-posten kom fram.")) from error
            raise _Lost(_("E-postserveren svarer ikke.")) from error
        except (BadHeaderError, ValueError) as error:
            raise Refused(_("Adressen eller emnet kan ikke brukes i en e-post.")) from error

    @property
    def _smtp(self) -> Any:
        """The conversation with an SMTP server; None when none is open, or mails are kept or printed instead."""
        smtp = getattr(self._backend, "connection", None)
        return smtp if isinstance(smtp, smtplib.SMTP) else None

    def _watch(self, smtp: Any) -> None:
        """Remember when a mail's text begins to leave: what is cut off before has not been sent."""
        data = smtp.data

        def noted(text: Any) -> Any:
            self._has_begun = True
            return data(text)

        smtp.data = noted

    def _drop(self) -> None:
        """Without a farewell, which a silent server would let us wait for."""
        if smtp := self._smtp:
            smtp.close()
            self._backend.connection = None


class _Lost(NoContact):
    """The line was lost before anything had left."""


def _for_good_or_not(code: int, sentence: str) -> MailError:
    """5xx is an answer for good, 4xx for now (RFC 5321, 4.2.1)."""
    return Refused(sentence) if code >= 500 else NotSent(sentence)


def send_message(
    to: str,
    subject: str,
    *,
    text: str,
    html: str = "",
    message_id: str,
    headers: Mapping[str, str] | None = None,
    line: Line | None = None,
) -> None:
    """Send one mail. The same `message_id` gives the same Message-ID, so that a second copy can be recognised.

    Raises Refused, NotSent (also as NoContact) or Uncertain. A `line` is left open for the next mail.
    """
    if not to:
        raise Refused(_("Adressen eller emnet kan ikke brukes i en e-post."))
    message = EmailMultiAlternatives(
        subject=subject,
        body=text.strip() + "\n",
        to=[to],
        reply_to=[settings.CONTACT_EMAIL],
        headers={"Message-ID": f"<{message_id}@{site_host()}>", **(headers or {})},
    )
    if html:
        message.attach_alternative(html, "text/html")
    if line is not None:
        line.send(message)
        return
    with Line() as own:
        own.send(message)


def send(
    to: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    *,
    message_id: str,
) -> None:
    """Send one mail whose text is made of a template, signed with the partnership's name.

    Raises MailError when the address is impossible or the mail server does not take it.
    """
    send_message(
        to,
        f"{subject} – {settings.SITE_NAME}",
        text=render_to_string(template, {**context, "site_name": settings.SITE_NAME}),
        message_id=message_id,
        headers={"Auto-Submitted": "auto-generated"},
    )


def site_host() -> str:
    """The host of the site, for what must be unique in the world."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def absolute(path: str) -> str:
    """The whole address of a page, for a reader outside the site."""
    return urljoin(settings.BASE_URL, path)
