"""Changing the portfolio: new initiatives, names, places, and taking out."""

from __future__ import annotations

import re
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import Organisation, User
from helsefellesskap.norwegian import ascii_slug, normalised
from portfolio import rules
from portfolio.actions.versions import (
    check_version,
    lock_areas,
    lock_initiatives,
    save_changes,
    save_version,
    take_place,
)
from portfolio.models import (
    Initiative,
    InitiativeAlias,
    OldSlug,
    Participation,
    ProgramArea,
    StatusReport,
)
from portfolio.models.statuses import NEXT_STEP_LENGTH

FIELDS = (
    "title",
    "kind",
    "program_area",
    "parent",
    "summary",
    "owner",
    "project_lead",
    "project_lead_role",
    "lead_since",
    "mandate_state",
    "mandate_reference",
    "decided_on",
    "decided_precision",
    "decided_reference",
    "visibility",
)
MANY = ("strategic_areas", "related")


@transaction.atomic
def create_initiative(*, values: dict[str, Any], by: User) -> Initiative:
    """Make a new initiative, last in its program area; `values` is by field name, see FIELDS."""
    _check(values)
    lock_areas()
    _check_title(values["title"])
    initiative = Initiative(**{name: values[name] for name in FIELDS if name in values})
    initiative.slug = free_slug(initiative.title)
    initiative.order = _next_order(initiative.program_area)
    save_version(initiative, by)
    _set_many(initiative, values)
    record(by=by, verb=gettext_noop("opprettet"), target=initiative, new=_tracked(initiative))
    return initiative


@transaction.atomic
def change_initiative(
    *, initiative: Initiative, values: dict[str, Any], version: int | None, by: User
) -> Initiative:
    """Change the facts of an initiative; a new title gives a new address and the old one redirects.

    `version` is the newest history row the person saw. Raises versions.FactsChanged when there is a newer one,
    unless what is there is what is asked for: a form sent twice.
    """
    locked = lock_initiatives(initiative, values.get("parent"))[initiative.pk]
    old = _tracked(locked)
    if all(old[name] == value for name, value in _wanted(values).items()):
        return locked
    check_version(locked, version)
    _check(values)
    title, area = locked.title, locked.program_area
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    rules.check_parent(locked, locked.parent)
    if locked.title != title:
        _check_title(locked.title, besides=locked)
        _rename(locked)
    if locked.program_area != area:
        locked.order = _next_order(locked.program_area)
    _set_many(locked, values)
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


@transaction.atomic
def move_initiative(*, initiative: Initiative, place: int, by: User) -> None:
    """Give the initiative that place, from 1, among the live ones of its program area; the others make room."""
    lock_areas()
    own = Initiative.objects.select_for_update(no_key=True).live().order_by("pk")
    rows = list(own.filter(program_area=initiative.program_area_id))
    take_place(rows, initiative, place=place, by=by)


@transaction.atomic
def close_initiative(
    *, initiative: Initiative, closed_as: str, reason: str, by: User, merged_into: Initiative | None = None
) -> None:
    """Take an initiative out of the live lists: merged, cancelled or archived. Nothing is deleted.

    A status that was sent in and waits goes back to who wrote it, with the reason.
    """
    if closed_as != Initiative.Closing.MERGED:
        merged_into = None
    rows = lock_initiatives(initiative, merged_into)
    locked = rows[initiative.pk]
    merged_into = rows[merged_into.pk] if merged_into is not None else None
    rules.check_closing(locked, closed_as=closed_as, reason=reason, merged_into=merged_into)
    locked.closed_as = closed_as
    locked.closed_reason = reason
    locked.closed_at = timezone.now()
    locked.closed_by = by
    locked.merged_into = merged_into
    save_version(locked, by)
    locked.reports.waiting().update(
        publication=StatusReport.Publication.DRAFT, return_comment=reason[:NEXT_STEP_LENGTH]
    )
    record(
        by=by,
        verb=gettext_noop("tok ut"),
        target=locked,
        new={"closed_as": closed_as, "closed_reason": reason, "merged_into": merged_into},
    )


