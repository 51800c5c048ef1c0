"""Who gets in where: every address of newsletters, in every state, by the cast."""

import logging
import re
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import get_resolver
from django.utils import timezone

from helsefellesskap import findings, urls
from meetings.models import Seat
from newsletters import actions
from newsletters.actions.subscriptions import confirm_url, unsubscribe_url
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import Approval, Newsletter
from tests.factories import (
    create_delivery,
    create_import,
    create_newsletter,
    create_seat,
    create_subscription,
    create_user,
)
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

WHO = (
    "public",
    "member",
    "ssu_member",  # sits in the body whose leaders approve
    "pa_member",
    "former_member",
    "deputy",
    "contributor",
    "outsider",
    "leader",  # reads all, and leads no body
    "chair",
    "vice_chair",
    "editor",
    "admin",
)
GROUPS = {
    "leaders": ("leader", "chair", "vice_chair"),
    "seated": ("chair", "vice_chair"),
    "staff": ("leader", "chair", "vice_chair", "editor"),
}


def to(others: int, **some: int) -> dict[str, int]:
    """The status for each of the cast; the later ones of `some`, persons and groups of them, go before the earlier."""
    answers = dict.fromkeys(WHO, others)
    for name, status in some.items():
        answers |= dict.fromkeys(GROUPS.get(name, (name,)), status)
    return answers


OPEN = to(200)
READS = to(405)
NOWHERE = to(404)
ASK_WHAT_IS_OPEN = ("public", "ssu_member", "editor")
"""What nobody is kept out of takes the longest to show, and is asked for by these alone."""

NOWHERE_SIGNED_IN = to(404, public=302)
BUTTON = to(405, public=302)
READS_SIGNED_IN = BUTTON
EDITOR = to(403, public=302, editor=200)
EDITOR_GUESSES = to(403, public=302, editor=404)
REFUSED = to(403, public=302, editor=422)
POSTS = to(403, public=302, editor=302)
DRAFT_FILE = to(404, staff=200)
DRAFT_STAFF = to(404, public=302, staff=200)
DRAFT_EDITOR = to(404, public=302, leaders=403, editor=200)
DRAFT_REFUSED = to(404, public=302, leaders=403, editor=422)
DRAFT_POSTS = to(404, public=302, leaders=403, editor=302)
DRAFT_WITHDRAW = to(404, public=302, leader=403, seated=200, editor=200)
DRAFT_WITHDRAWN = to(404, public=302, leader=403, seated=302, editor=302)
WITHDRAWN = to(403, public=302, seated=302, editor=302)
STAFF_MOVED = to(403, public=302, staff=302)
STAFF_NOWHERE = to(403, public=302, staff=404)

IN_WORK = ("draft", "review", "approved", "correction")
CLOSED = ("review", "approved")
"""In work, and not to be changed now."""
PUBLISHED = ("published", "corrected")
OF_NEWSLETTER = {
    "": DRAFT_STAFF,
    "utkast.pdf": DRAFT_STAFF,
    "utskrift/": DRAFT_STAFF,
    "utskrift/0123456789abcdef/1.webp": DRAFT_STAFF,
    "kontroll/": DRAFT_STAFF,
    "utsending/": DRAFT_STAFF,
    "trekk/": DRAFT_WITHDRAWN,
    "opplysninger/": DRAFT_EDITOR,
    "slett/": DRAFT_EDITOR,
    "rett/": DRAFT_EDITOR,
    "publiser/": DRAFT_POSTS,
    "rediger/": DRAFT_EDITOR,
    "vedlegg/ny/": DRAFT_EDITOR,
    "kontroll/godta/": DRAFT_POSTS,
}
OF_BLOCK = {"": DRAFT_EDITOR, "rediger/": DRAFT_EDITOR, "slett/": DRAFT_EDITOR, "bilder/ny/": DRAFT_EDITOR}
BUTTONS = {
    "{draft}": ("send/", "godkjenn/", "kontroll/angre/", "blokker/", "utsending/prove/"),
    "blokker/{draft_block}": ("lagre/", "flytt/"),
    "bilder/{draft_picture}": ("slett/",),
    "vedlegg/{draft_attachment}": ("flytt/", "slett/"),
}

