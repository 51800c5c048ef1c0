"""Gains of initiatives: who pays, who gains, expected and realised."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from funding import rules
from funding.models import Gain
from portfolio.actions.versions import check_version, save_changes, save_version
from portfolio.models import Initiative
from portfolio.rules import check_text

FIELDS = ("description", "payer", "gainer", "expected", "realised", "measured_on")


@transaction.atomic
def create_gain(*, initiative: Initiative, values: dict[str, Any], by: User) -> Gain:
    """Record a gain; the very same again is the one there is."""
    _check(values)
    wanted = {name: values[name] for name in FIELDS}
    same = Gain.objects.filter(initiative=initiative, **wanted).first()
    if same is not None:
        return same
    gain = Gain(initiative=initiative, **wanted)
    save_version(gain, by)
    record(by=by, verb=gettext_noop("førte gevinst"), target=initiative, new={"gevinst": gain.description})
    return gain


@transaction.atomic
def change_gain(*, gain: Gain, values: dict[str, Any], version: int | None, by: User) -> Gain:
    """Change what is expected or realised. Raises FactsChanged when somebody else has."""
    locked = Gain.objects.select_for_update(no_key=True).get(pk=gain.pk)
    check_version(locked, version)
    _check(values)
    old = _tracked(locked)
    for name in FIELDS:
        setattr(locked, name, values[name])
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


@transaction.atomic
def delete_gain(*, gain: Gain, by: User) -> None:
    """Take a gain away that was recorded by mistake."""
    record(
        by=by, verb=gettext_noop("slettet gevinst"), target=gain.initiative, old={"gevinst": gain.description}
    )
    gain.delete()


def _check(values: dict[str, Any]) -> None:
    check_text(values["description"], field="description", limit=300)
    if (values["realised"] is None) != (values["measured_on"] is None):
        missing = "measured_on" if values["measured_on"] is None else "realised"
        raise rules.NotAllowed(_("Oppnådd gevinst og datoen den er målt, hører sammen."), field=missing)


def _tracked(gain: Gain) -> dict[str, Any]:
    return {name: getattr(gain, name) for name in FIELDS}
