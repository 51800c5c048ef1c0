"""Verbs of allocations: by state, with their trail, all or nothing, and nothing twice."""

from datetime import date

import pytest
from django.apps import apps

from accounts.models import LogEntry
from funding import actions
from funding.models import Allocation, FundingScheme, Posting, Source, Transfer, balance_of
from funding.rules import NotAllowed
from helsefellesskap.money import kroner
from portfolio.actions.versions import FactsChanged, newest_version
from tests.factories import (
    create_allocation,
    create_area,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_organisation,
)

pytestmark = pytest.mark.django_db

MEETING, LATER, LAST = date(2025, 2, 20), date(2025, 4, 1), date(2025, 6, 27)
State = Allocation.State


@pytest.fixture
def grant(db):
    return create_grant(year=2024, amount=1_000_000)


@pytest.fixture
def next_grant(grant):
    return create_grant(year=2025, amount=500_000)


@pytest.fixture
def decision(db):
    return create_funding_decision(on=MEETING)


@pytest.fixture
def later(decision):
    """A decision of a later meeting."""
    return create_funding_decision(on=LATER)


def everything() -> dict[str, list]:
    """Each row of each table of money, history included, and the log."""
    models = [*apps.get_app_config("funding").get_models(), LogEntry]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def refused(act, words="", field=None) -> None:
    """No is said with those words, and nothing at all is changed."""
    before = everything()
    with pytest.raises(NotAllowed) as no:
        act()
    assert words in str(no.value)
    assert no.value.field == field
    assert everything() == before


def unchanged(act) -> None:
    before = everything()
    act()
    assert everything() == before


def again(thing):
    return type(thing).objects.get(pk=thing.pk)


def verbs(thing) -> list[str]:
    return [entry.verb for entry in LogEntry.objects.about(thing).order_by("pk")]


def last_entry(thing) -> LogEntry:
    return LogEntry.objects.about(thing).order_by("pk").last()


def plan(grant, editor, amount=100_000, **values):
    if "label" not in values:
        values.setdefault("initiative", create_initiative())
    return actions.plan_allocation(
        values={"grant": grant, "work_package": "Pakke", "amount": amount, **values}, by=editor
    )


def allocated(grant, editor, decision, amount=100_000, **values):
    made = plan(grant, editor, amount, **values)
    actions.allocate(allocations=[made], decision=decision, on=None, by=editor)
    return again(made)


def amount_to(made, amount, decision, editor, on=None):
    return actions.change_amount(
        allocation=made, amount=amount, decision=decision, on=on, by=editor, version=newest_version(made)
    )


def withdraw(made, decision, editor, on=None):
    actions.withdraw_allocation(
        allocation=made, decision=decision, on=on, by=editor, version=newest_version(made)
    )


def give_back(made, amount, editor, on=LATER):
    actions.return_money(
        allocation=made, amount=amount, on=on, reason="Rest.", by=editor, version=newest_version(made)
    )


def carry(made, to_grant, editor, amount=10_000, on=LATER):
    return actions.carry_over(
        allocation=made,
        to_grant=to_grant,
        amount=amount,
        on=on,
        reason="Utsatt.",
        by=editor,
        version=newest_version(made),
    )


def correct(made, editor, reason="Ført feil."):
    actions.correct_allocation(allocation=made, reason=reason, version=newest_version(made), by=editor)


def held(allocation, day) -> int:
    return sum(row.change for row in allocation.postings.until(day))


def postings(allocation) -> list[tuple]:
    return [(row.kind, row.change, row.state, row.on, row.decision) for row in allocation.postings.all()]


# Planned


def test_a_plan_is_last_in_its_order_and_takes_no_money(grant, editor):
    organisation = create_organisation()
    first = plan(grant, editor)
    second = plan(grant, editor, 300_000, recipient=organisation, source=Source.CARRIED)

    assert (second.order, second.state, second.decision) == (first.order + 1, State.PLANNED, None)
    assert (second.amount, second.source, second.recipient) == (300_000, Source.CARRIED, organisation)
    assert Posting.objects.count() == 0
    assert balance_of(grant).remainder == 1_000_000
    entry = last_entry(second)
    assert (entry.by, entry.verb, entry.new["amount"]) == (editor, "prioriterte", 300_000)
    assert second.history.get().history_user == editor


def test_a_plan_may_be_for_something_else_in_an_area(grant, editor):
    area = create_area()

    made = plan(grant, editor, label="Konferanse", program_area=area)

    assert (made.initiative, made.subject, made.area) == (None, "Konferanse", area)