GET = {
    "/": OPEN,
    "/kvalitet/": to(200, public=302),
    # for readers
    "/nyhetsbrev/": OPEN,
    "/feed/nyhetsbrev/": OPEN,
    **{f"/nyhetsbrev/{{year}}/{{{name}_no}}/": OPEN for name in PUBLISHED},
    **{f"/nyhetsbrev/{{year}}/{{{name}_no}}/": NOWHERE for name in ("draft", *CLOSED)},
    "/nyhetsbrev/{year}/99/": NOWHERE,
    "/nyhetsbrev/{year}/99999999999999999999/": NOWHERE,
    "/nyhetsbrev/1999/{published_no}/": NOWHERE,
    "/nyhetsbrev/{year}/{published_no}/versjon/1/": OPEN,
    "/nyhetsbrev/{year}/{draft_no}/versjon/1/": NOWHERE,
    "/nyhetsbrev/{year}/{corrected_no}/versjon/1/": OPEN,
    "/nyhetsbrev/{year}/{corrected_no}/versjon/2/": NOWHERE,
    "/nyhetsbrev/{year}/{published_no}/versjon/0/": NOWHERE,
    # in work
    "/nyhetsbrev/ny/": EDITOR,
    **{f"/nyhetsbrev/{{{name}}}/{door}": who for name in IN_WORK for door, who in OF_NEWSLETTER.items()},
    **{f"/nyhetsbrev/{{{name}}}/rediger/": DRAFT_POSTS for name in CLOSED},
    **{f"/nyhetsbrev/{{{name}}}/trekk/": DRAFT_WITHDRAW for name in CLOSED},
    "/nyhetsbrev/{approved}/publiser/": DRAFT_EDITOR,
    **{
        f"/nyhetsbrev/blokker/{{{name}_block}}/{door}": who
        for name in IN_WORK
        for door, who in OF_BLOCK.items()
    },
    **{f"/nyhetsbrev/blokker/{{{name}_block}}/rediger/": DRAFT_POSTS for name in CLOSED},
    **{f"/nyhetsbrev/bilder/{{{name}_picture}}/rediger/": DRAFT_EDITOR for name in IN_WORK},
    **{f"/nyhetsbrev/vedlegg/{{{name}_attachment}}/rediger/": DRAFT_EDITOR for name in IN_WORK},
    "/nyhetsbrev/vedlegg/{announced}/rediger/": DRAFT_EDITOR,
    **{f"/nyhetsbrev/{thing}/{door}": BUTTON for thing, doors in BUTTONS.items() for door in doors},
    # the same addresses of what is published
    **{f"/nyhetsbrev/{{published}}/{door}": STAFF_MOVED for door in ("", "utkast.pdf", "utskrift/")},
    "/nyhetsbrev/{published}/utskrift/0123456789abcdef/1.webp": STAFF_NOWHERE,
    "/nyhetsbrev/{published}/kontroll/": STAFF_NOWHERE,
    "/nyhetsbrev/{published}/utsending/": to(403, public=302, staff=200),
    "/nyhetsbrev/{published}/trekk/": WITHDRAWN,
    **{
        f"/nyhetsbrev/{{published}}/{door}": EDITOR
        for door in ("opplysninger/", "slett/", "rett/", "vedlegg/ny/")
    },
    "/nyhetsbrev/{published}/publiser/": POSTS,
    "/nyhetsbrev/{published}/rediger/": POSTS,
    "/nyhetsbrev/blokker/{published_block}/": EDITOR,
    "/nyhetsbrev/blokker/{published_block}/rediger/": POSTS,
    "/nyhetsbrev/bilder/{published_picture}/rediger/": EDITOR,
    "/nyhetsbrev/vedlegg/{published_attachment}/rediger/": EDITOR,
    # what is not there
    **{
        f"/nyhetsbrev/{{guess}}/{door}": NOWHERE_SIGNED_IN
        for door in ("", "utkast.pdf", "kontroll/", "rediger/", "publiser/", "trekk/", "utsending/")
    },
    "/nyhetsbrev/blokker/{guess}/rediger/": NOWHERE_SIGNED_IN,
    "/nyhetsbrev/bilder/{guess}/rediger/": NOWHERE_SIGNED_IN,
    "/nyhetsbrev/vedlegg/{guess}/rediger/": NOWHERE_SIGNED_IN,
    # who gets it
    "/nyhetsbrev/abonner/": OPEN,
    "/nyhetsbrev/abonner/takk/": OPEN,
    "{confirm}": OPEN,
    "/nyhetsbrev/bekreft/tull/": NOWHERE,
    "{end}": OPEN,
    "/nyhetsbrev/avmeld/tull/": NOWHERE,
    "/nyhetsbrev/abonnenter/": EDITOR,
    "/nyhetsbrev/abonnenter.csv": BUTTON,
    "/nyhetsbrev/abonnenter/import/": EDITOR,
    "/nyhetsbrev/abonnenter/import/{list}/": EDITOR,
    "/nyhetsbrev/abonnenter/import/{guess}/": EDITOR_GUESSES,
    "/nyhetsbrev/abonnenter/{subscriber}/": EDITOR,
    "/nyhetsbrev/abonnenter/{subscriber}/slett/": EDITOR,
    "/nyhetsbrev/abonnenter/{guess}/": EDITOR_GUESSES,
}

