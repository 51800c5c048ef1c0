"""Bad files at every door: a sentence that names the file and says why, and nothing of it kept anywhere."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import LogEntry
from helsefellesskap import pdf
from meetings.models import AgendaVersion, Document, DocumentVersion
from tests import files
from tests.factories import create_case, create_document, create_item, create_meeting
from tests.helsefellesskap.test_upload_gates import clamd
from tests.meetings.processes import arriving_files, stored_files
from tests.portfolio.pages import text

pytestmark = pytest.mark.django_db

LIMIT = 300_000

BAD = {
    "nothing in it": ("tom.pdf", b"", "«tom.pdf» er tom."),
    "a page named as a PDF": ("side.pdf", b"<!doctype html><script>alert(1)</script>", "innholdet er «html»"),
    "a program named as a PDF": ("spill.pdf", b"MZ\x90\0" + bytes(500), "innholdet er «exe»"),
    "a PDF named as a picture": ("bilde.svg", files.pdf(), "slutter på «svg», men innholdet er «pdf»"),
    "a type we do not take": ("notat.txt", b"Hei", "av en type vi ikke tar imot"),
    "over the limit": ("stor.pdf", files.pdf() + bytes(LIMIT), "«stor.pdf» er for stor"),
    "a zip bomb": ("bombe.docx", files.zip_bomb(megabytes=60), "pakkes ut til mye mer"),
    "a zip bomb that lies": ("løgn.docx", files.lying_zip_bomb(), "«løgn.docx» er skadet"),
    "a PDF with JavaScript": ("skript.pdf", files.pdf_with_javascript(), "inneholder et skript"),
    "a name too long": (files.LONG_NAME, files.pdf(), "er for langt. Gi filen et kortere navn."),
}


@pytest.fixture(autouse=True)
def _limits(settings, tmp_path):
    settings.UPLOAD_LIMIT = LIMIT
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "arriving"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()


@pytest.fixture
def doors(ssu):
    """Every address that takes a file."""
    meeting = create_meeting(body=ssu, state="published")
    case = create_item(meeting=meeting).case
    exempt = create_document(case=case, access="exempt")
    things = {
        "document-upload-case": case,
        "document-upload-meeting": meeting,
        "document-replace": create_document(case=case, released=False),
        "document-redact": exempt,
    }
    return [reverse(f"meetings:{name}", args=[thing.public_id]) for name, thing in things.items()]


def kept():
    """All that an upload could leave behind."""
    rows = [model.objects.count() for model in (Document, DocumentVersion, LogEntry)]
    return (*rows, stored_files(), arriving_files())


def post(client, url, name, content):
    posted = {"files": SimpleUploadedFile(name, content), "kind": "annex", "access": "public"}
    return client.post(url, posted)


@pytest.mark.parametrize("why", BAD)
def test_a_bad_file_is_told_of_and_leaves_nothing(client_of, editor, doors, why):
    name, content, sentence = BAD[why]
    before = kept()
    for url in doors:
        page = post(client_of(editor), url, name, content)

        assert page.status_code == 422
        assert sentence in text(page)
    assert kept() == before
    assert arriving_files() == []


def test_a_file_with_a_virus_is_told_of_and_leaves_nothing(client_of, editor, doors, settings):
    before = kept()
    for url in doors:
        with clamd(b"") as (host, port):
            settings.SCANNER_URL = f"clamd://{host}:{port}"
            page = post(client_of(editor), url, "faktura.pdf", files.pdf() + files.EICAR)

        assert page.status_code == 422
        assert "«faktura.pdf» er stoppet av viruskontrollen. Filen er ikke lagret." in text(page)
    assert kept() == before


def test_the_same_files_without_what_is_bad_are_taken_in(client_of, editor, doors):
    answers = {post(client_of(editor), url, "notat.pdf", files.pdf("Godt nytt")).status_code for url in doors}

    assert answers == {302}
    assert arriving_files() == []


def test_a_national_identity_number_in_a_file_is_told_of_and_stops_the_publication(
    client_of, editor, ssu, monkeypatch
):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")
    meeting = create_meeting(body=ssu, state="called")
    case = create_case(body=ssu, kind="discussion", state="review")
    create_item(meeting=meeting, case=case, released=False)
    upload, publish = (
        reverse("meetings:document-upload-case", args=[case.public_id]),
        reverse("meetings:agenda-publish", args=[meeting.public_id]),
    )
    post(client_of(editor), upload, "søknad.pdf", files.pdf(f"Født {files.NATIONAL_ID}"))
    [finding] = DocumentVersion.objects.get().findings
    refused = client_of(editor).post(publish, {"note": ""})

    assert (finding["code"], finding["is_serious"]) == ("national_id", True)
    assert refused.status_code == 422
    assert "«søknad» ser ut til å inneholde et fødselsnummer." in text(refused)
    assert not AgendaVersion.objects.exists()
    replace = reverse("meetings:document-replace", args=[Document.objects.get().public_id])
    post(client_of(editor), replace, "søknad.pdf", files.pdf("Født i mai"))
    assert client_of(editor).post(publish, {"note": ""}).status_code == 302
