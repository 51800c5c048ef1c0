"""What meetings show on the overview, by the cast."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.documents.minutes import content_of
from meetings.models import AccessRequest, AgendaVersion, Deadline
from tests.factories import (
    create_body,
    create_case,
    create_exemption,
    create_follow_up,
    create_meeting,
    create_minutes,
)
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


def test_a_member_without_a_coming_meeting_finds_the_papers_of_the_last_one(
    client_of, ssu, ssu_member, member, editor
):
    meeting = create_meeting(body=ssu, on=TODAY - timedelta(30), state="approved")
    AgendaVersion.objects.create(
        meeting=meeting, letter="A", data={}, sha256="a", public_sha256="b", published_by=editor
    )

    assert seen(client_of, ssu_member, "Siste møte")
    assert not seen(client_of, member, "Siste møte")


def test_a_meeting_without_a_day_is_not_the_last_one(client_of, ssu, ssu_member, editor):
    undated = create_meeting(body=ssu, on=None)
    last = create_meeting(body=ssu, on=TODAY - timedelta(30), state="approved")
    for meeting in (undated, last):
        AgendaVersion.objects.create(
            meeting=meeting, letter="A", data={}, sha256="a", public_sha256="b", published_by=editor
        )
    page = client_of(ssu_member).get("/")

    assert "Siste møte" in main(page)
    assert last.get_absolute_url() in page.content.decode()


def test_minutes_out_for_comments_wait_for_those_who_approve_them(
    client_of, ssu, chair, vice_chair, leader, ssu_member
):
    minutes = create_minutes(meeting=create_meeting(body=ssu, state="drafted"), state="comments")
    waiting = "til godkjenning"

    assert [seen(client_of, person, waiting) for person in (chair, vice_chair, leader, ssu_member)] == [
        True, True, False, False,
    ]  # fmt: skip

    minutes.approvals.create(side="municipal", content=content_of(minutes), approved_by=chair)
    assert [seen(client_of, person, waiting) for person in (chair, vice_chair)] == [False, True]


def test_what_waits_for_the_secretariat_is_one_line_each(client_of, ssu, ssu_member, editor, leader):
    create_meeting(body=ssu, on=TODAY - timedelta(1), state="held")
    case = create_case(body=ssu, announced=True)
    create_follow_up(case=case, due=TODAY - timedelta(1))
    create_follow_up(case=case, due=TODAY + timedelta(9), state="reported")
    AccessRequest.objects.create(case=case, text="Saken", due_on=TODAY)
    lost = soon(ssu, state="called")
    lost.notices.create(
        person=ssu_member, kind="call", email="ssu@example.no", state="failed", created_by=editor
    )
    page = main(client_of(editor).get("/"))

    for words in (
        f"Før vedtak og lag protokoll: SSU {TODAY - timedelta(1):%d.%m.%Y}",
        f"1 innsynskrav venter på svar innen {TODAY:%d.%m.%Y}",
        "1 oppfølgingspunkt er meldt utført",
        "1 oppfølgingspunkt er forfalt",
        f"1 e-post om {lost} kom ikke fram",
    ):
        assert words in page
    assert "1 oppfølgingspunkt er forfalt" in main(client_of(leader).get("/"))
    assert "vedtak som venter" not in main(client_of(ssu_member).get("/"))


def test_an_organisation_finds_what_it_answers_for(client_of, contributor, outsider, ssu):
    task = create_follow_up(case=create_case(body=ssu, announced=True), title="Sende innspill")
    task.organisations.set([contributor.organisation])

    assert seen(client_of, contributor, "Sende innspill")
    assert not seen(client_of, outsider, "Sende innspill")