FILES = {
    "/nyhetsbrev/{year}/{published_no}.pdf": OPEN,
    "/nyhetsbrev/{year}/{published_no}/versjon/1.pdf": OPEN,
    "/nyhetsbrev/{year}/{corrected_no}.pdf": OPEN,
    "/nyhetsbrev/{year}/{corrected_no}/versjon/1.pdf": OPEN,
    "/nyhetsbrev/{year}/{corrected_no}/versjon/2.pdf": NOWHERE,
    **{f"/nyhetsbrev/{{year}}/{{{name}_no}}.pdf": NOWHERE for name in ("draft", *CLOSED)},
    "/nyhetsbrev/{year}/99.pdf": NOWHERE,
    **{f"/nyhetsbrev/bilder/{{{name}_picture}}/x.png": OPEN for name in PUBLISHED},
    **{f"/nyhetsbrev/bilder/{{{name}_picture}}/x.png": DRAFT_FILE for name in IN_WORK},
    **{f"/nyhetsbrev/vedlegg/{{{name}_attachment}}/x.pdf": OPEN for name in PUBLISHED},
    **{f"/nyhetsbrev/vedlegg/{{{name}_attachment}}/x.pdf": DRAFT_FILE for name in IN_WORK},
    "/nyhetsbrev/vedlegg/{announced}/x.pdf": NOWHERE,
    "/nyhetsbrev/vedlegg/{announced_in_published}/x.pdf": NOWHERE,
    "/nyhetsbrev/vedlegg/{guess}/x.pdf": NOWHERE,
    "/nyhetsbrev/bilder/{guess}/x.png": NOWHERE,
}
"""Each is asked for in every way there is."""

