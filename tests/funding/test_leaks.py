"""What must not be told of money: secret words are looked for in all that a visitor can come to, and the editor sees them.

Whoever looks follows every link, and asks for every address there is of what they may not know of. What would be PDF
is kept as HTML, so that its words can be found.
"""

import re
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from django.core import mail
from django.utils import timezone

from funding import actions
from funding.models import Gain, SpendingReport, Transfer
from portfolio.actions import publish_edition
from tests.factories import (
    at,
    create_allocation,
    create_area,
    create_body,
    create_case,
    create_exemption,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_item,
    create_meeting,
    create_organisation,
    create_point,
    create_posting,
    create_proposal,
    create_round,
)
from tests.meetings.frozen import print_as_text
from tests.portfolio.pages import body, sheet, text

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = date(2025, 2, 20)
LATER = date(2025, 4, 1)

INTERNAL = {
    "Lukkettiltak": "an internal initiative that got money",
    "Lukketpakke": "what it got it for",
    "Lukketgrunn": "why it got more",
    "Lukketflytting": "why its money was carried on",
    "Lukketrapport": "what it was used for",
    "Lukketgevinst": "what it saves",
}
PLANNED = {"Planlinje": "what is planned and not decided", "Planpakke": "the work package of it"}
DECISIONS = {
    "Unntattvedtak": "the decision of an exempt case",
    "Unntattsak": "its title",
    "Ulåstvedtak": "a decision of minutes that are not approved",
    "Lukketvedtak": "a decision of an internal body",
    "Lukketutvalg": "the body",
}
FOREIGN = {
    "Fremmedpakke": "what another organisation proposes",
    "Fremmedgrunn": "why",
    "Fremmedide": "the idea of it",
    "Fremmedsvar": "what it was answered",
}
REPORTED = {"Rapportord": "what the money of a public initiative was used for"}
ROUND = {"Rundetittel": "a round", "Rundeveiledning": "what it asks for"}
DRAFTED = {"Utkastpakke": "a proposal that is not sent in"}
ALL = INTERNAL | PLANNED | DECISIONS | FOREIGN | REPORTED | ROUND | DRAFTED

LOOKING = {
    "public": {},
    "member": {},
    "outsider": ROUND | FOREIGN,  # who wrote it
    "contributor": ROUND | DRAFTED | REPORTED,  # of who got the money, also that of the internal initiative
    "editor": ALL.keys() - DRAFTED.keys(),
    "admin": {},
}
"""Who looks, and what they may find: no more, and all of it."""


@pytest.fixture
def world(monkeypatch, cast, valdres) -> SimpleNamespace:
    """Secrets of every kind; `addresses` are those a visitor could guess."""
    print_as_text(monkeypatch)
    world = SimpleNamespace(addresses=[])
    world.grant = create_grant(year=2024, use_until=TODAY + timedelta(days=14))
    world.next_grant = create_grant(year=2025)
    area = create_area(name="Barn og unge")
    world.initiative = create_initiative(title="Åpent", slug="apent", area=area)
    world.internal = create_initiative(title="Lukkettiltak", slug="lukket", visibility="internal", area=area)
    _public_money(world, cast, valdres)
    _internal_money(world, cast, valdres)
    _badly_known_decisions(world)
    _proposals(world, cast, valdres)
    actions.publish_funding_edition(grant=world.grant, as_of=TODAY, title="Midler 2024", by=cast.editor)
    publish_edition(as_of=TODAY, title="Handlingsdel", by=cast.editor)
    world.addresses += ["/midler/utgaver/1/", "/midler/utgaver/1.pdf", "/tiltak/lukket/", "/tiltak/apent/"]
    return world


def add_money(world, **fields):
    allocation = create_allocation(grant=fields.pop("grant", world.grant), **fields)
    page = allocation.get_absolute_url()
    world.addresses += [
        page,
        *(f"{page}{end}" for end in ("rediger/", "belop/", "rad/", "rapport/", "brev.pdf")),
    ]
    return allocation


def report(allocation, comment, by):
    SpendingReport.objects.create(allocation=allocation, as_of=LATER, spent=1000, comment=comment, made_by=by)


def _public_money(world, cast, valdres):
    world.decision = create_funding_decision(on=DAY, text="Vedtaket om midlene")
    world.money = add_money(
        world,
        initiative=world.initiative,
        recipient=valdres,
        decision=world.decision,
        work_package="Åpenpakke",
    )
    report(world.money, "Rapportord", cast.contributor)
    Gain.objects.create(initiative=world.initiative, description="Åpengevinst", gainer=valdres, expected=7000)
    add_money(world, label="Planlinje", work_package="Planpakke", planned=True, recipient=valdres)
    add_money(world, initiative=world.initiative, work_package="Planpakke", planned=True, recipient=valdres)


