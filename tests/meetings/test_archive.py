"""The archive package: what is in it, that it can be read back, and that its files are those published."""

import hashlib
import io
import tracemalloc
import zipfile
from datetime import date
from xml.etree.ElementTree import ParseError

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import LogEntry
from helsefellesskap import pdf
from meetings import rules
from meetings.actions import publishing
from meetings.documents.archive import archive_package, write_archive
from meetings.documents.noark import metadata_xml, parse_metadata
from meetings.models import Case, Document, DocumentVersion, Meeting, Minutes
from tests.factories import (
    create_case,
    create_document,
    create_exemption,
    create_item,
    create_meeting,
    create_minutes,
    create_seat,
    create_version,
)
from tests.portfolio.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(ssu, editor, monkeypatch):
    """A held meeting with two published versions of its agenda, papers, and approved minutes."""
    monkeypatch.setattr(pdf, "print_document", lambda template, context: f"%PDF {template}".encode())
    create_meeting(body=ssu, on=date(2024, 11, 14), state="archived")
    create_meeting(body=ssu, on=date(2025, 9, 18))
    meeting = create_meeting(
        body=ssu, on=date(2025, 5, 22), state="called", place="Hamar", archive_ref="2025/12"
    )
    case = create_case(body=ssu, title="Oppsigelse av Navnesen", state="review", kind="discussion")
    Case.objects.filter(pk=case.pk).update(exemption=create_exemption(), public_title="Personalsak")
    create_item(meeting=meeting, case=case, released=False)
    paper = create_document(
        case=case, title="Om Navnesen", public_title="Notat", access="exempt", released=False
    )
    create_version(document=paper, number=1, is_redacted=True, released=False, content=b"%PDF sladdet")
    create_document(meeting=meeting, title="Møteplan", released=False)
    publishing.publish_agenda(meeting=meeting, by=editor)
    create_item(
        meeting=meeting,
        case=create_case(body=ssu, title="Strategi & mål <1>", state="review", kind="discussion"),
        released=False,
    )
    publishing.publish_agenda(meeting=meeting, by=editor)
    seat = create_seat(body=ssu)
    meeting.attendances.create(seat=seat, state="present")
    minutes = create_minutes(meeting=meeting)
    minutes.pdf.save("protokoller/a.pdf", ContentFile(b"%PDF protokoll"), save=False)
    minutes.public_pdf.save("protokoller/b.pdf", ContentFile(b"%PDF offentlig"), save=False)
    minutes.state, minutes.approved_at, minutes.data = Minutes.State.APPROVED, timezone.now(), {"cases": []}
    minutes.sha256, minutes.public_sha256 = (
        hashlib.sha256(content).hexdigest() for content in (b"%PDF protokoll", b"%PDF offentlig")
    )
    minutes.save()
    Meeting.objects.filter(pk=meeting.pk).update(state="approved")
    return Meeting.objects.get(pk=meeting.pk)


def package_of(meeting, editor):
    return archive_package(meeting, by=editor, now=timezone.now())


def written(package) -> zipfile.ZipFile:
    target = io.BytesIO()
    write_archive(package, target)
    return zipfile.ZipFile(target)


def test_the_metadata_is_read_back_as_it_was_written(meeting, editor):
    package = package_of(meeting, editor)
    archive = written(package)

    assert parse_metadata(archive.read("metadata.xml")) == package.meeting


def test_what_the_metadata_says(meeting, editor):
    said = package_of(meeting, editor).meeting
    before, after = Meeting.objects.filter(day__year=2024).get(), Meeting.objects.get(day=date(2025, 9, 18))
    assert (said.key, said.archive_ref, said.number, said.body, said.day, said.place) == (
        str(meeting.public_id),
        "2025/12",
        "ssu-2025-05-22",
        "Strategisk samarbeidsutvalg",
        "2025-05-22",
        "Hamar",
    )
    assert (said.previous, said.following) == (str(before.public_id), str(after.public_id))
    assert [one.function for one in said.participants] == ["Medlem"]
    assert [(one.kind, one.number, one.title, one.public_title) for one in said.records] == [
        ("Sakskart", "", "Sakskart SSU 22.05.2025", "Sakskart SSU 22.05.2025"),
        ("Saksframlegg", "1/25", "Oppsigelse av Navnesen", "Personalsak"),
        ("Saksframlegg", "2/25", "Strategi & mål <1>", "Strategi & mål <1>"),
        ("Møtedokumenter", "", "Møtedokumenter SSU 22.05.2025", "Møtedokumenter SSU 22.05.2025"),
        ("Møteprotokoll", "", "Møteprotokoll SSU 22.05.2025", "Møteprotokoll SSU 22.05.2025"),
    ]


def test_what_is_exempt_says_so(meeting, editor):
    agenda, exempt, open_case, *_rest = package_of(meeting, editor).meeting.records

    assert [screen.basis for screen in exempt.screening] == ["offl. § 23 første ledd"]
    assert [screen.access for screen in exempt.documents[0].screening] == ["Unntatt offentlighet"]
    assert (len(agenda.screening), open_case.screening) == (1, ())


