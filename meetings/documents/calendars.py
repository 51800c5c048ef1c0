"""What a calendar shows: meetings and arrangements with a day, as a person may see them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Viewer
from helsefellesskap.calendars import Entry
from helsefellesskap.mail import absolute
from meetings.models import Event, Meeting, Precision

YEARS_BACK = 2


def calendar_entries(user: Viewer, *, today: date) -> list[Entry]:
    """Meetings and arrangements from two years back on; what is known only as a month or a year is left out."""
    since = today - timedelta(days=366 * YEARS_BACK)
    meetings = (
        Meeting.objects.visible_to(user)
        .select_related("body")
        .filter(precision=Precision.DAY, day__gte=since)
    )
    events = Event.objects.visible_to(user).filter(
        precision__in=[Precision.DAY, Precision.WEEK], starts_on__gte=since
    )
    return [
        *(_meeting(meeting) for meeting in meetings.order_by("day", "pk")),
        *(_event(event) for event in events.order_by("starts_on", "pk")),
    ]


def _uid(public_id: object) -> str:
    return f"{public_id}@{urlsplit(settings.BASE_URL).hostname}"


def _meeting(meeting: Meeting) -> Entry:
    """Who is not inside gets no link to the digital meeting."""
    assert meeting.day is not None  # noqa: S101 -- asked for by precision
    url = absolute(meeting.get_absolute_url())
    lines = [_("Sakliste og papirer: %(url)s") % {"url": url}]
    if meeting.is_inside and meeting.digital_url:
        lines.insert(0, _("Digitalt møte: %(url)s") % {"url": meeting.digital_url})
    return Entry(
        uid=_uid(meeting.public_id),
        summary=_("Møte i %(body)s") % {"body": meeting.body.short_name},
        starts=meeting.starts_at or meeting.day,
        ends=meeting.ends_at or _day_after(meeting.starts_at, meeting.day),
        location=meeting.place,
        description="\n".join(lines),
        url=url,
        sequence=meeting.sequence,
        updated_at=meeting.changed_at,
        is_cancelled=meeting.state == Meeting.State.CANCELLED,
    )


def _day_after(starts_at: datetime | None, day: date) -> datetime | date:
    """A meeting without an end lasts an hour; one without a time, the whole day."""
    return starts_at + timedelta(hours=1) if starts_at else day + timedelta(days=1)


def _event(event: Event) -> Entry:
    assert event.starts_on is not None  # noqa: S101 -- asked for by precision
    starts: datetime | date = event.starts_on
    ends: datetime | date = (event.ends_on or event.starts_on) + timedelta(days=1)
    if event.starts_at is not None:
        starts = timezone.make_aware(datetime.combine(event.starts_on, event.starts_at))
        ends = starts + timedelta(hours=1)
        if event.ends_at is not None and event.ends_at > event.starts_at:
            ends = timezone.make_aware(datetime.combine(event.starts_on, event.ends_at))
    return Entry(
        uid=_uid(event.public_id),
        summary=f"{event.get_kind_display()}: {event.title}",
        starts=starts,
        ends=ends,
        location=event.place,
        description=event.summary,
        url=absolute(event.get_absolute_url()),
        sequence=event.sequence,
        updated_at=event.changed_at,
        is_cancelled=event.state == Event.State.CANCELLED,
    )
