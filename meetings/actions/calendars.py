"""A person's secret calendar address: made, made anew, revoked."""

from __future__ import annotations

import uuid

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.models import CalendarKey

_signer = signing.Signer(salt="meetings.calendar")


@transaction.atomic
def renew_calendar_key(*, by: User) -> CalendarKey:
    """Give the person a new secret address; the one they had stops working at once."""
    key, _created = CalendarKey.objects.update_or_create(
        person=by, defaults={"nonce": uuid.uuid4(), "created_at": timezone.now()}
    )
    record(by=by, verb=gettext_noop("laget kalenderadresse"), target=by)
    return key


@transaction.atomic
def revoke_calendar_key(*, by: User) -> None:
    """Make the person's secret address stop working."""
    if CalendarKey.objects.filter(person=by).delete()[0]:
        record(by=by, verb=gettext_noop("tilbakekalte kalenderadresse"), target=by)


def token_of(key: CalendarKey) -> str:
    """What stands in the address: it cannot be made from what the database holds alone."""
    return f"{key.nonce.hex}-{_signer.signature(key.nonce.hex)}"


def person_with(token: str) -> User | None:
    """Whose address it is, if it still works and the person may still sign in."""
    nonce, _dash, signature = token.partition("-")
    if not constant_time_compare(signature, _signer.signature(nonce)):
        return None
    key = CalendarKey.objects.select_related("person").filter(nonce=nonce).first()
    return key.person if key is not None and key.person.is_active else None
