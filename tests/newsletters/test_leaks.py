"""What must not be told: secret words are looked for in all that a visitor can come to, and those who may see them do.

Drafts are full of them, and whoever looks follows every link and asks for every address of a draft there is. The other
way, what is published is made of internal things that the editor may see, and none of their words are in it.
"""

import logging
import re
from datetime import date
from html import unescape
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pypdfium2
import pytest
from django.core import mail
from django.utils import timezone

from newsletters import actions
from newsletters.documents.content import content_of
from newsletters.models import Block, Newsletter
from tests import files
from tests.factories import (
    at,
    create_initiative,
    create_newsletter,
    create_report,
    create_subscription,
)
from tests.newsletters.letters import (
    PICTURE,
    add_attachment,
    add_block,
    add_picture,
    approve,
    print_as_text,
    publish,
    send,
)
from tests.newsletters.quotable import THEN, YEAR, make_things, write, write_all
from tests.newsletters.test_access import CLOSED, IN_WORK, OF_BLOCK, OF_NEWSLETTER, refuse_shortly
from tests.portfolio.pages import body

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()

DRAFTED = {
    "Hemmeligtittel": "the title of what is in work",
    "Hemmeligperiode": "its period",
    "Hemmeligrettelse": "what a correction corrects",
    "Hemmeligtekst": "the text of a block",
    "Hemmeligvalg": "what is chosen in a block",
    "Hemmeligpiksel": "what stands in the file of a picture",
    "Hemmeligbilde": "what the picture shows",
    "Hemmeligbildetekst": "what stands under it",
    "Hemmeligvedlegg": "the title of an attachment",
    "Hemmeligvarsel": "of one that is announced",
    "Hemmeligfil": "what stands in the file of one",
    "Hemmeliggrunn": "why something serious that was found is accepted",
    "Hemmeligfeil": "why it was not published",
    "Hemmeligmerknad": "why it was taken back",
    **{f"Hemmeligoverskrift-{kind}": f"the heading of a block of {kind}" for kind in Block.Kind.values},
}
ADDRESSES = {
    "hemmeligleser": "who gets the newsletter",
    "hemmeligventer": "who has asked for it",
    "hemmeligliste": "who is on a list that is not taken in",
}
INTERNAL = {
    "Lukkettiltak": "an internal initiative",
    "Lukketsammendrag": "what it is about",
    "Lukketstatus": "where it stands",
    "Lukketpakke": "what it got money for",
    "Planpakke": "what is planned and not decided",
    "Utkaststatus": "a status that is not published",
    "Unntattsak": "the title of an exempt case",
    "Unntattvedtak": "its decision",
    "Unntattpunkt": "what came of it",
    "Tidligvedtak": "a decision of minutes that are not approved",
    "Tidligpunkt": "what came of that",
    "Lukketutvalg": "an internal body",
    "Lukketsak": "a case of it",
    "Lukketvedtak": "what it decided",
    "Lukketpunkt": "what came of that",
    "Lukketsted": "where it meets",
    "mote.example.no/hemmelig": "the link to a digital meeting",
}

LOOKING = {
    "public": {},
    "member": {},
    "ssu_member": {},
    "pa_member": {},
    "former_member": {},
    "deputy": {},
    "contributor": {},
    "outsider": {},
    "admin": {},
    "leader": DRAFTED,
    "editor": DRAFTED | ADDRESSES,
}
"""Who looks, and what they may find: no more, and all of it."""


@pytest.fixture
def people(cast, ssu_member, pa_member, former_member, deputy, chair, vice_chair) -> SimpleNamespace:
    return SimpleNamespace(
        **vars(cast),
        ssu_member=ssu_member,
        pa_member=pa_member,
        former_member=former_member,
        deputy=deputy,
        chair=chair,
        vice_chair=vice_chair,
    )


@pytest.fixture
def by(people):
    return {"by": people.editor, "leaders": (people.chair, people.vice_chair)}


@pytest.fixture
def things(ssu) -> SimpleNamespace:
    return make_things(ssu)


# What is in work


