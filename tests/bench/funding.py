"""The table of a grant with a hundred times the allocations, and as of a day beside now."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from funding.models import Allocation
from tests.bench.databases import Database
from tests.bench.funding_data import BETWEEN, GRANT_SIZES
from tests.bench.lists import READERS
from tests.bench.pages import get, queries, sign_in
from tests.bench.timing import Result, ratio

MARK = b'<tr id="tildeling-'


def grant_page(big: Database) -> Iterator[Result]:
    (few_year, few), (many_year, many) = GRANT_SIZES.items()
    pages = {year: f"/midler/{year}/" for year in GRANT_SIZES}
    day = timezone.localdate() - BETWEEN
    for reader, is_editor in READERS.items():
        client = sign_in(big, is_editor=is_editor)
        shown = {year: _shown(big, year, is_editor=is_editor) for year in GRANT_SIZES}
        long = get(big, client, pages[many_year], rows=shown[many_year], mark=MARK)
        result = ratio(
            f"/midler/, time per row, {many} allocations against {few}, {reader}",
            long,
            get(big, client, pages[few_year], rows=shown[few_year], mark=MARK),
            limit=None,
            rounds=11,
        )
        per_row = result.measured * shown[few_year] / shown[many_year]
        yield Result(result.name, per_row, 1, details=result.details)
        counts = [queries(big, client, page) for page in pages.values()]
        yield Result(
            f"/midler/, queries, {many} allocations against {few}, {reader}",
            counts[1] / counts[0],
            1,
            details={"queries": counts[1]},
        )
        yield ratio(
            f"/midler/ as of a day against live, {many} allocations, {reader}",
            get(big, client, f"{pages[many_year]}?dato={day}", rows=shown[many_year], mark=MARK),
            long,
            limit=3,
            rounds=5,
        )


def _shown(database: Database, year: int, *, is_editor: bool) -> int:
    """How many lines a reader sees by name."""
    is_named = Q() if is_editor else Q(initiative=None) | Q(initiative__visibility="public")
    with database.chosen():
        return Allocation.objects.filter(is_named, grant__year=year).count()
