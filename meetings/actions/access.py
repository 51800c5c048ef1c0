"""Requests for access to what is exempt: received, answered within five working days."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap.workdays import add_working_days
from meetings.models import AccessRequest, Case, Document, Notice
from meetings.rules import NotAllowed
from portfolio.rules import check_text

WORKING_DAYS = 5
"""Without an answer by then the request counts as refused and can be appealed (offl. § 32)."""


@transaction.atomic
def request_access(
    *, text: str, email: str, case: Case | None = None, document: Document | None = None
) -> AccessRequest:
    """Receive a request; who asks need not say who they are. The same words again are one request."""
    if not text.strip():
        raise NotAllowed(_("Skriv hva du ber om innsyn i."), field="text")
    check_text(text, field="text", limit=2000)
    for thing in filter(None, (case, document)):
        type(thing)._base_manager.select_for_update(no_key=True).get(pk=thing.pk)  # one request at a time
    made, created = AccessRequest.objects.get_or_create(
        case=case,
        document=document,
        text=text,
        email=email,
        state=AccessRequest.State.RECEIVED,
        defaults={"due_on": add_working_days(timezone.localdate(), WORKING_DAYS)},
    )
    if created:
        record(
            by=None,
            verb=gettext_noop("mottok innsynskrav"),
            target=document or case or made,
            new={"frist": made.due_on},
        )
    return made


@transaction.atomic
def answer_request(*, request: AccessRequest, values: dict[str, Any], by: User) -> None:
    """Answer in writing, by mail where there is an address; a refusal says by which paragraph, letter and all.

    How to appeal is part of every answer that is not a plain yes (offl. § 31).
    """
    locked = AccessRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=request.pk)
    if locked.state != AccessRequest.State.RECEIVED:
        raise NotAllowed(_("Kravet er allerede besvart."))
    state = values["state"]
    if state != AccessRequest.State.GRANTED and not values.get("basis", "").strip():
        raise NotAllowed(_("Skriv hjemmelen, med ledd og bokstav."), field="basis")
    if not values.get("answer", "").strip():
        raise NotAllowed(_("Skriv svaret."), field="answer")
    for name in ("answer", "basis"):
        check_text(values.get(name, ""), field=name)
        setattr(locked, name, values.get(name, ""))
    locked.state, locked.answered_at, locked.answered_by = state, timezone.now(), by
    locked.save()
    if locked.email:
        Notice.objects.create(
            access_request=locked, kind=Notice.Kind.ACCESS, email=locked.email, created_by=by
        )
    if locked.thing is not None:
        record(
            by=by,
            verb=gettext_noop("besvarte innsynskrav"),
            target=locked.thing,
            new={"state": locked.get_state_display()},
        )
