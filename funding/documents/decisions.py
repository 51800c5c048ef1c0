"""Decisions that money rests on, as one person may read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Viewer
from meetings.models import Case, DecisionPoint


@dataclass(frozen=True)
class DecisionLine:
    """A decision by where it was made, with the address of its case when the person may open it."""

    text: str
    url: str = ""
    adopted: str = ""


def decision_lines(user: Viewer, keys: Iterable[int | None]) -> dict[int, DecisionLine]:
    """The decisions by id, always in two questions; what a person may not read is said to be closed."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    visible = DecisionPoint.objects.visible_to(user).filter(pk__in=wanted)
    points = visible.select_related("item__meeting__body").in_bulk()
    cases = Case.objects.visible_to(user).select_related("body", "exemption")
    known = cases.in_bulk({point.case_id for point in points.values() if point.case_id})
    closed = DecisionLine(_("Vedtak som ikke er offentlig"))
    return {
        key: _line(points[key], known.get(points[key].case_id or 0)) if key in points else closed
        for key in wanted
    }


def _line(point: DecisionPoint, case: Case | None) -> DecisionLine:
    meeting = point.item.meeting if point.item else None
    number = case.number if case else ""
    where = str(meeting) if meeting else ""
    if number:
        text = f"{where}, {_('sak')} {number}" if where else f"{_('sak')} {number}"
    else:
        text = where or (case.shown_title if case else point.unknown_reason)
    url = case.get_absolute_url() if case else meeting.get_absolute_url() if meeting else ""
    return DecisionLine(text, url, point.adopted)