def test_the_very_same_plan_again_is_the_one_there_is(grant, editor):
    initiative = create_initiative()
    first = plan(grant, editor, initiative=initiative)

    unchanged(lambda: plan(grant, editor, initiative=initiative))
    assert plan(grant, editor, initiative=initiative) == first
    assert plan(grant, editor, initiative=initiative, amount=1) != first


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": "Noe"}, "program_area"),
        ({"initiative": None}, "initiative"),
        ({"work_package": "<b>Pakke</b>"}, "work_package"),
        ({"work_package": "x" * 301}, "work_package"),
    ],
)
def test_a_plan_that_is_not_in_order_is_refused(grant, editor, values, field):
    create_initiative()
    if values.get("work_package"):
        values = {**values, "initiative": create_initiative()}

    refused(lambda: plan(grant, editor, **values), field=field)


def test_a_plan_is_changed_with_its_trail(grant, editor):
    made = plan(grant, editor)
    other = create_initiative()

    actions.change_allocation(
        allocation=made,
        values={"initiative": other, "amount": 5, "source": Source.CARRIED},
        version=newest_version(made),
        by=editor,
    )

    made = again(made)
    assert (made.initiative, made.amount, made.source) == (other, 5, Source.CARRIED)
    entry = last_entry(made)
    assert (entry.verb, entry.old["amount"], entry.new["amount"]) == ("endret", 100_000, 5)
    assert set(entry.new) == {"initiative", "amount", "source"}
    assert made.history.count() == 2
    unchanged(
        lambda: actions.change_allocation(
            allocation=made, values={"amount": 5}, version=newest_version(made), by=editor
        )
    )


def test_of_what_is_allocated_only_the_facts_are_changed(grant, editor, decision):
    made = allocated(grant, editor, decision)

    actions.change_allocation(
        allocation=made,
        values={"work_package": "Ny", "amount": 5, "source": Source.CARRIED},
        version=newest_version(made),
        by=editor,
    )

    made = again(made)
    assert (made.work_package, made.amount, made.source) == ("Ny", 100_000, Source.NEW)
    assert made.postings.count() == 1


def test_decided_money_is_for_something_else_only_with_a_reason(grant, editor, decision):
    made, area = allocated(grant, editor, decision), create_area()

    def change(reason="", **values):
        actions.change_allocation(
            allocation=made, values=values, version=newest_version(made), by=editor, reason=reason
        )

    other = {"initiative": None, "label": "Konferanse", "program_area": area}
    for values in ({"initiative": create_initiative()}, other):
        refused(lambda values=values: change(**values), "Skriv hvorfor", "reason")
        refused(lambda values=values: change("  ", **values), "Skriv hvorfor", "reason")
    refused(lambda: change("<b>", **other), field="reason")
    change(recipient=create_organisation(), work_package="Ny", initiative=made.initiative)

    change("Slått sammen.", **other)

    assert (again(made).subject, again(made).amount, made.postings.count()) == ("Konferanse", 100_000, 1)
    assert last_entry(made).new == {
        "initiative": None,
        "label": "Konferanse",
        "program_area": str(area),
        "reason": "Slått sammen.",
    }
    refused(lambda: change(label="Seminar"), "Skriv hvorfor", "reason")
    refused(lambda: change(program_area=create_area()), "Skriv hvorfor", "reason")


def test_a_change_to_two_purposes_is_refused(grant, editor):
    made = plan(grant, editor)

    refused(
        lambda: actions.change_allocation(
            allocation=made, values={"label": "Noe"}, version=newest_version(made), by=editor
        ),
        field="label",
    )


def test_a_plan_is_dropped_with_the_reason_once(grant, editor):
    made = plan(grant, editor)
    refused(lambda: actions.cancel_allocation(allocation=made, reason="  ", by=editor), field="reason")

    actions.cancel_allocation(allocation=made, reason="Ikke aktuelt.", by=editor)

    made = again(made)
    assert (made.state, made.decision, made.amount) == (State.CANCELLED, None, 100_000)
    assert last_entry(made).new == {"state": "cancelled", "reason": "Ikke aktuelt."}
    unchanged(lambda: actions.cancel_allocation(allocation=made, reason="Ikke aktuelt.", by=editor))
    assert balance_of(grant).remainder == 1_000_000


def test_the_order_of_a_grant_is_changed(grant, next_grant, editor):
    rows = [plan(grant, editor) for _number in range(3)]
    plan(next_grant, editor)

    actions.move_allocation(allocation=rows[2], place=1, by=editor)

    assert list(grant.allocations.in_paper_order()) == [rows[2], rows[0], rows[1]]
    assert verbs(rows[2]) == ["prioriterte", "flyttet"]
    unchanged(lambda: actions.move_allocation(allocation=rows[2], place=1, by=editor))


# Allocated


