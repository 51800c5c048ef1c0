"""A form that is sent twice, as by a double click, makes one thing; so do two clicks at the same moment."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import LogEntry, Role
from helsefellesskap import pdf
from meetings import actions
from meetings.documents.minutes import content_of
from meetings.models import (
    AccessRequest,
    AgendaVersion,
    Approval,
    Case,
    DecisionPoint,
    Document,
    DocumentVersion,
    Event,
    FollowUp,
    Meeting,
    MinutesComment,
    Notice,
    Recusal,
)
from tests import files
from tests.factories import (
    create_body,
    create_case,
    create_document,
    create_exemption,
    create_item,
    create_meeting,
    create_minutes,
    create_seat,
    create_user,
)
from tests.meetings.processes import PATIENCE, stored_files

MADE = (
    AccessRequest,
    AgendaVersion,
    Approval,
    Case,
    DecisionPoint,
    Document,
    DocumentVersion,
    Event,
    FollowUp,
    LogEntry,
    Meeting,
    MinutesComment,
    Notice,
    Recusal,
)
"""What a form may make more of."""

FILE = files.pdf()


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")


class Scene:
    """The people and things that the forms are about."""

    def __init__(self):
        self.editor = create_user(role=Role.EDITOR)
        self.contributor = create_user(role=Role.CONTRIBUTOR)
        self.body = create_body()
        self.leader, self.deputy_leader = (
            create_seat(body=self.body, role=role, side=side).person
            for role, side in (("leader", "municipal"), ("deputy_leader", "hospital"))
        )
        self.held = create_meeting(
            body=self.body, on=timezone.localdate() - timedelta(7), state=Meeting.State.HELD
        )
        self.item = create_item(meeting=self.held)
        self.planned = create_meeting(body=self.body)
        self.called = create_meeting(
            body=self.body, on=timezone.localdate() + timedelta(400), state=Meeting.State.CALLED
        )
        listed = create_case(body=self.body, kind="discussion", state="review")
        create_item(meeting=self.called, case=listed, released=False)
        self.exempt = create_document(case=self.item.case, access="exempt", exemption=create_exemption())
        self.drafted, self.almost_approved = (
            create_meeting(
                body=self.body, on=timezone.localdate() - timedelta(days), state=Meeting.State.DRAFTED
            )
            for days in (30, 60)
        )
        create_minutes(meeting=self.drafted, state="comments")
        minutes = create_minutes(meeting=self.almost_approved, state="comments")
        actions.approve_minutes(minutes=minutes, content=content_of(minutes), by=self.deputy_leader)


def upload(scene):
    posted = {"files": SimpleUploadedFile("notat.pdf", FILE), "kind": "annex", "access": "public"}
    return scene.editor, "document-upload-case", scene.item.case.public_id, posted


def replace(scene):
    posted = {"files": SimpleUploadedFile("ny.pdf", FILE)}
    return scene.editor, "document-replace", scene.exempt.public_id, posted


def publish(scene):
    return scene.editor, "agenda-publish", scene.called.public_id, {"note": ""}


def approve(scene):
    return (
        scene.leader,
        "minutes-approve",
        scene.drafted.public_id,
        {"content": content_of(scene.drafted.minutes.get())},
    )


def approve_last(scene):
    return (
        scene.leader,
        "minutes-approve",
        scene.almost_approved.public_id,
        {"content": content_of(scene.almost_approved.minutes.get())},
    )


def comment(scene):
    return scene.leader, "minutes-comment", scene.drafted.public_id, {"text": "Navnet er feil."}


def record(scene):
    posted = {
        "outcome": "treated", "outcome_note": "", "treatment": "God samtale.", "closed_basis": "", "version": "1",
        "punkter": "1", "punkt-0-key": "", "punkt-0-adopted": "SSU vedtar.", "punkt-0-outcome": "adopted",
        "punkt-0-vote": "consensus", "punkt-0-dissent": "",
    }  # fmt: skip
    return scene.editor, "item-treat", scene.item.public_id, posted


def call(scene):
    return scene.editor, "meeting-call", scene.planned.public_id, {"text": "Velkommen."}


def propose(scene):
    posted = {"title": "Ny avtale", "body": scene.body.pk, "summary": "Vi trenger den.", "initiative": ""}
    return scene.contributor, "case-propose", None, posted


def ask(scene):
    return None, "access-request-document", scene.exempt.public_id, {"text": "Innsyn, takk.", "email": ""}


def recuse(scene):
    return scene.leader, "recusal-declare", scene.item.public_id, {"reason": "Min kommune."}


FORMS = [
    upload,
    replace,
    publish,
    approve,
    approve_last,
    comment,
    record,
    call,
    propose,
    ask,
    recuse,
]
SAYS_SO = {publish, approve, approve_last, call}
"""Those whose second answer tells that it is done already."""


def send(client_of, form, scene):
    person, name, key, posted = form(scene)
    return client_of(person).post(reverse(f"meetings:{name}", args=[key] if key else []), posted)


def made_by(act):
    """How many more of each there are afterwards."""

    def count():
        return {model.__name__: model._base_manager.count() for model in MADE} | {
            "files": len(stored_files())
        }

    before = count()
    act()
    return {name: number - before[name] for name, number in count().items() if number != before[name]}


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_twice_makes_one_thing(client_of, form):
    scene = Scene()

    answers = []

    def click():
        answers.append(send(client_of, form, scene).status_code)

    assert made_by(click) != {}
    assert made_by(click) == {}
    assert answers[0] in {200, 302}
    assert answers[1] in ({302, 422} if form in SAYS_SO else {200, 302})


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.parametrize("form", FORMS)
def test_two_clicks_at_the_same_moment_make_one_thing(shared_db, client_of, form):
    scene, another = Scene(), Scene()
    answers, start = [], threading.Barrier(2, timeout=PATIENCE)

    def click():
        with closing(connection):
            person, name, key, posted = form(scene)
            client, url = client_of(person), reverse(f"meetings:{name}", args=[key] if key else [])
            start.wait()
            answers.append(client.post(url, posted).status_code)

    def click_twice():
        threads = [threading.Thread(target=click, daemon=True) for _click in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)

    assert made_by(click_twice) == made_by(lambda: send(client_of, form, another))
    assert sorted(answers)[0] in {200, 302}
    assert sorted(answers)[1] in ({200, 302, 422} if form in SAYS_SO else {200, 302})
