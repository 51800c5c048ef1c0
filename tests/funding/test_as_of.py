"""The table of a grant as it was at the end of a day: money, states, names, areas, phases and the frame."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from funding import actions
from funding.documents import funding_table
from funding.models import Source
from portfolio.actions.versions import newest_version
from portfolio.documents import live_table, table_as_of
from portfolio.models import Initiative
from tests.factories import (
    at,
    create_allocation,
    create_area,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_organisation,
    create_report,
)
from tests.portfolio.test_as_of import change

pytestmark = pytest.mark.django_db

PUBLIC = AnonymousUser()
BEFORE, FEBRUARY, APRIL, JUNE = date(2025, 2, 19), date(2025, 2, 20), date(2025, 4, 1), date(2025, 6, 27)
TODAY = date(2025, 7, 1)


@pytest.fixture
def grant(db):
    return create_grant(year=2024, amount=1_000_000)


@pytest.fixture
def decision(grant):
    return create_funding_decision(on=FEBRUARY)


@pytest.fixture
def later(decision):
    return create_funding_decision(on=APRIL)


def table(grant, day=None, user=PUBLIC):
    return funding_table(grant, user, day=day, today=TODAY)


def lines(grant, day=None, user=PUBLIC) -> list[tuple[str, int, str]]:
    return [(row.title, row.amount, row.state) for _group, row in table(grant, day, user).rows]


def areas(grant, day=None, user=PUBLIC) -> list[tuple[str, int]]:
    return [(group.name, group.total) for group in table(grant, day, user).groups]


def buckets(grant, day=None, user=PUBLIC) -> dict[str, int]:
    return {bucket.code: bucket.count for bucket in table(grant, day, user).buckets}


def by_version(allocation, editor):
    return {"allocation": allocation, "by": editor, "version": newest_version(allocation)}


def test_every_change_counts_from_its_day(grant, decision, later, editor):
    raised, gone, back = (
        create_allocation(
            grant=grant, initiative=create_initiative(title=title), amount=amount, decision=decision
        )
        for title, amount in (("Økt", 100_000), ("Trukket", 200_000), ("Tilbake", 300_000))
    )
    actions.change_amount(amount=150_000, decision=later, on=None, **by_version(raised, editor))
    actions.withdraw_allocation(decision=later, on=None, **by_version(gone, editor))
    actions.mark_paid(allocation=back, on=APRIL, by=editor)
    actions.return_money(amount=40_000, on=JUNE, reason="Ikke brukt.", **by_version(back, editor))

    day_before = APRIL - timedelta(1)
    assert lines(grant, BEFORE) == []
    assert table(grant, BEFORE).balance.remainder == 1_000_000
    for day in (FEBRUARY, day_before):
        assert lines(grant, day) == [
            ("Økt", 100_000, "allocated"),
            ("Trukket", 200_000, "allocated"),
            ("Tilbake", 300_000, "allocated"),
        ]
        assert (table(grant, day).total, table(grant, day).balance.remainder) == (600_000, 400_000)
    assert lines(grant, APRIL) == [("Økt", 150_000, "allocated"), ("Tilbake", 300_000, "paid")]
    assert (table(grant, APRIL).total, table(grant, APRIL).balance.remainder) == (450_000, 550_000)
    for day in (JUNE, None):
        assert lines(grant, day) == [("Økt", 150_000, "allocated"), ("Tilbake", 260_000, "paid")]
        assert (table(grant, day).total, table(grant, day).balance.remainder) == (410_000, 590_000)


def test_carried_money_is_apart_from_its_day_on(grant, decision, editor):
    target = create_grant(year=2025, amount=500_000)
    allocation = create_allocation(grant=grant, amount=100_000, decision=decision)
    actions.carry_over(
        to_grant=target, amount=60_000, on=APRIL, reason="Utsatt.", **by_version(allocation, editor)
    )
    actions.transfer_money(
        from_grant=grant,
        to_grant=target,
        amount=200_000,
        source=Source.NEW,
        on=JUNE,
        reason="Rest.",
        by=editor,
    )

    def account(day):
        balance = table(target, day).balance
        return balance.transferred_in, balance.allocated_carried, balance.remainder_carried

    assert [account(day) for day in (FEBRUARY, APRIL, JUNE, None)] == [
        (0, 0, 0),
        (60_000, 60_000, 0),
        (260_000, 60_000, 200_000),
        (260_000, 60_000, 200_000),
    ]
    assert [table(grant, day).balance.remainder for day in (FEBRUARY, APRIL, JUNE)] == [
        900_000,
        900_000,
        700_000,
    ]
    assert [table(target, day).has_carried for day in (FEBRUARY, APRIL)] == [False, True]
    [group] = table(target, APRIL).groups
    assert (group.total, group.carried, group.new) == (60_000, 60_000, 0)


def test_names_and_areas_stand_as_they_were_then(grant):
    old, new = create_area(name="Barn og unge"), create_area(name="Bo trygt hjemme")
    initiative = create_initiative(title="Gammelt navn", area=old)
    create_allocation(grant=grant, initiative=initiative)
    change(initiative, APRIL, title="Nytt navn", program_area=new)
    change(old, APRIL, name="Barn, unge og familier")

    assert lines(grant, FEBRUARY)[0][0] == "Gammelt navn"
    assert areas(grant, FEBRUARY) == [("Barn og unge", 100_000)]
    for day in (APRIL, None):
        assert lines(grant, day)[0][0] == "Nytt navn"
        assert areas(grant, day) == [("Bo trygt hjemme", 100_000)]


@pytest.mark.parametrize(("then", "now"), [("public", "internal"), ("internal", "public")])
def test_what_was_internal_then_or_is_now_is_not_named(grant, editor, then, now):
    initiative = create_initiative(title="Det gjelder", visibility=then)
    create_allocation(grant=grant, initiative=initiative)
    change(initiative, APRIL, visibility=now)

    for day, is_named in [(FEBRUARY, False), (JUNE, now == "public"), (None, now == "public")]:
        assert lines(grant, day) == ([("Det gjelder", 100_000, "allocated")] if is_named else [])
        assert table(grant, day).total == 100_000
        assert lines(grant, day, editor) == [("Det gjelder", 100_000, "allocated")]


def funded(day, user=PUBLIC) -> list[str]:
    return [row.title for _group, row in table_as_of(day, user).rows if row.is_funded]


def test_what_money_was_for_stands_as_it_was_then(grant):
    old, new = create_area(name="Barn og unge"), create_area(name="Bo trygt hjemme")
    first = create_initiative(title="Første", area=old)
    second = create_initiative(title="Andre", area=new)
    allocation = create_allocation(
        grant=grant, initiative=first, recipient=create_organisation(name="Åmot"), work_package="Gammel"
    )
    change(
        allocation, APRIL, initiative=second, recipient=create_organisation(name="Tynset"), work_package="Ny"
    )
    change(allocation, JUNE, initiative=None, label="Konferanse", program_area=old)

    def told(day):
        [(group, row)] = table(grant, day).rows
        return group.name, row.title, row.work_package, row.recipient

    assert told(FEBRUARY) == told(APRIL - timedelta(1)) == ("Barn og unge", "Første", "Gammel", "Åmot")
    assert told(APRIL) == ("Bo trygt hjemme", "Andre", "Ny", "Tynset")
    assert told(JUNE) == told(None) == ("Barn og unge", "Konferanse", "Ny", "Tynset")
    assert [funded(day) for day in (BEFORE, FEBRUARY, APRIL, JUNE)] == [[], ["Første"], ["Andre"], []]
    assert [buckets(grant, day) for day in (APRIL, JUNE)] == [
        {"uten-status": 100_000},
        {"uten-tiltak": 100_000},
    ]


def test_what_was_entered_afterwards_was_for_what_it_was_first_for(grant):
    first, second = create_initiative(title="Første"), create_initiative(title="Andre")
    allocation = create_allocation(grant=grant, initiative=first)
    allocation.history.update(history_date=at(JUNE))
    change(allocation, TODAY, initiative=second)

    assert [lines(grant, day)[0][0] for day in (FEBRUARY, JUNE, TODAY)] == ["Første", "Første", "Andre"]
    assert [funded(day) for day in (FEBRUARY, TODAY)] == [["Første"], ["Andre"]]


@pytest.mark.parametrize("closed", ["Første", "Andre"])
def test_the_public_learns_neither_of_two_when_one_is_internal(grant, editor, closed):
    first, second = (
        create_initiative(title=title, visibility="internal" if title == closed else "public")
        for title in ("Første", "Andre")
    )
    allocation = create_allocation(grant=grant, initiative=first)
    change(allocation, APRIL, initiative=second)

    for day, title in ((FEBRUARY, "Første"), (JUNE, "Andre")):
        assert lines(grant, day, editor) == [(title, 100_000, "allocated")]
        assert closed not in [title for title, _amount, _state in lines(grant, day)]
        assert table(grant, day).total == 100_000
        assert funded(day) == ([] if title == closed else [title])
    assert lines(grant, FEBRUARY) == []
    assert (
        lines(grant, JUNE) == lines(grant) == ([] if closed == "Andre" else [("Andre", 100_000, "allocated")])
    )


def test_a_mistake_is_on_no_day(grant, decision, later, editor):
    target = create_grant(year=2025)
    kept, gone = (
        create_allocation(grant=grant, initiative=create_initiative(title=title), decision=decision)
        for title in ("Beholdt", "Rettet")
    )

    def correct(allocation):
        actions.correct_allocation(reason="Feil.", **by_version(allocation, editor))

    actions.mark_paid(allocation=kept, on=APRIL, by=editor)
    correct(kept)
    actions.carry_over(to_grant=target, amount=100_000, on=APRIL, reason="Nei.", **by_version(kept, editor))
    correct(kept)
    correct(gone)

    for day in (FEBRUARY, APRIL, JUNE, None):
        assert lines(grant, day) == [("Beholdt", 100_000, "allocated")]
        assert table(grant, day).balance.remainder == 900_000
        assert lines(target, day) == []
    assert funded(APRIL) == ["Beholdt"]


def test_a_dated_raise_leaves_the_state_of_its_day(grant, decision, later, editor):
    allocation = create_allocation(grant=grant, initiative=create_initiative(title="Økt"), decision=decision)
    actions.mark_paid(allocation=allocation, on=JUNE, by=editor)
    actions.change_amount(amount=150_000, decision=later, on=None, **by_version(allocation, editor))

    assert [lines(grant, day)[0] for day in (FEBRUARY, APRIL, JUNE)] == [
        ("Økt", 100_000, "allocated"),
        ("Økt", 150_000, "allocated"),
        ("Økt", 150_000, "paid"),
    ]


def test_unknown_status_then_is_unknown_then_and_not_now(grant):
    initiative = create_initiative()
    create_report(initiative=initiative, on=FEBRUARY, phases="oppstart", comment="")
    create_report(initiative=initiative, on=JUNE, phases="losning-drift", comment="Det går.")
    never = create_initiative()
    decision = create_funding_decision()
    create_allocation(grant=grant, initiative=initiative, decision=decision)
    create_allocation(grant=grant, initiative=never, amount=5_000, decision=decision)
    create_allocation(grant=grant, label="Konferanse", amount=700, decision=decision)

    assert table(grant, FEBRUARY).unknown == 105_000
    assert buckets(grant, FEBRUARY) == {
        "oppstart-oppstart": 100_000,
        "uten-status": 5_000,
        "uten-tiltak": 700,
    }
    for day in (JUNE, None):
        assert table(grant, day).unknown == 5_000
        assert buckets(grant, day) == {"losning-drift": 100_000, "uten-status": 5_000, "uten-tiltak": 700}


def test_the_frame_stands_as_it_was_known_then(grant):
    change(grant, APRIL, amount=1_250_000, rounded_to=100_000, used_in=2025)

    then, now = table(grant, FEBRUARY), table(grant, JUNE)

    assert (then.balance.frame, then.balance.slack, then.used_in) == (1_000_000, 0, None)
    assert (now.balance.frame, now.balance.slack, now.used_in) == (1_250_000, 50_000, 2025)
    assert table(grant, date(2020, 1, 1)).balance.frame == 1_000_000


def test_money_may_be_older_than_the_area_it_is_for(grant):
    area = create_area(name="Nytt område", on=JUNE)
    create_allocation(grant=grant, initiative=create_initiative(area=area, on=JUNE))

    assert areas(grant, FEBRUARY) == [("Nytt område", 100_000)]


def test_the_live_table_is_the_table_as_of_today(cast, grant, decision, later):
    target = create_grant(year=2025)
    first, second = create_area(), create_area()
    rows = [
        create_allocation(
            grant=grant,
            initiative=create_initiative(
                area=area, visibility=visibility, owner=cast.contributor.organisation
            ),
            decision=decision,
        )
        for area, visibility in [
            (second, "public"),
            (first, "public"),
            (second, "internal"),
            (first, "public"),
        ]
    ]
    create_report(initiative=rows[0].initiative, on=FEBRUARY)
    create_report(initiative=rows[1].initiative, on=APRIL, comment="")
    create_allocation(grant=grant, label="Konferanse", program_area=first, decision=decision)
    create_allocation(grant=grant, planned=True)
    actions.change_amount(amount=5, decision=later, on=None, **by_version(rows[1], cast.editor))
    actions.carry_over(
        to_grant=target, amount=50_000, on=APRIL, reason="Utsatt.", **by_version(rows[3], cast.editor)
    )
    today = timezone.localdate()

    for user in vars(cast).values():
        for one in (grant, target):
            live = funding_table(one, user or PUBLIC, today=today)
            assert live == funding_table(one, user or PUBLIC, day=today, today=today)
            assert live.count


def test_the_handlingsdel_marks_what_held_money_that_day(grant, decision, later, editor):
    kept, gone, planned = (create_initiative(title=title) for title in ("Beholdt", "Trukket", "Prioritert"))
    create_allocation(grant=grant, initiative=kept, decision=decision)
    withdrawn = create_allocation(grant=grant, initiative=gone, decision=decision)
    create_allocation(grant=grant, initiative=planned, planned=True)
    actions.withdraw_allocation(decision=later, on=None, **by_version(withdrawn, editor))

    def marked(found):
        return [row.title for _group, row in found.rows if row.is_funded]

    assert marked(table_as_of(BEFORE, PUBLIC)) == []
    assert marked(table_as_of(FEBRUARY, PUBLIC)) == ["Beholdt", "Trukket"]
    assert marked(table_as_of(APRIL, PUBLIC)) == ["Beholdt"]
    assert marked(live_table(Initiative.objects.all(), today=TODAY)) == ["Beholdt"]
    assert [one.title for one in Initiative.objects.with_funded(FEBRUARY) if one.is_funded] == [
        "Beholdt",
        "Trukket",
    ]
