"""Keeping the program areas: names, order, and whether they are decided."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.actions import record
from accounts.models import User
from helsefellesskap.norwegian import ascii_slug
from portfolio import rules
from portfolio.models import ProgramArea

FIELDS = ("name", "is_decided", "decided_reference", "is_active")


@transaction.atomic
def create_area(*, values: dict[str, Any], by: User) -> ProgramArea:
    """Make a new program area, last in the order of the paper."""
    rules.check_text(values["name"], field="name")
    area = ProgramArea(**{name: values[name] for name in FIELDS if name in values})
    area.code = _free_code(area.name)
    last = ProgramArea.objects.aggregate(last=models.Max("order"))["last"]
    area.order = (last or 0) + 1
    _save(area, by)
    record(by=by, verb=_("opprettet"), target=area, new=_tracked(area))
    return area


@transaction.atomic
def change_area(*, area: ProgramArea, values: dict[str, Any], by: User) -> ProgramArea:
    """Change name or decision of an area; its address stays. An area with live initiatives stays in use."""
    locked = ProgramArea.objects.select_for_update().get(pk=area.pk)
    rules.check_text(values.get("name", ""), field="name")
    old = _tracked(locked)
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    if not locked.is_active and locked.initiatives.filter(closed_as="").exists():
        raise rules.NotAllowed(_("Området har tiltak i porteføljen. Flytt dem først."), field="is_active")
    new = _tracked(locked)
    changed = [name for name in new if new[name] != old[name]]
    if changed:
        _save(locked, by)
        record(
            by=by,
            verb=_("endret"),
            target=locked,
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )
    return locked


@transaction.atomic
def move_area(*, area: ProgramArea, up: bool, by: User) -> None:
    """Change places with the area above or below, if there is one."""
    rows = list(ProgramArea.objects.select_for_update().order_by("order", "pk"))
    place = next((index for index, row in enumerate(rows) if row.pk == area.pk), None)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for order, row in enumerate(rows, start=1):
        if row.order != order:
            row.order = order
            _save(row, by)
    record(by=by, verb=_("flyttet opp") if up else _("flyttet ned"), target=area, new={"order": other + 1})


def _free_code(name: str) -> str:
    base = ascii_slug(name) or "omrade"
    code, number = base, 1
    while ProgramArea.objects.filter(code=code).exists() or code == "ny":
        number += 1
        code = f"{base}-{number}"
    return code


def _save(area: ProgramArea, by: User) -> None:
    area._history_user = by  # type: ignore[attr-defined]
    area.save()


def _tracked(area: ProgramArea) -> dict[str, Any]:
    return {name: getattr(area, name) for name in (*FIELDS, "order")}
