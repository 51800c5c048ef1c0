"""The case paper on paper: a valid file that says all of it, in the usual order."""

import pypdfium2
import pytest

from helsefellesskap import pdf, rich_text
from meetings.documents.papers import paper_print
from tests import verapdf

FORMATTED = rich_text.clean(
    "<h2>Erfaringer</h2><p>Tekst med <strong>fet</strong>, <em>kursiv</em> og "
    '<a href="https://helse.example.no/">lenke</a>. ' + "Samarbeidsutvalgsoppnevningsprosedyre " * 30 + "</p>"
    "<ul><li>Ett<ul><li>Under</li></ul></li><li>To</li></ul><ol><li>Først</li></ol>"
    "<table><tr><th>År</th><th>Kroner</th></tr><tr><td>2026</td><td>100 000</td></tr></table>"
    "<blockquote><p>Sitat</p></blockquote>"
)
CONTENT = {
    "number": "31/25",
    "title": "Strategiske satsinger – «æøå» & <annet>",
    "body": "Strategisk samarbeidsutvalg",
    "meeting": "18.02.2027",
    "kind": "Beslutningssak",
    "responsible": "Sekretariatet",
    "sections": [["Bakgrunn", FORMATTED], ["Saken gjelder", "<p>Dette.</p>"]],
    "questions": ["Hvor høyt skal vi sikte?", "Hva må vi vite?"],
    "proposals": ["SSU vedtar planen.\nSekretariatet følger opp.", "SSU ber om en plan."],
    "annexes": ["Figur", "Signaler"],
}
BARE = {
    **CONTENT,
    "number": "",
    "body": "",
    "meeting": "",
    "responsible": "",
    "questions": [],
    "proposals": [],
    "annexes": [],
}


def made(content, **options):
    printout = paper_print(content, **options)
    return pdf.print_document(printout.template, printout.context)


@pytest.fixture(scope="module")
def files():
    return {"whole": made(CONTENT), "draft": made(CONTENT, is_draft=True), "bare": made(BARE)}


def text_of(content):
    pages = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.verapdf
def test_the_paper_is_valid_to_the_reference_engine(files, tmp_path):
    verapdf.require()
    for name, content in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    verdicts = verapdf.check(sorted(tmp_path.iterdir()), ["ua1", "2a"])

    assert len(verdicts) == 2 * len(files)
    assert {key: verdict.failures for key, verdict in verdicts.items() if not verdict.compliant} == {}


def test_the_paper_says_it_in_the_usual_order(files):
    said = text_of(files["whole"])
    order = [
        "Strategiske satsinger – «æøå» & <annet>",
        "Sak 31/25",
        "Strategisk samarbeidsutvalg 18.02.2027 Beslutningssak Sekretariatet",
        "Bakgrunn",
        "Erfaringer",
        "Saken gjelder",
        "Spørsmål til møtet Hvor høyt skal vi sikte? Hva må vi vite?",
        "Forslag til vedtak SSU vedtar planen. Sekretariatet følger opp. SSU ber om en plan.",
        "Vedlegg Figur Signaler",
    ]
    places = [said.find(words) for words in order]

    assert -1 not in places
    assert places == sorted(places)


def test_only_a_draft_says_that_it_is_one(files):
    assert {name: "UTKAST" in text_of(content) for name, content in files.items()} == {
        "whole": False, "draft": True, "bare": False,
    }  # fmt: skip


def test_a_paper_without_a_number_says_so(files):
    said = text_of(files["bare"])

    assert "Sak uten nummer" in said
    assert [words in said for words in ("Organ", "Møtedato", "Forslag til vedtak", "Vedlegg")] == [False] * 4
