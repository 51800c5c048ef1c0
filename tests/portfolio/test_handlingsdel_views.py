"""The handlingsdel on screen and as files, and its frozen editions."""

import hashlib
from datetime import date, timedelta
from io import BytesIO

import pypdfium2
import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import LogEntry
from portfolio import actions, rules
from portfolio.models import Edition
from tests.factories import at, create_area, create_initiative, create_report
from tests.portfolio.pages import body, main, sheet, text

pytestmark = pytest.mark.django_db

JUNE = date(2025, 6, 27)


@pytest.fixture
def table(db):
    barn, bo = create_area(name="Barn og unge"), create_area(name="Bo trygt hjemme", is_decided=True)
    first = create_initiative(title="Familiens hus", slug="hus", area=barn)
    create_report(initiative=first, on=JUNE, phases="losning-drift", comment="Prøver ut.\nMer i mai.")
    second = create_initiative(title="Trygg utskriving", slug="trygg", area=bo)
    create_report(initiative=second, on=date(2025, 3, 1), phases="innsikt", comment="Kartlegger.")
    create_report(initiative=second, on=JUNE, phases="innsikt", comment="")
    return first, second


ROWS = [
    ["Programområde", "Tiltak", "Fase", "Status", "Finansiert"],
    ["Barn og unge", "Familiens hus", "Løsning/Drift", "Prøver ut.\nMer i mai.", "nei"],
    ["Bo trygt hjemme", "Trygg utskriving", "Innsikt", "Ikke meldt siden 01.03.2025", "nei"],
]


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


@pytest.mark.parametrize("query", ["", "?dato=2025-06-30", "?dato=30.06.2025", "?dato="])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_files_have_the_columns_of_the_paper_and_who_is_funded(table, client_of, query, file_format):
    assert sheet(client_of(None).get(f"/handlingsdel.{file_format}{query}")) == ROWS


def test_the_screen_has_the_rows_of_the_file(table, client_of):
    words = main(client_of(None).get("/handlingsdel/?dato=2025-06-30"))

    assert "Status per 30.06.2025 for 2 tiltak" in words
    assert (
        "Barn og unge Familiens hus Løsning/Drift Prøver ut. Mer i mai. "
        "Bo trygt hjemme Trygg utskriving Innsikt Ikke meldt siden 01.03.2025"
    ) in words
    assert "Foreslått, ikke besluttet: Barn og unge." in words


def test_a_decided_division_has_no_caveat(client_of, db):
    create_initiative(area=create_area(is_decided=True))

    assert "ikke besluttet" not in main(client_of(None).get("/handlingsdel/"))


def test_the_csv_opens_in_excel_with_its_letters(table, client_of):
    response = client_of(None).get("/handlingsdel.csv")

    assert response.content.startswith(b"\xef\xbb\xbf")
    today = timezone.localdate().isoformat()
    assert response["Content-Disposition"] == f'attachment; filename="handlingsdel-{today}.csv"'


def test_the_comparison_as_a_file_has_one_row_for_each_change(table, client_of):
    rows = sheet(client_of(None).get("/handlingsdel.csv?fra=2025-03-02&til=2025-06-30"))

    assert rows[0] == ["Programområde", "Tiltak", "Endret", "02.03.2025", "30.06.2025"]
    assert rows[1:] == [
        ["Barn og unge", "Familiens hus", "Fase", "Ikke meldt", "Løsning/Drift"],
        ["Barn og unge", "Familiens hus", "Status", "Ikke meldt", "Prøver ut.\nMer i mai."],
        ["Bo trygt hjemme", "Trygg utskriving", "Status", "Kartlegger.", "Ikke meldt siden 01.03.2025"],
    ]
    assert "2 tiltak er endret" in main(client_of(None).get("/handlingsdel/?fra=2025-03-02&til=2025-06-30"))


def test_a_comparison_without_a_last_day_is_with_today(table, client_of):
    assert "Ingenting er endret" in main(client_of(None).get("/handlingsdel/?fra=2025-06-30"))


TOMORROW = (timezone.localdate() + timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"dato={TOMORROW}", "fram i tid"),
        ("dato=31.02.2025", "dd.mm.åååå"),
        ("dato=i+går", "dd.mm.åååå"),
        ("dato=%00", "dd.mm.åååå"),
        ("til=2025-06-30", "Skriv hvilken dag det skal sammenlignes med."),
        ("fra=", "Skriv hvilken dag det skal sammenlignes med."),
        ("fra=2025-06-30&til=2025-03-01", "Den første dagen må komme før den siste."),
        (f"fra=2025-03-01&til={TOMORROW}", "fram i tid"),
        ("fra=abc&til=2025-03-01", "dd.mm.åååå"),
    ],
)
def test_a_day_that_is_none_is_explained_on_the_page_in_every_format(table, client_of, query, sentence):
    for address in ("/handlingsdel/", "/handlingsdel.csv", "/handlingsdel.xlsx", "/handlingsdel.pdf"):
        response = client_of(None).get(f"{address}?{query}")
        assert response.status_code == 422
        assert sentence in main(response)


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "2000-02-29"])
def test_a_day_long_ago_has_no_initiatives_and_no_crash(table, client_of, day):
    assert "Ingen tiltak i handlingsdelen" in main(client_of(None).get(f"/handlingsdel/?dato={day}"))
    assert sheet(client_of(None).get(f"/handlingsdel.csv?dato={day}")) == ROWS[:1]


