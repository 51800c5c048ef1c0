"""Is it in order with what a meeting decided?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed
from meetings.models import Approval, DecisionPoint, Meeting, Minutes, Precision, Seat

Outcome, Vote = DecisionPoint.Outcome, DecisionPoint.Vote

RECORDING = frozenset(
    {Meeting.State.CALLED, Meeting.State.PUBLISHED, Meeting.State.HELD, Meeting.State.DRAFTED}
)
"""When treatment and decisions can be written down: from the call until the minutes are approved."""

BOTH_SIDES = frozenset({Seat.Side.MUNICIPAL, Seat.Side.HOSPITAL})


@dataclass(frozen=True)
class Decided:
    """What is said of one point: the input before anything is stored. `key` is that of the point it was, or none."""

    number: int
    proposed: str
    adopted: str
    outcome: str
    vote: str = Vote.NOT_STATED
    dissent: str = ""
    key: int | None = None

    def says_the_same_as(self, point: DecisionPoint) -> bool:
        fields = ("number", "proposed", "adopted", "outcome", "vote", "dissent")
        return all(getattr(self, name) == getattr(point, name) for name in fields)


def check_recording(meeting: Meeting) -> None:
    if meeting.state not in RECORDING:
        raise NotAllowed(
            _("Møtet er «%(state)s». Behandling og vedtak kan ikke føres.")
            % {"state": meeting.get_state_display().lower()}
        )


def check_point(point: Decided) -> None:
    """A decision has a text, a change differs from the proposal, and a dissent says why."""
    if point.outcome in {Outcome.ADOPTED, Outcome.CHANGED} and not point.adopted.strip():
        raise NotAllowed(
            _("Punkt %(n)s er vedtatt, men har ingen tekst.") % {"n": point.number}, field="adopted"
        )
    if not point.adopted.strip() and not point.proposed.strip():
        raise NotAllowed(_("Punkt %(n)s har ingen tekst.") % {"n": point.number}, field="adopted")
    if point.outcome == Outcome.CHANGED and point.adopted == point.proposed:
        raise NotAllowed(
            _("Punkt %(n)s er likt forslaget. Velg «Vedtatt», eller skriv endringen.") % {"n": point.number},
            field="adopted",
        )
    if point.vote == Vote.DISSENT and not point.dissent.strip():
        raise NotAllowed(
            _("Skriv protokolltilførselen til punkt %(n)s.") % {"n": point.number}, field="dissent"
        )
    if point.outcome in {Outcome.ADOPTED, Outcome.CHANGED} and point.vote == Vote.NO_CONSENSUS:
        raise NotAllowed(
            _("Punkt %(n)s kan ikke være vedtatt uten konsensus. Velg et annet utfall.")
            % {"n": point.number},
            field="outcome",
        )


def check_approval(
    minutes: Minutes, seat: Seat | None, approvals: list[Approval], *, by_writer: bool
) -> None:
    """Minutes are approved by a leader and a deputy leader, one from each side, and not by who wrote them."""
    if minutes.state != Minutes.State.COMMENTS:
        raise NotAllowed(
            _("Protokollen må sendes til gjennomsyn før den godkjennes.")
            if minutes.state == Minutes.State.DRAFT
            else _("Protokollen er allerede godkjent.")
        )
    if by_writer:
        raise NotAllowed(_("Den som har skrevet protokollen, kan ikke godkjenne den."))
    if seat is None or seat.side not in BOTH_SIDES:
        raise NotAllowed(_("Protokollen godkjennes av leder og nestleder, én fra hver side."))
    now = [approval for approval in approvals if approval.version == minutes.version]
    if any(approval.approved_by_id == seat.person_id for approval in now):
        raise NotAllowed(_("Du har allerede godkjent protokollen."))
    if any(approval.side == seat.side for approval in now):
        raise NotAllowed(
            _("Protokollen er allerede godkjent fra %(side)s.") % {"side": seat.get_side_display().lower()}
        )


def last_day(due: date | None, precision: str) -> date | None:
    """The last day of the period something is due in: of the week, month or year, or the day itself."""
    if due is None:
        return None
    if precision == Precision.WEEK:
        return due + timedelta(days=6 - due.weekday())
    if precision == Precision.MONTH:
        return (due.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if precision == Precision.YEAR:
        return date(due.year, 12, 31)
    return due
