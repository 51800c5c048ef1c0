"""What must never be of money: each constraint violated once, on the database in use, and what is frozen."""

from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, transaction

from funding.models import (
    Allocation,
    FundingScheme,
    Gain,
    GrantReminder,
    Posting,
    Proposal,
    SpendingReport,
    Transfer,
)
from tests.factories import (
    create_allocation,
    create_area,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_organisation,
    create_posting,
    create_proposal,
    create_round,
    create_user,
    editor_of,
)

pytestmark = pytest.mark.django_db

DAY = date(2025, 2, 20)


def changed(row, **fields):
    """Past every check of ours: straight to the database."""
    type(row)._base_manager.filter(pk=row.pk).update(**fields)


def plan(**fields):
    changed(create_allocation(planned=True), **fields)


def allocated(**fields):
    changed(create_allocation(), **fields)


def posting(**fields):
    create_posting(
        **{"allocation": fields.pop("allocation", None) or create_allocation(), "on": DAY, **fields}
    )


def transfer(**fields):
    return Transfer.objects.create(
        **{
            "from_grant": fields.pop("from_grant", None) or create_grant(year=2024),
            "to_grant": fields.pop("to_grant", None) or create_grant(year=2025),
            "amount": 100,
            "on": DAY,
            "reason": "Ikke brukt.",
            "made_by": editor_of(),
            **fields,
        }
    )


def proposal(**fields):
    changed(create_proposal(by=create_user(organisation=create_organisation())), **fields)


def corrected(**fields):
    """A posting that says it takes back the first of an allocation."""
    first = create_allocation().postings.get()
    return posting(
        allocation=first.allocation, **{"corrects": first, "kind": "corrected", "change": -1, **fields}
    )


def taken_back():
    wrong = transfer()
    for _time in range(2):
        transfer(from_grant=wrong.to_grant, to_grant=wrong.from_grant, reverses=wrong)


def report(**fields):
    return SpendingReport.objects.create(
        **{
            "allocation": fields.pop("allocation", None) or create_allocation(),
            "as_of": DAY,
            "spent": 5,
            "made_by": editor_of(),
            **fields,
        }
    )


def gain(**fields):
    Gain.objects.create(
        **{
            "initiative": create_initiative(),
            "description": "Færre reiser",
            "gainer": create_organisation(),
            **fields,
        }
    )


def to_itself():
    grant = create_grant()
    transfer(from_grant=grant, to_grant=grant)


def twice(make, **fields):
    make(**fields)
    make(**fields)


VIOLATIONS = {
    "funding_fundingscheme_has_name": lambda: FundingScheme.objects.create(name="", slug="x"),
    "funding_grant_once_a_year": lambda: twice(create_grant, year=2024),
    "funding_grant_is_money": lambda: changed(create_grant(), amount=0),
    "funding_grant_year_is_likely": lambda: changed(create_grant(), year=1999),
    "funding_grant_rounding_is_one": lambda: changed(create_grant(), rounded_to=1),
    "funding_grant_used_after_it_is_given": lambda: changed(create_grant(year=2024), used_in=2023),
    "funding_transfer_is_money": lambda: transfer(amount=0),
    "funding_transfer_goes_elsewhere": to_itself,
    "funding_transfer_has_reason": lambda: transfer(reason=""),
    "funding_grantreminder_once": lambda: twice(
        GrantReminder.objects.create, grant=create_grant(), kind="use_until", due_on=DAY, days_before=14
    ),
    "funding_fundinground_has_title": lambda: create_round(title=""),
    "funding_fundinground_state_is_known": lambda: create_round(state="lost"),
    "funding_fundinground_decided_has_decision": lambda: create_round(state="decided", decision=None),
    "funding_proposal_is_money": lambda: proposal(amount=0),
    "funding_proposal_is_for_one_thing": lambda: proposal(idea="Noe annet"),
    "funding_proposal_state_is_known": lambda: proposal(state="lost", submitted_at="2025-01-01T00:00Z"),
    "funding_proposal_sent_at_a_time": lambda: proposal(state="submitted"),
    "funding_proposal_declined_has_answer": lambda: proposal(
        state="declined", submitted_at="2025-01-01T00:00Z"
    ),
    "funding_allocation_allocated_has_decision": lambda: allocated(decision=None),
    "funding_allocation_planned_has_none": lambda: plan(decision=create_funding_decision()),
    "funding_allocation_state_is_known": lambda: plan(state="lost"),
    "funding_allocation_source_is_known": lambda: plan(source="found"),
    "funding_allocation_is_for_one_thing": lambda: plan(label="Noe annet"),
    "funding_allocation_is_money": lambda: allocated(amount=0),
    "funding_posting_changes_as_its_kind": lambda: posting(kind="raised", change=-1),
    "funding_posting_has_decision": lambda: posting(kind="raised", change=1, decision=None),
    "funding_posting_correction_corrects_one": lambda: posting(kind="corrected", change=1),
    "funding_spendingreport_is_money": lambda: report(spent=-1),
    "funding_gain_has_description": lambda: gain(description=""),
    "funding_gain_expects_no_loss": lambda: gain(expected=-1),
    "funding_gain_realised_on_a_day": lambda: gain(realised=5),
}
"""Each named constraint, and what would break it."""

