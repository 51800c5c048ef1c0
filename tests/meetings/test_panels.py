"""What meetings show on the overview, by the cast."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import AgendaVersion, Deadline
from tests.factories import create_body, create_case, create_exemption, create_meeting
from tests.portfolio.pages import main

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def soon(body, days=10, **fields):
    return create_meeting(body=body, on=TODAY + timedelta(days), **fields)


def seen(client_of, person, words):
    return words in main(client_of(person).get("/"))


def test_a_member_finds_the_papers_of_the_next_meeting(client_of, ssu, ssu_member, editor):
    meeting = soon(ssu, state="published", place="Hamar")
    AgendaVersion.objects.create(
        meeting=meeting, letter="A", data={}, sha256="a", public_sha256="b", published_by=editor
    )
    page = client_of(ssu_member).get("/")

    assert f'href="{meeting.get_absolute_url()}#sakliste"' in page.content.decode()
    assert "Les sakspapirene til SSU" in main(page)
    assert "Se saklisten til SSU" in main(client_of(None).get("/"))


def test_past_cancelled_and_held_meetings_are_not_coming(client_of, ssu):
    soon(ssu, -1, state="published")
    soon(ssu, 3, state="cancelled")
    soon(ssu, 0, state="held")
    create_meeting(body=ssu, on=None)

    assert not seen(client_of, None, "Kommende møter")


def test_meetings_of_internal_bodies_are_for_those_inside(client_of, cast, ssu_member):
    soon(create_body(code="au", name="Arbeidsutvalget", visibility="internal"))
    people = {**vars(cast), "ssu": ssu_member}

    assert {who for who, person in people.items() if seen(client_of, person, "Arbeidsutvalget")} == {
        "editor",
        "leader",
    }


def test_deadlines_are_for_the_secretariat(client_of, cast, ssu, ssu_member):
    soon(ssu).deadlines.create(kind="notice", due_on=TODAY - timedelta(1))
    people = {**vars(cast), "ssu": ssu_member}

    assert {who for who, person in people.items() if seen(client_of, person, "Innkalling, SSU")} == {"editor"}
    assert seen(client_of, cast.editor, "Forfalt")


@pytest.mark.parametrize(
    ("kind", "state", "days", "is_shown"),
    [
        ("notice", "planned", 14, True),
        ("notice", "planned", 15, False),
        ("notice", "held", 1, False),
        ("minutes", "held", 1, True),
        ("minutes", "drafted", -30, True),
        ("minutes", "approved", 1, False),
        ("notice", "cancelled", 1, False),
    ],
)
def test_which_deadlines_wait(client_of, editor, ssu, kind, state, days, is_shown):
    soon(ssu, 40, state=state).deadlines.create(kind=kind, due_on=TODAY + timedelta(days))

    assert seen(client_of, editor, "Møtefrister") == is_shown


def test_a_kept_deadline_waits_no_more(client_of, editor, ssu):
    soon(ssu).deadlines.create(kind="notice", due_on=TODAY)
    assert seen(client_of, editor, "I dag")

    Deadline.objects.update(kept_at=timezone.now(), kept_by=editor)
    assert not seen(client_of, editor, "Møtefrister")


def test_leaders_are_asked_to_read_what_is_sent_to_them(client_of, cast, ssu, ssu_member):
    create_case(body=ssu, title="Budsjett for neste år", state="review")
    create_case(
        body=ssu, title="Hemmelig", public_title="Personalsak", exemption=create_exemption(), state="review"
    )
    people = {**vars(cast), "ssu": ssu_member}

    asked = {who for who, person in people.items() if seen(client_of, person, "Budsjett for neste år")}
    assert asked == {"leader"}


def test_the_overview_takes_the_same_queries_for_many_meetings(client_of, editor, leader, ssu_member, ssu):
    def fill(days):
        for day in days:
            soon(ssu, day).deadlines.create(kind="notice", due_on=TODAY)
            create_case(body=ssu, state="review")

    def count(person):
        client = client_of(person)
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    fill([1])
    one = [count(person) for person in (None, ssu_member, leader, editor)]
    fill([2, 3])
    assert [count(person) for person in (None, ssu_member, leader, editor)] == one
