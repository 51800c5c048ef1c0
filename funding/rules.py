"""Is it in order? The life of rounds, proposals and allocations, and whether the money is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from funding.models import Allocation, Balance, FundingRound, Grant, Proposal, Source, SpendingReport
from helsefellesskap.money import kroner
from helsefellesskap.refusals import NotAllowed as NotAllowed  # told by every action here
from meetings.models import DecisionPoint, Precision

State = Allocation.State

ROUND_STEPS: dict[str, frozenset[str]] = {
    FundingRound.State.OPEN: frozenset({FundingRound.State.PRIORITISING}),
    FundingRound.State.PRIORITISING: frozenset({FundingRound.State.OPEN, FundingRound.State.DECIDED}),
    FundingRound.State.DECIDED: frozenset({FundingRound.State.CLOSED}),
    FundingRound.State.CLOSED: frozenset(),
}
"""The life of a round; it may be opened again until something is decided."""

PROPOSAL_STEPS: dict[str, frozenset[str]] = {
    Proposal.State.DRAFT: frozenset({Proposal.State.SUBMITTED}),
    Proposal.State.SUBMITTED: frozenset(
        {Proposal.State.DRAFT, Proposal.State.PRIORITISED, Proposal.State.DECLINED}
    ),
    Proposal.State.PRIORITISED: frozenset({Proposal.State.SUBMITTED, Proposal.State.DECLINED}),
    Proposal.State.DECLINED: frozenset({Proposal.State.SUBMITTED}),
}
"""The life of a proposal; an answer may be taken back until the money is allocated."""

ALLOCATION_STEPS: dict[str, frozenset[str]] = {
    State.PLANNED: frozenset({State.ALLOCATED, State.CANCELLED}),
    State.ALLOCATED: frozenset({State.PAID, State.CARRIED, State.CANCELLED}),
    State.PAID: frozenset({State.REPORTED, State.RETURNED, State.CARRIED}),
    State.REPORTED: frozenset({State.RETURNED, State.CARRIED}),
    State.RETURNED: frozenset(),
    State.CARRIED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""The life of an allocation. Money that is paid is not withdrawn: it is returned or carried over."""

RAISED_OR_LOWERED = frozenset({State.ALLOCATED, State.PAID})
"""When a later decision may change the amount."""


@dataclass(frozen=True)
class Told:
    """Something in order that a person should know of."""

    sentence: str


def check_round_step(round_: FundingRound, to: str, *, decision: DecisionPoint | None) -> None:
    """Raises NotAllowed when the round cannot go there, or is decided without a decision."""
    if to not in ROUND_STEPS[round_.state]:
        raise NotAllowed(
            _("En runde som er «%(now)s», kan ikke bli «%(to)s».")
            % {"now": round_.get_state_display().lower(), "to": FundingRound.State(to).label.lower()}
        )
    if to == FundingRound.State.DECIDED and decision is None:
        raise NotAllowed(_("Velg vedtaket som fordelte midlene."), field="decision")


def check_proposal_step(proposal: Proposal, to: str) -> None:
    if to not in PROPOSAL_STEPS[proposal.state]:
        raise NotAllowed(
            _("Et innspill som er «%(now)s», kan ikke bli «%(to)s».")
            % {"now": proposal.get_state_display().lower(), "to": Proposal.State(to).label.lower()}
        )


def check_round_takes_proposals(round_: FundingRound, today: date) -> None:
    """A proposal is written, sent in and taken back only while its round is open and the day has not passed."""
    if round_.state != FundingRound.State.OPEN:
        raise NotAllowed(
            _("Runden er «%(state)s» og tar ikke imot innspill.")
            % {"state": round_.get_state_display().lower()}
        )
    if round_.closes_on is not None and round_.closes_on < today:
        raise NotAllowed(_("Fristen for innspill var %(day)s.") % {"day": f"{round_.closes_on:%d.%m.%Y}"})


def check_round_is_prioritised(round_: FundingRound) -> None:
    """Proposals are answered when the round has stopped taking new ones, and before it is decided."""
    if round_.state != FundingRound.State.PRIORITISING:
        raise NotAllowed(
            _("Runden er «%(state)s». Innspill prioriteres når runden er satt til prioritering.")
            % {"state": round_.get_state_display().lower()}
        )


def check_allocation_step(allocation: Allocation, to: str) -> None:
    """Raises NotAllowed when the allocation cannot become that."""
    if to not in ALLOCATION_STEPS[allocation.state]:
        raise NotAllowed(
            _("En tildeling som er «%(now)s», kan ikke bli «%(to)s».")
            % {"now": allocation.get_state_display().lower(), "to": State(to).label.lower()}
        )


def check_decision(decision: DecisionPoint | None) -> DecisionPoint:
    """Money is allocated by a decision that was adopted and stands in approved minutes."""
    if decision is None:
        raise NotAllowed(_("Velg vedtaket som tildelte midlene."), field="decision")
    if not decision.is_decided:
        raise NotAllowed(_("Punktet er ikke vedtatt. Velg et vedtak."), field="decision")
    if decision.locked_at is None:
        raise NotAllowed(
            _("Protokollen med dette vedtaket er ikke godkjent ennå. Vent til den er det."), field="decision"
        )
    return decision


