"""Rounds: opened once, changed with their trail, and moved on step by step."""

from datetime import date

import pytest

from funding import actions
from funding.documents import round_table
from funding.models import FundingRound
from portfolio.actions.versions import FactsChanged, newest_version
from tests.factories import (
    create_allocation,
    create_funding_decision,
    create_grant,
    create_organisation,
    create_proposal,
    create_round,
)
from tests.funding.test_allocations import again, everything, last_entry, refused, unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(db):
    return create_grant(year=2025)


@pytest.fixture
def round_(grant):
    return create_round(grants=[grant])


def values(*grants, **fields):
    return {"title": "Innspill", "guidance": "", "closes_on": None, "grants": list(grants), **fields}


def move(round_, to, editor, decision=None):
    return actions.move_round(round_=round_, to=to, decision=decision, by=editor)


def test_a_round_is_opened_for_its_grants_once(grant, editor):
    other = create_grant(year=2026)

    made = actions.create_round(values=values(grant, other), by=editor)

    assert (made.state, set(made.grants.all())) == ("open", {grant, other})
    assert last_entry(made).new["grants"] == [str(grant), str(other)]
    assert made.history.get().history_user == editor
    unchanged(lambda: actions.create_round(values=values(grant, other), by=editor))
    assert actions.create_round(values=values(grant), by=editor) != made


@pytest.mark.parametrize(
    ("fields", "field"), [({"grants": []}, "grants"), ({"title": "<b>"}, "title"), ({"guidance": "<b>"}, "guidance")]
)  # fmt: skip
def test_a_round_that_is_not_in_order_is_refused(grant, editor, fields, field):
    refused(lambda: actions.create_round(values=values(grant, **fields), by=editor), field=field)


def test_a_round_is_changed_with_its_trail_and_not_written_over(round_, grant, editor, leader):
    seen = newest_version(round_)
    other = create_grant(year=2026)
    said = values(grant, other, title=round_.title, closes_on=date(2025, 9, 1))

    actions.change_round(round_=round_, values=said, version=seen, by=leader)

    assert set(again(round_).grants.all()) == {grant, other}
    assert last_entry(round_).new == {"closes_on": "2025-09-01", "grants": [str(grant), str(other)]}
    with pytest.raises(FactsChanged):
        actions.change_round(round_=round_, values=values(grant), version=seen, by=editor)
    unchanged(lambda: actions.change_round(round_=round_, values=said, version=seen, by=editor))


def test_a_grant_that_is_prioritised_of_stays_in_its_round(round_, grant, editor, contributor):
    proposal = create_proposal(round_=round_, by=contributor, state="prioritised")
    create_allocation(grant=grant, planned=True, proposal=proposal)
    other = create_grant(year=2026)

    refused(
        lambda: actions.change_round(
            round_=round_, values=values(other), version=newest_version(round_), by=editor
        ),
        field="grants",
    )


def test_a_round_is_taken_from_open_to_closed(round_, editor):
    decision = create_funding_decision()

    for to in ("prioritising", "open", "prioritising"):
        move(round_, to, editor)
    move(round_, "decided", editor, decision)
    move(round_, "closed", editor)

    round_ = again(round_)
    assert (round_.state, round_.decision) == ("closed", decision)
    entry = last_entry(round_)
    assert (entry.verb, entry.old, entry.new["state"]) == ("endret tilstand", {"state": "decided"}, "closed")
    assert round_.history.count() == 6
    unchanged(lambda: move(round_, "closed", editor))


def test_a_round_is_decided_by_a_decision_in_approved_minutes(round_, editor):
    move(round_, "prioritising", editor)

    for decision in (None, create_funding_decision(locked=False)):
        refused(lambda decision=decision: move(round_, "decided", editor, decision), field="decision")


def test_a_round_is_decided_when_all_is_answered(round_, editor, contributor):
    proposal = create_proposal(round_=round_, by=contributor, state="submitted")
    create_proposal(round_=round_, by=contributor)  # a draft is nobody's to answer
    decision = create_funding_decision()
    move(round_, "prioritising", editor)

    refused(lambda: move(round_, "decided", editor, decision), "1 innspill er ikke besvart")
    actions.answer_proposal(proposal=proposal, prioritised=False, answer="Ikke nok penger.", by=editor)
    move(round_, "decided", editor, decision)

    assert again(round_).state == "decided"


def test_what_is_decided_is_not_opened_again(editor):
    round_ = create_round(state="decided")

    for to in ("open", "prioritising"):
        refused(lambda to=to: move(round_, to, editor), "kan ikke bli")


def test_rounds_are_for_those_who_propose_and_those_who_decide(cast, round_):
    seen = {name for name, user in vars(cast).items() if FundingRound.objects.visible_to(user).exists()}

    assert seen == {"editor", "leader", "contributor", "outsider"}


@pytest.mark.parametrize(
    ("closes_on", "is_open"),
    [(None, True), (date(2025, 9, 1), True), (date(2025, 8, 31), False), (date(2025, 9, 2), True)],
)
def test_open_rounds_take_proposals_until_their_day(grant, closes_on, is_open):
    create_round(closes_on=closes_on)
    create_round(state="prioritising")

    assert FundingRound.objects.open(date(2025, 9, 1)).count() == is_open


def test_the_table_of_a_round_sums_what_is_asked_for_and_planned(round_, grant, editor, leader, contributor):
    others = create_organisation(name="Åmot")
    asked = create_proposal(round_=round_, by=contributor, state="submitted", amount=200_000, rank=2)
    first = create_proposal(round_=round_, by=contributor, state="prioritised", amount=300_000, rank=1)
    create_proposal(round_=round_, by=contributor, amount=5)
    last = create_proposal(round_=round_, by=editor, organisation=others, state="declined", amount=100_000)
    create_allocation(grant=grant, planned=True, proposal=first, amount=250_000)
    create_allocation(grant=grant, amount=1_000_000)
    before = everything()

    table = round_table(round_, leader)

    assert table.proposals == [first, asked, last]
    assert table.waiting == [asked]
    assert (table.asked, table.prioritised) == (600_000, 250_000)
    assert [(row.grant, row.planned, row.left_then) for row in table.grants] == [(grant, 250_000, 8_750_000)]
    assert everything() == before


def test_a_round_that_is_over_is_not_changed(grant, editor):
    round_ = create_round(grants=[grant], state="closed")
    said = {"values": values(grant), "version": newest_version(round_), "by": editor}

    refused(lambda: actions.change_round(round_=round_, **said), "Runden er avsluttet")
