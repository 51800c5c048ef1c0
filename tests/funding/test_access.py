"""Who gets in where: every address of money, every format, by the cast."""

import logging
from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.urls import get_resolver
from django.utils import timezone

from funding.documents import funding_table
from funding.models import Allocation, Gain, Transfer
from helsefellesskap import urls
from portfolio.models import Edition
from tests.factories import (
    create_allocation,
    create_area,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_proposal,
    create_round,
)
from tests.meetings.frozen import print_as_text
from tests.portfolio.test_get_writes_nothing import rows

pytestmark = pytest.mark.django_db

WHO = (
    "public",
    "member",
    "ssu_member",  # sits in the body that decides
    "outsider",  # contributes for an organisation that got nothing
    "contributor",  # contributes for the one that proposes, gets the money and owns an internal initiative
    "leader",
    "editor",
    "admin",
)
GROUPS = {"partners": ("outsider", "contributor"), "staff": ("leader", "editor")}


def to(others: int, **some: int) -> dict[str, int]:
    """The status for each of the cast; the later ones of `some`, persons and groups of them, go before the earlier."""
    answers = dict.fromkeys(WHO, others)
    for name, status in some.items():
        answers |= dict.fromkeys(GROUPS.get(name, (name,)), status)
    return answers


OPEN = to(200)
READS = to(405)
NOWHERE = to(404)
ASK_WHAT_IS_OPEN = ("public", "outsider", "editor")
"""What nobody is kept out of takes the longest to show, and is asked for by these alone."""

NOWHERE_SIGNED_IN = to(404, public=302)
BUTTON = to(405, public=302)
EDITOR = to(403, public=302, editor=200)
REFUSED = to(403, public=302, editor=422)
POSTS = to(403, public=302, editor=302)
STAFF = to(404, staff=200)
EDITOR_PLANNED = to(404, public=302, leader=403, editor=200)
REFUSED_PLANNED = to(404, public=302, leader=403, editor=422)
POSTS_PLANNED = to(404, public=302, leader=403, editor=302)
INSIDE = to(404, contributor=200, staff=200)
EDITOR_INSIDE = to(404, public=302, contributor=403, leader=403, editor=200)
REFUSED_INSIDE = to(404, public=302, contributor=403, leader=403, editor=422)
POSTS_INSIDE = to(404, public=302, contributor=403, leader=403, editor=302)
EDITOR_ROUND = to(404, public=302, partners=403, leader=403, editor=200)
REFUSED_ROUND = to(404, public=302, partners=403, leader=403, editor=422)
POSTS_ROUND = to(404, public=302, partners=403, leader=403, editor=302)
OWN = to(404, public=302, contributor=200)
POSTS_OWN = to(404, public=302, contributor=302, staff=403)

CHANGES = ("rediger", "belop", "trekk", "utbetalt", "tilbakefor", "overfor", "rett")
"""The pages that change an allocation."""