WRITTEN = {"heading": "Ny", "body": "Nytt.", "version": "2"}
FACTS = {"title": "Ny tittel", "year": "2026", "number": "90", "version": "1"}
POST = {
    **{
        address: ({}, READS)
        for address in (
            "/nyhetsbrev/",
            "/feed/nyhetsbrev/",
            "/nyhetsbrev/{year}/{published_no}/",
            "/nyhetsbrev/{year}/{published_no}.pdf",
            "/nyhetsbrev/{year}/{published_no}/versjon/1/",
            "/nyhetsbrev/{year}/{published_no}/versjon/1.pdf",
            "/nyhetsbrev/vedlegg/{published_attachment}/x.pdf",
            "/nyhetsbrev/bilder/{published_picture}/x.png",
            "/nyhetsbrev/abonner/takk/",
        )
    },
    **{
        f"/nyhetsbrev/{{draft}}/{door}": ({}, READS_SIGNED_IN)
        for door in (
            "",
            "utkast.pdf",
            "utskrift/",
            "utskrift/0123456789abcdef/1.webp",
            "kontroll/",
            "rediger/",
        )
    },
    "/nyhetsbrev/blokker/{draft_block}/": ({}, READS_SIGNED_IN),
    # writing
    "/nyhetsbrev/ny/": ({}, REFUSED),
    "/nyhetsbrev/ny/?riktig": (FACTS, POSTS),
    "/nyhetsbrev/{draft}/opplysninger/": ({}, DRAFT_REFUSED),
    "/nyhetsbrev/{draft}/opplysninger/?riktig": (FACTS, DRAFT_POSTS),
    "/nyhetsbrev/{review}/opplysninger/": (FACTS, DRAFT_REFUSED),
    "/nyhetsbrev/{published}/opplysninger/": (FACTS, REFUSED),
    "/nyhetsbrev/{draft}/slett/": ({}, DRAFT_POSTS),
    "/nyhetsbrev/{approved}/slett/": ({}, DRAFT_REFUSED),
    "/nyhetsbrev/{published}/slett/": ({}, REFUSED),
    "/nyhetsbrev/{draft}/blokker/": ({"kind": "text"}, DRAFT_POSTS),
    "/nyhetsbrev/{published}/blokker/": ({"kind": "text"}, POSTS),
    "/nyhetsbrev/blokker/{draft_block}/rediger/": (WRITTEN, DRAFT_POSTS),
    "/nyhetsbrev/blokker/{correction_block}/rediger/": (WRITTEN, DRAFT_REFUSED),  # somebody has seen another
    "/nyhetsbrev/blokker/{review_block}/rediger/": (WRITTEN, DRAFT_REFUSED),
    "/nyhetsbrev/blokker/{published_block}/rediger/": (WRITTEN, REFUSED),
    "/nyhetsbrev/blokker/{draft_block}/lagre/": (WRITTEN, DRAFT_EDITOR),
    "/nyhetsbrev/blokker/{review_block}/lagre/": (WRITTEN, DRAFT_REFUSED),
    "/nyhetsbrev/blokker/{published_block}/lagre/": (WRITTEN, REFUSED),
    "/nyhetsbrev/blokker/{draft_block}/flytt/": ({"way": "up"}, DRAFT_POSTS),
    "/nyhetsbrev/blokker/{published_block}/flytt/": ({"way": "up"}, POSTS),
    "/nyhetsbrev/blokker/{draft_block}/slett/": ({}, DRAFT_POSTS),
    "/nyhetsbrev/blokker/{published_block}/slett/": ({}, POSTS),
    "/nyhetsbrev/blokker/{draft_block}/bilder/ny/": ({"alt": "x"}, DRAFT_REFUSED),
    "/nyhetsbrev/bilder/{draft_picture}/rediger/": ({"alt": "Nytt"}, DRAFT_POSTS),
    "/nyhetsbrev/bilder/{published_picture}/rediger/": ({"alt": "Nytt"}, REFUSED),
    "/nyhetsbrev/bilder/{draft_picture}/slett/": ({}, DRAFT_POSTS),
    "/nyhetsbrev/bilder/{published_picture}/slett/": ({}, POSTS),
    "/nyhetsbrev/{draft}/vedlegg/ny/": ({"title": ""}, DRAFT_REFUSED),
    "/nyhetsbrev/{published}/vedlegg/ny/": ({"title": "Nytt"}, REFUSED),
    "/nyhetsbrev/vedlegg/{draft_attachment}/rediger/": ({"title": "Nytt"}, DRAFT_POSTS),
    "/nyhetsbrev/vedlegg/{published_attachment}/rediger/": ({"title": "Nytt"}, REFUSED),
    "/nyhetsbrev/vedlegg/{draft_attachment}/flytt/": ({"way": "up"}, DRAFT_POSTS),
    "/nyhetsbrev/vedlegg/{draft_attachment}/slett/": ({}, DRAFT_POSTS),
    "/nyhetsbrev/vedlegg/{published_attachment}/slett/": ({}, POSTS),
    # on its way
    "/nyhetsbrev/{draft}/kontroll/godta/": ({"code": "x"}, DRAFT_POSTS),
    "/nyhetsbrev/{draft}/kontroll/angre/": ({"code": "x"}, DRAFT_POSTS),
    "/nyhetsbrev/{draft}/send/": ({}, DRAFT_POSTS),
    "/nyhetsbrev/{published}/send/": ({}, POSTS),
    "/nyhetsbrev/{review}/godkjenn/": ({}, to(404, public=302, staff=403, seated=302)),
    "/nyhetsbrev/{published}/godkjenn/": ({}, to(403, public=302, seated=302)),
    "/nyhetsbrev/{review}/trekk/": ({}, DRAFT_WITHDRAWN),
    "/nyhetsbrev/{draft}/trekk/": ({}, DRAFT_WITHDRAWN),
    "/nyhetsbrev/{published}/trekk/": ({}, WITHDRAWN),
    "/nyhetsbrev/{approved}/publiser/": ({"when": "now"}, DRAFT_POSTS),
    "/nyhetsbrev/{review}/publiser/": ({"when": "now"}, DRAFT_POSTS),
    "/nyhetsbrev/{published}/publiser/": ({"when": "now"}, POSTS),
    "/nyhetsbrev/{published}/rett/": ({"note": "Feil beløp."}, POSTS),
    "/nyhetsbrev/{corrected}/rett/": ({"note": "Feil beløp."}, REFUSED),
    "/nyhetsbrev/{draft}/rett/": ({"note": "Feil beløp."}, DRAFT_REFUSED),
    # who gets it
    "/nyhetsbrev/abonner/": ({}, to(422)),
    "/nyhetsbrev/abonner/?riktig": ({"email": "ny@example.no"}, to(302)),
    "{confirm}": ({}, to(302)),
    "{end}": ({}, to(302)),
    "/nyhetsbrev/bekreft/tull/": ({}, NOWHERE),
    "/nyhetsbrev/avmeld/tull/": ({}, NOWHERE),
    "/nyhetsbrev/abonnenter/": ({}, READS_SIGNED_IN),
    "/nyhetsbrev/abonnenter.csv": ({}, EDITOR),
    "/nyhetsbrev/abonnenter.pdf": ({}, EDITOR_GUESSES),
    "/nyhetsbrev/abonnenter/import/": ({}, REFUSED),
    "/nyhetsbrev/abonnenter/import/{list}/": ({}, POSTS),
    "/nyhetsbrev/abonnenter/{subscriber}/": ({}, POSTS),
    "/nyhetsbrev/abonnenter/{subscriber}/slett/": ({}, POSTS),
    "/nyhetsbrev/{published}/utsending/": ({"stans": "1"}, POSTS),
    "/nyhetsbrev/{draft}/utsending/": ({"stans": "1"}, DRAFT_POSTS),
    "/nyhetsbrev/{draft}/utsending/prove/": ({}, DRAFT_POSTS),
    "/nyhetsbrev/{published}/utsending/prove/": ({}, POSTS),
}

