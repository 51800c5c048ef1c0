"""Where what a paper says of money does not agree with the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Viewer
from funding.models import Posting
from helsefellesskap.findings import Finding, register
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import dato
from portfolio.findings import checked_initiatives, found_in, reader_of
from portfolio.models import Initiative, StatusReport


def _in_papers(user: Viewer, today: date) -> list[tuple[Initiative, StatusReport, bool]]:
    """Each initiative with its newest report that came from a paper, and whether it held money on that day.

    In two queries, for both checks.
    """
    return once(("in papers", *reader_of(user), today), lambda: list(_find_in_papers(user, today)))


def _find_in_papers(user: Viewer, today: date) -> Iterator[tuple[Initiative, StatusReport, bool]]:
    initiatives = {initiative.pk: initiative for initiative in checked_initiatives(user, today)}
    if not initiatives:
        return
    own = ~Q(source="", raw_phase="", raw_comment="")
    reports = StatusReport.objects.published().filter(own, initiative__in=initiatives, reported_on__lte=today)
    newest: dict[int, StatusReport] = {}
    for report in reports.newest_first().only("initiative", "reported_on", "source", "raw_mark"):
        newest.setdefault(report.initiative_id, report)
    held: dict[int, list[tuple[date, int]]] = defaultdict(list)
    postings = Posting.objects.visible_to(user).filter(
        allocation__initiative__in=newest, allocation__decision__isnull=False
    )
    for key, on, change in postings.values_list("allocation__initiative", "on", "change"):
        held[key or 0].append((on, change))
    for key, initiative in initiatives.items():
        if key in newest:
            money = sum(change for on, change in held[key] if on <= newest[key].reported_on)
            yield initiative, newest[key], money > 0


@register(
    code="missing_mark",
    title=gettext_lazy("Har midler, men er ikke merket"),
    why=gettext_lazy(
        "Papiret viser ikke at tiltaket er finansiert. Tabellene her regner merket ut fra midlene, så neste utgave blir riktig."
    ),
    is_serious=False,
    order=60,
)
def missing_marks(user: Viewer, today: date) -> Iterator[Finding]:
    """Funded now and on the day of the paper, which has no mark."""
    for initiative, report, had_money in _in_papers(user, today):
        if initiative.is_funded and had_money and not report.raw_mark:
            sentence = _("Tiltaket har fått midler, men papiret fra %(day)s merker det ikke som finansiert.")
            yield found_in(
                initiative, sentence % {"day": dato(report.reported_on)}, initiative.get_absolute_url()
            )


@register(
    code="mark_without_money",
    title=gettext_lazy("Merket, men uten midler"),
    why=gettext_lazy("Papiret sier at tiltaket er finansiert, men ingen tildeling er ført på det."),
    is_serious=False,
    order=62,
)
def marks_without_money(user: Viewer, today: date) -> Iterator[Finding]:
    """Neither funded now nor on the day of the paper, which has a mark."""
    for initiative, report, had_money in _in_papers(user, today):
        if report.raw_mark and not initiative.is_funded and not had_money:
            sentence = _("Papiret fra %(day)s merker tiltaket som finansiert, men det har ikke fått midler.")
            yield found_in(
                initiative, sentence % {"day": dato(report.reported_on)}, initiative.get_absolute_url()
            )
