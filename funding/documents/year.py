"""The table of a grant: what it is used for by program area, and what is left; live or as it was on a day.

One table for screen, PDF, XLSX, CSV and frozen editions. All sums come from the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Viewer
from funding.documents.decisions import decision_lines
from funding.models import Allocation, AllocationQuerySet, Balance, Grant, Posting, Source, balance_of
from helsefellesskap.files import Printout
from helsefellesskap.templatetags.norsk import dato
from portfolio.documents import Bucket, Segment, areas_as_of, bucket_of, segments_of, undecided
from portfolio.models import Initiative, Phase, ProgramArea
from portfolio.models.initiatives import end_of, report_of, version_of

CLOSED_CODE = ""
"""The group of what a reader may not know the name of."""


@dataclass(frozen=True)
class Row:
    """An allocation as printed; `key` is its id, `slug` the address of its initiative or nothing."""

    key: int
    address: str
    title: str
    slug: str
    work_package: str
    recipient: str
    state: str
    state_name: str
    source: str
    decision: int | None
    amount: int
    is_internal: bool = False


@dataclass(frozen=True)
class Group:
    """A program area with its allocations and its sub-total, of new and of carried money."""

    code: str
    name: str
    is_decided: bool
    total: int
    carried: int
    count: int
    rows: list[Row] = field(default_factory=list)

    @property
    def new(self) -> int:
        return self.total - self.carried


@dataclass(frozen=True)
class DecidedMoney:
    """A decision and what it allocated: where it was made, how much stands by it on how many lines."""

    text: str
    url: str
    amount: int
    count: int


@dataclass(frozen=True)
class AreaMoney:
    """A program area's money by phase, in the order of the buckets, and as pieces of a bar."""

    code: str
    name: str
    total: int
    cells: list[tuple[Bucket, int]]
    segments: list[Segment]


@dataclass(frozen=True)
class FundingTable:
    """What a grant is used for on a day, in the order of the paper."""

    year: int
    scheme: str
    used_in: int | None
    day: date
    balance: Balance
    groups: list[Group]
    decisions: list[DecidedMoney]
    buckets: list[Bucket]
    areas: list[AreaMoney]
    unknown: int

    @property
    def title(self) -> str:
        return f"{self.scheme} {self.year}"

    @property
    def rows(self) -> list[tuple[Group, Row]]:
        return [(group, row) for group in self.groups for row in group.rows]

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def total(self) -> int:
        return self.balance.allocated

    @property
    def has_carried(self) -> bool:
        """Whether new and carried money are shown apart."""
        return bool(self.balance.transferred_in or self.balance.allocated_carried)

    @property
    def caveat(self) -> str:
        """What must be said of areas that are proposed and not decided."""
        return undecided(
            [(group.name, group.is_decided) for group in self.groups if group.code != CLOSED_CODE]
        )

    @property
    def internal_count(self) -> int:
        return sum(row.is_internal for _group, row in self.rows)

    def as_data(self) -> dict[str, Any]:
        """Plain values for a frozen edition, just as they are read back: JSON knows no tuples."""
        plain: dict[str, Any] = json.loads(json.dumps({**asdict(self), "day": self.day.isoformat()}))
        return plain

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> FundingTable:
        buckets = [_bucket(bucket) for bucket in data["buckets"]]
        return cls(
            **{name: data[name] for name in ("year", "scheme", "used_in", "unknown")},
            day=date.fromisoformat(data["day"]),
            balance=Balance(**data["balance"]),
            groups=[
                Group(**{**group, "rows": [Row(**row) for row in group["rows"]]}) for group in data["groups"]
            ],
            decisions=[DecidedMoney(**row) for row in data["decisions"]],
            buckets=buckets,
            areas=[
                AreaMoney(
                    code=area["code"],
                    name=area["name"],
                    total=area["total"],
                    cells=[(_bucket(bucket), amount) for bucket, amount in area["cells"]],
                    segments=[
                        Segment(**{**segment, "bucket": _bucket(segment["bucket"])})
                        for segment in area["segments"]
                    ],
                )
                for area in data["areas"]
            ],
        )


def _bucket(data: dict[str, Any]) -> Bucket:
    return Bucket(**{**data, "order": tuple(data["order"])})


