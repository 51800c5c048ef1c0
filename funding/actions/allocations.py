"""Allocations: planned, allocated by a decision, raised, lowered, paid, returned, carried over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from funding import rules
from funding.actions.grants import lock_grants, take_money
from funding.models import Allocation, Grant, Posting, Proposal, Source
from meetings.models import DecisionPoint
from portfolio.actions.versions import check_version, save_changes, save_version, take_place
from portfolio.rules import check_text

State, Kind = Allocation.State, Posting.Kind
FACTS = ("initiative", "label", "program_area", "work_package", "recipient")
PURPOSE = ("initiative", "label", "program_area")
PLANS = (*FACTS, "source", "amount")
"""What may be changed of a plan; of what is allocated the facts alone, since money moves by decisions."""


@transaction.atomic
def plan_allocation(*, values: dict[str, Any], by: User) -> Allocation:
    """Plan a use of a grant, last in its order; the very same plan again is the one there is."""
    lock_grants(values["grant"])
    wanted = {name: values.get(name) for name in PLANS}
    same = (
        Allocation.objects.planned().filter(grant=values["grant"], proposal=None, **_filter(wanted)).first()
    )
    return same or new_allocation(values=values, by=by)


def _filter(wanted: dict[str, Any]) -> dict[str, Any]:
    unsaid = {"label": "", "work_package": "", "source": Source.NEW}
    return {name: value or unsaid.get(name) for name, value in wanted.items()}


def new_allocation(*, values: dict[str, Any], by: User) -> Allocation:
    """Make a planned allocation; call it inside a transaction."""
    grant: Grant = lock_grants(values["grant"])[values["grant"].pk]
    _check(values)
    last = grant.allocations.aggregate(last=Max("order"))["last"] or 0
    allocation = Allocation(
        grant=grant,
        proposal=values.get("proposal"),
        order=last + 1,
        **{name: values[name] for name in PLANS if values.get(name) is not None},
    )
    save_version(allocation, by)
    record(by=by, verb=gettext_noop("prioriterte"), target=allocation, new=tracked(allocation))
    return allocation


@transaction.atomic
def change_allocation(
    *, allocation: Allocation, values: dict[str, Any], version: int | None, by: User, reason: str = ""
) -> Allocation:
    """Change what an allocation is for; of a plan also the amount and the kind of money.

    Decided money that is to be for something else needs a reason, which the log keeps. Raises FactsChanged when
    somebody else has changed it since `version`.
    """
    locked = lock_allocation(allocation)
    check_version(locked, version)
    _check({**tracked(locked), **values})
    check_text(reason, field="reason", limit=500)
    is_another = any(values.get(name, getattr(locked, name)) != getattr(locked, name) for name in PURPOSE)
    rules.check_facts_change(locked, is_another=is_another, reason=reason)
    old = tracked(locked)
    for name in PLANS if locked.is_planned else FACTS:
        if name in values:
            setattr(locked, name, values[name])
    new = tracked(locked)
    if is_another and reason:
        old, new = {**old, "reason": ""}, {**new, "reason": reason}
    save_changes(locked, old=old, new=new, by=by)
    return locked


def _check(values: dict[str, Any]) -> None:
    for name in ("label", "work_package"):
        check_text(values.get(name) or "", field=name, limit=300)
    rules.check_purpose(values, label="label")


@transaction.atomic
def allocate(
    *, allocations: Iterable[Allocation], decision: DecisionPoint | None, on: date | None, by: User
) -> list[rules.Told]:
    """Allocate what is planned, all or nothing, by the decision; no day is the day of its meeting.

    Raises NotAllowed when a grant has not so much left as all that is chosen of it. Gives what should be told of it.
    """
    decision = rules.check_decision(decision)
    day = rules.check_day(on, decision=decision, earliest=None, today=timezone.localdate())
    chosen = list(allocations)
    grants = lock_grants(*(allocation.grant for allocation in chosen))
    keys = [allocation.pk for allocation in chosen]
    rows = list(Allocation.objects.select_for_update(no_key=True).filter(pk__in=keys).in_paper_order())
    wanted: dict[tuple[int, str], int] = {}
    for allocation in rows:
        rules.check_allocation_step(allocation, State.ALLOCATED)
        key = (allocation.grant_id, allocation.source)
        wanted[key] = wanted.get(key, 0) + allocation.amount
    told = [
        take_money(grants[grant], amount, source=source, day=day, field=None)
        for (grant, source), amount in wanted.items()
    ]
    for allocation in rows:
        allocation.decision = decision
        post(
            allocation, Kind.ALLOCATED, allocation.amount, State.ALLOCATED, day=day, decision=decision, by=by
        )
        save_posted(allocation, gettext_noop("tildelte"), by, decision=decision, on=day)
    return [one for one in told if one]


@transaction.atomic
def cancel_allocation(*, allocation: Allocation, reason: str, by: User) -> None:
    """Drop a plan that nothing was decided of, and with it the priority of the proposal it came from.

    Dropped already changes nothing.
    """
    locked = lock_allocation(allocation)
    if locked.state == State.CANCELLED:
        return
    if not locked.is_planned:
        raise rules.NotAllowed(_("Pengene er tildelt. De trekkes tilbake ved et nytt vedtak."))
    if not reason.strip():
        raise rules.NotAllowed(_("Skriv kort hvorfor."), field="reason")
    check_text(reason, field="reason", limit=500)
    old = {"state": locked.state}
    locked.state = State.CANCELLED
    save_version(locked, by)
    record(
        by=by,
        verb=gettext_noop("tok bort prioritering"),
        target=locked,
        old=old,
        new={"state": locked.state, "reason": reason},
    )
    proposal = Proposal.objects.select_for_update(no_key=True).filter(allocation=locked).first()
    if proposal is not None and proposal.state == Proposal.State.PRIORITISED:
        rules.check_proposal_step(proposal, Proposal.State.DECLINED)
        proposal.state, proposal.answer = Proposal.State.DECLINED, reason
        save_version(proposal, by)
        record(
            by=by,
            verb=gettext_noop("tok bort prioritering"),
            target=proposal,
            old={"state": Proposal.State.PRIORITISED},
            new={"state": proposal.state, "answer": reason},
        )


@transaction.atomic
def move_allocation(*, allocation: Allocation, place: int, by: User) -> None:
    """Give it a place in the order of its grant, from 1."""
    lock_grants(allocation.grant)
    rows = list(Allocation.objects.select_for_update(no_key=True).filter(grant=allocation.grant_id))
    take_place(rows, allocation, place=place, by=by)


def lock_allocation(allocation: Allocation) -> Allocation:
    """Its grant first, then the allocation: as they are now."""
    grant = lock_grants(allocation.grant)[allocation.grant_id]
    locked = Allocation.objects.select_for_update(no_key=True).get(pk=allocation.pk)
    locked.grant = grant
    return locked


def post(
    allocation: Allocation,
    kind: str,
    change: int,
    state: str,
    *,
    day: date,
    by: User,
    decision: DecisionPoint | None = None,
    reason: str = "",
) -> None:
    allocation.state = state
    Posting.objects.create(
        allocation=allocation,
        kind=kind,
        change=change,
        state=state,
        on=day,
        decision=decision,
        reason=reason,
        made_by=by,
    )


def save_posted(allocation: Allocation, verb: str, by: User, **new: Any) -> None:
    before = Allocation.objects.get(pk=allocation.pk)
    save_version(allocation, by)
    changed = {name: getattr(allocation, name) for name in ("amount", "state")}
    old = {name: getattr(before, name) for name in changed}
    record(by=by, verb=verb, target=allocation, old=old, new={**changed, **new})


def tracked(allocation: Allocation) -> dict[str, Any]:
    return {name: getattr(allocation, name) for name in PLANS}