@pytest.fixture
def world(monkeypatch, caplog, people, things, by) -> SimpleNamespace:
    """Secrets in newsletters in every state; `addresses` are those that a visitor could guess."""
    caplog.set_level(logging.ERROR, "django.request")
    print_as_text(monkeypatch)
    world = SimpleNamespace(newsletters={}, addresses=[])
    for number, name in enumerate(("draft", "review", "approved", "corrected", "plain"), start=1):
        title = "Brevet" if name in {"corrected", "plain"} else "Hemmeligtittel"
        world.newsletters[name] = create_newsletter(year=YEAR, number=number, title=title, by=people.editor)
    for name in ("corrected", "plain"):
        add_block(world.newsletters[name], by=people.editor, heading="Åpent", body="<p>Åpentekst</p>")
        world.newsletters[name] = publish(world.newsletters[name], **by)
    correction = actions.correct_newsletter(
        newsletter=world.newsletters["corrected"], note="Hemmeligrettelse", by=people.editor
    )
    facts = {"title": "Hemmeligtittel", "period": "Hemmeligperiode"}
    actions.change_newsletter(newsletter=correction, values=facts, version=1, by=people.editor)
    world.newsletters["correction"] = correction
    for name in IN_WORK:
        kinds = ("text", "contact") if name in CLOSED else Block.Kind.values
        write(world.newsletters[name], things, people.editor, kinds=kinds, word="Hemmelig")
        _fill(world.newsletters[name], people.editor)
    _take_on(world, people, by)
    _subscribers(world, people)
    _guess_addresses(world)
    return world


def _fill(newsletter, editor):
    add_picture(
        newsletter.blocks.first(),
        content=PICTURE + b"Hemmeligpiksel",
        alt="Hemmeligbilde",
        caption="Hemmeligbildetekst",
    )
    add_attachment(newsletter, title="Hemmeligvedlegg", content=b"%PDF-1.7 Hemmeligfil")
    announced = add_attachment(newsletter, title="Hemmeligvarsel", content=b"")
    actions.accept_findings(
        newsletter=newsletter,
        code="newsletter_attachment_missing",
        found={f"attachment-{announced.pk}": "Mangler"},
        reason="Hemmeliggrunn",
        by=editor,
    )


def _take_on(world, people, by):
    actions.withdraw_newsletter(
        newsletter=send(world.newsletters["draft"], by=people.editor), note="Hemmeligmerknad", by=people.chair
    )
    send(world.newsletters["review"], by=people.editor)
    approved = approve(world.newsletters["approved"], **by)
    Newsletter.objects.filter(pk=approved.pk).update(publish_error="Hemmeligfeil")
    Newsletter.objects.filter(pk=world.newsletters["draft"].pk).update(period="Hemmeligperiode")


def _subscribers(world, people):
    world.subscriber = create_subscription(email="hemmeligleser@example.no")
    create_subscription(email="hemmeligventer@example.no", state="waiting")
    published = world.newsletters["plain"]
    actions.make_deliveries(newsletter=published, by=people.editor)
    published.deliveries.update(
        state="refused",
        error="Mottakerens e-postserver tok ikke imot adressen.",
        claimed_at=timezone.now(),
    )
    actions.receive_list(
        file=files.upload(b"e-post\nhemmeligliste@example.no\n", "liste.csv"),
        name="liste.csv",
        basis="Den gamle lista.",
        by=people.editor,
    )


SHOWING = ("", "utkast.pdf", "kontroll/", "utsending/")


def _guess_addresses(world):
    """Every door to each newsletter in work, a block, its picture and files; to a subscriber; and what was written of."""
    world.addresses = [
        f"/nyhetsbrev/abonnenter/{world.subscriber.public_id}/",
        "/tiltak/apenttiltak/",
        "/tiltak/lukkettiltak/",
    ]
    for number in range(1, 6):
        page = f"/nyhetsbrev/{YEAR}/{number}"
        versions = [f"{page}/versjon/{version}" for version in (1, 2)]
        world.addresses += [f"{start}{end}" for start in (page, *versions) for end in ("/", ".pdf")]
    for name, newsletter in world.newsletters.items():
        page = f"/nyhetsbrev/{newsletter.public_id}/"
        doors = OF_NEWSLETTER if name in {"draft", "correction"} else SHOWING
        world.addresses += [f"{page}{door}" for door in doors]
        for block in newsletter.blocks.filter(kind="contact"):
            world.addresses += [f"/nyhetsbrev/blokker/{block.public_id}/{door}" for door in OF_BLOCK]
        for thing in (*newsletter.pictures.all(), *newsletter.attachments.all()):
            address = thing.get_absolute_url()
            world.addresses += [address, f"{address.rpartition('/')[0]}/rediger/"]


