"""The award letter: what somebody got, by which decision, and on what terms."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Viewer
from funding.documents.decisions import decision_lines
from funding.models import Allocation, Posting
from helsefellesskap.files import Printout
from helsefellesskap.norwegian import ascii_slug


def letter_print(allocation: Allocation, user: Viewer) -> Printout:
    """The letter of an allocation that a decision made, dated when it last changed; never a plan's."""
    postings = list(allocation.postings.exclude(change=0).order_by("on", "pk"))
    lines = decision_lines(user, [allocation.decision_id, *(posting.decision_id for posting in postings)])
    changes = [(posting, lines.get(posting.decision_id or 0)) for posting in postings]
    first = next(posting for posting in postings if posting.kind == Posting.Kind.ALLOCATED)
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
            "decision": lines[allocation.decision_id or 0],
            "first": first,
            "changes": changes if len(changes) > 1 else [],
        },
        f"tildelingsbrev-{allocation.grant.year}-{allocation.order}-{ascii_slug(allocation.subject)[:40]}",
    )
