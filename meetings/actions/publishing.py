"""Publishing the agenda under the next letter: numbers for its cases, frozen papers and PDFs."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import pdf
from meetings.actions.attendance import keep_deadline, lock_meeting
from meetings.actions.documents import release_documents
from meetings.actions.notices import invited, mailed, make_notices
from meetings.actions.papers import PreparedPaper, paper_to_publish, print_paper, store_paper
from meetings.documents.agendas import (
    Agenda,
    Difference,
    agenda_data,
    agenda_differences,
    agenda_from,
    agenda_print,
    next_letter,
    number_in_words,
)
from meetings.models import (
    AgendaItem,
    AgendaVersion,
    Case,
    Deadline,
    Document,
    DocumentVersion,
    Meeting,
    Notice,
)
from meetings.rules import NotAllowed, check_case_step
from meetings.rules.agendas import agenda_problems, is_to_be_listed
from meetings.rules.documents import document_problems
from meetings.rules.problems import Problem
from portfolio.actions.versions import save_version
from portfolio.rules import check_text

ATTEMPTS = 3
"""How often the agenda is prepared outside the lock, where others can work on, before it is done inside."""


class NotReady(NotAllowed):
    """The agenda cannot be published; `problems` says all that is missing."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].sentence)
        self.problems = problems


class NothingNew(NotAllowed):
    """The agenda says what the newest version says: a double click, or a form sent again."""


@dataclass(frozen=True)
class _Content:
    """All that would be published at a moment, before anything is printed.

    As long as this is the same, what was printed of it can be stored.
    """

    numbers: dict[int, tuple[int, int]]
    papers: dict[int, dict[str, Any]]
    data: dict[str, Any]
    warnings: list[str]
    items: list[AgendaItem] = field(compare=False)


@dataclass(frozen=True)
class _Prints:
    papers: list[PreparedPaper]
    pdf: bytes
    public_pdf: bytes


def publish_agenda(*, meeting: Meeting, by: User, note: str = "") -> AgendaVersion:
    """Publish the agenda and its papers under the next letter, and give the cases their numbers.

    Printing takes seconds, so it is done before the locks are taken, with the numbers the cases would get; if
    somebody was quicker it is done again. Raises NotReady with what is missing, NothingNew for the same again.
    """
    check_text(note, field="note", limit=500)
    for _attempt in range(ATTEMPTS):
        now = timezone.now()
        content = _content(Meeting.objects.select_related("body").get(pk=meeting.pk), now)
        prints = _print(content)
        with transaction.atomic():
            locked = _lock(meeting)
            current = _content(locked, now)
            if current == content:
                return _store(locked, current, prints, note=note, now=now, by=by)
    with transaction.atomic():
        locked = _lock(meeting)
        now = timezone.now()
        content = _content(locked, now)
        return _store(locked, content, _print(content), note=note, now=now, by=by)


def _lock(meeting: Meeting) -> Meeting:
    """The body, whose numbers are given one at a time, then the meeting, then its cases."""
    locked = lock_meeting(meeting)
    cases = Case.objects.filter(pk__in=locked.items.values("case")).order_by("pk")
    list(cases.select_for_update(no_key=True).values_list("pk"))
    return locked


def agenda_items(meeting: Meeting) -> list[AgendaItem]:
    """The agenda with all that is printed of it; what was withdrawn before it was published is not."""
    return list(
        meeting.items.exclude(released_at=None, case__state=Case.State.WITHDRAWN)
        .in_order()
        .select_related("case__body", "case__exemption", "case__paper", "meeting__body")
        .prefetch_related(Prefetch("case__documents", _documents()), "case__points")
    )


def meeting_documents(meeting: Meeting) -> list[Document]:
    return list(_documents().filter(meeting=meeting))


def _documents() -> Any:
    versions = DocumentVersion.objects.defer("content")
    found = Document.objects.filter(withdrawn_at=None).select_related("exemption").in_order()
    return found.prefetch_related(Prefetch("versions", versions))


def publishing_problems(meeting: Meeting) -> list[Problem]:
    """All that is missing before the agenda can be published, and what is worth knowing."""
    return _problems(meeting, agenda_items(meeting), meeting_documents(meeting))


@dataclass(frozen=True)
class Preview:
    """What publishing now would bring those inside; `agenda` is None when it would say nothing new."""

    agenda: Agenda | None
    differences: list[Difference]
    recipients: int

    @property
    def documents(self) -> int:
        agenda = self.agenda
        return len(agenda.papers) + sum(len(line.papers) for line in agenda.lines) if agenda else 0


def publishing_preview(meeting: Meeting) -> Preview:
    """What would be published now, without printing it. Raises NotReady with what is missing."""
    try:
        data = _content(meeting, timezone.now()).data
    except NothingNew:
        return Preview(None, [], 0)
    newest = meeting.agendas.first()
    old = agenda_from(newest.data, is_inside=True) if newest else None
    new = agenda_from(data, is_inside=True)
    return Preview(new, agenda_differences(old, new), len(mailed(invited(meeting))))


def _problems(meeting: Meeting, items: list[AgendaItem], documents: list[Document]) -> list[Problem]:
    of_cases = [document for item in items for document in item.case.documents.all()]
    return [*agenda_problems(meeting, items), *document_problems([*of_cases, *documents])]


