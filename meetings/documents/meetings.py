"""The page of a meeting: what each reader may know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Viewer
from meetings.documents.attachments import Attachment, attachments
from meetings.documents.treatment import Treatment, treatments
from meetings.models import AgendaItem, Case, Meeting


@dataclass
class AgendaRow:
    """A case on the agenda with its papers and how it went."""

    item: AgendaItem
    attachments: list[Attachment]
    treatment: Treatment


@dataclass
class MeetingPage:
    """The agenda and the meeting's own documents."""

    rows: list[AgendaRow]
    documents: list[Attachment]

    @property
    def is_recorded(self) -> bool:
        """Something is written down of how a case went."""
        return any(row.item.outcome != AgendaItem.Outcome.NOT_RECORDED for row in self.rows)


def meeting_page(user: Viewer, meeting: Meeting) -> MeetingPage:
    """All that a person may know of the meeting, in a number of queries that does not grow with it."""
    items = list(AgendaItem.objects.visible_to(user).filter(meeting=meeting).in_order())
    join_cases(user, items)
    for item in items:
        item.meeting = meeting
    papers = attachments(user, cases=[item.case for item in items], meeting=meeting)
    treated = treatments(user, items)
    rows = [AgendaRow(item, papers.of_cases.get(item.case_id, []), treated[item.pk]) for item in items]
    return MeetingPage(rows, papers.of_meeting)


def join_cases(user: Viewer, items: Sequence[AgendaItem]) -> None:
    """Give each item its case as the person may read it."""
    visible = Case.objects.visible_to(user).select_related("body", "exemption")
    cases = visible.in_bulk([item.case_id for item in items])
    for item in items:
        item.case = cases[item.case_id]


STEPS = [
    Meeting.State.PLANNED,
    Meeting.State.CALLED,
    Meeting.State.PUBLISHED,
    Meeting.State.HELD,
    Meeting.State.DRAFTED,
    Meeting.State.APPROVED,
]


@dataclass(frozen=True)
class Step:
    """A step of a meeting's life, and whether it is behind, here or ahead."""

    label: str
    place: str


def steps(meeting: Meeting) -> list[Step]:
    """The life of the meeting as a line; a cancelled one has none."""
    if meeting.state == Meeting.State.CANCELLED:
        return []
    is_archived = meeting.state == Meeting.State.ARCHIVED
    here = len(STEPS) if is_archived else STEPS.index(Meeting.State(meeting.state))
    return [
        Step(str(state.label), "done" if number < here else "now" if number == here else "")
        for number, state in enumerate(STEPS)
    ]