def test_several_are_allocated_on_the_day_of_the_meeting(grant, editor, decision):
    rows = [plan(grant, editor, amount) for amount in (600_000, 400_000)]

    told = actions.allocate(allocations=rows, decision=decision, on=None, by=editor)

    assert told == []
    for row, amount in zip(map(again, rows), (600_000, 400_000), strict=True):
        assert (row.state, row.decision, row.amount) == (State.ALLOCATED, decision, amount)
        assert postings(row) == [("allocated", amount, "allocated", MEETING, decision)]
        assert row.postings.get().made_by == editor
        entry = last_entry(row)
        assert (entry.verb, entry.old) == ("tildelte", {"amount": amount, "state": "planned"})
        assert entry.new == {
            "amount": amount,
            "state": "allocated",
            "decision": str(decision),
            "on": "2025-02-20",
        }
        assert row.history.count() == 2
        assert row.history.first().history_user == editor
    assert balance_of(grant).remainder == 0


def test_another_day_may_be_given(grant, editor, decision):
    made = plan(grant, editor)

    actions.allocate(allocations=[made], decision=decision, on=LATER, by=editor)

    assert made.postings.get().on == LATER


def test_one_that_is_too_much_allocates_none(grant, editor, decision):
    rows = [plan(grant, editor, amount) for amount in (600_000, 400_001)]

    refused(
        lambda: actions.allocate(allocations=rows, decision=decision, on=None, by=editor),
        f"{kroner(1_000_000)} igjen av nye midler. {kroner(1_000_001)} er {kroner(1)} for mye",
    )


def test_the_sum_is_of_each_grant_and_kind_of_money(grant, next_grant, editor, decision):
    carried = plan(next_grant, editor, 1, source=Source.CARRIED)
    rows = [plan(grant, editor, 1_000_000), plan(next_grant, editor, 500_000), carried]

    refused(
        lambda: actions.allocate(allocations=rows, decision=decision, on=None, by=editor),
        f"{kroner(0)} igjen av overførte midler. {kroner(1)} er {kroner(1)} for mye",
    )


def test_money_is_not_allocated_before_its_own_meeting(grant, editor, later):
    made = plan(grant, editor)

    refused(
        lambda: actions.allocate(allocations=[made], decision=later, on=MEETING, by=editor),
        "før vedtaket, 01.04.2025",
        "on",
    )


def test_one_that_is_allocated_already_allocates_none(grant, editor, decision, later):
    done, waiting = allocated(grant, editor, decision), plan(grant, editor)

    refused(
        lambda: actions.allocate(allocations=[waiting, done], decision=later, on=None, by=editor),
        "kan ikke bli «tildelt»",
    )


def test_a_rounded_frame_is_overdrawn_by_half_its_step_and_told(editor, decision):
    grant = create_grant(amount=1_000_000, rounded_to=100_000)
    rows = [plan(grant, editor, amount) for amount in (1_000_000, 20_000, 30_000)]
    one_more = plan(grant, editor, 1)

    told = actions.allocate(allocations=rows, decision=decision, on=None, by=editor)

    assert [said.sentence.split(".")[0] for said in told] == [
        f"Nå er det fordelt {kroner(50_000)} mer enn rammen"
    ]
    assert balance_of(grant).remainder == -50_000
    refused(
        lambda: actions.allocate(allocations=[one_more], decision=decision, on=None, by=editor), "for mye"
    )


def test_new_money_is_not_taken_from_what_is_carried(grant, next_grant, editor, decision):
    actions.transfer_money(
        from_grant=grant,
        to_grant=next_grant,
        amount=50_000,
        source=Source.NEW,
        on=MEETING,
        reason="Rest.",
        by=editor,
    )
    new, carried = plan(next_grant, editor, 500_001), plan(next_grant, editor, 50_001, source=Source.CARRIED)

    for row in (new, carried):
        refused(lambda row=row: actions.allocate(allocations=[row], decision=decision, on=None, by=editor))


def test_two_grants_may_be_allocated_of_at_once(grant, next_grant, editor, decision):
    rows = [plan(grant, editor, 1_000_000), plan(next_grant, editor, 500_000)]

    actions.allocate(allocations=rows, decision=decision, on=None, by=editor)

    assert [balance_of(one).remainder for one in (grant, next_grant)] == [0, 0]


@pytest.mark.parametrize(
    ("point", "on", "field"),
    [
        (None, None, "decision"),
        ({"outcome": "proposed"}, None, "decision"),
        ({"outcome": "postponed"}, None, "decision"),
        ({"locked": False}, None, "decision"),
        ({}, date(2999, 1, 1), "on"),
    ],
)
def test_money_is_allocated_by_a_decision_in_approved_minutes(grant, editor, point, on, field):
    made = plan(grant, editor)
    decision = None if point is None else create_funding_decision(**point)

    refused(lambda: actions.allocate(allocations=[made], decision=decision, on=on, by=editor), field=field)


# The amount


