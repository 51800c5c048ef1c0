"""Keeping the program areas: names, order, and whether they are decided."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap.norwegian import ascii_slug, normalised
from portfolio import rules
from portfolio.actions.versions import check_version, lock_areas, save_changes, save_version, take_place
from portfolio.models import ProgramArea

FIELDS = ("name", "is_decided", "decided_reference", "is_active")


@transaction.atomic
def create_area(*, values: dict[str, Any], by: User) -> ProgramArea:
    """Make a new program area, last in the order of the paper."""
    lock_areas()
    _check_name(values["name"])
    area = ProgramArea(**{name: values[name] for name in FIELDS if name in values})
    area.code = _free_code(area.name)
    last = ProgramArea.objects.aggregate(last=models.Max("order"))["last"]
    area.order = (last or 0) + 1
    save_version(area, by)
    record(by=by, verb=gettext_noop("opprettet"), target=area, new=_tracked(area))
    return area


@transaction.atomic
def change_area(*, area: ProgramArea, values: dict[str, Any], version: int | None, by: User) -> ProgramArea:
    """Change name or decision of an area; its address stays. An area with live initiatives stays in use.

    `version` is the newest history row the person saw. Raises versions.FactsChanged when there is a newer one.
    """
    locked = next(row for row in lock_areas() if row.pk == area.pk)
    old = _tracked(locked)
    if all(old[name] == values[name] for name in FIELDS if name in values):
        return locked
    check_version(locked, version)
    if "name" in values:
        _check_name(values["name"], besides=locked)
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    if not locked.is_active and locked.initiatives.filter(closed_as="").exists():
        raise rules.NotAllowed(_("Området har tiltak i porteføljen. Flytt dem først."), field="is_active")
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


@transaction.atomic
def move_area(*, area: ProgramArea, place: int, by: User) -> None:
    """Give the area that place, from 1, in the order of the paper; the others make room."""
    take_place(lock_areas(), area, place=place, by=by)


def _check_name(name: str, *, besides: ProgramArea | None = None) -> None:
    """An area is not named as another is named or called."""
    rules.check_text(name, field="name")
    others = ProgramArea.objects.prefetch_related("aliases")
    for other in others.exclude(pk=besides.pk) if besides else others:
        if normalised(name) in {normalised(other.name), *(alias.key for alias in other.aliases.all())}:
            raise rules.NotAllowed(
                _("Det finnes allerede et programområde som heter eller kalles dette: %(name)s.")
                % {"name": other},
                field="name",
            )


def _free_code(name: str) -> str:
    base = ascii_slug(name) or "omrade"
    code, number = base, 1
    while ProgramArea.objects.filter(code=code).exists() or code == "ny":
        number += 1
        code = f"{base}-{number}"
    return code


def _tracked(area: ProgramArea) -> dict[str, Any]:
    return {name: getattr(area, name) for name in (*FIELDS, "order")}
