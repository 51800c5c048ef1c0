"""What must not be told: secret words are looked for in all that a visitor can come to, and the editor sees them.

Whoever looks follows every link, and asks for every address there is of what they may not know of. What would be PDF
is kept as HTML, so that its words can be found.
"""

import re
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from django.core import mail
from django.core.cache import caches
from django.utils import timezone

from helsefellesskap.page_images import WIDTHS
from meetings import actions
from meetings.models import AgendaItem, Case, DecisionPoint, Document, Seat
from portfolio.models import StrategicArea, StrategyPlan
from tests.factories import (
    create_body,
    create_case,
    create_document,
    create_exemption,
    create_follow_up,
    create_initiative,
    create_item,
    create_meeting,
    create_minutes,
    create_organisation,
    create_point,
    create_seat,
    create_signal,
    create_user,
    create_version,
)
from tests.meetings.frozen import approve, print_as_text, publish
from tests.portfolio.pages import body, sheet, text

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()

EXEMPT = {
    "Navnesen": "the title of a case",
    "Skjultkort": "what it is about",
    "Skjultbehandling": "how it was treated",
    "Skjultvedtak": "what was decided",
    "Skjultpunkt": "what came of it",
    "Skjultbrev": "the title of a document",
    "skjultbrev": "the name of its file",
    "Skjultfil": "what stands in it",
    "Skjultbilde": "what stands there instead of a picture",
    "Skjultkart": "the title of a document to the meeting",
    "Skjultvedlegg": "the title of a document of an exempt case",
    "Skjultgrunn": "why it is exempt",
}
INSIDE = {
    "Medlemsfil": "what stands in a paper for members",
    "mote.example.no/hemmelig": "the link to the digital meeting",
    "Flyttegrunn": "why the meeting was moved",
    "Merknaden": "what is commented on the minutes",
    "Utkastprotokoll": "what unapproved minutes say",
}
STAFF = {
    "Utkastsak": "the title of a draft",
    "Upublisert": "the title of a document that is not published",
    "Gammelfil": "what an old version says",
    "Erstatning": "what a version says that is not published yet",
    "Trukketfil": "what a withdrawn document says",
    "Internmerknad": "the note of a case",
    "Habilgrunn": "why somebody may not be impartial",
    "Tidligvedtak": "what was decided, before the minutes are approved",
    "Tidligbehandling": "how it was treated, before the minutes are approved",
    "Tidligpunkt": "what came of it, before the minutes are approved",
    "Lukketutvalg": "an internal body",
    "Lukketsak": "a case of it",
    "Lukketvedtak": "what it decided",
    "Lukketpunkt": "what came of that",
    "Lukkettema": "a theme that came up there",
}
PROPOSED = {"Forslagstittel": "a proposed case", "Forslagstekst": "what is said of it"}
NAMES = {"Medlemsnavn": "who sits in a body", "Varanavn": "a deputy of it"}
FORMER = {"Fortidsnavn": "who sat in it"}
ALL = EXEMPT | INSIDE | STAFF | PROPOSED | NAMES | FORMER

LOOKING = {
    "public": {},
    "contributor": PROPOSED,
    "pa_member": NAMES,
    "former_member": {},
    "deputy": NAMES,
    "admin": {},
}
"""Who looks, and what they may find."""


@pytest.fixture
def people(cast, pa_member, former_member, deputy, chair, vice_chair) -> SimpleNamespace:
    return SimpleNamespace(
        **vars(cast),
        pa_member=pa_member,
        former_member=former_member,
        deputy=deputy,
        chair=chair,
        vice_chair=vice_chair,
    )


@pytest.fixture
def world(monkeypatch, people, ssu) -> SimpleNamespace:
    """Secrets of every kind; `addresses` are those a visitor could guess."""
    print_as_text(monkeypatch)
    world = SimpleNamespace(addresses=[], initiative=create_initiative(title="Åpent", slug="apent"))
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    world.area = StrategicArea.objects.create(plan=plan, name="Folk", slug="folk", order=1)
    world.meeting = create_meeting(
        body=ssu, on=TODAY, state="called", digital_url="https://mote.example.no/hemmelig"
    )
    _people_of(ssu)
    _exempt(world, people)
    _for_members(world, people)
    _in_work(world, people)
    _internal(world)
    return world


