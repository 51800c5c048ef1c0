"""The money of a grant by area, phase and kind, summed by the database."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from funding.models import Source
from portfolio.documents import Bucket, bucket_of
from portfolio.models import Phase


class MoneySums:
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
            .annotate(has_initiative=Q(for_initiative__isnull=False))
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
