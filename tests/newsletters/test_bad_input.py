"""What people send that cannot be taken: a sentence at the field, what they typed still there, and nothing kept of it."""

import io
import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import LogEntry
from helsefellesskap import pdf
from newsletters.documents.checks import checked
from newsletters.models import Attachment, Block, Newsletter, Picture
from tests import files
from tests.factories import (
    create_body,
    create_event,
    create_grant,
    create_initiative,
    create_meeting,
    create_newsletter,
)
from tests.helsefellesskap.test_upload_gates import clamd
from tests.meetings.processes import arriving_files, stored_files
from tests.newsletters.letters import (
    add_attachment,
    add_block,
    add_picture,
    approve,
    print_as_text,
    publish,
    send,
)
from tests.portfolio.pages import body, text

pytestmark = pytest.mark.django_db

LIMIT = 300_000
ID = files.NATIONAL_ID
HTML = "Teksten kan ikke inneholde HTML-koder. Skriv vanlig tekst."
NATIONAL_ID = "Teksten ser ut til å inneholde et fødselsnummer. Det kan ikke lagres her. Ta det bort."
GUESS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _limits(settings, tmp_path):
    settings.UPLOAD_LIMIT = LIMIT
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "arriving"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()


@pytest.fixture
def scene(editor, client_of) -> SimpleNamespace:
    """A draft with a text, a picture and an attachment, and another editor's newsletter."""
    newsletter = create_newsletter(year=2026, number=1, title="Nytt i juni", by=editor)
    block = add_block(newsletter, by=editor, heading="Først", body="<p>Slik det sto.</p>")
    other = create_newsletter(year=2026, number=2, title="Det andre", by=editor)
    return SimpleNamespace(
        newsletter=newsletter,
        block=block,
        picture=add_picture(block, alt="Broen"),
        attachment=add_attachment(newsletter, title="Rapporten"),
        other_block=add_block(other, by=editor, heading="Annet", body="<p>Annet</p>"),
        client=client_of(editor),
        editor=editor,
    )


UNSEEN = {"version", "body-format", "code", "seen", "as_of"}
"""What no text is for, or the browser's own field for a day would not show."""


def of(name, thing) -> str:
    return reverse(f"newsletters:{name}", args=[thing.public_id])


def kept() -> tuple:
    """All that an answer could leave behind."""
    models = [LogEntry, *apps.get_app_config("newsletters").get_models()]
    rows = {model: list(model._base_manager.order_by("pk").values()) for model in models}
    return rows, stored_files(), arriving_files()


def refused(client, url, posted, field="") -> str:
    """The answer is a sentence at the field, with what was typed; nothing is changed. The text of the page."""
    before = kept()
    page = client.post(url, posted)
    assert page.status_code == 422, page.status_code
    if field:
        assert f'href="#id_{field}' in body(page)
    for name, value in posted.items():
        if isinstance(value, str) and value and name not in UNSEEN:
            assert value.strip() in unescape(body(page)), name
    assert kept() == before
    return text(page)


# Texts


def written(**fields) -> dict[str, str]:
    return {"heading": "Ny", "body": "Nytt.", "version": "2", **fields}