@pytest.mark.parametrize("cell", ["=1+1", "+47 61 00 00 00", "-5 %", "@alle", "=HYPERLINK(A1)"])
@pytest.mark.parametrize(
    "address", ["/handlingsdel.csv", "/handlingsdel.xlsx", "/tiltak.csv", "/tiltak.xlsx"]
)
def test_a_text_that_looks_like_a_formula_is_text(client_of, db, address, cell):
    create_report(initiative=create_initiative(title=cell, slug="x"), comment=cell, next_step=cell)

    header, row = sheet(client_of(None).get(address))
    cells = dict(zip(header, row, strict=True))
    shown = f"'{cell}" if address.endswith("csv") else cell  # a sheet knows what is text
    assert cells["Tiltak"] == cells["Status"] == shown
    if address.endswith("xlsx"):
        page = load_workbook(BytesIO(client_of(None).get(address).content)).active
        assert {cell.data_type for cell in page[2] if isinstance(cell.value, str)} == {"s"}


@pytest.mark.parametrize("address", ["/handlingsdel.xlsx", "/tiltak.xlsx", "/handlingsdel.csv"])
def test_a_sign_that_excel_cannot_hold_does_not_stop_the_file(client_of, db, address):
    """Word's soft line break is a vertical tab."""
    create_report(initiative=create_initiative(), comment="En linje\vog en til\x07")

    response = client_of(None).get(address)

    assert response.status_code == 200
    assert "og en til" in str(sheet(response))


def test_the_pdf_says_what_the_screen_says(table, client_of):
    response = client_of(None).get("/handlingsdel.pdf?dato=2025-06-30")

    assert response["Content-Type"] == "application/pdf"
    words = pdf_text(response.content)
    for cells in ROWS[1:]:
        for cell in cells[:4]:
            assert " ".join(cell.split()) in words
    assert "Status per 30.06.2025" in words
    assert "ikke besluttet" in words


def test_the_pdf_of_the_public_holds_nothing_internal_and_the_editors_says_that_it_does(
    table, client_of, editor
):
    create_initiative(title="Hemmelig arbeid", visibility="internal")

    assert "Hemmelig" not in pdf_text(client_of(None).get("/handlingsdel.pdf").content)
    inside = pdf_text(client_of(editor).get("/handlingsdel.pdf").content)
    assert "Hemmelig arbeid" in inside
    assert "1 internt tiltak" in inside


# Editions


def test_an_edition_is_frozen_whatever_happens_afterwards(table, client_of, editor):
    hidden = create_initiative(title="Hemmelig arbeid", visibility="internal")
    client = client_of(editor)
    response = client.post(
        "/handlingsdel/utgaver/ny/",
        {"title": "Handlingsdel juni", "as_of": "2025-06-30", "note": "Til SSU."},
    )
    assert response.url == "/handlingsdel/utgaver/1/"
    edition = Edition.objects.get()
    public = client_of(None)
    page = main(public.get("/handlingsdel/utgaver/1/"))
    content = b"".join(public.get("/handlingsdel/utgaver/1.pdf").streaming_content)
    assert hashlib.sha256(content).hexdigest() == edition.sha256
    assert edition.sha256 in page
    assert ("Familiens hus" in page, "Hemmelig" in page) == (True, False)
    assert hidden.title not in pdf_text(content)

    first, second = table
    actions.change_initiative(
        initiative=first, values={"title": "Nytt navn"}, version=first.history.first().history_id, by=editor
    )
    actions.close_initiative(initiative=second, closed_as="archived", reason="Ferdig.", by=editor)

    assert main(public.get("/handlingsdel/utgaver/1/")) == page
    assert b"".join(public.get("/handlingsdel/utgaver/1.pdf").streaming_content) == content
    assert LogEntry.objects.about(edition).get().new["sha256"] == edition.sha256


def test_an_edition_links_only_to_pages_the_reader_may_open(client_of, editor):
    initiative = create_initiative(title="Skjult siden", slug="skjult-siden")
    create_initiative(title="Åpent", slug="apent")
    actions.publish_edition(as_of=timezone.localdate(), title="Handlingsdel", by=editor)
    initiative.visibility = "internal"
    initiative.save()

    public, secretariat = (body(client_of(user).get("/handlingsdel/utgaver/1/")) for user in (None, editor))

    assert ("Skjult siden" in public, 'href="/tiltak/skjult-siden/"' in public) == (True, False)
    assert 'href="/tiltak/apent/"' in public
    assert 'href="/tiltak/skjult-siden/"' in secretariat


