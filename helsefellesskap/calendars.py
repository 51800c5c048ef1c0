"""Calendar feeds that phones and mail programs subscribe to (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from icalendar import Calendar, Event, Timezone
from icalendar.prop import vDuration

REFRESH = vDuration(timedelta(hours=4))

NORWAY = Timezone.from_ical("""\
BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
""")
"""Summer time by its rule: the library would list every change up to 2038, those of spring an hour late."""


@dataclass(frozen=True)
class Entry:
    """One thing in a calendar: with times, or whole days up to but without `ends`.

    `uid` stays the same for ever; a higher `sequence` tells calendars that it was changed.
    """

    uid: str
    summary: str
    starts: datetime | date
    ends: datetime | date
    updated_at: datetime
    location: str = ""
    description: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False


def feed(entries: Iterable[Entry], *, name: str) -> bytes:
    """The calendar as a file; the same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Helsefellesskap//NO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    calendar.add_component(NORWAY)
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.summary)
    event.add("dtstart", _local(entry.starts))
    event.add("dtend", _local(entry.ends))
    event.add("dtstamp", entry.updated_at.astimezone(UTC))
    event.add("last-modified", entry.updated_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    for field in ("location", "description", "url"):
        if value := getattr(entry, field):
            event.add(field, value)
    return event


def _local(moment: datetime | date) -> datetime | date:
    """In Norwegian time, which the feed explains; a day stays a day."""
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


def response(content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="moter.ics"'
    return answer
