"""Who gets the newsletter, in numbers and as columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import tablib
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from helsefellesskap.spreadsheets import dataset
from newsletters.models import Subscription

State, Basis = Subscription.State, Subscription.Basis


@dataclass(frozen=True)
class SubscriptionCounts:
    active: int
    opted_in: int
    imported: int
    waiting: int
    ended: int
    often_refused: int


def subscription_counts() -> SubscriptionCounts:
    rows = Subscription.objects.order_by().values_list("state", "basis").annotate(n=Count("pk"))
    found = {(state, basis): n for state, basis, n in rows}
    of_state = {state: sum(found.get((state, basis), 0) for basis in Basis.values) for state in State.values}
    return SubscriptionCounts(
        active=of_state[State.ACTIVE],
        opted_in=found.get((State.ACTIVE, Basis.OPT_IN), 0),
        imported=found.get((State.ACTIVE, Basis.IMPORTED), 0),
        waiting=of_state[State.WAITING],
        ended=of_state[State.ENDED],
        often_refused=Subscription.objects.often_refused().count(),
    )


def subscription_columns(subscriptions: Iterable[Subscription]) -> tablib.Dataset:
    """One address a row, with its basis; days as days."""
    headers = [
        _("E-postadresse"), _("Tilstand"), _("Grunnlag"), _("Kilde"), _("Meldt på"), _("Bekreftet"), _("Avmeldt"),
        _("Avvisninger på rad"),
    ]  # fmt: skip
    rows = (
        (
            one.email,
            str(one.get_state_display()),
            str(one.get_basis_display()),
            one.imported_in.basis if one.imported_in else "",
            timezone.localdate(one.asked_at),
            timezone.localdate(one.confirmed_at) if one.confirmed_at else None,
            timezone.localdate(one.ended_at) if one.ended_at else None,
            one.refusals,
        )
        for one in subscriptions
    )
    return dataset(_("Abonnenter"), headers, rows)
