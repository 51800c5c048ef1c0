"""Blocks are added, ordered, written and taken out; pictures and attachments with them."""

from contextlib import closing

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import LogEntry
from newsletters import actions
from newsletters.actions import BlockChanged
from newsletters.actions.attachments import LARGEST
from newsletters.models import Attachment, Block, Picture
from newsletters.rules import MOST_BLOCKS, NotAllowed
from tests import files


def headings(newsletter):
    return list(newsletter.blocks.values_list("heading", flat=True))


@pytest.fixture
def abc(draft, write, editor):
    draft.blocks.all().delete()
    for heading in "ABC":
        write(draft, heading=heading)
    return draft


@pytest.mark.parametrize(
    ("after", "expected"),
    [(None, ["Vedtak", "A", "B", "C"]), ("A", ["A", "Vedtak", "B", "C"]), ("C", ["A", "B", "C", "Vedtak"])],
)
def test_a_block_is_put_below_another_or_first(abc, editor, after, expected):
    after = abc.blocks.get(heading=after) if after else None
    actions.add_block(newsletter=abc, kind="decisions", after=after, by=editor)

    assert headings(abc) == expected
    assert list(abc.blocks.values_list("order", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("which", "steps", "expected"),
    [
        ("A", 1, "BAC"),
        ("B", -1, "BAC"),
        ("C", -1, "ACB"),
        ("A", -1, "ABC"),
        ("C", 1, "ABC"),
        ("A", 9, "BCA"),
    ],
)
def test_a_block_is_moved_and_stops_at_the_ends(abc, editor, which, steps, expected):
    actions.move_block(block=abc.blocks.get(heading=which), steps=steps, by=editor)

    assert headings(abc) == list(expected)


def test_there_is_a_limit_to_a_letter(abc, editor):
    Block.objects.bulk_create(
        Block(newsletter=abc, kind="text", order=9, changed_by=editor) for _ in range(MOST_BLOCKS - 3)
    )

    with pytest.raises(NotAllowed, match=f"{MOST_BLOCKS} blokker"):
        actions.add_block(newsletter=abc, kind="text", by=editor)


def save(block, by, *, version=None, **values):
    wanted = {"heading": block.heading, "is_sub": False, "body": block.body, "settings": {}, **values}
    return actions.save_block(
        block=block, version=block.version if version is None else version, by=by, **wanted
    )


def test_what_is_saved_is_clean_and_counted(abc, editor):
    block = abc.blocks.get(heading="A")
    saved = save(block, editor, body='<p onclick="x()">Hei<script>x()</script></p>')

    assert (saved.body, saved.version) == ("<p>Hei</p>", block.version + 1)


def test_saving_the_same_again_changes_nothing(abc, editor):
    block = abc.blocks.get(heading="A")
    once = save(block, editor, body="<p>Hei</p>")
    again = save(block, editor, body="<p>Hei</p>", version=block.version)

    assert again.version == once.version


def test_somebody_elses_text_is_not_overwritten(abc, editor, leader):
    block = abc.blocks.get(heading="A")
    save(block, leader, body="<p>Lederens</p>")

    with pytest.raises(BlockChanged) as refused:
        save(block, editor, body="<p>Sekretariatets</p>")
    assert refused.value.block.body == "<p>Lederens</p>"


def test_a_block_that_was_taken_out_meanwhile_is_not_saved(abc, editor):
    block = abc.blocks.get(heading="A")
    actions.delete_block(block=block, by=editor)

    with pytest.raises(NotAllowed, match="finnes ikke lenger"):
        save(block, editor, body="<p>Hei</p>")
    with pytest.raises(NotAllowed, match="finnes ikke lenger"):
        actions.move_block(block=block, steps=1, by=editor)


def test_what_a_block_said_is_kept_in_the_log(abc, editor):
    block = save(abc.blocks.get(heading="B"), editor, body="<p>Viktig.</p>")
    actions.delete_block(block=block, by=editor)

    assert headings(abc) == ["A", "C"]
    assert LogEntry.objects.about(abc).first().old == {"blokk": "B", "tekst": "Viktig."}


def test_writing_is_logged_once_in_an_hour(abc, editor):
    for number in range(3):
        save(abc.blocks.get(heading="A"), editor, body=f"<p>{number}</p>")

    assert LogEntry.objects.about(abc).filter(verb="skrev i nyhetsbrevet").count() == 1


# Pictures


def add_picture(block, by, content=None, name="fase.png", alt="Fire faser"):
    file = files.upload(content or files.png(), name)
    return actions.add_picture(block=block, file=file, alt=alt, caption="", by=by)


def test_a_picture_is_kept_with_what_it_shows(abc, editor):
    picture = add_picture(abc.blocks.first(), editor)

    assert (picture.alt, picture.width, picture.height) == ("Fire faser", 40, 30)
    assert default_storage.exists(picture.file.name)


def test_a_picture_is_made_no_larger_than_a_page_shows(abc, editor):
    picture = add_picture(abc.blocks.first(), editor, files.png(width=4000, height=1000))

    assert (picture.width, picture.height) == (1600, 400)


def test_a_picture_does_not_tell_where_it_was_taken(abc, editor):
    picture = add_picture(abc.blocks.first(), editor, files.jpg(has_place=True), "bilde.jpg")

    with picture.file.open("rb") as file:
        assert not Image.open(file).getexif()


@pytest.mark.parametrize(("content", "name"), [(files.pdf(), "a.pdf"), (files.docx("Hei"), "a.docx")])
def test_what_is_no_picture_is_refused_and_nothing_is_kept(abc, editor, content, name):
    with pytest.raises(NotAllowed) as refused:
        add_picture(abc.blocks.first(), editor, content, name)
    assert refused.value.field == "file"
    assert not Picture.objects.exists()


def test_the_text_of_a_picture_is_changed_and_the_picture_taken_out(abc, editor):
    picture = add_picture(abc.blocks.first(), editor, alt="")
    actions.change_picture(picture=picture, alt="Fire faser", caption="Modellen", by=editor)
    assert Picture.objects.get().alt == "Fire faser"
    actions.delete_picture(picture=picture, by=editor)
    assert not Picture.objects.exists()


# Attachments


def test_an_attachment_is_announced_now_and_delivered_later(abc, editor):
    attachment = actions.add_attachment(newsletter=abc, title="Rapport", file=None, by=editor)
    assert not attachment.file
    with closing(files.upload(files.pdf("Hei"), "r.pdf")) as file:
        actions.change_attachment(attachment=attachment, title="Rapport 2025", file=file, by=editor)

    kept = Attachment.objects.get()
    assert (kept.title, kept.content_type, kept.pages) == ("Rapport 2025", "application/pdf", 1)
    assert default_storage.exists(kept.file.name)


def test_an_attachment_without_a_title_is_called_after_its_file(abc, editor):
    with closing(files.upload(files.pdf(), "Slutt_rapport.pdf")) as file:
        attachment = actions.add_attachment(newsletter=abc, title="", file=file, by=editor)

    assert attachment.title == "Slutt rapport"


def test_an_attachment_has_a_title_or_a_file(abc, editor):
    with pytest.raises(NotAllowed) as refused:
        actions.add_attachment(newsletter=abc, title=" ", file=None, by=editor)
    assert refused.value.field == "title"


def test_attachments_are_not_too_large_together(abc, editor):
    Attachment.objects.create(
        newsletter=abc, order=1, title="Stor", file="x", sha256="0" * 64, size=LARGEST, content_type="x"
    )

    with pytest.raises(NotAllowed, match="25 MB") as refused:
        actions.add_attachment(newsletter=abc, title="", file=files.upload(files.pdf(), "a.pdf"), by=editor)
    assert refused.value.field == "file"
    assert Attachment.objects.count() == 1


def test_attachments_are_ordered_and_taken_out(abc, editor):
    for title in "ABC":
        actions.add_attachment(newsletter=abc, title=title, file=None, by=editor)
    actions.move_attachment(attachment=abc.attachments.get(title="C"), steps=-1, by=editor)
    actions.delete_attachment(attachment=abc.attachments.get(title="A"), by=editor)

    assert list(abc.attachments.values_list("title", flat=True)) == ["C", "B"]
