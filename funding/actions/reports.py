"""Reports of use: delivered by those who used the money."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from funding import rules
from funding.actions.allocations import lock_allocation
from funding.actions.postings import post_report
from funding.models import Allocation, SpendingReport
from portfolio.rules import check_text


@transaction.atomic
def report_spending(
    *,
    allocation: Allocation,
    as_of: date,
    spent: int,
    forecast: int | None,
    comment: str,
    is_final: bool,
    by: User,
) -> rules.Told | None:
    """Deliver what was spent up to a day, in kroner; the last report closes an allocation that is paid.

    The very same report again is the one there is. Gives what should be told of it: more spent than allocated.
    """
    locked = lock_allocation(allocation)
    if not locked.is_running:
        raise rules.NotAllowed(
            _("Tildelingen er «%(state)s». Det kan ikke rapporteres på den.")
            % {"state": locked.get_state_display().lower()}
        )
    rules.check_day(as_of, decision=None, earliest=None, today=timezone.localdate(), field="as_of")
    check_text(comment, field="comment", limit=2000)
    said = {"as_of": as_of, "spent": spent, "forecast": forecast, "comment": comment, "is_final": is_final}
    newest = locked.reports.newest_first().first()
    is_same = newest is not None and all(getattr(newest, name) == value for name, value in said.items())
    if is_final and locked.state == Allocation.State.ALLOCATED:
        raise rules.NotAllowed(
            _(
                "Utbetalingen er ikke ført ennå. Lever en rapport underveis, eller be sekretariatet føre utbetalingen."
            ),
            field="is_final",
        )
    report = newest
    if report is None or not is_same:
        report = SpendingReport.objects.create(allocation=locked, made_by=by, **said)
        record(by=by, verb=gettext_noop("rapporterte bruk"), target=locked, new=said)
    if is_final and locked.state == Allocation.State.PAID:
        post_report(locked, as_of, by)
    return rules.report_is_told(report, locked.amount)
