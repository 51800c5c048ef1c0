"""Whatever is done in whatever order: money never appears, never vanishes, and every day's account adds up."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funding import actions
from funding.models import Allocation, Source, Transfer, balance_of, balances_of
from funding.rules import NotAllowed
from portfolio.actions.versions import newest_version
from tests.factories import create_funding_decision, create_grant, create_initiative

FIRST = date(2025, 1, 1)
DAYS = [FIRST + timedelta(number) for number in range(6)]
FRAMES = [(1_000, None), (1_000, 100), (300, None)]
"""Three grants: two are exact, one is rounded and may be overdrawn by 50."""

grants = st.integers(0, len(FRAMES) - 1)
rows = st.integers(0, 9)
amounts = st.sampled_from([1, 50, 51, 120, 300, 500, 1_000])
days = st.integers(0, len(DAYS) - 1)
sources = st.sampled_from(Source.values)
steps = st.one_of(
    st.tuples(st.just("allocate"), grants, sources, amounts, days),
    st.tuples(st.just("transfer"), grants, grants, sources, amounts, days),
    st.tuples(st.just("carry"), rows, grants, amounts, days),
    st.tuples(st.just("amount"), rows, amounts, days),
    st.tuples(st.just("return"), rows, amounts, days),
    st.tuples(st.sampled_from(["withdraw", "pay", "report", "anew"]), rows, days),
    st.tuples(st.just("correct"), rows),
    st.tuples(st.just("take_back"), rows),
)
START = [
    ("allocate", 0, "new", 500, 0),
    ("allocate", 1, "new", 1_000, 1),
    ("transfer", 0, 1, "new", 120, 1),
    ("allocate", 1, "carried", 51, 2),
]
"""So that there is something to do the rest to."""


class Ledger:
    """What the accounts should say, kept apart from the program: every movement with its day, grant and kind."""

    def __init__(self, editor):
        self.editor = editor
        self.decision = create_funding_decision(on=FIRST)
        self.initiative = create_initiative()
        self.grants = [
            create_grant(year=2023 + number, amount=amount, rounded_to=rounded_to)
            for number, (amount, rounded_to) in enumerate(FRAMES)
        ]
        self.allocations = []
        self.moved = []
        """(day, grant, what, amount): what is in, new, carried, out_new or out_carried."""
        self.done = defaultdict(list)
        """By allocation: what each step moved, newest last, for as long as it stands."""
        self.transfers = []
        """(transfer, what it moved), for as long as it stands."""

    def book(self, row, *moved):
        self.moved += moved
        self.done[row.pk].append(moved)

    def at(self, grant, day=None):
        sums = defaultdict(int)
        for on, where, what, amount in self.moved:
            if where == grant and (day is None or on <= day):
                sums[what] += amount
        return sums

    def left(self, grant, source, day=None):
        """What is left now; from a day on, the least that is left at the end of any day."""
        if day is not None:
            return min(self._left_on(grant, source, later) for later in DAYS if later >= day)
        return self._left_on(grant, source, None)

    def _left_on(self, grant, source, day):
        sums = self.at(grant, day)
        if source == Source.NEW:
            return FRAMES[grant][0] + (FRAMES[grant][1] or 0) // 2 - sums["new"] - sums["out_new"]
        return sums["in"] - sums["carried"] - sums["out_carried"]

    def do(self, verb, *arguments):
        try:
            with transaction.atomic():
                getattr(self, verb)(*arguments)
        except NotAllowed:
            return False
        return True

    def row(self, number):
        """One of the allocations there are, as it is now; the whole step is skipped where there is none."""
        row = self.allocations[number % len(self.allocations)]
        row.refresh_from_db()
        place = next(place for place, grant in enumerate(self.grants) if grant.pk == row.grant_id)
        return row, place, {"allocation": row, "by": self.editor, "version": newest_version(row)}

    def allocate(self, grant, source, amount, day):
        fits = amount <= self.left(grant, source, DAYS[day])
        planned = actions.plan_allocation(
            values={
                "grant": self.grants[grant],
                "initiative": self.initiative,
                "work_package": f"Pakke {len(self.allocations)}",
                "source": source,
                "amount": amount,
            },
            by=self.editor,
        )
        try:
            actions.allocate(allocations=[planned], decision=self.decision, on=DAYS[day], by=self.editor)
        except NotAllowed:
            assert not fits
            raise
        assert fits
        self.allocations.append(planned)
        self.book(planned, (DAYS[day], grant, source, amount))

    def anew(self, number, day):
        """Allocate what a correction made a plan again."""
        row, grant, _seen = self.row(number)
        is_plan, fits = not self.done[row.pk], row.amount <= self.left(grant, row.source, DAYS[day])
        try:
            actions.allocate(allocations=[row], decision=self.decision, on=DAYS[day], by=self.editor)
        except NotAllowed:
            assert not is_plan or not fits
            raise
        assert is_plan
        assert fits
        self.book(row, (DAYS[day], grant, row.source, row.amount))

    def transfer(self, grant, to, source, amount, day):
        fits = amount <= self.left(grant, source, DAYS[day]) and grant != to
        try:
            actions.transfer_money(
                from_grant=self.grants[grant],
                to_grant=self.grants[to],
                amount=amount,
                source=source,
                on=DAYS[day],
                reason=f"Overføring {len(self.moved)}.",
                by=self.editor,
            )
        except NotAllowed:
            assert not fits
            raise
        assert fits
        moved = [(DAYS[day], grant, f"out_{source}", amount), (DAYS[day], to, "in", amount)]
        self.moved += moved
        self.transfers.append((Transfer.objects.latest("pk"), moved))

    def carry(self, number, to, amount, day):
        row, grant, seen = self.row(number)
        made = actions.carry_over(
            to_grant=self.grants[to], amount=amount, on=DAYS[day], reason="Utsatt.", **seen
        )
        self.allocations.append(made)
        self.book(
            row,
            (DAYS[day], grant, row.source, -amount),
            (DAYS[day], grant, f"out_{row.source}", amount),
            (DAYS[day], to, "in", amount),
            (DAYS[day], to, "carried", amount),
        )
        self.done[made.pk].append("carried here")
        self.done[row.pk][-1] = (made, *self.done[row.pk][-1])

    def amount(self, number, amount, day):
        row, grant, seen = self.row(number)
        change = amount - row.amount
        actions.change_amount(amount=amount, decision=self.decision, on=DAYS[day], **seen)
        self.book(row, (DAYS[day], grant, row.source, change))

    def withdraw(self, number, day):
        row, grant, seen = self.row(number)
        amount = row.amount
        actions.withdraw_allocation(decision=self.decision, on=DAYS[day], **seen)
        self.book(row, (DAYS[day], grant, row.source, -amount))

    def pay(self, number, day):
        row, _grant, _seen = self.row(number)
        was = row.state
        actions.mark_paid(allocation=row, on=DAYS[day], by=self.editor)
        if was != Allocation.State.PAID:
            self.book(row)

    def report(self, number, day):
        row, _grant, _seen = self.row(number)
        actions.report_spending(
            allocation=row, as_of=DAYS[day], spent=1, forecast=None, comment="", is_final=True, by=self.editor
        )
        if row.state == Allocation.State.PAID:
            self.book(row)

    def correct(self, number):
        """The newest step of an allocation comes out of the book, on its own day."""
        row, _grant, seen = self.row(number)
        *_older, newest = self.done[row.pk] or [None]
        made, moved = None, newest
        if newest and isinstance(newest[0], Allocation):
            made, *moved = newest
        if newest is None or newest == "carried here":
            fits = False
        elif made is not None:
            fits = self.done[made.pk] == ["carried here"]
        else:
            fits = all(-sum_ <= self.left(grant, what, on) for on, grant, what, sum_ in moved if sum_ < 0)
            fits = fits and all(sum_ <= self.held(row, on) for on, _grant, _what, sum_ in moved if sum_ > 0)
        try:
            actions.correct_allocation(reason="Feil.", **seen)
        except NotAllowed:
            assert not fits
            raise
        assert fits
        self.done[row.pk].pop()
        if made is not None:
            self.done[made.pk].pop()
        self.moved += [(on, grant, what, -amount) for on, grant, what, amount in moved]

    def held(self, row, day):
        """The least an allocation holds at the end of any day from that day on."""
        return min(sum(one.change for one in row.postings.until(later)) for later in DAYS if later >= day)

    def take_back(self, number):
        if not self.transfers:
            return
        transfer, moved = self.transfers[number % len(self.transfers)]
        on, to, _what, amount = moved[1]
        fits = amount <= self.left(to, Source.CARRIED, on)
        try:
            actions.correct_transfer(transfer=transfer, reason="Feil.", by=self.editor)
        except NotAllowed:
            assert not fits
            raise
        assert fits
        self.transfers.remove((transfer, moved))
        self.moved += [(on, grant, what, -sum_) for on, grant, what, sum_ in moved]

    def __getattr__(self, verb):
        if verb == "return":
            return self.give_back
        raise AttributeError(verb)

    def give_back(self, number, amount, day):
        row, grant, seen = self.row(number)
        left = self.left(grant, row.source)
        actions.return_money(amount=amount, on=DAYS[day], reason="Ikke brukt.", **seen)
        self.book(row, (DAYS[day], grant, row.source, -amount))
        assert self.left(grant, row.source) == left + amount

    def check(self):
        """The accounts of every grant, now and on every day, are those of the book."""
        now = balances_of(self.grants)
        held = defaultdict(int)
        for place, grant in enumerate(self.grants):
            for day in (None, FIRST - timedelta(1), *DAYS):
                balance, book = balance_of(grant, day), self.at(place, day)
                assert (
                    balance.transferred_in,
                    balance.allocated_new,
                    balance.allocated_carried,
                    balance.out_new,
                    balance.out_carried,
                ) == (book["in"], book["new"], book["carried"], book["out_new"], book["out_carried"])
                assert balance.remainder_new >= -balance.slack
                assert balance.remainder_carried >= 0
                held[day] += balance.allocated + balance.remainder
                assert balance.frame == balance.allocated_new + balance.out_new + balance.remainder_new
                assert (
                    balance.frame + balance.transferred_in
                    == balance.allocated + balance.transferred_out + balance.remainder
                )
            assert now[grant.pk] == balance_of(grant) == balance_of(grant, timezone.localdate())
        assert set(held.values()) == {sum(amount for amount, _rounded in FRAMES)}
        for row in Allocation.objects.prefetch_related("postings"):
            holds = 0 if row.is_planned else row.amount
            assert holds == sum(posting.change for posting in row.postings.all())
            for day in DAYS:
                assert sum(posting.change for posting in row.postings.all() if posting.on <= day) >= 0
            assert row.state == row.postings.latest("pk").state


@pytest.mark.django_db
@settings(
    max_examples=10,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=3, max_size=10))
def test_any_sequence_keeps_every_krone(editor, sequence):
    with transaction.atomic():
        ledger = Ledger(editor)
        for step in (*START, *sequence):
            ledger.do(*step)
        ledger.check()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_returned_money_is_there_to_be_allocated_again(editor):
    ledger = Ledger(editor)

    assert ledger.do("allocate", 0, "new", 1_000, 0)
    assert not ledger.do("allocate", 0, "new", 1, 0)
    assert not ledger.do("return", 0, 300, 1)
    assert ledger.do("pay", 0, 1)
    assert ledger.do("return", 0, 300, 1)
    assert ledger.do("allocate", 0, "new", 300, 2)
    assert not ledger.do("allocate", 0, "new", 1, 3)
    ledger.check()


@pytest.mark.django_db
def test_a_life_from_year_to_year_keeps_every_krone(editor):
    ledger = Ledger(editor)
    life = [
        ("allocate", 1, "new", 1_000, 0),
        ("pay", 0, 1),
        ("carry", 0, 2, 300, 2),
        ("amount", 1, 120, 3),
        ("transfer", 2, 0, "carried", 120, 3),
        ("carry", 1, 0, 120, 4),
        ("report", 0, 4),
        ("return", 0, 500, 5),
        ("withdraw", 2, 5),
        ("allocate", 0, "carried", 120, 5),
    ]

    assert [ledger.do(*step) for step in life] == [True] * len(life)
    ledger.check()


@pytest.mark.django_db
def test_all_of_a_life_is_taken_back_and_the_accounts_are_as_they_began(editor):
    ledger = Ledger(editor)
    life = [
        ("transfer", 1, 2, "new", 300, 0),
        ("allocate", 0, "new", 1_000, 0),
        ("amount", 0, 500, 3),
        ("amount", 0, 1_000, 3),
        ("amount", 0, 500, 1),
        ("carry", 0, 2, 120, 3),
        ("carry", 0, 2, 120, 3),
        ("pay", 0, 4),
        ("return", 0, 50, 4),
        ("report", 0, 5),
        ("return", 0, 210, 5),
    ]
    assert [ledger.do(*step) for step in life] == [True] * len(life)
    ledger.check()

    back = [("take_back", 0), *[("correct", 0)] * 10]
    for step in back:
        assert ledger.do(*step)
        ledger.check()

    assert not any(amount for place in range(3) for amount in ledger.at(place).values())
    assert not ledger.do("correct", 0)
    assert ledger.do("anew", 0, 2)
    ledger.check()
