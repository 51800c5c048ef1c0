"""The table of a grant: on the screen, as of a day, as files, beside another year, and on paper."""

from datetime import date

import pypdfium2
import pytest
from django.utils import timezone

from funding import actions
from funding.models import Posting
from helsefellesskap import pdf
from tests import verapdf
from tests.factories import (
    create_allocation,
    create_area,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_report,
)
from tests.portfolio.pages import body, main, sheet

pytestmark = pytest.mark.django_db

NBSP = "\u00a0"
FEBRUARY, MARCH, JUNE = date(2025, 2, 20), date(2025, 3, 20), date(2025, 6, 30)


def kr(text: str) -> str:
    return text.replace(" ", NBSP)


@pytest.fixture
def grant(db):
    return create_grant(year=2024, amount=1_000_000, rounded_to=100_000, used_in=2025)


@pytest.fixture
def table(grant, ssu):
    """Two areas, the second on paper first; one initiative unknown, one in løsning; and one purpose without any."""
    children = create_area(name="Barn og unge", is_decided=True)
    home = create_area(name="Bo trygt", is_decided=True)
    house, safe = (
        create_initiative(title="Familiens hus", area=children),
        create_initiative(title="Trygg", area=home),
    )
    create_report(initiative=house, on=date(2025, 1, 10), phases="losning")
    create_report(initiative=safe, on=date(2025, 1, 10), phases="oppstart", comment="")
    decision = create_funding_decision(on=FEBRUARY, body=ssu)
    shared = {"grant": grant, "decision": decision, "on": FEBRUARY}
    safe_money = create_allocation(amount=300_000, initiative=safe, order=1, work_package="Start", **shared)
    create_allocation(amount=200_000, initiative=house, order=2, work_package="Drift", **shared)
    create_allocation(amount=50_000, label="Kurs", program_area=children, order=3, work_package="", **shared)
    return safe_money


def words(response) -> str:
    return main(response).replace(NBSP, " ")


def pdf_words(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.replace(NBSP, " ").split())


ROWS = (
    "Bo trygt Trygg Start Tildelt 300 000 kr til Trygg Sum Bo trygt 300 000 kr "
    "Barn og unge Familiens hus Drift Tildelt 200 000 kr til Familiens hus "
    "Kurs – Tildelt 50 000 kr til Kurs Sum Barn og unge 250 000 kr "
    "Totalt tildelt av midlene for 2024 550 000 kr"
)


def test_the_table_is_as_on_paper_with_its_sums(table, client_of):
    page = words(client_of(None).get("/midler/2024/"))

    assert ROWS in page
    assert "1 000 000 kr ramme, avrundet 550 000 kr tildelt (55,0 %) ca. 450 000 kr igjen" in page
    assert "300 000 kr på tiltak med ukjent status (54,5 %)" in page
    assert "Brukes i 2025." in page
    assert "SSU 20.02.2025 : 550 000 kr på 3 linjer" in page


def test_the_picture_has_its_table_by_area_and_phase(table, client_of):
    page = words(client_of(None).get("/midler/2024/"))

    assert "Programområde Oppstart Løsning Uten tiltak Alle Andel" in page
    assert "Bo trygt 300 000 – – 300 000 54,5 % Barn og unge – 200 000 50 000 250 000 45,5 %" in page
    assert "Andel 54,5 % 36,4 % 9,1 % 100,0 %" in page


def test_amounts_hold_together(table, client_of):
    assert kr("300 000 kr") in body(client_of(None).get("/midler/2024/"))


def test_an_earlier_day_shows_what_stood_then(table, client_of, editor):
    decision = create_funding_decision(on=MARCH)
    actions.change_amount(
        allocation=table,
        amount=400_000,
        decision=decision,
        on=None,
        by=editor,
        version=table.history.first().history_id,
    )

    assert "Sum Bo trygt 300 000 kr" in words(client_of(None).get("/midler/2024/?dato=2025-03-19"))
    later = words(client_of(None).get("/midler/2024/?dato=2025-03-20"))
    assert "Sum Bo trygt 400 000 kr" in later
    assert "Endret siden" in later
    assert "20.03.2025 Økt Trygg: Start SSU 20.03.2025 100 000 kr" in later
    assert "Ingenting er tildelt" in words(client_of(None).get("/midler/2024/?dato=2025-02-19"))


def test_a_day_to_come_is_refused_at_the_field(table, client_of):
    response = client_of(None).get("/midler/2024/?dato=2999-01-01")

    assert response.status_code == 422
    assert "Datoen kan ikke være fram i tid." in main(response)


