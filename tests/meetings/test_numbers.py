"""Case numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.models import Body, Case
from meetings.rules.numbers import CaseNumber, parse_number

NUMBERS = {
    "31/25": CaseNumber(31, 2025),
    "03.25": CaseNumber(3, 2025),
    "sak 24.25": CaseNumber(24, 2025),
    "Sak 06.25": CaseNumber(6, 2025),
    "SSU 31/2025": CaseNumber(31, 2025, "ssu"),
    "pa sak 6/25": CaseNumber(6, 2025, "pa"),
    "01-21": CaseNumber(1, 2021),
    "007/25": CaseNumber(7, 2025),
    " 31 / 25 ": CaseNumber(31, 2025),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_case_numbers_are_read_as_people_write_them(text):
    assert parse_number(text) == NUMBERS[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        "0/25",
        "31/1825",
        "2014/15",
        "18.09.2025",
        "31//25",
        "31/25/1",
        "ssu",
        "31/25 og 32/25",
        "a" * 99,
    ],
)
def test_what_is_no_case_number(text):
    assert parse_number(text) is None


@given(st.integers(1, 1989), st.integers(2000, 2099), st.sampled_from(Body.NumberStyle.values))
def test_a_shown_number_is_read_back(seq, year, style):
    number = Case(body=Body(number_style=style), seq=seq, year=year).number

    assert parse_number(number) == CaseNumber(seq, year)
