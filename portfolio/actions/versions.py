"""Versions of initiatives and program areas: noticing newer ones, saving new ones, locking and ordering rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import LogEntry, User
from portfolio import rules
from portfolio.documents import LoggedChange, log_lines
from portfolio.models import Initiative, ProgramArea

Row = TypeVar("Row", Initiative, ProgramArea)


class FactsChanged(rules.NotAllowed):
    """Somebody else changed the facts since the form was opened: who, when and what, in words."""

    def __init__(self, thing: Initiative | ProgramArea, seen: int | None) -> None:
        super().__init__(
            _("Opplysningene er endret siden du åpnet skjemaet. Det du skrev, står fortsatt i skjemaet.")
        )
        newest = thing.history.first()
        self.version = newest.history_id if newest else None
        self.by = newest.history_user if newest else None
        self.at = newest.history_date if newest else None
        self.changes = _changes_since(thing, seen)


def _changes_since(thing: Initiative | ProgramArea, seen: int | None) -> list[LoggedChange]:
    """What the log says was changed after the version that was seen, from first to last."""
    later = thing.history.filter(history_id__gt=seen or 0).order_by("history_id").first()
    if later is None:
        return []
    entries = LogEntry.objects.about(thing).filter(at__gte=later.history_date).order_by("at", "pk")
    old: dict[str, object] = {}
    new: dict[str, object] = {}
    for entry in entries:
        old = {**entry.old, **old}
        new.update(entry.new)
    changed = {name: value for name, value in new.items() if name in old}
    total = LogEntry(old={name: old[name] for name in changed}, new=changed)
    return log_lines([total])[0].changes


def check_version(thing: Initiative | ProgramArea, seen: int | None) -> None:
    """Raises FactsChanged when there is a newer version than the one the person saw."""
    newest = thing.history.first()
    if newest is None or newest.history_id != seen:
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


def save_version(thing: Initiative | ProgramArea, by: User) -> None:
    """Save, with the person's name on the version that history keeps."""
    thing._history_user = by  # type: ignore[union-attr]
    thing.save()


def save_changes(
    thing: Initiative | ProgramArea, *, old: dict[str, Any], new: dict[str, Any], by: User
) -> None:
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
    order = sorted(rows, key=lambda row: (row.order, row.pk))
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
