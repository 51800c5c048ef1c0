"""Keeping the arrangements beside the meetings."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.models import Event
from meetings.rules import NotAllowed
from meetings.rules.events import check_period, whole_period
from portfolio.actions.versions import check_version, save_changes, save_version
from portfolio.rules import check_text

FIELDS = (
    "kind", "title", "precision", "starts_on", "ends_on", "starts_at", "ends_at",
    "place", "url", "region", "summary", "programme", "state",
)  # fmt: skip
RELATIONS = ("initiatives", "organisations")


@transaction.atomic
def create_event(*, values: dict[str, Any], by: User) -> Event:
    """Announce an arrangement: `values` by field name, see FIELDS and RELATIONS. The very same one is not made twice."""
    values = _checked(values)
    same = {name: values[name] for name in ("kind", "title", "starts_on")}
    if Event.objects.filter(**same).exists():
        raise NotAllowed(_("Arrangementet finnes allerede."), field="title")
    event = Event(**{name: values[name] for name in FIELDS})
    save_version(event, by)
    _relate(event, values)
    record(by=by, verb=gettext_noop("opprettet"), target=event, new=_tracked(event))
    return event


@transaction.atomic
def change_event(*, event: Event, values: dict[str, Any], version: int | None, by: User) -> Event:
    """Change an arrangement; calendars are told.

    `version` is the newest history row the person saw. Raises FactsChanged when there is a newer one, unless what is
    there is what is asked for.
    """
    values = _checked(values)
    locked = Event.objects.select_for_update(no_key=True, of=("self",)).get(pk=event.pk)
    old = _tracked(locked)
    if old == _wanted(values):
        return locked
    check_version(locked, version)
    for name in FIELDS:
        setattr(locked, name, values[name])
    _relate(locked, values)
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    for name, limit in (("title", 200), ("place", 200), ("summary", 2000), ("programme", 4000)):
        check_text(values[name], field=name, limit=limit)
    check_period(values)
    return whole_period(values)


def _relate(event: Event, values: dict[str, Any]) -> None:
    for name in RELATIONS:
        getattr(event, name).set(values[name])


def _tracked(event: Event) -> dict[str, Any]:
    return _wanted(
        {name: getattr(event, name) for name in FIELDS}
        | {name: getattr(event, name).all() for name in RELATIONS}
    )


def _wanted(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in FIELDS} | {
        name: sorted(str(one) for one in values[name]) for name in RELATIONS
    }
