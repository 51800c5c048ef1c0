"""What the handlingsdel says: the status table live or as it was, and what changed between two days.

One table for screen, PDF, XLSX, CSV and frozen editions; nothing here writes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Viewer
from helsefellesskap.files import Printout
from helsefellesskap.templatetags.norsk import dato
from portfolio.models import Initiative, InitiativeQuerySet, ProgramArea, StatusReport
from portfolio.models.initiatives import end_of

SPOKEN_STATES = frozenset(
    {StatusReport.State.PAUSED, StatusReport.State.DELAYED, StatusReport.State.COMPLETED}
)
"""States that the phase does not show, so the status cell begins with them."""


@dataclass(frozen=True)
class Row:
    """One initiative as printed; `key` is its id, the same whatever it is called.

    `is_internal`: the public may not know of it, on the day of the table or now.
    """

    key: int
    slug: str
    title: str
    phase: str
    status: str
    is_funded: bool = False
    is_internal: bool = False


@dataclass(frozen=True)
class Group:
    """A program area with its initiatives, as named and decided on the day of the table."""

    code: str
    name: str
    is_decided: bool
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class StatusTable:
    """The status table of one day, in the order of the paper."""

    day: date
    groups: list[Group]

    @property
    def rows(self) -> list[tuple[Group, Row]]:
        return [(group, row) for group in self.groups for row in group.rows]

    @property
    def row_count(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def caveat(self) -> str:
        """What must be said of areas that are proposed and not decided; nothing when all are decided."""
        return undecided([(group.name, group.is_decided) for group in self.groups])

    @property
    def internal_count(self) -> int:
        return sum(row.is_internal for _group, row in self.rows)

    @property
    def has_funded(self) -> bool:
        return any(row.is_funded for _group, row in self.rows)

    def as_data(self) -> dict[str, Any]:
        """Plain values for a frozen edition."""
        return {"day": self.day.isoformat(), "groups": [asdict(group) for group in self.groups]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> StatusTable:
        groups = [
            Group(**{**group, "rows": [Row(**row) for row in group["rows"]]}) for group in data["groups"]
        ]
        return cls(day=date.fromisoformat(data["day"]), groups=groups)


def undecided(areas: list[tuple[str, bool]]) -> str:
    """The caveat for program areas, by name and whether they are decided."""
    names = [name for name, is_decided in areas if not is_decided]
    if len(names) == len(areas) and names:
        return _("Inndelingen i programområder er foreslått, ikke besluttet.")
    if names:
        return _("Foreslått, ikke besluttet: %(names)s.") % {"names": ", ".join(names)}
    return ""


def status_text(report: StatusReport | None, known_on: date | None) -> str:
    """The status cell: state if the phase does not show it, then the comment, or when it was last known."""
    if report is None:
        return _("Ikke meldt")
    state = f"{report.get_state_display()}. " if report.state in SPOKEN_STATES else ""
    if report.comment_unknown:
        unknown = _("Ikke meldt siden %(day)s") % {"day": dato(known_on)} if known_on else _("Ikke meldt")
        return state + unknown
    return state + report.comment


def phase_text(report: StatusReport | None) -> str:
    return report.phase_name if report else _("Ikke meldt")


def live_table(initiatives: InitiativeQuerySet, *, today: date) -> StatusTable:
    """The table of now, of the initiatives a person may see."""
    rows = initiatives.live().with_status().as_printed().with_funded().in_paper_order()
    groups: dict[int, Group] = {}
    for initiative in rows:
        area = initiative.program_area
        group = groups.setdefault(area.pk, Group(area.code, area.name, area.is_decided))
        group.rows.append(
            _row(
                initiative.pk,
                initiative.slug,
                initiative.title,
                initiative.latest_report,
                initiative.known_on,
                is_funded=initiative.is_funded,
                is_internal=not initiative.is_public,
            )
        )
    return StatusTable(today, list(groups.values()))


def table_as_of(day: date, user: Viewer) -> StatusTable:
    """The table at the end of that day in Norway: reports, titles, areas and order as they were then."""
    initiatives = Initiative.objects.all().as_of(day, user)
    slugs, internal = {}, set()
    for key, slug, visibility in initiatives.order_by().values_list("pk", "slug", "visibility"):
        slugs[key] = slug
        if visibility == Initiative.Visibility.INTERNAL:
            internal.add(key)
    version_ids = initiatives.order_by().values("version_id")  # type: ignore[misc]
    report_ids = initiatives.order_by().values("report_id")  # type: ignore[misc]
    versions = Initiative.history.filter(history_id__in=version_ids)
    reports = {
        report.initiative_id: report
        for report in StatusReport.objects.filter(pk__in=report_ids)
        .select_related("phase_from", "phase_to")
        .with_known_on()
    }
    funded = {initiative.pk for initiative in initiatives.with_funded(day) if initiative.is_funded}
    areas = areas_as_of(day)
    by_area: dict[int, list[Any]] = defaultdict(list)
    for version in versions:
        by_area[version.program_area_id].append(version)
    groups = []
    for area in sorted(areas, key=lambda area: (area.order, area.id)):
        group = Group(area.code, area.name, area.is_decided)
        for version in sorted(by_area[area.id], key=lambda version: (version.order, version.id)):
            report = reports.get(version.id)
            group.rows.append(
                _row(
                    version.id,
                    slugs[version.id],
                    version.title,
                    report,
                    report.known_on if report else None,
                    is_funded=version.id in funded,
                    is_internal=version.visibility == Initiative.Visibility.INTERNAL
                    or version.id in internal,
                )
            )
        if group.rows:
            groups.append(group)
    return StatusTable(day, groups)


def areas_as_of(day: date) -> list[Any]:
    """The newest version of each program area before the end of that day."""
    newest: dict[int, Any] = {}
    for version in ProgramArea.history.filter(history_date__lt=end_of(day)).order_by(
        "history_date", "history_id"
    ):
        newest[version.id] = version
    return list(newest.values())


def _row(
    key: int,
    slug: str,
    title: str,
    report: StatusReport | None,
    known_on: date | None,
    *,
    is_funded: bool,
    is_internal: bool,
) -> Row:
    return Row(
        key=key,
        slug=slug,
        title=title,
        phase=phase_text(report),
        status=status_text(report, known_on),
        is_funded=is_funded,
        is_internal=is_internal,
    )


@dataclass(frozen=True)
class Difference:
    """One cell that changed: what it is called, what stood there, what stands there."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """An initiative that changed between two days; an empty side means it was not there."""

    key: int
    slug: str
    title: str
    area: str
    differences: list[Difference]
    is_internal: bool = False


@dataclass(frozen=True)
class Comparison:
    """Exactly what changed from one table to another, in the order of the newer paper."""

    old: StatusTable
    new: StatusTable
    changes: list[Change]

    @property
    def internal_count(self) -> int:
        return sum(change.is_internal for change in self.changes)


def compare(old: StatusTable, new: StatusTable) -> Comparison:
    """The initiatives whose title, area, phase or status differ, that came in, or that were taken out."""
    before = {row.key: (group, row) for group, row in old.rows}
    after = {row.key: (group, row) for group, row in new.rows}
    changes = []
    for key, (group, row) in after.items():
        differences = _differences(before.get(key), (group, row))
        if differences:
            changes.append(Change(key, row.slug, row.title, group.name, differences, row.is_internal))
    for key, (group, row) in before.items():
        if key not in after:
            differences = [Difference(_("Tiltak"), row.title, _("Tatt ut av handlingsdelen"))]
            changes.append(Change(key, row.slug, row.title, group.name, differences, row.is_internal))
    return Comparison(old, new, changes)


def _differences(old: tuple[Group, Row] | None, new: tuple[Group, Row]) -> list[Difference]:
    group, row = new
    if old is None:
        return [
            Difference(_("Tiltak"), _("Ikke med"), row.title),
            Difference(_("Fase"), "", row.phase),
            Difference(_("Status"), "", row.status),
        ]
    old_group, old_row = old
    cells = [
        (_("Programområde"), old_group.name, group.name),
        (_("Tiltak"), old_row.title, row.title),
        (_("Fase"), old_row.phase, row.phase),
        (_("Status"), old_row.status, row.status),
    ]
    return [Difference(label, was, now) for label, was, now in cells if was != now]


def handlingsdel_print(table: StatusTable, *, edition: Any = None) -> Printout:
    """The status table on paper; the same table gives the same document, whoever prints it."""
    title = edition.title if edition else _("Handlingsdel – status for tiltakene")
    name = f"handlingsdel-utgave-{edition.number}" if edition else f"handlingsdel-{table.day.isoformat()}"
    return Printout(
        "portfolio/print/handlingsdel.html",
        {**_letterhead(title, table.day), "table": table, "edition": edition},
        name,
    )


def comparison_print(comparison: Comparison) -> Printout:
    """What changed between two days, on paper."""
    old, new = comparison.old.day, comparison.new.day
    title = _("Endringer i handlingsdelen %(old)s–%(new)s") % {"old": dato(old), "new": dato(new)}
    return Printout(
        "portfolio/print/comparison.html",
        {**_letterhead(title, new), "comparison": comparison},
        f"handlingsdel-endringer-{old.isoformat()}-{new.isoformat()}",
    )


def _letterhead(title: str, day: date) -> dict[str, Any]:
    return {
        "title": title,
        "partnership": settings.SITE_NAME,
        "description": _("Status for tiltakene per %(day)s") % {"day": dato(day)},
        "created": day,
        "language": settings.LANGUAGE_CODE,
    }
