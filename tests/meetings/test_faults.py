"""A process killed in the middle: the old state or the new, no row without its file, and no file too many after cleaning."""

import email
import multiprocessing
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import LogEntry
from helsefellesskap import mail, pdf, uploads
from meetings import actions
from meetings.actions import documents, minutes, notices, publishing
from meetings.documents.minutes import content_of
from meetings.models import (
    AgendaVersion,
    Approval,
    Case,
    DecisionPoint,
    Document,
    DocumentVersion,
    Meeting,
    Minutes,
    Notice,
)
from tests import files
from tests.factories import (
    create_body,
    create_case,
    create_document,
    create_item,
    create_meeting,
    create_minutes,
    create_point,
    create_seat,
    create_user,
)
from tests.meetings.processes import (
    PATIENCE,
    arriving_files,
    die,
    files_referred_to,
    run_apart,
    stored_files,
    was_killed,
)

pytestmark = pytest.mark.usefixtures("shared_db")


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")


def clean():
    call_command("clean_files", older_than=0, verbosity=0)


def check_files(*, left_over: int = 0):
    """Every row has its file; so many files without a row are there, and gone after cleaning."""
    referred_to = files_referred_to()
    assert referred_to <= stored_files()
    assert len(stored_files() - referred_to) == left_over
    clean()
    assert (stored_files(), arriving_files()) == (referred_to, [])


# A file on its way in


@pytest.fixture
def editor(shared_db):
    return create_user(role="editor")


@pytest.fixture
def case(editor):
    """With a paper that is published, and an annex that is not."""
    case = create_case()
    create_document(case=case, kind="paper", order=0)
    create_document(case=case, released=False, order=1)
    return case


@pytest.fixture
def upload(client_of, editor, case):
    client, url = client_of(editor), reverse("meetings:document-upload-case", args=[case.public_id])
    content = files.pdf() + b"%" * 300_000

    def post():
        answer = client.post(
            url,
            {"files": SimpleUploadedFile("notat.pdf", content), "kind": "annex", "access": "public"},
        )
        assert answer.status_code == 302

    return post


def on_second_call(act):
    calls = []

    def called(*arguments, **fields):
        calls.append(arguments)
        return act() if len(calls) == 2 else arguments[1]

    return called


MOMENTS_OF_UPLOAD = {
    "while it arrives": (uploads.LimitHandler, "receive_data_chunk", on_second_call(die)),
    "while it is looked into": (documents.uploads, "inspect", die),
    "when it is stored": (documents, "_lock_siblings", die),
    "when its row is written": (documents, "record", die),
}


@pytest.mark.parametrize("moment", MOMENTS_OF_UPLOAD)
def test_a_killed_upload_leaves_the_old_state(monkeypatch, upload, moment):
    monkeypatch.setattr(*MOMENTS_OF_UPLOAD[moment])

    assert was_killed(upload)
    assert (Document.objects.count(), DocumentVersion.objects.count()) == (2, 2)
    assert not LogEntry.objects.exists()
    is_stored = moment in {"when it is stored", "when its row is written"}
    assert len(arriving_files()) == (not is_stored)
    check_files(left_over=int(is_stored))


def test_after_a_killed_upload_the_same_file_is_taken_in(monkeypatch, upload):
    with monkeypatch.context() as patched:
        patched.setattr(documents, "record", die)
        assert was_killed(upload)
    upload()

    assert DocumentVersion.objects.count() == 3
    check_files(left_over=1)


@pytest.mark.parametrize(
    ("moment", "is_replaced", "left_over"), [("record", False, 1), ("_delete_files", True, 1)]
)
def test_a_killed_replacement_leaves_one_draft(monkeypatch, editor, case, moment, is_replaced, left_over):
    draft = case.documents.get(released_at=None)
    new = files.upload(files.pdf("Ny"), "ny.pdf")
    monkeypatch.setattr(documents, moment, die)

    assert was_killed(lambda: actions.replace_file(document=draft, file=new, by=editor))
    new.close()
    assert (draft.versions.get().original_name == "ny.pdf") is is_replaced
    check_files(left_over=left_over)


@pytest.mark.parametrize(("moment", "is_deleted"), [("record", False), ("_delete_files", True)])
def test_a_killed_deletion_leaves_the_document_whole_or_none_of_it(
    monkeypatch, editor, case, moment, is_deleted
):
    draft = case.documents.get(released_at=None)
    monkeypatch.setattr(documents, moment, die)

    assert was_killed(lambda: actions.delete_document(document=draft, by=editor))
    assert Document.objects.filter(pk=draft.pk).exists() is not is_deleted
    check_files(left_over=int(is_deleted))


# Publishing an agenda


def agenda_state():
    return {
        "numbers": sorted(Case.objects.exclude(seq=None).values_list("year", "seq")),
        "listed": Case.objects.filter(state="listed").count(),
        "agendas": AgendaVersion.objects.count(),
        "published": Meeting.objects.filter(state="published").count(),
        "released": Document.objects.exclude(released_at=None).count(),
        "log": LogEntry.objects.count(),
    }


OLD = {"numbers": [], "listed": 0, "agendas": 0, "published": 0, "released": 0, "log": 0}
NEW = {"numbers": [(2031, 1), (2031, 2)], "listed": 2, "agendas": 1, "published": 1, "released": 2, "log": 3}