GET = {
    "/": OPEN,
    "/tiltak/apent/": OPEN,
    "/tiltak/internt/": INSIDE,
    # grants
    "/midler/": OPEN,
    "/midler/2024/": OPEN,
    "/midler/2024/?dato=2025-06-30": OPEN,
    "/midler/2024/?ordning=ordning": OPEN,
    "/midler/2024/?ordning=finnes-ikke": NOWHERE,
    "/midler/1999/": NOWHERE,
    "/midler/2024.pdf": OPEN,
    "/midler/2024.xlsx": OPEN,
    "/midler/2024.csv?dato=2025-06-30": OPEN,
    "/midler/1999.csv": NOWHERE,
    "/midler/sammenlign/": OPEN,
    "/midler/sammenlign/?fra={grant}&til={next_grant}": OPEN,
    "/midler/ordninger/ny/": EDITOR,
    "/midler/tilskudd/ny/": EDITOR,
    "/midler/tilskudd/{grant}/rediger/": EDITOR,
    "/midler/tilskudd/{grant}/overfor/": EDITOR,
    "/midler/tilskudd/{grant}/tildel/": EDITOR,
    "/midler/tilskudd/{grant}/send/": EDITOR,
    "/midler/tilskudd/{guess}/rediger/": NOWHERE_SIGNED_IN,
    "/midler/tilskudd/{guess}/tildel/": NOWHERE_SIGNED_IN,
    # allocations
    "/midler/tildelinger/ny/": POSTS,
    "/midler/tildelinger/ny/?tilskudd={grant}": EDITOR,
    "/midler/tildelinger/ny/?tilskudd={guess}": to(403, public=302, editor=404),
    "/midler/tildelinger/{open}/": OPEN,
    "/midler/tildelinger/{inside}/": INSIDE,
    "/midler/tildelinger/{closed}/": STAFF,
    "/midler/tildelinger/{planned}/": STAFF,
    "/midler/tildelinger/{guess}/": NOWHERE,
    **{f"/midler/tildelinger/{{open}}/{verb}/": EDITOR for verb in CHANGES},
    "/midler/tildelinger/{inside}/rediger/": EDITOR_INSIDE,
    "/midler/tildelinger/{planned}/rediger/": EDITOR_PLANNED,
    "/midler/tildelinger/{closed}/rediger/": EDITOR_PLANNED,
    "/midler/tildelinger/{guess}/rediger/": NOWHERE_SIGNED_IN,
    "/midler/tildelinger/{open}/rad/": to(302),
    "/midler/tildelinger/{inside}/rad/": to(404, public=302, contributor=302, staff=302),
    "/midler/tildelinger/{planned}/rad/": to(404, public=302, staff=302),
    "/midler/tildelinger/{open}/flytt/": BUTTON,
    "/midler/tildelinger/{open}/brev.pdf": to(403, public=302, contributor=200, staff=200),
    "/midler/tildelinger/{inside}/brev.pdf": to(404, public=302, contributor=200, staff=200),
    "/midler/tildelinger/{closed}/brev.pdf": to(404, public=302, staff=200),
    "/midler/tildelinger/{planned}/brev.pdf": NOWHERE_SIGNED_IN,
    "/midler/tildelinger/{open}/rapport/": to(403, public=302, contributor=200, editor=200),
    "/midler/tildelinger/{inside}/rapport/": to(404, public=302, contributor=200, leader=403, editor=200),
    "/midler/tildelinger/{closed}/rapport/": EDITOR_PLANNED,
    "/midler/tildelinger/{planned}/rapport/": EDITOR_PLANNED,
    "/midler/overforinger/{transfer}/rett/": EDITOR,
    "/midler/overforinger/{guess}/rett/": NOWHERE_SIGNED_IN,
    # rounds
    "/midler/runder/ny/": EDITOR,
    "/midler/runder/{round}/": to(404, public=302, partners=200, staff=200),
    "/midler/runder/{guess}/": NOWHERE_SIGNED_IN,
    "/midler/runder/{round}/rediger/": EDITOR_ROUND,
    "/midler/runder/{round}/steg/": BUTTON,
    "/midler/runder/{round}/vedta/": POSTS_ROUND,
    "/midler/runder/{prioritising}/vedta/": EDITOR_ROUND,
    # proposals
    "/midler/innspill/ny/": to(403, public=302, partners=302, editor=302),
    "/midler/innspill/ny/?runde={round}": to(403, public=302, partners=200, editor=200),
    "/midler/innspill/ny/?runde={guess}": to(403, public=302, partners=404, editor=404),
    "/midler/innspill/{draft}/": OWN,
    "/midler/innspill/{sent}/": OWN | {"leader": 200, "editor": 200},
    "/midler/innspill/{other}/": to(404, public=302, outsider=200, staff=200),
    "/midler/innspill/{other_draft}/": to(404, public=302, outsider=200),
    "/midler/innspill/{registered}/": OWN | {"editor": 200},
    "/midler/innspill/{guess}/": NOWHERE_SIGNED_IN,
    "/midler/innspill/{draft}/rediger/": OWN,
    "/midler/innspill/{sent}/rediger/": POSTS_OWN,
    "/midler/innspill/{other}/rediger/": to(404, public=302, outsider=302, staff=403),
    "/midler/innspill/{registered}/rediger/": OWN | {"editor": 200},
    **{f"/midler/innspill/{{sent}}/{verb}/": BUTTON for verb in ("send", "ta-tilbake", "slett", "angre")},
    "/midler/innspill/{sent}/svar/": POSTS_INSIDE,
    "/midler/innspill/{asked}/svar/": EDITOR_INSIDE,
    "/midler/innspill/{draft}/svar/": to(404, public=302, contributor=403),
    # editions
    "/midler/utgaver/": OPEN,
    "/midler/utgaver/1/": OPEN,
    "/midler/utgaver/1.pdf": OPEN,
    "/midler/utgaver/2/": NOWHERE,
    "/midler/utgaver/2.pdf": NOWHERE,
    "/midler/utgaver/ny/": EDITOR,
    "/midler/utgaver/ny/?tilskudd={grant}": EDITOR,
    # gains
    "/midler/gevinster/": OPEN,
    "/midler/gevinster/ny/": EDITOR,
    "/midler/gevinster/ny/?tiltak=internt": EDITOR,
    "/midler/gevinster/{gain}/rediger/": EDITOR,
    "/midler/gevinster/{inside_gain}/rediger/": EDITOR_INSIDE,
    "/midler/gevinster/{guess}/rediger/": NOWHERE_SIGNED_IN,
    "/midler/gevinster/{gain}/slett/": BUTTON,
}