def funding_table(grant: Grant, user: Viewer, *, day: date | None = None, today: date) -> FundingTable:
    """The table of a grant as one person may see it, at the end of a day; no day is now.

    Money of an initiative whose name the person may not know is counted on a line of its own, so that every reader
    sees the same total.
    """
    allocations = _annotated(Allocation.objects.filter(grant=grant).allocated(day), day, user)
    version = _grant_version(grant, day)
    balance = balance_of(grant, day, frame=version.amount, slack=(version.rounded_to or 0) // 2)
    sums = _Sums(allocations, list(Phase.objects.all()))
    areas = {area.id: area for area in (areas_as_of(day) if day else ProgramArea.objects.all())}
    for area in ProgramArea.objects.all() if day and sums.areas - set(areas) else ():
        areas.setdefault(area.pk, area)  # money may be older than the area it is counted under today
    groups = _groups(allocations, sums, areas, day)
    return FundingTable(
        year=version.year,
        scheme=grant.scheme.name,
        used_in=version.used_in,
        day=day or today,
        balance=balance,
        groups=groups,
        decisions=_decisions(allocations, user),
        buckets=sums.buckets,
        areas=sums.bars({group.code: group for group in groups}, areas),
        unknown=sums.unknown,
    )


def _grant_version(grant: Grant, day: date | None) -> Any:
    """The grant as it was known at the end of a day, or as it was first known."""
    if day is None:
        return grant
    versions = grant.history.order_by("history_date", "history_id")
    return versions.filter(history_date__lt=end_of(day)).last() or versions.first() or grant


def _annotated(found: AllocationQuerySet, day: date | None, user: Viewer) -> Any:
    """Each with area, title and phase of its initiative, as they were that day, and whether it may be named."""
    rows: Any = found.with_openness(user, day)
    if day is None:
        return rows.annotate(
            counted_in=Coalesce("initiative__program_area", "program_area"),
            title=F("initiative__title"),
            phase_from=F("initiative__latest_report__phase_from"),
            phase_to=F("initiative__latest_report__phase_to"),
            needs_mapping=F("initiative__latest_report__needs_mapping"),
            report_state=F("initiative__latest_report__state"),
            comment_unknown=F("initiative__latest_report__comment_unknown"),
            state_then=F("state"),
        )

    def then(field: str, output: Any) -> Subquery:
        return Subquery(version_of(day, "initiative", field), output_field=output)

    def reported(field: str, output: Any) -> Subquery:
        return Subquery(report_of(day, "initiative", field), output_field=output)

    states = (
        Posting.objects.filter(allocation=OuterRef("pk"), on__lte=day)
        .order_by("-on", "-pk")
        .values("state")[:1]
    )
    return rows.annotate(
        counted_in=Coalesce(
            then("program_area_id", BigIntegerField()),
            "initiative__program_area",
            "program_area",
            output_field=BigIntegerField(),
        ),
        title=Coalesce(then("title", CharField()), "initiative__title"),
        phase_from=reported("phase_from", BigIntegerField()),
        phase_to=reported("phase_to", BigIntegerField()),
        needs_mapping=reported("needs_mapping", BooleanField()),
        report_state=reported("state", CharField()),
        comment_unknown=reported("comment_unknown", BooleanField()),
        state_then=Subquery(states, output_field=CharField()),
    )


class _Sums:
    """The money of a grant by area, phase and kind of money, summed by the database in one question."""

    def __init__(self, allocations: Any, phases: list[Phase]) -> None:
        by_phase = {phase.pk: phase for phase in phases}
        known: dict[str, Bucket] = {}
        self.by_area: dict[int | None, dict[str, int]] = {}
        self.carried: dict[int | None, int] = {}
        self.counts: dict[int | None, int] = {}
        self.unknown = 0
        fields = ("phase_from", "phase_to", "needs_mapping", "report_state")
        rows = (
            allocations.order_by()
            .annotate(has_initiative=Q(initiative__isnull=False))
            .values("counted_in", "is_open", "has_initiative", "comment_unknown", "source", *fields)
            .annotate(sum=Sum("standing"), count=Count("pk"))
        )
        for row in rows:
            area = row["counted_in"] if row["is_open"] else None
            if not row["is_open"]:
                bucket = Bucket("lukket", _("Ikke offentlig"), "uavklart", (1003, 0))
            elif not row["has_initiative"]:
                bucket = Bucket("uten-tiltak", _("Uten tiltak"), "uavklart", (1002, 0))
            else:
                bucket = bucket_of(*(row[name] for name in fields), phases=by_phase)
                if row["comment_unknown"] is not False:  # said to be unknown, or never reported
                    self.unknown += row["sum"]
            bucket = known.setdefault(bucket.code, bucket)
            bucket.count += row["sum"]
            by_bucket = self.by_area.setdefault(area, {})
            by_bucket[bucket.code] = by_bucket.get(bucket.code, 0) + row["sum"]
            self.counts[area] = self.counts.get(area, 0) + row["count"]
            if row["source"] == Source.CARRIED:
                self.carried[area] = self.carried.get(area, 0) + row["sum"]
        self.buckets = sorted(known.values(), key=lambda bucket: bucket.order)

    @property
    def areas(self) -> set[int]:
        return {area for area in self.by_area if area is not None}

    def total(self, area: int | None) -> int:
        return sum(self.by_area[area].values())

    def bars(self, groups: dict[str, Group], areas: dict[int, Any]) -> list[AreaMoney]:
        """A bar for each area in the order of the table, as long as its share of the largest."""
        longest = max((group.total for group in groups.values()), default=0)
        keys = {area.code: key for key, area in areas.items()}
        rows = []
        for code, group in groups.items():
            by_bucket = self.by_area[keys.get(code) if code != CLOSED_CODE else None]
            cells = [(bucket, by_bucket.get(bucket.code, 0)) for bucket in self.buckets]
            segments = segments_of(self.buckets, by_bucket, longest)
            rows.append(AreaMoney(group.code, group.name, group.total, cells, segments))
        return rows


def _groups(allocations: Any, sums: _Sums, areas: dict[int, Any], day: date | None) -> list[Group]:
    """The areas in the order of their first lines, then what a reader may not know the name of."""
    groups: dict[int | None, Group] = {}
    for area, row in _rows(allocations):
        group = groups.setdefault(area, _group(area, sums, areas))
        if row is not None:
            group.rows.append(row)
    closed = groups.pop(None, None)
    return [*groups.values(), *([closed] if closed else [])]


def _rows(allocations: Any) -> Iterator[tuple[int | None, Row | None]]:
    """Each allocation with the area it is counted in; neither when the reader may not know what it is for."""
    found = allocations.in_paper_order().values(
        *("pk", "public_id", "title", "label", "initiative__slug", "initiative__visibility", "work_package"),
        *("recipient__name", "state_then", "source", "decision", "standing", "counted_in", "is_open"),
    )
    for line in found:
        if not line["is_open"]:
            yield None, None
            continue
        row = Row(
            key=line["pk"],
            address=str(line["public_id"]),
            title=line["title"] or line["label"],
            slug=line["initiative__slug"] or "",
            work_package=line["work_package"],
            recipient=line["recipient__name"] or "",
            state=line["state_then"],
            state_name=str(Allocation.State(line["state_then"]).label),
            source=line["source"],
            decision=line["decision"],
            amount=line["standing"],
            is_internal=line["initiative__visibility"] == Initiative.Visibility.INTERNAL,
        )
        yield line["counted_in"], row


def planned_rows(grant: Grant, user: Viewer) -> list[Row]:
    """What is planned of a grant and not decided, in order; for those who may read plans."""
    planned = Allocation.objects.visible_to(user).filter(grant=grant).planned().with_standing()
    return [row for _area, row in _rows(_annotated(planned, None, user)) if row is not None]


def row_of(allocation: Allocation, user: Viewer) -> Row | None:
    """One allocation as its line in the table of now; nothing when the person may not know what it is for."""
    found = Allocation.objects.visible_to(user).filter(pk=allocation.pk).with_standing()
    return next((row for _area, row in _rows(_annotated(found, None, user))), None)


def _group(area: int | None, sums: _Sums, areas: dict[int, Any]) -> Group:
    known = areas[area] if area is not None else None
    return Group(
        code=known.code if known else CLOSED_CODE,
        name=known.name if known else _("Tiltak som ikke er offentlige"),
        is_decided=known is None or known.is_decided,
        total=sums.total(area),
        carried=sums.carried.get(area, 0),
        count=sums.counts[area],
    )


def _decisions(allocations: Any, user: Viewer) -> list[DecidedMoney]:
    """The decisions behind the money, the largest first."""
    sums = list(
        allocations.order_by()
        .values("decision")
        .annotate(sum=Sum("standing"), count=Count("pk"))
        .order_by("-sum", "decision")
    )
    lines = decision_lines(user, [row["decision"] for row in sums])
    return [
        DecidedMoney(lines[row["decision"]].text, lines[row["decision"]].url, row["sum"], row["count"])
        for row in sums
    ]


def first_day(grant: Grant) -> date | None:
    """The day money of the grant was first allocated or moved."""
    days = [
        Posting.objects.filter(allocation__grant=grant).order_by("on").values_list("on", flat=True).first(),
        grant.transfers_in.order_by("on").values_list("on", flat=True).first(),
    ]
    return min((day for day in days if day), default=None)


def funding_print(table: FundingTable, *, edition: Any = None) -> Printout:
    """The table on paper; the same table gives the same document, whoever prints it."""
    name = f"midler-utgave-{edition.number}" if edition else f"midler-{table.year}-{table.day.isoformat()}"
    return Printout(
        "funding/print/grant.html",
        {
            "title": edition.title if edition else table.title,
            "partnership": settings.SITE_NAME,
            "description": _("Tildelte midler %(year)s per %(day)s")
            % {"year": table.year, "day": dato(table.day)},
            "created": table.day,
            "language": settings.LANGUAGE_CODE,
            "table": table,
            "edition": edition,
        },
        name,
    )
