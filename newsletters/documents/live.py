"""What the live blocks fetch, each as plain values: from the portfolio, money and meetings, as the public sees them.

What several blocks want is asked for once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from funding.documents import funding_table
from funding.models import Grant
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import presis
from meetings.models import AgendaItem, DecisionPoint, Event, FollowUp, Meeting
from newsletters.models import Block, Newsletter
from portfolio.documents import StatusTable, compare, live_table, table_as_of
from portfolio.models import Initiative, ProgramArea, StatusReport

PUBLIC = AnonymousUser()
AHEAD = timedelta(days=120)
"""How far ahead meetings and deadlines are told of."""
FARTHEST = 730
"""Days; the farthest that a block may tell of."""
NOT_STATED = "ikke oppgitt"
"""What stands as responsible where the paper names nobody."""
FIRST = timedelta(days=183)
"""How far back what is new begins when there is no newsletter before."""


@dataclass(frozen=True)
class Moment:
    """The day a newsletter speaks of (`as_of` when it was chosen), the day of the one before, and all that is chosen
    by name in its blocks.
    """

    day: date
    as_of: date | None
    since: date
    chosen: frozenset[UUID]


def chosen_in(blocks: Iterable[Block]) -> frozenset[UUID]:
    """The meetings and arrangements that the blocks choose."""
    return frozenset(
        key
        for block in blocks
        for name in ("meetings", "events")
        for key in map(_uuid, block.settings.get(name, []))
        if key
    )


def since_of(newsletter: Newsletter, day: date) -> date:
    """The day of the newest newsletter published before this one."""
    others = Newsletter.objects.published().exclude(year=newsletter.year, number=newsletter.number)
    days = [
        as_of or timezone.localdate(published_at)
        for as_of, published_at in others.values_list("as_of", "published_at")
        if published_at
    ]
    return max((one for one in days if one < day), default=day - FIRST)


def status_table(moment: Moment) -> StatusTable:
    """The whole status table of the newsletter's day, asked for once however many blocks show it."""
    return once(("newsletter-table", moment.day, moment.as_of), lambda: _status_table(moment))


def _status_table(moment: Moment) -> StatusTable:
    if moment.as_of is None:
        return live_table(Initiative.objects.visible_to(PUBLIC), today=moment.day)
    return table_as_of(moment.as_of, PUBLIC)


def handlingsdel(settings: dict[str, Any], moment: Moment) -> dict[str, Any]:
    """The status table: all of it, chosen areas, or what changed since a day."""
    table = status_table(moment)
    scope = settings.get("scope", "all")
    if scope == "changed":
        since = _day(settings.get("since")) or moment.since
        before = once(("newsletter-table", since), lambda: table_as_of(since, PUBLIC))
        changes = compare(before, table).changes
        return {
            "scope": scope,
            "since": since.isoformat(),
            "day": moment.day.isoformat(),
            "changes": [asdict(change) for change in changes],
            "quotes": _subjects(Initiative, [change.key for change in changes]),
        }
    if scope == "areas":
        wanted = set(settings.get("areas", []))
        table = StatusTable(table.day, [group for group in table.groups if group.code in wanted])
    areas = once("newsletter-areas", lambda: dict(ProgramArea.objects.values_list("code", "pk")))
    return {
        "scope": scope,
        "table": table.as_data(),
        "quotes": [
            *_subjects(Initiative, [row.key for _group, row in table.rows]),
            *_subjects(ProgramArea, [areas[group.code] for group in table.groups if group.code in areas]),
        ],
    }


def _subjects(model: type[Model], keys: Iterable[int]) -> list[str]:
    """The rows that are quoted, as findings name them."""
    return [f"{model._meta.label_lower}:{key}" for key in keys]


def funding(settings: dict[str, Any], moment: Moment) -> dict[str, Any]:
    """What a grant is used for."""
    key = _uuid(settings.get("grant"))
    return dict(once(("newsletter-money", key, moment.day, moment.as_of), lambda: _money(key, moment)))


def _money(key: UUID | None, moment: Moment) -> dict[str, Any]:
    grant = Grant.objects.visible_to(PUBLIC).filter(public_id=key).first() if key else None
    if grant is None:
        return {"grant": "", "table": None}
    table = funding_table(grant, PUBLIC, day=moment.as_of, today=moment.day)
    slugs = {row.slug for _group, row in table.rows if row.slug}
    keys = [initiative.pk for initiative in _public_initiatives() if initiative.slug in slugs]
    return {
        "grant": grant.get_absolute_url(),
        "table": table.as_data(),
        "quotes": _subjects(Initiative, keys),
    }


