"""What money knows about initiatives and cases, on those things' own pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from funding import permissions
from funding.documents.initiatives import money_by_year, money_decided_in, money_of_initiative
from funding.models import Gain
from helsefellesskap.http import Request
from helsefellesskap.panels import Panel, register_about
from meetings.models import Case
from portfolio.models import Initiative


@register_about(Initiative)
def money_of(request: Request, initiative: Initiative) -> Panel | None:
    rows = money_of_initiative(initiative, request.user)
    if not rows:
        return None
    context = {
        "rows": rows,
        "sums": money_by_year(initiative),
        "reportable": [
            row.pk for row in rows if permissions.can_report_spending(request.user, row) and row.is_running
        ],
    }
    return Panel(_("Midler"), "funding/parts/allocation_about.html", context, order=24)


@register_about(Case)
def money_of_case(request: Request, case: Case) -> Panel | None:
    rows = money_decided_in(case, request.user)
    if not rows:
        return None
    return Panel(
        _("Midler som ble tildelt"), "funding/parts/allocation_of_case.html", {"rows": rows}, order=20
    )


@register_about(Initiative)
def gains_of(request: Request, initiative: Initiative) -> Panel | None:
    visible = Gain.objects.visible_to(request.user).filter(initiative=initiative)
    gains = list(visible.select_related("payer", "gainer").order_by("pk"))
    can_edit = permissions.can_edit_funding(request.user)
    if not gains and not can_edit:
        return None
    context = {"initiative": initiative, "gains": gains, "can_edit": can_edit}
    return Panel(_("Gevinster"), "funding/parts/gain_about.html", context, order=26)
