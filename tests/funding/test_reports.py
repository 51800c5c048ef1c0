"""Reports of use: delivered, corrected by another, and the last one."""

from datetime import date

import pytest

from funding import actions
from funding.models import SpendingReport, balance_of
from helsefellesskap.money import kroner
from portfolio.actions.versions import newest_version
from tests.factories import create_allocation, create_initiative, create_organisation, create_user
from tests.funding.test_allocations import (
    LAST,
    LATER,
    MEETING,
    again,
    last_entry,
    postings,
    refused,
    unchanged,
)

pytestmark = pytest.mark.django_db


def report(allocation, by, **fields):
    return actions.report_spending(
        **{
            "allocation": allocation,
            "as_of": LATER,
            "spent": 40_000,
            "forecast": 90_000,
            "comment": "Lønn.",
            "is_final": False,
            "by": by,
            **fields,
        }
    )


@pytest.fixture
def allocation(db):
    return create_allocation(amount=100_000)


@pytest.fixture
def paid(allocation, editor):
    actions.mark_paid(allocation=allocation, on=date(2025, 3, 1), by=editor)
    return again(allocation)


def test_a_report_changes_no_money(allocation, contributor):
    before = balance_of(allocation.grant)

    assert report(allocation, contributor) is None

    row = SpendingReport.objects.get()
    assert (row.spent, row.forecast, row.as_of, row.made_by) == (40_000, 90_000, LATER, contributor)
    assert again(allocation).state == "allocated"
    assert balance_of(allocation.grant) == before
    entry = last_entry(allocation)
    assert (entry.verb, entry.by, entry.new["spent"]) == ("rapporterte bruk", contributor, 40_000)


def test_the_last_report_closes_what_is_paid_once(paid, contributor):
    report(paid, contributor, is_final=True)

    assert again(paid).state == "reported"
    assert postings(paid)[-1] == ("reported", 0, "reported", LATER, None)
    assert again(paid).amount == 100_000
    unchanged(lambda: report(paid, contributor, is_final=True))


def test_the_very_same_report_again_is_the_one_there_is(allocation, contributor):
    report(allocation, contributor)

    unchanged(lambda: report(allocation, contributor))
    report(allocation, contributor, spent=50_000)
    assert SpendingReport.objects.count() == 2


def test_a_partial_return_leaves_what_is_paid_to_be_reported_and_returned_again(paid, contributor, editor):
    def give_back(amount):
        actions.return_money(
            allocation=paid, amount=amount, on=LAST, reason="Rest.", by=editor, version=newest_version(paid)
        )

    give_back(40_000)
    assert (again(paid).state, again(paid).amount) == ("paid", 60_000)
    report(paid, contributor, is_final=True)
    assert (again(paid).state, postings(paid)[-1][3]) == ("reported", LAST)
    give_back(10_000)
    assert (again(paid).state, again(paid).amount) == ("reported", 50_000)
    give_back(50_000)
    assert (again(paid).state, again(paid).amount) == ("returned", 0)


def test_the_last_report_closes_again_after_that_was_corrected(paid, contributor, editor):
    report(paid, contributor, is_final=True)
    actions.correct_allocation(allocation=paid, reason="Ikke slutt.", version=newest_version(paid), by=editor)
    assert again(paid).state == "paid"

    report(paid, contributor, is_final=True)

    assert (again(paid).state, SpendingReport.objects.count()) == ("reported", 1)


def test_a_correction_after_the_last_report_changes_no_state(paid, contributor):
    report(paid, contributor, is_final=True)
    report(paid, contributor, is_final=True, spent=41_000)

    assert (again(paid).state, paid.postings.filter(kind="reported").count()) == ("reported", 1)


def test_a_report_of_an_earlier_day_closes_after_the_payment(paid, contributor):
    report(paid, contributor, as_of=MEETING, is_final=True)

    assert postings(paid)[-1][3] == date(2025, 3, 1)


def test_more_spent_than_allocated_is_told(allocation, contributor):
    told = report(allocation, contributor, spent=100_001)

    assert told.sentence == f"Det er brukt {kroner(1)} mer enn tildelt."
    assert report(allocation, contributor, spent=100_001) == told


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"as_of": date(2999, 1, 1)}, "as_of"),
        ({"comment": "<b>"}, "comment"),
        ({"comment": "x" * 2001}, "comment"),
        ({"is_final": True}, "is_final"),
    ],
)
def test_a_report_that_is_not_in_order_is_refused(allocation, contributor, fields, field):
    refused(lambda: report(allocation, contributor, **fields), field=field)


def test_nothing_is_reported_on_a_plan(contributor):
    plan = create_allocation(planned=True)

    refused(lambda: report(plan, contributor), "«prioritert»")


def test_reports_are_read_by_those_who_answer_for_them(cast):
    led = create_user(role="contributor", name="Leder tiltaket")
    initiative = create_initiative(owner=create_organisation(), project_lead=led)
    allocation = create_allocation(initiative=initiative, recipient=cast.contributor.organisation)
    report(allocation, cast.contributor)

    def sees(user):
        return SpendingReport.objects.visible_to(user).exists()

    seen = {name for name, user in vars(cast).items() if sees(user)}
    assert seen == {"editor", "leader", "contributor"}
    assert sees(led)


def test_the_newest_report_is_first(allocation, contributor):
    for day in (LATER, LAST, MEETING):
        report(allocation, contributor, as_of=day)

    assert [row.as_of for row in allocation.reports.newest_first()] == [LAST, LATER, MEETING]
