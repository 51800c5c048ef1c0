"""What happened to a grant's money after it was allocated: later decisions, returns, and money carried on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Viewer
from funding.documents.decisions import DecisionLine, decision_lines
from funding.models import Allocation, Grant, Posting, Transfer

TOLD_ELSEWHERE = [Posting.Kind.ALLOCATED, Posting.Kind.CARRIED]
"""The table tells of the one, the transfers of the other."""

SHOWN = 100
"""The newest so many; the rest stands in each allocation's own history."""


@dataclass(frozen=True)
class Change:
    """A line of the history of a grant: when, what, of what, and how much it changed."""

    on: date
    what: str
    subject: str
    url: str
    amount: int
    decision: DecisionLine | None
    reason: str
    transfer: str = ""
    """The transfer it is, when that can be taken back by itself."""


def changes_of(grant: Grant, user: Viewer, *, until: date | None = None) -> list[Change]:
    """Later changes of the grant's allocations and what was carried in and out, the newest first.

    What a person may not know the name of is told by its amount alone.
    """
    postings = (
        Posting.objects.visible_to(user)
        .filter(allocation__grant=grant)
        .until(until)
        .exclude(kind__in=TOLD_ELSEWHERE)
        .exclude(corrects__kind__in=TOLD_ELSEWHERE)
        .exclude(change=0)
    )
    rows = list(postings.select_related("allocation__initiative").order_by("-on", "-pk")[:SHOWN])
    named = _named([row.allocation_id for row in rows], user, until)
    decisions = decision_lines(user, [row.decision_id for row in rows])
    changes = []
    for row in rows:
        is_named = row.allocation_id in named
        changes.append(
            Change(
                on=row.on,
                what=str(row.get_kind_display()),
                subject=str(row.allocation) if is_named else _("Tiltak som ikke er offentlig"),
                url=row.allocation.get_absolute_url() if is_named else "",
                amount=row.change,
                decision=decisions.get(row.decision_id or 0),
                reason=row.reason if is_named else "",
            )
        )
    changes += _moved(grant, user, until)
    return sorted(changes, key=lambda change: change.on, reverse=True)[:SHOWN]


def _named(keys: list[int], user: Viewer, until: date | None) -> set[int]:
    return set(Allocation.objects.filter(pk__in=keys).named_to(user, until).values_list("pk", flat=True))


def _moved(grant: Grant, user: Viewer, until: date | None) -> list[Change]:
    moved = Transfer.objects.visible_to(user).standing().until(until)
    related = ("from_grant__scheme", "to_grant__scheme", "allocation__initiative")
    rows = list(moved.filter(from_grant=grant).select_related(*related))
    rows += list(moved.filter(to_grant=grant).select_related(*related))
    keys = [row.allocation_id for row in rows if row.allocation_id]
    named = _named(keys, user, until)
    changes = []
    for row in rows:
        is_out = row.from_grant_id == grant.pk
        other = row.to_grant if is_out else row.from_grant
        is_closed = row.allocation_id is not None and row.allocation_id not in named
        changes.append(
            Change(
                on=row.on,
                what=_("Overført til %(grant)s") % {"grant": other}
                if is_out
                else _("Overført fra %(grant)s") % {"grant": other},
                subject="" if is_closed else str(row.allocation or other),
                url="" if is_closed else (row.allocation or other).get_absolute_url(),
                transfer=str(row.public_id) if row.allocation is None else "",
                amount=-row.amount if is_out else row.amount,
                decision=None,
                reason="" if is_closed else row.reason,
            )
        )
    return changes
