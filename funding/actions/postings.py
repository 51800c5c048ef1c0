"""What later decisions, payments, returns and corrections post of an allocation."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from funding import rules
from funding.actions.allocations import FACTS, lock_allocation, post, save_posted, tracked
from funding.actions.grants import lock_grants, make_transfer, reverse_transfer, take_money
from funding.models import Allocation, Grant, Posting, Source, Transfer
from meetings.models import DecisionPoint
from portfolio.actions.versions import check_version, save_version
from portfolio.rules import check_text

State, Kind = Allocation.State, Posting.Kind


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
    day = _day_of_decision(locked, on, decision)
    told = None
    if change < 0:
        _check_held(locked, -change, since=day)
    if change > 0:
        told = take_money(locked.grant, change, source=locked.source, day=day, field="amount")
    check_text(reason, field="reason", limit=500)
    locked.amount = amount
    kind = Kind.RAISED if change > 0 else Kind.LOWERED
    post(locked, kind, change, locked.state, day=day, decision=decision, reason=reason, by=by)
    verb = gettext_noop("økte tildelingen") if change > 0 else gettext_noop("reduserte tildelingen")
    save_posted(locked, verb, by, decision=decision, on=day, reason=reason)
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
    day = _day_of_decision(locked, on, decision)
    _check_held(locked, locked.amount, since=day)
    check_text(reason, field="reason", limit=500)
    change, locked.amount = -locked.amount, 0
    post(locked, Kind.WITHDRAWN, change, State.CANCELLED, day=day, decision=decision, reason=reason, by=by)
    save_posted(
        locked, gettext_noop("trakk tildelingen tilbake"), by, decision=decision, on=day, reason=reason
    )


@transaction.atomic
def mark_paid(*, allocation: Allocation, on: date, by: User) -> None:
    """Say that the money was paid out on a day. Paid already changes nothing."""
    locked = lock_allocation(allocation)
    if locked.state == State.PAID:
        return
    rules.check_allocation_step(locked, State.PAID)
    day = _day_after(locked, on, None)
    post(locked, Kind.PAID, 0, State.PAID, day=day, by=by)
    save_posted(locked, gettext_noop("førte utbetaling"), by, on=day)


@transaction.atomic
def return_money(
    *, allocation: Allocation, amount: int, on: date, reason: str, by: User, version: int | None
) -> None:
    """Put so many kroner of what was paid back into the grant; when it is all of it, the allocation is over."""
    locked = lock_allocation(allocation)
    check_version(locked, version)
    rules.check_allocation_step(locked, State.RETURNED)
    _check_part(locked, amount, reason)
    day = _day_after(locked, on, None)
    locked.amount -= amount
    state = locked.state if locked.amount else State.RETURNED
    post(locked, Kind.RETURNED, -amount, state, day=day, reason=reason, by=by)
    save_posted(locked, gettext_noop("tilbakeførte midler"), by, on=day, reason=reason)


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
    rules.check_same_scheme(locked.grant, to_grant)
    locked = lock_allocation(allocation)
    check_version(locked, version)
    rules.check_allocation_step(locked, State.CARRIED)
    _check_part(locked, amount, reason)
    day = _day_after(locked, on, None)
    locked.amount -= amount
    state = locked.state if locked.amount else State.CARRIED
    post(locked, Kind.CARRIED, -amount, state, day=day, reason=reason, by=by)
    save_posted(locked, gettext_noop("overførte midler"), by, on=day, reason=reason)
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
    post(
        carried,
        Kind.ALLOCATED,
        amount,
        State.ALLOCATED,
        day=day,
        decision=locked.decision,
        reason=reason,
        by=by,
    )
    record(by=by, verb=gettext_noop("fikk overført midler"), target=carried, new=tracked(carried))
    return carried


@transaction.atomic
def correct_allocation(*, allocation: Allocation, reason: str, version: int | None, by: User) -> None:
    """Take back the newest that was posted of an allocation, as if it had never been; both stay in its history.

    Raises NotAllowed when the money it would need is used meanwhile.
    """
    locked = Allocation.objects.get(pk=allocation.pk)
    moved = locked.transfers.standing().order_by("-pk").first()
    lock_grants(locked.grant, *([moved.to_grant] if moved else []))
    locked = lock_allocation(allocation)
    check_version(locked, version)
    if not reason.strip():
        raise rules.NotAllowed(_("Skriv kort hva som var feil."), field="reason")
    check_text(reason, field="reason", limit=500)
    posted = list(locked.postings.standing().order_by("-pk")[:2])
    if not posted:
        raise rules.NotAllowed(_("Det er ingenting å rette."))
    newest, *before = posted
    if newest.kind == Kind.ALLOCATED and locked.carried_from_id is not None:
        raise rules.NotAllowed(_("Pengene kom fra et annet år. Rett overføringen på tildelingen de kom fra."))
    if newest.kind == Kind.CARRIED and moved is not None:
        _take_back_carried(locked, moved, reason=reason, by=by)
    elif newest.change < 0:
        take_money(locked.grant, -newest.change, source=locked.source, day=newest.on, field=None)
    elif newest.change > 0 and before:
        _check_held(locked, newest.change, since=newest.on)
    if newest.kind == Kind.ALLOCATED:
        locked.decision, state = None, State.PLANNED
    else:
        locked.amount -= newest.change
        state = State(before[0].state)
    _correct(locked, newest, state, reason=reason, by=by)
    save_posted(locked, gettext_noop("rettet"), by, reason=f"{newest.get_kind_display()}: {reason}")


def _take_back_carried(allocation: Allocation, moved: Transfer, *, reason: str, by: User) -> None:
    """Undo the allocation that carried money made in the other grant, and the transfer."""
    carried = Posting.objects.standing().filter(kind=Kind.ALLOCATED, allocation__carried_from=allocation)
    newest = carried.order_by("-pk").first()
    made = newest.allocation if newest else None
    posted = list(made.postings.standing()) if made else []
    if made is None or len(posted) != 1:
        raise rules.NotAllowed(_("Pengene er brukt videre i det andre året. Rett det der først."))
    made.amount = 0
    _correct(made, posted[0], State.CANCELLED, reason=reason, by=by)
    save_posted(made, gettext_noop("rettet"), by, reason=reason)
    reverse_transfer(moved, reason=reason, by=by)


def _correct(allocation: Allocation, wrong: Posting, state: str, *, reason: str, by: User) -> None:
    allocation.state = state
    Posting.objects.create(
        allocation=allocation,
        kind=Kind.CORRECTED,
        change=-wrong.change,
        state=state,
        on=wrong.on,
        corrects=wrong,
        reason=reason,
        made_by=by,
    )


def _check_held(allocation: Allocation, amount: int, *, since: date) -> None:
    """An allocation never holds less than nothing, on any day."""
    standing = allocation.postings.standing()
    held = lowest = sum(posting.change for posting in standing.until(since))
    for posting in standing.filter(on__gt=since).order_by("on", "pk"):
        held += posting.change
        lowest = min(lowest, held)
    if amount > lowest:
        raise rules.NotAllowed(
            _("Så mye sto ikke på tildelingen hele tiden etter %(day)s. Velg en senere dato.")
            % {"day": f"{since:%d.%m.%Y}"},
            field="on",
        )


def _check_part(allocation: Allocation, amount: int, reason: str) -> None:
    if amount <= 0 or amount > allocation.amount:
        raise rules.NotAllowed(_("Beløpet kan ikke være mer enn det som er tildelt."), field="amount")
    if not reason.strip():
        raise rules.NotAllowed(_("Skriv kort hvorfor."), field="reason")
    check_text(reason, field="reason", limit=500)


def post_report(allocation: Allocation, on: date, by: User) -> None:
    """Say that the use of a locked, paid allocation is reported in full."""
    rules.check_allocation_step(allocation, State.REPORTED)
    newest = allocation.postings.standing().aggregate(newest=Max("on"))["newest"]
    post(allocation, Kind.REPORTED, 0, State.REPORTED, day=max(on, newest or on), by=by)
    save_posted(allocation, gettext_noop("førte sluttrapport"), by, on=on)


def _day_of_decision(allocation: Allocation, on: date | None, decision: DecisionPoint) -> date:
    """The day a later decision counts from: not before the money was allocated."""
    first = allocation.postings.standing().filter(kind=Kind.ALLOCATED).aggregate(first=Max("on"))["first"]
    return rules.check_day(on, decision=decision, earliest=first, today=timezone.localdate())


def _day_after(allocation: Allocation, on: date | None, decision: DecisionPoint | None) -> date:
    newest = allocation.postings.standing().aggregate(newest=Max("on"))["newest"]
    return rules.check_day(on, decision=decision, earliest=newest, today=timezone.localdate())
