"""What meetings know of an initiative and of a strategic area."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import Viewer
from meetings.documents.treatment import Treatment, decisions_without_meeting, follow_ups_of, treatments
from meetings.models import AgendaItem, Case, Concern, DecisionPoint, FollowUp, StrategicPriority
from portfolio.models import Initiative, StrategicArea


@dataclass(frozen=True)
class CaseAbout:
    """A case that concerns an initiative: how, where it was treated, what was decided, and what came of it."""

    concern: Concern
    case: Case
    treatments: list[Treatment]
    undated: list[DecisionPoint]
    """Decisions whose meeting is not known."""
    follow_ups: list[FollowUp]


def cases_about(user: Viewer, initiative: Initiative) -> list[CaseAbout]:
    """Every case the person may know of that concerns the initiative, the newest first; always in seven queries."""
    concerns = {concern.case_id: concern for concern in initiative.concerns.all()}
    found = Case.objects.visible_to(user).filter(pk__in=concerns).select_related("body", "exemption")
    cases = {case.pk: case for case in found.newest_first()}
    items = AgendaItem.objects.visible_to(user).filter(case__in=cases).select_related("meeting__body")
    rows = list(items.order_by("meeting__day", "pk"))
    for item in rows:
        item.case = cases[item.case_id]
    treated = treatments(user, rows)
    by_case: dict[int, list[Treatment]] = defaultdict(list)
    for item in rows:
        by_case[item.case_id].append(treated[item.pk])
    undated = decisions_without_meeting(user, cases)
    tasks = follow_ups_of(user, cases)
    return [
        CaseAbout(concerns[key], case, by_case[key], undated.get(key, []), tasks.get(key, []))
        for key, case in cases.items()
    ]


def priorities(user: Viewer, **of: object) -> list[StrategicPriority]:
    """Those whose decision the person may read, the newest year first; the decision with its case as they know it."""
    readable = DecisionPoint.objects.visible_to(user).values("pk")
    rows = list(
        StrategicPriority.objects.filter(point__in=readable, **of)
        .select_related("area", "point__item__meeting__body")
        .order_by("-year", "area__order", "pk")
    )
    cases = Case.objects.visible_to(user).select_related("body")
    known = cases.in_bulk({row.point.case_id for row in rows if row.point.case_id})
    for row in rows:
        row.point.case = known.get(row.point.case_id or 0)
    return rows


def cases_of_area(user: Viewer, area: StrategicArea) -> list[Case]:
    """The cases the person may know of that belong to the strategic area, the newest first."""
    cases = Case.objects.visible_to(user).filter(strategic_areas=area).select_related("body", "exemption")
    return list(cases.newest_first())
