"""Schemes and grants: registered, changed, and carried from one year to another."""

from datetime import date

import pytest

from funding import actions
from funding.models import FundingScheme, Grant, Source, Transfer, balance_of, balances_of
from helsefellesskap.money import kroner
from portfolio.actions.versions import FactsChanged, newest_version
from tests.factories import create_allocation, create_funding_decision, create_grant, create_organisation
from tests.funding.test_allocations import (
    LATER,
    MEETING,
    again,
    allocated,
    last_entry,
    plan,
    refused,
    unchanged,
    verbs,
)

pytestmark = pytest.mark.django_db


def values(**fields):
    return {
        "scheme": FundingScheme.objects.get_or_create(slug="ordning", defaults={"name": "Ordning"})[0],
        "year": 2024,
        "used_in": None,
        "amount": 1_000_000,
        "rounded_to": None,
        "letter_reference": "",
        "use_until": None,
        "report_due": None,
        "note": "",
        **fields,
    }


def change(grant, editor, **fields):
    kept = {name: getattr(grant, name) for name in values()}
    return actions.change_grant(
        grant=grant, values={**kept, **fields}, version=newest_version(grant), by=editor
    )


@pytest.fixture
def old(db):
    return create_grant(year=2024, amount=1_000_000)


@pytest.fixture
def new(db):
    return create_grant(year=2025, amount=500_000)


def test_a_scheme_has_an_address_of_its_own(editor):
    grantor = create_organisation()

    first = actions.create_scheme(name="Rekruttering & samhandling", grantor=grantor, by=editor)
    second = actions.create_scheme(name="Rekruttering – samhandling", grantor=None, by=editor)

    assert (first.slug, second.slug) == ("rekruttering-samhandling", "rekruttering-samhandling-2")
    assert last_entry(first).new == {"name": first.name, "grantor": grantor.name}


def test_a_scheme_is_named_once_whatever_the_case(editor):
    actions.create_scheme(name="Øremerket", grantor=None, by=editor)

    refused(lambda: actions.create_scheme(name="øREMERKET", grantor=None, by=editor), "allerede", "name")
    refused(lambda: actions.create_scheme(name="<b>", grantor=None, by=editor), field="name")


def test_a_grant_is_registered_with_its_trail(editor):
    grant = actions.create_grant(values=values(used_in=2025, rounded_to=100_000), by=editor)

    assert (grant.year, grant.used_in, grant.amount, grant.slack) == (2024, 2025, 1_000_000, 50_000)
    entry = last_entry(grant)
    assert (entry.by, entry.verb, entry.new["amount"]) == (editor, "opprettet", 1_000_000)
    assert grant.history.get().history_user == editor
    assert balance_of(grant).remainder == 1_000_000


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"used_in": 2023}, "used_in"),
        ({"note": "<i>"}, "note"),
        ({"letter_reference": "x" * 121}, "letter_reference"),
        ({"year": 2023}, "year"),
    ],
)
def test_a_grant_that_is_not_in_order_is_refused(editor, fields, field):
    create_grant(year=2023)

    refused(lambda: actions.create_grant(values=values(**fields), by=editor), field=field)


def test_terms_are_changed_with_their_trail_and_nothing_twice(editor):
    grant = create_grant()

    change(grant, editor, letter_reference="24/1", use_until=LATER)

    grant = again(grant)
    assert (grant.letter_reference, grant.use_until) == ("24/1", LATER)
    assert last_entry(grant).new == {"letter_reference": "24/1", "use_until": "2025-04-01"}
    unchanged(lambda: change(grant, editor, letter_reference="24/1"))


def test_a_change_that_came_second_is_asked_about(editor, leader):
    grant = create_grant()
    seen = newest_version(grant)
    change(grant, leader, note="En annens")

    with pytest.raises(FactsChanged) as changed:
        actions.change_grant(grant=grant, values=values(year=grant.year, note="Min"), version=seen, by=editor)

    assert (changed.value.by, again(grant).note) == (leader, "En annens")


