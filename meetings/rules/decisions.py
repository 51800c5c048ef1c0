"""Is it in order with what a meeting decided?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed
from meetings.models import AgendaItem, Approval, Body, DecisionPoint, Meeting, Minutes, Precision, Seat
from meetings.rules.problems import Problem

Outcome, Vote = DecisionPoint.Outcome, DecisionPoint.Vote

RECORDING = frozenset(
    {Meeting.State.CALLED, Meeting.State.PUBLISHED, Meeting.State.HELD, Meeting.State.DRAFTED}
)
"""When treatment and decisions can be written down: from the call until the minutes are approved."""

UNTREATED = frozenset(
    {AgendaItem.Outcome.POSTPONED, AgendaItem.Outcome.NOT_TREATED, AgendaItem.Outcome.WITHDRAWN}
)

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


def may_record(meeting: Meeting, today: date) -> bool:
    """What a meeting did is written down from its day on, until the minutes are approved."""
    has_come = not meeting.is_ahead or (meeting.day is not None and meeting.day <= today)
    return meeting.state in RECORDING and has_come


def check_recording(meeting: Meeting, today: date) -> None:
    if meeting.state not in RECORDING:
        raise NotAllowed(
            _("Møtet er «%(state)s». Behandling og vedtak kan ikke føres.")
            % {"state": meeting.get_state_display().lower()}
        )
    if not may_record(meeting, today):
        raise NotAllowed(_("Behandling og vedtak føres fra møtedagen av."))


def check_listed(item: AgendaItem) -> None:
    """A case is on a published agenda before anything is written of it, so that it has its number."""
    if item.released_at is None:
        raise NotAllowed(
            _("Saken står ikke på en publisert sakliste. Publiser saklisten på nytt, så får saken nummer.")
        )


def check_point(point: Decided, body: Body) -> None:
    """A decision has a text, a change differs from the proposal, a dissent says why, and the body decides as it does."""
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
    if (
        point.outcome == Outcome.ADOPTED
        and point.proposed
        and point.adopted.strip() != point.proposed.strip()
    ):
        raise NotAllowed(
            _("Teksten i punkt %(n)s er endret fra forslaget. Velg «Vedtatt med endring».")
            % {"n": point.number},
            field="outcome",
        )
    if point.vote == Vote.DISSENT and not point.dissent.strip():
        raise NotAllowed(
            _("Skriv protokolltilførselen til punkt %(n)s.") % {"n": point.number}, field="dissent"
        )
    is_by_consensus = body.decision_rule == Body.DecisionRule.CONSENSUS
    if point.vote == Vote.MAJORITY and is_by_consensus:
        raise NotAllowed(
            _("%(body)s beslutter ved konsensus. Velg konsensus, enstemmig eller dissens for punkt %(n)s.")
            % {"body": body, "n": point.number},
            field="vote",
        )
    if point.outcome in {Outcome.ADOPTED, Outcome.CHANGED} and point.vote == Vote.NO_CONSENSUS:
        raise NotAllowed(
            _("Punkt %(n)s kan ikke være vedtatt uten konsensus. Velg et annet utfall.")
            % {"n": point.number},
            field="outcome",
        )


def check_outcome(outcome: str, points: Iterable[Decided]) -> None:
    """What was proposed is not adopted in a case that was not treated; to postpone may be a decision of its own."""
    if outcome not in UNTREATED:
        return
    for point in points:
        if point.proposed and point.outcome in {Outcome.ADOPTED, Outcome.CHANGED}:
            raise NotAllowed(
                _(
                    "Saken er «%(outcome)s», men punkt %(n)s er vedtatt. Rett utfallet av saken eller av punktet."
                )
                % {"outcome": AgendaItem.Outcome(outcome).label.lower(), "n": point.number},
                field="outcome",
            )


def minutes_problems(meeting: Meeting, items: Iterable[AgendaItem], *, has_attendance: bool) -> list[Problem]:
    """What is missing before the minutes go out: who was there, and how each case went.

    `items` are those published, each with its case; the points of a case are prefetched.
    """
    problems = []
    if not has_attendance:
        page = reverse("meetings:attendance-edit", args=[meeting.public_id])
        problems.append(Problem(_("Oppmøtet er ikke ført."), page, is_blocking=True))
    for item in items:
        page = reverse("meetings:item-treat", args=[item.public_id])
        named = {"case": f"{item.case.number} {item.case.open_title}".strip()}
        if item.outcome == AgendaItem.Outcome.NOT_RECORDED:
            sentence = _("«%(case)s» har ikke utfall. Før det, eller velg «Ukjent».") % named
            problems.append(Problem(sentence, page, is_blocking=True))
        waits = any(point.outcome == Outcome.PROPOSED for point in item.case.points.all())
        if item.outcome == AgendaItem.Outcome.TREATED and waits:
            sentence = _("«%(case)s» er behandlet, men har punkter som fortsatt er forslag.") % named
            problems.append(Problem(sentence, page, is_blocking=True))
    return problems


def leading_problems(leading: Iterable[Seat]) -> list[Problem]:
    """Whether there is somebody on each side to approve the minutes."""
    if {seat.side for seat in leading} >= BOTH_SIDES:
        return []
    return [
        Problem(
            _(
                "Organet har ikke leder og nestleder fra hver sin side, så protokollen kan ikke godkjennes før "
                "plassene er lagt inn."
            )
        )
    ]


def check_approval(
    minutes: Minutes, seat: Seat | None, approvals: list[Approval], *, by_writer: bool
) -> None:
    """Minutes are approved by a leader and a deputy leader, one from each side, and not by who wrote them.

    `approvals` are those of what the minutes say now.
    """
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
    if any(approval.approved_by_id == seat.person_id for approval in approvals):
        raise NotAllowed(_("Du har allerede godkjent protokollen."))
    if any(approval.side == seat.side for approval in approvals):
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