def focus(settings: dict[str, Any], moment: Moment) -> dict[str, Any]:
    """Chosen initiatives: what they are about, who owns them, and where they stand."""
    rows = _initiatives(settings.get("initiatives", []), moment)
    return {"rows": rows, "quotes": _subjects(Initiative, [row["key"] for row in rows])}


def _public_initiatives() -> list[Initiative]:
    found = Initiative.objects.visible_to(PUBLIC).select_related("owner").order_by("pk")
    return once("newsletter-initiatives", lambda: list(found))


def _initiatives(keys: list[str], moment: Moment) -> list[dict[str, Any]]:
    """The initiatives that are in the table of the day, in the order of the table."""
    chosen = set(map(_uuid, keys))
    wanted = {
        initiative.pk: initiative for initiative in _public_initiatives() if initiative.public_id in chosen
    }
    return [
        {
            "key": row.key,
            "title": row.title,
            "url": reverse("portfolio:initiative-detail", args=[row.slug]),
            "area": group.name,
            "phase": row.phase,
            "status": row.status,
            "is_funded": row.is_funded,
            "owner": str(wanted[row.key].owner or ""),
            "summary": wanted[row.key].summary,
        }
        for group, row in status_table(moment).rows
        if row.key in wanted
    ]


def decisions(settings: dict[str, Any], moment: Moment) -> dict[str, Any]:
    """What chosen meetings decided, case by case; what was not decided, and why, is said too."""
    keys = set(map(_uuid, settings.get("meetings", [])))
    decided = once(("newsletter-decisions", moment.chosen), lambda: _decisions(moment.chosen))
    return {"meetings": [said for key, said in decided.items() if key in keys]}


def _decisions(keys: frozenset[UUID]) -> dict[UUID, dict[str, Any]]:
    meetings = Meeting.objects.visible_to(PUBLIC).filter(public_id__in=keys).select_related("body")
    items = (
        AgendaItem.objects.visible_to(PUBLIC)
        .filter(Q(sees_outcome=True), meeting__in=meetings, case__exemption=None)
        .exclude(outcome=AgendaItem.Outcome.NOT_RECORDED)
        .select_related("case__body", "meeting__body")
        .in_order()
    )
    points: dict[int | None, list[DecisionPoint]] = {}
    for point in (
        DecisionPoint.objects.visible_to(PUBLIC)
        .standing()
        .adopted()
        .filter(item__in=items)
        .order_by("number")
    ):
        points.setdefault(point.item_id, []).append(point)
    by_meeting: dict[int, list[dict[str, Any]]] = {}
    for item in items:
        if item.outcome == AgendaItem.Outcome.TREATED and item.pk not in points:
            continue  # read and noted: nothing to tell
        by_meeting.setdefault(item.meeting_id, []).append(_decided(item, points.get(item.pk, [])))
    return {
        meeting.public_id: {
            "name": str(meeting),
            "url": meeting.get_absolute_url(),
            "cases": by_meeting[meeting.pk],
        }
        for meeting in meetings.order_by("day", "pk")
        if meeting.pk in by_meeting
    }


def _decided(item: AgendaItem, points: list[DecisionPoint]) -> dict[str, Any]:
    return {
        "number": item.case.number,
        "title": item.case.open_title,
        "url": item.case.get_absolute_url(),
        "outcome": "" if points else str(item.get_outcome_display()),
        "note": "" if points else item.outcome_note,
        "points": [point.text for point in points],
        "vote": str(points[0].get_vote_display()) if points and points[0].vote else "",
    }


def coming(settings: dict[str, Any], moment: Moment) -> dict[str, Any]:
    """Meetings and deadlines ahead, the next one first, so many days forward."""
    last = moment.day + timedelta(days=_number(settings.get("days")) or AHEAD.days)
    ahead = once(("newsletter-ahead", moment.day, moment.as_of), lambda: _ahead(moment))
    return {"rows": [row for day, row in ahead if day <= last], "until": last.isoformat()}