GUESS = "00000000-0000-4000-8000-000000000000"
YEAR = 2026


@pytest.fixture(autouse=True)
def _quickly(monkeypatch, caplog):
    """Only the status is asked for; nor is a draft held up against what other apps find."""
    caplog.set_level(logging.ERROR, "django.request")
    refuse_shortly(monkeypatch)
    monkeypatch.setattr(findings, "results_for", lambda *_, **__: [])


def refuse_shortly(monkeypatch) -> None:
    """A refusal is not written out as a page."""
    for status in (403, 404):
        monkeypatch.setattr(
            urls,
            f"handler{status}",
            lambda *_, status=status, **__: HttpResponse(status=status),
            raising=False,
        )


@pytest.fixture
def people(cast, ssu, ssu_member, pa_member, former_member, deputy, chair, vice_chair) -> SimpleNamespace:
    known = {
        **vars(cast),
        "ssu_member": ssu_member,
        "pa_member": pa_member,
        "former_member": former_member,
        "deputy": deputy,
        "chair": chair,
        "vice_chair": vice_chair,
    }
    return SimpleNamespace(**{who: known[who] for who in WHO})


@pytest.fixture
def world(monkeypatch, people) -> dict[str, str]:
    """A newsletter in each state with something of everything, by the names that stand in the addresses."""
    print_as_text(monkeypatch)
    written = {
        name: _write(number, name, people.editor)
        for number, name in enumerate(("draft", "review", "approved", *PUBLISHED), start=1)
    }
    by = {"by": people.editor, "leaders": (people.chair, people.vice_chair)}
    announced = {
        name: add_attachment(written[of], content=b"", title="Kommer")
        for name, of in (("announced", "draft"), ("announced_in_published", "published"))
    }
    send(written["review"], by=people.editor)
    approve(written["approved"], **by)
    for name in PUBLISHED:
        written[name] = publish(written[name], **by)
    written["correction"] = actions.correct_newsletter(
        newsletter=written["corrected"], note="Rettet.", by=people.editor
    )
    things = {**written, **announced, **_subscriptions(written["published"], people)}
    for name, newsletter in written.items():
        things |= {
            f"{name}_block": newsletter.blocks.get(),
            f"{name}_picture": newsletter.pictures.get(),
            f"{name}_attachment": newsletter.attachments.exclude(file="").get(),
        }
    return {
        "guess": GUESS,
        "year": str(YEAR),
        **{f"{name}_no": str(newsletter.number) for name, newsletter in written.items()},
        **{name: getattr(thing, "public_id", thing) for name, thing in things.items()},
    }


