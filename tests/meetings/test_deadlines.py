"""Deadlines of a meeting: counted in working days, changed by hand, moved along, kept once."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import LogEntry
from meetings import actions, rules
from meetings.models import Body, Meeting
from meetings.rules.meetings import deadlines_of
from portfolio.actions.versions import newest_version
from tests.factories import at, create_meeting
from tests.portfolio.pages import body, errors, text

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 18)
HTMX = {"HX-Request": "true", "HX-Target": "frister"}


def when(day=DAY, precision="day", **fields):
    return {
        "day": day,
        "precision": precision,
        "unknown_reason": "",
        "starts_at": None,
        "ends_at": None,
        **fields,
    }


@pytest.fixture
def meeting(ssu, editor):
    return actions.plan_meeting(body=ssu, values=when(), by=editor)


def due(meeting):
    return dict(meeting.deadlines.values_list("kind", "due_on"))


@pytest.mark.parametrize(
    ("day", "notice", "minutes"),
    [
        (date(2027, 2, 18), date(2027, 2, 4), date(2027, 2, 25)),  # nothing in between
        (date(2027, 4, 1), date(2027, 3, 15), date(2027, 4, 8)),  # Easter: 25 to 29 March
        (date(2027, 5, 20), date(2027, 5, 4), date(2027, 5, 27)),  # Ascension, 17 May, Whit Monday before
        (date(2027, 1, 7), date(2026, 12, 22), date(2027, 1, 14)),  # Christmas and New Year
        (date(2027, 2, 20), date(2027, 2, 8), date(2027, 2, 26)),  # a Saturday
    ],
)
def test_notice_and_minutes_are_counted_in_norwegian_working_days(day, notice, minutes):
    counted = deadlines_of(Body(), day, "day")

    assert (counted["notice"], counted["minutes"]) == (notice, minutes)


def test_the_body_says_how_many_days(ssu, editor):
    Body.objects.filter(pk=ssu.pk).update(items_days=3, papers_days=2, notice_days=1, minutes_days=0)
    ssu.refresh_from_db()
    meeting = actions.plan_meeting(body=ssu, values=when(), by=editor)

    assert due(meeting) == {
        "items": date(2027, 2, 15),
        "papers": date(2027, 2, 16),
        "notice": date(2027, 2, 17),
        "minutes": date(2027, 2, 18),
    }


def test_a_deadline_is_kept_once(meeting, editor, leader):
    actions.mark_deadline(meeting=meeting, kind="items", by=editor)
    first = meeting.deadlines.get(kind="items").kept_at
    actions.mark_deadline(meeting=meeting, kind="items", by=leader)

    deadline = meeting.deadlines.get(kind="items")
    assert (deadline.kept_at, deadline.kept_by) == (first, editor)


def test_calling_keeps_the_notice(meeting, ssu_member, editor):
    actions.call_meeting(meeting=meeting, by=editor)

    assert list(meeting.deadlines.exclude(kept_at=None).values_list("kind", flat=True)) == ["notice"]


def test_a_day_that_becomes_known_gives_deadlines(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(date(2027, 2, 1), "month"), by=editor)
    _moved, deadlines = actions.move_meeting(
        meeting=meeting, values=when(), reason="", version=newest_version(meeting), by=editor
    )

    assert str(deadlines[0]) == "melde saker – → 21.01.2027"
    assert due(meeting)["notice"] == date(2027, 2, 4)


def test_moved_deadlines_are_in_the_trail(meeting, editor):
    actions.move_meeting(
        meeting=meeting,
        values=when(date(2027, 2, 25)),
        reason="",
        version=newest_version(meeting),
        by=editor,
    )

    entry = LogEntry.objects.about(meeting).get(verb="flyttet frister")
    assert "innkalling 04.02.2027 → 11.02.2027" in entry.new["frister"]


def test_other_hours_move_no_deadline(meeting, editor):
    before = due(meeting)
    moved, deadlines = actions.move_meeting(
        meeting=meeting,
        values=when(starts_at=at(DAY, 10)),
        reason="",
        version=newest_version(meeting),
        by=editor,
    )

    assert (deadlines, due(moved), moved.starts_at) == ([], before, at(DAY, 10))


def edit_form(client, meeting):
    """What a browser would post of the form as it stands."""
    form = client.get(reverse("meetings:meeting-update", args=[meeting.public_id])).context["form"]
    posted = {name: "" if form[name].value() is None else str(form[name].value()) for name in form.fields}
    return posted | {
        form[name].html_initial_name: str(form[name].initial)
        for name, field in form.fields.items()
        if field.show_hidden_initial
    }


def save(client, meeting, posted):
    return client.post(reverse("meetings:meeting-update", args=[meeting.public_id]), posted)


def test_two_who_change_a_deadline_each_keep_both_changes(client_of, meeting, editor):
    client = client_of(editor)
    first, second = edit_form(client, meeting), edit_form(client, meeting)
    assert save(client, meeting, first | {"due-notice": "2027-02-05"}).status_code == 302
    assert save(client, meeting, second | {"due-papers": "2027-01-29"}).status_code == 302

    assert (due(meeting)["notice"], due(meeting)["papers"]) == (date(2027, 2, 5), date(2027, 1, 29))
    assert LogEntry.objects.about(meeting).filter(verb="endret frist").count() == 2


def test_a_stale_form_does_not_take_deadlines_back(client_of, meeting, editor):
    client = client_of(editor)
    stale = edit_form(client, meeting)
    actions.move_meeting(
        meeting=meeting,
        values=when(date(2027, 2, 25)),
        reason="",
        version=newest_version(meeting),
        by=editor,
    )
    save(client, meeting, stale)

    assert due(meeting)["notice"] == date(2027, 2, 11)


def test_a_deadline_that_is_no_day_is_told_at_the_field(client_of, meeting, editor):
    client = client_of(editor)
    page = save(client, meeting, edit_form(client, meeting) | {"due-notice": "snart"})

    assert page.status_code == 422
    assert len(errors(page)) == 1
    assert due(meeting)["notice"] == date(2027, 2, 4)


def test_a_month_previews_no_deadlines(client_of, editor, ssu):
    asked = {"body": ssu.pk, "precision": "month", "day": "2027-02-18"}
    page = client_of(editor).get("/moter/ny/", asked, headers=HTMX)

    assert (page.status_code, "Innkalling" in text(page)) == (200, False)


def test_the_preview_asks_for_no_more_than_body_and_day(client_of, editor, ssu):
    page = body(client_of(editor).get("/moter/ny/"))

    assert 'data-hx-include="this"' in page


def test_the_preview_is_for_the_secretariat(client_of, leader, ssu):
    assert client_of(leader).get("/moter/ny/", headers=HTMX).status_code == 403


def test_deadlines_are_shown_to_those_who_keep_them(client_of, cast, ssu_member, pa_member, meeting):
    people = {**vars(cast), "ssu": ssu_member, "pa": pa_member}
    seen = {
        who
        for who, person in people.items()
        if "04.02.2027" in text(client_of(person).get(meeting.get_absolute_url()))
    }

    assert seen == {"editor", "leader"}


def test_marking_a_deadline_is_for_the_secretariat(client_of, cast, ssu_member, meeting):
    address = reverse("meetings:deadline-keep", args=[meeting.public_id, "notice"])
    people = {**vars(cast), "ssu": ssu_member}
    answers = {who: client_of(person).post(address).status_code for who, person in people.items()}

    assert answers == {
        "public": 302, "member": 403, "outsider": 403, "contributor": 403,
        "leader": 403, "editor": 302, "admin": 403, "ssu": 403,
    }  # fmt: skip
    assert meeting.deadlines.get(kind="notice").kept_by == cast.editor
    wrong = reverse("meetings:deadline-keep", args=[meeting.public_id, "finnes-ikke"])
    assert client_of(cast.editor).post(wrong).status_code == 404


@pytest.mark.parametrize("state", ["approved", "archived", "cancelled"])
def test_what_is_written_of_a_finished_meeting_stands(ssu, editor, state):
    meeting = create_meeting(body=ssu, state=state)
    meeting.deadlines.create(kind="minutes", due_on=DAY)
    with pytest.raises(rules.NotAllowed):
        actions.change_meeting(
            meeting=meeting,
            values={"place": "Gjøvik"},
            due={"minutes": date(2027, 3, 1)},
            version=newest_version(meeting),
            by=editor,
        )

    meeting.refresh_from_db()
    assert (meeting.place, due(meeting)["minutes"], LogEntry.objects.count()) == ("", DAY, 0)
    assert Meeting.objects.count() == 1
