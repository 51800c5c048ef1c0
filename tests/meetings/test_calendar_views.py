"""Calendar feeds: open, signed in, and at a secret address; by the cast."""

from datetime import date

import pytest
from icalendar import Calendar

from accounts.models import User
from meetings import actions
from meetings.actions.calendars import token_of
from meetings.models import Meeting, Seat
from tests.factories import at, call_deputy, create_event, create_meeting
from tests.portfolio.pages import text

pytestmark = pytest.mark.django_db

FEED = "/moter/kalender.ics"


@pytest.fixture
def internal(ssu):
    ssu.visibility = "internal"
    ssu.save()
    return create_meeting(
        body=ssu,
        on=date(2027, 2, 18),
        state="called",
        starts_at=at(date(2027, 2, 18), 9),
        place="Hamar",
        digital_url="https://example.no/rom",
    )


def events(response):
    return {
        str(part["uid"]).partition("@")[0]: part
        for part in Calendar.from_ical(response.content).walk("VEVENT")
    }


def test_protected_meetings_are_in_the_feed_of_those_who_may_see_them(
    client_of, internal, ssu_member, pa_member, deputy, editor, cast
):
    call_deputy(meeting=internal, seat=Seat.objects.get(person=deputy))
    people = {**vars(cast), "ssu": ssu_member, "pa": pa_member, "deputy": deputy}
    seen = {who for who, person in people.items() if events(client_of(person).get(FEED))}

    assert seen == {"ssu", "deputy", "editor", "leader"}


def test_the_link_to_a_digital_meeting_is_for_those_inside(client_of, ssu, ssu_member):
    meeting = create_meeting(
        body=ssu, on=date(2027, 2, 18), digital_url="https://example.no/rom", place="Hamar"
    )
    public, inside = (
        events(client_of(person).get(FEED))[str(meeting.public_id)] for person in (None, ssu_member)
    )

    assert ("rom" in str(public["description"]), "rom" in str(inside["description"])) == (False, True)
    assert str(public["location"]) == "Hamar"


def test_a_moved_and_a_cancelled_meeting_keep_their_entry(client_of, internal, editor):
    before = events(client_of(editor).get(FEED))[str(internal.public_id)]
    Meeting.objects.filter(pk=internal.pk).update(
        day=date(2027, 3, 4),
        starts_at=at(date(2027, 3, 4), 9),
        sequence=1,
        state="cancelled",
        cancel_reason="Få saker.",
    )
    after = events(client_of(editor).get(FEED))[str(internal.public_id)]

    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstart").date() == date(2027, 3, 4)
    assert str(after["status"]) == "CANCELLED"


def test_what_has_no_day_is_in_no_calendar(client_of, ssu):
    create_meeting(body=ssu, on=None)
    create_meeting(body=ssu, on=date(2027, 2, 1), precision="month")
    create_event(on=None)
    create_event(on=date(2027, 8, 23), ends_on=date(2027, 9, 5), precision="week", title="Dialogmøter")

    [event] = events(client_of(None).get(FEED)).values()
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2027, 8, 23), date(2027, 9, 6))


def test_a_secret_address_shows_what_its_owner_sees_and_dies_when_revoked(client_of, internal, ssu_member):
    public = client_of(None)
    first = token_of(actions.renew_calendar_key(by=ssu_member))
    assert list(events(public.get(f"/moter/kalender/{first}.ics"))) == [str(internal.public_id)]

    second = token_of(actions.renew_calendar_key(by=ssu_member))
    assert [public.get(f"/moter/kalender/{token}.ics").status_code for token in (first, second)] == [404, 200]

    actions.revoke_calendar_key(by=ssu_member)
    assert public.get(f"/moter/kalender/{second}.ics").status_code == 404


def test_a_secret_address_dies_with_the_seat_and_with_the_sign_in(client_of, internal, ssu_member):
    address = f"/moter/kalender/{token_of(actions.renew_calendar_key(by=ssu_member))}.ics"
    Seat.objects.filter(person=ssu_member).update(valid_to=date(2025, 1, 1))
    assert events(client_of(None).get(address)) == {}

    User.objects.filter(pk=ssu_member.pk).update(is_active=False)
    assert client_of(None).get(address).status_code == 404


@pytest.mark.parametrize("token", ["feil", "feil-feil", "0" * 32, "0" * 32 + "-" + "a" * 43, "æøå-æøå"])
def test_a_guessed_address_is_unknown(client_of, ssu_member, token):
    actions.renew_calendar_key(by=ssu_member)

    assert client_of(None).get(f"/moter/kalender/{token}.ics").status_code == 404


def test_ones_own_address_is_made_shown_and_revoked(client_of, member):
    page = client_of(member)
    assert "kalender/" not in text(page.get("/moter/kalender/"))

    page.post("/moter/kalender/", {"ny": "1"})
    assert token_of(member.calendar_key) in text(page.get("/moter/kalender/"))
    page.post("/moter/kalender/", {"trekk": "1"})
    assert ".ics" not in text(page.get("/moter/kalender/"))


def test_the_feed_takes_the_same_queries_for_many(client_of, ssu, ssu_member, django_assert_num_queries):
    create_meeting(body=ssu, on=date(2027, 2, 18))
    create_event()
    page = client_of(ssu_member)
    page.get(FEED)
    with django_assert_num_queries(6):
        page.get(FEED)
    for day in range(1, 9):
        create_meeting(body=ssu, on=date(2027, 3, day))
        create_event()
    with django_assert_num_queries(6):
        page.get(FEED)
