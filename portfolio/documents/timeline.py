"""The history of one initiative as people read it: newest first, with the phase changes marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portfolio.models import Initiative, StatusReport


@dataclass(frozen=True)
class Entry:
    """A published report, and how it changed the phase; `known_on` is when the status was last known."""

    report: StatusReport
    changed_from: str
    is_first: bool
    known_on: date | None


@dataclass(frozen=True)
class Timeline:
    """The reports of an initiative, and how long it has been in the phase it is in."""

    entries: list[Entry]
    in_phase_since: date | None
    days_in_phase: int | None


def timeline(initiative: Initiative, reports: Iterable[StatusReport], *, today: date) -> Timeline:
    """`reports` newest first, those the person may see; what was corrected does not count as a change."""
    published = [report for report in reports if report.is_published]
    entries: list[Entry] = []
    before: StatusReport | None = None
    known_on: date | None = None
    since: date | None = None
    for report in reversed(published):
        is_corrected = hasattr(report, "correction")
        if is_corrected:
            entries.append(Entry(report, "", is_first=False, known_on=known_on))
            continue
        changed = before is not None and before.phase_code != report.phase_code
        if before is None or changed:
            since = report.reported_on
        entries.append(
            Entry(
                report,
                before.phase_name if before is not None and changed else "",
                is_first=before is None,
                known_on=known_on,
            )
        )
        before = report
        if not report.comment_unknown:
            known_on = report.reported_on
    days = (today - since).days if since and initiative.is_live else None
    return Timeline(entries[::-1], since, days)