def _internal_money(world, cast, valdres):
    """To the contributor's organisation, which neither owns nor leads it."""
    money = add_money(
        world,
        initiative=world.internal,
        recipient=valdres,
        decision=world.decision,
        work_package="Lukketpakke",
        amount=300_000,
    )
    create_posting(allocation=money, kind="raised", change=50_000, on=LATER, reason="Lukketgrunn")
    create_posting(allocation=money, kind="carried", change=-50_000, on=LATER, reason="Lukketflytting")
    Transfer.objects.create(
        from_grant=world.grant,
        to_grant=world.next_grant,
        amount=50_000,
        allocation=money,
        on=LATER,
        reason="Lukketflytting",
        made_by=cast.editor,
    )
    carried = {"initiative": world.internal, "source": "carried", "amount": 50_000, "carried_from": money}
    add_money(
        world,
        grant=world.next_grant,
        decision=world.decision,
        work_package="Lukketpakke",
        on=LATER,
        **carried,
    )
    report(money, "Lukketrapport", cast.editor)
    gain = Gain.objects.create(
        initiative=world.internal, description="Lukketgevinst", gainer=valdres, payer=valdres, expected=9000
    )
    world.addresses.append(f"/midler/gevinster/{gain.public_id}/rediger/")


def _badly_known_decisions(world):
    """What was allocated is public, though not every decision is."""
    body = world.decision.item.meeting.body
    meeting = create_meeting(body=body, on=date(2025, 2, 21), state="approved")
    exempt = create_case(
        body=body, title="Unntattsak", public_title="Personalsak", exemption=create_exemption(), announced=True, state="treated"
    )  # fmt: skip
    hidden = create_body(code="lukket", short_name="Lukketutvalg", visibility="internal")
    hidden_meeting = create_meeting(body=hidden, on=date(2025, 2, 21), state="approved")
    points = [
        create_point(item=create_item(meeting=meeting, case=exempt), text="Unntattvedtak"),
        create_point(item=create_item(meeting=meeting), text="Ulåstvedtak", locked=False),
        create_point(item=create_item(meeting=hidden_meeting), text="Lukketvedtak"),
    ]
    for point in points:
        money = add_money(world, initiative=world.initiative, decision=point, work_package="Åpenpakke to")
        create_posting(allocation=money, kind="raised", change=10_000, on=LATER)
        world.addresses.append(point.case.get_absolute_url())


def _proposals(world, cast, valdres):
    round_ = create_round(grants=[world.grant], title="Rundetittel", guidance="Rundeveiledning")
    world.round = round_

    def proposal(by, **fields):
        made = create_proposal(round_=round_, by=by, **fields)
        page = made.get_absolute_url()
        world.addresses += [page, f"{page}rediger/", f"{page}svar/"]
        return made

    foreign = {"work_package": "Fremmedpakke", "reason": "Fremmedgrunn"}
    proposal(cast.outsider, idea="Fremmedide", state="declined", answer="Fremmedsvar", **foreign)
    proposal(cast.contributor, initiative=world.initiative, work_package="Utkastpakke")
    # once theirs, and internal since: their own words stay, the name is gone
    proposal(cast.contributor, initiative=world.internal, work_package="Egen", state="submitted")
    proposal(cast.outsider, initiative=world.internal, state="submitted", **foreign)
    page = round_.get_absolute_url()
    world.addresses += [page, f"{page}rediger/", f"/midler/innspill/ny/?runde={round_.public_id}"]


START = (
    "/",
    "/tiltak/",
    "/tiltak.csv",
    "/handlingsdel/",
    "/handlingsdel/?dato=2025-06-30",
    "/handlingsdel.csv",
    "/handlingsdel.xlsx",
    "/handlingsdel.pdf",
    "/programomrader/barn-og-unge/",
    "/midler/",
    *(f"/midler/{year}/" for year in (2024, 2025)),
    *(f"/midler/{year}.{end}" for year in (2024, 2025) for end in ("csv", "xlsx", "pdf")),
    "/midler/2024/?dato=2025-06-30",
    "/midler/2024.csv?dato=2025-06-30",
    "/midler/2024.pdf?dato=2025-06-30",
    "/midler/sammenlign/",
    "/midler/gevinster/",
    "/midler/gevinster/ny/",
    "/midler/utgaver/",
    "/midler/utgaver/ny/",
)
OURS = re.compile(r"/(midler|tiltak/apent|organisasjoner|saker/ssu)\b")
LINK = re.compile(r'\s(?:href|action|data-hx-get)="([^"]+)"')