@pytest.mark.parametrize(
    ("rounded_to", "amount", "is_refused"),
    [(None, 600_000, False), (None, 599_999, True), (100_000, 550_000, False), (100_000, 549_999, True)],
)
def test_a_frame_is_never_less_than_what_is_used(editor, rounded_to, amount, is_refused):
    grant = create_grant(amount=1_000_000, rounded_to=rounded_to)
    create_allocation(grant=grant, amount=600_000)

    def act():
        change(grant, editor, amount=amount)

    if is_refused:
        refused(act, kroner(600_000), "amount")
    else:
        act()
        assert again(grant).amount == amount


def test_a_frame_that_is_overdrawn_does_not_become_exact(editor):
    grant = create_grant(amount=1_000_000, rounded_to=100_000)
    create_allocation(grant=grant, amount=1_020_000)

    refused(lambda: change(grant, editor, rounded_to=None), field="amount")
    change(grant, editor, rounded_to=None, amount=1_020_000)


def test_the_year_and_the_scheme_are_locked_once_money_was_posted_or_moved(old, new, editor):
    third, other = create_grant(year=2026), FundingScheme.objects.create(name="En annen", slug="en-annen")
    create_allocation(grant=third)
    plan(old, editor)
    change(old, editor, year=2020)
    change(again(old), editor, scheme=other)
    change(again(old), editor, scheme=new.scheme, year=2024)
    carry(again(old), new, editor)

    for grant in map(again, (old, new, third)):
        for fields in ({"year": 2030}, {"scheme": other}):
            refused(
                lambda grant=grant, fields=fields: change(grant, editor, **fields), "kan ikke endres", "year"
            )
        change(grant, editor, note="Fortsatt mulig.")


# Carried from one to another


def carry(old, new, editor, amount=300_000, **fields):
    return actions.transfer_money(
        **{
            "from_grant": old,
            "to_grant": new,
            "amount": amount,
            "source": Source.NEW,
            "on": MEETING,
            "reason": "Ikke brukt.",
            "by": editor,
            **fields,
        }
    )


def test_what_is_left_is_carried_to_another_grant_as_carried_money(old, new, editor):
    assert carry(old, new, editor) is None

    assert (balance_of(old).remainder_new, balance_of(old).out_new) == (700_000, 300_000)
    assert (balance_of(new).remainder_new, balance_of(new).remainder_carried) == (500_000, 300_000)
    assert (verbs(old), verbs(new)) == (["overførte midler"], ["fikk overført midler"])
    assert last_entry(old).new["til"] == str(new)
    row = Transfer.objects.get()
    assert (row.made_by, row.on, row.allocation, row.source) == (editor, MEETING, None, "new")


def test_carried_money_is_carried_on_and_back(old, new, editor):
    carry(old, new, editor)
    refused(lambda: carry(new, old, editor, 300_001, source=Source.CARRIED), "overførte midler", "amount")

    carry(new, old, editor, source=Source.CARRIED)

    assert (balance_of(new).remainder_carried, balance_of(old).remainder_carried) == (0, 300_000)
    assert balance_of(old).remainder_new == 700_000


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": 1_000_001}, "amount"),
        ({"amount": 1, "source": Source.CARRIED}, "amount"),
        ({"on": date(2999, 1, 1)}, "on"),
        ({"reason": "<b>"}, "reason"),
        ({"reason": "  "}, "reason"),
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
    ],
)
def test_a_transfer_that_is_not_in_order_is_refused(old, new, editor, fields, field):
    refused(lambda: carry(old, new, editor, **fields), field=field)


def test_money_goes_to_another_grant(old, editor):
    refused(lambda: carry(old, old, editor), field="to_grant")


def test_money_stays_in_its_scheme(old, editor):
    other = create_grant(year=2025, scheme=FundingScheme.objects.create(name="En annen", slug="en-annen"))

    refused(lambda: carry(old, other, editor), "samme tilskuddsordning", "to_grant")