@pytest.mark.parametrize(
    "address", ["/midler/1999/", "/midler/2024/?ordning=annen", "/midler/1999.pdf", "/midler/99999/"]
)
def test_a_year_without_a_grant_is_not_found(table, client_of, address):
    assert client_of(None).get(address).status_code == 404


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_files_have_the_rows_of_the_screen(table, client_of, file_format):
    rows = sheet(client_of(None).get(f"/midler/2024.{file_format}"))

    assert rows == [
        ["Programområde", "Tiltak", "Arbeidspakke", "Mottaker", "Tilstand", "Beløp"],
        ["Bo trygt", "Trygg", "Start", "", "Tildelt", "300000"],
        ["Barn og unge", "Familiens hus", "Drift", "", "Tildelt", "200000"],
        ["Barn og unge", "Kurs", "", "", "Tildelt", "50000"],
    ]


def test_the_file_is_named_by_year_and_day(table, client_of):
    response = client_of(None).get("/midler/2024.csv?dato=2025-06-30")

    assert response["Content-Disposition"] == 'attachment; filename="midler-2024-2025-06-30.csv"'


def test_carried_money_stands_in_columns_of_its_own(table, client_of, editor, grant):
    newer = create_grant(year=2025, amount=500_000)
    version = table.history.first().history_id
    actions.carry_over(
        allocation=table,
        to_grant=newer,
        amount=100_000,
        on=JUNE,
        reason="Utsatt.",
        by=editor,
        version=version,
    )
    older, page = (words(client_of(None).get(f"/midler/{year}/")) for year in (2024, 2025))

    assert "Trygg Start Tildelt – 100 000 100 000 kr" in page
    assert (
        "500 000 kr ramme 100 000 kr overført fra andre år 100 000 kr tildelt (16,7 %) 500 000 kr igjen"
        in page
    )
    assert "Igjen 500 000 0 500 000 kr" in page
    assert "Trygg Start Tildelt 200 000 kr" in older
    assert "ca. 450 000 kr igjen" in older
    assert "30.06.2025 Overført til Ordning 2025 Utsatt. Trygg: Start – −100 000 kr" in older
    assert sheet(client_of(None).get("/midler/2025.csv"))[1][-3:] == ["0", "100000", "100000"]


def test_two_years_stand_side_by_side(table, client_of, grant, ssu):
    newer = create_grant(year=2025, amount=900_000)
    create_allocation(grant=newer, amount=350_000, initiative=table.initiative, on=JUNE)
    page = words(client_of(None).get(f"/midler/sammenlign/?fra={grant.public_id}&til={newer.public_id}"))

    assert "Bo trygt 300 000 350 000 50 000 Trygg 300 000 350 000 50 000" in page
    assert "Barn og unge 250 000 0 −250 000 Familiens hus 200 000 – −200 000" in page
    assert "Tildelt 550 000 350 000 −200 000 Ramme 1 000 000 900 000 −100 000" in page
    assert words(client_of(None).get("/midler/sammenlign/")) == page


@pytest.mark.parametrize("query", ["?fra=x&til=y", "?fra=", "?til=00000000-0000-4000-8000-000000000000"])
def test_years_that_do_not_exist_are_refused(table, client_of, query):
    create_grant(year=2025)

    assert client_of(None).get(f"/midler/sammenlign/{query}").status_code == 422


def test_another_scheme_of_the_year_has_an_address_of_its_own(table, client_of, editor):
    scheme = actions.create_scheme(name="Prosjektskjønn", grantor=None, by=editor)
    other = create_grant(year=2024, amount=70_000, scheme=scheme)

    assert other.get_absolute_url() == "/midler/2024/?ordning=prosjektskjonn"
    assert "70 000 kr ramme 0 kr tildelt (0,0 %) 70 000 kr igjen" in words(
        client_of(None).get(other.get_absolute_url())
    )
    assert "Prosjektskjønn 2024" in words(client_of(None).get("/midler/2024/"))


def test_what_is_planned_is_apart_and_for_those_inside(table, client_of, editor, leader, grant):
    create_allocation(
        grant=grant, amount=90_000, planned=True, initiative=create_initiative(title="Planlagt")
    )

    for reader in (editor, leader):
        page = words(client_of(reader).get("/midler/2024/"))
        assert "Prioritert, ikke tildelt" in page
        assert "Sum prioritert 90 000 kr" in page
        assert "550 000 kr tildelt" in page
    public = words(client_of(None).get("/midler/2024/"))
    assert "Planlagt" not in public
    assert "rioritert" not in public
    assert "Planlagt" not in words(client_of(editor).get("/midler/2024/?dato=2025-06-30"))


def test_the_list_says_what_is_left_of_each(table, client_of):
    create_grant(year=2025, amount=900_000)
    page = words(client_of(None).get("/midler/"))

    assert "Ordning 2025 900 000 kr – 0 kr – 900 000 kr" in page
    assert "Ordning 2024 1 000 000 kr – 550 000 kr – ca. 450 000 kr" in page