def add_case(world, meeting, title, *, released=True, **fields) -> Case:
    """A case that concerns the initiative and belongs to the area, on the agenda of the meeting."""
    case = create_case(
        body=meeting.body,
        title=title,
        **{"state": "listed" if released else "draft", "kind": "discussion", **fields},
        announced=released,
    )
    case.concerns.create(initiative=world.initiative)
    case.strategic_areas.add(world.area)
    create_item(meeting=meeting, case=case, released=released)
    world.addresses += [case.get_absolute_url(), f"/saker/{case.public_id}/"]
    return case


def add_file(world, words, document=None, **fields) -> Document:
    """A document whose file and text say the words, or another version of one."""
    version_fields = {name: fields.pop(name) for name in ("number", "is_redacted") if name in fields}
    released = fields.pop("version_released", fields.get("released", True))
    document = document or create_document(versions=0, **fields)
    version = create_version(
        document=document,
        content=f"%PDF-1.7 {words}".encode(),
        text=words,
        pages=1,
        released=released,
        **version_fields,
    )
    for width in WIDTHS:
        caches["pages"].set(f"{version.sha256}-1-{width}", b"+image")
    page = f"/vedlegg/{version.public_id}/"
    world.addresses += [page, f"{page}x.pdf", f"{page}side-1.webp"]
    return document


def _people_of(ssu):
    create_seat(body=ssu, person=create_user(name="Medlemsnavn"))
    create_seat(body=ssu, person=create_user(name="Varanavn"), role="deputy")
    create_seat(body=ssu, person=create_user(name="Fortidsnavn"), valid_to=TODAY - timedelta(1))


def _exempt(world, people):
    case = world.exempt = add_case(
        world,
        world.meeting,
        "Oppsigelse av Navnesen",
        public_title="Personalsak",
        summary="Skjultkort",
        exemption=create_exemption(reason="Skjultgrunn", by=people.editor),
    )
    item = case.items.get()
    AgendaItem.objects.filter(pk=item.pk).update(treatment="<p>Skjultbehandling</p>", outcome="treated")
    point = create_point(item=item, text="Skjultvedtak", locked=False)
    create_follow_up(case=case, point=point, title="Skjultpunkt", due=TODAY - timedelta(7), released=False)
    add_file(world, "Skjultfil", case=case, title="Skjultvedlegg", public_title="Vedlegg")
    opened = world.open = add_case(world, world.meeting, "Åpen sak", year=2026, seq=90)
    letter = add_file(
        world,
        "Skjultfil",
        case=opened,
        access="exempt",
        title="Skjultbrev",
        public_title="Brev",
        text_alternative="Skjultbilde",
    )
    add_file(world, "Sladdet", letter, is_redacted=True)
    exempt = {"access": "exempt", "title": "Skjultkart", "public_title": "Kart"}
    add_file(world, "Skjultfil", meeting=world.meeting, **exempt)
    recused = Seat.objects.get(person__name="Medlemsnavn")
    item.recusals.create(seat=recused, reason="Habilgrunn", declared_by=recused.person)


def _for_members(world, people):
    add_file(world, "Medlemsfil", case=world.open, access="members", title="Notat")
    later = world.later = create_meeting(
        body=world.meeting.body,
        on=TODAY + timedelta(40),
        state="published",
        digital_url=world.meeting.digital_url,
    )
    later.moves.create(
        old_day=TODAY + timedelta(30), old_precision="day", reason="Flyttegrunn", moved_by=people.editor
    )
    asked = create_meeting(body=later.body, on=TODAY - timedelta(20), state="drafted")
    minutes = create_minutes(
        meeting=asked, state="comments", opening="<p>Utkastprotokoll</p>", by=people.editor
    )
    minutes.comments.create(text="Merknaden", written_by=people.chair)
    world.addresses += [f"/moter/{asked.public_id}/protokoll{end}" for end in ("/", ".pdf")]


