"""Keeping cases: their facts, their life, and sending them on to another body."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.actions.exemptions import same_exemption
from meetings.documents.papers import next_proposals
from meetings.models import AgendaItem, Body, Case, Concern, DecisionPoint, DecisionPointQuerySet
from meetings.rules import NotAllowed, check_case_step
from meetings.rules.cases import (
    check_body,
    check_chain,
    check_numbered_body,
    check_step_by_hand,
    check_withdrawal,
)
from portfolio.actions.versions import check_version, save_changes, save_version
from portfolio.models import Initiative
from portfolio.rules import check_text

FIELDS = (
    "body",
    "body_unknown_reason",
    "title",
    "kind",
    "responsible",
    "summary",
    "note",
    "wanted_meeting",
    "archive_ref",
)
MANY = ("follows_up", "strategic_areas")


@transaction.atomic
def create_case(*, values: dict[str, Any], by: User, state: str = Case.State.BACKLOG, **fields: Any) -> Case:
    """Make a new case; `values` is by field name, see FIELDS and MANY, and `concerns` by initiative."""
    check_texts(values)
    check_body(values.get("body"), values.get("body_unknown_reason", ""))
    case = Case(state=state, **{name: values[name] for name in FIELDS if name in values}, **fields)
    save_version(case, by)
    _set_many(case, values)
    record(by=by, verb=gettext_noop("opprettet"), target=case, new=tracked(case))
    return case


@transaction.atomic
def change_case(*, case: Case, values: dict[str, Any], version: int | None, by: User) -> Case:
    """Change the facts of a case.

    `version` is the newest history row the person saw. Raises FactsChanged when there is a newer one, unless what is
    there is what is asked for: a form sent twice.
    """
    locked = lock_case(case)
    old = tracked(locked)
    if has_values(old, values):
        return locked
    check_version(locked, version)
    check_texts(values)
    check_body(values.get("body", locked.body), values.get("body_unknown_reason", locked.body_unknown_reason))
    check_numbered_body(locked, values.get("body", locked.body))
    check_chain(locked, values.get("follows_up", ()))
    set_values(locked, values)
    save_changes(locked, old=old, new=tracked(locked), by=by)
    return locked


@transaction.atomic
def step_case(*, case: Case, to: str, comment: str = "", by: User) -> Case:
    """Take a case to another state by hand: to the leaders and back, closed or opened again.

    Proposals are answered; listing is done by publishing an agenda, treating by what is recorded of a meeting. One
    that goes back to the backlog leaves the agenda it was on.
    """
    locked = lock_case(case)
    check_text(comment, field="comment", limit=500)
    check_step_by_hand(locked, to)
    check_case_step(locked, to)
    old = locked.get_state_display()
    locked.state = to
    save_version(locked, by)
    if to == Case.State.BACKLOG:
        locked.items.filter(released_at=None, points=None, recusals=None).delete()
    record(
        by=by,
        verb=gettext_noop("endret tilstand"),
        target=locked,
        old={"state": old},
        new={"state": locked.get_state_display(), **({"kommentar": comment} if comment else {})},
    )
    return locked


@transaction.atomic
def withdraw_case(*, case: Case, reason: str, by: User) -> None:
    """Withdraw a case; a number it has stays with it, and on coming agendas it says so."""
    check_withdrawal(reason)
    check_text(reason, field="reason", limit=500)
    locked = lock_case(case)
    if locked.state in {Case.State.TREATED, Case.State.CLOSED}:
        raise NotAllowed(_("Saken er behandlet og kan ikke trekkes."))
    check_case_step(locked, Case.State.WITHDRAWN)
    locked.state = Case.State.WITHDRAWN
    locked.note = "\n".join(part for part in (locked.note, reason) if part)[:2000]
    save_version(locked, by)
    waiting = locked.items.filter(outcome=AgendaItem.Outcome.NOT_RECORDED)
    waiting.filter(released_at=None, points=None, recusals=None).delete()
    locked.items.filter(outcome=AgendaItem.Outcome.NOT_RECORDED).update(
        outcome=AgendaItem.Outcome.WITHDRAWN, outcome_note=reason[:500]
    )
    record(by=by, verb=gettext_noop("trakk"), target=locked, new={"begrunnelse": reason})


@transaction.atomic
def forward_case(*, case: Case, body: Body, by: User) -> Case:
    """Make a draft in another body that follows this case up, with the same initiatives.

    What is exempt here is exempt there, so that no title is told on the way. Sent twice, it is the same draft.
    """
    if body == case.body:
        raise NotAllowed(_("Saken er allerede i %(body)s.") % {"body": body}, field="body")
    lock_case(case)
    if there := case.followed_up_by.filter(body=body, title=case.title, state=Case.State.DRAFT).first():
        return there
    concerns = {concern.initiative: concern.kind for concern in case.concerns.select_related("initiative")}
    values = {
        "body": body,
        "title": case.title,
        "kind": case.kind,
        "responsible": case.responsible,
        "summary": case.summary,
        "follows_up": [case],
        "strategic_areas": list(case.strategic_areas.all()),
        "concerns": concerns,
    }
    return create_case(
        values=values,
        by=by,
        state=Case.State.DRAFT,
        public_title=case.public_title,
        exemption=same_exemption(case.exemption, by),
    )


@transaction.atomic
def set_proposals(*, case: Case, texts: list[str], by: User) -> None:
    """Give the case these points to decide on, numbered from 1; points already treated are left alone."""
    locked = lock_case(case)
    wanted = [text for text in texts if text]
    for text in wanted:
        check_text(text, field="proposals", limit=4000)
    old = waiting_proposals(locked)
    if old == wanted:
        return
    _waiting(locked).delete()
    DecisionPoint.objects.bulk_create(
        DecisionPoint(case=locked, number=number, proposed=text)
        for number, text in enumerate(wanted, start=1)
    )
    record(
        by=by,
        verb=gettext_noop("endret forslag til vedtak"),
        target=locked,
        old={"forslag": old},
        new={"forslag": wanted},
    )


def propose_again(case: Case) -> None:
    """Let what a postponed case proposed wait for its next meeting."""
    if not _waiting(case).exists():
        DecisionPoint.objects.bulk_create(
            DecisionPoint(case=case, number=number, proposed=text)
            for number, text in enumerate(next_proposals(case), start=1)
        )


def waiting_proposals(case: Case) -> list[str]:
    """The texts of the points that no meeting has treated yet, in order."""
    return [point.proposed for point in _waiting(case).order_by("number", "pk")]


def _waiting(case: Case) -> DecisionPointQuerySet:
    return DecisionPoint.objects.filter(case=case, item=None, outcome=DecisionPoint.Outcome.PROPOSED)


def lock_case(case: Case) -> Case:
    """The case as it is now, locked until the transaction ends."""
    return Case.objects.select_for_update(no_key=True).get(pk=case.pk)


def check_texts(values: dict[str, Any]) -> None:
    limits = {"title": 300, "summary": 2000, "note": 2000, "responsible": 120, "body_unknown_reason": 300}
    for field, limit in limits.items():
        check_text(values.get(field) or "", field=field, limit=limit)


def set_values(case: Case, values: dict[str, Any]) -> None:
    """Give the case the values; what it points at is stored, the case itself is yet to be saved."""
    for name in FIELDS:
        if name in values:
            setattr(case, name, values[name])
    _set_many(case, values)


def _set_many(case: Case, values: dict[str, Any]) -> None:
    for name in MANY:
        if name in values:
            getattr(case, name).set(values[name])
    if "concerns" in values:
        concerns: dict[Initiative, str] = values["concerns"]
        case.concerns.exclude(initiative__in=concerns).delete()
        for initiative, kind in concerns.items():
            Concern.objects.update_or_create(case=case, initiative=initiative, defaults={"kind": kind})


def has_values(now: dict[str, Any], values: dict[str, Any]) -> bool:
    """Whether the tracked values are those already."""
    wanted = {name: values[name] for name in FIELDS if name in values}
    for name in MANY:
        if name in values:
            wanted[name] = sorted(str(thing) for thing in values[name])
    if "concerns" in values:
        wanted["concerns"] = sorted(
            str(Concern(initiative=initiative, kind=kind)) for initiative, kind in values["concerns"].items()
        )
    return all(now[name] == value for name, value in wanted.items())


def tracked(case: Case) -> dict[str, Any]:
    """What the log tells of: the facts by field name, and in words what the case points at."""
    values: dict[str, Any] = {name: getattr(case, name) for name in FIELDS}
    for name in MANY:
        values[name] = sorted(str(thing) for thing in getattr(case, name).all())
    values["concerns"] = sorted(str(concern) for concern in case.concerns.select_related("initiative"))
    return values
