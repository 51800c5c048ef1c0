"""What is wrong with a text, held up against the calendar, the register of names, and the meetings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Organisation
from funding.models import Grant
from helsefellesskap import rich_text
from helsefellesskap.forms import parse_day
from helsefellesskap.norwegian import find_national_id
from helsefellesskap.templatetags.norsk import dato
from helsefellesskap.text_faults import (
    broken_dates,
    contradicting_periods,
    is_rewritten,
    mended_date,
    misspelt,
    original_of,
)
from meetings.models import Body, Meeting
from meetings.rules.mentions import mentions
from newsletters.models import Block, CheckedLink, Newsletter

_ADDRESS = re.compile(r"https?://[^\s<>\"»]+", re.IGNORECASE)
_DEADLINE = re.compile(
    r"\b(?:innen|senest|frist\w*(?:\s+er)?)\s+(\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2}))(?!\d)", re.IGNORECASE
)
SAME_FROM = 60
"""Letters: a shorter text may well be the same twice."""


class Register:
    """What texts are held up against, asked once for all newsletters; `day` is the one they are read on."""

    day: date

    def __init__(self) -> None:
        self.codes = [code.upper() for code in Body.objects.values_list("code", flat=True)]
        self.held = {
            (code.upper(), on)
            for code, on in Meeting.objects.exclude(state=Meeting.State.CANCELLED)
            .filter(day__isnull=False)
            .values_list("body__code", "day")
        }
        self.names = [settings.SITE_NAME, *Organisation.objects.order_by("pk").values_list("name", flat=True)]
        self.grants = {str(grant.public_id): grant for grant in Grant.objects.select_related("scheme")}
        links = CheckedLink.objects.exclude(answer__in=[CheckedLink.Answer.WORKS, CheckedLink.Answer.WAITING])
        self.links = {link.url: link for link in links}
        newest = Newsletter.objects.newest().light().newest_first().first()
        self.newest = (newest.year, newest.number) if newest else None
        told = (
            Block.objects.filter(newsletter=newest, kind=Block.Kind.TEXT) if newest else Block.objects.none()
        )
        self.told = {text for block in told if len(text := rich_text.to_text(block.body)) >= SAME_FROM}

    def on(self, day: date) -> Register:
        there = copy(self)
        there.day = day
        return there


@dataclass(frozen=True)
class TextFault:
    """A fault by the code of its check; `what` tells it from others in the same text."""

    code: str
    what: str
    sentence: str


def faults_in(text: str, register: Register) -> Iterator[TextFault]:
    """Everything that is wrong with the words of a text."""
    for written in broken_dates(text):
        meant = mended_date(written)
        hint = _(" Mente du %(meant)s?") % {"meant": meant} if meant else ""
        yield TextFault(
            "newsletter_date_broken", written, _("«%(date)s» er ingen dato.") % {"date": written} + hint
        )
    for written in contradicting_periods(text):
        sentence = _("«%(period)s» kan ikke være en periode.") % {"period": written}
        yield TextFault("newsletter_period_contradicts", written, sentence)
    if find_national_id(text):
        sentence = _("Teksten ser ut til å inneholde et fødselsnummer.")
        yield TextFault("newsletter_national_id", "id", sentence)
    for written, name in misspelt(text, register.names):
        sentence = _("«%(written)s» skrives «%(name)s» i registeret.") % {"written": written, "name": name}
        yield TextFault("newsletter_name_misspelt", written, sentence)
    for url in _ADDRESS.findall(text):
        if is_rewritten(url):
            yield TextFault("newsletter_link_rewritten", url[:120], rewritten_sentence(url))
    for match in _DEADLINE.finditer(text):
        due = parse_day(match[1])
        if due is not None and due < register.day:
            sentence = _("«%(words)s» – men den dagen har vært.") % {"words": match[0]}
            yield TextFault("newsletter_deadline_passed", match[1], sentence)
    yield from _about_meetings(text, register)


def rewritten_sentence(url: str) -> str:
    original = original_of(url)
    if original:
        return _("Lenken er skrevet om. Den opprinnelige er %(url)s") % {"url": original[:200]}
    return _("Lenken er skrevet om: %(url)s") % {"url": url[:120]}


def _about_meetings(text: str, register: Register) -> Iterator[TextFault]:
    for mention in mentions(text, register.codes):
        named = {"body": mention.code, "day": dato(mention.day), "sentence": mention.sentence[:200]}
        what = f"{mention.code}-{mention.day}"
        if mention.is_decision and mention.day > register.day:
            sentence = _("«%(sentence)s» – men møtet %(body)s %(day)s er ikke holdt.") % named
            yield TextFault("newsletter_decision_not_made", what, sentence)
        elif mention.is_ahead and mention.day < register.day and (mention.code, mention.day) in register.held:
            sentence = _("«%(sentence)s» – men møtet %(body)s %(day)s er over.") % named
            yield TextFault("newsletter_meeting_held", what, sentence)
