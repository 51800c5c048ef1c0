"""Norwegian order, letters and numbers, the same on both databases."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Organisation
from helsefellesskap.norwegian import (
    ascii_slug,
    compare,
    find_national_id,
    folded,
    normalised,
    norwegian_order,
    sort_key,
)
from tests.factories import create_organisation
from tests.portfolio.test_rules import with_control_digits

ORDERED = [
    "100 dager",
    "7 dager",
    "Alvdal",
    "alvdal vest",
    "Elverum",
    "Gjøvik",
    "Grue",
    "Nord-Fron",
    "Nord-Odal",
    "Nordre Land",
    "Os",
    "Vågå",
    "Zoom",
    "Ærlig",
    "Østre Toten",
    "Øyer",
    "Åmot",
    "Åsnes",
    "Aasen",
]
BY_AA = [*ORDERED[:-2], "Aasen", "Åsnes"]


def test_sort_key_puts_signs_digits_and_letters_in_norwegian_order():
    assert sorted(ORDERED, key=sort_key) == BY_AA


@pytest.mark.django_db
def test_the_database_in_use_agrees():
    for name in ORDERED[::-1]:
        create_organisation(name=name)

    found = Organisation.objects.order_by(norwegian_order("name")).values_list("name", flat=True)
    assert list(found) == BY_AA
    found = Organisation.objects.order_by(norwegian_order("name", descending=True))
    assert list(found.values_list("name", flat=True)) == BY_AA[::-1]


@pytest.mark.django_db
def test_what_has_no_name_comes_last_both_ways():
    named, unnamed = create_organisation(parent=create_organisation(name="Å")), create_organisation()
    rows = Organisation.objects.filter(pk__in=[named.pk, unnamed.pk])

    for descending in (False, True):
        order = norwegian_order("parent__name", descending=descending)
        assert list(rows.order_by(order)) == [named, unnamed]


words = st.text(alphabet="aAbåÅæÆøØ é-1zZ", max_size=5)


@settings(max_examples=100, database=None)
@given(words, words, words)
def test_compare_is_an_order(a, b, c):
    assert compare(a, b) == -compare(b, a)
    assert (compare(a, b) == 0) == (a == b)
    if compare(a, b) <= 0 and compare(b, c) <= 0:
        assert compare(a, c) <= 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "part", "is_found"),
    [
        ("ØSTRE TOTEN", "østre", True),
        ("østre toten", "østre", True),
        ("Ærlig", "æ", True),
        ("Åmot", "åmot", True),
        ("Åmot", "amot", False),
        ("100 %", "%", True),
        ("100", "%", False),
        ("a_b", "_", True),
        ("ab", "_", False),
        ("a\\b", "\\", True),
    ],
)
def test_fold_finds_letters_whatever_the_case(text, part, is_found):
    create_organisation(name=text)

    assert Organisation.objects.filter(name__fold__contains=part).exists() == is_found


@pytest.mark.django_db
def test_folded_is_an_expression_too_and_null_stays_null():
    create_organisation(name="ÆØÅ", parent=None)

    row = Organisation.objects.annotate(low=folded("name"), none=folded("parent__name")).get()
    assert (row.low, row.none) == ("æøå", None)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Ærlig Øl på Åsen", "aerlig-ol-pa-asen"),
        ("  Helse 4,0 – «heldigitalt»  ", "helse-4-0-heldigitalt"),
        ("Café", "cafe"),
        ("漢字", ""),
        ("", ""),
        ("a" * 80, "a" * 60),
        ("ord " * 20, "ord-" * 14 + "ord"),
    ],
)
def test_ascii_slug(text, slug):
    assert ascii_slug(text) == slug
    assert len(slug) <= 60


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Bo trygt – hjemme", "bo trygt - hjemme."),
        ("«Helse  4.0»", "helse 4.0"),
        ("På", "pa\u030a"),
        ("A‑B", "a-b"),
    ],
)
def test_normalised_is_one_spelling(left, right):
    assert normalised(left) == normalised(right)


ID = with_control_digits("018190123")
D_NUMBER = with_control_digits("410190123")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ID, ID),
        (f"Gjelder {ID}, se under", ID),
        (f"{ID[:6]} {ID[6:]}", f"{ID[:6]} {ID[6:]}"),
        (f"{ID[:6]}\u00a0{ID[6:]}", f"{ID[:6]}\u00a0{ID[6:]}"),
        (D_NUMBER, D_NUMBER),
        (f"1{ID}", None),
        (f"{ID}1", None),
        (ID[:-1], None),
        (ID[:-1] + str((int(ID[-1]) + 1) % 10), None),
        ("12345678901 og 10987654321", None),
        ("", None),
    ],
)
def test_find_national_id(text, found):
    assert find_national_id(text) == found


@pytest.mark.django_db
def test_the_collation_has_postgresqls_own_name():
    with connection.cursor() as cursor:
        cursor.execute("""SELECT 'å' > 'z' COLLATE "nb-x-icu" """)
        assert cursor.fetchone()[0]
