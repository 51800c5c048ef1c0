"""Columns out: the table of a grant as XLSX and CSV."""

from __future__ import annotations

import tablib
from django.utils.translation import gettext as _

from funding.documents.year import FundingTable
from funding.models import Source
from helsefellesskap.spreadsheets import dataset


def allocation_columns(table: FundingTable) -> tablib.Dataset:
    """One row for each allocation in the order of the paper; amounts are numbers, in kroner."""
    headers = [_("Programområde"), _("Tiltak"), _("Arbeidspakke"), _("Mottaker"), _("Tilstand")]
    amounts = [_("Nye midler"), _("Overførte midler")] if table.has_carried else []
    rows = []
    for group in table.groups:
        cells = [
            (
                group.name,
                row.title,
                row.work_package,
                row.recipient,
                row.state_name,
                *([row.amount if row.source == kind else 0 for kind in Source] if amounts else []),
                row.amount,
            )
            for row in group.rows
        ]
        closed = (group.name, "", "", "", "", *([group.new, group.carried] if amounts else []), group.total)
        rows.extend(cells or [closed])
    return dataset(_("Midler %(year)s") % {"year": table.year}, [*headers, *amounts, _("Beløp")], rows)
