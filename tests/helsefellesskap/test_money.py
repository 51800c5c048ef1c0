"""Whole kroner as people write them, on the screen, in forms and in spreadsheets."""

from io import BytesIO

import pytest
from django import forms
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from helsefellesskap.fields import KronerField
from helsefellesskap.money import LIMIT, NotKroner, kroner, parse_kroner, tall
from helsefellesskap.spreadsheets import as_file, dataset

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"

READ = {
    "1 250 000": 1_250_000,
    f"1{NBSP}250{NBSP}000": 1_250_000,
    f"1{NARROW}250{NARROW}000": 1_250_000,
    f"1{THIN}250 000": 1_250_000,
    f" \t1{NBSP}250 000{NARROW}kr ": 1_250_000,
    "1250000": 1_250_000,
    "1.250.000": 1_250_000,
    "1,250,000": 1_250_000,
    "1 250,00": 1_250,
    "1.250.000,00": 1_250_000,
    "100,00": 100,
    "10,7 mill": 10_700_000,
    "10.7 mill.": 10_700_000,
    "10,7mill": 10_700_000,
    "10,7 MILL. kr": 10_700_000,
    "0,5 mill": 500_000,
    "1,25 mill": 1_250_000,
    "kr 500 000": 500_000,
    "kr. 500 000,-": 500_000,
    "500 000,–": 500_000,
    "kr500000": 500_000,
    "500000kr": 500_000,
    "NOK 500 000": 500_000,
    "500 tusen": 500_000,
    "2,5 tusen": 2_500,
    "2 millioner kroner": 2_000_000,
    "1 million": 1_000_000,
    "1 mrd": 1_000_000_000,
    "1,1 mrd.": 1_100_000_000,
    "1 milliard": 1_000_000_000,
    "1,5 milliarder kroner": 1_500_000_000,
    "999 999 999 999": LIMIT,
    "0": 0,
    "007": 7,
}

TWO_WAYS, NO_AMOUNT, ORE = "kan bety to ting", "er ikke et beløp", "uten øre"
NEGATIVE, TOO_MUCH = "mindre enn null", "for mye til å være riktig"

REFUSED = {
    "1.250": TWO_WAYS,
    "1,250": TWO_WAYS,
    "500.000": TWO_WAYS,
    "kr 500.000": TWO_WAYS,
    "500,000 kr": TWO_WAYS,
    "1.250 mill": TWO_WAYS,
    "1,250 mill.": TWO_WAYS,
    "1.250 tusen": TWO_WAYS,
    "12 50": NO_AMOUNT,
    "1 2500": NO_AMOUNT,
    "1250 000": NO_AMOUNT,
    "1.2500.000": NO_AMOUNT,
    "1.250,000": NO_AMOUNT,
    "100,50": ORE,
    "100,5": ORE,
    "1 250.50": ORE,
    "1250.000": ORE,
    "1,2345678 mill": ORE,
    "2,5555 tusen": ORE,
    "-100": NEGATIVE,
    "−100": NEGATIVE,
    "–100 kr": NEGATIVE,
    "٣٠٠": NO_AMOUNT,
    "１００": NO_AMOUNT,
    "²": NO_AMOUNT,
    "½ mill": NO_AMOUNT,
    "1 000 000 000 000": TOO_MUCH,
    "9" * 20: TOO_MUCH,
    "1 000 mrd": TOO_MUCH,
    "1" + " 000" * 2000: NO_AMOUNT,
    "9" * 5000: NO_AMOUNT,
    "": NO_AMOUNT,
    " \u00a0": NO_AMOUNT,
    "kr": NO_AMOUNT,
    "mill": NO_AMOUNT,
    "en halv million": NO_AMOUNT,
    "1e6": NO_AMOUNT,
    "+5": NO_AMOUNT,
    "1 000 til 2 000": NO_AMOUNT,
}


@pytest.mark.parametrize("text", READ, ids=ascii)
def test_amounts_are_read_as_people_write_them(text):
    assert parse_kroner(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:30]))
def test_what_is_no_amount_is_asked_about_in_a_sentence(text):
    with pytest.raises(NotKroner, match=REFUSED[text]) as no:
        parse_kroner(text)

    assert len(str(no.value)) < 160


def test_an_amount_of_two_meanings_is_shown_as_it_was_typed_with_the_likely_one():
    with pytest.raises(NotKroner) as no:
        parse_kroner("kr 500.000")

    assert str(no.value) == (
        "«kr 500.000» kan bety to ting. Skriv 500 000 hvis du mener tusen, uten punktum og komma."
    )


amounts = st.integers(0, LIMIT)


@given(amounts)
def test_a_shown_amount_is_read_back(amount):
    assert parse_kroner(kroner(amount)) == parse_kroner(tall(amount)) == amount


