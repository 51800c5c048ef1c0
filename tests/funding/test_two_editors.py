"""The last money of a grant, taken by two at once: one of them is told no, and the sums are right."""

import threading
from contextlib import closing
from copy import deepcopy
from datetime import date

import pytest
from django.db import connections

from funding import actions
from funding.models import Allocation, Grant, Posting, Source, Transfer, balance_of
from funding.rules import NotAllowed
from portfolio.actions.versions import newest_version
from tests.factories import (
    create_allocation,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_user,
)
from tests.meetings.conftest import shared_db  # noqa: F401 -- a database that several threads work on
from tests.meetings.processes import PATIENCE

pytestmark = pytest.mark.usefixtures("shared_db")

DAY = date(2025, 2, 20)


def at_once(*acts) -> list[str]:
    """Do each in a thread of its own, all at the same moment; what each came to."""
    start = threading.Barrier(len(acts), timeout=PATIENCE)
    there = connections["default"]
    ends = []

    def do(act):
        connections["default"] = type(there)(deepcopy(there.settings_dict), "default")
        with closing(connections["default"]) as connection:
            try:
                connection.ensure_connection()
                start.wait()
                act()
            except NotAllowed:
                ends.append("no")
            except Exception as failure:
                ends.append(repr(failure))
            else:
                ends.append("yes")

    threads = [threading.Thread(target=do, args=[act], daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return sorted(ends)


@pytest.fixture
def grant(shared_db):  # noqa: F811
    return create_grant(year=2024, amount=1_000_000)


@pytest.fixture
def editors(grant):
    return [create_user(role="editor") for _number in range(2)]


@pytest.fixture
def decision(grant):
    return create_funding_decision(on=DAY)


def plans(grant, *amounts):
    initiative = create_initiative()
    return [
        create_allocation(grant=grant, amount=amount, planned=True, initiative=initiative)
        for amount in amounts
    ]


def terms(**fields):
    unsaid = {"used_in": None, "rounded_to": None, "use_until": None, "report_due": None}
    return {**unsaid, "letter_reference": "", "note": "", **fields}


def check_sums():
    for row in Allocation.objects.filter(decision__isnull=False):
        assert row.amount == sum(row.postings.values_list("change", flat=True))


def test_the_last_money_is_allocated_once(grant, editors, decision):
    rows = plans(grant, 600_000, 600_000)

    ends = at_once(
        *(
            lambda row=row, editor=editor: actions.allocate(
                allocations=[row], decision=decision, on=None, by=editor
            )
            for row, editor in zip(rows, editors, strict=True)
        )
    )

    assert ends == ["no", "yes"]
    assert (balance_of(grant).allocated, balance_of(grant).remainder) == (600_000, 400_000)
    assert Posting.objects.count() == 1
    assert sorted(Allocation.objects.values_list("state", flat=True)) == ["allocated", "planned"]
    check_sums()


def test_the_same_plan_is_allocated_once(grant, editors, decision):
    [row] = plans(grant, 300_000)

    ends = at_once(
        *(
            lambda editor=editor: actions.allocate(allocations=[row], decision=decision, on=None, by=editor)
            for editor in editors
        )
    )

    assert ends == ["no", "yes"]
    assert balance_of(grant).remainder == 700_000
    check_sums()


def test_ten_share_what_is_enough_for_four(grant, editors, decision):
    rows = plans(grant, *[250_000] * 10)

    ends = at_once(
        *(
            lambda row=row: actions.allocate(allocations=[row], decision=decision, on=None, by=editors[0])
            for row in rows
        )
    )

    assert ends == ["no"] * 6 + ["yes"] * 4
    assert balance_of(grant).remainder == 0
    check_sums()


def test_money_is_not_both_allocated_and_carried_away(grant, editors, decision):
    other = create_grant(year=2025)
    [row] = plans(grant, 600_000)

    ends = at_once(
        lambda: actions.allocate(allocations=[row], decision=decision, on=None, by=editors[0]),
        lambda: actions.transfer_money(
            from_grant=grant,
            to_grant=other,
            amount=600_000,
            source=Source.NEW,
            on=DAY,
            reason="Rest.",
            by=editors[1],
        ),
    )

    assert ends == ["no", "yes"]
    assert balance_of(grant).remainder == 400_000
    assert Transfer.objects.count() + Posting.objects.count() == 1


def test_two_who_carry_each_way_do_not_wait_for_each_other(grant, editors):
    other = create_grant(year=2025, amount=1_000_000)

    def carry(one, to, by):
        actions.transfer_money(
            from_grant=one,
            to_grant=to,
            amount=100_000,
            source=Source.NEW,
            on=DAY,
            reason="Bytte.",
            by=by,
        )

    ends = at_once(lambda: carry(grant, other, editors[0]), lambda: carry(other, grant, editors[1]))

    assert ends == ["yes", "yes"]
    assert [balance_of(one).remainder for one in (grant, other)] == [1_000_000, 1_000_000]


def test_a_frame_is_not_cut_while_its_money_is_allocated(grant, editors, decision):
    [row] = plans(grant, 600_000)
    values = terms(scheme=grant.scheme, year=2024, amount=500_000)
    version = newest_version(grant)

    ends = at_once(
        lambda: actions.allocate(allocations=[row], decision=decision, on=None, by=editors[0]),
        lambda: actions.change_grant(grant=grant, values=values, version=version, by=editors[1]),
    )

    assert ends == ["no", "yes"]
    grant.refresh_from_db()
    assert balance_of(grant).remainder in {400_000, 500_000}


def test_the_money_of_a_year_is_registered_once(grant, editors):
    ends = at_once(
        *(
            lambda editor=editor, amount=amount: actions.create_grant(
                values=terms(scheme=grant.scheme, year=2025, amount=amount), by=editor
            )
            for editor, amount in zip(editors, (500_000, 600_000), strict=True)
        )
    )

    assert ends == ["no", "yes"]
    assert Grant.objects.filter(year=2025).count() == 1


def test_two_reduce_one_allocation_and_one_is_asked_to_look_again(grant, editors, decision):
    row = create_allocation(grant=grant, amount=500_000, decision=decision)
    version = newest_version(row)

    ends = at_once(
        *(
            lambda editor=editor, amount=amount: actions.change_amount(
                allocation=row, amount=amount, decision=decision, on=DAY, by=editor, version=version
            )
            for editor, amount in zip(editors, (200_000, 300_000), strict=True)
        )
    )

    assert ends == ["no", "yes"]
    assert Posting.objects.filter(kind="lowered").count() == 1
    check_sums()
