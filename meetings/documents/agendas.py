"""The agenda as data: what a published version holds, what is new in it, and how it is printed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.files import Printout
from helsefellesskap.templatetags.norsk import klokke
from meetings.documents.frozen import cases_stand, says_as_now
from meetings.models import AgendaItem, AgendaVersion, Case, DecisionPoint, Document, Exemption, Meeting

MARKS = {"withdrawn": gettext_lazy("trukket"), "postponed": gettext_lazy("utsatt")}
"""What is said of a case that will not be treated after all."""


@dataclass(frozen=True)
class Paper:
    """A document on the agenda, as one audience may know of it."""

    key: str
    number: int | None
    title: str
    basis: str
    late_at: datetime | None
    version: int = 0


@dataclass(frozen=True)
class Line:
    """A case on the agenda, as one audience may know of it."""

    key: str
    number: str
    title: str
    kind: str
    minutes: int | None
    basis: str
    late_at: datetime | None
    mark: str
    papers: list[Paper] = field(default_factory=list)


@dataclass(frozen=True)
class Agenda:
    """A published agenda: for those inside with all titles, for the public with the public ones."""

    meeting: str
    body: str
    day: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    letter: str
    published_at: datetime
    lines: list[Line]
    papers: list[Paper]

    @property
    def minutes(self) -> int:
        """How long it takes, when that is planned for every case that will be treated."""
        planned = [line.minutes for line in self.lines if not line.mark]
        return sum(minutes or 0 for minutes in planned) if all(planned) else 0

    @property
    def is_timed(self) -> bool:
        return any(line.minutes for line in self.lines)


def number_in_words(case: Case, seq: int, year: int) -> str:
    """The number a case would have, in the style of its body."""
    return Case(body=case.body, seq=seq, year=year).number


def agenda_data(
    meeting: Meeting,
    items: Iterable[AgendaItem],
    documents: Iterable[Document],
    *,
    numbers: Mapping[int, tuple[int, int]],
    papers: Collection[int],
    letter: str,
    now: datetime,
    is_first: bool,
) -> dict[str, Any]:
    """What is frozen: everything either audience may read, as plain values.

    `items` have their case, exemption and the documents that will be public to somebody; `numbers` are those the
    cases without one will get, by id: number and year; `papers` are the cases whose written paper is printed anew.
    What was not published before is late unless `is_first`.
    """
    return {
        "meeting": str(meeting),
        "body": meeting.body.name,
        "day": meeting.day_text,
        "starts_at": _iso(meeting.starts_at),
        "ends_at": _iso(meeting.ends_at),
        "place": meeting.place,
        "letter": letter,
        "published_at": _iso(now),
        "items": [
            _item(item, numbers, now, is_written=item.case_id in papers, is_first=is_first) for item in items
        ],
        "documents": [_document(document, None, now, is_first=is_first) for document in documents],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _item(
    item: AgendaItem,
    numbers: Mapping[int, tuple[int, int]],
    now: datetime,
    *,
    is_written: bool,
    is_first: bool,
) -> dict[str, Any]:
    case = item.case
    number = (
        case.number if case.seq else number_in_words(case, *numbers[case.pk]) if case.pk in numbers else ""
    )
    late = item.late_at or (None if item.released_at or is_first else now)
    is_new = is_first or item.released_at is None
    documents = list(case.documents.all())
    papers = [document for document in documents if document.kind == Document.Kind.PAPER]
    if is_written and not papers:
        papers = [Document(case=case, kind=Document.Kind.PAPER, title=_("Saksfremlegg"))]
    annexes = [document for document in documents if document.kind != Document.Kind.PAPER]
    return {
        "key": str(case.public_id),
        "number": number,
        "title": case.title,
        "public_title": case.open_title,
        "kind": case.get_kind_display(),
        "minutes": item.minutes,
        "basis": _basis(case.exemption),
        "late_at": _iso(late),
        "mark": _mark(item),
        "proposals": [
            point.proposed
            for point in sorted(case.points.all(), key=lambda point: point.number)
            if point.outcome == DecisionPoint.Outcome.PROPOSED
        ],
        "documents": [
            *(_document(paper, None, now, is_first=is_new, is_written=is_written) for paper in papers),
            *(_document(annex, place, now, is_first=is_new) for place, annex in enumerate(annexes, start=1)),
        ],
    }


def _mark(item: AgendaItem) -> str:
    if item.case.state == Case.State.WITHDRAWN:
        return "withdrawn"
    return item.outcome if item.outcome in MARKS else ""


def _document(
    document: Document, place: int | None, now: datetime, *, is_first: bool, is_written: bool = False
) -> dict[str, Any]:
    late = document.late_at or (None if document.released_at or is_first else now)
    versions = document.versions.all() if document.pk else []
    whole = [version.number for version in versions if not version.is_redacted]
    return {
        "key": _key(document),
        "number": place,
        "title": document.title,
        "public_title": document.open_title,
        "basis": _basis(document.exemption),
        "late_at": _iso(late),
        "version": max(whole, default=0) + is_written,
    }


def _basis(exemption: Exemption | None) -> str:
    return exemption.short_basis if exemption else ""


def agenda_from(data: Mapping[str, Any], *, is_inside: bool) -> Agenda:
    """The frozen data as one audience may read it: outside, public titles and no papers of an exempt case."""
    return Agenda(
        meeting=data["meeting"],
        body=data["body"],
        day=data["day"],
        starts_at=_moment(data["starts_at"]),
        ends_at=_moment(data["ends_at"]),
        place=data["place"],
        letter=data["letter"],
        published_at=_moment(data["published_at"]) or timezone.now(),
        lines=[_line(item, is_inside=is_inside) for item in data["items"]],
        papers=[_paper(document, is_inside=is_inside) for document in data["documents"]],
    )


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _line(item: Mapping[str, Any], *, is_inside: bool) -> Line:
    is_hidden = bool(item["basis"]) and not is_inside
    return Line(
        key=item["key"],
        number=item["number"],
        title=item["title"] if is_inside else item["public_title"],
        kind=item["kind"],
        minutes=item["minutes"],
        basis=item["basis"],
        late_at=_moment(item["late_at"]),
        mark=str(MARKS.get(item["mark"], "")),
        papers=[] if is_hidden else [_paper(document, is_inside=is_inside) for document in item["documents"]],
    )


def _paper(document: Mapping[str, Any], *, is_inside: bool) -> Paper:
    return Paper(
        key=document["key"],
        number=document["number"],
        title=document["title"] if is_inside else document["public_title"],
        basis=document["basis"],
        late_at=_moment(document["late_at"]),
        version=document["version"],
    )


def agenda_print(agenda: Agenda) -> Printout:
    """The agenda on paper."""
    title = _("Sakliste %(meeting)s") % {"meeting": agenda.meeting}
    return Printout(
        "meetings/print/agenda.html",
        {
            "title": title,
            "partnership": settings.SITE_NAME,
            "description": _("%(body)s, versjon %(letter)s") % {"body": agenda.body, "letter": agenda.letter},
            "created": timezone.localdate(agenda.published_at),
            "language": settings.LANGUAGE_CODE,
            "agenda": agenda,
        },
        "sakliste",
    )


def published_proposals(case: Case) -> list[str]:
    """What the newest agenda that carried the case proposed, for those who may read the case."""
    versions = AgendaVersion.objects.filter(
        meeting__items__case=case, meeting__items__released_at__isnull=False
    )
    for data in versions.values_list("data", flat=True).order_by("-pk")[:5]:
        for item in data["items"]:
            if item["key"] == str(case.public_id):
                return list(item.get("proposals", []))
    return []


@dataclass(frozen=True)
class Difference:
    """One thing that is new in a version of the agenda, in words."""

    what: str
    title: str


def agenda_differences(old: Agenda | None, new: Agenda) -> list[Difference]:
    """What was added, changed or withdrawn since the version before; nothing for the first one.

    A document that is gone is told without its title, which may be why it is gone.
    """
    if old is None:
        return []
    found = []
    if (old.day, old.starts_at, old.ends_at) != (new.day, new.starts_at, new.ends_at):
        found.append(Difference(_("Ny tid"), klokke(new.starts_at) or new.day))
    if old.place != new.place:
        found.append(Difference(_("Nytt sted"), new.place or "–"))
    before = {line.key: line for line in old.lines}
    for line in new.lines:
        found += _line_differences(before.get(line.key), line)
    return found + _paper_differences(old.papers, new.papers, _("møtet"))


def _line_differences(old: Line | None, new: Line) -> list[Difference]:
    label = f"{new.number} {new.title}".strip()
    if old is None:
        return [Difference(_("Ny sak"), label)]
    found = []
    if new.mark and new.mark != old.mark:
        found.append(Difference(new.mark.capitalize(), label))
    elif (new.title, new.kind, new.basis) != (old.title, old.kind, old.basis):
        found.append(Difference(_("Endret sak"), label))
    return found + _paper_differences(old.papers, new.papers, label)


def _paper_differences(old: list[Paper], new: list[Paper], label: str) -> list[Difference]:
    before = {paper.key: paper for paper in old}
    found = []
    for paper in new:
        earlier = before.pop(paper.key, None)
        if earlier is None:
            found.append(Difference(_("Nytt dokument"), f"{paper.title} ({label})"))
        elif paper.version != earlier.version:
            found.append(Difference(_("Ny versjon"), f"{paper.title} ({label})"))
    return found + [Difference(_("Trukket dokument"), label) for _gone in before.values()]


def agenda_news(meeting: Meeting) -> list[Difference]:
    """What is new in the newest version, for those inside: titles may have been exempted since for others."""
    published = meeting.agendas.values_list("data", flat=True)[:2]
    new, old = (agenda_from(data, is_inside=True) for data in published)
    return agenda_differences(old, new)


def is_withheld(meeting: Meeting) -> bool:
    """Whether the newest agenda is kept from the public until it is published again."""
    newest = meeting.agendas.values_list("data", flat=True).first()
    return newest is not None and not public_titles_stand(newest)


def public_titles_stand(data: Mapping[str, Any]) -> bool:
    """Whether the public may still read a frozen agenda: nothing on it was exempted or renamed for them since."""
    lines = [line["key"] for line in data["items"]]
    own = [document["key"] for document in data["documents"]]
    rows = [*data["documents"], *(row for line in data["items"] for row in line["documents"])]
    papers = {row["key"]: row for row in rows}
    exempt = Document.objects.filter(Q(case__public_id__in=lines) | Q(public_id__in=own))
    exempt = exempt.exclude(exemption=None).select_related("case")
    listed = [(papers[key], document) for document in exempt if (key := _key(document)) in papers]
    return cases_stand(data["items"]) and all(says_as_now(row, document) for row, document in listed)


def _key(document: Document) -> str:
    """What a document is known by in the frozen data; a case has one paper, which may be printed before it is stored."""
    if document.case and document.kind == Document.Kind.PAPER:
        return f"paper {document.case.public_id}"
    return str(document.public_id)


def next_letter(published: int) -> str:
    """A, B … Z, AA, AB … by how many there are."""
    text = ""
    number = published
    while number >= 0:
        text = chr(ord("A") + number % 26) + text
        number = number // 26 - 1
    return text