NO_DECISION = {
    f"{state} without a decision": lambda state=state: plan(state=state)
    for state in ("allocated", "paid", "reported", "returned", "carried")
}
WRONG_CHANGES = {
    f"{kind} by {change}": lambda kind=kind, change=change: posting(kind=kind, change=change)
    for kind, changes in {
        "raised": (0, -1),
        "lowered": (0, 1),
        "withdrawn": (0, 1),
        "carried": (0, 1),
        "returned": (0, 1),
        "paid": (-1, 1),
        "reported": (-1, 1),
        "found": (-1, 0, 1),
    }.items()
    for change in changes
}
MORE = {
    **NO_DECISION,
    **WRONG_CHANGES,
    "a plan of nothing": lambda: plan(amount=0),
    "a plan of less than nothing": lambda: plan(amount=-1),
    "withdrawn of less than nothing": lambda: allocated(amount=-1, state="cancelled"),
    "a dropped plan of nothing": lambda: plan(amount=0, state="cancelled"),
    "money for nothing": lambda: plan(initiative=None),
    "money for a label without an area": lambda: plan(initiative=None, label="Noe"),
    "money for an initiative with an area besides": lambda: plan(program_area=create_area()),
    "a proposal of nothing": lambda: proposal(initiative=None),
    "an idea without an area": lambda: proposal(initiative=None, idea="Noe"),
    "lowered without a decision": lambda: posting(kind="lowered", change=-1, decision=None),
    "withdrawn without a decision": lambda: posting(kind="withdrawn", change=-1, decision=None),
    "closed without a decision": lambda: create_round(state="closed", decision=None),
    "a transfer of less than nothing": lambda: transfer(amount=-1),
    "a forecast of less than nothing": lambda: report(forecast=-1),
    "a gain measured of nothing": lambda: gain(measured_on=DAY),
    "a year far ahead": lambda: changed(create_grant(), year=2101),
    "one allocation of each proposal": lambda: twice(
        create_allocation,
        planned=True,
        proposal=create_proposal(by=create_user(organisation=create_organisation())),
    ),
    "a raise that corrects": lambda: corrected(kind="raised", change=1),
    "one correction of each": lambda: twice(corrected, corrects=create_allocation().postings.get()),
    "one transfer that takes back each": taken_back,
    "one scheme by name": lambda: [
        FundingScheme.objects.create(name="Samhandling", slug=slug) for slug in ("a", "b")
    ],
    "one scheme by address": lambda: [FundingScheme.objects.create(name=name, slug="a") for name in "AB"],
}


def must_be_refused(violate):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        violate()
    return str(refusal.value)


@pytest.mark.parametrize("name", VIOLATIONS)
def test_each_constraint_is_kept_by_the_database(name):
    words = must_be_refused(VIOLATIONS[name])

    assert name in words or words.startswith("UNIQUE constraint failed")


@pytest.mark.parametrize("claim", MORE)
def test_the_database_knows_too_that_there_is_never(claim):
    must_be_refused(MORE[claim])


def test_every_constraint_has_a_violation():
    ours = {
        constraint.name
        for model in apps.get_app_config("funding").get_models()
        for constraint in model._meta.constraints
    }

    assert ours == set(VIOLATIONS)


def test_what_is_used_up_may_hold_nothing():
    decision = create_funding_decision()
    for state in ("returned", "carried", "cancelled"):
        changed(create_allocation(decision=decision), state=state, amount=0)

    assert Allocation.objects.filter(amount=0).count() == 3


def test_several_are_carried_of_one():
    first = create_allocation()
    twice(create_allocation, carried_from=first, decision=first.decision)

    assert first.carried_on.count() == 2


def test_a_returned_part_leaves_the_rest():
    changed(create_allocation(), state="returned", amount=5)

    assert Allocation.objects.get().amount == 5


# Frozen

FROZEN = pytest.mark.parametrize(
    ("make", "column", "value"),
    [
        (lambda: create_allocation().postings.get(), "change", 5),
        (lambda: create_allocation().postings.get(), "on", DAY),
        (transfer, "amount", 5),
        (transfer, "reason", "Noe annet"),
        (report, "spent", 5_000),
        (report, "comment", "Noe annet"),
    ],
)


@FROZEN
def test_what_is_written_down_of_money_is_never_changed_nor_deleted(make, column, value):
    row = make()
    rows = type(row)._base_manager.filter(pk=row.pk)
    before = rows.values().get()

    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        rows.update(**{column: value})
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        rows._raw_delete("default")

    assert rows.values().get() == before


def test_a_posting_is_refused_by_the_code_too():
    row = create_allocation().postings.get()

    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_what_money_was_posted_on_is_not_deleted():
    allocation = create_allocation()

    with pytest.raises(IntegrityError), transaction.atomic():
        allocation.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        allocation.grant.delete()
    assert (Posting.objects.count(), Allocation.objects.count()) == (1, 1)


def test_a_proposal_of_what_was_answered_is_not_deleted():
    row = create_proposal(by=create_user(organisation=create_organisation()))
    create_allocation(planned=True, proposal=row)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    assert Proposal.objects.get() == row