@pytest.mark.parametrize(
    ("amount", "kind", "verb"),
    [(150_000, "raised", "økte tildelingen"), (1_000_000, "raised", "økte tildelingen"), (60_000, "lowered", "reduserte tildelingen")],
)  # fmt: skip
def test_a_later_decision_raises_or_lowers_it(grant, editor, decision, later, amount, kind, verb):
    made = allocated(grant, editor, decision)

    told = actions.change_amount(
        allocation=made, amount=amount, decision=later, on=None, by=editor, version=newest_version(made)
    )

    assert told is None
    made = again(made)
    assert (made.amount, made.state, made.decision) == (amount, State.ALLOCATED, decision)
    assert postings(made)[1:] == [(kind, amount - 100_000, "allocated", LATER, later)]
    assert balance_of(grant).remainder == 1_000_000 - amount
    entry = last_entry(made)
    assert (entry.verb, entry.old["amount"], entry.new["amount"]) == (verb, 100_000, amount)


@pytest.mark.parametrize(
    ("amount", "on", "words", "field"),
    [
        (1_000_001, None, "for mye", "amount"),
        (100_000, None, "det samme som før", "amount"),
        (0, None, "trekkes tilbake", "amount"),
        (-5, None, "trekkes tilbake", "amount"),
        (5, MEETING, "før vedtaket, 01.04.2025", "on"),
        (5, date(2999, 1, 1), "fram i tid", "on"),
    ],
)
def test_an_amount_that_is_not_in_order_is_refused(grant, editor, decision, later, amount, on, words, field):
    made = allocated(grant, editor, decision)

    refused(
        lambda: actions.change_amount(
            allocation=made, amount=amount, decision=later, on=on, by=editor, version=newest_version(made)
        ),
        words,
        field,
    )


def test_a_change_is_not_dated_before_the_money_was_allocated(grant, editor, decision, later):
    made = allocated(grant, editor, later)

    refused(lambda: amount_to(made, 5, decision, editor), "før 01.04.2025, da det forrige", "on")
    refused(lambda: withdraw(made, decision, editor), "før 01.04.2025, da det forrige", "on")


def test_a_decision_is_entered_after_what_happened_later(grant, editor, decision, later):
    """The minutes may come after the payment they are older than."""
    made = allocated(grant, editor, decision)
    actions.mark_paid(allocation=made, on=LAST, by=editor)

    amount_to(made, 150_000, later, editor)
    amount_to(made, 80_000, decision, editor)

    assert (again(made).amount, again(made).state) == (80_000, State.PAID)
    assert [held(made, day) for day in (MEETING, LATER, LAST)] == [30_000, 80_000, 80_000]


def test_a_dated_decision_takes_no_money_that_was_used_later(grant, editor, decision, later):
    made, other = allocated(grant, editor, decision), plan(grant, editor, 900_000)
    actions.allocate(allocations=[other], decision=later, on=None, by=editor)
    withdraw(other, create_funding_decision(on=LAST), editor)

    refused(
        lambda: amount_to(made, 100_001, decision, editor), "ikke igjen hele tiden etter 20.02.2025", "on"
    )
    amount_to(made, 100_001, decision, editor, on=LAST)


def test_an_allocation_never_holds_less_than_nothing(grant, editor, decision, later):
    made = allocated(grant, editor, decision)
    amount_to(made, 500_000, later, editor)

    refused(lambda: amount_to(made, 399_999, decision, editor), "sto ikke på tildelingen", "on")
    refused(lambda: withdraw(made, decision, editor), "sto ikke på tildelingen", "on")
    withdraw(made, later, editor)
    assert [held(made, day) for day in (MEETING, LATER)] == [100_000, 0]


def test_an_amount_is_changed_by_a_decision_only(grant, editor, decision):
    made = allocated(grant, editor, decision)

    refused(
        lambda: actions.change_amount(
            allocation=made, amount=5, decision=None, on=LATER, by=editor, version=newest_version(made)
        ),
        field="decision",
    )


def test_raising_beyond_a_rounded_frame_is_told(editor, decision, later):
    grant = create_grant(amount=1_000_000, rounded_to=100_000)
    made = allocated(grant, editor, decision)

    told = actions.change_amount(
        allocation=made, amount=1_050_000, decision=later, on=None, by=editor, version=newest_version(made)
    )

    assert kroner(50_000) in told.sentence


# The rest of its life


def test_it_is_withdrawn_by_a_later_decision(grant, editor, decision, later):
    made = allocated(grant, editor, decision)

    actions.withdraw_allocation(
        allocation=made,
        decision=later,
        on=None,
        by=editor,
        version=newest_version(made),
        reason="Ikke startet.",
    )

    made = again(made)
    assert (made.amount, made.state, made.decision) == (0, State.CANCELLED, decision)
    assert postings(made)[1:] == [("withdrawn", -100_000, "cancelled", LATER, later)]
    assert balance_of(grant).remainder == 1_000_000
    assert last_entry(made).new["reason"] == "Ikke startet."


