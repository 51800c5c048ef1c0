"""The demo partnership's bodies, meetings, cases and decisions, dated as the sources date them (docs/demo.md)."""

from __future__ import annotations

import csv
import hashlib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Organisation, User
from helsefellesskap import demo, pdf, rich_text
from helsefellesskap.files import Printout
from helsefellesskap.templatetags.norsk import klokke
from helsefellesskap.uploads import random_name
from meetings.actions.publishing import agenda_items, meeting_documents
from meetings.documents.agendas import agenda_data, agenda_from, agenda_print
from meetings.documents.minutes import approval_line, fingerprint, minutes_data, minutes_for, minutes_print
from meetings.documents.papers import paper_content, paper_print
from meetings.models import (
    AgendaItem,
    AgendaVersion,
    Approval,
    Attendance,
    Body,
    Case,
    CasePaper,
    Concern,
    DecisionPoint,
    Document,
    DocumentVersion,
    Event,
    Exemption,
    FollowUp,
    Meeting,
    Minutes,
    Question,
    Seat,
    Signal,
    StrategicPriority,
)
from meetings.rules.decisions import last_day
from portfolio.models import Initiative, StrategicArea

BODIES_BEGAN_ON = date(2022, 1, 1)
WITH_MINUTES = ("PA-2025-10-16", "SSU-2025-05-22")
WITH_AGENDA = "SSU-2025-x4"
APPROVED_AFTER = timedelta(days=14)


@demo.register
def load(fixtures: Path) -> None:
    """Once, as a whole: where there are bodies, people have begun to work."""
    if Body.objects.exists():
        return
    _Loader(fixtures).load()


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(" | ") if part.strip()]


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _number(cell: str) -> int | None:
    return int(cell) if cell else None


def _at(day: str | date, hour: int = 12) -> datetime:
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return timezone.make_aware(datetime.combine(on, time(hour)))


def _saved(thing: Any, at: datetime) -> Any:
    """Save with a history that begins then."""
    thing._history_date = at
    thing.save()
    return thing


def _announced(case: Case | None) -> datetime:
    assert case is not None and case.announced_at is not None  # noqa: S101, PT018 -- all cases of the files are
    return case.announced_at


def _text(row: dict[str, str], *names: str) -> dict[str, str]:
    return {name: row[name] for name in names}