def said(response) -> str:
    """All that an answer tells: the page, the cells of a sheet or the words of a file, and every header."""
    if "spreadsheetml" in response.headers.get("Content-Type", ""):
        content = str(sheet(response))
    else:
        content = b"".join(response).decode(errors="replace")
    return f"{unescape(content)} {response.headers}"


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


@pytest.mark.parametrize("who", LOOKING)
def test_no_secret_is_told_and_what_is_known_is(who, world, cast, client_of):
    pages = all_said(client_of(getattr(cast, who)), world)

    told = {(word, address) for address, page in pages.items() for word in ALL if word in page}
    assert {(word, address) for word, address in told if word not in LOOKING[who]} == set()
    assert {word for word, _address in told} == set(LOOKING[who])


SUMS = {
    "/midler/2024/": r'<ul class="stats money">.*?</ul>',
    "/midler/2024/?dato=2025-06-30": r'<ul class="stats money">.*?</ul>',
    "/midler/": r"<tbody>.*?</tbody>",
    "/midler/sammenlign/": r"<tfoot>.*?</tfoot>",
    "/midler/utgaver/1/": r"<tfoot>.*?</tfoot>",
}


OWN_FIGURES = re.compile(r"[\d ]+ kr (prioritert, ikke tildelt|på tiltak med ukjent status \(\d+,\d %\))")
"""What depends on whose plans and whose status one may know of."""


def test_the_sums_are_the_same_for_all_readers(world, cast, client_of):
    def sums(who):
        client = client_of(getattr(cast, who))
        pages = {address: body(client.get(address)) for address in SUMS}
        found = [text(re.search(SUMS[address], page, re.DOTALL)[0]) for address, page in pages.items()]
        amounts = [int(row[-1]) for row in sheet(client.get("/midler/2024.csv"))[1:]]
        return [*(OWN_FIGURES.sub("", words.replace("\xa0", " ")) for words in found), sum(amounts)]

    public = sums("public")

    assert public[-1] == 300_000 + 4 * 100_000
    for who in ("outsider", "contributor", "leader", "editor", "admin"):
        assert sums(who) == public, who


def test_the_gains_are_summed_over_what_one_may_know_of(world, cast, client_of):
    def total(who):
        return text(re.search(r"<tfoot>.*?</tfoot>", body(client_of(getattr(cast, who)).get("/midler/gevinster/")), re.DOTALL)[0])  # fmt: skip

    assert "7 000 kr" in total("public").replace("\xa0", " ")
    assert total("outsider") == total("contributor") == total("admin") == total("public")
    assert "16 000 kr" in total("editor").replace("\xa0", " ")


def test_reminders_name_no_initiative_that_the_reader_may_not_know_of(world, cast):
    actions.remind_of_grants(today=TODAY)

    mails = {message.to[0]: f"{message.subject} {message.body}" for message in mail.outbox}
    told = {address: {word for word in ALL if word in words} for address, words in mails.items()}
    assert told == {cast.editor.email: {"Lukkettiltak", "Lukketpakke"}, cast.contributor.email: set()}
    assert "Åpenpakke" in mails[cast.contributor.email]


def test_what_was_internal_on_a_day_is_not_named_in_the_table_of_that_day(world, cast, client_of):
    """Public since; the history of the initiative says since when."""
    world.internal._history_date = at(date(2025, 9, 1))
    world.internal.visibility = "public"
    world.internal.save()
    public, editor = client_of(None), client_of(cast.editor)

    for end in ("/", ".csv", ".pdf"):
        then = f"/midler/2024{end}?dato=2025-06-30"
        assert [word for word in INTERNAL if word in said(public.get(then))] == [], end
        assert "Lukkettiltak" in said(editor.get(then)), end
        assert "Lukkettiltak" in said(public.get(f"/midler/2024{end}")), end


def test_the_log_of_money_is_for_those_inside(world, cast, client_of):
    actions.mark_paid(allocation=world.money, on=TODAY, by=cast.editor)
    page = world.money.get_absolute_url()

    seen = {who for who in vars(cast) if 'id="logg"' in body(client_of(getattr(cast, who)).get(page))}
    assert seen == {"leader", "editor"}


def test_nobody_else_is_told_how_many_proposals_there_are(world, cast, client_of):
    """A partner's page of the round is the same whatever others propose."""

    def page(who):
        found = body(client_of(getattr(cast, who)).get(world.round.get_absolute_url()))
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", found)

    before = {who: page(who) for who in ("contributor", "leader")}
    stranger = create_organisation()
    create_proposal(
        round_=world.round, by=cast.outsider, organisation=stranger, state="submitted", amount=5_000
    )

    assert page("contributor") == before["contributor"]
    assert page("leader") != before["leader"]
