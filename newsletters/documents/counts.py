"""How many have fetched newsletters, and how the mails about them went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from newsletters.models import Download, Newsletter


@dataclass
class Counts:
    """How many times the page and the PDF of a newsletter were fetched."""

    pages: int = 0
    pdfs: int = 0


def counts_of(newsletters: Iterable[Newsletter]) -> dict[int, Counts]:
    """By the key of each newsletter; those that nobody has fetched have noughts."""
    counts = {newsletter.pk: Counts() for newsletter in newsletters}
    rows = Download.objects.filter(newsletter__in=list(counts)).order_by()
    for key, what, total in rows.values_list("newsletter", "what").annotate(Sum("count")):
        if what == Download.What.PDF:
            counts[key].pdfs = total
        else:
            counts[key].pages = total
    return counts
