"""How numbers, days and ages look."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from helsefellesskap.templatetags.norsk import alder, dato, klokke, presis, prosent, query, siden, tall


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2025, 5, 2), "02.05.2025"),
        (datetime(2025, 6, 30, 22, 30, tzinfo=UTC), "01.07.2025"),
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), "31.12.2025"),
        (None, ""),
        ("", ""),
    ],
)
def test_dato(value, shown):
    assert dato(value) == shown


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2025, 6, 30, 22, 5, tzinfo=UTC), "01.07.2025 kl.\u00a000.05"),
        (datetime(2025, 1, 1, 8, 30, tzinfo=UTC), "01.01.2025 kl.\u00a009.30"),
        (None, ""),
        ("", ""),
    ],
)
def test_klokke(at, shown):
    assert klokke(at) == shown


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("day", "20.02.2025"), ("month", "februar 2025"), ("year", "2025"), ("", "20.02.2025")],
)
def test_presis(precision, shown):
    assert presis(date(2025, 2, 20), precision) == shown
    assert presis(None, precision) == ""


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (999, "999"), (1250000, "1\u00a0250\u00a0000"), (-5000, "−5\u00a0000")]
)
def test_tall(number, shown):
    assert tall(number) == shown


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (None, ""),
        (0, "i dag"),
        (1, "1 dag"),
        (2, "2 dager"),
        (59, "59 dager"),
        (60, "2 måneder"),
        (61, "2 måneder"),
        (365, "12 måneder"),
        (729, "23 måneder"),
        (730, "2 år"),
        (1200, "3 år"),
    ],
)
def test_alder(days, shown):
    assert alder(days) == shown


def test_alder_never_says_one_months():
    assert [days for days in range(730) if alder(days) == "1 måneder"] == []


def test_siden():
    assert siden(timezone.localdate() - timedelta(days=12)) == "12 dager siden"
    assert siden(timezone.localdate()) == "i dag"
    assert siden(None) == ""


@pytest.mark.parametrize(("share", "shown"), [(12.5, "12.5%"), (100.0, "100%"), (0, "0%"), (33.33, "33.33%")])
def test_prosent(share, shown):
    assert prosent(share) == shown


@pytest.mark.parametrize(
    ("asked", "changes", "shown"),
    [
        ("", {}, "?"),
        ("q=æ&side=2", {"side": None}, "?q=%C3%A6"),
        ("q=a", {"sorter": "-meldt"}, "?q=a&sorter=-meldt"),
        ("sorter=tiltak", {"sorter": "eier"}, "?sorter=eier"),
        ("side=2", {"side": ""}, "?"),
        ("tiltak=1&tiltak=2", {}, "?tiltak=1&tiltak=2"),
    ],
)
def test_query(asked, changes, shown):
    request = HttpRequest()
    request.GET = QueryDict(asked)

    assert query(request, **changes) == shown
