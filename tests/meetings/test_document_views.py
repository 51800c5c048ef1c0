"""Taking in documents, keeping them and reading them, by the cast; bad files leave nothing behind."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import LogEntry
from meetings import actions
from meetings.actions import cleaning
from meetings.models import AccessRequest, Document, DocumentVersion, Seat
from tests import files
from tests.factories import (
    call_deputy,
    create_case,
    create_document,
    create_exemption,
    create_item,
    create_meeting,
    create_version,
)
from tests.portfolio.pages import body, main, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(ssu):
    return create_meeting(body=ssu, state="published")


@pytest.fixture
def case(meeting):
    return create_item(meeting=meeting).case


def address(name, thing):
    return reverse(f"meetings:{name}", args=[thing.public_id])


def sent(*contents, **fields):
    return {
        "files": [SimpleUploadedFile(name, content) for name, content in contents],
        "kind": "annex",
        "access": "public",
        "public_from": "",
        **fields,
    }


def stored():
    """Every file in the storage."""
    root = Path(default_storage.location)
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []


def test_several_files_are_taken_in_at_once(client_of, editor, case):
    posted = sent(("Budsjett 2026.pdf", files.pdf("Tall")), ("Økonomi.docx", files.docx()))
    assert client_of(editor).post(address("document-upload-case", case), posted).status_code == 302

    rows = list(Document.objects.order_by("order").values_list("title", "access", "released_at"))
    assert rows == [("Budsjett 2026", "public", None), ("Økonomi", "public", None)]
    assert {version.content_type.rpartition("/")[2][:6] for version in DocumentVersion.objects.all()} == {
        "pdf",
        "vnd.op",
    }
    assert len(stored()) == 2


def test_uploading_is_for_the_secretariat(client_of, cast, ssu_member, case, meeting):
    people = {**vars(cast), "ssu": ssu_member}
    for url in (address("document-upload-case", case), address("document-upload-meeting", meeting)):
        answers = {
            who: client_of(person).post(url, sent(("a.pdf", files.pdf()))).status_code
            for who, person in people.items()
        }
        assert {who for who, status in answers.items() if status == 302} == {"public", "editor"}
    assert Document.objects.count() == 2


def test_good_files_are_kept_beside_a_bad_one(client_of, editor, case):
    posted = sent(("god.pdf", files.pdf()), ("falsk.pdf", b"<html></html>"))
    page = client_of(editor).post(address("document-upload-case", case), posted, follow=True)

    assert list(Document.objects.values_list("title", flat=True)) == ["god"]
    assert "falsk.pdf" in main(page)
    assert len(stored()) == 1


def test_a_wild_name_is_tamed(client_of, editor, case):
    wild = "../../etc/" + "æøå" * 40 + ".pdf"
    client_of(editor).post(address("document-upload-case", case), sent((wild, files.pdf())))

    version = DocumentVersion.objects.get()
    assert len(version.original_name.encode()) <= 150
    assert (".." in version.original_name, "/" in version.original_name) == (False, False)
    assert version.file.name.startswith("vedlegg/")
    assert not set("æøå") & set(version.file.name)


def test_an_editor_is_told_what_is_odd(client_of, editor, case):
    page = client_of(editor).post(
        address("document-upload-case", case),
        sent(("skannet.pdf", files.pdf("", is_tagged=False))),
        follow=True,
    )

    assert DocumentVersion.objects.get().findings
    assert "skannet" in main(page)


def test_no_file_at_all_is_told_at_the_field(client_of, editor, case):
    page = client_of(editor).post(
        address("document-upload-case", case), {"kind": "annex", "access": "public"}
    )

    assert (page.status_code, Document.objects.count()) == (422, 0)


def test_documents_for_members_say_until_when(client_of, editor, case):
    url = address("document-upload-case", case)
    assert client_of(editor).post(url, sent(("a.pdf", files.pdf()), access="members")).status_code == 422
    client_of(editor).post(
        url, sent(("a.pdf", files.pdf()), access="members", public_from="2027-03-01T12:00")
    )

    assert timezone.localtime(Document.objects.get().public_from).isoformat() == "2027-03-01T12:00:00+01:00"


def test_a_new_version_keeps_the_old_one(client_of, editor, case):
    document = create_document(case=case)
    client_of(editor).post(
        address("document-replace", document), {"files": SimpleUploadedFile("ny.pdf", files.pdf("Ny"))}
    )

    versions = document.versions.order_by("number")
    assert [(version.number, version.released_at is None) for version in versions] == [(1, False), (2, True)]


def test_a_refused_new_version_leaves_the_old_alone(client_of, editor, case):
    document = create_document(case=case)
    before = stored()
    page = client_of(editor).post(
        address("document-replace", document), {"files": SimpleUploadedFile("ny.pdf", b"<html>")}
    )

    assert (page.status_code, document.versions.count(), stored()) == (422, 1, before)


def edited(document, **fields):
    return {
        "title": document.title, "kind": "annex", "language": "nb", "text_alternative": "", "access": "public", "public_from": "",
        "basis": "", "confidentiality_rule": "", "wider_access": "", "public_title": "", "reason": "", "review_on": "", **fields,
    }  # fmt: skip


def test_a_document_is_exempted_on_its_page(client_of, editor, case, ssu_member):
    document = create_document(case=case, title="Brev om Navnesen")
    form = client_of(editor).get(address("document-update", document)).context["form"]
    posted = edited(document, access="exempt", version=form.initial["version"])
    assert client_of(editor).post(address("document-update", document), posted).status_code == 422
    whole = {**posted, "basis": "offl23-1", "wider_access": "Vurdert.", "public_title": "Brev"}
    assert client_of(editor).post(address("document-update", document), whole).status_code == 302

    pages = {
        name: body(client_of(person).get(case.get_absolute_url()))
        for name, person in (("public", None), ("member", ssu_member))
    }
    assert {name: "Navnesen" in page for name, page in pages.items()} == {"public": False, "member": True}


def test_two_who_edit_a_document_are_told_of_each_other(client_of, editor, case):
    document = create_document(case=case, released=False)
    version = client_of(editor).get(address("document-update", document)).context["form"].initial["version"]
    client_of(editor).post(
        address("document-update", document), edited(document, title="Først", version=version)
    )
    page = client_of(editor).post(
        address("document-update", document), edited(document, title="Sist", version=version)
    )

    document.refresh_from_db()
    assert (page.status_code, document.title) == (422, "Først")
    assert "Sist" in body(page)


def test_annexes_are_ordered_by_buttons(client_of, editor, case):
    first, second = (create_document(case=case, order=number) for number in (1, 2))
    client_of(editor).post(address("document-move", second), {"plass": "1"})

    assert list(Document.objects.in_order()) == [second, first]


def test_annexes_of_a_meeting_that_is_over_keep_their_numbers(client_of, editor, case, meeting):
    first, second = create_document(case=case), create_document(case=case)
    type(meeting).objects.filter(pk=meeting.pk).update(state="held")
    page = client_of(editor).post(address("document-move", second), {"plass": "1"}, follow=True)

    assert "kan ikke flyttes" in text(page)
    assert "Flytt opp" not in text(page)
    assert list(Document.objects.in_order()) == [first, second]


def test_a_published_document_is_withdrawn_and_a_draft_deleted(client_of, editor, ssu_member, case):
    published, draft = create_document(case=case), create_document(case=case, released=False)
    assert client_of(editor).post(address("document-delete", published)).status_code == 302
    client_of(editor).post(address("document-withdraw", published), {"reason": "Feil fil."})
    client_of(editor).post(address("document-delete", draft))

    assert list(Document.objects.all()) == [published]
    assert len(stored()) == 1
    assert published.title not in text(client_of(ssu_member).get(case.get_absolute_url()))


def test_what_came_after_the_meeting_is_published_by_itself(client_of, editor, ssu_member, meeting, case):
    shown = create_document(case=case, released=False)
    address_of = address("document-publish", shown)
    before = text(client_of(editor).post(address_of, follow=True))
    assert "Dokumentet publiseres sammen med saklisten." in before

    type(meeting).objects.filter(pk=meeting.pk).update(state="held")
    assert client_of(ssu_member).post(address_of).status_code == 404
    assert shown.title not in text(client_of(None).get(case.get_absolute_url()))
    assert client_of(editor).post(address_of).status_code == 302
    page = text(client_of(None).get(case.get_absolute_url()))
    assert shown.title in page
    assert "Ettersendt" in page


@pytest.fixture
def readers(cast, ssu, ssu_member, pa_member, former_member, deputy, meeting):
    call_deputy(meeting=meeting, seat=Seat.objects.get(person=deputy), closes_on=timezone.localdate())
    return {**vars(cast), "ssu": ssu_member, "pa": pa_member, "former": former_member, "deputy": deputy}


INSIDE = {"ssu", "deputy", "editor", "leader"}


def test_every_way_to_an_exempt_file_is_closed_to_outsiders(client_of, readers, case):
    document = create_document(case=case, access="exempt", versions=0)
    version = create_version(document=document, content=files.pdf("Hemmelig"), pages=1)
    paths = {
        "the page": address("document-detail", version),
        "the file": reverse("meetings:document-file", args=[version.public_id, "brev.pdf"]),
        "a page image": reverse("meetings:document-page", args=[version.public_id, 1]),
    }
    for path in paths.values():
        for extra in ({}, {"HTTP_RANGE": "bytes=0-10"}):
            answers = {
                who: client_of(person).get(path, **extra).status_code for who, person in readers.items()
            }
            assert {who for who, status in answers.items() if status in {200, 206}} == INSIDE
            assert {status for who, status in answers.items() if who not in INSIDE} == {404}
    assert client_of(None).head(paths["the file"]).status_code == 404


def test_a_guessed_id_and_an_old_version_are_unknown(client_of, ssu_member, editor, case):
    document = create_document(case=case, access="exempt", versions=2)
    old = reverse("meetings:document-file", args=[document.versions.get(number=1).public_id, "x.pdf"])
    guessed = reverse("meetings:document-file", args=["00000000-0000-4000-8000-000000000000", "x.pdf"])

    assert [client_of(person).get(old).status_code for person in (None, ssu_member, editor)] == [
        404,
        404,
        200,
    ]
    assert client_of(editor).get(guessed).status_code == 404


def test_the_public_opens_the_redacted_version_under_the_public_title(client_of, case):
    document = create_document(case=case, title="Brev om Navnesen", public_title="Brev", access="exempt")
    redacted = create_version(document=document, is_redacted=True, content=files.pdf("Sladdet"))
    page = client_of(None).get(address("document-detail", redacted))
    file = client_of(None).get(
        reverse("meetings:document-file", args=[redacted.public_id, "brev-om-navnesen.pdf"])
    )

    assert (page.status_code, "Navnesen" in body(page)) == (200, False)
    assert file["Content-Disposition"] == 'inline; filename="brev.pdf"'
    assert "Navnesen" not in text(client_of(None).get(case.get_absolute_url()))


def test_files_are_never_run_in_the_browser(client_of, editor, case):
    document = create_document(case=case, versions=0)
    word = create_version(
        document=document,
        content=files.docx(),
        content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        extension="docx",
    )
    answer = client_of(None).get(reverse("meetings:document-file", args=[word.public_id, "x.docx"]))

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_opening_what_is_exempt_is_recorded(client_of, ssu_member, case):
    exempt, ordinary = create_document(case=case, access="exempt"), create_document(case=case)
    for document in (exempt, ordinary):
        client_of(ssu_member).get(
            reverse("meetings:document-file", args=[document.versions.get().public_id, "x.pdf"])
        )

    [entry] = LogEntry.objects.filter(verb="åpnet unntatt dokument")
    assert (entry.by, entry.target_id) == (ssu_member, str(exempt.pk))


def test_anybody_asks_for_access_and_hears_by_when(client_of, case, settings):
    document = create_document(case=case, access="exempt", public_title="Brev")
    page = client_of(None).post(
        address("access-request-document", document), {"text": "Jeg ber om innsyn.", "email": ""}
    )

    asked = AccessRequest.objects.get()
    assert (page.url, asked.document) == (address("access-request-receipt", asked), document)
    assert asked.due_on > timezone.localdate() + timedelta(5)
    assert f"{asked.due_on:%d.%m.%Y}" in text(client_of(None).get(page.url))


def test_the_same_request_again_is_one(client_of, case):
    document = create_document(case=case, access="exempt")
    for _time in range(2):
        client_of(None).post(address("access-request-document", document), {"text": "Innsyn!", "email": ""})

    assert AccessRequest.objects.count() == 1


def test_requests_are_counted_by_address(client_of, case):
    url = address("access-request-document", create_document(case=case, access="exempt"))
    sent = [client_of(None).post(url, {"text": f"Krav {n}", "email": ""}).status_code for n in range(21)]

    assert (sent[:20], sent[20], AccessRequest.objects.count()) == ([302] * 20, 422, 20)


def test_what_members_read_first_is_asked_for_too(client_of, case, ssu_member):
    url = address("access-request-document", create_document(case=case, access="members"))

    assert (client_of(None).get(url).status_code, client_of(ssu_member).get(url).status_code) == (200, 404)


def test_what_is_public_is_not_asked_for(client_of, case):
    assert (
        client_of(None).get(address("access-request-document", create_document(case=case))).status_code == 404
    )
    assert client_of(None).get(address("access-request-case", case)).status_code == 404


def test_requests_are_answered_by_the_secretariat(client_of, cast, editor, ssu):
    case = create_case(body=ssu, announced=True, exemption=create_exemption(), public_title="Personalsak")
    client_of(None).post(address("access-request-case", case), {"text": "Innsyn!", "email": "ola@example.no"})
    asked = AccessRequest.objects.get()
    answers = {who: client_of(person).get("/innsyn/").status_code for who, person in vars(cast).items()}
    assert {who for who, status in answers.items() if status == 200} == {"editor"}

    url = address("access-request-answer", asked)
    assert client_of(editor).post(url, {"state": "refused", "answer": "Nei.", "basis": ""}).status_code == 422
    client_of(editor).post(url, {"state": "refused", "answer": "Nei.", "basis": "offl. § 23 første ledd"})
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("refused", editor)

    actions.send_waiting_notices()
    [letter] = mail.outbox
    assert letter.to == ["ola@example.no"]
    for words in ("Personalsak", "Avslått", "offl. § 23 første ledd", "Nei.", "Du kan klage innen tre uker"):
        assert words in letter.body
        assert words in text(client_of(None).get(address("access-request-receipt", asked)))


def test_the_answer_leads_to_the_exemption(client_of, editor, case):
    document = create_document(case=case, access="exempt", public_title="Brev")
    asked = AccessRequest.objects.create(document=document, text="Innsyn!", due_on=timezone.localdate())
    url = address("access-request-answer", asked)
    page = client_of(editor).get(url).content.decode()
    for link in (document.versions.get().get_absolute_url(), address("document-update", document)):
        assert f'href="{link}"' in page

    answer = client_of(editor).post(url, {"state": "granted", "answer": "Ja.", "basis": ""})
    assert answer.url == address("document-update", document)


def test_the_receipt_links_only_what_the_visitor_may_see(client_of, editor, case):
    document = create_document(case=case, access="exempt", public_title="Brev")
    asked = AccessRequest.objects.create(document=document, text="Innsyn!", due_on=timezone.localdate())
    link = f'href="{document.versions.get().get_absolute_url()}"'

    def is_linked(person):
        return link in client_of(person).get(address("access-request-receipt", asked)).content.decode()

    assert (is_linked(None), is_linked(editor)) == (False, True)
    actions.lift_exemption(thing=document, by=editor)
    assert is_linked(None)


def test_a_receipt_for_a_case_links_to_it(client_of, ssu):
    case = create_case(body=ssu, announced=True, exemption=create_exemption(), public_title="Personalsak")
    draft = create_case(body=ssu, exemption=create_exemption(), public_title="Utkast")
    pages = [
        client_of(None).get(address("access-request-receipt", asked)).content.decode()
        for asked in (
            AccessRequest.objects.create(case=one, text="Innsyn!", due_on=timezone.localdate())
            for one in (case, draft)
        )
    ]

    assert f'href="{case.get_absolute_url()}">Personalsak</a>' in pages[0]
    assert ">Utkast</a>" not in pages[1]


def test_files_without_a_row_are_removed_when_they_are_old(case):
    kept = create_document(case=case).versions.get().file.name
    orphan = default_storage.save("vedlegg/ab/orphan.pdf", SimpleUploadedFile("x.pdf", b"%PDF"))
    call_command("clean_files", older_than=24, verbosity=0)
    assert default_storage.exists(orphan)

    assert cleaning.remove_orphans(older_than=timedelta(0), dry_run=True) == [orphan]
    call_command("clean_files", older_than=0, verbosity=0)
    assert (default_storage.exists(orphan), default_storage.exists(kept)) == (False, True)


def test_a_row_that_cannot_be_written_leaves_no_file(client_of, editor, case, monkeypatch):
    def fail(**_fields):
        raise OSError("the database is gone")

    monkeypatch.setattr("meetings.actions.documents.record", fail)
    with pytest.raises(OSError, match="gone"):
        client_of(editor).post(address("document-upload-case", case), sent(("a.pdf", files.pdf())))

    assert (Document.objects.count(), stored()) == (0, [])
