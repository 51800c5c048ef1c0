"""What is published never changes, whatever becomes of what it tells of; a correction is a new version."""

import hashlib
import io
import re
from datetime import date, timedelta

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from funding.models import Allocation, Grant
from helsefellesskap import pdf
from meetings.models import Event, FollowUp, Meeting
from newsletters import actions
from newsletters.documents.content import content_of
from newsletters.documents.mail import mail_of
from newsletters.models import Attachment, Block, Newsletter, Picture
from newsletters.rules import NotAllowed
from portfolio.models import ProgramArea
from tests import files
from tests.factories import at, create_newsletter, create_report
from tests.newsletters.letters import (
    FILE,
    PICTURE,
    add_attachment,
    add_block,
    add_picture,
    approve,
    print_as_text,
    publish,
)
from tests.newsletters.quotable import make_things, write_all
from tests.portfolio.pages import body, text

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def by(editor, chair, vice_chair):
    return {"by": editor, "leaders": (chair, vice_chair)}


@pytest.fixture
def things(ssu):
    return make_things(ssu)


@pytest.fixture
def draft(editor, things) -> Newsletter:
    """With a block of every kind, a picture and an attachment."""
    newsletter = create_newsletter(year=2026, number=1, title="Nytt i juni", by=editor)
    write_all(newsletter, things, editor)
    add_picture(newsletter.blocks.first(), alt="Broen")
    add_attachment(newsletter, title="Rapporten")
    return newsletter


def article(page) -> str:
    return re.search(r"<article.*</article>", page, re.DOTALL)[0]


def everything(newsletter, client) -> dict[str, object]:
    """All that a reader gets, byte by byte, and all that is kept."""
    newsletter = Newsletter.objects.get(pk=newsletter.pk)
    page = f"/nyhetsbrev/{newsletter.year}/{newsletter.number}/versjon/{newsletter.correction + 1}"
    letter = mail_of(newsletter)
    fetched = [
        *(file.get_absolute_url() for file in newsletter.attachments.exclude(file="")),
        *(picture.get_absolute_url() for picture in newsletter.pictures.all()),
        f"{page}.pdf",
    ]
    return {
        "row": Newsletter.objects.filter(pk=newsletter.pk).values().get(),
        "content": content_of(newsletter),
        "page": article(body(client.get(f"{page}/"))),
        "mail": (letter.subject, letter.html, letter.text),
        **{address: b"".join(client.get(address)) for address in fetched},
    }


def change_the_world(things, editor, newsletter):
    """The portfolio, money, meetings and arrangements say something else now; so do the rows it was made of."""
    for initiative in (things.opened, things.internal):
        initiative.title, initiative.summary = f"Nytt navn {initiative.pk}", "Noe annet."
        initiative.visibility = "internal" if initiative == things.opened else "public"
        initiative.save()
        create_report(
            initiative=initiative, on=TODAY + timedelta(days=1), phases="drift", comment="Alt er annerledes."
        )
    ProgramArea.objects.update(name="Nytt område")
    Grant.objects.update(amount=99_000_000)
    Allocation.objects.update(work_package="Ny pakke", amount=77_000)
    Meeting.objects.update(place="Et annet sted", note="Flyttet")
    FollowUp.objects.update(title="Nytt punkt", due_on=TODAY + timedelta(days=1))
    Event.objects.update(title="Nytt arrangement", state="cancelled")
    Block.objects.filter(newsletter=newsletter).update(
        heading="Endret", body="<p>Endret</p>", settings={}, changed_by=editor
    )
    newsletter.blocks.last().delete()


def test_nothing_that_a_reader_gets_changes_with_the_world(draft, things, editor, by, client_of):
    newsletter = publish(draft, **by)
    before = everything(newsletter, client_of(None))

    change_the_world(things, editor, newsletter)

    after = everything(newsletter, client_of(None))
    assert {name for name, was in before.items() if after[name] != was} == set()
    assert len(before) == 7
    for word in ("Åpenttiltak", "Åpentvedtak", "Åpentarrangement", "Åpenpakke"):
        assert word in before["page"]
    assert "Alt er annerledes" not in str(after)


