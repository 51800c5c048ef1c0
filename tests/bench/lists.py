"""`/tiltak/` with a hundred times the portfolio, and the handlingsdel of long ago beside that of now."""

from collections.abc import Iterator

from django.utils import timezone

from tests.bench.data import HALF_WAY
from tests.bench.databases import Database
from tests.bench.pages import get, sign_in
from tests.bench.timing import Result, ratio

READERS = {"editor": True, "public": False}


def initiative_list(small: Database, big: Database) -> Iterator[Result]:
    for reader, is_editor in READERS.items():
        yield ratio(
            f"/tiltak/, 5 000 against 50 initiatives, {reader}",
            get(big, sign_in(big, is_editor=is_editor), "/tiltak/", rows=50),
            get(small, sign_in(small, is_editor=is_editor), "/tiltak/", rows=50 if is_editor else 49),
            limit=1.5,
            rounds=31,
        )


def as_of(big: Database) -> Iterator[Result]:
    day = timezone.localdate() - HALF_WAY
    for reader, is_editor in READERS.items():
        client = sign_in(big, is_editor=is_editor)
        live = 5000 if is_editor else 4900
        then = 5100 if is_editor else 4998
        yield ratio(
            f"/handlingsdel/ as of a day against live, {reader}",
            get(big, client, f"/handlingsdel/?dato={day}", rows=then),
            get(big, client, "/handlingsdel/", rows=live),
            limit=3,
            rounds=5,
        )