def test_it_is_paid_on_a_day_once(grant, editor, decision):
    made = allocated(grant, editor, decision)

    actions.mark_paid(allocation=made, on=LATER, by=editor)

    assert again(made).state == State.PAID
    assert postings(made)[1:] == [("paid", 0, "paid", LATER, None)]
    assert last_entry(made).verb == "førte utbetaling"
    assert balance_of(grant).remainder == 900_000
    unchanged(lambda: actions.mark_paid(allocation=made, on=LATER, by=editor))


def test_it_is_not_paid_before_it_is_allocated_nor_in_the_future(grant, editor, decision):
    made = allocated(grant, editor, decision)

    for day in (date(2025, 2, 19), date(2999, 1, 1)):
        refused(lambda day=day: actions.mark_paid(allocation=made, on=day, by=editor), field="on")


@pytest.mark.parametrize("amount", [1, 40_000, 100_000])
def test_what_is_not_used_goes_back_to_the_grant(grant, editor, decision, amount):
    made = allocated(grant, editor, decision)
    actions.mark_paid(allocation=made, on=LATER, by=editor)
    state = State.PAID if amount < 100_000 else State.RETURNED

    actions.return_money(
        allocation=made,
        amount=amount,
        on=LATER,
        reason="Ikke brukt.",
        by=editor,
        version=newest_version(made),
    )

    made = again(made)
    assert (made.amount, made.state) == (100_000 - amount, state)
    assert postings(made)[2:] == [("returned", -amount, state, LATER, None)]
    assert balance_of(grant).remainder == 900_000 + amount
    assert last_entry(made).verb == "tilbakeførte midler"


@pytest.mark.parametrize("verb", ["return_money", "carry_over"])
@pytest.mark.parametrize(
    ("amount", "reason", "field"),
    [(0, "Rest.", "amount"), (-1, "Rest.", "amount"), (100_001, "Rest.", "amount"), (5, " ", "reason"), (5, "<b>", "reason")],
)  # fmt: skip
def test_a_part_is_of_what_there_is_and_has_a_reason(
    grant, next_grant, editor, decision, verb, amount, reason, field
):
    made = allocated(grant, editor, decision)
    actions.mark_paid(allocation=made, on=LATER, by=editor)
    where = {"to_grant": next_grant} if verb == "carry_over" else {}

    refused(
        lambda: getattr(actions, verb)(
            allocation=made,
            amount=amount,
            on=LATER,
            reason=reason,
            by=editor,
            version=newest_version(made),
            **where,
        ),
        field=field,
    )


@pytest.mark.parametrize(("amount", "state"), [(40_000, State.ALLOCATED), (100_000, State.CARRIED)])
def test_what_is_carried_over_holds_in_the_other_grant(grant, next_grant, editor, decision, amount, state):
    organisation = create_organisation()
    made = allocated(grant, editor, decision, recipient=organisation)
    before = [balance_of(one).remainder for one in (grant, next_grant)]

    carried = actions.carry_over(
        allocation=made,
        to_grant=next_grant,
        amount=amount,
        on=LATER,
        reason="Utsatt.",
        by=editor,
        version=newest_version(made),
    )

    made = again(made)
    assert (made.amount, made.state) == (100_000 - amount, state)
    assert postings(made)[1:] == [("carried", -amount, state, LATER, None)]
    assert (carried.grant, carried.source, carried.amount, carried.state) == (
        next_grant,
        Source.CARRIED,
        amount,
        State.ALLOCATED,
    )
    for name in ("initiative", "work_package", "recipient", "decision"):
        assert getattr(carried, name) == getattr(made, name)
    assert (carried.carried_from, made.carried_on.get()) == (made, carried)
    assert postings(carried) == [("allocated", amount, "allocated", LATER, decision)]
    transfer = Transfer.objects.get()
    assert (transfer.from_grant, transfer.to_grant, transfer.amount) == (grant, next_grant, amount)
    assert (transfer.source, transfer.allocation, transfer.on) == (Source.NEW, made, LATER)
    assert [balance_of(one).remainder for one in (grant, next_grant)] == before
    assert balance_of(next_grant).transferred_in == balance_of(next_grant).allocated_carried == amount
    assert [verbs(thing)[-1] for thing in (made, carried, grant, next_grant)] == [
        "overførte midler",
        "fikk overført midler",
        "overførte midler",
        "fikk overført midler",
    ]


def test_it_is_carried_within_its_scheme_to_another_grant(grant, editor, decision):
    made = allocated(grant, editor, decision)
    elsewhere = create_grant(year=2025, scheme=FundingScheme.objects.create(name="En annen", slug="en-annen"))

    refused(lambda: carry(made, grant, editor), field="to_grant")
    refused(lambda: carry(made, elsewhere, editor), "samme tilskuddsordning", "to_grant")