@transaction.atomic
def reopen_initiative(*, initiative: Initiative, reason: str, by: User) -> None:
    """Take a closed initiative back into the portfolio."""
    locked = lock_initiatives(initiative)[initiative.pk]
    rules.check_reopening(locked, reason=reason)
    _check_title(locked.title, besides=locked)
    old = {"closed_as": locked.closed_as, "closed_reason": locked.closed_reason}
    locked.closed_as = locked.closed_reason = ""
    locked.closed_at = locked.closed_by = locked.merged_into = None
    save_version(locked, by)
    record(by=by, verb=gettext_noop("tok inn igjen"), target=locked, old=old, new={"reason": reason})


def free_slug(title: str, *, besides: Initiative | None = None) -> str:
    """An address no other initiative has or had; a number is added until it is free."""
    base = _base_slug(title)
    others, old = Initiative.objects.all(), OldSlug.objects.all()
    if besides is not None:
        others, old = others.exclude(pk=besides.pk), old.exclude(initiative=besides)
    slug, number = base, 1
    while others.filter(slug=slug).exists() or old.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _base_slug(title: str) -> str:
    base = ascii_slug(title) or "tiltak"
    return f"tiltak-{base}" if base in RESERVED else base


RESERVED = frozenset({"ny", "status"})
"""Words that are addresses of their own under /tiltak/."""


def _rename(initiative: Initiative) -> None:
    """A new address, and the old one redirects; an address that still fits the title stays."""
    old = initiative.slug
    if re.fullmatch(rf"{re.escape(_base_slug(initiative.title))}(-\d+)?", old):
        return
    initiative.slug = free_slug(initiative.title, besides=initiative)
    OldSlug.objects.filter(initiative=initiative, slug=initiative.slug).delete()
    OldSlug.objects.create(initiative=initiative, slug=old)


def _check(values: dict[str, Any]) -> None:
    for field in ("title", "summary", "mandate_reference", "decided_reference", "project_lead_role"):
        rules.check_text(values.get(field) or "", field=field)
    for alias in values.get("aliases", ()):
        rules.check_text(alias, field="aliases")


def _check_title(title: str, *, besides: Initiative | None = None) -> None:
    """Two live initiatives with one name cannot be told apart; a form sent twice makes no second one."""
    same = Initiative.objects.live().filter(title__fold=title.lower())
    if besides is not None:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise rules.NotAllowed(_("Det finnes allerede et tiltak med dette navnet."), field="title")


def _set_many(initiative: Initiative, values: dict[str, Any]) -> None:
    for name in MANY:
        if name in values:
            getattr(initiative, name).set(values[name])
    if "participants" in values:
        _set_participants(initiative, values["participants"])
    if "aliases" in values:
        _set_aliases(initiative, values["aliases"])


def _set_participants(initiative: Initiative, participants: dict[Organisation, str]) -> None:
    initiative.participations.exclude(organisation__in=participants).delete()
    for organisation, role in participants.items():
        Participation.objects.update_or_create(
            initiative=initiative, organisation=organisation, defaults={"role": role}
        )


def _set_aliases(initiative: Initiative, texts: list[str]) -> None:
    wanted = {normalised(text): text for text in texts}
    initiative.aliases.exclude(key__in=wanted).delete()
    for key, text in wanted.items():
        InitiativeAlias.objects.update_or_create(initiative=initiative, key=key, defaults={"text": text})


def _next_order(area: ProgramArea) -> int:
    last = area.initiatives.aggregate(last=models.Max("order"))["last"]
    return (last or 0) + 1


def _wanted(values: dict[str, Any]) -> dict[str, Any]:
    """The posted values in the shape of _tracked, to see whether they are there already."""
    wanted = {name: values[name] for name in FIELDS if name in values}
    for name in MANY:
        if name in values:
            wanted[name] = sorted(str(thing) for thing in values[name])
    if "participants" in values:
        parts = (Participation(organisation=one, role=role) for one, role in values["participants"].items())
        wanted["participants"] = sorted(str(part) for part in parts)
    if "aliases" in values:
        wanted["aliases"] = sorted(values["aliases"])
    return wanted


def _tracked(initiative: Initiative) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(initiative, name) for name in FIELDS}
    values["slug"] = initiative.slug
    values["strategic_areas"] = sorted(str(area) for area in initiative.strategic_areas.all())
    values["related"] = sorted(str(other) for other in initiative.related.all())
    values["participants"] = sorted(
        str(part) for part in initiative.participations.select_related("organisation")
    )
    values["aliases"] = sorted(alias.text for alias in initiative.aliases.all())
    return values
