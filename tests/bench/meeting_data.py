"""Bodies, meetings, cases and documents of any number, the same every time."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from accounts.models import User
from meetings.models import AgendaItem, Body, Case, DecisionPoint, Document, DocumentVersion, Meeting, Seat
from tests.bench.data import EDITOR, WHERE, WHOM, WORK
from tests.factories import at, create_body, create_user

MEMBER = "member@example.no"
CASES_A_MEETING = 20
CASES_A_YEAR = 200
MEETING_SIZES = {"2031-01-15": (3, 15), "2031-02-12": (30, 150)}
"""Two meetings of FSU by day: how many cases and documents they have."""


def fill_meetings(cases: int) -> None:
    """So many treated cases in two bodies over the years, and two coming meetings of another with papers."""
    random = Random(f"moter {cases}")  # noqa: S311  not a secret
    editor = User.objects.get(email=EDITOR)
    ssu, pa, fsu = (create_body(code=code) for code in ("ssu", "pa", "fsu"))
    member = create_user(email=MEMBER, name="Medlem")
    Seat.objects.create(body=fsu, person=member, side="municipal", valid_from=date(2020, 1, 1))
    _history(cases, (ssu, pa), random)
    for day, (number, documents) in MEETING_SIZES.items():
        _coming(fsu, date.fromisoformat(day), number, documents, random, editor)


def _title(random: Random) -> str:
    return f"{random.choice(WORK)} for {random.choice(WHOM)} i {random.choice(WHERE)}"


def _history(cases: int, bodies: tuple[Body, ...], random: Random) -> None:
    rows, items, points = [], [], []
    day = timezone.localdate()
    for number in range(cases):
        body = bodies[number % len(bodies)]
        year, seq = 2025 - number // CASES_A_YEAR, number % CASES_A_YEAR // len(bodies) + 1
        rows.append(
            Case(
                body=body,
                year=year,
                seq=seq,
                title=_title(random),
                kind=random.choice(Case.Kind.values),
                state=Case.State.TREATED,
                announced_at=at(date(max(year, 1), 6, 1)),
                summary=_title(random),
            )
        )
    Case.objects.bulk_create(rows, batch_size=2000)
    for body in bodies:
        own = [case for case in rows if case.body_id == body.pk]
        for start in range(0, len(own), CASES_A_MEETING):
            meeting = Meeting.objects.create(
                body=body,
                day=day - timedelta(days=7 * (start // CASES_A_MEETING + 1)),
                state=Meeting.State.APPROVED,
            )
            for order, case in enumerate(own[start : start + CASES_A_MEETING], start=1):
                items.append(
                    AgendaItem(
                        meeting=meeting,
                        case=case,
                        order=order,
                        released_at=case.announced_at,
                        outcome="treated",
                    )
                )
    AgendaItem.objects.bulk_create(items, batch_size=2000)
    for item in items:
        text = "Saken tas til orientering."
        points.append(
            DecisionPoint(
                case=item.case,
                item=item,
                number=1,
                proposed=text,
                adopted=text,
                outcome="adopted",
                vote="consensus",
                locked_at=item.released_at,
            )
        )
    DecisionPoint.objects.bulk_create(points, batch_size=2000)


def _coming(body: Body, day: date, cases: int, documents: int, random: Random, editor: User) -> None:
    meeting = Meeting.objects.create(body=body, day=day, starts_at=at(day, 9), state=Meeting.State.PUBLISHED)
    released = at(date(2030, 12, 1))
    rows = Case.objects.bulk_create(
        Case(
            body=body,
            year=day.year,
            seq=meeting.pk * 100 + number,
            title=_title(random),
            state=Case.State.LISTED,
            announced_at=released,
        )
        for number in range(1, cases + 1)
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, case=case, order=order, released_at=released)
        for order, case in enumerate(rows, start=1)
    )
    papers = Document.objects.bulk_create(
        Document(
            case=rows[number % cases],
            kind="paper" if number < cases else "annex",
            order=number // cases + 1,
            title=_title(random),
            access="members" if number % 3 else "public",
            public_from=at(date(2099, 1, 1)) if number % 3 else None,
            released_at=released,
        )
        for number in range(documents)
    )
    content = b"%PDF-1.7 bench"
    DocumentVersion.objects.bulk_create(
        DocumentVersion(
            document=document,
            number=1,
            file="vedlegg/bench.pdf",
            original_name="bench.pdf",
            content_type="application/pdf",
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            pages=1,
            uploaded_by=editor,
            released_at=released,
        )
        for document in papers
    )
