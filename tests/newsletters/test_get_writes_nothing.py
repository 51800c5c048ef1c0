"""GET never writes, but for one thing: that a page or a PDF was fetched on a day, by nobody in particular.

Every row of every table is the same after all pages were asked for.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from newsletters import actions
from newsletters.models import Download, Newsletter
from tests.newsletters.letters import publish
from tests.newsletters.test_access import (  # noqa: F401
    FILES,
    GET,
    GROUPS,
    WHO,
    clients,
    people,
    world,
)
from tests.portfolio.pages import text
from tests.portfolio.test_get_writes_nothing import rows

pytestmark = pytest.mark.django_db

COUNTED = Download._meta.label


@pytest.mark.parametrize("who", ["public", "contributor", "chair", "editor"])
def test_get_writes_nothing(who, world, clients):  # noqa: F811
    client = clients[who]
    before = rows()

    for address in GET | FILES:
        client.head(address.format(**world))
        client.get(address.format(**world))

    after = rows()
    counted = after.pop(COUNTED)
    assert after == {name: was for name, was in before.items() if name != COUNTED}
    assert bool(counted) == (who not in GROUPS["staff"])


# The count

TODAY = timezone.localdate()


def counts() -> dict[tuple[int, str], int]:
    return {
        (row.newsletter.number, row.what): row.count for row in Download.objects.select_related("newsletter")
    }


@pytest.fixture
def paths(world):  # noqa: F811
    page = "/nyhetsbrev/{year}/{published_no}".format(**world)
    return {"page": f"{page}/", "pdf": f"{page}.pdf"}


def test_whole_fetches_are_counted_and_nothing_else_is(world, paths, client_of):  # noqa: F811
    client = client_of(None)
    etag = client.get(paths["pdf"])["ETag"]
    number = int(world["published_no"])
    assert counts() == {(number, "pdf"): 1}

    for path in paths.values():
        client.head(path)
    client.get(paths["pdf"], headers={"If-None-Match": etag})
    client.get(paths["pdf"], headers={"Range": "bytes=0-3"})
    client.get(paths["pdf"], headers={"Range": "bytes=9999999-"})
    client.post(paths["page"])
    for other in ("", "99/", "99.pdf", "{draft_no}/", "{published_no}/versjon/9/"):
        client.get("/nyhetsbrev/{year}/".format(**world) + other.format(**world))
    assert counts() == {(number, "pdf"): 1}

    for path in [*paths.values(), f"{paths['page']}versjon/1/", f"{paths['page']}versjon/1.pdf"]:
        client.get(path)
    assert counts() == {(number, "pdf"): 3, (number, "page"): 2}


def test_readers_are_counted_and_not_those_who_make_it(paths, clients):  # noqa: F811
    for client in clients.values():
        for path in paths.values():
            client.get(path)

    readers = len(WHO) - len(GROUPS["staff"])
    assert sorted(counts().values()) == [readers, readers]


def test_there_is_one_row_a_day_and_nothing_about_whom(paths, clients):  # noqa: F811
    for _time in range(2):
        for who in ("public", "member"):
            clients[who].get(paths["page"])
    assert Download.objects.values_list("on", "count").get() == (TODAY, 4)

    Download.objects.update(on=TODAY - timedelta(days=1))
    clients["public"].get(paths["page"])

    assert list(Download.objects.values_list("on", "count")) == [(TODAY, 1), (TODAY - timedelta(days=1), 4)]
    assert {field.name for field in Download._meta.get_fields()} == {
        "id",
        "newsletter",
        "what",
        "on",
        "count",
    }


def test_the_versions_of_a_newsletter_are_counted_each(world, people, client_of):  # noqa: F811
    correction = Newsletter.objects.get(public_id=world["correction"])
    publish(correction, by=people.editor, leaders=(people.chair, people.vice_chair))
    page = "/nyhetsbrev/{year}/{corrected_no}/".format(**world)
    for address in (page, page, f"{page}versjon/1/"):
        client_of(None).get(address)

    assert sorted(Download.objects.values_list("newsletter__correction", "count")) == [(0, 1), (1, 2)]


def test_the_counts_are_told_to_those_who_make_it(paths, clients):  # noqa: F811
    clients["public"].get(paths["page"])
    told = {
        words: {who for who, client in clients.items() if words in text(client.get(address))}
        for address, words in (
            ("/nyhetsbrev/", "lest 1, lastet ned 0 ganger"),
            (paths["page"], "Siden er vist"),
        )
    }

    assert set(map(frozenset, told.values())) == {frozenset(GROUPS["staff"])}


def test_a_count_that_fails_costs_no_reader_the_page(paths, client_of, monkeypatch):
    def fail(**_fields):
        raise DatabaseError("database is locked")

    monkeypatch.setattr(actions, "count_download", fail)

    assert {client_of(None).get(path).status_code for path in paths.values()} == {200}