def _ahead(moment: Moment) -> list[tuple[date, dict[str, Any]]]:
    """All meetings and deadlines as far forward as any block tells of, by day."""
    in_time = (moment.day, moment.day + timedelta(days=FARTHEST))
    rows: list[dict[str, Any]] = [
        {
            "day": meeting.day,
            "when": meeting.day_text,
            "what": _("Møte: %(body)s") % {"body": meeting.body.name},
            "who": meeting.place,
            "url": meeting.get_absolute_url(),
        }
        for meeting in Meeting.objects.visible_to(PUBLIC)
        .filter(day__range=in_time)
        .exclude(state=Meeting.State.CANCELLED)
        .select_related("body")
    ]
    rows += [
        {
            "day": task.due_on,
            "when": presis(task.due_on, task.precision),
            "what": task.title,
            "who": "" if task.responsible == NOT_STATED else task.responsible,
            "url": task.case.get_absolute_url(),
        }
        for task in FollowUp.objects.visible_to(PUBLIC)
        .filter(due_on__range=in_time)
        .select_related("case__body")
        if moment.as_of is not None or task.is_open
    ]
    return sorted(((row.pop("day"), row) for row in rows), key=lambda found: (found[0], found[1]["what"]))


def events(settings: dict[str, Any], moment: Moment) -> dict[str, Any]:
    """Chosen arrangements, or those ahead."""
    keys = {key for key in map(_uuid, settings.get("events", [])) if key}
    found = _chosen_events(keys, moment) if keys else _events_ahead(moment)
    return {"rows": [_event(event) for event in found], "is_chosen": bool(keys)}


def _chosen_events(keys: set[UUID], moment: Moment) -> list[Event]:
    found = Event.objects.visible_to(PUBLIC).filter(public_id__in=moment.chosen).order_by("starts_on", "pk")
    events = once(("newsletter-events", moment.chosen), lambda: list(found))
    return [event for event in events if event.public_id in keys]


def _events_ahead(moment: Moment) -> list[Event]:
    found = Event.objects.visible_to(PUBLIC).coming(moment.day).filter(starts_on__lte=moment.day + AHEAD)
    return once(("newsletter-events-ahead", moment.day), lambda: list(found))


def _event(event: Event) -> dict[str, Any]:
    return {
        "title": event.title,
        "kind": str(event.get_kind_display()),
        "when": event.day_text if event.starts_on else "",
        "place": event.place,
        "summary": event.summary,
        "programme": [line for line in event.programme.splitlines() if line.strip()],
        "url": event.get_absolute_url(),
    }


def finished(settings: dict[str, Any], moment: Moment) -> dict[str, Any]:
    """Chosen initiatives and arrangements, or the initiatives that were reported as finished since the last newsletter."""
    keys = list(settings.get("initiatives", []))
    event_keys = {key for key in map(_uuid, settings.get("events", [])) if key}
    if not keys and not event_keys:
        keys = once(("newsletter-finished", moment.day, moment.since), lambda: _newly_finished(moment))
    rows = _initiatives(keys, moment)
    return {
        "rows": rows,
        "events": [_event(event) for event in _chosen_events(event_keys, moment)] if event_keys else [],
        "quotes": _subjects(Initiative, [row["key"] for row in rows]),
    }


def _newly_finished(moment: Moment) -> list[str]:
    newest = StatusReport.objects.published().filter(
        state=StatusReport.State.COMPLETED,
        reported_on__gt=moment.since,
        reported_on__lte=moment.day,
        correction__isnull=True,
    )
    return [str(key) for key in newest.values_list("initiative__public_id", flat=True)]


def contact(settings: dict[str, Any], _moment: Moment) -> dict[str, Any]:
    """Whom to ask, by role."""
    return {
        "rows": [
            {"role": row.get("role", ""), "email": row.get("email", "")}
            for row in settings.get("contacts", [])
        ]
    }


Fetcher = Callable[[dict[str, Any], Moment], dict[str, Any]]

FETCHERS: dict[Block.Kind, Fetcher] = {
    Block.Kind.HANDLINGSDEL: handlingsdel,
    Block.Kind.FUNDING: funding,
    Block.Kind.FOCUS: focus,
    Block.Kind.DECISIONS: decisions,
    Block.Kind.COMING: coming,
    Block.Kind.EVENTS: events,
    Block.Kind.FINISHED: finished,
    Block.Kind.CONTACT: contact,
}


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and 1 <= value <= FARTHEST else None
