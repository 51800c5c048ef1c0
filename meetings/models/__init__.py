"""The facts of meetings, cases and decisions."""

from meetings.models.bodies import Body, BodyQuerySet, Seat, SeatQuerySet
from meetings.models.cases import (
    AgendaItem,
    AgendaItemQuerySet,
    AgendaVersion,
    Case,
    CaseQuerySet,
    Concern,
)
from meetings.models.days import Precision
from meetings.models.decisions import (
    DecisionPoint,
    DecisionPointQuerySet,
    Recusal,
    StrategicPriority,
)
from meetings.models.documents import (
    Document,
    DocumentQuerySet,
    DocumentVersion,
    DocumentVersionQuerySet,
)
from meetings.models.events import Event, EventQuerySet, Signal, SignalQuerySet
from meetings.models.exemptions import AccessRequest, Basis, Exemption
from meetings.models.follow_ups import FollowUp, FollowUpQuerySet, FollowUpReminder
from meetings.models.meetings import (
    Attendance,
    AttendanceQuerySet,
    Deadline,
    Meeting,
    MeetingMove,
    MeetingQuerySet,
)
from meetings.models.minutes import Approval, Minutes, MinutesComment, MinutesQuerySet
from meetings.models.notices import CalendarKey, Notice
from meetings.models.papers import CasePaper, Question

__all__ = [
    "AccessRequest",
    "AgendaItem",
    "AgendaItemQuerySet",
    "AgendaVersion",
    "Approval",
    "Attendance",
    "AttendanceQuerySet",
    "Basis",
    "Body",
    "BodyQuerySet",
    "CalendarKey",
    "Case",
    "CasePaper",
    "CaseQuerySet",
    "Concern",
    "Deadline",
    "DecisionPoint",
    "DecisionPointQuerySet",
    "Document",
    "DocumentQuerySet",
    "DocumentVersion",
    "DocumentVersionQuerySet",
    "Event",
    "EventQuerySet",
    "Exemption",
    "FollowUp",
    "FollowUpQuerySet",
    "FollowUpReminder",
    "Meeting",
    "MeetingMove",
    "MeetingQuerySet",
    "Minutes",
    "MinutesComment",
    "MinutesQuerySet",
    "Notice",
    "Precision",
    "Question",
    "Recusal",
    "Seat",
    "SeatQuerySet",
    "Signal",
    "SignalQuerySet",
    "StrategicPriority",
]
