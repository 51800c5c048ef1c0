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
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Organisation, Viewer
from funding.documents.decisions import decision_lines
from funding.documents.sums import MoneySums
from funding.models import Allocation, AllocationQuerySet, Balance, Grant, Posting, balance_of
from funding.models.allocations import facts_of
from helsefellesskap.files import Printout
from helsefellesskap.templatetags.norsk import dato
from portfolio.documents import Bucket, Segment, areas_as_of, segments_of, undecided
from portfolio.models import Initiative, Phase, ProgramArea
from portfolio.models.initiatives import end_of, report_of, version_of

AMOUNTS = [Posting.Kind.RAISED, Posting.Kind.LOWERED]
"""What changes an amount and not the state, and may be dated before what does."""

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
    sums = MoneySums(allocations, list(Phase.objects.all()))
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
        areas=_bars(sums, groups, areas),
        unknown=sums.unknown,
    )


def _grant_version(grant: Grant, day: date | None) -> Any:
    """The grant as it was known at the end of a day, or as it was first known."""
    if day is None:
        return grant
    versions = grant.history.order_by("history_date", "history_id")
    return versions.filter(history_date__lt=end_of(day)).last() or versions.first() or grant


def _annotated(found: AllocationQuerySet, day: date | None, user: Viewer) -> Any:
    """Each with what it is for, where it is counted, and the phase of its initiative, as they were that day."""
    rows: Any = found.with_openness(user, day)
    if day is None:
        return rows.annotate(
            counted_in=Coalesce("initiative__program_area", "program_area"),
            title=F("initiative__title"),
            label_then=F("label"),
            package_then=F("work_package"),
            recipient_then=F("recipient__name"),
            slug=F("initiative__slug"),
            visibility=F("initiative__visibility"),
            phase_from=F("initiative__latest_report__phase_from"),
            phase_to=F("initiative__latest_report__phase_to"),
            needs_mapping=F("initiative__latest_report__needs_mapping"),
            report_state=F("initiative__latest_report__state"),
            comment_unknown=F("initiative__latest_report__comment_unknown"),
            state_then=F("state"),
            for_initiative=F("initiative"),
        )

    def fact(field: str, output: Any) -> Subquery:
        return Subquery(facts_of(day, field), output_field=output)

    def then(field: str, output: Any) -> Subquery:
        return Subquery(version_of(day, "initiative_then", field), output_field=output)

    def reported(field: str, output: Any) -> Subquery:
        return Subquery(report_of(day, "initiative_then", field), output_field=output)

    states = (
        Posting.objects.standing().filter(allocation=OuterRef("pk"), on__lte=day).exclude(kind__in=AMOUNTS)
    )
    initiative = Initiative.objects.filter(pk=OuterRef("initiative_then"))
    return rows.annotate(
        counted_in=Coalesce(
            then("program_area_id", BigIntegerField()),
            Subquery(initiative.values("program_area_id")),
            fact("program_area_id", BigIntegerField()),
            output_field=BigIntegerField(),
        ),
        title=Coalesce(then("title", CharField()), Subquery(initiative.values("title"))),
        label_then=fact("label", CharField()),
        package_then=fact("work_package", CharField()),
        recipient_key=fact("recipient_id", BigIntegerField()),
        recipient_then=Subquery(Organisation.objects.filter(pk=OuterRef("recipient_key")).values("name")),
        slug=Subquery(initiative.values("slug")),
        visibility=Subquery(initiative.values("visibility")),
        phase_from=reported("phase_from", BigIntegerField()),
        phase_to=reported("phase_to", BigIntegerField()),
        needs_mapping=reported("needs_mapping", BooleanField()),
        report_state=reported("state", CharField()),
        comment_unknown=reported("comment_unknown", BooleanField()),
        state_then=Subquery(states.order_by("-on", "-pk").values("state")[:1], output_field=CharField()),
        for_initiative=F("initiative_then"),
    )


def _bars(sums: MoneySums, groups: list[Group], areas: dict[int, Any]) -> list[AreaMoney]:
    """A bar for each area in the order of the table, as long as its share of the largest."""
    longest = max((group.total for group in groups), default=0)
    keys = {area.code: key for key, area in areas.items()}
    rows = []
    for group in groups:
        by_bucket = sums.by_area[keys.get(group.code) if group.code != CLOSED_CODE else None]
        cells = [(bucket, by_bucket.get(bucket.code, 0)) for bucket in sums.buckets]
        segments = segments_of(sums.buckets, by_bucket, longest)
        rows.append(AreaMoney(group.code, group.name, group.total, cells, segments))
    return rows


def _groups(allocations: Any, sums: MoneySums, areas: dict[int, Any], day: date | None) -> list[Group]:
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
        *("pk", "public_id", "title", "label_then", "slug", "visibility", "package_then", "recipient_then"),
        *("state_then", "source", "decision", "standing", "counted_in", "is_open"),
    )
    for line in found:
        if not line["is_open"]:
            yield None, None
            continue
        row = Row(
            key=line["pk"],
            address=str(line["public_id"]),
            title=line["title"] or line["label_then"],
            slug=line["slug"] or "",
            work_package=line["package_then"],
            recipient=line["recipient_then"] or "",
            state=line["state_then"],
            state_name=str(Allocation.State(line["state_then"]).label),
            source=line["source"],
            decision=line["decision"],
            amount=line["standing"],
            is_internal=line["visibility"] == Initiative.Visibility.INTERNAL,
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


def _group(area: int | None, sums: MoneySums, areas: dict[int, Any]) -> Group:
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
