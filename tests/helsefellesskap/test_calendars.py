"""Calendar feeds, read back as a calendar reads them."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from helsefellesskap import calendars
from helsefellesskap.calendars import Entry

UPDATED = datetime(2025, 6, 1, 8, tzinfo=UTC)


def entry(**fields):
    return Entry(
        **{
            "uid": "1@example.no",
            "summary": "Møte i SSU",
            "starts": datetime(2025, 9, 18, 7, 0, tzinfo=UTC),
            "ends": datetime(2025, 9, 18, 10, 0, tzinfo=UTC),
            "updated_at": UPDATED,
            **fields,
        }
    )


def read(*entries):
    calendar = Calendar.from_ical(calendars.feed(entries, name="Møter"))
    return calendar, list(calendar.walk("VEVENT"))


def test_a_meeting_stands_in_norwegian_time():
    calendar, [event] = read(entry())

    assert event.decoded("dtstart").isoformat() == "2025-09-18T09:00:00+02:00"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Oslo"]
    assert (str(calendar["x-wr-calname"]), str(calendar["method"])) == ("Møter", "PUBLISH")


def test_winter_time_is_an_hour_off():
    _calendar, [summer, winter] = read(entry(), entry(uid="2", starts=datetime(2025, 10, 26, 8, tzinfo=UTC)))

    assert [event.decoded("dtstart").utcoffset().seconds // 3600 for event in (summer, winter)] == [2, 1]


def test_whole_days_have_no_time():
    _calendar, [event] = read(entry(starts=date(2025, 8, 25), ends=date(2025, 9, 8)))

    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2025, 8, 25), date(2025, 9, 8))


def test_a_change_keeps_the_uid_and_raises_the_sequence():
    _calendar, [event] = read(entry(sequence=3, is_cancelled=True))

    assert (str(event["uid"]), event["sequence"], str(event["status"])) == ("1@example.no", 3, "CANCELLED")


def test_long_and_norwegian_text_survives_the_folding():
    words = "Blåbærsyltetøy, ærlig; og\nå " * 20
    _calendar, [event] = read(entry(description=words, location="Gjøvik"))

    assert (str(event["description"]), str(event["location"])) == (words, "Gjøvik")


def test_the_same_entries_give_the_same_bytes():
    assert calendars.feed([entry()], name="Møter") == calendars.feed([entry()], name="Møter")
