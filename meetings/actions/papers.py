"""Writing a case paper, and freezing it when the agenda is published."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import LogEntry, User
from helsefellesskap import pdf, rich_text
from meetings.actions.cases import lock_case, set_proposals, waiting_proposals
from meetings.documents.papers import paper_content, paper_print, says_something
from meetings.models import Case, CasePaper, Document, DocumentVersion, Meeting, Question
from meetings.rules import NotAllowed
from portfolio.rules import check_text

SECTION_LENGTH = 20_000
WROTE = gettext_noop("skrev på saksfremlegget")
ONE_SITTING = timedelta(hours=1)


class PaperChanged(NotAllowed):
    """Somebody else has saved the paper since the page was opened; `paper` is what stands there now."""

    def __init__(self, paper: CasePaper) -> None:
        super().__init__(
            _("%(who)s har lagret saksfremlegget siden du åpnet det. Det du skrev, står fortsatt i skjemaet.")
            % {"who": paper.changed_by}
        )
        self.paper = paper


@transaction.atomic
def save_paper(
    *,
    case: Case,
    sections: dict[str, str],
    questions: list[str],
    proposals: list[str] | None = None,
    version: int | None,
    by: User,
) -> CasePaper:
    """Save the written paper with its questions and, unless None, the points it proposes: all or nothing.

    `sections` is formatted text by field name, `version` what the person started from. Raises PaperChanged when
    somebody else has saved something different since.
    """
    locked = lock_case(case)
    paper = CasePaper.objects.filter(case=locked).first()
    wanted = _Paper(
        {name: rich_text.clean(sections.get(name, "")) for name in CasePaper.SECTIONS},
        [question for question in questions if question],
        None if proposals is None else [proposal for proposal in proposals if proposal],
    )
    if paper is not None and wanted.is_what_stands_in(paper, locked):
        return paper
    if paper is not None and paper.version != version:
        raise PaperChanged(paper)
    for name, text in wanted.sections.items():
        check_text(rich_text.to_text(text), field=name, limit=SECTION_LENGTH)
    for question in wanted.questions:
        check_text(question, field="questions", limit=500)
    paper = paper or CasePaper(case=locked, version=0)
    for name, text in wanted.sections.items():
        setattr(paper, name, text)
    paper.version += 1
    paper.changed_at, paper.changed_by = timezone.now(), by
    paper.save()
    if [question.text for question in locked.questions.all()] != wanted.questions:
        locked.questions.all().delete()
        Question.objects.bulk_create(
            Question(case=locked, order=order, text=text)
            for order, text in enumerate(wanted.questions, start=1)
        )
    if wanted.proposals is not None:
        set_proposals(case=locked, texts=wanted.proposals, by=by)
    _record_writing(locked, by)
    return paper


def _record_writing(case: Case, by: User) -> None:
    """That somebody wrote: once in an hour, since the paper is saved all the time."""
    since = timezone.now() - ONE_SITTING
    if not LogEntry.objects.about(case).filter(by=by, verb=WROTE, at__gte=since).exists():
        record(by=by, verb=WROTE, target=case)


@dataclass(frozen=True)
class _Paper:
    """A paper as somebody wants it; `proposals` None leaves those that are there."""

    sections: dict[str, str]
    questions: list[str]
    proposals: list[str] | None

    def is_what_stands_in(self, paper: CasePaper, case: Case) -> bool:
        return (
            all(getattr(paper, name) == text for name, text in self.sections.items())
            and [question.text for question in case.questions.all()] == self.questions
            and (self.proposals is None or waiting_proposals(case) == self.proposals)
        )


def paper_to_publish(case: Case, *, number: str, meeting: Meeting) -> dict[str, Any] | None:
    """What the written paper would say if it were published now; None without one, or when it says nothing new."""
    uploaded = case.documents.filter(kind=Document.Kind.PAPER, withdrawn_at=None, is_written=False)
    if uploaded.exists():
        return None
    content = paper_content(case, number=number, meeting=meeting)
    if not says_something(content):
        return None
    newest = (
        DocumentVersion.objects.filter(
            document__case=case, document__is_written=True, document__withdrawn_at=None
        )
        .order_by("-number")
        .first()
    )
    return None if newest is not None and newest.content == content else content


@dataclass(frozen=True)
class PreparedPaper:
    """A written paper printed and ready to be stored: made outside the transaction, since printing takes time."""

    case_id: int
    content: dict[str, Any]
    pdf: bytes


def print_paper(case_id: int, content: dict[str, Any]) -> PreparedPaper:
    printout = paper_print(content)
    return PreparedPaper(case_id, content, pdf.print_document(printout.template, printout.context))


def store_paper(*, prepared: PreparedPaper, by: User) -> DocumentVersion:
    """Keep the printed paper as the next version of the case's paper; inside the publishing transaction."""
    case = Case.objects.get(pk=prepared.case_id)
    document = case.documents.filter(kind=Document.Kind.PAPER, withdrawn_at=None).first()
    if document is None:
        document = Document.objects.create(
            case=case,
            kind=Document.Kind.PAPER,
            order=0,
            title=_("Saksfremlegg"),
            is_written=True,
        )
    last = document.versions.filter(is_redacted=False).order_by("-number").first()
    version = DocumentVersion(
        document=document,
        number=last.number + 1 if last else 1,
        original_name="saksfremlegg.pdf",
        content_type="application/pdf",
        sha256=hashlib.sha256(prepared.pdf).hexdigest(),
        size=len(prepared.pdf),
        pages=pdf.page_count(prepared.pdf),
        content=prepared.content,
        text="\n".join(rich_text.to_text(text) for _heading, text in prepared.content["sections"]),
        uploaded_by=by,
    )
    version.file.save(f"vedlegg/{uuid.uuid4().hex}.pdf", ContentFile(prepared.pdf), save=False)
    version.save()
    record(
        by=by,
        verb=gettext_noop("publiserte saksfremlegg"),
        target=case,
        new={"versjon": version.number},
    )
    return version
