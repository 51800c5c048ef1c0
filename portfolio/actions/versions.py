"""Noticing that somebody else has changed the facts since a form was opened, and locking in one order."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import LogEntry
from portfolio import rules
from portfolio.documents import LoggedChange, log_lines
from portfolio.models import Initiative, ProgramArea


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