def test_every_file_is_there_and_is_what_was_published(meeting, editor):
    archive = written(package_of(meeting, editor))

    assert archive.testzip() is None
    assert sorted(archive.namelist()) == [
        "README.txt",
        "checksums.txt",
        "metadata.xml",
        "moete/01-moteplan-v1.pdf",
        "protokoll/protokoll-1-offentlig.pdf",
        "protokoll/protokoll-1.pdf",
        "saker/01-1-25/01-notat-v1-sladdet.pdf",
        "saker/01-1-25/01-notat-v1.pdf",
        "sakliste/sakliste-a-offentlig.pdf",
        "sakliste/sakliste-a.pdf",
        "sakliste/sakliste-b-offentlig.pdf",
        "sakliste/sakliste-b.pdf",
    ]
    lines = dict(reversed(line.split("  ")) for line in archive.read("checksums.txt").decode().splitlines())
    assert lines == {
        name: hashlib.sha256(archive.read(name)).hexdigest()
        for name in archive.namelist()
        if name != "checksums.txt"
    }


def test_the_names_of_files_have_no_exempt_titles(meeting, editor):
    assert "navnesen" not in " ".join(written(package_of(meeting, editor)).namelist())


def test_drafts_are_not_archived(meeting, editor):
    document = Document.objects.get(meeting=meeting)
    create_version(document=document, number=2, released=False)
    create_document(meeting=meeting, released=False)

    record = next(one for one in package_of(meeting, editor).meeting.records if one.kind == "Møtedokumenter")
    assert [file.version for one in record.documents for file in one.files] == [1]


def test_a_file_that_is_gone_or_changed_stops_the_package(meeting, editor):
    version = DocumentVersion.objects.get(document__meeting=meeting)
    with version.file.storage.open(version.file.name, "wb") as file:
        file.write(b"%PDF byttet")
    with pytest.raises(rules.NotAllowed, match="ikke den som ble publisert"):
        written(package_of(meeting, editor))

    version.file.storage.delete(version.file.name)
    with pytest.raises(rules.NotAllowed, match="mangler i lageret"):
        written(package_of(meeting, editor))


def test_signs_that_xml_cannot_hold_are_left_out(meeting, editor):
    Meeting.objects.filter(pk=meeting.pk).update(place="Ha\x08mar\r\nsal 2")
    meeting.refresh_from_db()
    said = package_of(meeting, editor).meeting

    assert said.place == "Hamar\nsal 2"
    assert parse_metadata(metadata_xml(said)) == said


@pytest.mark.parametrize(("content", "error"), [(b"<moete/>", KeyError), (b"ikke XML", ParseError)])
def test_what_is_no_metadata_is_refused(content, error):
    with pytest.raises(error):
        parse_metadata(content)


def test_a_meeting_of_an_unknown_day_is_archived_too(ssu, editor):
    meeting = create_meeting(body=ssu, on=None, state="held")
    said = package_of(meeting, editor).meeting

    assert (said.day, said.previous, said.following) == ("", "", "")
    assert parse_metadata(metadata_xml(said)) == said


def test_a_big_file_is_not_held_in_memory(ssu, editor, tmp_path):
    meeting = create_meeting(body=ssu, state="held")
    create_document(meeting=meeting, versions=0)
    create_version(document=Document.objects.get(), content=b"%PDF" + bytes(20_000_000))
    package = package_of(meeting, editor)
    tracemalloc.start()
    with (tmp_path / "arkiv.zip").open("wb") as target:
        write_archive(package, target)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8_000_000


def test_the_package_is_for_the_secretariat_and_leaves_a_trail(client_of, cast, ssu_member, meeting):
    address = reverse("meetings:meeting-export", args=[meeting.public_id])
    people = {**vars(cast), "ssu": ssu_member}
    answers = {who: client_of(person).post(address).status_code for who, person in people.items()}

    assert answers == {
        "public": 302, "member": 403, "outsider": 403, "contributor": 403,
        "leader": 403, "editor": 200, "admin": 403, "ssu": 403,
    }  # fmt: skip
    entry = LogEntry.objects.about(meeting).get(verb="tok ut arkivpakke")
    assert (entry.by, entry.new) == (cast.editor, {"filer": 9, "arkivsak": "2025/12"})
    assert client_of(cast.editor).get(address).status_code == 405


def test_the_package_is_downloaded_under_the_name_of_the_meeting(client_of, editor, meeting):
    response = client_of(editor).post(reverse("meetings:meeting-export", args=[meeting.public_id]))

    assert response["Content-Disposition"] == 'attachment; filename="arkiv-ssu-22-05-2025.zip"'
    assert zipfile.ZipFile(io.BytesIO(b"".join(response))).testzip() is None


def test_a_meeting_that_was_not_held_has_no_package(client_of, editor, ssu):
    meeting = create_meeting(body=ssu, state="published")
    page = client_of(editor).post(reverse("meetings:meeting-export", args=[meeting.public_id]), follow=True)

    assert "Møtet er ikke holdt" in text(page)
    assert LogEntry.objects.count() == 0


def test_archiving_from_the_page(client_of, editor, meeting):
    address = reverse("meetings:meeting-archive", args=[meeting.public_id])
    assert client_of(editor).post(address, {"archive_ref": " "}).status_code == 422
    client_of(editor).post(address, {"archive_ref": "2025/99"})

    meeting.refresh_from_db()
    assert (meeting.state, meeting.archive_ref, meeting.archived_by) == ("archived", "2025/99", editor)
    assert "i arkivsak 2025/99" in text(client_of(editor).get(address))
