"""Arrangements as their list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from meetings.models import Event, EventQuerySet


@dataclass(frozen=True)
class EventList:
    """What is ahead, what was, by year with the newest first, and what has no known day."""

    coming: list[Event]
    years: list[tuple[int, list[Event]]]
    undated: list[Event]


def event_list(events: EventQuerySet, *, today: date) -> EventList:
    """The arrangements in two queries."""
    coming = list(events.coming(today))
    ahead = {event.pk for event in coming}
    rest = [event for event in events.newest_first() if event.pk not in ahead]
    dated = [(event.starts_on.year, event) for event in rest if event.starts_on]
    years = [
        (year, [event for _year, event in rows]) for year, rows in groupby(dated, key=lambda row: row[0])
    ]
    return EventList(coming, years, [event for event in rest if event.starts_on is None])