def test_the_hash_is_that_of_the_file_and_the_attachment_lies_inside(draft, by, client_of):
    newsletter = publish(draft, **by)
    page = newsletter.get_absolute_url()
    served = client_of(None).get(f"{page.rstrip('/')}.pdf")
    content = b"".join(served)

    assert newsletter.sha256 == hashlib.sha256(content).hexdigest()
    assert served["ETag"] == f'"{newsletter.sha256}"'
    assert newsletter.sha256 in text(client_of(None).get(page))
    with pikepdf.open(io.BytesIO(content)) as document:
        assert newsletter.pages == len(document.pages)
        [(name, spec)] = document.attachments.items()
        assert (name, spec.get_file().read_bytes()) == ("rapporten.pdf", FILE)


@pytest.fixture
def published(monkeypatch, editor, by) -> Newsletter:
    """A small one."""
    print_as_text(monkeypatch)
    newsletter = create_newsletter(year=2026, number=1, title="Nytt i juni", by=editor)
    block = add_block(newsletter, by=editor, heading="Beløp", body="<p>Vi fikk 100 kr.</p>")
    add_picture(block, alt="Broen")
    add_attachment(newsletter, title="Rapporten")
    return publish(newsletter, **by)


def test_it_is_served_without_being_printed_again(published, client_of, leader, editor, monkeypatch):
    before = everything(published, client_of(None))

    def fail(*_arguments, **_fields):
        raise AssertionError("printed again")

    for name in ("render", "print_document"):
        monkeypatch.setattr(pdf, name, fail)

    for person in (None, leader, editor):
        assert everything(published, client_of(person)) == before


# The database refuses


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


FROZEN = {
    "newsletters_newsletter": ("title", "state", "page", "mail_html", "pdf", "correction_note"),
    "newsletters_picture": ("alt", "file", "frozen_at"),
    "newsletters_attachment": ("title", "sha256", "frozen_at"),
}


def test_the_database_refuses_to_change_or_delete_what_is_published(published):
    for table, columns in FROZEN.items():
        for column in columns:
            with pytest.raises(DatabaseError, match="immutable"):
                run(f"UPDATE {table} SET {column} = NULL")  # noqa: S608 -- names of our own
        with pytest.raises(DatabaseError, match="immutable"):
            run(f"DELETE FROM {table}")  # noqa: S608


def test_the_models_refuse_it_too(published):
    for refused in (
        lambda: Newsletter.objects.update(title="Noe annet"),
        lambda: Newsletter.objects.filter(pk=published.pk).update(sha256="0" * 64),
        Newsletter.objects.all().delete,
    ):
        with pytest.raises(TypeError):
            refused()
    for refused in (published.delete, published.save, published.pictures.get().delete):
        with pytest.raises(DatabaseError, match=r"immutable|protected"), transaction.atomic():
            refused()
    assert published.blocks.exists()


def test_what_is_in_work_is_changed_and_thrown_away(draft, editor):
    run("UPDATE newsletters_newsletter SET title = %s", "Noe annet")
    run("UPDATE newsletters_attachment SET title = %s", "Noe annet")
    actions.discard_newsletter(newsletter=draft, by=editor)

    assert not any(model.objects.exists() for model in (Newsletter, Block, Picture, Attachment))