def test_it_is_carried_several_times_until_nothing_is_left(grant, next_grant, editor, decision):
    third = create_grant(year=2026, amount=1)
    made = allocated(grant, editor, decision)

    rows = [
        carry(made, to_grant, editor, amount)
        for to_grant, amount in ((next_grant, 10_000), (next_grant, 10_000), (third, 80_000))
    ]

    assert (again(made).amount, again(made).state) == (0, State.CARRIED)
    assert list(made.carried_on.order_by("pk")) == rows
    assert [balance_of(one).transferred_in for one in (next_grant, third)] == [20_000, 80_000]
    assert [balance_of(one).remainder for one in (grant, next_grant, third)] == [900_000, 500_000, 1]


def test_carried_money_is_carried_on_as_carried(grant, next_grant, editor, decision):
    third = create_grant(year=2026, amount=1)
    made = allocated(grant, editor, decision)
    for to_grant in (next_grant, third):
        made = actions.carry_over(
            allocation=made,
            to_grant=to_grant,
            amount=made.amount,
            on=LATER,
            reason="Utsatt.",
            by=editor,
            version=newest_version(made),
        )

    middle = balance_of(next_grant)
    assert (middle.transferred_in, middle.out_carried, middle.out_new) == (100_000, 100_000, 0)
    assert (middle.remainder_new, middle.remainder_carried) == (500_000, 0)
    assert balance_of(third).remainder_carried == 0
    assert made.amount == balance_of(third).allocated_carried == 100_000


# Corrected


def test_an_allocation_is_a_plan_again_and_may_be_allocated_anew(grant, editor, decision, later, cast):
    made = allocated(grant, editor, later)
    wrong = made.postings.get()

    correct(made, editor, "Feil vedtak.")

    made = again(made)
    assert (made.state, made.decision, made.amount) == (State.PLANNED, None, 100_000)
    assert postings(made)[1:] == [("corrected", -100_000, "planned", LATER, None)]
    assert (wrong.correction.reason, wrong.correction.made_by) == ("Feil vedtak.", editor)
    assert [balance_of(grant, day).remainder for day in (None, LATER)] == [1_000_000, 1_000_000]
    entry = last_entry(made)
    assert (entry.verb, entry.by, entry.new["reason"]) == ("rettet", editor, "Tildelt: Feil vedtak.")
    assert made.history.first().history_user == editor
    assert not Posting.objects.visible_to(None).exists()
    assert Posting.objects.visible_to(editor).count() == 2
    refused(lambda: correct(made, editor), "ingenting å rette")

    actions.allocate(allocations=[made], decision=decision, on=None, by=editor)
    assert (again(made).state, again(made).decision) == (State.ALLOCATED, decision)
    assert [held(made, day) for day in (MEETING, LATER)] == [100_000, 100_000]
    amount_to(made, 90_000, decision, editor)  # from the day that stands on
    assert Posting.objects.visible_to(None).count() == 4


def test_each_posting_is_taken_back_newest_first(grant, editor, decision, later):
    made = allocated(grant, editor, decision)
    steps = [
        lambda: amount_to(made, 150_000, later, editor),
        lambda: amount_to(made, 120_000, later, editor),
        lambda: actions.mark_paid(allocation=made, on=LATER, by=editor),
        lambda: give_back(made, 20_000, editor),
        lambda: report(made, editor),
        lambda: give_back(made, 100_000, editor),
    ]
    seen = []
    for step in steps:
        seen.append((again(made).amount, again(made).state, balance_of(grant, LATER)))
        step()

    while seen:
        correct(made, editor)
        assert (again(made).amount, again(made).state, balance_of(grant, LATER)) == seen.pop()
        assert balance_of(grant) == balance_of(grant, LATER)

    assert held(made, LATER) == 100_000
    assert made.postings.standing().get().kind == "allocated"


def test_what_was_withdrawn_holds_again_unless_the_money_is_used(grant, editor, decision, later):
    made = allocated(grant, editor, decision)
    withdraw(made, later, editor)
    other = plan(grant, editor, 900_001)
    actions.allocate(allocations=[other], decision=create_funding_decision(on=LAST), on=None, by=editor)

    refused(lambda: correct(made, editor), "for mye")
    correct(other, editor)
    correct(made, editor)

    assert (again(made).amount, again(made).state) == (100_000, State.ALLOCATED)
    assert balance_of(grant, LATER).remainder == 900_000


def test_a_raise_that_is_lowered_before_its_time_is_not_taken_back(grant, editor, decision, later):
    """Newest first, by when they were posted: what is dated back comes off before what it leans on."""
    made = allocated(grant, editor, decision)
    amount_to(made, 150_000, later, editor)
    amount_to(made, 60_000, decision, editor)
    assert [held(made, day) for day in (MEETING, LATER)] == [10_000, 60_000]

    correct(made, editor)
    correct(made, editor)

    assert [held(made, day) for day in (MEETING, LATER)] == [100_000, 100_000]


