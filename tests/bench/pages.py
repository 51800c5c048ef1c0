"""Asking for a page the way a browser does, through the whole middleware."""

from collections.abc import Callable

from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.bench.data import EDITOR
from tests.bench.databases import Database
from tests.bench.timing import Contestant


def sign_in(database: Database, *, is_editor: bool = False, email: str = "") -> Client:
    client = Client()
    if is_editor or email:
        with database.chosen():
            client.force_login(User.objects.get(email=email or EDITOR))
    return client


def get(
    database: Database, client: Client, address: str, *, rows: int, mark: bytes = b'<th scope="row">'
) -> Contestant:
    """GET an address again and again; asked once first, to see that it shows as many rows as it should."""
    run = _in(database, lambda: client.get(address))
    response = run()
    shown = response.content.count(mark)
    if (response.status_code, shown) != (200, rows):
        raise AssertionError(f"{address} answered {response.status_code} with {shown} rows, not {rows}.")
    return Contestant(run, before=database.between_requests)


def queries(database: Database, client: Client, address: str) -> int:
    """How many the page takes."""
    with database.chosen(), CaptureQueriesContext(database.connection) as captured:
        client.get(address)
    return len(captured)


def _in(database: Database, ask: Callable) -> Callable:
    def run():
        with database.chosen():
            return ask()

    return run
