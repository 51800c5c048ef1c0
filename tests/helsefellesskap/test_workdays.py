"""Working days with Norwegian holidays."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helsefellesskap.workdays import add_working_days, is_working_day

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))

OFF = {
    date(2025, 4, 17): "skjærtorsdag",
    date(2025, 4, 18): "langfredag",
    date(2025, 4, 21): "andre påskedag",
    date(2025, 5, 1): "arbeidernes dag",
    date(2024, 5, 17): "grunnlovsdagen",
    date(2025, 5, 29): "Kristi himmelfartsdag",
    date(2025, 6, 9): "andre pinsedag",
    date(2025, 12, 25): "første juledag",
    date(2025, 12, 26): "andre juledag",
    date(2026, 1, 1): "første nyttårsdag",
    date(2025, 9, 20): "lørdag",
    date(2025, 9, 21): "søndag",
}


@pytest.mark.parametrize("day", OFF, ids=OFF.get)
def test_these_are_no_working_days(day):
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2025, 12, 24), date(2025, 12, 31), date(2025, 4, 16), date(2025, 5, 2)])
def test_the_days_beside_them_are(day):
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (date(2025, 9, 18), -10, date(2025, 9, 4)),
        (date(2025, 4, 24), -5, date(2025, 4, 14)),  # over Easter
        (date(2025, 5, 16), 1, date(2025, 5, 19)),  # 17 May on a Saturday
        (date(2025, 12, 23), 5, date(2026, 1, 2)),  # Christmas and the new year
        (date(2025, 9, 20), 0, date(2025, 9, 22)),
        (date(2025, 9, 18), 0, date(2025, 9, 18)),
    ],
)
def test_counting_days(day, number, expected):
    assert add_working_days(day, number) == expected


@given(DAYS, st.integers(-40, 40))
def test_it_ends_on_a_working_day_and_counts_back(day, number):
    end = add_working_days(day, number)

    assert is_working_day(end)
    if is_working_day(day):
        assert add_working_days(end, -number) == day
