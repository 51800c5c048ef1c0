"""How cases were treated: outcome, decision points with what was proposed, recusals, follow-ups."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Viewer
from meetings.models import AgendaItem, DecisionPoint, FollowUp, Recusal
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
    """What was done with one case at one meeting, as one person may know of it."""

    item: AgendaItem
    points: list[Point] = field(default_factory=list)
    recusals: list[Recusal] = field(default_factory=list)
    is_shown: bool = False
    """The person may read treatment and outcome: they are approved, or the person is of the secretariat."""

    @property
    def vote(self) -> str:
        """How all points were decided, when it was in one way."""
        votes = {point.point.vote for point in self.points if point.point.vote}
        return str(DecisionPoint.Vote(votes.pop()).label) if len(votes) == 1 else ""


OVER = ("approved", "archived")


def treatments(user: Viewer, items: Iterable[AgendaItem]) -> dict[int, Treatment]:
    """What was done with each item, in two queries. `item.case` comes from visible_to(); `item.meeting` is loaded.

    The text of the treatment is shown when the minutes are approved; the secretariat and leaders see it before.
    """
    rows = list(items)
    is_staff = bool(readers_inside(user))
    found = {
        item.pk: Treatment(item, is_shown=item.case.may_read and (is_staff or item.meeting.state in OVER))
        for item in rows
    }
    points = DecisionPoint.objects.visible_to(user).standing().filter(item__in=found)
    for point in points.select_related("corrects").order_by("number", "pk"):
        if point.outcome != DecisionPoint.Outcome.PROPOSED and point.item_id in found:
            found[point.item_id].points.append(Point(point, difference(point.proposed, point.adopted)))
    recusals = Recusal.objects.filter(item__in=found).select_related("seat__person", "substitute__person")
    for recusal in recusals if is_staff else []:
        found[recusal.item_id].recusals.append(recusal)
    return found


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