def _in_work(world, people):
    publish(world.meeting, by=people.editor)
    actions.hold_meeting(meeting=world.meeting, by=people.editor)
    approve(world.meeting, by=people.editor, leaders=(people.chair, people.vice_chair))
    Case.objects.filter(pk=world.open.pk).update(note="Internmerknad")
    draft = add_case(world, world.later, "Utkastsak", released=False)
    add_file(world, "Upublisert", case=draft, title="Upublisert", released=False)
    add_file(world, "Upublisert", case=world.open, title="Upublisert", released=False)
    add_file(world, "Trukketfil", case=world.open, withdrawn_at=timezone.now())
    replaced = add_file(world, "Gammelfil", case=world.open)
    add_file(world, "Nyfil", replaced, number=2)
    add_file(world, "Erstatning", replaced, number=3, version_released=False)
    held = create_meeting(body=world.meeting.body, on=TODAY - timedelta(10), state="held")
    decided = add_case(world, held, "Behandlet sak", state="treated")
    item = decided.items.get()
    AgendaItem.objects.filter(pk=item.pk).update(
        treatment="<p>Tidligbehandling</p>", outcome="treated", outcome_note="Tidligbehandling"
    )
    point = create_point(item=item, text="Tidligvedtak", locked=False)
    create_follow_up(case=decided, point=point, title="Tidligpunkt", released=False)
    create_follow_up(case=decided, point=point, title="Sendt før protokollen")
    actions.create_follow_up(
        values={
            "case": decided,
            "title": "Tidligpunkt",
            "responsible": "alle",
            "due_on": None,
            "precision": "unknown",
        },
        by=people.editor,
    )
    proposal = create_case(
        body=held.body,
        title="Forslagstittel",
        summary="Forslagstekst",
        state="proposed",
        proposed_by=people.contributor,
        proposed_at=timezone.now(),
    )
    proposal.concerns.create(initiative=world.initiative)
    world.addresses += [proposal.get_absolute_url(), f"/moter/{held.public_id}/protokoll/"]


def _internal(world):
    hidden = create_body(code="lukket", short_name="Lukketutvalg", visibility="internal")
    meeting = create_meeting(body=hidden, on=TODAY - timedelta(5), state="approved")
    case = add_case(world, meeting, "Lukketsak", year=2031, seq=1)
    add_file(world, "Lukketsak", case=case)
    point = create_point(item=case.items.get(), text="Lukketvedtak")
    create_point(item=case.items.get(), text="Lukketvedtak", number=2)
    create_follow_up(case=case, point=point, title="Lukketpunkt")
    create_signal(text="Lukkettema", body=hidden, strategic_area=world.area)
    create_signal(text="Lukkettema", meeting=meeting, strategic_area=world.area)
    world.addresses += [meeting.get_absolute_url(), hidden.get_absolute_url(), "/moter/?organ=lukket"]


START = (
    "/",
    "/tiltak/apent/",
    "/satsingsomrader/folk/",
    "/moter/",
    "/moter/kalender.ics",
    "/saker/",
    "/saker.csv",
    "/saker.xlsx",
    "/saker/?vis=saksbanken",
    "/saker/?vis=forslag",
    "/saker/?tilstand=draft",
    "/saker/?utfall=treated",
    "/oppfolging/",
    "/oppfolging.csv",
    "/oppfolging.xlsx",
    "/oppfolging.pdf",
    "/innspill/",
    "/arrangementer/",
    "/organer/",
    "/innsyn/",
    "/saker/finn/?follows_up=sak",
)
OURS = re.compile(
    r"/(moter|saker|vedlegg|dokumenter|oppfolging|innspill|arrangementer|organer|innsyn|prioriteringer)\b"
)
LINK = re.compile(r'\s(?:href|src|action|data-reader|data-hx-get)="([^"]+)"')


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
            is_filtered_file = bool(parts.query) and "." in parts.path
            if parts.netloc in {"", "testserver"} and OURS.match(parts.path) and not is_filtered_file:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