class _Loader:
    """What was loaded so far, by the ids of the files."""

    def __init__(self, fixtures: Path) -> None:
        self.fixtures = fixtures
        self.editor = User.objects.get(email="sekretariat@example.no")
        self.organisations = {one.name: one for one in Organisation.objects.all()}
        self.initiatives = {one.order: one for one in Initiative.objects.all()}
        self.areas = {one.slug: one for one in StrategicArea.objects.all()}
        self.bodies: dict[str, Body] = {}
        self.seats: dict[str, Seat] = {}
        self.meetings: dict[str, Meeting] = {}
        self.cases: dict[str, Case] = {}
        self.items: dict[str, AgendaItem] = {}
        self.points: dict[str, DecisionPoint] = {}
        self.events: dict[str, Event] = {}

    def load(self) -> None:
        loaders = {
            "bodies": self._load_body,
            "seats": self._load_seat,
            "meetings": self._load_meeting,
            "cases": self._load_case,
            "points": self._load_point,
            "follow_ups": self._load_follow_up,
            "priorities": self._load_priority,
            "events": self._load_event,
            "signals": self._load_signal,
            "documents": self._load_document,
            "papers": self._load_paper,
        }
        for name, load_row in loaders.items():
            for row in self._rows(name):
                load_row(row)
        self._publish_agenda(self.meetings[WITH_AGENDA])
        for name in WITH_MINUTES:
            self._approve_minutes(self.meetings[name])

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.fixtures / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _load_body(self, row: dict[str, str]) -> None:
        body = Body(
            **_text(row, "code", "short_name", "name", "level", "number_style", "note"),
            meetings_per_year=_number(row["meetings_per_year"]),
            valid_to=_day(row["valid_to"]),
            led_by=self.bodies.get(row["led_by"]),
        )
        self.bodies[body.code] = _saved(body, _at(BODIES_BEGAN_ON))

    def _load_seat(self, row: dict[str, str]) -> None:
        organisation = self.organisations[row["organisation"]] if row["organisation"] else None
        person = User.objects.filter(email=row["email"]).first() or User.objects.create_user(
            row["email"], None, name=row["name"], organisation=organisation
        )
        seat = Seat(
            body=self.bodies[row["body"]],
            person=person,
            organisation=organisation,
            deputy_for=self.seats.get(row["deputy_for"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            **_text(row, "role", "side"),
        )
        self.seats[row["email"]] = _saved(seat, _at(seat.valid_from))

    def _load_meeting(self, row: dict[str, str]) -> None:
        known_at = _at(row["known_on"])
        meeting = Meeting(
            body=self.bodies[row["body"]],
            day=_day(row["day"]),
            created_at=known_at,
            changed_at=known_at,
            **_text(row, "precision", "unknown_reason", "state", "note"),
        )
        self.meetings[row["id"]] = _saved(meeting, known_at)

    def _load_case(self, row: dict[str, str]) -> None:
        announced_at = _at(row["announced_on"])
        texts = (
            "body_unknown_reason", "number_raw", "title", "kind", "state", "responsible", "summary", "note",
        )  # fmt: skip
        case: Case = _saved(
            Case(
                body=self.bodies.get(row["body"]),
                year=_number(row["year"]),
                seq=_number(row["seq"]),
                announced_at=announced_at,
                created_at=announced_at,
                **_text(row, *texts),
            ),
            announced_at,
        )
        self.cases[row["id"]] = case
        case.follows_up.set(self.cases[earlier] for earlier in _several(row["follows_up"]))
        case.strategic_areas.set(self.areas[slug] for slug in _several(row["strategic_areas"]))
        for concern in _several(row["concerns"]):
            order, _colon, kind = concern.partition(":")
            Concern.objects.create(case=case, initiative=self.initiatives[int(order)], kind=kind)
        if row["meeting"]:
            meeting = self.meetings[row["meeting"]]
            self.items[row["id"]] = meeting.items.create(
                case=case,
                order=meeting.items.count() + 1,
                released_at=announced_at,
                **_text(row, "outcome", "outcome_note", "treatment"),
            )

    def _load_point(self, row: dict[str, str]) -> None:
        """A proposal belongs to its case, a decision to the meeting that made it."""
        is_decided = row["outcome"] != DecisionPoint.Outcome.PROPOSED
        self.points[row["id"]] = DecisionPoint.objects.create(
            case=self.cases.get(row["case"]),
            item=self.items.get(row["case"]) if is_decided else None,
            number=int(row["number"]),
            locked_at=_at(row["locked_on"]) if is_decided else None,
            **_text(row, "proposed", "adopted", "outcome", "vote", "unknown_reason"),
        )

    def _load_follow_up(self, row: dict[str, str]) -> None:
        due_on, released_at = _day(row["due_on"]), _at(row["released_on"])
        task = FollowUp.objects.create(
            case=self.cases[row["case"]],
            point=self.points.get(row["point"]),
            due_on=due_on,
            last_day=last_day(due_on, row["precision"]),
            released_at=released_at,
            changed_at=released_at,
            changed_by=self.editor,
            **_text(row, "title", "responsible", "precision"),
        )
        task.organisations.set(self.organisations[name] for name in _several(row["organisations"]))

    def _load_priority(self, row: dict[str, str]) -> None:
        StrategicPriority.objects.create(
            area=self.areas[row["area"]], year=int(row["year"]), point=self.points[row["point"]]
        )

    def _load_event(self, row: dict[str, str]) -> None:
        starts_on = _day(row["starts_on"])
        known_at = _at(min(starts_on, date(2025, 6, 27)) if starts_on else date(2025, 6, 27))
        event: Event = _saved(
            Event(
                starts_on=starts_on,
                ends_on=_day(row["ends_on"]),
                programme="\n".join(_several(row["programme"])),
                changed_at=known_at,
                **_text(row, "kind", "title", "precision", "state", "summary"),
            ),
            known_at,
        )
        event.initiatives.set(self.initiatives[int(order)] for order in _several(row["initiatives"]))
        event.organisations.set(self.organisations[name] for name in _several(row["organisations"]))
        self.events[row["id"]] = event

    def _load_signal(self, row: dict[str, str]) -> None:
        Signal.objects.create(
            event=self.events.get(row["event"]),
            body=self.bodies.get(row["body"]),
            order=int(row["order"]),
            count=_number(row["count"]),
            strategic_area=self.areas.get(row["strategic_area"]),
            **_text(row, "question", "text"),
        )

    def _load_document(self, row: dict[str, str]) -> None:
        """An annex: a file of the fixtures, or a text that is printed."""
        case = self.cases[row["case"]]
        exemption = None
        if row["basis"]:
            exemption = Exemption.objects.create(
                set_at=_announced(case), set_by=self.editor, **_text(row, "basis", "wider_access")
            )
        document = Document(
            case=case,
            order=int(row["order"]),
            exemption=exemption,
            public_from=_at(row["public_from"]) if row["public_from"] else None,
            **_text(row, "title", "public_title", "access", "text_alternative"),
        )
        if row["file"]:
            content = (self.fixtures / "files" / row["file"]).read_bytes()
            self._release(document, content, row["file"])
        else:
            content = pdf.print_document("meetings/print/note.html", self._note(case, row))
            self._release(document, content, "notat.pdf", text=rich_text.to_text(row["text"]))

    def _note(self, case: Case, row: dict[str, str]) -> dict[str, Any]:
        return {
            "title": row["title"],
            "partnership": settings.SITE_NAME,
            "description": row["public_title"] or row["title"],
            "created": _announced(case),
            "language": settings.LANGUAGE_CODE,
            "text": row["text"],
        }

    def _load_paper(self, row: dict[str, str]) -> None:
        """The written paper of a case, and what was published of it."""
        case = self.cases[row["case"]]
        paper = CasePaper.objects.create(
            case=case,
            changed_at=_announced(case),
            changed_by=self.editor,
            **_text(row, *CasePaper.SECTIONS),
        )
        for order, text in enumerate(_several(row["questions"]), start=1):
            Question.objects.create(case=case, order=order, text=text)
        content = paper_content(case, number=case.number, meeting=self.items[row["case"]].meeting)
        printout = paper_print(content)
        self._release(
            Document(case=case, kind=Document.Kind.PAPER, order=0, title="Saksfremlegg", is_written=True),
            pdf.print_document(printout.template, printout.context),
            "saksfremlegg.pdf",
            content=content,
            text="\n".join(rich_text.to_text(text) for _heading, text in paper.sections),
        )

    def _release(self, document: Document, raw: bytes, name: str, **fields: Any) -> None:
        """Keep the document with its only version, published with its case."""
        at = document.released_at = document.created_at = _announced(document.case)
        extension = name.rpartition(".")[2]
        version = DocumentVersion(
            document=_saved(document, at),
            number=1,
            original_name=name,
            content_type={"pdf": "application/pdf", "png": "image/png"}[extension],
            sha256=hashlib.sha256(raw).hexdigest(),
            size=len(raw),
            pages=pdf.page_count(raw) if extension == "pdf" else None,
            uploaded_at=at,
            uploaded_by=self.editor,
            released_at=at,
            **fields,
        )
        version.file.save(random_name(extension), ContentFile(raw), save=False)
        version.save()

    def _publish_agenda(self, meeting: Meeting) -> None:
        items = agenda_items(meeting)
        at = _announced(items[0].case)
        data = agenda_data(
            meeting,
            items,
            meeting_documents(meeting),
            numbers={},
            papers=(),
            letter="A",
            now=at,
            is_first=True,
        )
        agenda = AgendaVersion(
            meeting=meeting, letter="A", data=data, published_at=at, published_by=self.editor
        )
        for is_inside in (True, False):
            self._keep_print(
                agenda, "saklister", agenda_print(agenda_from(data, is_inside=is_inside)), is_inside=is_inside
            )
        agenda.save()

    def _approve_minutes(self, meeting: Meeting) -> None:
        """Minutes approved by both sides two weeks after the meeting, with everybody present."""
        assert meeting.day is not None  # noqa: S101 -- of those chosen
        at = _at(meeting.day + APPROVED_AFTER)
        seats = Seat.objects.on(meeting.day)
        for seat in seats.filter(body=meeting.body).exclude(role=Seat.SeatRole.DEPUTY):
            Attendance.objects.create(meeting=meeting, seat=seat, state=Attendance.State.PRESENT)
        leading = list(seats.leading().filter(body=meeting.body.led_by or meeting.body))
        minutes = Minutes(
            meeting=meeting,
            state=Minutes.State.APPROVED,
            written_by=self.editor,
            written_at=_at(meeting.day + APPROVED_AFTER / 2),
            approved_at=at,
        )
        lines = [approval_line(seat.person, str(seat.get_side_display()), klokke(at)) for seat in leading]
        data = minutes.data = minutes_data(meeting, minutes, approvals=lines)
        for is_inside in (True, False):
            printout = minutes_print(
                minutes_for(data, is_inside=is_inside), meeting=meeting, is_approved=True
            )
            self._keep_print(minutes, "protokoller", printout, is_inside=is_inside)
        minutes.save()
        for seat in leading:
            Approval.objects.create(
                minutes=minutes,
                side=seat.side,
                content=fingerprint(data),
                approved_at=at,
                approved_by=seat.person,
            )

    def _keep_print(
        self, thing: AgendaVersion | Minutes, folder: str, printout: Printout, *, is_inside: bool
    ) -> None:
        """The PDF for those inside, or for the public, with its checksum."""
        content = pdf.print_document(printout.template, printout.context)
        prefix = "" if is_inside else "public_"
        setattr(thing, f"{prefix}sha256", hashlib.sha256(content).hexdigest())
        name = random_name("pdf").replace("vedlegg", folder)
        getattr(thing, f"{prefix}pdf").save(name, ContentFile(content), save=False)
