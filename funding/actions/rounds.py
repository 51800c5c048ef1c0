"""Rounds: opened, changed, and moved on step by step."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from funding import rules
from funding.actions.grants import lock_grants
from funding.models import FundingRound, Proposal
from meetings.models import DecisionPoint
from portfolio.actions.versions import check_version, save_changes, save_version
from portfolio.rules import check_text

FIELDS = ("title", "guidance", "closes_on")


def lock_round(round_: FundingRound) -> FundingRound:
    return FundingRound.objects.select_for_update(no_key=True).get(pk=round_.pk)


@transaction.atomic
def create_round(*, values: dict[str, Any], by: User) -> FundingRound:
    """Open a round for one or more grants; the very same open round again is the one there is."""
    _check(values)
    lock_grants(*values["grants"])
    known = FundingRound.objects.filter(
        state=FundingRound.State.OPEN, **{name: values[name] for name in FIELDS}
    )
    same = next((one for one in known if _tracked(one) == _wanted(values)), None)
    if same is not None:
        return same
    round_ = FundingRound(**{name: values[name] for name in FIELDS})
    save_version(round_, by)
    round_.grants.set(values["grants"])
    record(by=by, verb=gettext_noop("opprettet"), target=round_, new=_tracked(round_))
    return round_


@transaction.atomic
def change_round(
    *, round_: FundingRound, values: dict[str, Any], version: int | None, by: User
) -> FundingRound:
    """Change title, guidance, day or grants. Raises FactsChanged when somebody else has.

    What is asked for already changes nothing: a form sent twice.
    """
    locked = lock_round(round_)
    if locked.state == FundingRound.State.CLOSED:
        raise rules.NotAllowed(_("Runden er avsluttet og kan ikke endres."))
    old = _tracked(locked)
    if old == _wanted(values):
        return locked
    check_version(locked, version)
    _check(values)
    removed = set(locked.grants.all()) - set(values["grants"])
    planned = Proposal.objects.filter(round=locked, allocation__grant__in=removed)
    if removed and planned.exists():
        raise rules.NotAllowed(
            _("Innspill i runden er allerede prioritert på tilskuddet du tok bort."), field="grants"
        )
    for name in FIELDS:
        setattr(locked, name, values[name])
    locked.grants.set(values["grants"])
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


def _check(values: dict[str, Any]) -> None:
    for name, limit in (("title", 200), ("guidance", 2000)):
        check_text(values[name], field=name, limit=limit)
    if not values["grants"]:
        raise rules.NotAllowed(_("Velg hvilke midler runden gjelder."), field="grants")


@transaction.atomic
def move_round(*, round_: FundingRound, to: str, decision: DecisionPoint | None, by: User) -> FundingRound:
    """Take the round a step on; decided asks for the decision. The step it is on already changes nothing."""
    locked = lock_round(round_)
    if locked.state == to:
        if decision is not None and locked.decision_id != decision.pk:
            raise rules.NotAllowed(_("Runden er allerede vedtatt, med et annet vedtak."), field="decision")
        return locked
    rules.check_round_step(locked, to, decision=decision)
    old = {"state": locked.state}
    locked.state = to
    if to == FundingRound.State.DECIDED:
        locked.decision = rules.check_decision(decision)
        unanswered = locked.proposals.filter(state=Proposal.State.SUBMITTED).count()
        if unanswered:
            raise rules.NotAllowed(
                _("%(n)s innspill er ikke besvart. Prioriter dem eller si nei før runden vedtas.")
                % {"n": unanswered}
            )
    save_version(locked, by)
    record(
        by=by,
        verb=gettext_noop("endret tilstand"),
        target=locked,
        old=old,
        new={"state": to, "decision": locked.decision},
    )
    return locked


def _tracked(round_: FundingRound) -> dict[str, Any]:
    return _wanted({**{name: getattr(round_, name) for name in FIELDS}, "grants": round_.grants.all()})


def _wanted(values: dict[str, Any]) -> dict[str, Any]:
    grants = sorted(str(grant) for grant in values["grants"])
    return {**{name: values[name] for name in FIELDS}, "grants": grants}