PAID = {"on": "2026-01-15"}
USED = {"as_of": "2026-01-15", "spent": "1000"}
POST = {
    **{
        address: ({}, READS)
        for address in (
            "/midler/",
            "/midler/2024/",
            "/midler/2024.csv",
            "/midler/sammenlign/",
            "/midler/tildelinger/{open}/",
            "/midler/utgaver/",
            "/midler/utgaver/1/",
            "/midler/utgaver/1.pdf",
            "/midler/gevinster/",
        )
    },
    **{
        address: ({}, BUTTON)
        for address in (
            "/midler/tildelinger/{open}/rad/",
            "/midler/tildelinger/{open}/brev.pdf",
            "/midler/runder/{round}/",
            "/midler/innspill/{sent}/",
        )
    },
    **{
        address: ({}, REFUSED)
        for address in (
            "/midler/ordninger/ny/",
            "/midler/tilskudd/ny/",
            "/midler/tilskudd/{grant}/rediger/",
            "/midler/tilskudd/{grant}/overfor/",
            "/midler/tilskudd/{grant}/tildel/",
            "/midler/tilskudd/{grant}/send/",
            "/midler/tildelinger/ny/?tilskudd={grant}",
            "/midler/runder/ny/",
            "/midler/utgaver/ny/?tilskudd={grant}",
            "/midler/gevinster/ny/",
            "/midler/gevinster/{gain}/rediger/",
        )
    },
    **{f"/midler/tildelinger/{{open}}/{verb}/": ({}, REFUSED) for verb in CHANGES},
    **{f"/midler/tildelinger/{{inside}}/{verb}/": ({}, REFUSED_INSIDE) for verb in CHANGES},
    "/midler/overforinger/{transfer}/rett/": ({}, REFUSED),
    "/midler/tildelinger/{planned}/rediger/": ({}, REFUSED_PLANNED),
    "/midler/tildelinger/{planned}/belop/": ({}, REFUSED_PLANNED),
    "/midler/tildelinger/{open}/utbetalt/?fort": (PAID, POSTS),
    "/midler/tildelinger/{inside}/utbetalt/?fort": (PAID, POSTS_INSIDE),
    "/midler/tildelinger/{planned}/trekk/?bort": ({"reason": "Likevel ikke."}, POSTS_PLANNED),
    "/midler/tildelinger/{open}/flytt/": ({"plass": "1"}, POSTS),
    "/midler/tildelinger/{inside}/flytt/": ({"plass": "1"}, POSTS_INSIDE),
    "/midler/tildelinger/{planned}/flytt/": ({"plass": "1"}, POSTS_PLANNED),
    "/midler/tildelinger/{open}/rapport/": (USED, to(403, public=302, contributor=302, editor=302)),
    "/midler/tildelinger/{inside}/rapport/": (
        USED,
        to(404, public=302, contributor=302, leader=403, editor=302),
    ),
    "/midler/tildelinger/{closed}/rapport/": (USED, POSTS_PLANNED),
    "/midler/tildelinger/{planned}/rapport/": (USED, REFUSED_PLANNED),
    "/midler/runder/{round}/rediger/": ({}, REFUSED_ROUND),
    "/midler/runder/{round}/steg/": ({"to": "prioritising"}, POSTS_ROUND),
    "/midler/runder/{prioritising}/vedta/": ({}, REFUSED_ROUND),
    "/midler/innspill/ny/?runde={round}": ({}, to(403, public=302, partners=422, editor=422)),
    "/midler/innspill/{draft}/rediger/": ({}, to(404, public=302, contributor=422)),
    "/midler/innspill/{registered}/rediger/": ({}, to(404, public=302, contributor=422, editor=422)),
    "/midler/innspill/{draft}/send/": ({}, to(404, public=302, contributor=302)),
    "/midler/innspill/{draft}/slett/": ({}, to(404, public=302, contributor=302)),
    "/midler/innspill/{sent}/ta-tilbake/": ({}, POSTS_OWN),
    "/midler/innspill/{other}/slett/": ({}, to(404, public=302, outsider=302, staff=403)),
    "/midler/innspill/{other_draft}/send/": ({}, to(404, public=302, outsider=302)),
    "/midler/innspill/{asked}/svar/": ({}, REFUSED_INSIDE),
    "/midler/innspill/{asked}/svar/?nei": ({"outcome": "declined", "answer": "Nei."}, POSTS_INSIDE),
    "/midler/innspill/{answered}/angre/": ({}, POSTS_INSIDE),
    "/midler/innspill/{other}/angre/": ({}, to(404, public=302, outsider=403, leader=403, editor=302)),
    "/midler/gevinster/{gain}/slett/": ({}, POSTS),
    "/midler/gevinster/{inside_gain}/rediger/": ({}, REFUSED_INSIDE),
    "/midler/gevinster/{inside_gain}/slett/": ({}, POSTS_INSIDE),
}