def check_day(
    on: date | None, *, decision: DecisionPoint | None, earliest: date | None, today: date, field: str = "on"
) -> date:
    """The day a change counts from: as given, else the day of the meeting that decided it.

    Raises NotAllowed when no day is known, when it is to come, or when it is before the day of what it changes.
    """
    day = on
    meeting = decision.item.meeting if decision is not None and decision.item is not None else None
    if day is None and meeting is not None and meeting.precision == Precision.DAY:
        day = meeting.day
    if day is None:
        raise NotAllowed(_("Skriv datoen. Den framgår ikke av vedtaket."), field=field)
    if day > today:
        raise NotAllowed(_("Datoen kan ikke være fram i tid."), field=field)
    if day.year < 2000:
        raise NotAllowed(_("Datoen er for langt tilbake i tid."), field=field)
    if meeting is not None and meeting.precision == Precision.DAY and meeting.day and day < meeting.day:
        raise NotAllowed(
            _("Datoen kan ikke være før vedtaket, %(day)s.") % {"day": f"{meeting.day:%d.%m.%Y}"}, field=field
        )
    if earliest is not None and day < earliest:
        raise NotAllowed(
            _("Datoen kan ikke være før %(day)s, da det forrige skjedde.") % {"day": f"{earliest:%d.%m.%Y}"},
            field=field,
        )
    return day


def check_money_is_there(
    balance: Balance, amount: int, *, source: str, field: str | None = "amount"
) -> Told | None:
    """Is there so much left of the grant? `amount` is what is to be taken, in kroner.

    A rounded frame may be overdrawn by as much as it is rounded (half its step); that is told. More is refused.
    Raises NotAllowed with what is left.
    """
    left = balance.left(source)
    slack = balance.slack if source == Source.NEW else 0
    if amount <= left:
        return None
    kind = _("nye midler") if source == Source.NEW else _("overførte midler")
    if amount > left + slack:
        about = _("ca. ") if slack else ""
        raise NotAllowed(
            _("Det er %(about)s%(left)s igjen av %(kind)s. %(amount)s er %(over)s for mye.")
            % {
                "about": about,
                "left": kroner(max(left, 0)),
                "kind": kind,
                "amount": kroner(amount),
                "over": kroner(amount - max(left, 0)),
            },
            field=field,
        )
    return Told(
        _(
            "Nå er det fordelt %(over)s mer enn rammen. Rammen er avrundet (± %(slack)s), så det kan stemme. Se etter i tildelingsbrevet."
        )
        % {"over": kroner(amount - left), "slack": kroner(slack)}
    )


def check_money_was_there(
    lowest: int, amount: int, *, slack: int, day: date, field: str | None = "on"
) -> None:
    """What is dated back takes no money that came later: `lowest` is the least that was left from that day on."""
    if amount > lowest + slack:
        raise NotAllowed(
            _("Så mye var ikke igjen hele tiden etter %(day)s. Velg en senere dato.")
            % {"day": f"{day:%d.%m.%Y}"},
            field=field,
        )


def check_same_scheme(from_grant: Grant, to_grant: Grant) -> None:
    """Money of one scheme is not used as if another had given it."""
    if from_grant.pk == to_grant.pk:
        raise NotAllowed(_("Velg et annet tilskudd enn det pengene tas fra."), field="to_grant")
    if from_grant.scheme_id != to_grant.scheme_id:
        raise NotAllowed(_("Penger kan bare overføres innenfor samme tilskuddsordning."), field="to_grant")


def check_facts_change(allocation: Allocation, *, is_another: bool, reason: str) -> None:
    """What is over stays as it was; decided money is for something else only with a reason."""
    if allocation.state in Allocation.ENDED:
        raise NotAllowed(
            _("Tildelingen er «%(state)s» og kan ikke endres.")
            % {"state": allocation.get_state_display().lower()}
        )
    if is_another and not allocation.is_planned and not reason.strip():
        raise NotAllowed(_("Pengene er tildelt. Skriv hvorfor de nå er til noe annet."), field="reason")


def check_purpose(values: dict[str, Any], *, label: str) -> None:
    """Money is for an initiative, or for something else by name with a program area of its own; never both."""
    if values.get("initiative") is not None:
        if values.get(label):
            raise NotAllowed(_("Velg enten et tiltak eller skriv noe nytt, ikke begge deler."), field=label)
        if values.get("program_area") is not None:
            raise NotAllowed(
                _("Tiltaket har sitt eget programområde. La feltet stå tomt."), field="program_area"
            )
        return
    if not (values.get(label) or "").strip():
        raise NotAllowed(_("Velg tiltaket pengene er til, eller skriv hva det er."), field="initiative")
    if values.get("program_area") is None:
        raise NotAllowed(_("Velg programområdet."), field="program_area")


def check_frame(balance: Balance, *, field: str = "amount") -> None:
    """A grant is never less than what is allocated and carried on of it."""
    if balance.remainder_new < -balance.slack:
        raise NotAllowed(
            _("Det er allerede fordelt %(used)s av tilskuddet. Rammen kan ikke være mindre.")
            % {"used": kroner(balance.allocated_new + balance.out_new)},
            field=field,
        )


def report_is_told(report: SpendingReport, allocated: int) -> Told | None:
    """More spent than allocated is possible, and worth saying."""
    if report.spent > allocated:
        return Told(_("Det er brukt %(over)s mer enn tildelt.") % {"over": kroner(report.spent - allocated)})
    return None