def test_a_mistake_binds_no_later_day(grant, editor, decision, later):
    made = allocated(grant, editor, decision)
    withdraw(made, later, editor, on=LAST)
    correct(made, editor)

    amount_to(made, 40_000, decision, editor)
    actions.mark_paid(allocation=made, on=LAST, by=editor)
    correct(made, editor)
    actions.mark_paid(allocation=made, on=LATER, by=editor)

    assert [row.on for row in made.postings.standing()] == [MEETING, MEETING, LATER]


@pytest.mark.parametrize("amount", [40_000, 100_000])
def test_a_carry_is_taken_back_with_what_it_made(grant, next_grant, editor, decision, amount):
    made = allocated(grant, editor, decision)
    before = [balance_of(one, day) for one in (grant, next_grant) for day in (None, LATER)]
    carried = carry(made, next_grant, editor, amount)
    refused(lambda: correct(carried, editor), "fra et annet år")

    correct(made, editor)

    assert (again(made).amount, again(made).state) == (100_000, State.ALLOCATED)
    assert (again(carried).amount, again(carried).state) == (0, State.CANCELLED)
    assert postings(carried)[1:] == [("corrected", -amount, "cancelled", LATER, None)]
    assert [balance_of(one, day) for one in (grant, next_grant) for day in (None, LATER)] == before
    assert (Transfer.objects.count(), Transfer.objects.standing().count()) == (2, 0)
    assert [verbs(thing)[-1] for thing in (made, carried)] == ["rettet", "rettet"]
    refused(lambda: correct(carried, editor), "ingenting å rette")
    carry(made, next_grant, editor, amount)
    assert balance_of(next_grant).allocated_carried == amount


def test_a_carry_that_is_used_in_the_other_year_stands(grant, next_grant, editor, decision):
    made = allocated(grant, editor, decision)
    carried = carry(made, next_grant, editor)
    actions.mark_paid(allocation=carried, on=LATER, by=editor)

    refused(lambda: correct(made, editor), "brukt videre i det andre året")
    correct(carried, editor)
    correct(made, editor)
    assert again(carried).state == State.CANCELLED


def test_of_several_carries_the_newest_is_taken_back(grant, next_grant, editor, decision, later):
    made = allocated(grant, editor, decision)
    first, second = carry(made, next_grant, editor), carry(made, next_grant, editor)
    actions.transfer_money(
        from_grant=grant,
        to_grant=next_grant,
        amount=5,
        source=Source.NEW,
        on=LATER,
        reason="Rest.",
        by=editor,
    )
    amount_to(second, 10_005, later, editor)

    refused(lambda: correct(made, editor), "brukt videre")
    correct(second, editor)
    for amounts in ((10_000, 0), (0, 0)):
        correct(made, editor)
        assert (again(first).amount, again(second).amount) == amounts
    assert (again(made).amount, balance_of(next_grant).transferred_in) == (100_000, 5)


@pytest.mark.parametrize("reason", ["", "  ", "<b>", "x" * 501])
def test_a_correction_says_what_was_wrong(grant, editor, decision, reason):
    made = allocated(grant, editor, decision)

    refused(lambda: correct(made, editor, reason), field="reason")


# Every verb in every state


def allocation_in(state, grant, editor, decision) -> Allocation:
    """One that has lived until that state, by the verbs themselves."""
    made = plan(grant, editor)
    if state == State.PLANNED:
        return made
    actions.allocate(allocations=[made], decision=decision, on=None, by=editor)
    by_version = {"by": editor, "version": newest_version(made)}
    if state in (State.PAID, State.REPORTED, State.RETURNED):
        actions.mark_paid(allocation=made, on=MEETING, by=editor)
        by_version["version"] = newest_version(made)
    if state == State.REPORTED:
        report(made, editor)
    if state == State.RETURNED:
        actions.return_money(allocation=made, amount=100_000, on=MEETING, reason="Rest.", **by_version)
    if state == State.CARRIED:
        other = create_grant(year=2030, amount=1)
        actions.carry_over(
            allocation=made, to_grant=other, amount=100_000, on=MEETING, reason="Rest.", **by_version
        )
    if state == State.CANCELLED:
        actions.withdraw_allocation(allocation=made, decision=decision, on=None, **by_version)
    made = again(made)
    assert made.state == state
    return made


def report(allocation, editor):
    actions.report_spending(
        allocation=allocation, as_of=MEETING, spent=5, forecast=None, comment="", is_final=True, by=editor
    )


