"""Grants and schemes: registered, changed, and carried from one year to another."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import Organisation, User
from funding import rules
from funding.models import FundingScheme, Grant, Source, Transfer, balance_of, lowest_left
from helsefellesskap.money import kroner
from helsefellesskap.norwegian import ascii_slug
from helsefellesskap.templatetags.norsk import dato
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
    if (values["year"], values["scheme"]) != (locked.year, locked.scheme) and _is_used(locked):
        raise rules.NotAllowed(
            _("Det er ført penger på tilskuddet. Året og ordningen kan ikke endres."), field="year"
        )
    for name in FIELDS:
        setattr(locked, name, values[name])
    _check(locked)
    rules.check_frame(balance_of(locked))
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    return locked


def _is_used(grant: Grant) -> bool:
    """Whether money was allocated of it or moved, so that its address is known."""
    has_moved = Transfer.objects.filter(Q(from_grant=grant) | Q(to_grant=grant)).exists()
    return has_moved or grant.allocations.filter(postings__isnull=False).exists()


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
    rules.check_same_scheme(from_grant, to_grant)
    rules.check_day(on, decision=None, earliest=None, today=timezone.localdate())
    said = {"to_grant": to_grant, "amount": amount, "source": source, "on": on, "reason": reason}
    newest = (
        Transfer.objects.standing().filter(from_grant=from_grant, allocation=None).order_by("-pk").first()
    )
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


@transaction.atomic
def correct_transfer(*, transfer: Transfer, reason: str, by: User) -> None:
    """Take back a transfer that was a mistake, as if it had never been; both stay. Taken back already changes nothing."""
    lock_grants(transfer.from_grant, transfer.to_grant)
    if not reason.strip():
        raise rules.NotAllowed(_("Skriv kort hva som var feil."), field="reason")
    check_text(reason, field="reason", limit=500)
    if not Transfer.objects.standing().filter(pk=transfer.pk).exists():
        return
    if transfer.allocation_id is not None:
        raise rules.NotAllowed(_("Pengene fulgte en tildeling. Rett den i stedet."))
    lowest = lowest_left(transfer.to_grant, Source.CARRIED, since=transfer.on)
    if transfer.amount > lowest:
        raise rules.NotAllowed(_("Pengene er brukt i det andre året. De kan ikke tas tilbake."))
    reverse_transfer(transfer, reason=reason, by=by)


def reverse_transfer(transfer: Transfer, *, reason: str, by: User) -> None:
    """Write what takes a transfer back, and its trail; call it with both grants locked."""
    make_transfer(
        from_grant=transfer.to_grant,
        to_grant=transfer.from_grant,
        source=Source.CARRIED,
        amount=transfer.amount,
        allocation=transfer.allocation,
        on=transfer.on,
        reason=reason,
        reverses=transfer,
        by=by,
    )


def make_transfer(*, from_grant: Grant, to_grant: Grant, by: User, **fields: Any) -> Transfer:
    """Write the transfer and its trail on both grants; call it with both locked."""
    transfer = Transfer.objects.create(from_grant=from_grant, to_grant=to_grant, made_by=by, **fields)
    new = {
        "beløp": kroner(fields["amount"]),
        "midler": Source(fields["source"]).label,
        "dato": dato(fields["on"]),
        "begrunnelse": fields["reason"],
    }
    record(by=by, verb=gettext_noop("overførte midler"), target=from_grant, new={**new, "til": to_grant})
    record(
        by=by,
        verb=gettext_noop("fikk overført midler"),
        target=to_grant,
        new={**new, "fra": from_grant},
    )
    return transfer


def _tracked(grant: Grant) -> dict[str, Any]:
    return {name: getattr(grant, name) for name in FIELDS}