@pytest.fixture
def publish(editor):
    meeting = create_meeting(on=date(2031, 1, 15), state="called")
    for _case in range(2):
        case = create_case(body=meeting.body, kind="discussion", state="review")
        create_document(case=case, released=False)
        create_item(meeting=meeting, case=case, released=False)
    return lambda: publishing.publish_agenda(meeting=meeting, by=editor)


@pytest.mark.parametrize(
    ("module", "moment", "left_over"),
    [
        (pdf, "print_document", 0),
        (publishing, "_list_case", 0),
        (AgendaVersion, "save", 2),
        (publishing, "keep_deadline", 2),
    ],
)
def test_a_killed_publication_leaves_the_old_agenda(monkeypatch, publish, module, moment, left_over):
    with monkeypatch.context() as patched:
        patched.setattr(module, moment, die)
        assert was_killed(publish)

    assert agenda_state() == OLD
    check_files(left_over=left_over)
    publish()
    assert agenda_state() == NEW
    check_files()


def test_a_server_killed_after_publishing_leaves_the_new_agenda(publish):
    assert was_killed(lambda: (publish(), die()))
    assert agenda_state() == NEW
    check_files()


# Approving minutes


def minutes_state():
    return {
        "minutes": set(Minutes.objects.values_list("state", flat=True)),
        "meetings": set(Meeting.objects.values_list("state", flat=True)),
        "approvals": Approval.objects.count(),
        "locked": DecisionPoint.objects.exclude(locked_at=None).count(),
        "files": len(files_referred_to()),
        "log": LogEntry.objects.count(),
    }


DRAFTED = {"minutes": {"comments"}, "meetings": {"drafted"}, "approvals": 1, "locked": 0, "files": 0}
APPROVED = {"minutes": {"approved"}, "meetings": {"approved"}, "approvals": 2, "locked": 1, "files": 2}


@pytest.fixture
def approve(editor):
    """The approval of the second side, with which the minutes are public."""
    body = create_body()
    chairs = [
        create_seat(body=body, role=role, side=side).person
        for role, side in (("leader", "municipal"), ("deputy_leader", "hospital"))
    ]
    meeting = create_meeting(body=body, on=timezone.localdate() - timedelta(7), state="drafted")
    create_point(item=create_item(meeting=meeting), locked=False)
    out = create_minutes(meeting=meeting, state="comments")
    actions.approve_minutes(minutes=out, content=content_of(out), by=chairs[0])
    return lambda: actions.approve_minutes(minutes=out, content=content_of(out), by=chairs[1])


@pytest.mark.parametrize(
    ("module", "moment", "left_over"),
    [(pdf, "print_document", 0), (Minutes, "save", 2), (minutes, "_tell_portfolio", 2)],
)
def test_a_killed_approval_leaves_the_minutes_as_they_were(monkeypatch, approve, module, moment, left_over):
    with monkeypatch.context() as patched:
        patched.setattr(module, moment, die)
        assert was_killed(approve)

    assert minutes_state() == {**DRAFTED, "log": 1}
    check_files(left_over=left_over)
    approve()
    assert minutes_state() == {**APPROVED, "log": 3}
    check_files()


def test_a_server_killed_after_the_approval_leaves_the_minutes_approved(approve):
    assert was_killed(lambda: (approve(), die()))
    assert minutes_state() == {**APPROVED, "log": 3}
    check_files()


# Mails


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mails"
    return settings.EMAIL_FILE_PATH


def mails_to(mailbox):
    """How many mails each person got."""
    found = [
        email.message_from_string(text)["To"]
        for path in mailbox.iterdir()
        for text in path.read_text().split("-" * 79 + "\n")
        if text.strip()
    ]
    return Counter(found)


@pytest.mark.parametrize("has_left", [False, True])
def test_nobody_gets_two_mails_when_one_of_two_workers_is_killed(monkeypatch, editor, mailbox, has_left):
    meeting = create_meeting()
    for _seat in range(20):
        create_seat(body=meeting.body)
    actions.call_meeting(meeting=meeting, by=editor)
    send, third = mail.send, multiprocessing.get_context("fork").Event()
    claimed = []

    def die_at_the_third(*arguments, **fields):
        claimed.append(arguments)
        if len(claimed) == 3:
            if has_left:
                send(*arguments, **fields)
            third.set()
            die()
        send(*arguments, **fields)

    def wait_for_the_third(*arguments, **fields):
        third.wait(PATIENCE)
        send(*arguments, **fields)

    def work(with_send):
        monkeypatch.setattr(mail, "send", with_send)
        actions.send_waiting_notices()

    assert sorted(run_apart(lambda: work(die_at_the_third), lambda: work(wait_for_the_third))) == [-9, 0]
    actions.send_waiting_notices(now=timezone.now() + notices.UNCERTAIN_AFTER + timedelta(minutes=1))

    got = mails_to(mailbox)
    assert set(got.values()) == {1}
    assert len(got) == 19 + has_left
    assert Counter(Notice.objects.values_list("state", flat=True)) == {"sent": 19, "failed": 1}
    assert "usikkert" in Notice.objects.get(state="failed").error
