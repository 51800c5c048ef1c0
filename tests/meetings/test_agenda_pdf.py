"""The agenda on paper: a valid file for each audience, with all that its table says."""

from copy import deepcopy

import pypdfium2
import pytest

from helsefellesskap import pdf
from meetings.documents.agendas import agenda_from, agenda_print
from tests import verapdf

LATE = "2027-02-16T14:30:00+01:00"


def line(number, title, **fields):
    return {
        "key": f"case-{number}",
        "number": number,
        "title": title,
        "public_title": title,
        "kind": "Beslutningssak",
        "minutes": 20,
        "basis": "",
        "late_at": None,
        "mark": "",
        "documents": [],
        **fields,
    }


def paper(number, title, **fields):
    return {
        "key": f"paper-{title}",
        "number": number,
        "title": title,
        "public_title": title,
        "basis": "",
        "late_at": None,
        "version": 1,
        **fields,
    }


DATA = {
    "meeting": "SSU 18.02.2027",
    "body": "Strategisk samarbeidsutvalg",
    "day": "18.02.2027",
    "starts_at": "2027-02-18T09:00:00+01:00",
    "ends_at": "2027-02-18T15:30:00+01:00",
    "place": "Møterom Mjøsa, Hamar",
    "letter": "B",
    "published_at": "2027-02-16T14:30:00+01:00",
    "items": [
        line("1/27", "Godkjenning av innkalling og sakliste", kind="Godkjenning", minutes=5),
        line(
            "2/27",
            "Status for de strategiske utredningene om kvalifisert arbeidskraft, digital hjemmeoppfølging og sammensatte behov",
            documents=[
                paper(None, "Saksfremlegg"),
                paper(1, "Oversikt over pågående arbeid i regionene"),
                paper(
                    2,
                    "Notat om Navnesen",
                    public_title="Notat",
                    basis="offl. § 13, jf. fvl. § 13 første ledd nr. 1",
                ),
                paper(3, "Tall for 2026", late_at=LATE),
            ],
        ),
        line(
            "3/27",
            "Oppsigelse av Navnesen",
            public_title="Personalsak",
            basis="offl. § 23 første ledd",
            documents=[paper(None, "Saksfremlegg")],
        ),
        line("4/27", "Mandat for felles legevakt", mark="withdrawn", minutes=None),
        line("5/27", "Ny sak om økonomi", late_at=LATE, kind="Orienteringssak"),
    ],
    "documents": [paper(None, "Program for dagen"), paper(None, "Deltakerliste", late_at=LATE)],
}


def made(*, is_inside, cases=None, **fields):
    data = deepcopy(DATA)
    if cases:
        data["items"] = [
            line(f"{number}/27", f"Sak nummer {number} " + "om samarbeid " * 8, **fields)
            for number in range(1, cases)
        ]
    printout = agenda_print(agenda_from(data, is_inside=is_inside))
    return pdf.print_document(printout.template, printout.context)


@pytest.fixture(scope="module")
def files():
    return {
        "inside": made(is_inside=True),
        "public": made(is_inside=False),
        "many": made(is_inside=True, cases=40),
        "untimed": made(is_inside=True, cases=3, minutes=None),
    }


def text_of(content):
    pages = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.verapdf
def test_the_agenda_is_valid_to_the_reference_engine(files, tmp_path):
    verapdf.require()
    for name, content in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    verdicts = verapdf.check(sorted(tmp_path.iterdir()), ["ua1", "2a"])

    assert len(verdicts) == 2 * len(files)
    assert {key: verdict.failures for key, verdict in verdicts.items() if not verdict.compliant} == {}


def test_the_agenda_says_when_where_and_what(files):
    said = text_of(files["inside"])

    for words in (
        "Sakliste SSU 18.02.2027",
        "Versjon B",
        "18.02.2027 kl. 09.00–15.30",
        "Møterom Mjøsa, Hamar",
        "Saker, til sammen 65 minutter Sak Tittel og vedlegg Sakstype Min. 1/27 Godkjenning av innkalling",
        "Saksfremlegg",
        "Vedlegg 1: Oversikt over pågående arbeid i regionene",
        "Vedlegg 3: Tall for 2026 – ettersendt 16.02.2027 kl. 14.30",
        "Oppsigelse av Navnesen",
        "Unntatt offentlighet, offl. § 23 første ledd",
        "Mandat for felles legevakt – trukket",
        "Ny sak om økonomi – ettersendt 16.02.2027 kl. 14.30",
        "Program for dagen",
        "Deltakerliste – ettersendt 16.02.2027 kl. 14.30",
    ):
        assert words in said


def test_without_durations_there_is_no_column_for_them(files):
    assert "Sak Tittel og vedlegg Sakstype 1/27" in text_of(files["untimed"])


def test_the_public_gets_no_exempt_title(files):
    said = text_of(files["public"])

    assert "Navnesen" not in said
    assert "Personalsak" in said
    assert "Vedlegg 2: Notat (unntatt offentlighet, offl. § 13" in said
    assert b"Navnesen" not in files["public"]


def test_the_head_of_the_table_is_on_every_page(files):
    pages = pypdfium2.PdfDocument(files["many"])

    assert len(pages) > 1
    assert ["Sakstype" in page.get_textpage().get_text_range() for page in pages] == [True] * len(pages)
