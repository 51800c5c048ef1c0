"""The case paper: what its sections say, and how it is printed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from helsefellesskap.files import Printout
from meetings.models import Case, CasePaper, DecisionPoint, Document, DocumentVersion, Meeting


def paper_content(case: Case, *, number: str, meeting: Meeting | None) -> dict[str, Any]:
    """What a written paper says, as plain values: what is frozen when it is published.

    Annexes stand by their public titles, since the paper may be public when they are not.
    """
    paper = CasePaper.objects.filter(case=case).first()
    annexes = case.documents.filter(withdrawn_at=None).exclude(kind=Document.Kind.PAPER).in_order()
    return {
        "number": number,
        "title": case.title,
        "body": case.body.name if case.body else "",
        "meeting": meeting.day_text if meeting else "",
        "kind": case.get_kind_display(),
        "responsible": case.responsible,
        **draft_content(case, paper),
        "annexes": [document.open_title for document in annexes],
    }


def proposals(case: Case) -> list[DecisionPoint]:
    """The points put forward for decision, in order: those that wait, else those that were treated last."""
    points = list(case.points.filter(corrects=None).exclude(proposed="").order_by("number", "pk"))
    waiting = [point for point in points if point.outcome == DecisionPoint.Outcome.PROPOSED]
    last = max((point.item_id or 0 for point in points), default=0)
    return waiting or [point for point in points if (point.item_id or 0) == last]


def next_proposals(case: Case) -> list[str]:
    """What can still be put forward: the points that wait, and those of a postponed case once more."""
    points = proposals(case)
    if case.state != Case.State.POSTPONED:
        points = [point for point in points if point.outcome == DecisionPoint.Outcome.PROPOSED]
    return [point.proposed for point in points]


def draft_content(case: Case, paper: CasePaper | None) -> dict[str, Any]:
    """What is written of the case as it stands now, in the shape of the published content."""
    return {
        "sections": [list(section) for section in paper.sections] if paper else [],
        "questions": [question.text for question in case.questions.all()],
        "proposals": [point.proposed for point in proposals(case)],
    }


def annexes_stand(version: DocumentVersion) -> bool:
    """Whether the public may still read a published paper: it names no annex otherwise than the public knows it now.

    An annex may be exempted after the paper was printed with its title.
    """
    document = version.document
    if not document.is_written or version.released_at is None:
        return True
    listed = set((version.content or {}).get("annexes", []))
    exempt = Document.objects.filter(case=document.case_id, released_at__lte=version.released_at)
    exempt = exempt.exclude(exemption=None).exclude(kind=Document.Kind.PAPER)
    was_there = Q(withdrawn_at=None) | Q(withdrawn_at__gt=version.released_at)
    return listed.issuperset(annex.open_title for annex in exempt.filter(was_there))


def says_something(content: dict[str, Any]) -> bool:
    return bool(content["sections"] or content["questions"])


def paper_print(content: dict[str, Any], *, is_draft: bool = False) -> Printout:
    """The paper on paper, in the usual order."""
    label = f"{_('Sak')} {content['number']}" if content["number"] else _("Sak uten nummer")
    return Printout(
        "meetings/print/paper.html",
        {
            "title": content["title"],
            "partnership": settings.SITE_NAME,
            "description": _("Saksfremlegg, %(case)s") % {"case": label},
            "created": timezone.localdate(),
            "language": settings.LANGUAGE_CODE,
            "paper": content,
            "label": label,
            "is_draft": is_draft,
        },
        "saksfremlegg",
    )