GUESS = "00000000-0000-4000-8000-000000000000"
DAY = date(2025, 2, 20)


@pytest.fixture(autouse=True)
def _short_refusals(monkeypatch, caplog):
    """Only the status is asked for: a refusal is not written out as a page, nor told in the log."""
    caplog.set_level(logging.ERROR, "django.request")
    for status in (403, 404):
        monkeypatch.setattr(
            urls,
            f"handler{status}",
            lambda *_, status=status, **__: HttpResponse(status=status),
            raising=False,
        )


@pytest.fixture
def people(cast, ssu_member) -> SimpleNamespace:
    known = {**vars(cast), "ssu_member": ssu_member}
    return SimpleNamespace(**{who: known[who] for who in WHO})


@pytest.fixture
def world(monkeypatch, people, valdres) -> dict[str, str]:
    """Something of everything there is, by the names that stand in the addresses."""
    print_as_text(monkeypatch)
    grant, next_grant = create_grant(year=2024), create_grant(year=2025)
    area = create_area(name="Barn og unge")
    initiative = create_initiative(title="Åpent", slug="apent", area=area)
    inside = create_initiative(title="Internt", slug="internt", visibility="internal", owner=valdres)
    closed = create_initiative(title="Lukket", slug="lukket", visibility="internal")
    by = {"grant": grant, "decision": create_funding_decision(on=DAY)}
    money = {
        "open": create_allocation(initiative=initiative, recipient=valdres, **by),
        "inside": create_allocation(initiative=inside, **by),
        "closed": create_allocation(initiative=closed, recipient=valdres, **by),
        "planned": create_allocation(grant=grant, initiative=initiative, recipient=valdres, planned=True),
    }
    gains = {
        name: Gain.objects.create(initiative=of, description="Kortere reisetid", gainer=valdres)
        for name, of in (("gain", initiative), ("inside_gain", inside))
    }
    _edition(grant, people.editor)
    things = {
        "grant": grant,
        "next_grant": next_grant,
        "transfer": Transfer.objects.create(
            from_grant=grant, to_grant=next_grant, amount=1000, on=DAY, reason="Rest.", made_by=people.editor
        ),
        **money,
        **gains,
        **_proposals(grant, initiative, people, valdres),
    }
    return {"guess": GUESS, **{name: str(thing.public_id) for name, thing in things.items()}}