VERBS = {
    "allocate": {State.PLANNED},
    "change_amount": {State.ALLOCATED, State.PAID},
    "withdraw": {State.ALLOCATED},
    "cancel": {State.PLANNED, State.CANCELLED},
    "pay": {State.ALLOCATED, State.PAID},
    "report": {State.PAID, State.REPORTED},
    "return": {State.PAID, State.REPORTED},
    "carry": {State.ALLOCATED, State.PAID, State.REPORTED},
    "correct": set(State.values) - {State.PLANNED},
    "rename": set(State.values) - {State.RETURNED, State.CARRIED, State.CANCELLED},
    "repurpose": set(State.values) - {State.RETURNED, State.CARRIED, State.CANCELLED},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(grant, next_grant, editor, decision, later, verb, state):
    made = allocation_in(state, grant, editor, decision)
    seen = {"allocation": made, "by": editor, "version": newest_version(made)}

    part = {"amount": 1, "on": LATER, "reason": "Rest.", **seen}
    act = {
        "allocate": lambda: actions.allocate(allocations=[made], decision=later, on=None, by=editor),
        "change_amount": lambda: actions.change_amount(amount=110_000, decision=later, on=None, **seen),
        "withdraw": lambda: actions.withdraw_allocation(decision=later, on=None, **seen),
        "cancel": lambda: actions.cancel_allocation(allocation=made, reason="Nei.", by=editor),
        "pay": lambda: actions.mark_paid(allocation=made, on=LATER, by=editor),
        "report": lambda: report(made, editor),
        "return": lambda: actions.return_money(**part),
        "carry": lambda: actions.carry_over(to_grant=next_grant, **part),
        "correct": lambda: actions.correct_allocation(reason="Feil.", **seen),
        "rename": lambda: actions.change_allocation(values={"work_package": "Ny"}, **seen),
        "repurpose": lambda: actions.change_allocation(
            values={"initiative": create_initiative()}, reason="Feil tiltak.", **seen
        ),
    }[verb]
    if state in VERBS[verb]:
        act()
    else:
        before = everything()
        with pytest.raises(NotAllowed):
            act()
        assert everything() == before


# Somebody else was first


@pytest.mark.parametrize("verb", ["change", "change_amount", "withdraw", "return", "carry", "correct"])
def test_what_somebody_else_changed_is_not_written_over(
    grant, next_grant, editor, leader, decision, later, verb
):
    made = allocated(grant, editor, decision)
    seen = {"allocation": made, "by": editor, "version": newest_version(made)}
    actions.change_allocation(
        allocation=made, values={"work_package": "En annens"}, version=seen["version"], by=leader
    )
    part = {"amount": 5, "on": LATER, "reason": "Rest.", **seen}
    act = {
        "change": lambda: actions.change_allocation(values={"work_package": "Min"}, **seen),
        "change_amount": lambda: actions.change_amount(amount=5, decision=later, on=None, **seen),
        "withdraw": lambda: actions.withdraw_allocation(decision=later, on=None, **seen),
        "return": lambda: actions.return_money(**part),
        "carry": lambda: actions.carry_over(to_grant=next_grant, **part),
        "correct": lambda: actions.correct_allocation(reason="Feil.", **seen),
    }[verb]
    before = everything()

    with pytest.raises(FactsChanged) as changed:
        act()

    assert everything() == before
    assert changed.value.by == leader
    assert changed.value.version == newest_version(made)
    assert [change.new for change in changed.value.changes] == ["En annens"]


def test_the_amount_is_always_the_sum_of_the_postings(grant, next_grant, editor, decision, later):
    for state in State.values:
        if state != State.PLANNED:
            allocation_in(state, grant, editor, decision)
    for allocation in Allocation.objects.filter(decision__isnull=False):
        assert allocation.amount == sum(posting.change for posting in allocation.postings.all())


# Which ones?


def test_what_a_decision_allocated_is_seen_by_all_and_a_plan_inside(cast, grant):
    known, planned = create_allocation(grant=grant), create_allocation(grant=grant, planned=True)

    for name, user in vars(cast).items():
        inside = name in {"editor", "leader"}
        assert set(Allocation.objects.visible_to(user)) == ({known, planned} if inside else {known})


def test_allocated_are_those_that_hold_money_then_or_now(grant, editor, decision, later):
    held = allocated(grant, editor, decision)
    gone = allocated(grant, editor, decision)
    actions.withdraw_allocation(
        allocation=gone, decision=later, on=None, by=editor, version=newest_version(gone)
    )
    plan(grant, editor)

    assert set(Allocation.objects.allocated()) == {held}
    assert set(Allocation.objects.allocated(LATER)) == {held}
    assert set(Allocation.objects.allocated(MEETING)) == {held, gone}
    assert set(Allocation.objects.allocated(date(2025, 2, 19))) == set()
    assert [row.standing for row in Allocation.objects.allocated(MEETING)] == [100_000, 100_000]