def test_an_initiative_shows_its_money_over_the_years(table, client_of):
    newer = create_grant(year=2025)
    create_allocation(grant=newer, amount=350_000, initiative=table.initiative, on=JUNE, work_package="Mer")
    page = words(client_of(None).get(table.initiative.get_absolute_url()))

    assert "Ordning 2025 Mer – Tildelt SSU 30.06.2025 350 000 kr" in page
    assert "Ordning 2024 Start – Tildelt SSU 20.02.2025 300 000 kr" in page
    assert "Tildelt av midlene for 2025 350 000 kr Tildelt av midlene for 2024 300 000 kr" in page


def test_a_case_shows_the_money_it_allocated(table, client_of):
    page = words(client_of(None).get(table.decision.case.get_absolute_url()))

    assert "Midler som ble tildelt Ordning 2024 : 550 000 kr på 3 linjer" in page


def test_the_paper_says_what_the_screen_says(table, client_of):
    response = client_of(None).get("/midler/2024.pdf?dato=2025-06-30")
    paper = pdf_words(response.content)
    rows = ROWS.replace(" til Trygg", "").replace(" til Familiens hus", "").replace(" til Kurs", "")
    head = "Tiltak Arbeidspakke Tilstand Beløp "

    assert response["Content-Type"] == "application/pdf"
    assert "Ordning 2024 Tildelt per 30.06.2025 · Brukes i 2025 · 3 linjer" in paper
    for part in (
        rows.replace("Bo trygt Trygg", f"Bo trygt {head}Trygg")
        .replace("Barn og unge Familiens", f"Barn og unge {head}Familiens")
        .split(" kr ")
    ):
        assert part in paper
    assert "Ramme (avrundet) 1 000 000 kr Tildelt 550 000 kr Igjen ca. 450 000 kr" in paper
    assert "Vedtak: SSU 20.02.2025, 550 000 kr på 3 linjer" in paper
    assert "300 000 kr (54,5 %) er tildelt tiltak med ukjent status." in paper


@pytest.mark.verapdf
def test_the_paper_is_for_archive_and_screen_readers(table, client_of, grant, editor, tmp_path):
    verapdf.require()
    newer = create_grant(year=2025, amount=5_000_000)
    version = table.history.first().history_id
    actions.carry_over(
        allocation=table,
        to_grant=newer,
        amount=100_000,
        on=JUNE,
        reason="Utsatt.",
        by=editor,
        version=version,
    )
    for number in range(60):
        create_allocation(
            grant=newer,
            amount=10_000,
            initiative=create_initiative(title=f"Et tiltak {number}"),
            decision=table.decision,
        )
    files = []
    for year in (2024, 2025):
        files.append(tmp_path / f"{year}.pdf")
        files[-1].write_bytes(client_of(None).get(f"/midler/{year}.pdf").content)
    verdicts = verapdf.check(files, ["ua1", "2a"])

    assert [(name, verdict.failures) for name, verdict in verdicts.items() if not verdict.compliant] == []
    assert len(verdicts) == 4
    pages = pypdfium2.PdfDocument(files[1])
    heads = ["Arbeidspakke" in page.get_textpage().get_text_range() for page in pages]
    assert len(heads) >= 3
    assert all(heads[:3])


def test_the_same_table_is_the_same_bytes(table, client_of, settings):
    first = client_of(None).get("/midler/2024.pdf?dato=2025-06-30").content
    pdf_cache = settings.CACHES["pdf"]
    settings.CACHES = {**settings.CACHES, "pdf": {**pdf_cache, "LOCATION": f"{pdf_cache['LOCATION']}2"}}

    assert client_of(None).get("/midler/2024.pdf?dato=2025-06-30").content == first


def test_a_print_that_fails_leads_back_with_a_sentence(table, client_of, monkeypatch):
    def fail(*_args, **_kwargs):
        raise pdf.PrintError("Det gikk ikke å skrive ut.")

    monkeypatch.setattr(pdf, "print_document", fail)
    response = client_of(None).get("/midler/2024.pdf", follow=True)

    assert response.redirect_chain == [("/midler/2024/", 302)]
    assert "Det gikk ikke å skrive ut." in main(response)


def test_money_that_is_returned_is_left_again(table, client_of, editor):
    actions.mark_paid(allocation=table, on=MARCH, by=editor)
    version = table.history.first().history_id
    actions.return_money(
        allocation=table, amount=100_000, on=JUNE, reason="Ikke brukt.", by=editor, version=version
    )
    page = words(client_of(None).get("/midler/2024/"))

    assert "450 000 kr tildelt (45,0 %) ca. 550 000 kr igjen" in page
    assert "Trygg Start Utbetalt 200 000 kr" in page
    assert Posting.objects.filter(kind="returned", on__lte=timezone.localdate()).count() == 1