SPELLINGS = ["{}", "{} kr", "kr {}", "kr. {},-", "{} kroner", "NOK {}", "  {} ", "{},00", "{},–"]
SPACES = st.sampled_from(["", " ", NBSP, NARROW, THIN])


@given(amounts, SPACES, st.sampled_from(SPELLINGS))
def test_every_spelling_of_whole_kroner_is_read(amount, space, spelling):
    assert parse_kroner(spelling.format(f"{amount:,}".replace(",", space))) == amount


SCALES = {
    "tusen": 10**3,
    "mill": 10**6,
    "mill.": 10**6,
    "millioner": 10**6,
    "mrd": 10**9,
    "mrd.": 10**9,
    "milliarder": 10**9,
}


@given(st.integers(0, 999), st.integers(0, 99), st.sampled_from(list(SCALES)), st.sampled_from([",", "."]))
def test_every_scale_is_read(whole, hundredths, scale, mark):
    amount = (100 * whole + hundredths) * SCALES[scale] // 100

    assert parse_kroner(f"{whole}{mark}{hundredths:02} {scale}") == amount


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_is_asked_about(text):
    try:
        amount = parse_kroner(text)
    except NotKroner:
        return
    assert 0 <= amount <= LIMIT
    assert any(sign in "0123456789" for sign in text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1_250_000, f"1{NBSP}250{NBSP}000{NBSP}kr"),
        (999, f"999{NBSP}kr"),
        (0, f"0{NBSP}kr"),
        (-12_500, f"−12{NBSP}500{NBSP}kr"),
        (None, ""),
        ("", ""),
    ],
)
def test_the_filter_shows_kroner_that_no_line_breaks(value, shown):
    assert Template("{% load norsk %}{{ value|kroner }}").render(Context({"value": value})) == shown


class MoneyForm(forms.Form):
    amount = KronerField()
    spent = KronerField(required=False, min_value=0)


@pytest.mark.parametrize(
    ("typed", "amount"), [("10,7 mill", 10_700_000), (f"500{NARROW}000 kr", 500_000), ("1", 1)]
)
def test_the_field_cleans_to_whole_kroner(typed, amount):
    form = MoneyForm({"amount": typed})

    assert form.is_valid()
    assert form.cleaned_data == {"amount": amount, "spent": None}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1.250", TWO_WAYS),
        ("mye", NO_AMOUNT),
        ("0", "minst 1"),
        ("-5", NEGATIVE),
        ("9" * 5000, NO_AMOUNT),
        ("", "påkrevet"),
    ],
)
def test_the_field_keeps_what_was_typed_and_shows_the_sentence(typed, sentence):
    form = MoneyForm({"amount": typed})

    assert not form.is_valid()
    assert sentence in form.errors["amount"][0]
    assert form["amount"].value() == typed
    if typed:
        assert f'value="{typed}"' in str(form["amount"])


def test_nothing_is_an_amount_where_the_field_says_so():
    assert MoneyForm({"amount": "5", "spent": "0"}).is_valid()
    assert MoneyForm({"amount": "5", "spent": "0"}).fields["spent"].clean("0") == 0


def test_the_field_is_filled_with_spaces_and_knows_what_changed():
    form = MoneyForm(initial={"amount": 1_250_000})

    assert f'value="1{NBSP}250{NBSP}000"' in str(form["amount"])
    field = form.fields["amount"]
    assert not field.has_changed(1_250_000, f"1{NBSP}250{NBSP}000")
    assert not field.has_changed(1_250_000, "1,25 mill")
    assert field.has_changed(1_250_000, "1 250 001")
    assert field.has_changed(1_250_000, "1.250")


def test_a_sheet_holds_amounts_as_numbers_and_text_never_as_formulas():
    rows = [("=1+1", 1_250_000, 0), ("-5", -20, 333_333)]
    content = as_file(dataset("Midler", ["Tiltak", "Nye", "Beløp"], rows), "xlsx")

    sheet = load_workbook(BytesIO(content)).active
    found = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)]

    assert found == [
        [("=1+1", "s"), (1_250_000, "n"), (0, "n")],
        [("-5", "s"), (-20, "n"), (333_333, "n")],
    ]
    assert {cell.number_format for row in sheet.iter_rows(min_row=2, min_col=2) for cell in row} == {"# ##0"}


def test_a_text_file_holds_negative_amounts_as_they_are_and_formulas_as_text():
    content = as_file(dataset("Midler", ["Tiltak", "Beløp"], [("=1+1", -20), ("@SUM(A1)", 5)]), "csv")

    assert content.decode("utf-8-sig").split() == ["Tiltak,Beløp", "'=1+1,-20", "'@SUM(A1),5"]
