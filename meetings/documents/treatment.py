"""How cases were treated: outcome, decision points with what was proposed, recusals, follow-ups."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Viewer
from meetings.models import AgendaItem, DecisionPoint, FollowUp, Meeting, Minutes, Recusal
from meetings.models.meetings import readers_inside


@dataclass(frozen=True)
class Piece:
    """Some words of a text: kept, new, or taken out."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """Word by word, what changed from the proposal to the decision; nothing when nothing did."""
    if not old or not new or old == new:
        return []
    before, after = (re.findall(r"\S+\s*", text) for text in (old, new))
    pieces = []
    for verb, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(Piece("old", "".join(before[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(after[c:d])))
    return pieces


@dataclass
class Point:
    """A decision point with what changed from the proposal."""

    point: DecisionPoint
    changes: list[Piece]


@dataclass
class Treatment:
    """What was done with one case at one meeting, as one person may know of it; empty where that is nothing."""

    item: AgendaItem
    outcome: str = ""
    note: str = ""
    text: str = ""
    postponed_to: Meeting | None = None
    points: list[Point] = field(default_factory=list)
    recusals: list[Recusal] = field(default_factory=list)

    @property
    def vote(self) -> str:
        """How all points were decided, when it was in one way."""
        votes = {point.point.vote for point in self.points if point.point.vote}
        return str(DecisionPoint.Vote(votes.pop()).label) if len(votes) == 1 else ""


def treatments(user: Viewer, items: Iterable[AgendaItem]) -> dict[int, Treatment]:
    """What was done with each item, in a fixed number of queries.

    `items` come from visible_to(), with `item.case` too; `item.meeting` is loaded. What is written down is for the
    secretariat and leaders until the minutes are approved; while those are corrected, others read what was approved.
    """
    rows = list(items)
    is_staff = bool(readers_inside(user))
    frozen = {} if is_staff else _approved_lines(rows)
    found = {item.pk: _treatment(item, frozen.get(item.pk)) for item in rows}
    for item, later in _postponed_to(user, rows).items():
        found[item].postponed_to = later
    points = DecisionPoint.objects.visible_to(user).standing().filter(item__in=found)
    for point in points.select_related("corrects").order_by("number", "pk"):
        if point.outcome != DecisionPoint.Outcome.PROPOSED and point.item_id in found:
            found[point.item_id].points.append(Point(point, difference(point.proposed, point.adopted)))
    recusals = Recusal.objects.filter(item__in=found).select_related("seat__person", "substitute__person")
    for recusal in recusals if is_staff else []:
        found[recusal.item_id].recusals.append(recusal)
    return found


def _treatment(item: AgendaItem, line: Mapping[str, Any] | None) -> Treatment:
    outcome = item.shown_outcome
    if line is not None:
        outcome = line["outcome"] or outcome
    if not item.case.may_read or not item.sees_outcome:
        return Treatment(item, outcome)
    if line is not None:
        return Treatment(item, outcome, line["outcome_note"], line["treatment"])
    return Treatment(item, outcome, item.outcome_note, item.treatment)


def _approved_lines(items: list[AgendaItem]) -> dict[int, Mapping[str, Any]]:
    """By item, what the approved minutes say of cases in meetings whose minutes are being corrected."""
    corrected = {item.meeting_id for item in items if item.meeting.state == Meeting.State.DRAFTED}
    if not corrected:
        return {}
    approved = Minutes.objects.filter(meeting__in=corrected, state=Minutes.State.APPROVED).order_by("number")
    lines = {
        (minutes.meeting_id, case["key"]): case
        for minutes in approved
        for case in (minutes.data or {}).get("cases", [])
    }
    keyed = {item.pk: lines.get((item.meeting_id, str(item.case.public_id))) for item in items}
    return {key: line for key, line in keyed.items() if line is not None}


def _postponed_to(user: Viewer, items: list[AgendaItem]) -> dict[int, Meeting]:
    """By item, the meeting a postponed case came to next, as far as the person knows."""
    postponed = [
        item for item in items if item.outcome == AgendaItem.Outcome.POSTPONED and item.shown_outcome
    ]
    if not postponed:
        return {}
    later = AgendaItem.objects.visible_to(user).filter(case__in=[item.case_id for item in postponed])
    rows = list(later.select_related("meeting__body").order_by("pk"))
    return {
        item.pk: following[0]
        for item in postponed
        if (following := [row.meeting for row in rows if row.case_id == item.case_id and row.pk > item.pk])
    }


def decisions_without_meeting(user: Viewer, cases: Iterable[int]) -> dict[int, list[DecisionPoint]]:
    """Decisions whose case is known and whose meeting is not, by case, in one query."""
    found: dict[int, list[DecisionPoint]] = defaultdict(list)
    points = DecisionPoint.objects.visible_to(user).standing().filter(case__in=list(cases), item=None)
    for point in points.exclude(outcome=DecisionPoint.Outcome.PROPOSED).order_by("number", "pk"):
        if point.case_id:
            found[point.case_id].append(point)
    return found


def follow_ups_of(user: Viewer, cases: Iterable[int]) -> dict[int, list[FollowUp]]:
    """The tasks that came of the cases, by case, in one query."""
    found: dict[int, list[FollowUp]] = defaultdict(list)
    for task in FollowUp.objects.visible_to(user).filter(case__in=list(cases)).by_due_day():
        found[task.case_id].append(task)
    return found
