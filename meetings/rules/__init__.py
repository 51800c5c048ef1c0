"""Is it in order? Pure answers about meetings, cases, documents and decisions; refusals are sentences for who tried."""

from helsefellesskap.refusals import NotAllowed
from meetings.rules.states import NEXT_CASE_STATES, NEXT_MEETING_STATES, check_case_step, check_meeting_step

__all__ = [
    "NEXT_CASE_STATES",
    "NEXT_MEETING_STATES",
    "NotAllowed",
    "check_case_step",
    "check_meeting_step",
]
