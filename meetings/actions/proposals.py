"""Partners propose cases; the secretariat accepts, returns or declines."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.actions.cases import (
    check_texts,
    create_case,
    has_values,
    lock_case,
    set_values,
    tracked,
)
from meetings.models import Case, Notice
from meetings.rules import NotAllowed, check_case_step
from meetings.rules.cases import LATER, check_answer
from portfolio.actions.versions import save_version
from portfolio.rules import check_text


@transaction.atomic
def propose_case(*, values: dict[str, Any], by: User) -> Case:
    """Propose a case to the secretariat; the same proposal sent twice is one."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one proposal of a person at a time
    same = Case.objects.filter(
        proposed_by=by, state=Case.State.PROPOSED, title=values["title"], body=values["body"]
    ).first()
    if same is not None:
        return same
    return create_case(
        values=values,
        by=by,
        state=Case.State.PROPOSED,
        proposed_by=by,
        proposed_at=timezone.now(),
        proposer_org=by.organisation,
    )


@transaction.atomic
def change_proposal(*, case: Case, values: dict[str, Any], by: User) -> None:
    """Change a proposal that is not taken yet, and send it again when it was returned."""
    locked = lock_case(case)
    if locked.state not in {Case.State.PROPOSED, Case.State.RETURNED}:
        raise NotAllowed(_("Sekretariatet har tatt inn saken. Ta kontakt med dem om endringer."))
    check_texts(values)
    old = tracked(locked)
    if locked.state == Case.State.PROPOSED and has_values(old, values):
        return
    set_values(locked, values)
    locked.state = Case.State.PROPOSED
    save_version(locked, by)
    new = tracked(locked)
    changed = [name for name in new if new[name] != old[name]]
    record(
        by=by,
        verb=gettext_noop("endret forslaget"),
        target=locked,
        old={name: old[name] for name in changed},
        new={name: new[name] for name in changed},
    )


@transaction.atomic
def answer_proposal(*, case: Case, to: str, answer: str, by: User) -> None:
    """Accept (`backlog`), accept for a later meeting (LATER), return (`returned`) or decline (`withdrawn`) a proposal.

    The answer is to who proposed it; only an acceptance needs none.
    """
    locked = lock_case(case)
    if locked.state != Case.State.PROPOSED:
        raise NotAllowed(_("Forslaget er allerede besvart."))
    state = Case.State.BACKLOG if to == LATER else to
    check_case_step(locked, state)
    check_answer(to, answer)
    check_text(answer, field="answer", limit=500)
    locked.state, locked.answer = state, answer
    save_version(locked, by)
    if locked.proposed_by is not None and locked.proposed_by.is_active:
        Notice.objects.create(
            case=locked,
            kind=Notice.Kind.PROPOSAL,
            person=locked.proposed_by,
            email=locked.proposed_by.email,
            created_by=by,
        )
    record(
        by=by,
        verb=gettext_noop("svarte på forslaget"),
        target=locked,
        new={"state": locked.get_state_display(), "svar": answer},
    )