@pytest.mark.parametrize("who", LOOKING)
def test_no_secret_is_told(who, world, people, client_of):
    pages = all_said(client_of(getattr(people, who)), world)

    told = {(word, address) for address, page in pages.items() for word in ALL if word in page}
    assert {(word, address) for word, address in told if word not in LOOKING[who]} == set()
    assert {word for word, _address in told} == set(LOOKING[who])


def test_the_secrets_are_there_to_be_told(world, people, ssu_member, client_of):
    """Else the test above would find nothing because there is nothing."""
    pages = {
        who: " ".join(all_said(client_of(person), world).values())
        for who, person in {"editor": people.editor, "ssu_member": ssu_member}.items()
    }

    told_to = {who: {word for word in ALL if word in page} for who, page in pages.items()}
    assert set(ALL) - told_to["editor"] == {"skjultbrev"}  # the file has its public name there too
    assert (EXEMPT | INSIDE | NAMES | FORMER).keys() - told_to["ssu_member"] == {"skjultbrev", "Skjultgrunn"}
    assert (STAFF | PROPOSED).keys() & told_to["ssu_member"] == set()


def test_no_title_that_is_exempt_is_searched_for(world, client_of, editor):
    """The words asked for stand in the field, so that the sheet is read: it has a row for each case found."""

    def found(client, words):
        return [row[2] for row in sheet(client.get("/saker.csv", {"q": words}))[1:]]

    for words in ("Navnesen", "Skjultkort", "Oppsigelse", "Utkastsak", "Lukketsak", "Forslagstittel"):
        assert found(client_of(None), words) == [], words
    assert found(client_of(None), "personalsak") == ["Personalsak"]
    assert found(client_of(editor), "navnesen") == ["Oppsigelse av Navnesen"]


def test_no_filter_offers_what_only_secrets_have(world, people, client_of):
    organisation = create_organisation(name="Skjult kommune")
    world.exempt.follow_ups.get().organisations.add(organisation)
    offers = {
        "/oppfolging/": f'<option value="{organisation.pk}">',
        "/moter/": '<option value="lukket">',
        "/saker/": '<option value="lukket">',
        "/saker/?organ=ssu": '<option value="2031">',
    }
    create_case(body=create_body(code="b2", visibility="internal"), year=2031, seq=2, announced=True)

    for address, option in offers.items():
        seen = {
            who: option in body(client_of(getattr(people, who)).get(address))
            for who in ("public", "pa_member", "editor")
        }
        assert seen == {"public": False, "pa_member": False, "editor": True}, address


def test_no_page_title_or_file_name_has_an_exempt_title_even_inside(world, people, ssu_member, client_of):
    for person in (ssu_member, people.chair, people.editor):
        client = client_of(person)
        for address in world.addresses:
            response = client.get(address)
            named = response.headers.get("Content-Disposition", "")
            titles = re.findall(r"<title>.*?</title>", said(response), re.DOTALL)
            assert not re.search("navnesen|skjult", f"{address} {named} {titles}", re.IGNORECASE), address


def test_no_mail_tells_what_is_exempt(world, people, client_of, valdres):
    task = world.exempt.follow_ups.get()
    task.organisations.add(valdres)
    actions.send_waiting_notices()
    actions.remind_of_follow_ups(today=TODAY)

    mails = [f"{message.subject} {message.body} {message.attachments}" for message in mail.outbox]
    assert {word for word in EXEMPT for message in mails if word in message} == set()
    assert sum("Oppfølging av en sak unntatt offentlighet" in message for message in mails) == 2
    assert any(world.meeting.day_text in message for message in mails)