def test_a_new_edition_supersedes_visibly_and_only_once(table, client_of, editor):
    first = actions.publish_edition(as_of=JUNE, title="Handlingsdel", by=editor)
    second = actions.publish_edition(
        as_of=JUNE, title="Handlingsdel", note="Rettet.", by=editor, supersedes=first
    )

    assert (second.number, second.supersedes) == (2, first)
    client = client_of(None)
    assert "Denne utgaven er erstattet av utgave 2 ." in main(client.get("/handlingsdel/utgaver/1/"))
    assert "Erstatter utgave 1" in main(client.get("/handlingsdel/utgaver/2/"))
    assert "Erstattet av utgave 2" in main(client.get("/handlingsdel/utgaver/"))
    with pytest.raises(rules.NotAllowed) as no:
        actions.publish_edition(as_of=JUNE, title="Ny", by=editor, supersedes=first)
    assert no.value.field == "supersedes"
    choices = body(client_of(editor).get("/handlingsdel/utgaver/ny/"))
    assert f'<option value="{first.pk}">' not in choices
    assert f'<option value="{second.pk}">' in choices


def test_an_edition_sent_twice_is_published_once(table, client_of, editor):
    client = client_of(editor)
    data = {"title": "Handlingsdel", "as_of": "2025-06-30"}
    client.post("/handlingsdel/utgaver/ny/", data)

    again = client.post("/handlingsdel/utgaver/ny/", data)

    assert again.status_code == 422
    assert "allerede publisert, som utgave 1" in main(again)
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "påkrevet"),
        ({"title": "<b>Juni</b>"}, "HTML-koder"),
        ({"note": "<b>Juni</b>"}, "HTML-koder"),
        ({"note": "x" * 501}, "500"),
        ({"as_of": TOMORROW}, "fram i tid"),
        ({"as_of": "abc"}, "dd.mm.åååå"),
        ({"as_of": "2001-01-01"}, "ingen tiltak i porteføljen den dagen"),
        ({"supersedes": "99"}, "gyldig"),
    ],
)
def test_an_edition_that_cannot_be_published_leaves_nothing(table, client_of, editor, fields, sentence):
    data = {"title": "Handlingsdel", "as_of": "2025-06-30", **fields}

    response = client_of(editor).post("/handlingsdel/utgaver/ny/", data)

    assert response.status_code == 422
    assert sentence in main(response)
    assert (Edition.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_the_edition_form_opens_on_the_day_that_was_shown(table, client_of, editor):
    assert 'value="2025-06-30"' in body(client_of(editor).get("/handlingsdel/utgaver/ny/?dato=2025-06-30"))
    assert client_of(editor).get("/handlingsdel/utgaver/ny/?dato=%00abc").status_code == 200


def test_who_published_an_edition_is_not_for_the_public(client_of, editor):
    Edition.objects.create(
        number=1,
        title="Handlingsdel",
        as_of=JUNE,
        data={"day": "2025-06-27", "groups": []},
        published_by=editor,
        published_at=at(JUNE),
    )

    assert "Publisert 27.06.2025 kl. 12.00 av sekretariatet" in text(
        client_of(None).get("/handlingsdel/utgaver/1/")
    ).replace("\u00a0", " ")
    assert "av Sekretariatet" in main(client_of(editor).get("/handlingsdel/utgaver/1/"))


def test_what_is_internal_says_so_wherever_an_insider_takes_it(client_of, editor):
    create_report(initiative=create_initiative(title="Åpent"), on=date(2025, 1, 1))
    secret = create_initiative(title="Skjult", visibility="internal")
    create_report(initiative=secret, on=date(2025, 3, 1))
    client = client_of(editor)

    assert "Skjult Intern" in main(client.get("/handlingsdel/"))
    assert "Skjult Intern" in main(client.get("/handlingsdel/?fra=2025-02-01&til=2025-06-30"))
    for address in ("/handlingsdel.csv", "/handlingsdel.csv?fra=2025-02-01&til=2025-06-30", "/tiltak.csv"):
        header, *rows = sheet(client.get(address))
        marks = {row[header.index("Tiltak")]: row[header.index("Synlighet")] for row in rows}
        assert marks["Skjult"] == "Intern", address
    assert "Synlighet" not in sheet(client_of(None).get("/handlingsdel.csv"))[0]


def test_what_was_public_then_and_is_internal_now_says_so(client_of, editor):
    initiative = create_initiative(title="Skjult")
    create_report(initiative=initiative, on=date(2025, 1, 1))
    initiative.visibility = "internal"
    initiative.save()

    assert "Skjult Intern" in main(client_of(editor).get("/handlingsdel/?dato=2025-02-01"))