def test_no_action_changes_it(published, editor, chair):
    block, picture, attachment = (
        rows.first() for rows in (published.blocks, published.pictures, published.attachments)
    )
    me = {"by": editor}
    acts = [
        lambda: actions.change_newsletter(newsletter=published, values={"title": "Ny"}, version=1, **me),
        lambda: actions.discard_newsletter(newsletter=published, **me),
        lambda: actions.withdraw_newsletter(newsletter=published, **me),
        lambda: actions.send_newsletter(newsletter=published, **me),
        lambda: actions.approve_newsletter(newsletter=published, content="", by=chair),
        lambda: actions.publish_newsletter(newsletter=published, **me),
        lambda: actions.schedule_newsletter(newsletter=published, at=timezone.now(), **me),
        lambda: actions.add_block(newsletter=published, kind="text", **me),
        lambda: actions.move_block(block=block, steps=1, **me),
        lambda: actions.save_block(
            block=block, heading="", is_sub=False, body="", settings={}, version=2, **me
        ),
        lambda: actions.delete_block(block=block, **me),
        lambda: actions.add_picture(block=block, file=files.upload(PICTURE, "bro.png"), alt="", caption="", **me),
        lambda: actions.change_picture(picture=picture, alt="Ny", caption="", **me),
        lambda: actions.delete_picture(picture=picture, **me),
        lambda: actions.add_attachment(newsletter=published, title="Nytt", file=None, **me),
        lambda: actions.change_attachment(attachment=attachment, title="Nytt", file=None, **me),
        lambda: actions.move_attachment(attachment=attachment, steps=1, **me),
        lambda: actions.delete_attachment(attachment=attachment, **me),
        lambda: actions.accept_findings(newsletter=published, code="x", found={}, reason="Det går bra.", **me),
        lambda: actions.reject_findings(newsletter=published, code="x", **me),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


# A correction


def correct(old, by) -> Newsletter:
    """Another sum, another text for the picture, and no attachment."""
    me = {"by": by["by"]}
    new = actions.correct_newsletter(newsletter=old, note="Feil beløp.", **me)
    block = new.blocks.get()
    actions.save_block(
        block=block, heading="Beløp", is_sub=False, body="<p>Vi fikk 200 kr.</p>", settings={}, version=1, **me
    )  # fmt: skip
    actions.change_picture(picture=new.pictures.get(), alt="Ny tekst", caption="", **me)
    actions.delete_attachment(attachment=new.attachments.get(), **me)
    return publish(new, **by)


def test_a_correction_in_work_changes_nothing_for_readers(published, editor, client_of):
    page = published.get_absolute_url()
    before = everything(published, client_of(None))
    new = actions.correct_newsletter(newsletter=published, note="Feil beløp.", by=editor)

    assert everything(published, client_of(None)) == before
    assert "rettet" not in text(client_of(None).get(page)).lower()
    assert str(new.public_id) not in body(client_of(None).get(page))


def test_both_versions_are_read_and_the_old_one_says_that_it_was_corrected(
    published,
    by,
    client_of,
):
    client, page = client_of(None), published.get_absolute_url()
    before = everything(published, client)
    new = correct(published, by)

    assert everything(published, client) == before
    old_page, new_page = (text(client.get(f"{page}versjon/{number}/")) for number in (1, 2))
    assert ("100 kr" in old_page, "200 kr" in old_page) == (True, False)
    assert ("100 kr" in new_page, "200 kr" in new_page) == (False, True)
    assert "Denne versjonen er rettet. Les den nyeste" in old_page
    assert "Denne versjonen er rettet" not in new_page
    assert "Rettet, versjon 2: Feil beløp." in new_page
    assert text(client.get(page)) == new_page
    whole = {end: b"".join(client.get(page.rstrip("/") + end)) for end in (".pdf", "/versjon/1.pdf", "/versjon/2.pdf")}  # fmt: skip
    assert whole[".pdf"] == whole["/versjon/2.pdf"] != whole["/versjon/1.pdf"]
    assert b"200 kr" in whole[".pdf"]
    assert new.sha256 == hashlib.sha256(whole[".pdf"]).hexdigest()


def test_the_archive_and_the_feed_show_the_newest_version_once(published, by, client_of):
    correct(published, by)
    page = published.get_absolute_url()
    archive, feed = (body(client_of(None).get(address)) for address in ("/nyhetsbrev/", "/feed/nyhetsbrev/"))

    assert archive.count(f'href="{page}"') == 1
    assert "rettet" in text(archive)
    assert feed.count("<entry>") == 1
    assert "versjon 2: Nytt i juni" in feed


def test_an_old_version_keeps_its_files_when_the_new_one_has_others(published, by, client_of):
    new = correct(published, by)
    attachment, picture = published.attachments.get(), published.pictures.get()

    assert not new.attachments.exists()
    assert b"".join(client_of(None).get(attachment.get_absolute_url())) == FILE
    assert b"".join(client_of(None).get(picture.get_absolute_url())) == PICTURE
    assert (picture.alt, new.pictures.get().alt) == ("Broen", "Ny tekst")


def test_a_correction_shows_the_day_that_the_first_version_showed(editor, by, monkeypatch):
    """Its tables are those of that day, not of the day it is corrected."""
    print_as_text(monkeypatch)
    old = create_newsletter(year=2026, number=1, by=editor)
    add_block(old, by=editor)
    approved = approve(old, **by)
    old = actions.publish_newsletter(newsletter=approved, by=editor, now=at(date(2026, 6, 1)))
    new = actions.correct_newsletter(newsletter=old, note="Feil.", by=editor)

    assert new.as_of == date(2026, 6, 1)
