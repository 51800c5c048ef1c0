"""Verbs that change accounts, and the one that writes the log."""

from datetime import date
from typing import Any

from django.db import models

from accounts.models import LogEntry, User


def record(
    *,
    by: User | None,
    verb: str,
    target: models.Model,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> LogEntry:
    """Write the trail of a change; call it inside the transaction of the change.

    `old` and `new` hold plain values by field name; days and related objects become text.
    """
    return LogEntry.objects.create(
        by=by,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target=str(target)[:300],
        old=_plain(old or {}),
        new=_plain(new or {}),
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    return str(value)
