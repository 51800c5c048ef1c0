"""Keys that no database counts to, chosen among several."""

import pytest
from django.urls import reverse

from tests.factories import create_case
from tests.portfolio.pages import main

pytestmark = pytest.mark.django_db

HUGE = "9" * 30


@pytest.fixture
def addresses(ssu):
    case = create_case(body=ssu, announced=True)
    return {
        "new case": reverse("meetings:case-create"),
        "case": reverse("meetings:case-update", args=[case.public_id]),
        "follow-up": f"{reverse('meetings:follow-up-create')}?sak={case.public_id}",
        "event": reverse("meetings:event-create"),
        "initiative": reverse("portfolio:initiative-create"),
    }


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("new case", "strategic_areas"),
        ("case", "strategic_areas"),
        ("follow-up", "organisations"),
        ("event", "initiatives"),
        ("event", "organisations"),
        ("initiative", "strategic_areas"),
        ("initiative", "related"),
    ],
)
def test_a_huge_key_is_no_choice(client_of, editor, addresses, name, field):
    page = client_of(editor).post(addresses[name], {field: [HUGE]})

    assert page.status_code == 422
    assert HUGE in main(page)
