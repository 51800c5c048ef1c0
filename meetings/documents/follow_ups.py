"""What came of decisions, as a table on screen, on paper and as a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import tablib
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Viewer
from helsefellesskap.files import Printout
from helsefellesskap.spreadsheets import dataset
from helsefellesskap.templatetags.norsk import dato, presis
from meetings.models import AgendaItem, Case, DecisionPoint, FollowUp, FollowUpQuerySet


@dataclass(frozen=True)
class TaskRow:
    """A task with the case and the meeting it came of, as one person may read them."""

    task: FollowUp
    case: Case
    item: AgendaItem | None
    state: str
    is_late: bool

    @property
    def body(self) -> str:
        return str(self.case.body or _("Ikke kjent"))

    @property
    def day(self) -> str:
        return self.item.meeting.day_text if self.item else ""

    @property
    def case_name(self) -> str:
        return f"{self.case.number} {self.case.shown_title}".strip()

    @property
    def decision(self) -> str:
        """The point it came of, once the minutes are approved."""
        point = self.task.point
        return point.text if point and point.locked_at else ""

    @property
    def due(self) -> str:
        return presis(self.task.due_on, self.task.precision) if self.task.due_on else ""


def task_rows(user: Viewer, tasks: FollowUpQuerySet, *, today: date) -> list[TaskRow]:
    """The tasks in the order of their due days, in a number of queries that does not grow with them."""
    found = list(
        tasks.select_related("point__item__meeting__body").prefetch_related("organisations").by_due_day()
    )
    cases = Case.objects.visible_to(user).select_related("body").in_bulk({task.case_id for task in found})
    items: dict[int, AgendaItem] = {}
    of_cases = AgendaItem.objects.visible_to(user).filter(case__in=cases).select_related("meeting__body")
    for item in of_cases.order_by("meeting__day", "pk"):
        items[item.case_id] = item
    rows = []
    for task in found:
        is_late = task.is_overdue(today)
        state = _("Forfalt") if is_late else str(task.get_state_display())
        decided_at = task.point.item if task.point else None
        rows.append(TaskRow(task, cases[task.case_id], decided_at or items.get(task.case_id), state, is_late))
    return rows


def decisions_without_tasks(user: Viewer) -> list[DecisionPoint]:
    """Adopted decisions nobody has made a task of, the newest first."""
    points = DecisionPoint.objects.visible_to(user).standing().adopted().filter(follow_ups=None)
    points = points.exclude(case__kind=Case.Kind.APPROVAL)
    found = list(
        points.select_related("item__meeting__body").order_by("-item__meeting__day", "number", "pk")[:200]
    )
    cases = (
        Case.objects.visible_to(user)
        .select_related("body")
        .in_bulk({point.case_id for point in found if point.case_id})
    )
    for point in found:
        if point.case_id:
            point.case = cases[point.case_id]
    return found


def task_columns(rows: Sequence[TaskRow]) -> tablib.Dataset:
    """The table as a sheet."""
    cells = (
        (
            row.body,
            row.day,
            row.case_name,
            row.decision,
            row.task.title,
            row.task.responsible,
            row.due,
            row.state,
        )
        for row in rows
    )
    headers = [
        _("Organ"),
        _("Møtedato"),
        _("Sak"),
        _("Vedtak"),
        _("Oppfølging"),
        _("Ansvarlig"),
        _("Frist"),
        _("Tilstand"),
    ]
    return dataset(_("Oppfølging"), headers, cells)


def task_print(rows: Sequence[TaskRow], *, today: date) -> Printout:
    """The table on paper."""
    return Printout(
        "meetings/print/follow_ups.html",
        {
            "title": _("Oppfølging av vedtak"),
            "partnership": settings.SITE_NAME,
            "description": _("Oppfølging av vedtak per %(day)s") % {"day": dato(today)},
            "created": today,
            "language": settings.LANGUAGE_CODE,
            "rows": rows,
        },
        f"oppfolging-{today.isoformat()}",
    )