def _write(number, name, editor) -> Newsletter:
    newsletter = create_newsletter(year=YEAR, number=number, title=f"Brevet {name}", by=editor)
    add_picture(add_block(newsletter, by=editor))
    add_attachment(newsletter)
    return newsletter


def _subscriptions(newsletter, people):
    subscriber = create_subscription()
    create_delivery(newsletter=newsletter, subscription=subscriber)
    asking = create_subscription(state="waiting")
    return {
        "subscriber": subscriber,
        "list": create_import(by=people.editor),
        "confirm": urlsplit(confirm_url(asking)).path,
        "end": urlsplit(unsubscribe_url(subscriber)).path,
    }


@pytest.fixture
def clients(people, client_of):
    return {who: client_of(person) for who, person in vars(people).items()}


def answers(table, clients, ask) -> dict[str, dict[str, str]]:
    """Whatever is answered otherwise than the table says: by visitor, what was asked for, and the two answers."""
    wrong: dict[str, dict] = {}
    for who, client in clients.items():
        for asked, expected in table.items():
            if len(set(expected.values())) == 1 and who not in ASK_WHAT_IS_OPEN:
                continue
            answer = ask(client, asked)
            if answer != expected[who]:
                wrong.setdefault(who, {})[asked] = f"{answer}, not {expected[who]}"
    return wrong


def test_get_and_head(world, clients):
    def ask(client, address):
        return client.get(address.format(**world)).status_code

    def ask_for_head(client, address):
        return client.head(address.format(**world)).status_code

    assert answers(GET, clients, ask) == {}
    assert answers(GET, {who: clients[who] for who in ("public", "outsider")}, ask_for_head) == {}


def test_post(world, clients):
    """What somebody does is undone before the next one tries."""

    def ask(client, address):
        with transaction.atomic():
            status = client.post(address.format(**world), POST[address][0]).status_code
            transaction.set_rollback(True)
        return status

    expected = {address: statuses for address, (_data, statuses) in POST.items()}
    assert answers(expected, clients, ask) == {}


WAYS = {
    "head": ("head", {}, 200),
    "a part": ("get", {"HTTP_RANGE": "bytes=0-3"}, 206),
    "again": ("get", {"HTTP_IF_NONE_MATCH": "*"}, 304),
}
"""How else a file may be asked for, and what is answered to who may have it."""


def test_files_in_every_way(world, clients):
    """Whole, in parts, and anew: all are open, or all are closed."""

    def ask(client, address):
        address = address.format(**world)
        found = {"get": client.get(address).status_code}
        for name, (method, extra, status) in WAYS.items():
            answer = getattr(client, method)(address, **extra).status_code
            found[name] = 200 if answer == status else answer
        return found["get"] if len(set(found.values())) == 1 else found

    assert answers(FILES, clients, ask) == {}


FRAGMENTS = {
    "/nyhetsbrev/{draft}/rediger/": "blokker",
    "/nyhetsbrev/{draft}/utskrift/": "utskrift-sider",
    "/nyhetsbrev/{draft}/utsending/": "utsending",
    "/nyhetsbrev/blokker/{draft_block}/": "",
    "/nyhetsbrev/blokker/{draft_block}/rediger/": "blokker",
}


def test_a_part_alone_is_for_those_who_may_read_the_whole(world, clients):
    """What htmx asks for: the same answer as the page, and to the public the way to the sign-in."""
    for address, target in FRAGMENTS.items():
        headers = {"HX-Request": "true", "HX-Target": target}
        found = {who: client.get(address.format(**world), headers=headers) for who, client in clients.items()}
        away = found.pop("public")

        assert (away.headers["HX-Redirect"][:12], away.content) == ("/konto/login", b""), address
        assert {who: answer.status_code for who, answer in found.items()} == {
            who: GET[address][who] for who in found
        }, address


def test_every_address_of_newsletters_is_asked_for(world):
    newsletters = next(
        part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "newsletters"
    )
    asked = {
        method: [address.format(**world).partition("?")[0][1:] for address in table]
        for method, table in (("GET", [*GET, *FILES]), ("POST", POST))
    }

    unasked = {
        (method, pattern.name)
        for method, addresses in asked.items()
        for pattern in newsletters.url_patterns
        if not any(map(pattern.pattern.match, addresses))
    }

    assert unasked == set()


