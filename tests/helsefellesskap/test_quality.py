"""What the checks find in the demo partnership, and what each of its people reads on the page."""

import re
from datetime import date

import pytest

from accounts.models import User
from helsefellesskap.findings import Result, results_for, tally
from portfolio.models import Initiative
from tests.conftest import TODAY
from tests.portfolio.pages import body, main

pytestmark = pytest.mark.django_db

JULY = date(2025, 7, 1)
"""Just after the newsletter: SSU 18.09.2025 is still to come."""


def person(email: str) -> User:
    return User.objects.get(email=f"{email}@example.no")


def results(email: str, today: date = TODAY) -> list[Result]:
    """What is found; the checks of newsletters have tests of their own."""
    return [
        result
        for result in results_for(person(email), today=today)
        if not result.check.find.__module__.startswith("newsletters")
    ]


def found(email: str = "sekretariat", today: date = TODAY) -> dict[str, list]:
    """By check, the initiatives by their number in the handlingsdel, or the names of areas."""
    orders = {f"portfolio.initiative:{one.pk}": one.order for one in Initiative.objects.all()}
    return {
        result.check.code: [orders.get(finding.subject, finding.about) for finding in result.findings]
        for result in results(email, today)
    }


def test_the_figures_of_the_demo(demo):
    assert {code: len(rows) for code, rows in found().items()} == {
        "unknown_phase": 1,
        "meeting_held": 5,
        "decision_not_made": 1,
        "case_not_treated": 1,
        "question_mark": 11,
        "blank_status": 1,
        "missing_mark": 3,
        "misspelt_name": 2,
        "undecided_area": 5,
        "old_status": 32,
    }


def test_which_initiatives_they_are(demo):
    rows = found()

    assert rows["question_mark"] == [8, 10, 11, 12, 14, 15, 18, 22, 27, 28, 29]
    assert rows["blank_status"] == [31]
    assert rows["unknown_phase"] == [20]
    assert rows["decision_not_made"] == [19]
    assert rows["case_not_treated"] == [40]
    assert rows["missing_mark"] == [30, 31, 35]
    assert rows["misspelt_name"] == [
        "Helsefelleskap Innlandet - videreutvikle",
        "Videreutvikle helsefelleskap Innlandet",
    ]
    assert rows["meeting_held"] == [1, 7, 30, 34, 35]


def test_what_was_over_already_when_it_was_reported(demo):
    assert found(today=JULY)["meeting_held"] == [7, 30]
    [result] = results_for(person("sekretariat"), today=TODAY, codes=["meeting_held"])
    was_over = [finding for finding in result.findings if "allerede da dette ble meldt" in finding.sentence]
    assert [finding.about for finding in was_over] == [
        Initiative.objects.get(order=order).title for order in (7, 30)
    ]


def test_the_newsletter_was_not_old_when_it_was_new(demo):
    assert "old_status" not in found(today=JULY)
    assert set(found(today=JULY)) == set(found()) - {"old_status"}


def test_every_unknown_or_old_status_is_told_once(demo):
    rows = found()
    told = [*rows["question_mark"], *rows["blank_status"], *rows["old_status"]]

    assert sorted(told) == list(range(1, 45))


@pytest.mark.parametrize("email", ["leder", "nestleder"])
def test_leaders_read_the_same(demo, email):
    assert found(email) == found()


def test_the_contributor_reads_of_their_own(demo):
    assert found("bidragsyter") == {"question_mark": [18], "old_status": [9]}


@pytest.mark.parametrize("email", ["ssu", "pa", "admin"])
def test_others_read_nothing(demo, client_of, email):
    page = main(client_of(person(email)).get("/kvalitet/"))

    assert found(email) == {}
    assert page == "Kvalitet Ingenting å rette opp Kontrollene finner ikke noe som gjelder deg."


def test_the_page(demo, client_of):
    page = client_of(person("sekretariat")).get("/kvalitet/")
    html = body(page)
    count = tally(page.context["results"])

    assert main(page).startswith(f"Kvalitet {count.sentence}.")
    assert count.findings >= 62
    assert html.count('<th scope="row">') == count.findings
    assert html.count("Rett opp<span") == count.findings
    assert re.findall(r'<h2 class="ds-heading" data-size="xs" id="(\w+)">', html) == [
        result.check.code for result in page.context["results"]
    ]
    assert html.count(">Alvorlig<") == sum(result.check.is_serious for result in page.context["results"])
    assert "Fasen som ble meldt 27.06.2025, er «Levere»." in main(page)
    assert "«Etablering av faglige samarbeidsutvalg (FSU)» ble ikke behandlet i SSU 22.05.2025." in main(page)


def test_one_check_of_the_page(demo, client_of):
    page = client_of(person("sekretariat")).get("/kvalitet/?kontroll=question_mark")

    assert body(page).count('<th scope="row">') == 11
    assert main(page).count("er bare spørsmålstegn") == 11


@pytest.mark.parametrize("email", ["sekretariat", "leder", "bidragsyter"])
def test_every_link_leads_to_a_page_that_the_reader_may_see(demo, client_of, email):
    client = client_of(person(email))
    urls = {finding.url for result in results(email) for finding in result.findings}

    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
