"""Two years side by side: what each area and each initiative got."""

from __future__ import annotations

from dataclasses import dataclass

from funding.documents.year import FundingTable


@dataclass(frozen=True)
class Pair:
    """What something got in the one and in the other year, in kroner."""

    name: str
    old: int
    new: int
    slug: str = ""

    @property
    def change(self) -> int:
        return self.new - self.old


@dataclass(frozen=True)
class AreaPairs:
    """A program area in two years, with what it is for."""

    total: Pair
    rows: list[Pair]


@dataclass(frozen=True)
class YearComparison:
    """Two tables of money side by side, the areas in the order of the newer and then of the older."""

    old: FundingTable
    new: FundingTable
    areas: list[AreaPairs]

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called: by their years, and by their schemes when those differ."""
        is_same = self.old.scheme == self.new.scheme
        return (str(self.old.year), str(self.new.year)) if is_same else (self.old.title, self.new.title)

    @property
    def total(self) -> Pair:
        return Pair("", self.old.total, self.new.total)

    @property
    def frame(self) -> Pair:
        return Pair("", self.old.balance.frame, self.new.balance.frame)

    @property
    def carried(self) -> Pair:
        return Pair("", self.old.balance.transferred_in, self.new.balance.transferred_in)

    @property
    def remainder(self) -> Pair:
        return Pair("", self.old.balance.remainder, self.new.balance.remainder)


def compare_years(first: FundingTable, last: FundingTable) -> YearComparison:
    """Areas and initiatives by name: one that has money in one year only has nothing in the other."""
    names = list(dict.fromkeys([group.name for table in (last, first) for group in table.groups]))
    before, after = ({group.name: group for group in table.groups} for table in (first, last))
    areas = []
    for name in names:
        pairs: dict[tuple[str, str], list[int]] = {}
        for place, group in enumerate((before.get(name), after.get(name))):
            for row in group.rows if group else []:
                pairs.setdefault((row.title, row.slug), [0, 0])[place] += row.amount
        totals = [group.total if group else 0 for group in (before.get(name), after.get(name))]
        rows = [Pair(title, old, new, slug) for (title, slug), (old, new) in pairs.items()]
        areas.append(AreaPairs(Pair(name, totals[0], totals[1]), rows))
    return YearComparison(first, last, areas)
