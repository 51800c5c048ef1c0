"""Every page takes as many queries for much as for little."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from helsefellesskap import pdf
from meetings.models import (
    AccessRequest,
    Attendance,
    CasePaper,
    Concern,
    DecisionPoint,
    Notice,
    Question,
    Recusal,
    StrategicPriority,
)
from portfolio.models import StrategicArea, StrategyPlan
from tests.factories import (
    at,
    create_area,
    create_body,
    create_case,
    create_document,
    create_event,
    create_exemption,
    create_follow_up,
    create_initiative,
    create_item,
    create_meeting,
    create_minutes,
    create_organisation,
    create_point,
    create_seat,
    create_signal,
    create_user,
    create_version,
)

pytestmark = pytest.mark.django_db

LAST_WEEK = timezone.localdate() - timedelta(7)


class Partnership:
    """A meeting that is over and one that is ahead, which can have more and more of everything."""

    def __init__(self, body, editor):
        self.body, self.editor = body, editor
        self.plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
        self.program_area = create_area()
        self.over = create_meeting(body=body, on=LAST_WEEK, state="drafted")
        self.minutes = create_minutes(meeting=self.over, state="comments")
        self.ahead = create_meeting(body=body, on=date(2031, 1, 15), state="published")
        self.size = 0
        self.grow(1)

    def grow(self, number):
        for _one in range(number):
            self.size += 1
            self.add_people()
            self.add_surroundings()
            for meeting in (self.over, self.ahead):
                self.add_case(meeting)

    def add_people(self):
        self.organisation = create_organisation()
        self.seat = create_seat(body=self.body, organisation=self.organisation)
        deputy = create_seat(body=self.body, role="deputy", deputy_for=self.seat)
        for meeting in (self.over, self.ahead):
            Attendance.objects.create(
                meeting=meeting,
                seat=self.seat,
                state="excused",
                excused_at=at(LAST_WEEK),
                excused_by=self.editor,
            )
            Attendance.objects.create(
                meeting=meeting, seat=deputy, stands_in_for=self.seat, called_at=at(LAST_WEEK), called_by=self.editor, state="present"
            )  # fmt: skip
            Notice.objects.create(
                meeting=meeting, person=self.seat.person, kind="call", email="a@example.no", created_by=self.editor, state="failed"
            )  # fmt: skip
        self.minutes.comments.create(text="Se over.", written_by=self.seat.person)

    def add_surroundings(self):
        self.area = StrategicArea.objects.create(
            plan=self.plan, slug=f"satsing-{self.size}", name=f"Satsing {self.size}", order=self.size
        )
        self.initiative = create_initiative(area=self.program_area)
        for day in (LAST_WEEK, date(2031, 2, 1), None):
            event = create_event(on=day)
            event.initiatives.add(self.initiative)
            event.organisations.add(self.organisation)
            create_signal(event=event, strategic_area=self.area, count=3)
        for thing in ({"meeting": self.over}, {"meeting": self.ahead}, {"body": self.body}):
            create_signal(**thing, strategic_area=self.area)
        body = create_body()
        for day in (LAST_WEEK, date(2031, 3, 1)):
            create_meeting(body=body, on=day, state="published")
        create_case(
            state="proposed", proposed_by=create_user(role=Role.CONTRIBUTOR), proposed_at=at(LAST_WEEK)
        )
        create_case(body=self.body, state="backlog")
        create_case(body=self.body, state="review")

    def add_case(self, meeting):
        before = create_case(body=create_body(), year=2026, seq=self.size, announced=True)
        case = create_case(
            body=self.body,
            state="listed",
            announced=True,
            year=meeting.day.year,
            seq=self.size,
            kind="decision",
        )
        case.follows_up.add(before)
        case.strategic_areas.add(self.area)
        self.case, self.item = (
            case,
            create_item(meeting=meeting, case=case, outcome="treated", treatment="<p>Ja.</p>"),
        )
        Concern.objects.create(case=case, initiative=self.initiative, kind="start")
        CasePaper.objects.create(case=case, background="<p>Bakgrunn</p>", changed_by=self.editor)
        Question.objects.create(case=case, order=1, text="Hva nå?")
        Recusal.objects.create(item=self.item, seat=self.seat, declared_by=self.editor)
        point = create_point(item=self.item, text="Vedtatt.")
        create_point(item=self.item, number=2)
        create_point(case=case, outcome=DecisionPoint.Outcome.PROPOSED, number=3)
        StrategicPriority.objects.get_or_create(area=self.area, year=2026, defaults={"point": point})
        for due in (LAST_WEEK, date(2031, 1, 1), None):
            create_follow_up(case=case, point=point, due=due).organisations.add(self.organisation)
        for owner in ({"case": case}, {"meeting": meeting}):
            self.document = create_document(**owner, versions=2)
            create_document(**owner, access="members")
            create_document(**owner, released=False)
            exempt = create_document(**owner, access="exempt", public_title="Notat")
            create_version(document=exempt, is_redacted=True)
            AccessRequest.objects.create(document=exempt, text="Innsyn!", due_on=LAST_WEEK)
        secret = create_case(
            body=self.body,
            state="listed",
            announced=True,
            exemption=create_exemption(),
            public_title="Personalsak",
        )
        create_document(case=secret)
        create_point(item=create_item(meeting=meeting, case=secret, outcome="treated"))
        AccessRequest.objects.create(
            case=secret, text="Innsyn!", due_on=LAST_WEEK, state="refused", basis="offl. § 23", answered_at=at(LAST_WEEK), answered_by=self.editor
        )  # fmt: skip


LISTS = ["meeting-list", "case-list", "follow-up-list", "event-list", "signal-list", "body-list", "calendar", "access-request-list", "case-create", "meeting-create", "event-create", "priority-edit"]  # fmt: skip
OF_A_MEETING_OVER = ["minutes-by-id", "minutes-by-id-pdf", "minutes-edit", "minutes-send", "attendance-edit", "notice-list", "meeting-update", "meeting-archive", "document-upload-meeting"]  # fmt: skip
OF_A_MEETING_AHEAD = ["agenda-edit", "agenda-publish", "meeting-call", "meeting-move", "meeting-cancel"]
OF_A_CASE = ["case-update", "paper-edit", "case-exempt", "document-upload-case"]
OF_AN_ITEM = ["item-treat", "recusal-declare"]


def pages(world):
    """Addresses by name; each is asked for by everybody."""

    def addresses(names, thing):
        return {name: reverse(f"meetings:{name}", args=[thing.public_id]) for name in names}

    exempt = world.case.documents.get(access="exempt")
    return {
        "home": reverse("home"),
        **{name: reverse(f"meetings:{name}") for name in LISTS},
        "case-export": reverse("meetings:case-export", args=["csv"]),
        "follow-up-file": reverse("meetings:follow-up-file", args=["csv"]),
        "follow-up-pdf": reverse("meetings:follow-up-file", args=["pdf"]),
        "case-list drafts": f"{reverse('meetings:case-list')}?vis=saksbanken",
        "case-list proposals": f"{reverse('meetings:case-list')}?vis=forslag",
        "case-suggest": f"{reverse('meetings:case-suggest')}?follows_up=sak",
        "follow-up-create": f"{reverse('meetings:follow-up-create')}?sak={world.case.public_id}",
        "signal-edit": reverse("meetings:signal-edit", args=["mote", world.over.public_id]),
        "areas": reverse("portfolio:strategic-area-list"),
        "body": world.body.get_absolute_url(),
        "meeting over": world.over.get_absolute_url(),
        "meeting ahead": world.ahead.get_absolute_url(),
        "case": world.case.get_absolute_url(),
        "initiative": world.initiative.get_absolute_url(),
        "event": world.initiative.events.first().get_absolute_url(),
        "document": world.document.versions.first().get_absolute_url(),
        **addresses(OF_A_MEETING_OVER, world.over),
        **addresses(OF_A_MEETING_AHEAD, world.ahead),
        **addresses(OF_A_CASE, world.case),
        **addresses(OF_AN_ITEM, world.item),
        **addresses(["document-update"], world.document),
        **addresses(["access-request-document"], exempt),
        **addresses(["follow-up-update"], world.case.follow_ups.first()),
    }


def counted(client, world):
    """How many queries each page takes that answers this person at all; asked once before, to be warm."""
    found = {}
    for name, url in pages(world).items():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        if answer.status_code == 200:
            found[name] = len(queries)
    return found


@pytest.mark.parametrize("who", ["editor", "leader", "ssu_member", "public"])
def test_no_page_takes_more_queries_for_more(client_of, ssu, ssu_member, editor, leader, who, monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")
    person = {"editor": editor, "leader": leader, "ssu_member": ssu_member, "public": None}[who]
    world, client = Partnership(ssu, editor), client_of(person)
    few = counted(client, world)
    world.grow(3)
    many = counted(client, world)

    assert len(few) >= 15
    assert {name: (few.get(name), number) for name, number in many.items() if few.get(name) != number} == {}