def test_the_very_same_transfer_again_is_none(old, new, editor):
    carry(old, new, editor)

    unchanged(lambda: carry(old, new, editor))
    carry(old, new, editor, reason="Mer som ikke er brukt.")
    assert balance_of(old).remainder == 400_000


def test_a_rounded_frame_may_be_overdrawn_by_a_transfer_and_it_is_told(new, editor):
    old = create_grant(year=2023, amount=1_000_000, rounded_to=100_000)

    told = carry(old, new, editor, 1_050_000)

    assert kroner(50_000) in told.sentence
    refused(lambda: carry(old, new, editor, 1, reason="Mer."), field="amount")


# Taken back


def test_a_transfer_is_taken_back_as_if_it_had_never_been_once(old, new, editor):
    carry(old, new, editor)
    row = Transfer.objects.get()
    refused(lambda: actions.correct_transfer(transfer=row, reason=" ", by=editor), field="reason")

    actions.correct_transfer(transfer=row, reason="Feil år.", by=editor)

    assert (row.reversal.from_grant, row.reversal.to_grant, row.reversal.on) == (new, old, MEETING)
    assert not Transfer.objects.standing().exists()
    for day in (None, MEETING, LATER):
        assert (balance_of(old, day).remainder_new, balance_of(old, day).transferred_in) == (1_000_000, 0)
        assert (balance_of(new, day).remainder, balance_of(new, day).transferred_out) == (500_000, 0)
    assert last_entry(old).new["begrunnelse"] == "Feil år."
    for one in (row, row.reversal):
        unchanged(lambda one=one: actions.correct_transfer(transfer=one, reason="Feil år.", by=editor))
    carry(old, new, editor)  # the very same is another one now
    assert balance_of(new).remainder_carried == 300_000


def test_a_transfer_that_is_used_in_the_other_year_stands(old, new, editor):
    carry(old, new, editor)
    row = Transfer.objects.get()
    made = allocated(new, editor, create_funding_decision(on=LATER), 1, source=Source.CARRIED)

    refused(lambda: actions.correct_transfer(transfer=row, reason="Feil.", by=editor), "brukt i det andre")
    actions.correct_allocation(allocation=made, reason="Feil.", version=newest_version(made), by=editor)
    carry(new, old, editor, source=Source.CARRIED, on=LATER)
    refused(lambda: actions.correct_transfer(transfer=row, reason="Feil.", by=editor), "brukt i det andre")
    onward = Transfer.objects.standing().get(from_grant=new)
    for transfer in (onward, row):
        actions.correct_transfer(transfer=transfer, reason="Feil.", by=editor)
    assert balance_of(old).remainder_new == 1_000_000


def test_a_transfer_that_followed_an_allocation_is_corrected_there(old, new, editor):
    made = allocated(old, editor, create_funding_decision(on=MEETING))
    actions.carry_over(
        allocation=made,
        to_grant=new,
        amount=5,
        on=LATER,
        reason="Utsatt.",
        by=editor,
        version=newest_version(made),
    )

    refused(
        lambda: actions.correct_transfer(transfer=Transfer.objects.get(), reason="Feil.", by=editor),
        "fulgte en tildeling",
    )


def test_the_accounts_of_several_are_those_of_each(old, new, editor, django_assert_num_queries):
    create_allocation(grant=old, amount=100_000)
    carry(old, new, editor)

    with django_assert_num_queries(3):
        found = balances_of([old, new])

    assert found == {grant.pk: balance_of(grant) for grant in (old, new)}
    assert balances_of([]) == {}


def test_grants_and_transfers_are_public(cast, old, new, editor):
    carry(old, new, editor)

    for user in vars(cast).values():
        assert list(Grant.objects.visible_to(user).newest_first()) == [new, old]
        assert Transfer.objects.visible_to(user).count() == 1