START = (
    "/",
    "/kvalitet/",
    "/nyhetsbrev/",
    "/feed/nyhetsbrev/",
    "/nyhetsbrev/abonnenter/",
    "/nyhetsbrev/abonnenter/import/",
    "/nyhetsbrev/abonner/",
    "/admin/accounts/logentry/?all=",
)
OURS = re.compile(r"/nyhetsbrev/(?!blokker)|/feed/")
"""Of the many blocks those are asked for that one could guess."""
LINK = re.compile(r'\s(?:href|src|action|data-hx-get)="([^"]+)"')


def said(response) -> str:
    """All that an answer tells: the page or the words of a file, and every header."""
    return f"{unescape(b''.join(response).decode(errors='replace'))} {response.headers}"


def all_said(client, world) -> dict[str, str]:
    """What is told at every address that can be guessed or comes from a link, as far as the links lead."""
    found: dict[str, str] = {}
    waiting = [*START, *world.addresses]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found[address] = said(client.get(address))
        for link in LINK.findall(found[address]):
            parts = urlsplit(urljoin(address, unescape(link)))
            if parts.netloc in {"", "testserver"} and OURS.match(parts.path):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


SECRETS = DRAFTED | ADDRESSES


def test_no_secret_is_told_and_those_who_may_know_are(world, people, client_of, monkeypatch):
    for who, known in LOOKING.items():
        if who == "ssu_member":  # from here on refusals are what they were
            refuse_shortly(monkeypatch)
        pages = all_said(client_of(getattr(people, who)), world)

        told = {(word, address) for address, page in pages.items() for word in SECRETS if word in page}
        assert {(word, address) for word, address in told if word not in known} == set(), who
        assert {word for word, _address in told} == set(known), who
        quoted = {
            (word, address)
            for address, page in pages.items()
            for word in INTERNAL
            if OURS.match(address) and word in page
        }
        assert quoted == set(), who


@pytest.mark.parametrize("who", ["editor", "admin"])
def test_the_rescue_pages_have_no_newsletters(who, world, people, client_of):
    client = client_of(getattr(people, who))

    assert "/admin/newsletters/" not in body(client.get("/admin/"))


def test_the_mails_of_one_newsletter_tell_nothing_of_another(world, people, by):
    create_subscription(email="leser@example.no")
    other = create_newsletter(year=YEAR, number=9, title="Det åpne brevet", by=people.editor)
    add_block(other, by=people.editor, heading="Åpent", body="<p>Åpentekst</p>")
    publish(other, **by)
    actions.send_waiting_deliveries()

    mails = [
        (message.to[0], f"{message.subject} {message.body} {message.alternatives} {message.extra_headers}")
        for message in mail.outbox
    ]
    assert {to for to, words in mails if "Åpentekst" in words} == {
        "hemmeligleser@example.no",
        "leser@example.no",
    }
    assert {to for to, words in mails if "Åpentekst" not in words} == {
        person.email for person in (people.editor, people.chair, people.vice_chair)
    }  # what they have to do, without a word of what it is about
    assert {(to, word) for to, words in mails for word in SECRETS | INTERNAL if word in words} == set()
    assert all(len(message.recipients()) == 1 for message in mail.outbox)


# What is published


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(f"{pages} {document.get_metadata_dict()}".split())


def forms_of(newsletter, client) -> dict[str, str]:
    """A published newsletter as it is kept and as it is told, by the name of the form."""
    newsletter = Newsletter.objects.get(pk=newsletter.pk)
    page = newsletter.get_absolute_url()
    with newsletter.pdf.open("rb") as file:
        pdf = file.read()
    return {
        "data": str(newsletter.data),
        "kept page": unescape(newsletter.page),
        "page": said(client.get(page)),
        "pdf": pdf_text(pdf),
        "mail": f"{unescape(newsletter.mail_html)} {newsletter.mail_text}",
        "feed": said(client.get("/feed/nyhetsbrev/")),
        "archive": said(client.get("/nyhetsbrev/")),
        "overview": said(client.get("/")),
    }


