"""Grants and schemes: registered, changed, and carried from one year to another."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import Organisation, User
from funding import rules
from funding.models import FundingScheme, Grant, Source, Transfer, balance_of, lowest_left
from helsefellesskap.norwegian import ascii_slug
from portfolio.actions.versions import check_version, save_changes, save_version
from portfolio.rules import check_text

FIELDS = (
    "scheme",
    "year",
    "used_in",
    "amount",
    "rounded_to",
    "letter_reference",
    "use_until",
    "report_due",
    "note",
)


def lock_grants(*grants: Grant) -> dict[int, Grant]:
    """Lock them, always in the same order, so that their money is counted by one person at a time; as they are now."""
    keys = [grant.pk for grant in grants]
    locked = Grant.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {grant.pk: grant for grant in locked}


@transaction.atomic
def create_scheme(*, name: str, grantor: Organisation | None, by: User) -> FundingScheme:
    """Register a scheme under an address of its own."""
    check_text(name, field="name", limit=120)
    list(FundingScheme.objects.select_for_update(no_key=True).order_by("pk"))
    if FundingScheme.objects.filter(name__fold=name.lower()).exists():
        raise rules.NotAllowed(_("Det finnes allerede en ordning med dette navnet."), field="name")
    slug = stem = ascii_slug(name) or "ordning"
    number = 1
    while FundingScheme.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem[:56]}-{number}"
    scheme = FundingScheme.objects.create(name=name, slug=slug, grantor=grantor)
    record(by=by, verb=gettext_noop("opprettet"), target=scheme, new={"name": name, "grantor": grantor})
    return scheme


@transaction.atomic
def create_grant(*, values: dict[str, Any], by: User) -> Grant:
    """Register the money of a scheme for a year. Raises NotAllowed when the year has it already."""
    grant = Grant(**{name: values[name] for name in FIELDS})
    _check(grant)
    save_version(grant, by)
    record(by=by, verb=gettext_noop("opprettet"), target=grant, new=_tracked(grant))
    return grant


@transaction.atomic
def change_grant(*, grant: Grant, values: dict[str, Any], version: int | None, by: User) -> Grant:
    """Change the terms. Raises FactsChanged when somebody else has, NotAllowed when more is allocated than is left."""
    locked = lock_grants(grant)[grant.pk]
    check_version(locked, version)
    old = _tracked(locked)
    for name in FIELDS:
        setattr(locked, name, values[name])
    _check(locked)
    rules.check_frame(balance_of(locked))
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


def _check(grant: Grant) -> None:
    for name, limit in (("letter_reference", 120), ("note", 1000)):
        check_text(getattr(grant, name), field=name, limit=limit)
    if grant.used_in is not None and grant.used_in < grant.year:
        raise rules.NotAllowed(_("Pengene kan ikke brukes før året de er gitt for."), field="used_in")
    FundingScheme.objects.select_for_update(no_key=True).get(pk=grant.scheme_id)  # one year at a time
    same = Grant.objects.filter(scheme=grant.scheme, year=grant.year).exclude(pk=grant.pk)
    if same.exists():
        raise rules.NotAllowed(
            _("%(scheme)s er allerede registrert for %(year)s.")
            % {"scheme": grant.scheme, "year": grant.year},
            field="year",
        )


@transaction.atomic
def transfer_money(
    *, from_grant: Grant, to_grant: Grant, amount: int, source: str, on: date, reason: str, by: User
) -> rules.Told | None:
    """Carry what is left of one grant to another, in kroner. Raises NotAllowed when so much is not left.

    The very same transfer again is the one there is: a form sent twice. Gives what should be told of it, if anything:
    a rounded frame that is now used up beyond its figure.
    """
    if amount <= 0:
        raise rules.NotAllowed(_("Skriv hvor mye som overføres."), field="amount")
    if not reason.strip():
        raise rules.NotAllowed(_("Skriv kort hvorfor."), field="reason")
    check_text(reason, field="reason", limit=500)
    locked = lock_grants(from_grant, to_grant)
    if len(locked) != 2:
        raise rules.NotAllowed(_("Velg et annet tilskudd enn det pengene tas fra."), field="to_grant")
    rules.check_day(on, decision=None, earliest=None, today=timezone.localdate())
    said = {"to_grant": to_grant, "amount": amount, "source": source, "on": on, "reason": reason}
    newest = Transfer.objects.filter(from_grant=from_grant, allocation=None).order_by("-pk").first()
    if newest is not None and all(getattr(newest, name) == value for name, value in said.items()):
        return None
    told = take_money(locked[from_grant.pk], amount, source=source, day=on, field="amount")
    make_transfer(
        from_grant=locked[from_grant.pk],
        to_grant=locked[to_grant.pk],
        amount=amount,
        source=source,
        on=on,
        reason=reason,
        by=by,
    )
    return told


def take_money(grant: Grant, amount: int, *, source: str, day: date, field: str | None) -> rules.Told | None:
    """Check that so many kroner of a locked grant are left, now and on every day since the one they count from."""
    told = rules.check_money_is_there(balance_of(grant), amount, source=source, field=field)
    slack = grant.slack if source == Source.NEW else 0
    rules.check_money_was_there(lowest_left(grant, source, since=day), amount, slack=slack, day=day)
    return told


def make_transfer(*, from_grant: Grant, to_grant: Grant, by: User, **fields: Any) -> Transfer:
    """Write the transfer and its trail on both grants; call it with both locked."""
    transfer = Transfer.objects.create(from_grant=from_grant, to_grant=to_grant, made_by=by, **fields)
    new = {name: fields[name] for name in ("amount", "source", "on", "reason")}
    record(by=by, verb=gettext_noop("overførte midler"), target=from_grant, new={**new, "to_grant": to_grant})
    record(
        by=by,
        verb=gettext_noop("fikk overført midler"),
        target=to_grant,
        new={**new, "from_grant": from_grant},
    )
    return transfer


def _tracked(grant: Grant) -> dict[str, Any]:
    return {name: getattr(grant, name) for name in FIELDS}
