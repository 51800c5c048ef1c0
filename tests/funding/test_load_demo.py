"""The demo partnership's money: the figures of the paper, loaded once, and left alone afterwards."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from funding.documents import funding_table
from funding.models import Allocation, FundingRound, Grant, Posting, Proposal, balance_of
from helsefellesskap.templatetags.norsk import andel
from portfolio.documents import live_table, table_as_of
from portfolio.models import Initiative

pytestmark = pytest.mark.usefixtures("demo")

PUBLIC = AnonymousUser()


def table(year, user=PUBLIC, day=None):
    return funding_table(Grant.objects.get(year=year), user, day=day, today=timezone.localdate())


def everything() -> dict[str, list]:
    models = apps.get_app_config("funding").get_models()
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def test_the_money_of_2024_is_that_of_the_paper():
    found = table(2024)

    assert [(group.count, group.total) for group in found.groups] == [
        (3, 3_000_000),
        (2, 533_333),
        (5, 3_570_000),
        (6, 1_950_000),
    ]
    assert (found.total, found.count, found.used_in) == (9_053_333, 16, 2025)
    assert (found.balance.frame, found.balance.remainder) == (10_700_000, 1_646_667)
    assert found.balance.is_rounded
    assert not found.has_carried


def test_all_of_2025_is_left():
    balance = balance_of(Grant.objects.get(year=2025))

    assert (balance.frame, balance.allocated, balance.remainder) == (10_600_000, 0, 10_600_000)


def test_where_the_money_of_2024_is():
    found = table(2024)
    by_phase = {bucket.code: bucket.count for bucket in found.buckets}

    assert (found.unknown, andel(found.unknown, found.total)) == (4_403_333, "48,6\u00a0%")
    assert by_phase["oppstart-oppstart"] == 4_825_000
    assert andel(by_phase["oppstart-oppstart"], found.total) == "53,3\u00a0%"
    assert sum(by_phase.values()) == found.total


def test_it_is_the_same_for_everybody_and_today_as_now():
    for user in (PUBLIC, *User.objects.filter(email__in=["sekretariat@example.no", "pa@example.no"])):
        assert table(2024, user) == table(2024, PUBLIC)
        assert table(2024, user, timezone.localdate()) == table(2024, user)


def test_the_money_was_there_from_the_day_of_the_meeting():
    assert table(2024, day=date(2025, 2, 19)).total == 0
    assert table(2024, day=date(2025, 2, 20)).total == 9_053_333


def test_sixteen_are_marked_as_funded_in_the_handlingsdel():
    now = live_table(Initiative.objects.all(), today=timezone.localdate())
    before = table_as_of(date(2025, 2, 19), PUBLIC)

    assert sum(row.is_funded for _group, row in now.rows) == 16
    assert sum(row.is_funded for _group, row in before.rows) == 0
    assert sum(row.is_funded for _group, row in table_as_of(date(2025, 2, 20), PUBLIC).rows) == 16


def test_every_allocation_rests_on_a_decision_and_adds_up():
    for allocation in Allocation.objects.all():
        posting = allocation.postings.get()
        assert (allocation.amount, allocation.decision) == (posting.change, posting.decision)
    assert Posting.objects.count() == 16
    assert len(table(2024).decisions) == 1
    assert table(2024).decisions[0].url


def test_the_round_of_2025_has_four_proposals():
    round_ = FundingRound.objects.get()

    assert (round_.state, [grant.year for grant in round_.grants.all()]) == ("open", [2025])
    assert set(round_.proposals.values_list("state", flat=True)) == {"submitted"}
    assert Proposal.objects.count() == 4


def test_a_second_load_changes_nothing():
    before = everything()

    call_command("load_demo")

    assert everything() == before