def _proposals(grant, initiative, people, valdres):
    round_ = create_round(grants=[grant])
    prioritising = create_round(grants=[grant], state="prioritising")

    def proposal(by=people.contributor, in_round=round_, **fields):
        return create_proposal(round_=in_round, by=by, initiative=initiative, **fields)

    return {
        "round": round_,
        "prioritising": prioritising,
        "draft": proposal(),
        "sent": proposal(state="submitted"),
        "other": proposal(people.outsider, state="submitted"),
        "other_draft": proposal(people.outsider),
        "registered": proposal(
            people.editor, organisation=valdres
        ),  # by the secretariat, for the organisation
        "asked": proposal(in_round=prioritising, state="submitted"),
        "answered": proposal(in_round=prioritising, state="declined"),
    }


def _edition(grant, editor):
    table = funding_table(grant, AnonymousUser(), day=DAY, today=timezone.localdate())
    edition = Edition(kind="funding", number=1, title="Midler 2024", as_of=DAY, published_by=editor)
    edition.data = {**table.as_data(), "grant": str(grant.public_id)}
    edition.pdf.save("midler.pdf", ContentFile(b"%PDF-1.7"), save=False)
    edition.save()


@pytest.fixture
def clients(people, client_of):
    return {who: client_of(person) for who, person in vars(people).items()}


def answers(table, clients, ask) -> dict[str, dict[str, str]]:
    """Whatever is answered otherwise than the table says: by visitor, what was asked for, and the two answers."""
    wrong: dict[str, dict] = {}
    for who, client in clients.items():
        for asked, expected in table.items():
            if expected in (OPEN, READS) and who not in ASK_WHAT_IS_OPEN:
                continue
            answer = ask(client, asked).status_code
            if answer != expected[who]:
                wrong.setdefault(who, {})[asked] = f"{answer}, not {expected[who]}"
    return wrong


def test_get_and_that_it_writes_nothing(world, clients):
    """Every row of every table is the same after all have asked for all pages."""
    before = rows()

    assert answers(GET, clients, lambda client, address: client.get(address.format(**world))) == {}
    assert rows() == before


def test_head_is_answered_as_get_and_writes_nothing(world, clients):
    before = rows()

    assert (
        answers(
            GET, {"editor": clients["editor"]}, lambda client, address: client.head(address.format(**world))
        )
        == {}
    )
    assert rows() == before


def test_post(world, clients):
    """What somebody does is undone before the next one tries."""

    def ask(client, address):
        with transaction.atomic():
            response = client.post(address.format(**world), POST[address][0])
            transaction.set_rollback(True)
        return response

    expected = {address: statuses for address, (_data, statuses) in POST.items()}
    assert answers(expected, clients, ask) == {}


def test_every_address_of_money_is_asked_for(world):
    money = next(part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "funding")
    asked = {
        method: [address.format(**world).partition("?")[0][1:] for address in table]
        for method, table in (("GET", GET), ("POST", POST))
    }

    unasked = {
        (method, pattern.name)
        for method, addresses in asked.items()
        for pattern in money.url_patterns
        if not any(map(pattern.pattern.match, addresses))
    }

    assert unasked == set()


def test_the_row_alone_is_for_those_who_may_read_the_line(world, clients):
    """What htmx puts in place of the form: the same answer as the page of the line, for the signed in."""

    def answered(name, who):
        line = money[name]
        headers = {"HX-Request": "true", "HX-Target": f"tildeling-{line.pk}"}
        return clients[who].get(f"{line.get_absolute_url()}rad/", headers=headers).status_code

    money = {
        name: Allocation.objects.get(public_id=world[name])
        for name in ("open", "inside", "closed", "planned")
    }
    expected = {"open": OPEN, "inside": INSIDE, "closed": STAFF, "planned": STAFF}
    found = {(name, who): answered(name, who) for name in money for who in WHO if who != "public"}

    assert found == {(name, who): expected[name][who] for name, who in found}


def test_the_cast_is_whole(people):
    assert tuple(vars(people)) == WHO
