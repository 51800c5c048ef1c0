"""Uploads: what is let in, what is refused and how, what the editor is told."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from helsefellesskap import untrusted, uploads
from helsefellesskap.refusals import NotAllowed
from helsefellesskap.untrusted import inspection
from tests import files

INSPECT = untrusted.inspect


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    """Files are opened in this process, which is quick; `own_process` is for tests of the process itself."""

    def inspect(path):
        answers = []
        inspection.answer(path, lambda **answer: answers.append(json.loads(json.dumps(answer))))
        yield from answers

    monkeypatch.setattr(untrusted, "inspect", inspect)


@pytest.fixture
def own_process(_here, monkeypatch):
    monkeypatch.setattr(untrusted, "inspect", INSPECT)


def inspected(content: bytes, name: str = "notat.pdf") -> uploads.Inspection:
    return uploads.inspect(files.upload(content, name), name=name)


def codes(content: bytes, name: str = "notat.pdf") -> list[str]:
    return [finding.code for finding in inspected(content, name).findings]


def refusal(content: bytes, name: str = "notat.pdf") -> str:
    with pytest.raises(NotAllowed) as refused:
        inspected(content, name)
    assert refused.value.field == "files"
    return str(refused.value)


# What is let in


@pytest.mark.parametrize("extension", files.GOOD)
def test_each_kind_is_known_by_its_content(own_process, extension):
    content = files.GOOD[extension]()

    found = inspected(content, f"Møtenotat.{extension}")

    assert found.name == f"Møtenotat.{extension}"
    assert found.extension == extension
    assert found.content_type.partition("/")[0] == ("image" if extension in {"png", "jpg"} else "application")
    assert found.size == len(content)
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_a_pdf_has_its_pages_parted_by_form_feeds():
    found = inspected(files.pdf("Første side", "Andre side, æøå"))

    assert (found.pages, found.text) == (2, "Første side\fAndre side, æøå")


@pytest.mark.parametrize(
    ("content", "name", "pages", "words"),
    [
        (files.docx("Sak 31/25", "Bredding"), "a.docx", None, ["Sak", "31/25", "Bredding"]),
        (
            files.xlsx("Tildelt", 250000, "Brukt"),
            "a.xlsx",
            None,
            ["Tildelt", "Brukt", "|", "250000", "|", "|"],
        ),
        (files.pptx("Bakgrunn", "Veien videre"), "a.pptx", 2, ["Bakgrunn", "Veien", "videre"]),
        (files.odt("Sak 31/25", "Bredding"), "a.odt", None, ["Sak", "31/25", "Bredding"]),
    ],
)
def test_an_office_file_gives_its_text(content, name, pages, words):
    found = inspected(content, name)

    assert found.pages == pages
    assert [word for word in found.text.split() if word in words] == words


def test_a_word_written_in_pieces_is_one_word():
    runs = "<w:p><w:r><w:t>Helse</w:t></w:r><w:r><w:t>fellesskap</w:t></w:r></w:p>"

    assert inspected(files.docx("x", body=runs), "a.docx").text == "x\nHelsefellesskap\n"


def test_a_file_in_storage_or_in_memory_can_be_looked_into_too():
    name = default_storage.save("vedlegg/a.pdf", ContentFile(files.pdf("I lageret")))
    with default_storage.open(name) as stored:
        assert uploads.inspect(stored, name="a.pdf").text == "I lageret"
    in_memory = SimpleUploadedFile("a.pdf", files.pdf("I minnet"))

    assert uploads.inspect(in_memory, name="a.pdf").text == "I minnet"
    assert in_memory.read(5) == b"%PDF-"


def test_keeping_a_file_is_renaming_it(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    file = files.upload(files.pdf())
    before = Path(file.temporary_file_path()).stat().st_ino

    kept = Path(default_storage.path(default_storage.save(uploads.random_name("pdf"), file)))
    file.close()

    assert kept.stat().st_ino == before
    assert oct(kept.stat().st_mode)[-3:] == "600"


# What is refused


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.pdf", "er tom"),
        (b"Hei", "a.txt", "av en type vi ikke tar imot"),
        (b"<!doctype html><html>", "a.pdf", "innholdet er «html»"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.png", "innholdet er «svg»"),
        (b"MZ\x90\0" + bytes(300), "a.docx", "innholdet er «exe»"),
        (files.package({"a.txt": "x"}), "a.docx", "innholdet er «zip»"),
        (files.pdf(), "a.exe", "slutter på «exe», men innholdet er «pdf»"),
        (files.broken_pdf(), "a.pdf", "er skadet og kan ikke åpnes"),
        (b"%PDF-1.7\n" + files.package({"a.txt": "x"}), "a.pdf", "er skadet og kan ikke åpnes"),
        (files.protected_pdf(user="hemmelig"), "a.pdf", "beskyttet med passord"),
        (files.ole(), "a.docx", "eldre Office-format"),
        (files.ole(is_encrypted=True), "a.docx", "beskyttet med passord"),
        (files.odt(manifest="<encryption-data/>"), "a.odt", "beskyttet med passord"),
        (files.docm(), "a.docx", "inneholder makroer"),
        (files.odt(extra={"Basic/Standard/a.xml": "<a/>"}), "a.odt", "inneholder makroer"),
        (files.docx(extra={"word/embeddings/a.bin": b"MZ\x90\0"}), "a.docx", "har et program"),
        (files.docx()[:-30], "a.docx", "er skadet og kan ikke åpnes"),
        (files.entity_bomb(), "a.docx", "er skadet og kan ikke åpnes"),
        (files.lying_zip_bomb(), "a.docx", "er skadet og kan ikke åpnes"),
        (files.zip_bomb(megabytes=60), "a.docx", "pakkes ut til mye mer"),
        (files.crowded_zip(), "a.docx", "pakkes ut til mye mer"),
        (files.nested_zip(), "a.docx", "pakkes ut til mye mer"),
        (files.wide_png(), "a.png", "60000 × 60000 bildepunkter"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_file_is_refused_with_a_sentence_that_names_it(content, name, sentence):
    said = refusal(content, name)

    assert f"«{name}»" in said
    assert sentence in said
    assert said.endswith(".")


def test_a_pdf_that_would_run_something_is_refused_wherever_it_hangs():
    said = {place: refusal(content) for place, content in files.active_pdfs().items()}

    reason = "inneholder et skript eller en handling som starter et program"
    assert [place for place, sentence in said.items() if reason not in sentence] == ["form", "program"]
    assert "skjema (XFA)" in said["form"]
    assert "har et program" in said["program"]


def test_a_file_over_the_limit_is_refused_before_it_is_opened(settings, monkeypatch):
    settings.UPLOAD_LIMIT = 1000
    monkeypatch.setattr(untrusted, "inspect", None)

    assert refusal(files.pdf(title="x" * 1000)) == "«notat.pdf» er for stor. Grensen er 0 MB per fil."


def test_half_a_picture_is_refused(own_process):
    assert "er skadet" in refusal(files.jpg(width=400, height=400)[:-400], "a.jpg")


def test_a_file_that_stalls_the_reader_is_refused(own_process, monkeypatch):
    monkeypatch.setattr(untrusted, "SECONDS", 0.01)

    assert "lot seg ikke kontrollere" in refusal(files.pdf())


def test_a_refusal_comes_through_from_the_process(own_process):
    assert "beskyttet med passord" in refusal(files.protected_pdf(user="hemmelig"))


def test_a_file_that_could_not_be_read_to_its_end_says_so(monkeypatch):
    answers = [{"extension": "pdf", "pages": 9}, {"text": "Side én", "page": 1}]
    monkeypatch.setattr(untrusted, "inspect", lambda path: iter_closable(answers))

    found = inspected(files.pdf())

    assert [finding.code for finding in found.findings] == ["unchecked"]
    assert "lest til og med side 1" in found.findings[0].sentence
    assert found.text == "Side én"


def iter_closable(answers):
    yield from (dict(answer) for answer in answers)


def test_the_process_that_opens_files_gets_so_much_memory_and_sees_no_secret():
    greedy = "from helsefellesskap.untrusted import limits; limits.limit_process(); bytearray(2_000_000_000)"
    run = subprocess.run([sys.executable, "-c", greedy], capture_output=True, text=True, check=False)  # noqa: S603

    with untrusted._process("inspection", "none") as process:
        environment = Path(f"/proc/{process.pid}/environ").read_text().split("\0")

    assert "MemoryError" in run.stderr
    assert {variable.partition("=")[0] for variable in environment} <= {
        "PATH",
        "LD_LIBRARY_PATH",
        "TMPDIR",
        "",
    }


# Names


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Møteinnkalling SSU.pdf", "Møteinnkalling SSU.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Brukere\\kari\\notat.docx", "notat.docx"),
        ("a\u0308.pdf", "ä.pdf"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("to\r\nlinjer\0.pdf", "tolinjer.pdf"),
        ("  mange   mellomrom .pdf", "mange mellomrom.pdf"),
        ('<b>"hva"?.pdf', "-b--hva--.pdf"),
        ("..", "fil"),
        (".pdf", "pdf"),
        ("æ" * 300 + ".pdf", "æ" * 73 + ".pdf"),
    ],
)
def test_a_name_is_made_fit_to_be_shown_and_saved(name, cleaned):
    assert uploads.clean_name(name) == cleaned


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("notat.pdf", "notat.docx"),
        ("Sak 31.25", "Sak 31.25.docx"),
        ("notat", "notat.docx"),
        ("NOTAT.DOCX", "NOTAT.docx"),
        (files.LONG_NAME, "æøå" * 24 + ".docx"),
    ],
)
def test_a_file_gets_the_extension_of_what_it_is(name, kept):
    assert inspected(files.docx(), name).name == kept


def test_where_it_is_kept_tells_nothing_of_its_name():
    first, second = uploads.random_name("pdf"), uploads.random_name("pdf")

    folder, prefix, name = first.split("/")
    assert (folder, prefix, len(name), name[-4:]) == ("vedlegg", name[:2], 36, ".pdf")
    assert first != second


# What the editor is told


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (files.pdf(), "a.pdf", []),
        (files.pdf(is_tagged=False), "a.pdf", ["untagged"]),
        (files.pdf(title=""), "a.pdf", ["untitled"]),
        (files.pdf(language=""), "a.pdf", ["no_language"]),
        (files.protected_pdf(), "a.pdf", ["encrypted"]),
        (files.damaged_pdf(), "a.pdf", ["repaired"]),
        (files.scanned_pdf(pages=2), "a.pdf", ["no_text"]),
        (files.pdf_with_attachment(), "a.pdf", ["files_inside"]),
        (files.jpg(), "a.jpg", ["image"]),
        (files.jpg(has_place=True), "a.jpeg", ["image", "place"]),
        (files.docx(body='<w:p><w:del w:author="Kari"><w:r><w:delText>nei</w:delText></w:r></w:del></w:p>'), "a.docx", ["tracked_changes"]),
        (files.docx(extra={"word/comments.xml": f"<w:comments {files.W}><w:comment/></w:comments>"}), "a.docx", ["comments"]),
        (files.xlsx(extra={"xl/workbook.xml": f'<workbook {files.X}><sheets><sheet state="hidden"/></sheets></workbook>'}), "a.xlsx", ["hidden_sheets"]),
        (files.docx(extra={"word/embeddings/a.xlsx": files.xlsx("x")}), "a.docx", []),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_told(content, name, found):
    assert codes(content, name) == found


def test_pages_that_are_images_are_named():
    (finding,) = inspected(files.scanned_pdf(pages=3, text_pages=1)).findings

    assert finding.code == "pages_without_text"
    assert finding.sentence.endswith("kontrolleres: 2–4.")


NUMBER = files.NATIONAL_ID
RUNS = f"<w:p><w:r><w:t>{NUMBER[:6]}</w:t></w:r><w:r><w:t>{NUMBER[6:]}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (files.pdf("Ingenting her", f"Søker: {NUMBER[:6]}\n{NUMBER[6:]}"), "a.pdf"),
        (files.pdf_with_field(NUMBER), "a.pdf"),
        (files.pdf(title=f"Søknad {NUMBER}"), "a.pdf"),
        (files.docx(body=RUNS), "a.docx"),
        (files.docx(extra={"docProps/core.xml": f"<a><title>{NUMBER}</title></a>"}), "a.docx"),
        (files.docx(extra={"word/embeddings/a.xlsx": files.xlsx(NUMBER)}), "a.docx"),
        (files.xlsx(NUMBER), "a.xlsx"),
        (files.xlsx(int(NUMBER)), "a.xlsx"),
        (files.pptx("x", NUMBER), "a.pptx"),
        (files.odt(NUMBER), "a.odt"),
        (files.pdf(), f"søknad {NUMBER}.pdf"),
    ],
)
def test_a_national_identity_number_is_found_wherever_it_stands(content, name):
    (finding,) = inspected(content, name).findings

    assert (finding.code, finding.is_serious) == ("national_id", True)
    assert NUMBER not in finding.sentence


def test_the_page_of_the_number_is_told_and_nothing_else_stops_publication():
    found = inspected(files.pdf("x", NUMBER, is_tagged=False))

    assert [(finding.code, finding.is_serious) for finding in found.findings] == [
        ("untagged", False),
        ("national_id", True),
    ]
    assert found.findings[1].sentence.endswith("Se side 2.")


def test_digits_in_neighbouring_cells_are_no_number():
    assert codes(files.xlsx(int(NUMBER[1:6]), int(NUMBER[6:])), "a.xlsx") == []