@pytest.mark.parametrize("who", ["editor", "admin"])
def test_the_rescue_pages_have_no_content(who, world, people, client_of):
    """In Django's admin are bodies and seats, and the log as the person may read it anyway."""
    client = client_of(getattr(people, who))
    links = set(re.findall(r'href="/admin/(meetings/[a-z]+)/"', body(client.get("/admin/"))))
    log = text(client.get("/admin/accounts/logentry/?all="))

    assert links == {"meetings/body", "meetings/seat"}
    assert ("publiserte sakliste" in log) == (who == "editor")
    assert {word for word in EXEMPT | STAFF if word in log} <= ({"Utkastsak"} if who == "editor" else set())


def test_opening_what_is_exempt_is_told_once_in_an_hour(world, people, ssu_member, client_of):
    version = Document.objects.get(title="Skjultbrev").versions.get(is_redacted=False)
    for address in ("x.pdf", "", "side-1.webp", "x.pdf"):
        client_of(ssu_member).get(f"/vedlegg/{version.public_id}/{address}")
        client_of(people.pa_member).get(f"/vedlegg/{version.public_id}/{address}")

    assert [entry.verb for entry in ssu_member.log_entries.all()] == ["åpnet unntatt dokument"]
    assert not people.pa_member.log_entries.exists()


# Exempted afterwards


@pytest.fixture
def later(monkeypatch, people, ssu, ssu_member) -> SimpleNamespace:
    """An agenda, a paper and minutes that named a case and an annex openly."""
    print_as_text(monkeypatch)
    meeting = create_meeting(body=ssu, on=TODAY, state="called")
    initiative = create_initiative(title="Åpent", slug="apent")
    world = SimpleNamespace(addresses=[], meeting=meeting, initiative=initiative)
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    world.area = StrategicArea.objects.create(plan=plan, name="Folk", slug="folk", order=1)
    world.case = add_case(world, meeting, "Sak om Navnesen", state="review", summary="Skjultkort")
    world.other = add_case(world, meeting, "Åpen sak", state="review")
    for name in ("Skjultbrev", "Kart"):
        add_file(world, "Vanlig", case=world.other, title=f"Vedlegg: {name}", released=False)
    actions.save_paper(
        case=world.other,
        sections={"background": "<p>Bakgrunnen</p>"},
        questions=[],
        version=None,
        by=people.editor,
    )
    publish(meeting, by=people.editor)
    for case in (world.case, world.other):
        case.refresh_from_db()
    item = world.case.items.get()
    AgendaItem.objects.filter(pk=item.pk).update(treatment="<p>Skjultbehandling</p>", outcome="treated")
    point = create_point(item=item, text="Skjultvedtak", locked=False)
    create_follow_up(case=world.case, point=point, title="Skjultpunkt", due=TODAY - timedelta(7))
    world.agenda = f"/moter/{meeting.public_id}/sakliste.pdf"
    world.minutes = [
        f"{place}protokoll{end}"
        for place in (f"/moter/{meeting.public_id}/", meeting.get_absolute_url())
        for end in ("/", ".pdf")
    ]
    paper = world.other.documents.get(kind="paper").versions.get()
    world.paper = [f"/vedlegg/{paper.public_id}/", f"/vedlegg/{paper.public_id}/x.pdf"]
    world.addresses += [world.agenda, *world.minutes, *world.paper]
    return world


def exempt(thing, public_title, by):
    values = {
        "basis": "offl23-1",
        "wider_access": "Vurdert.",
        "public_title": public_title,
        "considered": True,
    }
    actions.exempt(thing=thing, values=values, by=by)


def told(client, world) -> set[str]:
    pages = " ".join(all_said(client, world).values())
    return {word for word in EXEMPT if word in pages}


def answers(client, addresses) -> set[int]:
    return {client.get(address).status_code for address in addresses}


