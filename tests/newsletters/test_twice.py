"""A form that is sent twice, as by a double click or a reload, does one thing; so do two clicks at the same moment."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import LogEntry, Role
from newsletters.documents.checks import checked
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import (
    AcceptedFinding,
    Approval,
    Attachment,
    Block,
    Delivery,
    Newsletter,
    Picture,
    Subscription,
)
from tests.factories import create_body, create_newsletter, create_seat, create_subscription, create_user
from tests.meetings.conftest import shared_db  # noqa: F401 -- a database that several threads work on
from tests.meetings.processes import PATIENCE, stored_files
from tests.newsletters.letters import (
    FILE,
    PICTURE,
    add_attachment,
    add_block,
    approve,
    print_as_text,
    publish,
    send,
)

MADE = (
    AcceptedFinding,
    Approval,
    Attachment,
    Block,
    Delivery,
    LogEntry,
    Newsletter,
    Picture,
    Subscription,
)
"""What a form may make more of."""

LATER = timezone.localtime() + timedelta(days=3)


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    print_as_text(monkeypatch)


class Scene:
    """The people and newsletters that the forms are about."""

    def __init__(self):
        body = create_body(code="ssu")
        self.editor = create_user(role=Role.EDITOR)
        self.chair, self.vice_chair = (create_user(role=Role.LEADER) for _ in range(2))
        create_seat(body=body, person=self.chair, role="leader", side="municipal")
        create_seat(body=body, person=self.vice_chair, role="deputy_leader", side="hospital")
        for _reader in range(3):
            create_subscription()
        self.numbers = iter(range(1, 100))
        by = {"by": self.editor, "leaders": (self.chair, self.vice_chair)}
        self.draft = self.write()
        add_attachment(self.draft, content=b"", title="Kommer")
        self.block = self.draft.blocks.get()
        self.review, self.almost = (send(self.write(), by=self.editor) for _ in range(2))
        Approval.objects.create(
            newsletter=self.almost,
            side="hospital",
            content=fingerprint(self.almost),
            approved_by=self.vice_chair,
        )
        self.approved, self.scheduled = (approve(self.write(), **by) for _ in range(2))
        self.published = publish(self.write(sends_mail=False), **by)

    def write(self, **fields) -> Newsletter:
        newsletter = create_newsletter(year=2026, number=next(self.numbers), by=self.editor, **fields)
        add_block(newsletter, by=self.editor)
        return newsletter


def at(scene, name, thing, **posted):
    return scene.editor, reverse(f"newsletters:{name}", args=[thing.public_id]), posted


def begin(scene):
    posted = {"title": f"Ny av {scene.editor}", "period": "", "as_of": "", "copy_of": ""}
    return scene.editor, reverse("newsletters:newsletter-create"), posted


def write_block(scene):
    return at(scene, "block-update", scene.block, heading="Ny", body="Nytt.", version="2")


def write_by_itself(scene):
    return at(scene, "block-autosave", scene.block, heading="Ny", body="Nytt.", version="2")


def add(scene):
    return at(scene, "block-create", scene.draft, kind="coming", after=str(scene.block.pk))


def add_first(scene):
    return at(scene, "block-create", scene.draft, kind="text")


def change_facts(scene):
    number = {"year": scene.draft.year, "number": scene.draft.number}
    return at(scene, "newsletter-update", scene.draft, title="Ny tittel", version="1", **number)


def put_in_picture(scene):
    file = SimpleUploadedFile("bro.png", PICTURE)
    return at(scene, "picture-create", scene.block, file=file, alt="Broen", caption="")


def attach(scene):
    file = SimpleUploadedFile("notat.pdf", FILE)
    return at(scene, "attachment-create", scene.draft, file=file, title="Notat")


def announce(scene):
    return at(scene, "attachment-create", scene.draft, title="Rapporten")


def accept(scene):
    code = "newsletter_attachment_missing"
    groups = {group.check.code: group for group in checked(scene.draft, today=timezone.localdate())}
    reason = {f"{code}-reason": "Kommer i neste uke."}
    return at(scene, "finding-accept", scene.draft, code=code, seen=groups[code].seen, **reason)


def to_approval(scene):
    return at(scene, "newsletter-send", scene.draft)


def approve_first(scene):
    posted = {"content": fingerprint(scene.review)}
    return (scene.chair, *at(scene, "newsletter-approve", scene.review, **posted)[1:])


def approve_last(scene):
    posted = {"content": fingerprint(scene.almost)}
    return (scene.chair, *at(scene, "newsletter-approve", scene.almost, **posted)[1:])


def take_back(scene):
    return (scene.chair, *at(scene, "newsletter-withdraw", scene.review, note="Rett tallet.")[1:])


def publish_now(scene):
    return at(scene, "newsletter-publish", scene.approved, when="now")


def publish_later(scene):
    return at(
        scene, "newsletter-publish", scene.scheduled, when="later", publish_at=f"{LATER:%Y-%m-%dT%H:%M}"
    )


def correct(scene):
    return at(scene, "newsletter-correct", scene.published, note="Feil beløp.")


def try_mail(scene):
    return at(scene, "delivery-test", scene.draft)


def subscribe(scene):
    return None, reverse("newsletters:subscription-create"), {"email": "ny@example.no"}


MAKES = {
    begin: {"Newsletter": 1, "LogEntry": 1, "versions": 1},
    write_block: {"versions": 1},
    write_by_itself: {"versions": 1},
    add: {"Block": 1, "versions": 1},
    add_first: {"Block": 1, "versions": 1},
    change_facts: {"LogEntry": 1, "versions": 1},
    put_in_picture: {"Picture": 1, "LogEntry": 1, "files": 1},
    attach: {"Attachment": 1, "LogEntry": 1, "files": 1},
    announce: {"Attachment": 1, "LogEntry": 1},
    accept: {"AcceptedFinding": 1, "LogEntry": 1},
    to_approval: {"LogEntry": 1, "Delivery": 2},
    approve_first: {"Approval": 1, "LogEntry": 1},
    approve_last: {"Approval": 1, "LogEntry": 1, "Delivery": 1},
    take_back: {"LogEntry": 1, "Delivery": 1},
    publish_now: {"Delivery": 3, "LogEntry": 2, "files": 1},
    publish_later: {"LogEntry": 1},
    correct: {"Newsletter": 1, "Block": 1, "LogEntry": 1, "versions": 2},
    try_mail: {"Delivery": 1, "LogEntry": 1},
    subscribe: {"Delivery": 1, "Subscription": 1},
}
"""What each form makes, in one click or two."""
SAYS_SO = {take_back, publish_now, correct}
"""Those whose second answer may tell that it is done already."""


def made_by(act):
    """How many more of each there are afterwards."""

    def count():
        return {model.__name__: model._base_manager.count() for model in MADE} | {
            "files": len(stored_files()),
            "versions": sum(
                sum(model.objects.values_list("version", flat=True)) for model in (Block, Newsletter)
            ),
        }

    before = count()
    act()
    return {name: number - before[name] for name, number in count().items() if number != before[name]}


def post(client_of, person, url, posted):
    return client_of(person).post(url, posted).status_code


@pytest.mark.django_db
@pytest.mark.parametrize("form", MAKES)
def test_a_form_sent_twice_does_one_thing(client_of, form):
    scene = Scene()
    sent = form(scene)
    answers = []

    def click():
        for value in sent[2].values():
            if hasattr(value, "seek"):
                value.seek(0)
        answers.append(post(client_of, *sent))

    assert made_by(click) == MAKES[form]
    assert made_by(click) == {}
    assert answers[0] in {200, 302}
    assert answers[1] in ({302, 422} if form in SAYS_SO else {200, 302})


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.parametrize("form", MAKES)
def test_two_clicks_at_the_same_moment_do_one_thing(shared_db, client_of, form):  # noqa: F811
    scene = Scene()
    answers, start = [], threading.Barrier(2, timeout=PATIENCE)

    def click():
        with closing(connection):
            person, url, posted = form(scene)
            client = client_of(person)
            start.wait()
            answers.append(client.post(url, posted).status_code)

    def click_twice():
        threads = [threading.Thread(target=click, daemon=True) for _click in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)

    made = made_by(click_twice)
    assert made_by(lambda: post(client_of, *form(scene))) == {}
    assert made == MAKES[form]
    assert sorted(answers)[0] in {200, 302}
    assert sorted(answers)[1] in ({200, 302, 422} if form in SAYS_SO else {200, 302})
