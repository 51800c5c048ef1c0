"""Exempting a case or a document from public access, and lifting it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.models import Case, Document, Exemption
from meetings.rules import NotAllowed
from meetings.rules.cases import check_exemption
from portfolio.actions.versions import save_version
from portfolio.rules import check_text

FIELDS = ("basis", "confidentiality_rule", "wider_access", "reason", "review_on")


@transaction.atomic
def exempt(*, thing: Case | Document, values: dict[str, Any], by: User) -> Exemption:
    """Exempt the case or document; `values` is by field name, see FIELDS, with public_title and considered.

    What is exempt in that way already stays as it is.
    """
    check_exemption(
        basis=values["basis"],
        confidentiality_rule=values.get("confidentiality_rule", ""),
        wider_access=values.get("wider_access", ""),
        considered=values.get("considered", False),
    )
    for field in ("confidentiality_rule", "wider_access", "reason", "public_title"):
        check_text(values.get(field) or "", field=field)
    locked = _lock(thing)
    public_title = values.get("public_title", "")
    if isinstance(locked, Case) and not public_title.strip():
        raise NotAllowed(_("Skriv tittelen alle andre skal se."), field="public_title")
    old = locked.exemption
    if old is not None and _is_same(old, values) and locked.public_title == public_title:
        return old
    exemption = Exemption.objects.create(
        set_by=by, **{name: values[name] for name in FIELDS if name in values}
    )
    locked.exemption, locked.public_title = exemption, public_title
    if isinstance(locked, Document):
        locked.access, locked.public_from = Document.Access.EXEMPT, None
    save_version(locked, by)
    record(
        by=by,
        verb=gettext_noop("unntok fra offentlighet"),
        target=locked,
        old={"hjemmel": old} if old else {},
        new={"hjemmel": exemption},
    )
    return exemption


@transaction.atomic
def lift_exemption(*, thing: Case | Document, by: User) -> None:
    """Make the case or document public again; the trail keeps what it was exempt by, and as what it was known.

    The title of a case is public again too.
    """
    locked = _lock(thing)
    if locked.exemption is None:
        return
    old = {"hjemmel": locked.exemption, "offentlig tittel": locked.public_title}
    locked.exemption = None
    if isinstance(locked, Case):
        locked.public_title = ""
    if isinstance(locked, Document):
        locked.access = Document.Access.PUBLIC
    save_version(locked, by)
    record(by=by, verb=gettext_noop("opphevet unntaket"), target=locked, old=old)


def _is_same(exemption: Exemption, values: dict[str, Any]) -> bool:
    return all(getattr(exemption, name) == values[name] for name in FIELDS if name in values)


def same_exemption(exemption: Exemption | None, by: User) -> Exemption | None:
    """One like it, for a thing that says the same."""
    if exemption is None:
        return None
    return Exemption.objects.create(set_by=by, **{name: getattr(exemption, name) for name in FIELDS})


def _lock(thing: Case | Document) -> Case | Document:
    if isinstance(thing, Case):
        return Case.objects.select_for_update(no_key=True).get(pk=thing.pk)
    return Document.objects.select_for_update(no_key=True).get(pk=thing.pk)
