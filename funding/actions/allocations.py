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
from funding.actions.grants import lock_grants, make_transfer, take_money
from funding.models import Allocation, Grant, Posting, Source
from meetings.models import DecisionPoint
from portfolio.actions.versions import check_version, save_changes, save_version, take_place
from portfolio.rules import check_text

State, Kind = Allocation.State, Posting.Kind
FACTS = ("initiative", "label", "program_area", "work_package", "recipient")
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
    record(by=by, verb=gettext_noop("prioriterte"), target=allocation, new=_tracked(allocation))
    return allocation


@transaction.atomic
def change_allocation(
    *, allocation: Allocation, values: dict[str, Any], version: int | None, by: User
) -> Allocation:
    """Change what an allocation is for; of a plan also the amount and the kind of money.

    Raises FactsChanged when somebody else has changed it since `version`.
    """
    locked = lock_allocation(allocation)
    check_version(locked, version)
    _check({**_tracked(locked), **values})
    old = _tracked(locked)
    for name in PLANS if locked.is_planned else FACTS:
        if name in values:
            setattr(locked, name, values[name])
    save_changes(locked, old=old, new=_tracked(locked), by=by)
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

    Raises NotAllowed when a grant has not so much left, naming what is missing. Gives what should be told of it.
    """
    decision = rules.check_decision(decision)
    day = rules.check_day(on, decision=decision, earliest=None, today=timezone.localdate())
    chosen = list(allocations)
    grants = lock_grants(*(allocation.grant for allocation in chosen))
    told: list[rules.Told] = []
    keys = [allocation.pk for allocation in chosen]
    for allocation in Allocation.objects.select_for_update(no_key=True).filter(pk__in=keys).in_paper_order():
        rules.check_allocation_step(allocation, State.ALLOCATED)
        said = take_money(
            grants[allocation.grant_id], allocation.amount, source=allocation.source, day=day, field=None
        )
        told = [*told, said] if said else told
        allocation.decision = decision
        _post(
            allocation, Kind.ALLOCATED, allocation.amount, State.ALLOCATED, day=day, decision=decision, by=by
        )
        _save(allocation, gettext_noop("tildelte"), by, decision=decision, on=day)
    return told[-1:]


@transaction.atomic
def change_amount(
    *,
    allocation: Allocation,
    amount: int,
    decision: DecisionPoint | None,
    on: date | None,
    by: User,
    version: int | None,
    reason: str = "",
) -> rules.Told | None:
    """Raise or lower what is allocated to `amount` kroner, by a later decision. The same amount changes nothing."""
    locked = lock_allocation(allocation)
    check_version(locked, version)
    if locked.state not in rules.RAISED_OR_LOWERED:
        raise rules.NotAllowed(
            _("Tildelingen er «%(state)s». Beløpet kan ikke endres.")
            % {"state": locked.get_state_display().lower()}
        )
    if amount <= 0:
        raise rules.NotAllowed(_("Skal ingenting stå igjen, må tildelingen trekkes tilbake."), field="amount")
    change = amount - locked.amount
    if not change:
        raise rules.NotAllowed(_("Beløpet er det samme som før."), field="amount")
    decision = rules.check_decision(decision)
    day = _day_after(locked, on, decision)
    told = None
    if change > 0:
        told = take_money(locked.grant, change, source=locked.source, day=day, field="amount")
    check_text(reason, field="reason", limit=500)
    locked.amount = amount
    kind = Kind.RAISED if change > 0 else Kind.LOWERED
    _post(locked, kind, change, locked.state, day=day, decision=decision, reason=reason, by=by)
    verb = gettext_noop("økte tildelingen") if change > 0 else gettext_noop("reduserte tildelingen")
    _save(locked, verb, by, decision=decision, on=day, reason=reason)
    return told


@transaction.atomic
def withdraw_allocation(
    *,
    allocation: Allocation,
    decision: DecisionPoint | None,
    on: date | None,
    by: User,
    version: int | None,
    reason: str = "",
) -> None:
    """Take all that is allocated back by a later decision, before it is paid."""
    locked = lock_allocation(allocation)
    check_version(locked, version)
    if locked.state == State.PAID or locked.state == State.REPORTED:
        raise rules.NotAllowed(_("Pengene er utbetalt. Før dem som tilbakeført i stedet."))
    if locked.is_planned:
        raise rules.NotAllowed(_("Pengene er ikke tildelt ennå. Ta bort prioriteringen i stedet."))
    rules.check_allocation_step(locked, State.CANCELLED)
    decision = rules.check_decision(decision)
    day = _day_after(locked, on, decision)
    check_text(reason, field="reason", limit=500)
    change, locked.amount = -locked.amount, 0
    _post(locked, Kind.WITHDRAWN, change, State.CANCELLED, day=day, decision=decision, reason=reason, by=by)
    _save(locked, gettext_noop("trakk tildelingen tilbake"), by, decision=decision, on=day, reason=reason)


@transaction.atomic
def cancel_allocation(*, allocation: Allocation, reason: str, by: User) -> None:
    """Drop a plan that nothing was decided of. Dropped already changes nothing."""
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


@transaction.atomic
def mark_paid(*, allocation: Allocation, on: date, by: User) -> None:
    """Say that the money was paid out on a day. Paid already changes nothing."""
    locked = lock_allocation(allocation)
    if locked.state == State.PAID:
        return
    rules.check_allocation_step(locked, State.PAID)
    day = _day_after(locked, on, None)
    _post(locked, Kind.PAID, 0, State.PAID, day=day, by=by)
    _save(locked, gettext_noop("førte utbetaling"), by, on=day)


@transaction.atomic
def return_money(
    *, allocation: Allocation, amount: int, on: date, reason: str, by: User, version: int | None
) -> None:
    """Put so many kroner that were not used back into the grant; nothing more happens to the allocation then."""
    locked = lock_allocation(allocation)
    check_version(locked, version)
    rules.check_allocation_step(locked, State.RETURNED)
    _check_part(locked, amount, reason)
    day = _day_after(locked, on, None)
    locked.amount -= amount
    _post(locked, Kind.RETURNED, -amount, State.RETURNED, day=day, reason=reason, by=by)
    _save(locked, gettext_noop("tilbakeførte midler"), by, on=day, reason=reason)


@transaction.atomic
def carry_over(
    *,
    allocation: Allocation,
    to_grant: Grant,
    amount: int,
    on: date,
    reason: str,
    by: User,
    version: int | None,
) -> Allocation:
    """Carry so many kroner of an allocation, with its decision, to another grant; gives the allocation there.

    What is carried leaves this grant and comes to the other as carried money, which the new allocation holds, so
    neither remainder changes.
    """
    locked = Allocation.objects.get(pk=allocation.pk)
    grants = lock_grants(locked.grant, to_grant)
    if len(grants) != 2:
        raise rules.NotAllowed(_("Velg et annet tilskudd enn det pengene tas fra."), field="to_grant")
    locked = lock_allocation(allocation)
    check_version(locked, version)
    rules.check_allocation_step(locked, State.CARRIED)
    _check_part(locked, amount, reason)
    if hasattr(locked, "carried_to"):
        raise rules.NotAllowed(_("Det er allerede overført penger fra denne tildelingen."))
    day = _day_after(locked, on, None)
    locked.amount -= amount
    state = locked.state if locked.amount else State.CARRIED
    _post(locked, Kind.CARRIED, -amount, state, day=day, reason=reason, by=by)
    _save(locked, gettext_noop("overførte midler"), by, on=day, reason=reason)
    target = grants[to_grant.pk]
    make_transfer(
        from_grant=grants[locked.grant_id],
        to_grant=target,
        source=locked.source,
        amount=amount,
        allocation=locked,
        on=day,
        reason=reason,
        by=by,
    )
    last = target.allocations.aggregate(last=Max("order"))["last"] or 0
    carried = Allocation(
        grant=target,
        order=last + 1,
        source=Source.CARRIED,
        amount=amount,
        decision=locked.decision,
        state=State.ALLOCATED,
        carried_from=locked,
        **{name: getattr(locked, name) for name in FACTS},
    )
    save_version(carried, by)
    _post(
        carried,
        Kind.ALLOCATED,
        amount,
        State.ALLOCATED,
        day=day,
        decision=locked.decision,
        reason=reason,
        by=by,
    )
    record(by=by, verb=gettext_noop("fikk overført midler"), target=carried, new=_tracked(carried))
    return carried


@transaction.atomic
def move_allocation(*, allocation: Allocation, place: int, by: User) -> None:
    """Give it a place in the order of its grant, from 1."""
    lock_grants(allocation.grant)
    rows = list(Allocation.objects.select_for_update(no_key=True).filter(grant=allocation.grant_id))
    take_place(rows, allocation, place=place, by=by)


def _check_part(allocation: Allocation, amount: int, reason: str) -> None:
    if amount <= 0 or amount > allocation.amount:
        raise rules.NotAllowed(_("Beløpet kan ikke være mer enn det som er tildelt."), field="amount")
    if not reason.strip():
        raise rules.NotAllowed(_("Skriv kort hvorfor."), field="reason")
    check_text(reason, field="reason", limit=500)


def lock_allocation(allocation: Allocation) -> Allocation:
    """Its grant first, then the allocation: as they are now."""
    grant = lock_grants(allocation.grant)[allocation.grant_id]
    locked = Allocation.objects.select_for_update(no_key=True).get(pk=allocation.pk)
    locked.grant = grant
    return locked


def post_report(allocation: Allocation, on: date, by: User) -> None:
    """Say that the use of a locked, paid allocation is reported in full."""
    rules.check_allocation_step(allocation, State.REPORTED)
    newest = allocation.postings.aggregate(newest=Max("on"))["newest"]
    _post(allocation, Kind.REPORTED, 0, State.REPORTED, day=max(on, newest or on), by=by)
    _save(allocation, gettext_noop("førte sluttrapport"), by, on=on)


def _day_after(allocation: Allocation, on: date | None, decision: DecisionPoint | None) -> date:
    newest = allocation.postings.aggregate(newest=Max("on"))["newest"]
    return rules.check_day(on, decision=decision, earliest=newest, today=timezone.localdate())


def _post(
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


def _save(allocation: Allocation, verb: str, by: User, **new: Any) -> None:
    before = Allocation.objects.get(pk=allocation.pk)
    save_version(allocation, by)
    changed = {name: getattr(allocation, name) for name in ("amount", "state")}
    old = {name: getattr(before, name) for name in changed}
    record(by=by, verb=verb, target=allocation, old=old, new={**changed, **new})


def _tracked(allocation: Allocation) -> dict[str, Any]:
    return {name: getattr(allocation, name) for name in PLANS}