TEXTS = {
    "20 001 letters": ({"body": "å" * 20_001}, "body", "Teksten er på 20001 tegn. Den kan ha høyst 20000."),
    "a long heading": ({"heading": "å" * 201}, "heading", "200 eller færre tegn"),
    "a script in the heading": ({"heading": "Hei <script>alert(1)</script>"}, "heading", HTML),
    "HTML in the heading": ({"heading": '<b onclick="x()">Hei</b>'}, "heading", HTML),
    "a script in the text": ({"body": "Hei <script>alert(1)</script>"}, "body", HTML),
    "a picture in the text": ({"body": '<img src=x onerror="alert(1)">'}, "body", HTML),
    "a national identity number in the heading": ({"heading": f"Født {ID}"}, "heading", NATIONAL_ID),
    "one in the text": ({"body": f"Pasienten ({ID}) er utskrevet."}, "body", NATIONAL_ID),
    "one in pieces": ({"body": f"Født **{ID[:6]}**{ID[6:]}"}, "body", NATIONAL_ID),
    "one with a space": ({"body": f"Født {ID[:6]} {ID[6:]}"}, "body", NATIONAL_ID),
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_text_that_cannot_be_taken_is_told_of_and_kept_in_the_form(scene, what):
    typed, field, sentence = TEXTS[what]
    posted = written(**typed)

    assert sentence in refused(scene.client, of("block-update", scene.block), posted, field)
    answer = scene.client.post(of("block-autosave", scene.block), posted)
    assert (answer.status_code, bool(answer.json()["sentence"])) == (422, True)
    assert Block.objects.get(pk=scene.block.pk).version == 2


def test_a_text_of_20_000_letters_is_taken(scene):
    answer = scene.client.post(of("block-update", scene.block), written(body="å" * 20_000))

    assert answer.status_code == 302
    assert len(Block.objects.get(pk=scene.block.pk).body) == 20_000 + len("<p></p>")


def test_ten_megabytes_are_turned_away(scene):
    before = kept()
    for name in ("block-update", "block-autosave"):
        answer = scene.client.post(of(name, scene.block), written(body="å" * 5_000_000))
        assert answer.status_code == 400

    assert kept() == before


def test_norwegian_letters_and_others_are_kept_as_they_are(scene):
    heading, words = "Blåbærsyltetøy – «Østre Åsnes»", "Čáhput, 🙂, 5 < 6 & 7 > 6, «æøå ÆØÅ»"
    scene.client.post(of("block-update", scene.block), written(heading=heading, body=words))
    block = Block.objects.get(pk=scene.block.pk)

    assert (block.heading, unescape(block.body)) == (heading, f"<p>{words}</p>")
    page = body(scene.client.get(of("block-preview", block)))
    assert words in unescape(page)
    assert "5 &lt; 6 &amp; 7 &gt; 6" in page


CODE = """<p onclick="a()">Hei<script>alert(1)</script><style>p{}</style> <a href="javascript:alert(1)">der</a>
<iframe src="https://example.no"></iframe><img src="x" onerror="a()"><svg onload="a()"><b>fet</b></p>"""


def test_html_from_the_editor_keeps_nothing_that_runs(scene):
    posted = written(body=CODE, **{"body-format": "html"})
    assert scene.client.post(of("block-update", scene.block), posted).status_code == 302

    stored = Block.objects.get(pk=scene.block.pk).body
    assert re.sub(r"\s+", " ", stored) == "<p>Hei <a>der</a> <strong>fet</strong></p>"


@pytest.mark.parametrize("sign", ["\x0b", "\x08", "\x1f", "\n", "\r\n", "\u2028", "\u200b", "\ufeff"])
def test_signs_that_nobody_sees_do_not_stop_the_feed_or_the_mails(
    sign, editor, chair, vice_chair, client_of, monkeypatch
):
    """As they come along when text is pasted from PowerPoint or a web page."""
    print_as_text(monkeypatch)
    client = client_of(editor)
    client.post("/nyhetsbrev/ny/", {"title": f"Nytt{sign}i juni", "period": f"juni{sign}2026", "copy_of": ""})
    newsletter = Newsletter.objects.get()
    block = add_block(newsletter, by=editor)
    client.post(of("block-update", block), written(heading=f"Først{sign}ut", body=f"Hei{sign}der"))
    newsletter = publish(newsletter, by=editor, leaders=(chair, vice_chair))

    feed = client_of(None).get("/feed/nyhetsbrev/")
    assert feed.status_code == 200
    spaced = re.compile(r"Nytt ?i juni")
    assert spaced.fullmatch(newsletter.title)
    assert spaced.search(body(feed))
    assert re.fullmatch(r"Først ?ut", newsletter.blocks.get().heading)
    assert client_of(None).get(newsletter.get_absolute_url()).status_code == 200


def test_a_null_sign_is_told_of(scene):
    before = kept()
    page = scene.client.post(of("block-update", scene.block), written(heading="Før\0etter"))

    assert (page.status_code, kept()) == (422, before)


# Facts and notes

FACTS = {
    "no title": ({"title": ""}, "title", "Feltet er påkrevet."),
    "spaces alone": ({"title": "   "}, "title", ""),
    "a long title": ({"title": "å" * 201}, "title", "200 eller færre tegn"),
    "HTML": ({"title": "<i>Nytt</i>"}, "title", HTML),
    "a national identity number": ({"title": f"Om {ID}"}, "title", NATIONAL_ID),
    "one in the period": ({"period": f"{ID}"}, "period", NATIONAL_ID),
    "a long period": ({"period": "å" * 61}, "period", "60 eller færre tegn"),
    "a day that is none": ({"as_of": "31.02.2026"}, "as_of", ""),
    "a day ahead": ({"as_of": "2999-01-01"}, "as_of", "Datoen kan ikke være fram i tid."),
    "the first day there is": ({"as_of": "0001-01-01"}, "as_of", "Datoen er for langt tilbake i tid."),
}


@pytest.mark.parametrize("what", FACTS)
def test_facts_that_cannot_be_taken(scene, what):
    typed, field, sentence = FACTS[what]
    posted = {"title": "Ny tittel", "period": "juli", "version": "1", "year": "2026", "number": "1", **typed}

    for address in (of("newsletter-update", scene.newsletter), "/nyhetsbrev/ny/"):
        assert sentence in refused(scene.client, address, posted, field)


@pytest.mark.parametrize("copied", ["tull", GUESS, "1"])
def test_a_newsletter_is_not_copied_from_what_is_not_there(scene, copied):
    before = kept()
    page = scene.client.post("/nyhetsbrev/ny/", {"title": "Nytt", "copy_of": copied})

    assert page.status_code == 422
    assert 'href="#id_copy_of"' in body(page)
    assert kept() == before


NOTES = {
    "nothing": "",
    "HTML": "<b>Feil</b>",
    "a national identity number": f"Feil om {ID}.",
    "1001 letters": "å" * 1001,
}


@pytest.mark.parametrize("what", NOTES)
def test_notes_that_cannot_be_taken(scene, editor, chair, vice_chair, client_of, monkeypatch, what):
    """Of a correction, of taking back, and why a finding is accepted."""
    print_as_text(monkeypatch)
    published = publish(Newsletter.objects.get(number=2), by=editor, leaders=(chair, vice_chair))
    add_attachment(scene.newsletter, content=b"", title="Kommer")
    code = "newsletter_attachment_missing"
    groups = {group.check.code: group for group in checked(scene.newsletter, today=timezone.localdate())}

    refused(scene.client, of("newsletter-correct", published), {"note": NOTES[what]}, "note")
    refused(
        scene.client,
        of("finding-accept", scene.newsletter),
        {"code": code, f"{code}-reason": NOTES[what], "seen": groups[code].seen},
        f"{code}-reason",
    )
    send(scene.newsletter, by=editor)
    if what != "nothing":
        refused(client_of(chair), of("newsletter-withdraw", scene.newsletter), {"note": NOTES[what]}, "note")


WHEN = {
    "nothing": ({}, "when"),
    "nonsense": ({"when": "tull"}, "when"),
    "no time": ({"when": "later"}, "publish_at"),
    "a time that is none": ({"when": "later", "publish_at": "i morgen"}, "publish_at"),
    "the past": ({"when": "later", "publish_at": "2020-01-01T10:00"}, "publish_at"),
    "the first time there is": ({"when": "later", "publish_at": "0001-01-01T00:00"}, "publish_at"),
    "the last time there is": ({"when": "later", "publish_at": "9999-12-31T23:59"}, "publish_at"),
}


@pytest.mark.parametrize("what", WHEN)
def test_a_time_that_cannot_be_taken(scene, editor, chair, vice_chair, what):
    approved = approve(scene.newsletter, by=editor, leaders=(chair, vice_chair))
    typed, field = WHEN[what]

    before = kept()
    page = scene.client.post(of("newsletter-publish", approved), typed)
    assert page.status_code == 422
    assert f'href="#id_{field}' in body(page)
    assert kept() == before


# Choices


def hostile(scene) -> dict[str, tuple[str, dict, str]]:
    """By what is wrong: the kind of the block, what is chosen, and the field that says so."""
    hidden = create_body(code="lukket", visibility="internal")
    secret = create_meeting(body=hidden, on=None)
    internal = create_initiative(visibility="internal")
    grant, event = create_grant(), create_event()
    return {
        "an unknown area": ("handlingsdel", {"scope": "areas", "areas": ["finnes-ikke"]}, "areas"),
        "SQL as an area": ("handlingsdel", {"scope": "areas", "areas": ["' OR 1=1 --"]}, "areas"),
        "no area": ("handlingsdel", {"scope": "areas"}, "areas"),
        "an unknown scope": ("handlingsdel", {"scope": "tull"}, "scope"),
        "no scope": ("handlingsdel", {}, "scope"),
        "a day that is none": ("handlingsdel", {"scope": "changed", "since": "tull"}, "since"),
        "a day ahead": ("handlingsdel", {"scope": "changed", "since": "2999-01-01"}, "since"),
        "the first day there is": ("handlingsdel", {"scope": "changed", "since": "0001-01-01"}, "since"),
        "a grant that is none": ("funding", {"grant": "tull"}, "grant"),
        "an unknown grant": ("funding", {"grant": GUESS}, "grant"),
        "the number of a grant": ("funding", {"grant": str(grant.pk)}, "grant"),
        "an event as a grant": ("funding", {"grant": str(event.public_id)}, "grant"),
        "a meeting that is none": ("decisions", {"meetings": ["tull"]}, "meetings"),
        "an unknown meeting": ("decisions", {"meetings": [GUESS]}, "meetings"),
        "a meeting of an internal body": ("decisions", {"meetings": [str(secret.public_id)]}, "meetings"),
        "an internal initiative": ("focus", {"initiatives": [str(internal.public_id)]}, "initiatives"),
        "one in a text": ("text", {"initiatives": [str(internal.public_id)]}, "initiatives"),
        "one as finished": ("finished", {"initiatives": [str(internal.public_id)]}, "initiatives"),
        "an unknown event": ("events", {"events": [GUESS]}, "events"),
        "many unknown events": ("events", {"events": [GUESS] * 200}, "events"),
        "no days": ("coming", {"days": "0"}, "days"),
        "days back": ("coming", {"days": "-5"}, "days"),
        "two years and a day": ("coming", {"days": "731"}, "days"),
        "days without end": ("coming", {"days": "9" * 40}, "days"),
        "days that are none": ("coming", {"days": "tull"}, "days"),
        "an address that is none": ("contact", {"contacts": "Rådgiver, post@@example.no"}, "contacts"),
        "an address without a role": ("contact", {"contacts": "post@example.no"}, "contacts"),
        "HTML in a role": ("contact", {"contacts": "<b>Rådgiver</b>, post@example.no"}, "contacts"),
        "a national identity number": ("contact", {"contacts": f"Rådgiver {ID}, post@example.no"}, "contacts"),
    }  # fmt: skip


def test_choices_that_nobody_was_offered_are_refused_at_the_field(scene):
    blocks = {}
    for what, (kind, chosen, field) in hostile(scene).items():
        if kind not in blocks:
            blocks[kind] = add_block(scene.newsletter, kind, by=scene.editor, heading="Før", body="")
        block = blocks[kind]
        before = Block.objects.filter(pk=block.pk).values().get()
        page = scene.client.post(
            of("block-update", block), written(heading="Etter", version=str(block.version), **chosen)
        )

        assert page.status_code == 422, what
        assert f'href="#id_{field}' in body(page), what
        assert 'value="Etter"' in body(page), what
        assert Block.objects.filter(pk=block.pk).values().get() == before, what
        answer = scene.client.post(of("block-autosave", block), written(**chosen))
        assert answer.status_code == 422, what


def test_what_is_posted_about_another_newsletter_changes_neither(scene):
    """A block of another is no place to put one; an unknown kind is none."""
    create = of("block-create", scene.newsletter)
    other = scene.other_block.newsletter
    for posted in ({"kind": "tull"}, {}, {"kind": "text" * 1000}):
        page = scene.client.post(create, posted, follow=True)
        assert "Velg hva slags blokk du vil legge til." in text(page)
    assert scene.newsletter.blocks.count() == 1

    for after in (str(scene.other_block.pk), "-1", "tull", "9" * 18, "9" * 40, ""):
        scene.client.post(create, {"kind": "coming", "after": after})
    assert [block.kind for block in scene.newsletter.blocks.all()] == ["coming", "text"]
    assert list(other.blocks.all()) == [scene.other_block]


def test_codes_and_contents_that_are_nonsense_change_nothing(scene, chair, client_of):
    send(scene.newsletter, by=scene.editor)
    leader = client_of(chair)
    before = kept()
    for name, posted in (
        ("finding-accept", {"code": "tull", "tull-reason": "Det går bra likevel."}),
        ("finding-accept", {}),
        ("finding-reject", {"code": "x" * 5000}),
        ("newsletter-approve", {"content": "0" * 64}),
        ("newsletter-approve", {"content": "x" * 5000}),
        ("newsletter-approve", {}),
        ("delivery-list", {"send": "9" * 18}),
        ("delivery-list", {"la-vaere": "tull"}),
    ):
        client = leader if name == "newsletter-approve" else scene.client
        assert client.post(of(name, scene.newsletter), posted).status_code in {302, 404}, name

    assert kept() == before


# Files

PICTURES = {
    "a zip bomb": ("bombe.png", files.zip_bomb(megabytes=20), "«bombe.png»"),
    "a document with macros": ("brev.docm", files.docm(), "inneholder makroer"),
    "a drawing": ("tegning.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "av en type"),
    "a drawing named as a picture": ("bro.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bro.png"),
    "a PDF": ("notat.pdf", files.pdf(), "Et bilde er en PNG- eller JPEG-fil."),
    "a PDF named as a picture": ("bro.png", files.pdf(), "PNG- eller JPEG"),
    "a protected PDF": ("notat.pdf", files.protected_pdf(user="hemmelig"), "beskyttet med passord"),
    "half a picture": ("bro.jpg", files.jpg(width=400, height=400)[:900], "er skadet"),
    "a picture without end": ("bro.png", files.wide_png(), "60000 × 60000 bildepunkter"),
    "nothing in it": ("bro.png", b"", "Filen er tom"),
    "over the limit": ("bro.png", files.png() + bytes(LIMIT), "«bro.png» er for stor"),
    "a name too long": (files.LONG_NAME, files.png(), "er for langt"),
}


def upload(name, content):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("what", PICTURES)
def test_a_file_that_is_no_picture_is_told_of_and_leaves_nothing(scene, what):
    name, content, sentence = PICTURES[what]
    posted = {"file": upload(name, content), "alt": "Broen over elva", "caption": "Åpnet i juni"}

    assert sentence in refused(scene.client, of("picture-create", scene.block), posted, "file")


ATTACHMENTS = {
    "a zip bomb": ("bombe.docx", files.zip_bomb(megabytes=60), "pakkes ut til mye mer"),
    "a zip bomb that lies": ("løgn.docx", files.lying_zip_bomb(), "«løgn.docx» er skadet"),
    "a document with macros": ("brev.docm", files.docm(), "inneholder makroer"),
    "a drawing": ("tegning.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "av en type vi ikke tar imot"),
    "a protected PDF": ("notat.pdf", files.protected_pdf(user="hemmelig"), "beskyttet med passord"),
    "a program named as a PDF": ("spill.pdf", b"MZ\x90\0" + bytes(500), "innholdet er «exe»"),
    "a PDF named as a drawing": ("bilde.svg", files.pdf(), "slutter på «svg», men innholdet er «pdf»"),
    "a PDF with JavaScript": ("skript.pdf", files.pdf_with_javascript(), "inneholder et skript"),
    "nothing in it": ("tom.pdf", b"", "Filen er tom"),
    "over the limit": ("stor.pdf", files.pdf() + bytes(LIMIT), "«stor.pdf» er for stor"),
}


@pytest.mark.parametrize("what", ATTACHMENTS)
def test_a_file_that_cannot_be_attached_is_told_of_and_leaves_nothing(scene, what):
    name, content, sentence = ATTACHMENTS[what]
    doors = [of("attachment-create", scene.newsletter), of("attachment-update", scene.attachment)]
    for address in doors if what in {"a drawing", "nothing in it", "over the limit"} else doors[:1]:
        posted = {"file": upload(name, content), "title": "Rapporten om elva"}
        assert sentence in refused(scene.client, address, posted, "file")


def test_a_file_with_a_virus_is_told_of_and_leaves_nothing(scene, settings):
    for address, name, content, words in (
        (of("attachment-create", scene.newsletter), "faktura.pdf", files.pdf(), {"title": "Faktura"}),
        (of("picture-create", scene.block), "bro.png", files.png(), {"alt": "Broen"}),
    ):
        with clamd(b"") as (host, port):
            settings.SCANNER_URL = f"clamd://{host}:{port}"
            posted = {"file": upload(name, content + files.EICAR), **words}
            page = refused(scene.client, address, posted, "file")

        assert f"«{name}» er stoppet av viruskontrollen. Filen er ikke lagret." in page


def stored(thing) -> bytes:
    with thing.file.open("rb") as file:
        return file.read()


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_picture_of_a_hundred_million_pixels_is_made_small(scene, settings, kind):
    settings.UPLOAD_LIMIT = 20_000_000
    make = files.png if kind == "png" else files.jpg
    content = make(width=10_000, height=10_000)
    answer = scene.client.post(
        of("picture-create", scene.block), {"file": upload(f"kart.{kind}", content), "alt": "Kart"}
    )

    assert answer.status_code == 302
    picture = Picture.objects.get(alt="Kart")
    assert (picture.width, picture.height) == (1600, 1600)
    assert len(stored(picture)) < len(content)


def test_what_a_picture_tells_of_camera_and_place_is_not_kept(scene):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Kamerafabrikken", 6  # who made the camera, and that it was turned
    exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    Image.new("RGB", (60, 30), (10, 90, 160)).save(file, "JPEG", exif=exif, comment=b"Kari tok det")
    scene.client.post(
        of("picture-create", scene.block), {"file": upload("bro.jpg", file.getvalue()), "alt": "Bro"}
    )
    content = stored(Picture.objects.get(alt="Bro"))

    with Image.open(io.BytesIO(content)) as image:
        assert dict(image.getexif()) == {}
        assert "exif" not in image.info
        assert image.size == (30, 60)  # upright, as the camera meant
    for word in (b"Kamerafabrikken", b"Kari", b"Exif"):
        assert word not in content
    served = scene.client.get(Picture.objects.get(alt="Bro").get_absolute_url())
    assert b"".join(served) == content


def test_there_is_room_for_twenty_attachments(scene):
    for number in range(2, 21):
        add_attachment(scene.newsletter, title=f"Vedlegg {number}")

    page = refused(
        scene.client, of("attachment-create", scene.newsletter), {"title": "Det tjueførste", "file": upload("ny.pdf", files.pdf("Ny"))}
    )  # fmt: skip
    assert "Nyhetsbrevet har plass til 20 vedlegg." in page


def test_there_is_room_for_twelve_pictures(scene):
    for number in range(2, 13):
        add_picture(scene.block, alt=f"Bilde {number}")

    page = refused(
        scene.client, of("picture-create", scene.block), {"alt": "Det trettende", "file": upload("ny.png", files.png())}, "file"
    )  # fmt: skip
    assert "Nyhetsbrevet har plass til 12 bilder." in page


def test_attachments_are_no_larger_than_25_megabytes_together(scene):
    Attachment.objects.filter(pk=scene.attachment.pk).update(size=24_999_900)
    sentence = "Vedleggene kan til sammen være på høyst 25 MB"

    for address in (
        of("attachment-create", scene.newsletter),
        of("attachment-update", add_attachment(scene.newsletter, content=b"", title="Kommer")),
    ):
        posted = {"title": "For mye", "file": upload("stor.pdf", files.pdf("Stor"))}
        assert sentence in refused(scene.client, address, posted, "file")


@pytest.mark.parametrize(
    ("door", "thing", "typed", "field"),
    [
        ("picture-update", "picture", {"alt": "<b>Bro</b>"}, "alt"),
        ("picture-update", "picture", {"alt": f"Brev om {ID}"}, "alt"),
        ("picture-update", "picture", {"alt": "å" * 501}, "alt"),
        ("picture-update", "picture", {"caption": f"Brev om {ID}"}, "caption"),
        ("picture-update", "picture", {"caption": "å" * 301}, "caption"),
        ("attachment-update", "attachment", {"title": ""}, "title"),
        ("attachment-update", "attachment", {"title": "<b>Rapporten</b>"}, "title"),
        ("attachment-update", "attachment", {"title": f"Om {ID}"}, "title"),
        ("attachment-update", "attachment", {"title": "å" * 201}, "title"),
        ("attachment-create", "newsletter", {"title": ""}, "title"),
        ("attachment-create", "newsletter", {"title": f"Om {ID}"}, "title"),
    ],
)
def test_words_about_files_that_cannot_be_taken(scene, door, thing, typed, field):
    refused(scene.client, of(door, getattr(scene, thing)), typed, field)


def test_a_national_identity_number_in_an_attachment_stops_the_publication(
    scene, editor, chair, vice_chair, monkeypatch
):
    monkeypatch.setattr(pdf, "print_document", lambda *_, **__: b"%PDF")
    posted = {"file": upload("søknad.pdf", files.pdf(f"Født {ID}")), "title": "Søknad"}
    scene.client.post(of("attachment-create", scene.newsletter), posted)
    approved = approve(scene.newsletter, by=editor, leaders=(chair, vice_chair))
    page = scene.client.post(of("newsletter-publish", approved), {"when": "now"})

    assert page.status_code == 422
    assert "Filen ser ut til å inneholde et fødselsnummer." in text(page)
    assert not Newsletter.objects.published().exists()
