"""The life of a meeting and of a case, each as one table."""

from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed
from meetings.models import Case, Meeting

M, C = Meeting.State, Case.State

NEXT_MEETING_STATES: dict[str, frozenset[str]] = {
    M.PLANNED: frozenset({M.CALLED, M.CANCELLED}),
    M.CALLED: frozenset({M.PUBLISHED, M.HELD, M.CANCELLED}),
    M.PUBLISHED: frozenset({M.PUBLISHED, M.HELD, M.CANCELLED}),
    M.HELD: frozenset({M.DRAFTED}),
    M.DRAFTED: frozenset({M.APPROVED}),
    M.APPROVED: frozenset({M.DRAFTED, M.ARCHIVED}),
    M.ARCHIVED: frozenset({M.DRAFTED}),
    M.CANCELLED: frozenset(),
}
"""A new agenda version keeps a meeting published; approved minutes are opened again by a correction, archived or not."""

NEXT_CASE_STATES: dict[str, frozenset[str]] = {
    C.PROPOSED: frozenset({C.BACKLOG, C.RETURNED, C.WITHDRAWN}),
    C.RETURNED: frozenset({C.PROPOSED, C.WITHDRAWN}),
    C.BACKLOG: frozenset({C.DRAFT, C.WITHDRAWN}),
    C.DRAFT: frozenset({C.REVIEW, C.BACKLOG, C.WITHDRAWN}),
    C.REVIEW: frozenset({C.DRAFT, C.LISTED, C.WITHDRAWN}),
    C.LISTED: frozenset({C.LISTED, C.TREATED, C.POSTPONED, C.WITHDRAWN}),
    C.POSTPONED: frozenset({C.LISTED, C.TREATED, C.DRAFT, C.WITHDRAWN}),
    C.TREATED: frozenset({C.CLOSED, C.POSTPONED, C.LISTED, C.WITHDRAWN}),
    C.CLOSED: frozenset({C.TREATED}),
    C.WITHDRAWN: frozenset(),
}
"""A case is listed by a published agenda alone, and treated by what is recorded of a meeting."""


def check_meeting_step(meeting: Meeting, to: str) -> None:
    if to not in NEXT_MEETING_STATES[meeting.state]:
        raise NotAllowed(
            _("Møtet er «%(now)s» og kan ikke bli «%(to)s».")
            % {"now": meeting.get_state_display().lower(), "to": M(to).label.lower()}
        )


def check_case_step(case: Case, to: str) -> None:
    if to not in NEXT_CASE_STATES[case.state]:
        raise NotAllowed(
            _("Saken er «%(now)s» og kan ikke bli «%(to)s».")
            % {"now": case.get_state_display().lower(), "to": C(to).label.lower()}
        )