def test_a_case_exempted_after_the_minutes_were_approved_is_gone_everywhere(
    later, people, ssu_member, client_of
):
    actions.hold_meeting(meeting=later.meeting, by=people.editor)
    approve(later.meeting, by=people.editor, leaders=(people.chair, people.vice_chair))
    public, member, editor = (client_of(one) for one in (None, ssu_member, people.editor))
    frozen = [later.agenda, *later.minutes]
    of_case = {"Navnesen", "Skjultkort", "Skjultbehandling", "Skjultvedtak", "Skjultpunkt"}
    assert of_case < told(public, later)
    assert answers(public, frozen) == {200}

    exempt(later.case, "Personalsak", people.editor)

    assert told(public, later) & of_case == set()
    assert of_case <= told(member, later)
    assert answers(public, frozen) == answers(client_of(people.pa_member), frozen) == {404}
    assert answers(member, frozen) == {200}
    page = later.meeting.get_absolute_url()
    assert text(editor.get(page)).count("unntatt offentlighet etter at den ble") == 2
    for link in (later.agenda, later.minutes[0]):
        assert (link in body(public.get(page)), link in body(member.get(page))) == (False, True)


def test_corrected_minutes_are_public_again_under_the_public_title(later, people, client_of):
    actions.hold_meeting(meeting=later.meeting, by=people.editor)
    approve(later.meeting, by=people.editor, leaders=(people.chair, people.vice_chair))
    exempt(later.case, "Personalsak", people.editor)
    actions.correct_minutes(meeting=later.meeting, note="Unntatt.", by=people.editor)
    assert answers(client_of(None), later.minutes) == {404}
    approve(later.meeting, by=people.editor, leaders=(people.chair, people.vice_chair))

    assert answers(client_of(None), later.minutes) == {200}
    for address in later.minutes:
        said_now = said(client_of(None).get(address))
        assert ("Personalsak" in said_now, "Navnesen" in said_now) == (True, False), address
    assert "protokollen er unntatt" not in text(
        client_of(people.editor).get(later.meeting.get_absolute_url())
    )


def test_an_annex_exempted_after_it_was_published_is_gone_from_agenda_and_paper(
    later, people, ssu_member, client_of
):
    public, member, editor = (client_of(one) for one in (None, ssu_member, people.editor))
    frozen = [later.agenda, *later.paper]
    assert "Skjultbrev" in told(public, later)
    assert answers(public, frozen) == {200}

    exempt(Document.objects.get(title="Vedlegg: Skjultbrev"), "Vedlegg: Brev", people.editor)

    assert "Skjultbrev" not in told(public, later)
    assert (answers(public, frozen), answers(member, frozen)) == ({404}, {200})
    alert = "Et vedlegg er unntatt offentlighet etter at saksfremlegget ble publisert"
    page = later.other.get_absolute_url()
    assert (alert in text(editor.get(page)), alert in text(public.get(page))) == (True, False)

    publish(later.meeting, by=people.editor)
    newest = later.other.documents.get(kind="paper").versions.first()
    again = [later.agenda, f"/vedlegg/{newest.public_id}/x.pdf"]
    assert answers(public, again) == {200}
    for address in again:
        assert ("Vedlegg: Brev" in said(public.get(address)), "Skjultbrev" in said(public.get(address))) == (
            True,
            False,
        )
    assert alert not in text(editor.get(page))


def test_another_exempt_annex_leaves_the_paper_open(later, people, client_of):
    """One that the paper names as the public knows it, and one that came after it."""
    exempt(Document.objects.get(title="Vedlegg: Kart"), "", people.editor)
    late = add_file(later, "Sent", case=later.other, title="Sent vedlegg", access="exempt")
    Document.objects.filter(pk=late.pk).update(released_at=timezone.now())

    assert answers(client_of(None), later.paper) == {200}


def test_no_decision_of_a_task_is_told_before_the_minutes_are_approved(later, people, client_of):
    assert "Skjultpunkt" in said(client_of(None).get("/oppfolging.csv"))
    assert "Skjultvedtak" not in said(client_of(None).get("/oppfolging.csv"))
    assert not DecisionPoint.objects.get().locked_at
