"""The pages of meetings and agendas, by the cast."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from helsefellesskap import pdf
from meetings import actions
from meetings.models import Meeting, Seat
from portfolio.actions.versions import newest_version
from tests.factories import (
    call_deputy,
    create_case,
    create_document,
    create_exemption,
    create_item,
    create_meeting,
    create_point,
)
from tests.portfolio.pages import body, errors, main, text

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 18)


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(
        pdf,
        "print_document",
        lambda template, context: f"%PDF {template} {context['agenda'].lines[0].title}".encode(),
    )
    monkeypatch.setattr(pdf, "page_count", lambda content: 1)


@pytest.fixture
def meeting(ssu):
    return create_meeting(
        body=ssu, on=DAY, state="published", place="Hamar", digital_url="https://example.no/rom"
    )


def address(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.public_id, *args])


def test_the_page_of_a_meeting_is_at_its_day(client_of, meeting):
    page = client_of(None).get("/moter/ssu/2027-02-18/")

    assert page.status_code == 200
    assert client_of(None).get(f"/moter/{meeting.public_id}/").url == "/moter/ssu/2027-02-18/"


def test_months_years_and_unknown_days_have_a_page(client_of, ssu):
    month = create_meeting(body=ssu, on=date(2026, 2, 1), precision="month")
    year = create_meeting(body=ssu, on=date(2023, 1, 1), precision="year")
    unknown = create_meeting(body=ssu, on=None)

    assert [one.get_absolute_url() for one in (month, year, unknown)] == [
        "/moter/ssu/2026-02/",
        "/moter/ssu/2023/",
        f"/moter/{unknown.public_id}/",
    ]
    assert [client_of(None).get(one.get_absolute_url()).status_code for one in (month, year, unknown)] == [
        200
    ] * 3


@pytest.mark.parametrize("day", ["2027-02-19", "2027-13-01", "2027-02-30", "2027", "0000-01-01"])
def test_other_days_have_none(client_of, meeting, day):
    assert client_of(None).get(f"/moter/ssu/{day}/").status_code == 404


def test_an_old_address_leads_to_where_the_meeting_is(client_of, meeting, ssu, editor):
    values = {
        "day": date(2027, 3, 4),
        "precision": "day",
        "unknown_reason": "",
        "starts_at": None,
        "ends_at": None,
    }
    actions.move_meeting(
        meeting=meeting, values=values, reason="Syk leder.", version=newest_version(meeting), by=editor
    )
    assert client_of(None).get("/moter/ssu/2027-02-18/").url == "/moter/ssu/2027-03-04/"

    create_meeting(body=ssu, on=DAY)
    assert client_of(None).get("/moter/ssu/2027-02-18/").status_code == 200


def test_the_link_to_the_room_is_for_those_inside(client_of, cast, meeting, ssu_member, pa_member, deputy):
    call_deputy(meeting=meeting, seat=Seat.objects.get(person=deputy))
    people = {**vars(cast), "ssu": ssu_member, "pa": pa_member, "deputy": deputy}
    seen = {
        who
        for who, person in people.items()
        if "example.no/rom" in body(client_of(person).get(meeting.get_absolute_url()))
    }

    assert seen == {"ssu", "deputy", "leader", "editor"}


def test_exempt_cases_and_papers_show_public_titles_to_outsiders(client_of, meeting, ssu_member, pa_member):
    case = create_case(
        body=meeting.body,
        title="Oppsigelse av Navnesen",
        announced=True,
        exemption=create_exemption(),
        public_title="Personalsak",
    )
    create_item(meeting=meeting, case=case)
    create_document(case=case, title="Brev om Navnesen")
    create_document(meeting=meeting, title="Notat om Navnesen", public_title="Notat", access="exempt")
    pages = {
        name: body(client_of(person).get(meeting.get_absolute_url()))
        for name, person in (("public", None), ("pa", pa_member), ("ssu", ssu_member))
    }

    assert {name: "Navnesen" in html for name, html in pages.items()} == {
        "public": False,
        "pa": False,
        "ssu": True,
    }
    assert "Be om innsyn" in pages["public"]
    assert "offl. § 23 første ledd" in pages["public"]


def test_papers_for_members_open_for_members(client_of, meeting, ssu_member, pa_member):
    document = create_document(case=create_item(meeting=meeting).case, title="Budsjett", access="members")
    link = document.versions.get().get_absolute_url()

    assert [
        link in body(client_of(person).get(meeting.get_absolute_url()))
        for person in (None, pa_member, ssu_member)
    ] == [False, False, True]


def test_what_is_not_published_is_not_on_the_page(client_of, meeting, ssu_member, editor):
    create_item(meeting=meeting, case=create_case(body=meeting.body, title="Hemmelig utkast"), released=False)
    seen = [
        ("Hemmelig utkast" in text(client_of(person).get(meeting.get_absolute_url())))
        for person in (None, ssu_member, editor)
    ]

    assert seen == [False, False, True]


def test_decisions_are_shown_when_they_are_approved(client_of, meeting, ssu_member, editor):
    item = create_item(meeting=meeting, treatment="<p>Det ble en god samtale.</p>", outcome="treated")
    create_point(item=item, text="Vedtak i utkast.", locked=False)
    create_point(item=item, text="Vedtak som står.", number=2)
    shown = {
        name: ("i utkast" in page, "som står" in page, "god samtale" in page)
        for name, person in (("public", None), ("member", ssu_member), ("editor", editor))
        for page in [text(client_of(person).get(meeting.get_absolute_url()))]
    }
    assert shown == {
        "public": (False, True, False),
        "member": (False, True, False),
        "editor": (True, True, True),
    }

    Meeting.objects.filter(pk=meeting.pk).update(state="approved")
    assert "god samtale" in text(client_of(None).get(meeting.get_absolute_url()))


def test_the_page_takes_the_same_queries_for_many_cases(client_of, meeting, ssu_member, editor):
    def fill(number):
        for _number in range(number):
            item = create_item(meeting=meeting, outcome="treated")
            create_point(item=item)
            for _paper in range(3):
                create_document(case=item.case, access="members")

    def count(person):
        client = client_of(person)
        client.get(meeting.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(meeting.get_absolute_url())
        return len(queries)

    fill(1)
    one = [count(person) for person in (None, ssu_member, editor)]
    fill(4)
    assert [count(person) for person in (None, ssu_member, editor)] == one


def test_the_list_shows_coming_meetings_first_and_filters_by_link(client_of, ssu, pa):
    today = timezone.localdate()
    coming = create_meeting(body=ssu, on=today + timedelta(30))
    past = create_meeting(body=pa, on=date(2025, 10, 16), state="approved")
    page = main(client_of(None).get("/moter/"))

    assert page.index(coming.day_text) < page.index(past.day_text)
    assert past.day_text not in main(client_of(None).get("/moter/?organ=ssu"))
    assert coming.day_text not in main(client_of(None).get("/moter/?ar=2025"))
    assert client_of(None).get("/moter/?organ=finnes-ikke&ar=tull").status_code == 200


EDITED = [
    "meeting-update",
    "meeting-move",
    "meeting-cancel",
    "meeting-archive",
    "agenda-publish",
    "agenda-add",
]


@pytest.mark.parametrize("name", EDITED)
def test_changing_a_meeting_is_for_the_secretariat(client_of, cast, ssu_member, meeting, name):
    people = {**vars(cast), "ssu": ssu_member}
    answers = {
        who: client_of(person).get(address(name, meeting)).status_code for who, person in people.items()
    }

    assert answers == {
        "public": 302, "member": 403, "outsider": 403, "contributor": 403,
        "leader": 403, "editor": 200, "admin": 403, "ssu": 403,
    }  # fmt: skip


def planned(**fields):
    return {
        "precision": "day",
        "day": "2027-02-18",
        "unknown_reason": "",
        "starts": "09:00",
        "ends": "11:30",
        "place": "",
        "digital_url": "",
        "note": "",
        **fields,
    }


def test_planning_a_meeting(client_of, editor, ssu):
    page = client_of(editor).post("/moter/ny/", planned(body=ssu.pk, place="Hamar"), follow=True)

    meeting = Meeting.objects.get()
    assert page.redirect_chain == [("/moter/ssu/2027-02-18/", 302)]
    assert timezone.localtime(meeting.starts_at).hour == 9
    assert "04.02.2027" in text(page)


def test_a_bad_plan_keeps_what_was_typed(client_of, editor, ssu):
    page = client_of(editor).post("/moter/ny/", planned(body=ssu.pk, starts="12:00", place="Åmot"))

    assert (page.status_code, Meeting.objects.count()) == (422, 0)
    assert errors(page) == ["Møtet må slutte etter at det begynner."]
    assert "Åmot" in body(page)


def test_choosing_a_day_shows_the_deadlines(client_of, editor, ssu):
    headers = {"HX-Request": "true", "HX-Target": "frister"}
    page = client_of(editor).get("/moter/ny/", planned(body=ssu.pk), headers=headers)

    assert "Innkalling: 04.02.2027" in text(page)
    assert "<html" not in body(page)


def test_moving_lists_the_deadlines_that_followed(client_of, editor, ssu):
    client_of(editor).post("/moter/ny/", planned(body=ssu.pk))
    move = address("meeting-move", Meeting.objects.get())
    version = client_of(editor).get(move).context["form"].initial["version"]
    page = client_of(editor).post(move, planned(day="2027-02-25", reason="", version=version), follow=True)

    assert "innkalling 04.02.2027 → 11.02.2027" in text(page)


def test_two_editors_are_told_of_each_other(client_of, editor, ssu):
    client_of(editor).post("/moter/ny/", planned(body=ssu.pk))
    meeting = Meeting.objects.get()
    form = client_of(editor).get(address("meeting-update", meeting)).context["form"]
    posted = dict.fromkeys(("digital_url", "note", "archive_ref"), "") | {
        "starts": "09:00", "ends": "11:30", "version": str(form.initial["version"]),
        **{f"due-{deadline.kind}": deadline.due_on.isoformat() for deadline in meeting.deadlines.all()},
    }  # fmt: skip
    assert (
        client_of(editor).post(address("meeting-update", meeting), {**posted, "place": "Hamar"}).status_code
        == 302
    )
    page = client_of(editor).post(address("meeting-update", meeting), {**posted, "place": "Gjøvik"})

    assert page.status_code == 422
    assert "Opplysningene er endret siden du åpnet skjemaet" in text(page)
    assert "Gjøvik" in body(page)
    meeting.refresh_from_db()
    assert meeting.place == "Hamar"


def test_holding_before_the_day_is_refused_with_a_sentence(client_of, editor, ssu):
    meeting = create_meeting(body=ssu, on=timezone.localdate() + timedelta(5), state="published")
    page = client_of(editor).post(address("meeting-hold", meeting), follow=True)

    assert "ikke holdt før dagen er kommet" in text(page)
    meeting.refresh_from_db()
    assert meeting.state == "published"


def test_moving_from_an_old_page_keeps_what_was_typed_and_tells_what_changed(client_of, editor, meeting):
    client = client_of(editor)
    version = client.get(address("meeting-move", meeting)).context["form"].initial["version"]
    client.post(
        address("meeting-move", meeting), planned(day="2027-03-04", reason="", version=version), follow=True
    )
    page = client.post(
        address("meeting-move", meeting), planned(day="2027-03-11", reason="Ferie", version=version)
    )

    assert page.status_code == 422
    assert "Opplysningene er endret siden du åpnet skjemaet" in text(page)
    assert "2027-03-11" in body(page)
    meeting.refresh_from_db()
    assert meeting.day == date(2027, 3, 4)


def test_why_a_meeting_was_moved_is_for_those_inside(client_of, editor, meeting, ssu_member):
    values = {
        "day": date(2027, 3, 4), "precision": "day", "unknown_reason": "", "starts_at": None, "ends_at": None,
    }  # fmt: skip
    actions.move_meeting(
        meeting=meeting, values=values, reason="Syk leder.", version=newest_version(meeting), by=editor
    )
    pages = [text(client_of(person).get("/moter/ssu/2027-03-04/")) for person in (None, ssu_member, editor)]

    assert ["flyttet fra 18.02.2027" in page for page in pages] == [True] * 3
    assert ["Syk leder." in page for page in pages] == [False, True, True]


def test_what_the_public_may_not_see_is_not_given_to_the_page(client_of, meeting, editor):
    meeting.deadlines.create(kind="notice", due_on=DAY)
    context = client_of(None).get(meeting.get_absolute_url()).context

    assert (context["meeting"].digital_url, context["deadlines"], context["agendas"], context["log"]) == (
        "", [], [], [],
    )  # fmt: skip


def test_a_cancelled_meeting_has_its_page_and_says_why(client_of, ssu):
    meeting = create_meeting(body=ssu, on=DAY, state="cancelled", cancel_reason="For få saker.")
    page = client_of(None).get("/moter/ssu/2027-02-18/", follow=True)

    assert page.redirect_chain == [(f"/moter/{meeting.public_id}/", 302)]
    assert "Møtet er avlyst For få saker." in text(page)
    assert main(client_of(None).get("/moter/")).index("Tidligere og avlyste") < main(
        client_of(None).get("/moter/")
    ).index("18.02.2027")


def test_a_meeting_of_an_internal_body_is_for_those_who_sit_there(client_of, cast, ssu_member, ssu):
    type(ssu).objects.filter(pk=ssu.pk).update(visibility="internal")
    meeting = create_meeting(body=ssu, on=DAY)
    people = {**vars(cast), "ssu": ssu_member}
    found = {
        who
        for who, person in people.items()
        if client_of(person).get(meeting.get_absolute_url()).status_code == 200
    }

    assert found == {"ssu", "editor", "leader"}
    assert meeting.day_text not in main(client_of(None).get("/moter/"))


def test_the_agenda_in_work_takes_the_same_queries_for_many_cases(client_of, meeting, editor):
    def fill(number):
        for _number in range(number):
            item = create_item(meeting=meeting, released=False)
            create_point(case=item.case, outcome="proposed")
            for _paper in range(3):
                create_document(case=item.case, released=False)

    def count():
        client = client_of(editor)
        client.get(address("agenda-edit", meeting))
        with CaptureQueriesContext(connection) as queries:
            client.get(address("agenda-edit", meeting))
        return len(queries)

    fill(1)
    one = count()
    fill(3)
    assert count() == one


def test_the_list_takes_the_same_queries_for_many_meetings(client_of, ssu, ssu_member, editor):
    def fill(days):
        for day in days:
            create_meeting(body=ssu, on=timezone.localdate() + timedelta(day), state="published")

    def count(person):
        client = client_of(person)
        client.get("/moter/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/moter/")
        return len(queries)

    fill([-1, 1])
    one = [count(person) for person in (None, ssu_member, editor)]
    fill([-2, -3, 2, 3])
    assert [count(person) for person in (None, ssu_member, editor)] == one


def test_past_meetings_are_paged(client_of, ssu, monkeypatch):
    monkeypatch.setattr("meetings.views.meetings.PAGE_SIZE", 2)
    for month in range(1, 6):
        create_meeting(body=ssu, on=date(2025, month, 10), state="approved")
    first, last = (main(client_of(None).get(f"/moter/?organ=ssu&side={side}")) for side in (1, 3))

    assert ("10.05.2025" in first, "10.01.2025" in first) == (True, False)
    assert ("10.05.2025" in last, "10.01.2025" in last) == (False, True)


def test_a_meeting_that_is_over_has_an_agenda_to_read_and_none_to_change(client_of, ssu, editor):
    meeting = create_meeting(body=ssu, on=DAY, state="approved")
    create_item(meeting=meeting)
    page = client_of(editor).get(address("agenda-edit", meeting))

    assert page.status_code == 200
    assert "Sett på saklisten" not in text(page)


def test_why_an_exempt_case_went_as_it_did_is_for_those_inside(client_of, meeting, ssu_member):
    case = create_case(
        body=meeting.body, announced=True, exemption=create_exemption(), public_title="Personalsak"
    )
    create_item(meeting=meeting, case=case, outcome="postponed", outcome_note="Navnesen er syk.")
    Meeting.objects.filter(pk=meeting.pk).update(state="approved")
    pages = [text(client_of(person).get(meeting.get_absolute_url())) for person in (None, ssu_member)]

    assert ["Navnesen er syk." in page for page in pages] == [False, True]