def read(words, forms) -> dict[str, set[str]]:
    return {name: {word for word in words if word in text} for name, text in forms.items()}


OPENED = {
    "Åpenttiltak",
    "Åpentsammendrag",
    "Åpenstatus",
    "Ferdigtiltak",
    "Åpentvedtak",
    "Åpensak",
    "Åpentpunkt",
    "Åpentsted",
    "Åpentarrangement",
}


def test_what_is_published_tells_nothing_that_is_not_public(things, people, by, client_of):
    """Though the editor who chose it may see it all."""
    newsletter = create_newsletter(year=YEAR, number=1, title="Brevet", by=people.editor)
    write_all(newsletter, things, people.editor)
    newsletter = publish(newsletter, **by)
    forms = forms_of(newsletter, client_of(None))

    assert {name: words for name, words in read(INTERNAL, forms).items() if words} == {}
    for name in ("data", "kept page", "page", "pdf", "mail"):
        assert read(OPENED, forms)[name] == OPENED, name
    assert (
        "Åpenpakke" in forms["page"]
    )  # tables stay on the page and on paper, where money of others has no name
    assert "Åpenpakke" in forms["pdf"]
    assert f"portfolio.initiative:{things.internal.pk}" not in newsletter.data["quotes"]


def test_a_draft_shows_its_editor_what_will_be_published(things, people):
    newsletter = create_newsletter(year=YEAR, number=1, title="Brevet", by=people.editor)
    write_all(newsletter, things, people.editor)

    said_now = {"data": str(content_of(newsletter, today=TODAY))}
    assert read(INTERNAL, said_now) == {"data": set()}
    assert read(OPENED, said_now) == {"data": OPENED}


def test_what_was_internal_on_the_day_of_the_newsletter_or_is_now_is_not_named(
    monkeypatch, things, people, by, client_of
):
    """One is public since, one was public then: the table of the day has neither."""
    print_as_text(monkeypatch)
    things.internal._history_date = at(date(2025, 9, 1))
    things.internal.visibility = "public"
    things.internal.save()
    closed = create_initiative(title="Siden lukket", on=date(2024, 1, 1))
    create_report(initiative=closed, on=THEN, comment="Lukketstatus")
    closed._history_date = at(date(2025, 9, 1))
    closed.visibility = "internal"
    closed.save()
    newsletter = create_newsletter(year=YEAR, number=1, as_of=THEN, by=people.editor)
    things.initiatives.append(str(closed.public_id))
    write_all(newsletter, things, people.editor)
    newsletter = publish(newsletter, **by)

    words = {"Lukkettiltak", "Lukketstatus", "Siden lukket", "Åpenstatus", "Gammelstatus"}
    kept = {"data": str(newsletter.data), "page": newsletter.page, "mail": newsletter.mail_text}
    assert read(words, kept) == {name: {"Gammelstatus"} for name in kept}


def test_an_internal_thing_is_not_offered_to_be_chosen_where_it_would_not_be_shown(things, people, client_of):
    newsletter = create_newsletter(year=YEAR, number=1, by=people.editor)
    client = client_of(people.editor)
    for kind in ("text", "focus", "finished", "decisions"):
        block = add_block(newsletter, kind, by=people.editor, heading="", body="")
        page = body(client.get(f"/nyhetsbrev/blokker/{block.public_id}/rediger/"))

        assert re.search("Åpenttiltak|SSU", page), kind
        assert [word for word in INTERNAL if word in page] == [], kind


def test_the_images_of_a_draft_are_not_kept_for_others(monkeypatch, people, client_of):
    """An image of a page stays in a cache by the hash of the file; the address is asked for anew each time."""
    print_as_text(monkeypatch)
    newsletter = create_newsletter(year=YEAR, number=1, by=people.editor)
    add_block(newsletter, by=people.editor)
    address = f"/nyhetsbrev/{newsletter.public_id}/utskrift/0123456789abcdef/1.webp"
    drawn = client_of(people.editor).get(address)

    assert (drawn.status_code, drawn["Cache-Control"]) == (200, "private, no-store")
    assert client_of(people.member).get(address, headers={"If-None-Match": drawn["ETag"]}).status_code == 404
