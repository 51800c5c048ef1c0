"""A meeting page with ten times the cases, and the list of cases with a hundred times as many."""

from collections.abc import Iterator

from tests.bench.databases import Database
from tests.bench.meeting_data import MEETING_SIZES, MEMBER
from tests.bench.pages import get, queries, sign_in
from tests.bench.timing import Result, ratio

READERS = {"editor": {"is_editor": True}, "member": {"email": MEMBER}, "public": {"is_editor": False}}


def meeting_page(small: Database) -> Iterator[Result]:
    (few_day, (few, few_documents)), (many_day, (many, many_documents)) = MEETING_SIZES.items()
    for reader, who in READERS.items():
        client = sign_in(small, **who)
        pages = {day: f"/moter/fsu/{day}/" for day in (few_day, many_day)}
        result = ratio(
            f"meeting page, time per case, {many} cases against {few}, {reader}",
            get(small, client, pages[many_day], rows=many_documents, mark=b'data-kind="attachment"'),
            get(small, client, pages[few_day], rows=few_documents, mark=b'data-kind="attachment"'),
            limit=None,
            rounds=11,
        )
        per_row = result.measured * few / many
        yield Result(result.name, per_row, 1, details=result.details)
        counts = [queries(small, client, page) for page in pages.values()]
        yield Result(
            f"meeting page, queries, {many} cases against {few}, {reader}",
            counts[1] / counts[0],
            1,
            details={"queries": counts[1]},
        )


def case_list(small: Database, big: Database) -> Iterator[Result]:
    for reader, who in READERS.items():
        yield ratio(
            f"/saker/, 20 000 against 200 cases, {reader}",
            get(big, sign_in(big, **who), "/saker/", rows=50),
            get(small, sign_in(small, **who), "/saker/", rows=50),
            limit=1.5,
            rounds=31,
        )