def test_the_cast_is_whole(people):
    assert tuple(vars(people)) == WHO


# What lists and panels tell


def told_of(page, world) -> set[str]:
    """Which of those in work the page links to."""
    found = body(page)
    return {name for name in IN_WORK if str(world[name]) in found}


LISTS = {
    "/": {"editor": set(IN_WORK), "chair": {"review"}, "vice_chair": {"review"}},
    "/nyhetsbrev/": {key: set(IN_WORK) for key in GROUPS["staff"]},
    "/nyhetsbrev/{year}/{corrected_no}/": {key: {"correction"} for key in GROUPS["staff"]},
    "/feed/nyhetsbrev/": {},
}


def test_what_is_in_work_is_shown_to_staff_alone(world, clients):
    for address, expected in LISTS.items():
        told = {who: told_of(client.get(address.format(**world)), world) for who, client in clients.items()}

        assert {who: names for who, names in told.items() if names} == expected, address
    quality = "/kvalitet/?kontroll=newsletter_attachment_missing"
    told = {who: "«Kommer» er varslet" in text(client.get(quality)) for who, client in clients.items()}
    assert {who for who, is_told in told.items() if is_told} == set(GROUPS["staff"])


# Approving


def approved_by(newsletter, client):
    """What pressing the button leads to, undone afterwards: the status, and whether it approved."""
    with transaction.atomic():
        address = f"/nyhetsbrev/{newsletter.public_id}/"
        status = client.post(f"{address}godkjenn/", {"content": fingerprint(newsletter)}).status_code
        has_approved = Approval.objects.filter(newsletter=newsletter).exists()
        transaction.set_rollback(True)
    return status, has_approved


def test_only_the_leaders_of_ssu_who_did_not_write_it_approve(world, clients):
    newsletter = Newsletter.objects.get(public_id=world["review"])
    found = {who: approved_by(newsletter, client) for who, client in clients.items()}

    assert {who for who, (_status, has_approved) in found.items() if has_approved} == {"chair", "vice_chair"}
    assert {found[who][0] for who in ("leader", "editor")} == {403}


def test_the_button_is_shown_to_those_who_may_press_it(world, clients):
    page = f"/nyhetsbrev/{world['review']}/"
    shown = {who for who in GROUPS["staff"] if f'action="{page}godkjenn/"' in body(clients[who].get(page))}

    assert shown == {"chair", "vice_chair"}


@pytest.mark.parametrize("has_written", ["all of it", "a word", "nothing"])
def test_an_editor_who_leads_ssu_approves_what_others_wrote(people, ssu, client_of, monkeypatch, has_written):
    print_as_text(monkeypatch)
    Seat.objects.filter(person=people.chair).update(valid_to=timezone.localdate() - timedelta(days=1))
    both = create_user(role="editor")
    create_seat(body=ssu, person=both, role=Seat.SeatRole.LEADER, side=Seat.Side.MUNICIPAL)
    writer = both if has_written == "all of it" else people.editor
    newsletter = _write(1, "brev", writer)
    if has_written == "a word":
        add_block(newsletter, by=both)
    newsletter = send(newsletter, by=people.editor)

    assert approved_by(newsletter, client_of(both)) == (
        (302, True) if has_written == "nothing" else (403, False)
    )
    page = body(client_of(both).get(newsletter.get_absolute_url()))
    assert bool(re.search(r"<button[^>]*>Godkjenn nyhetsbrevet", page)) == (has_written == "nothing")


def test_a_leader_of_another_body_and_a_deputy_of_this_one_do_not_approve(world, client_of, ssu, pa):
    newsletter = Newsletter.objects.get(public_id=world["review"])
    elsewhere, deputy, former = (create_user(role="leader") for _ in range(3))
    create_seat(body=pa, person=elsewhere, role=Seat.SeatRole.LEADER)
    create_seat(body=ssu, person=deputy, role=Seat.SeatRole.DEPUTY)
    create_seat(
        body=ssu,
        person=former,
        role=Seat.SeatRole.LEADER,
        valid_to=timezone.localdate() - timedelta(days=1),
    )

    for person in (elsewhere, deputy, former):
        assert approved_by(newsletter, client_of(person)) == (403, False)
