"""Versions of what has a history: noticing newer ones, saving new ones, locking and ordering rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import LogEntry, User
from portfolio import rules
from portfolio.documents import LoggedChange, log_lines
from portfolio.models import Initiative, ProgramArea

Row = TypeVar("Row", bound=models.Model)
"""A model with a `history`; to be given places it has an `order` too."""


class FactsChanged(rules.NotAllowed):
    """Somebody else changed the facts since the form was opened: who, when and what, in words."""

    def __init__(self, thing: models.Model, seen: int | None) -> None:
        super().__init__(
            _("Opplysningene er endret siden du åpnet skjemaet. Det du skrev, står fortsatt i skjemaet.")
        )
        newest = _history(thing).first()
        self.version = newest.history_id if newest else None
        self.by = newest.history_user if newest else None
        self.at = newest.history_date if newest else None
        self.changes = _changes_since(thing, seen)


def _history(thing: models.Model) -> Any:
    return thing.history  # type: ignore[attr-defined]


def newest_version(thing: models.Model) -> int | None:
    """The history row that a form starts from, so that a later one is noticed."""
    newest = _history(thing).first()
    return newest.history_id if newest else None


def _changes_since(thing: models.Model, seen: int | None) -> list[LoggedChange]:
    """What the log says was changed after the version that was seen, from first to last."""
    later = _history(thing).filter(history_id__gt=seen or 0).order_by("history_id").first()
    if later is None:
        return []
    entries = LogEntry.objects.about(thing).filter(at__gte=later.history_date).order_by("at", "pk")
    old: dict[str, object] = {}
    new: dict[str, object] = {}
    for entry in entries:
        old = {**entry.old, **old}
        new.update(entry.new)
    changed = {name: value for name, value in new.items() if name in old}
    total = LogEntry(
        target_type=thing._meta.label_lower, old={name: old[name] for name in changed}, new=changed
    )
    return log_lines([total])[0].changes


def check_version(thing: models.Model, seen: int | None) -> None:
    """Raises FactsChanged when there is a newer version than the one the person saw."""
    newest = newest_version(thing)
    if newest is None or newest != seen:
        raise FactsChanged(thing, seen)


def lock_initiatives(*initiatives: Initiative | None) -> dict[int, Initiative]:
    """Lock them, always in the same order, so that two people cannot wait for each other; as they are now, by id.

    References to a locked row may still be written (no key is changed).
    """
    keys = [initiative.pk for initiative in initiatives if initiative is not None]
    locked = Initiative.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {initiative.pk: initiative for initiative in locked}


def lock_areas() -> list[ProgramArea]:
    """Lock all program areas: what is ordered or numbered within them is done by one person at a time."""
    return list(ProgramArea.objects.select_for_update(no_key=True).order_by("pk"))


def save_version(thing: models.Model, by: User) -> None:
    """Save, with the person's name on the version that history keeps."""
    thing._history_user = by  # type: ignore[attr-defined]
    thing.save()


def save_changes(thing: models.Model, *, old: dict[str, Any], new: dict[str, Any], by: User) -> None:
    """Save what differs between the tracked values, and log that alone; nothing when nothing does."""
    changed = [name for name in new if new[name] != old[name]]
    if changed:
        save_version(thing, by)
        record(
            by=by,
            verb=gettext_noop("endret"),
            target=thing,
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )


def take_place(rows: Sequence[Row], moved: Row, *, place: int, by: User) -> None:
    """Give one of the locked rows that place, from 1; the others make room. The same place again changes nothing."""
    order: list[Any] = sorted(rows, key=lambda row: (cast(Any, row).order, row.pk))
    row = next((row for row in order if row.pk == moved.pk), None)
    if row is None or order.index(row) + 1 == place:
        return
    order.remove(row)
    order.insert(max(place, 1) - 1, row)
    for number, other in enumerate(order, start=1):
        if other.order != number:
            other.order = number
            save_version(other, by)
    record(by=by, verb=gettext_noop("flyttet"), target=row, new={"order": order.index(row) + 1})
