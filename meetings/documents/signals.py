"""Themes that came up, by where they came up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from meetings.models import Body, Event, Meeting, Signal, SignalQuerySet


@dataclass(frozen=True)
class SignalSource:
    """An arrangement, a meeting or a body with the themes that came up there."""

    thing: Event | Meeting | Body
    signals: list[Signal]

    @property
    def edit_url(self) -> str:
        return edit_url(self.thing)


def edit_url(thing: Event | Meeting | Body) -> str:
    """Where the themes of the thing are edited."""
    kind = {Event: "arrangement", Meeting: "mote", Body: "organ"}[type(thing)]
    key = thing.code if isinstance(thing, Body) else str(thing.public_id)
    return reverse("meetings:signal-edit", args=[kind, key])


def signal_sources(signals: SignalQuerySet) -> list[SignalSource]:
    """Arrangements first, the newest one on top, then meetings, then bodies; in one query."""
    rows = (
        signals.with_top()
        .select_related("event", "meeting__body", "body", "strategic_area")
        .order_by(
            "-event__starts_on", "-event", "-meeting__day", "-meeting", "body", "question", "order", "pk"
        )
    )
    sources = []
    for _key, group in groupby(rows, key=lambda one: (one.event_id, one.meeting_id, one.body_id)):
        found = list(group)
        thing = found[0].source
        assert thing is not None  # noqa: S101 -- by the constraint of one source
        sources.append(SignalSource(thing, found))
    kinds = [Event, Meeting, Body]
    return sorted(sources, key=lambda source: kinds.index(type(source.thing)))