def _content(meeting: Meeting, now: datetime) -> _Content:
    items, documents = agenda_items(meeting), meeting_documents(meeting)
    problems = _problems(meeting, items, documents)
    if missing := [problem for problem in problems if problem.is_blocking]:
        raise NotReady(missing)
    numbers = _numbers(meeting, items)
    papers = _papers(meeting, items, numbers)
    versions = list(meeting.agendas.all()[:1])
    data = agenda_data(
        meeting,
        items,
        documents,
        numbers=numbers,
        papers=papers,
        letter=next_letter(meeting.agendas.count()),
        now=now,
        is_first=not versions,
    )
    if versions and _says(data) == _says(versions[0].data):
        raise NothingNew(
            _("Saklisten er ikke endret siden versjon %(letter)s.") % {"letter": versions[0].letter}
        )
    return _Content(numbers, papers, data, [problem.sentence for problem in problems], items)


def _says(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in {"letter", "published_at"}}


def _numbers(meeting: Meeting, items: list[AgendaItem]) -> dict[int, tuple[int, int]]:
    """The number and year each case without one gets: the highest + 1, in the order of the agenda.

    The year is that of the meeting. Withdrawn cases keep their numbers, so none is used again.
    """
    year = meeting.day.year if meeting.day else timezone.localdate().year
    series = Case.objects.filter(body=meeting.body, year=year, seq__isnull=False)
    first = (series.aggregate(last=Max("seq"))["last"] or 0) + 1
    without = [item.case_id for item in items if item.case.seq is None and is_to_be_listed(item)]
    return {case: (number, year) for number, case in enumerate(without, start=first)}


def _papers(
    meeting: Meeting, items: list[AgendaItem], numbers: dict[int, tuple[int, int]]
) -> dict[int, dict[str, Any]]:
    """What the written papers that are new say, by case."""
    papers = {}
    for item in filter(is_to_be_listed, items):
        given = numbers.get(item.case_id)
        number = number_in_words(item.case, *given) if given else item.case.number
        content = paper_to_publish(item.case, number=number, meeting=meeting)
        if content is not None:
            papers[item.case_id] = content
    return papers


def _print(content: _Content) -> _Prints:
    agendas = [agenda_print(agenda_from(content.data, is_inside=is_inside)) for is_inside in (True, False)]
    whole, public = (pdf.print_document(printout.template, printout.context) for printout in agendas)
    return _Prints([print_paper(case, says) for case, says in content.papers.items()], whole, public)


def _store(
    meeting: Meeting, content: _Content, prints: _Prints, *, note: str, now: datetime, by: User
) -> AgendaVersion:
    """The one place where an agenda becomes published, inside the caller's transaction and locks."""
    is_first = content.data["letter"] == next_letter(0)
    for paper in prints.papers:
        store_paper(prepared=paper, by=by)
    for item in filter(is_to_be_listed, content.items):
        _list_case(item, content.numbers.get(item.case_id), now, by)
    _release(meeting, content.items, now, is_first=is_first)
    version = _freeze(meeting, content.data, prints, note, by, now)
    if meeting.is_ahead and meeting.state != Meeting.State.PUBLISHED:
        meeting.state = Meeting.State.PUBLISHED
        save_version(meeting, by)
    make_notices(meeting=meeting, kind=Notice.Kind.PAPERS, text=note, by=by)
    for kind in (Deadline.Kind.ITEMS, Deadline.Kind.PAPERS):
        keep_deadline(meeting=meeting, kind=kind, by=by)
    record(
        by=by,
        verb=gettext_noop("publiserte sakliste"),
        target=meeting,
        new={
            "versjon": version.letter,
            **({"note": note} if note else {}),
            **({"merknader": content.warnings} if content.warnings else {}),
        },
    )
    return version


def _list_case(item: AgendaItem, number: tuple[int, int] | None, now: datetime, by: User) -> None:
    case = item.case
    is_new = number is not None or case.state != Case.State.LISTED
    check_case_step(case, Case.State.LISTED)
    if number is not None:
        case.seq, case.year = number
    case.state = Case.State.LISTED
    case.announced_at = case.announced_at or now
    if is_new:
        save_version(case, by)
        record(
            by=by,
            verb=gettext_noop("kom på saklisten"),
            target=case,
            new={"nummer": case.number, "møte": item.meeting},
        )


def _release(meeting: Meeting, items: list[AgendaItem], now: datetime, *, is_first: bool) -> None:
    """Let the readers in. After the first time, cases and documents say that they came late.

    The documents of a late case do not say so once more.
    """
    fresh = [item for item in items if item.released_at is None]
    known = [item for item in items if item.released_at is not None]
    late_at = None if is_first else now
    meeting.items.filter(pk__in=[item.pk for item in fresh]).update(released_at=now, late_at=late_at)
    release_documents(meeting=meeting, items=known, now=now, is_late=not is_first)
    release_documents(meeting=meeting, items=fresh, now=now, is_late=False)


def _freeze(
    meeting: Meeting, data: dict[str, Any], prints: _Prints, note: str, by: User, now: datetime
) -> AgendaVersion:
    version = AgendaVersion(
        meeting=meeting,
        letter=data["letter"],
        data=data,
        sha256=hashlib.sha256(prints.pdf).hexdigest(),
        public_sha256=hashlib.sha256(prints.public_pdf).hexdigest(),
        note=note,
        published_at=now,
        published_by=by,
    )
    version.pdf.save(_random_name(), ContentFile(prints.pdf), save=False)
    version.public_pdf.save(_random_name(), ContentFile(prints.public_pdf), save=False)
    version.save()
    return version


def _random_name() -> str:
    return f"saklister/{uuid.uuid4().hex}.pdf"
