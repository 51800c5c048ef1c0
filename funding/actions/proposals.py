"""Proposals: written and sent in by the partners, answered by the secretariat."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import Organisation, User
from funding import rules
from funding.actions.allocations import new_allocation
from funding.actions.rounds import lock_round
from funding.models import Allocation, FundingRound, Grant, Proposal
from portfolio.actions.versions import check_version, save_changes, save_version
from portfolio.rules import check_text

State = Proposal.State
FIELDS = ("initiative", "idea", "program_area", "work_package", "amount", "reason", "rank")
TEXTS = (("idea", 300), ("work_package", 300), ("reason", 3000))


@transaction.atomic
def create_proposal(
    *, round_: FundingRound, organisation: Organisation, values: dict[str, Any], by: User
) -> Proposal:
    """Write a draft for an organisation; the very same again is the one there is, sent in or not."""
    rules.check_round_takes_proposals(lock_round(round_), timezone.localdate())
    _check(values)
    wanted = {name: values[name] for name in FIELDS}
    known = Proposal.objects.filter(round=round_, organisation=organisation, **wanted)
    same = known.filter(state__in=[State.DRAFT, State.SUBMITTED]).first()
    if same is not None:
        return same
    proposal = Proposal(round=round_, organisation=organisation, written_by=by, **wanted)
    save_version(proposal, by)
    record(by=by, verb=gettext_noop("skrev innspill"), target=proposal, new=_tracked(proposal))
    return proposal


@transaction.atomic
def change_proposal(*, proposal: Proposal, values: dict[str, Any], version: int | None, by: User) -> Proposal:
    """Change a draft. Raises FactsChanged when somebody else in the organisation has.

    What is asked for already changes nothing: a form sent twice.
    """
    locked = _lock(proposal)
    old = _tracked(locked)
    if locked.state in {State.DRAFT, State.SUBMITTED} and old == {name: values[name] for name in FIELDS}:
        return locked
    if not locked.is_draft:
        raise rules.NotAllowed(_("Innspillet er sendt inn og kan ikke endres. Ta det tilbake først."))
    rules.check_round_takes_proposals(locked.round, timezone.localdate())
    check_version(locked, version)
    _check(values)
    for name in FIELDS:
        setattr(locked, name, values[name])
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


@transaction.atomic
def delete_proposal(*, proposal: Proposal, by: User) -> None:
    """Throw a draft away; what was sent in stays. Gone already changes nothing."""
    lock_round(proposal.round)
    if not Proposal.objects.filter(pk=proposal.pk).exists():
        return
    locked = _lock(proposal)
    if not locked.is_draft:
        raise rules.NotAllowed(_("Bare et utkast kan slettes."))
    record(by=by, verb=gettext_noop("slettet utkast"), target=locked, old=_tracked(locked))
    locked.delete()


@transaction.atomic
def submit_proposal(*, proposal: Proposal, by: User) -> Proposal:
    """Send a draft in. Sent in already changes nothing."""
    locked = _lock(proposal)
    if locked.state == State.SUBMITTED:
        return locked
    rules.check_proposal_step(locked, State.SUBMITTED)
    rules.check_round_takes_proposals(locked.round, timezone.localdate())
    locked.submitted_at = timezone.now()
    return _move(locked, State.SUBMITTED, gettext_noop("sendte inn"), by)


@transaction.atomic
def take_back_proposal(*, proposal: Proposal, by: User) -> Proposal:
    """Make a draft of what was sent in, while the round is open."""
    locked = _lock(proposal)
    if locked.is_draft:
        return locked
    rules.check_proposal_step(locked, State.DRAFT)
    rules.check_round_takes_proposals(locked.round, timezone.localdate())
    return _move(locked, State.DRAFT, gettext_noop("tok tilbake"), by)


@transaction.atomic
def answer_proposal(
    *,
    proposal: Proposal,
    prioritised: bool,
    answer: str,
    by: User,
    grant: Grant | None = None,
    amount: int | None = None,
) -> Proposal:
    """Prioritise what was sent in, with so many kroner of a grant of the round, or say no with the reason.

    What is prioritised is planned, and becomes allocated by a decision. The same answer again changes nothing.
    """
    locked = _lock(proposal)
    to = State.PRIORITISED if prioritised else State.DECLINED
    if _is_answered(locked, to, answer, grant, amount):
        return locked
    if locked.state != State.SUBMITTED:
        raise rules.NotAllowed(
            _("Innspillet er «%(state)s» og kan ikke besvares. Ta tilbake svaret først.")
            % {"state": locked.get_state_display().lower()}
        )
    rules.check_round_is_prioritised(locked.round)
    check_text(answer, field="answer", limit=1000)
    if prioritised:
        if grant is None or not locked.round.grants.filter(pk=grant.pk).exists():
            raise rules.NotAllowed(_("Velg et av tilskuddene runden gjelder."), field="grant")
        new_allocation(
            values={
                "grant": grant,
                "proposal": locked,
                "initiative": locked.initiative,
                "label": locked.idea,
                "program_area": locked.program_area,
                "work_package": locked.work_package,
                "recipient": locked.organisation,
                "amount": amount or locked.amount,
            },
            by=by,
        )
    elif not answer.strip():
        raise rules.NotAllowed(_("Skriv kort hvorfor innspillet ikke prioriteres."), field="answer")
    locked.answer = answer
    return _move(
        locked, to, gettext_noop("prioriterte") if prioritised else gettext_noop("prioriterte ikke"), by
    )


def _is_answered(proposal: Proposal, to: str, answer: str, grant: Grant | None, amount: int | None) -> bool:
    """Whether this very answer is given already."""
    if proposal.state != to or proposal.answer != answer:
        return False
    planned = Allocation.objects.filter(proposal=proposal, grant=grant, amount=amount or proposal.amount)
    return to == State.DECLINED or planned.exists()


@transaction.atomic
def reopen_proposal(*, proposal: Proposal, by: User) -> Proposal:
    """Take an answer back; what was planned by it goes, unless it is allocated."""
    locked = _lock(proposal)
    if locked.state == State.SUBMITTED:
        return locked
    if locked.is_draft:
        raise rules.NotAllowed(_("Innspillet er ikke sendt inn."))
    rules.check_proposal_step(locked, State.SUBMITTED)
    rules.check_round_is_prioritised(locked.round)
    allocation = Allocation.objects.select_for_update(no_key=True).filter(proposal=locked).first()
    if allocation is not None:
        if allocation.decision_id is not None:
            raise rules.NotAllowed(_("Pengene er tildelt. Endre tildelingen i stedet."))
        if allocation.postings.exists():
            raise rules.NotAllowed(_("Pengene har vært tildelt. Endre prioriteringen i stedet."))
        record(
            by=by,
            verb=gettext_noop("tok bort prioritering"),
            target=allocation,
            old={"amount": allocation.amount},
        )
        allocation.delete()
    locked.answer = ""
    return _move(locked, State.SUBMITTED, gettext_noop("tok tilbake svaret"), by)


def _lock(proposal: Proposal) -> Proposal:
    """The round first, then the proposal: as they are now."""
    round_ = lock_round(proposal.round)
    locked = Proposal.objects.select_for_update(no_key=True).filter(pk=proposal.pk).first()
    if locked is None:
        raise rules.NotAllowed(_("Innspillet finnes ikke lenger. Utkastet er slettet."))
    locked.round = round_
    return locked


def _move(proposal: Proposal, to: str, verb: str, by: User) -> Proposal:
    old = {"state": proposal.state}
    proposal.state = to
    save_version(proposal, by)
    record(by=by, verb=verb, target=proposal, old=old, new={"state": to, "answer": proposal.answer})
    return proposal


def _check(values: dict[str, Any]) -> None:
    for name, limit in TEXTS:
        check_text(values[name], field=name, limit=limit)
    rules.check_purpose(values, label="idea")
    if not values["reason"].strip():
        raise rules.NotAllowed(_("Skriv hvorfor."), field="reason")


def _tracked(proposal: Proposal) -> dict[str, Any]:
    return {name: getattr(proposal, name) for name in FIELDS}
