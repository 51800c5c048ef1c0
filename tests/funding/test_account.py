"""The account of a grant on screen and on paper: new and carried money apart whenever there is carried money."""

from datetime import date

import pytest

from funding import actions
from tests.factories import create_allocation, create_grant, create_initiative
from tests.funding.test_grant_views import pdf_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def carried(editor):
    """Two years: 150 000 kr of 400 000 kr carried from the one to the other."""
    older, newer = create_grant(year=2024, amount=1_000_000), create_grant(year=2025, amount=2_000_000)
    allocation = create_allocation(grant=older, amount=400_000, initiative=create_initiative(title="Trygg"))
    actions.carry_over(
        allocation=allocation, to_grant=newer, amount=150_000, on=date(2025, 6, 1), reason="Utsatt.",
        by=editor, version=allocation.history.first().history_id,
    )  # fmt: skip


def account_on(page):
    html = page.content.decode().replace("\u00a0", " ")
    start = html.index('id="regnskap"')
    return html[start : html.index("</table>", start)]


def test_what_came_is_apart_from_what_is_new(carried, client_of):
    account = account_on(client_of(None).get("/midler/2025/"))
    paper = pdf_words(client_of(None).get("/midler/2025.pdf").content)

    assert account.count("<td") == 4 * 3
    assert "2 000 000 kr" in account
    assert "Post Nye midler Overført Beløp Ramme 2 000 000 – 2 000 000 kr" in paper
    assert "Overført fra andre år – 150 000 150 000 kr Tildelt 0 150 000 150 000 kr" in paper
    assert "Igjen 2 000 000 0 2 000 000 kr" in paper


def test_what_went_is_in_an_account_of_one_column(carried, client_of):
    account = account_on(client_of(None).get("/midler/2024/"))
    paper = pdf_words(client_of(None).get("/midler/2024.pdf").content)

    assert account.count("<td") == 4
    assert "Nye midler" not in account
    assert "Ramme 1 000 000 kr Tildelt 250 000 kr Overført til andre år 150 000 kr Igjen 600 000 kr" in paper
