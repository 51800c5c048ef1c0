"""Counting the portfolio: by phase, by area, what is unknown and what is old; one question to the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from portfolio.documents.handlingsdel import undecided
from portfolio.models import InitiativeQuerySet, Phase, ProgramArea


@dataclass
class Bucket:
    """A phase cell (phase, range, not started, not settled) with how many initiatives stand there."""

    code: str
    name: str
    kind: str
    order: tuple[int, int]
    count: int = 0


@dataclass
class AreaCount:
    """A program area with its initiatives by bucket, in the order of the buckets."""

    area: ProgramArea
    by_bucket: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.by_bucket.values())


@dataclass(frozen=True)
class Segment:
    """A piece of a bar, in per cent of its width."""

    bucket: Bucket
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Summary:
    """The portfolio in numbers; every initiative is counted in exactly one bucket."""

    total: int
    unknown: int
    stale: int
    buckets: list[Bucket]
    areas: list[AreaCount]

    @property
    def caveat(self) -> str:
        return undecided([(area.area.name, area.area.is_decided) for area in self.areas])

    @property
    def segments(self) -> list[Segment]:
        return segments_of(self.buckets, {bucket.code: bucket.count for bucket in self.buckets}, self.total)

    @property
    def bars(self) -> list[tuple[AreaCount, list[Segment]]]:
        """A bar for each area, as long as its share of the largest."""
        longest = max((area.count for area in self.areas), default=0)
        return [(area, segments_of(self.buckets, area.by_bucket, longest)) for area in self.areas]

    @property
    def table(self) -> list[tuple[AreaCount, list[tuple[Bucket, int]]]]:
        return [
            (area, [(bucket, area.by_bucket.get(bucket.code, 0)) for bucket in self.buckets])
            for area in self.areas
        ]


def summarise(
    initiatives: InitiativeQuerySet, *, phases: list[Phase], areas: list[ProgramArea], today: date
) -> Summary:
    """Count the given initiatives by the given phases and areas, with one query; `today` decides what is old."""
    oldest = today - timedelta(days=settings.STALE_AFTER_DAYS)
    rows: Any = (
        initiatives.order_by()
        .values(
            "program_area",
            "latest_report__phase_from",
            "latest_report__phase_to",
            "latest_report__needs_mapping",
            "latest_report__state",
        )
        .annotate(
            count=Count("pk"),
            unknown=Count("pk", filter=Q(latest_report=None) | Q(latest_report__comment_unknown=True)),
            stale=Count("pk", filter=Q(latest_report=None) | Q(latest_report__reported_on__lt=oldest)),
        )
    )
    by_phase = {phase.pk: phase for phase in phases}
    by_area = {area.pk: AreaCount(area) for area in areas}
    buckets: dict[str, Bucket] = {}
    total = unknown = stale = 0
    for row in rows:
        bucket = bucket_of(
            *(row[f"latest_report__{name}"] for name in ("phase_from", "phase_to", "needs_mapping", "state")),
            phases=by_phase,
        )
        bucket = buckets.setdefault(bucket.code, bucket)
        bucket.count += row["count"]
        by_bucket = by_area[row["program_area"]].by_bucket
        by_bucket[bucket.code] = by_bucket.get(bucket.code, 0) + row["count"]
        total += row["count"]
        unknown += row["unknown"]
        stale += row["stale"]
    return Summary(
        total=total,
        unknown=unknown,
        stale=stale,
        buckets=sorted(buckets.values(), key=lambda bucket: bucket.order),
        areas=[area for area in by_area.values() if area.count],
    )


def bucket_of(
    phase_from: int | None,
    phase_to: int | None,
    needs_mapping: bool | None,  # noqa: FBT001 -- the fields of a report, in order
    state: str | None,
    *,
    phases: dict[int, Phase],
) -> Bucket:
    """The phase cell of a report by its fields; without any of them nothing was ever reported."""
    first = phases.get(phase_from) if phase_from else None
    last = phases.get(phase_to) if phase_to else None
    if first is not None and last is not None:
        return Bucket(f"{first.code}-{last.code}", f"{first}/{last}", "range", (first.order, last.order))
    if first is not None:
        return Bucket(f"{first.code}-{first.code}", first.name, first.code, (first.order, 0))
    if needs_mapping:
        return Bucket("uavklart", _("Ikke avklart"), "uavklart", (1000, 0))
    if state:
        return Bucket("ikke-startet", _("Ikke startet"), "ikke-startet", (-1, 0))
    return Bucket("uten-status", _("Aldri meldt"), "uavklart", (1001, 0))


def segments_of(buckets: list[Bucket], counts: dict[str, int], whole: int) -> list[Segment]:
    segments, start = [], 0.0
    for bucket in buckets:
        count = counts.get(bucket.code, 0)
        if count:
            width = round(100 * count / whole, 2)
            segments.append(Segment(bucket, count, round(start, 2), width))
            start += width
    return segments
