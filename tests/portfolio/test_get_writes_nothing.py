"""GET never writes: every row of every table is the same after all pages were asked for."""

import pytest
from django.apps import apps

from tests.portfolio.test_access import GET, world  # noqa: F401

pytestmark = pytest.mark.django_db

MAY_CHANGE = {"sessions.Session"}


def rows() -> dict[str, list]:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.label not in MAY_CHANGE
    }


@pytest.mark.parametrize("who", ["public", "contributor", "editor"])
def test_get_writes_nothing(who, world, cast, client_of):  # noqa: F811
    client = client_of(vars(cast)[who])
    before = rows()

    for address in [*GET, "/konto/login/", "/helse/live/", "/helse/klar/"]:
        client.get(address.format(**world))
        client.head(address.format(**world))

    assert rows() == before
