"""Taking over a distribution list: any kind of file, nothing but addresses kept, all or nothing, nobody taken back in."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from openpyxl import Workbook

from accounts.models import LogEntry
from newsletters import actions, resources
from newsletters.actions.imports import LARGEST
from newsletters.models import SubscriberImport, Subscription
from newsletters.resources import addresses_in, preview
from newsletters.rules import NotAllowed
from tests import files
from tests.factories import create_import, create_subscription

pytestmark = pytest.mark.django_db

BASIS = "Lista som er brukt siden 2023, til ansatte hos partnerne."


def xlsx(*rows, more=None) -> bytes:
    """A workbook as Excel makes it; `more` are other sheets by name, before this one."""
    book = Workbook()
    for name, lines in (more or {}).items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.move_sheet(book.active, len(more or {}))
    for row in rows:
        book.worksheets[-1].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def receive(editor):
    def upload(content: bytes, name: str = "liste.csv", basis: str = BASIS) -> SubscriberImport:
        return actions.receive_list(file=SimpleUploadedFile(name, content), name=name, basis=basis, by=editor)

    return upload


def emails(source: SubscriberImport) -> list[str]:
    return [row["email"] for row in source.rows]


# What a cell holds


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("kari@example.no", ["kari@example.no"]),
        ("  Kari@Example.NO. ", ["kari@example.no"]),
        ("mailto:kari@example.no", ["kari@example.no"]),
        ("Åse Nordmann <kari@example.no>", ["kari@example.no"]),
        ('"Nordmann, Åse" <kari@example.no>;', ["kari@example.no"]),
        ("'kari@example.no'", ["kari@example.no"]),
        ("kari@example.no\u200b", ["kari@example.no"]),
        ("\u00a0kari@example.no\u00a0", ["kari@example.no"]),
        ("kari@example.no; ola@example.no", ["kari@example.no", "ola@example.no"]),
        ("Kari <kari@example.no>, Ola <ola@example.no>", ["kari@example.no", "ola@example.no"]),
        ("kari.åsen@example.no", []),
        ("kari@båtsfjord.example.no", ["kari@båtsfjord.example.no"]),
        ("kari nordmann@example.no", []),
        ("kari@example", []),
        ("kari@ example.no", []),
        ("kari(a)example.no", []),
        ("@", []),
        ("", []),
        ("Åse Nordmann", []),
        (f"{'k' * 65}@{'e' * 60}.{'e' * 60}.{'e' * 60}.{'e' * 60}.no", []),
    ],
)
def test_an_address_is_read_as_people_write_it_and_never_guessed(cell, found):
    assert addresses_in(cell) == found


# What a file holds

ROWS = [
    ["Navn", "Rolle", "E-post"],
    ["Åse Nordmann", "Leder", "kari@example.no"],
    ["Bjørn", "", "bjorn@example.no"],
]
TEXT = "\n".join(";".join(row) for row in ROWS)
FILES = {
    "workbook": (xlsx(*ROWS), "liste.xlsx", "kolonnen «E-post» i arket «Sheet»"),
    "workbook with another name": (xlsx(*ROWS), "liste.csv", "kolonnen «E-post» i arket «Sheet»"),
    "second sheet": (
        xlsx(*ROWS, more={"Om": [["Lista"]]}),
        "liste.xlsx",
        "kolonnen «E-post» i arket «Sheet»",
    ),
    "semicolons": (TEXT.encode(), "liste.csv", "kolonnen «E-post»"),
    "byte-order mark": (TEXT.encode("utf-8-sig"), "liste.csv", "kolonnen «E-post»"),
    "latin-1": (TEXT.encode("latin-1"), "liste.csv", "kolonnen «E-post»"),
    "utf-16": (TEXT.encode("utf-16"), "liste.txt", "kolonnen «E-post»"),
    "commas": (TEXT.replace(";", ",").encode(), "liste.csv", "kolonnen «E-post»"),
    "tabs": (TEXT.replace(";", "\t").encode(), "liste.txt", "kolonnen «E-post»"),
    "commas in the names": (
        TEXT.replace("Åse Nordmann", "Nordmann, Åse, Hamar, Norge").encode(),
        "liste.csv",
        "kolonnen «E-post»",
    ),
    "old line ends": (TEXT.replace("\n", "\r").encode(), "liste.csv", "kolonnen «E-post»"),
    "one column": (b"E-post\nkari@example.no\nbjorn@example.no\n", "liste.csv", "kolonnen «E-post»"),
    "one column without heading": (b"kari@example.no\r\nbjorn@example.no", "liste.txt", "kolonne 1"),
    "pasted from a mail program": (
        "Åse Nordmann <kari@example.no>; Bjørn <bjorn@example.no>".encode(),
        "liste.txt",
        "kolonne 1",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_column_with_addresses_is_found_whatever_the_file_is(receive, kind):
    content, name, place = FILES[kind]
    source = receive(content, name)

    assert emails(source) == ["kari@example.no", "bjorn@example.no"]
    assert (source.place, source.file_name, source.basis) == (place, name, BASIS)


def test_nothing_but_addresses_is_kept(receive):
    source = receive(xlsx(*ROWS), "liste.xlsx")

    kept = str(SubscriberImport.objects.values().get(pk=source.pk)) + str(list(LogEntry.objects.values()))
    assert ("Nordmann" in kept, "Leder" in kept) == (False, False)


def test_row_numbers_are_those_of_the_file(receive):
    source = receive(b"E-post;Navn\n\nkari@example.no;Kari\n;Uten\nfeil;Feil\n\n\nola@example.no;Ola\n")

    assert [(row["row"], row["email"], row["text"]) for row in source.rows] == [
        (3, "kari@example.no", ""),
        (4, "", ""),
        (5, "", "feil"),
        (8, "ola@example.no", ""),
    ]


def test_addresses_in_other_columns_are_told_of(receive):
    source = receive(b"Jobb;Privat\na@example.no;b@example.no\nc@example.no;\n")

    assert emails(source) == ["a@example.no", "c@example.no"]
    assert source.place == "kolonnen «Jobb». 1 adresse i andre kolonner er ikke med"


def test_every_sheet_with_addresses_is_read(receive):
    content = xlsx(*ROWS, more={"Sykehus": [["Post"], ["a@example.no"], ["b@example.no"]], "Om": [["Lista"]]})
    source = receive(content, "liste.xlsx")

    assert set(emails(source)) == {"kari@example.no", "bjorn@example.no", "a@example.no", "b@example.no"}
    assert source.place in {"2 ark: Sheet, Sykehus", "2 ark: Sykehus, Sheet"}
    assert {row["row"] for row in source.rows} == {"Sheet 2", "Sheet 3", "Sykehus 2", "Sykehus 3"}


# What is not taken

WORKBOOK = xlsx(*ROWS)


def bomb() -> bytes:
    """A workbook whose sheet unpacks to 12 MB of the same row."""
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    row = b"<row><c><v>1</v></c></row>"
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", row * (12_000_000 // len(row)) + b"</sheetData>")
    return files.package(parts)


REFUSED = {
    "empty": (b"", "liste.csv", "«liste.csv» er tom."),
    "blank": (b"\n\n  \n", "liste.csv", "Vi fant ingen e-postadresser i «liste.csv»."),
    "no addresses": (b"Navn\nKari\n", "liste.csv", "Vi fant ingen e-postadresser i «liste.csv»."),
    "too large": (b"x" * (LARGEST + 1), "stor.csv", "«stor.csv» er for stor. Grensen er 2 MB."),
    "too many rows": (
        b"a@example.no\n" * 20_001,
        "lang.csv",
        "«lang.csv» har mer enn 20\u00a0000 rader. Del den i flere filer.",
    ),
    "PDF": (files.pdf(), "liste.csv", "lot seg ikke lese som en liste"),
    "Word": (files.docx(), "liste.docx", "lot seg ikke lese som en liste"),
    "web page": (b"<html><body>a@example.no</body></html>", "liste.xls", "lot seg ikke lese som en liste"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "liste.csv", "lot seg ikke lese som en liste"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "liste.xls", "eldre Excel-format"),
    "cut short": (WORKBOOK[: len(WORKBOOK) // 2], "liste.xlsx", "er skadet og kan ikke åpnes"),
    "not a workbook": (files.xlsx("kari@example.no"), "liste.xlsx", "lot seg ikke lese som en liste"),
    "macros": (files.xlsx("x", extra={"xl/vbaProject.bin": b"x"}), "liste.xlsx", "lot seg ikke lese"),
    "bomb": (bomb(), "liste.xlsx", "lot seg ikke lese som en liste"),
    "no basis": (b"a@example.no", "liste.csv", "Skriv hvor lista kommer fra, og hva grunnlaget er."),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_list_is_refused_with_a_sentence_at_its_field(receive, kind):
    content, name, sentence = REFUSED[kind]
    with pytest.raises(NotAllowed) as refusal:
        receive(content, name, basis="  " if kind == "no basis" else BASIS)

    assert sentence in str(refusal.value)
    assert refusal.value.field == ("basis" if kind == "no basis" else "file")
    assert not SubscriberImport.objects.exists()


# What taking it in does

LIST = """E-post
ny@example.no
NY@example.no
abonnerer@example.no
avmeldt@example.no
ventende@example.no
feil
siste@example.no
"""


@pytest.fixture
def known(db):
    return {
        state: create_subscription(email=email, state=state)
        for state, email in (
            ("active", "abonnerer@example.no"),
            ("ended", "avmeldt@example.no"),
            ("waiting", "ventende@example.no"),
        )
    }


def test_the_preview_says_what_becomes_of_every_row_and_changes_nothing(receive, known):
    source = receive(LIST.encode())
    before = list(Subscription.objects.values())
    outcome = preview(source)

    assert {name: [row["row"] for row in rows] for name, rows in vars(outcome).items()} == {
        "new": [2, 6, 8],
        "already": [4],
        "ended": [5],
        "double": [3],
        "invalid": [7],
    }
    assert outcome.invalid[0]["text"] == "feil"
    assert list(Subscription.objects.values()) == before


def test_new_addresses_subscribe_on_the_stated_basis(receive, known, editor):
    source = receive(LIST.encode())
    assert actions.confirm_import(source=source, by=editor) == 3

    source.refresh_from_db()
    assert (source.added, source.rows, source.confirmed_at is not None) == (3, [], True)
    new = Subscription.objects.filter(imported_in=source)
    assert list(new.values_list("email", "state", "basis", "confirmed_at")) == [
        ("ny@example.no", "active", "imported", None),
        ("siste@example.no", "active", "imported", None),
        ("ventende@example.no", "active", "imported", None),
    ]
    assert (LogEntry.objects.first().verb, LogEntry.objects.first().new) == (
        "tok inn en adresseliste",
        {"nye": 3},
    )


def test_whoever_left_is_never_taken_back_in(receive, known, editor):
    for _time in range(2):
        actions.confirm_import(source=receive(LIST.encode()), by=editor)

    known["ended"].refresh_from_db()
    assert (known["ended"].state, known["ended"].imported_in) == ("ended", None)


def test_confirming_twice_adds_nothing(receive, editor):
    source = receive(LIST.encode())
    actions.confirm_import(source=source, by=editor)
    before = list(Subscription.objects.values())
    with pytest.raises(NotAllowed, match="allerede tatt inn"):
        actions.confirm_import(source=source, by=editor)
    with pytest.raises(NotAllowed, match="allerede tatt inn"):
        actions.discard_import(source=source, by=editor)

    assert list(Subscription.objects.values()) == before


def test_the_same_list_again_adds_nobody(receive, editor):
    actions.confirm_import(source=receive(LIST.encode()), by=editor)

    assert actions.confirm_import(source=receive(LIST.encode()), by=editor) == 0


def test_it_is_all_or_nothing(receive, editor, monkeypatch):
    def fail(*_arguments, **_fields):
        raise IntegrityError

    source = receive("\n".join(f"leser{n}@example.no" for n in range(1200)).encode())
    monkeypatch.setattr(resources.SubscriptionResource, "after_import", fail)
    with pytest.raises(NotAllowed, match="Ingenting er endret"):
        actions.confirm_import(source=source, by=editor)

    source.refresh_from_db()
    assert (Subscription.objects.count(), source.confirmed_at, len(source.rows)) == (0, None, 1200)


def test_a_discarded_list_is_forgotten(receive, editor):
    actions.discard_import(source=receive(LIST.encode()), by=editor)

    assert (SubscriberImport.objects.count(), Subscription.objects.count()) == (0, 0)


def test_a_thousand_addresses_are_taken_in_with_few_queries(editor, django_assert_max_num_queries):
    rows = [{"row": n, "email": f"leser{n}@example.no", "text": ""} for n in range(1000)]
    source = create_import(rows=rows, by=editor)
    with django_assert_max_num_queries(60):
        assert len(preview(source).new) == 1000
        assert actions.confirm_import(source=source, by=editor) == 1000
