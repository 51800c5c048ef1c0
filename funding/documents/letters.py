"""The award letter: what somebody got, by which decision, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Viewer
from funding.documents.decisions import DecisionLine, decision_lines
from funding.models import Allocation, Posting
from helsefellesskap.files import Printout
from helsefellesskap.mail import absolute
from helsefellesskap.norwegian import ascii_slug


@dataclass(frozen=True)
class LetterLine:
    """One change of the amount: when, what, how much, what stood afterwards in kroner, and by which decision."""

    on: date
    what: str
    change: int
    standing: int
    decision: DecisionLine | None
    reason: str


def letter_print(allocation: Allocation, user: Viewer) -> Printout:
    """The letter of an allocation that a decision made, dated when it last changed; never a plan's."""
    postings = list(allocation.postings.exclude(change=0).order_by("on", "pk"))
    decisions = decision_lines(user, [allocation.decision_id, *(posting.decision_id for posting in postings)])
    lines = _lines(postings, decisions)
    return Printout(
        "funding/print/letter.html",
        {
            "title": _("Tildelingsbrev"),
            "partnership": settings.SITE_NAME,
            "description": _("Tildeling av midler til %(subject)s") % {"subject": allocation.subject},
            "created": postings[-1].on,
            "language": settings.LANGUAGE_CODE,
            "allocation": allocation,
            "grant": allocation.grant,
            "decision": decisions[allocation.decision_id or 0],
            "first": next(line for line in lines if line.standing),
            "lines": lines if len(lines) > 1 else [],
            "contact_email": settings.CONTACT_EMAIL,
            "address": absolute(allocation.get_absolute_url()),
        },
        f"tildelingsbrev-{allocation.grant.year}-{allocation.order}-{ascii_slug(allocation.subject)[:40]}",
    )


def _lines(postings: list[Posting], decisions: dict[int, DecisionLine]) -> list[LetterLine]:
    lines: list[LetterLine] = []
    standing = 0
    for posting in postings:
        standing += posting.change
        lines.append(
            LetterLine(
                on=posting.on,
                what=str(posting.get_kind_display()),
                change=posting.change,
                standing=standing,
                decision=decisions.get(posting.decision_id or 0),
                reason=posting.reason,
            )
        )
    return lines
