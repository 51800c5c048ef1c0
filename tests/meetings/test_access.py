"""Who gets in where: every address of meetings, cases and documents, every format and version, by the cast."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.db import transaction
from django.urls import get_resolver
from django.utils import timezone

from helsefellesskap.page_images import WIDTHS
from meetings import actions
from meetings.actions.calendars import token_of
from meetings.models import AccessRequest, Case, MeetingMove, Recusal, Seat, StrategicPriority
from portfolio.models import StrategicArea, StrategyPlan
from tests import files
from tests.factories import (
    call_deputy,
    create_body,
    create_case,
    create_document,
    create_event,
    create_exemption,
    create_follow_up,
    create_initiative,
    create_item,
    create_meeting,
    create_minutes,
    create_point,
    create_seat,
    create_user,
    create_version,
)
from tests.meetings.frozen import approve, print_as_text, publish

pytestmark = pytest.mark.django_db

WHO = (
    "public",
    "outsider",
    "contributor",  # proposed a case
    "pa_member",  # sits in another body
    "former_member",  # the seat has ended
    "deputy",  # called to nothing
    "called_deputy",  # called to the meeting most of this is about
    "other_deputy",  # called to another one
    "ssu_member",
    "recused",  # sits in SSU, and may not be impartial in its cases
    "chair",
    "vice_chair",
    "editor",
    "admin",
)
GROUPS = {
    "seated": ("ssu_member", "recused"),
    "staff": ("chair", "vice_chair", "editor"),
    "members": ("ssu_member", "recused", "called_deputy", "chair", "vice_chair"),
}


def to(others: int, **some: int) -> dict[str, int]:
    """The status for each of the cast; the later ones of `some`, persons and groups of them, go before the earlier."""
    answers = dict.fromkeys(WHO, others)
    for name, status in some.items():
        answers |= dict.fromkeys(GROUPS.get(name, (name,)), status)
    return answers


OPEN = to(200)
ASK_WHAT_IS_OPEN = ("public", "pa_member", "called_deputy", "editor", "admin")
"""What nobody is kept out of takes the longest to show, and is asked for by these alone."""

MOVED = to(302)
NOWHERE = to(404)
INSIDE = to(404, seated=200, called_deputy=200, staff=200)
SEATED = to(404, seated=200, staff=200)
STAFF = to(404, staff=200)
STAFF_SIGNED_IN = to(404, public=302, staff=200)
DRAFTS = to(403, public=302, staff=200)
EDITOR = to(403, public=302, editor=200)
EDITOR_HIDDEN = to(404, public=302, staff=403, editor=200)
EDITOR_EXEMPT = to(404, public=302, ssu_member=403, called_deputy=403, staff=403, editor=200)
BUTTON = to(405, public=302)
POSTS = to(403, public=302, editor=302)
POSTS_HIDDEN = to(404, public=302, staff=403, editor=302)
POSTS_EXEMPT = to(404, public=302, ssu_member=403, called_deputy=403, staff=403, editor=302)
REFUSED = to(403, public=302, editor=422)
REFUSED_HIDDEN = to(404, public=302, staff=403, editor=422)
READS = to(405)
READS_SIGNED_IN = to(405, public=302)

GET = {
    "/": OPEN,
    "/tiltak/apent/": OPEN,
    "/satsingsomrader/folk/": OPEN,
    # calendars
    "/moter/kalender.ics": OPEN,
    "/moter/kalender/{token}.ics": OPEN,
    "/moter/kalender/{dead_token}.ics": NOWHERE,
    "/moter/kalender/{guess}.ics": NOWHERE,
    "/moter/kalender/": to(200, public=302),
    # bodies
    "/organer/": OPEN,
    "/moter/ssu/": OPEN,
    "/moter/lukket/": STAFF,
    "/moter/finnes/": NOWHERE,
    # meetings
    "/moter/": OPEN,
    "/moter/ny/": EDITOR,
    "{meeting_url}": OPEN,
    "{planned_url}": OPEN,
    "{held_url}": OPEN,
    "{hidden_url}": STAFF,
    "{moved_url}": MOVED,
    "/moter/ssu/2019-01-01/": NOWHERE,
    "/moter/ssu/2019-02-31/": NOWHERE,
    "/moter/{meeting}/": MOVED,
    "/moter/{undated}/": OPEN,
    "/moter/{cancelled}/": OPEN,
    "/moter/{hidden}/": to(404, staff=302),
    "/moter/{guess}/": NOWHERE,
    "/moter/{meeting}/rediger/": EDITOR,
    "/moter/{hidden}/rediger/": EDITOR_HIDDEN,
    "/moter/{meeting}/flytt/": EDITOR,
    "/moter/{meeting}/avlys/": EDITOR,
    "/moter/{meeting}/holdt/": BUTTON,
    "/moter/{meeting}/frist/items/": BUTTON,
    "/moter/{approved}/arkiver/": EDITOR,
    "/moter/{approved}/arkiv.zip": BUTTON,
    # the agenda
    "/moter/{meeting}/sakliste/": DRAFTS,
    "/moter/{hidden}/sakliste/": STAFF_SIGNED_IN,
    "/moter/{meeting}/sakliste/legg-til/": EDITOR,
    "/moter/{meeting}/publiser/": EDITOR,
    "/moter/{meeting}/til-gjennomgang/": BUTTON,
    "/moter/{meeting}/sakliste/A/": STAFF_SIGNED_IN,
    "/moter/punkt/{item}/flytt/": BUTTON,
    "/moter/punkt/{item}/fjern/": BUTTON,
    # who comes
    "/moter/{meeting}/kall-inn/": EDITOR,
    "/moter/{meeting}/forfall/": BUTTON,
    "/moter/{meeting}/vara/": BUTTON,
    "/moter/{meeting}/oppmote/": EDITOR,
    "/moter/{meeting}/varsler/": EDITOR,
    "/moter/{hidden}/varsler/": EDITOR_HIDDEN,
    # minutes
    "/moter/{drafted}/protokoll/": STAFF,
    "/moter/{comments}/protokoll/": SEATED,
    "/moter/{approved}/protokoll/": OPEN,
    "/moter/{approved}/protokoll/?versjon=9": to(200, staff=404),
    "/moter/{withheld}/protokoll/": SEATED,
    "/moter/{held}/protokoll/": NOWHERE,
    "{drafted_url}protokoll/": STAFF,
    "{comments_url}protokoll/": SEATED,
    "{approved_url}protokoll/": OPEN,
    "{withheld_url}protokoll/": SEATED,
    "/moter/{held}/protokoll/rediger/": EDITOR,
    "/moter/{drafted}/protokoll/send/": EDITOR,
    "/moter/{comments}/protokoll/godkjenn/": BUTTON,
    "/moter/{comments}/protokoll/merknad/": BUTTON,
    "/moter/{approved}/protokoll/rett/": EDITOR,
    "/moter/{approved}/protokoll/forkast/": BUTTON,
    # treatment
    "/moter/punkt/{item}/behandling/": EDITOR,
    "/moter/punkt/{draft_item}/behandling/": EDITOR_HIDDEN,
    "/moter/punkt/{item}/habilitet/": to(403, public=302, members=200, editor=200),
    "/moter/punkt/{draft_item}/habilitet/": to(404, public=302, staff=200),
    "/moter/habilitet/{recusal}/": EDITOR,
    "/moter/habilitet/999999/": to(403, public=302, editor=404),
    # cases
    "/saker/": OPEN,
    "/saker.csv": OPEN,
    "/saker.xlsx": OPEN,
    "/saker/finn/?follows_up=navnesen": EDITOR,
    "/saker/ny/": EDITOR,
    "/saker/ny/?mote={hidden}": EDITOR,
    "{case_url}": OPEN,
    "{exempt_url}": OPEN,
    "{pa_case_url}": OPEN,
    "{hidden_case_url}": STAFF,
    "/saker/ssu/2026/999/": NOWHERE,
    "/saker/{case}/": MOVED,
    "/saker/{unnumbered}/": OPEN,
    "/saker/{draft}/": STAFF,
    "/saker/{proposal}/": to(404, contributor=200, staff=200),
    "/saker/{guess}/": NOWHERE,
    "/saker/{case}/rediger/": EDITOR,
    "/saker/{draft}/rediger/": EDITOR_HIDDEN,
    "/saker/{case}/unntak/": EDITOR,
    "/saker/{draft}/unntak/": EDITOR_HIDDEN,
    "/saker/{case}/tilstand/": BUTTON,
    "/saker/{case}/trekk/": EDITOR,
    "/saker/{case}/send-videre/": EDITOR,
    # proposals
    "/saker/foresla/": to(403, public=302, outsider=200, contributor=200, staff=200, editor=403),
    "/saker/{proposal}/forslag/": to(404, public=302, contributor=200, staff=403),
    "/saker/{proposal}/svar/": to(404, public=302, contributor=403, staff=403, editor=200),
    # papers
    "/saker/{case}/saksfremlegg/": EDITOR,
    "/saker/{draft}/saksfremlegg/": EDITOR_HIDDEN,
    "/saker/{case}/saksfremlegg/lagre/": BUTTON,
    "/saker/{case}/saksfremlegg.pdf": DRAFTS,
    "/saker/{draft}/saksfremlegg.pdf": STAFF_SIGNED_IN,
    # documents
    "/saker/{case}/dokumenter/ny/": EDITOR,
    "/moter/{meeting}/dokumenter/ny/": EDITOR,
    "/dokumenter/{public}/rediger/": EDITOR,
    "/dokumenter/{in_exempt_case}/rediger/": EDITOR_EXEMPT,
    "/dokumenter/{unpublished}/rediger/": EDITOR_HIDDEN,
    "/dokumenter/{withdrawn}/rediger/": EDITOR_HIDDEN,
    "/dokumenter/{public}/erstatt/": EDITOR,
    "/dokumenter/{exempt}/sladdet/": EDITOR,
    "/dokumenter/{public}/flytt/": BUTTON,
    "/dokumenter/{public}/publiser/": BUTTON,
    "/dokumenter/{public}/trekk/": EDITOR,
    "/dokumenter/{public}/slett/": BUTTON,
    # asking for access
    "/dokumenter/{exempt}/innsyn/": OPEN,
    "/dokumenter/{for_members}/innsyn/": to(200, seated=404, called_deputy=404, staff=404),
    "/dokumenter/{public}/innsyn/": NOWHERE,
    "/dokumenter/{exempt_in_exempt_case}/innsyn/": to(404, ssu_member=200, called_deputy=200, staff=200),
    "/saker/{exempt_case}/innsyn/": OPEN,
    "/saker/{case}/innsyn/": NOWHERE,
    "/saker/{draft}/innsyn/": NOWHERE,
    "/innsyn/": EDITOR,
    "/innsyn/{request}/": EDITOR,
    "/innsyn/{request}/kvittering/": OPEN,
    "/innsyn/{guess}/kvittering/": NOWHERE,
    # what came of it
    "/oppfolging/": OPEN,
    "/oppfolging.csv": OPEN,
    "/oppfolging.xlsx": OPEN,
    "/oppfolging.pdf": OPEN,
    "/oppfolging/ny/?sak={case}": EDITOR,
    "/oppfolging/ny/?sak={draft}": to(403, public=302, editor=200),
    "/oppfolging/{task}/rediger/": EDITOR,
    "/oppfolging/{task_of_exempt}/rediger/": EDITOR_EXEMPT | {"recused": 403},
    "/oppfolging/{waiting_task}/rediger/": EDITOR_HIDDEN,
    "/oppfolging/{task}/meld/": to(403, public=302, contributor=200),
    "/oppfolging/{task_of_exempt}/meld/": to(404, public=302, members=403, staff=403),
    # arrangements, themes, priorities
    "/arrangementer/": OPEN,
    "/arrangementer/{event}/": OPEN,
    "/arrangementer/ny/": EDITOR,
    "/arrangementer/{event}/rediger/": EDITOR,
    "/innspill/": OPEN,
    "/innspill/arrangement/{event}/": EDITOR,
    "/innspill/mote/{hidden}/": EDITOR_HIDDEN,
    "/innspill/organ/lukket/": EDITOR_HIDDEN,
    "/innspill/mote/tull/": to(404, public=302),
    "/prioriteringer/": EDITOR,
    "/prioriteringer/{priority}/fjern/": BUTTON,
}

PDFS = {
    "/moter/{meeting}/sakliste.pdf": OPEN,
    "/moter/{withheld}/sakliste.pdf": SEATED,
    "/moter/{planned}/sakliste.pdf": NOWHERE,
    "/moter/{hidden}/sakliste.pdf": STAFF,
    "/moter/{meeting}/sakliste-A.pdf": STAFF_SIGNED_IN,
    "/moter/{meeting}/sakliste-A.pdf?offentlig=1": STAFF_SIGNED_IN,
    "/moter/{meeting}/sakliste-Z.pdf": to(404, public=302),
    "/moter/{approved}/protokoll.pdf": OPEN,
    "{approved_url}protokoll.pdf": OPEN,
    "/moter/{withheld}/protokoll.pdf": SEATED,
    "{withheld_url}protokoll.pdf": SEATED,
    "/moter/{held}/protokoll.pdf": NOWHERE,
}
"""Frozen files, each asked for in every way there is."""

PRINTS = {
    "/moter/{drafted}/protokoll.pdf": STAFF,
    "/moter/{comments}/protokoll.pdf": SEATED,
    "{comments_url}protokoll.pdf": SEATED,
}
"""Printed when they are asked for."""

FILES = {
    "public": OPEN,
    "for_members": INSIDE,
    "delayed_until_now": OPEN,
    "exempt": INSIDE | {"recused": 404},
    "redacted": OPEN | {"ssu_member": 404, "called_deputy": 404},
    "whole_of_redacted": INSIDE | {"recused": 404},
    "withdrawn": STAFF,
    "unpublished": STAFF,
    "old": STAFF,
    "new": OPEN,
    "old_exempt": STAFF,
    "new_exempt": INSIDE | {"recused": 404},
    "replacement": STAFF,
    "replaced": OPEN,
    "in_exempt_case": INSIDE | {"recused": 404},
    "exempt_in_exempt_case": INSIDE | {"recused": 404},
    "in_draft": STAFF,
    "of_meeting": INSIDE,
    "exempt_of_meeting": INSIDE,
    "of_other_meeting": SEATED | {"other_deputy": 200},
    "of_other_case": SEATED | {"other_deputy": 200},
    "of_pa": STAFF | {"pa_member": 200},
    "of_hidden": STAFF,
    "guess": NOWHERE,
}
"""The versions of documents."""

POST = {
    "/moter/": ({}, READS),
    "{meeting_url}": ({}, READS),
    "/saker/": ({}, READS),
    "{case_url}": ({}, READS),
    "/saker/finn/": ({}, READS_SIGNED_IN),
    "/oppfolging/": ({}, READS),
    "/vedlegg/{public_version}/": ({}, READS),
    "/vedlegg/{public_version}/x.pdf": ({}, READS),
    "/moter/{meeting}/sakliste.pdf": ({}, READS),
    "/moter/{meeting}/sakliste/": ({}, READS_SIGNED_IN),
    "/moter/kalender/": ({}, to(302)),
    "/moter/ny/": ({}, REFUSED),
    "/moter/{meeting}/rediger/": ({"starts": "tull"}, REFUSED),
    "/moter/{meeting}/flytt/": ({}, REFUSED),
    "/moter/{meeting}/avlys/": ({}, REFUSED),
    "/moter/{called}/holdt/": ({}, POSTS),
    "/moter/{hidden}/holdt/": ({}, POSTS_HIDDEN),
    "/moter/{meeting}/frist/items/": ({}, POSTS),
    "/moter/{meeting}/frist/tull/": ({}, to(403, public=302, editor=404)),
    "/moter/{approved}/arkiver/": ({}, REFUSED),
    "/moter/{approved}/arkiv.zip": ({}, to(403, public=302, editor=200)),
    "/moter/{hidden}/arkiv.zip": ({}, POSTS_HIDDEN),
    "/moter/{meeting}/sakliste/legg-til/": ({}, REFUSED),
    "/moter/{meeting}/publiser/": ({"note": "fnr 01819000049"}, REFUSED),
    "/moter/{hidden}/publiser/": ({}, POSTS_HIDDEN),
    "/moter/{meeting}/til-gjennomgang/": ({}, POSTS),
    "/moter/punkt/{item}/flytt/": ({"plass": "2"}, POSTS),
    "/moter/punkt/{draft_item}/flytt/": ({"plass": "1"}, POSTS_HIDDEN),
    "/moter/punkt/{draft_item}/fjern/": ({}, POSTS_HIDDEN),
    "/moter/{called}/kall-inn/": ({"text": "fnr 01819000049"}, REFUSED),
    "/moter/{meeting}/forfall/": ({}, to(403, public=302, members=302)),
    "/moter/{hidden}/forfall/": ({}, to(404, public=302, staff=403)),
    "/moter/{meeting}/vara/": ({"vara": "{seat_of_called}", "trekk": "1"}, POSTS),
    "/moter/{meeting}/oppmote/": ({}, REFUSED),
    "/moter/{meeting}/varsler/": ({"varsel": "999999"}, to(403, public=302, editor=404)),
    "/moter/{held}/protokoll/rediger/": ({}, POSTS),
    "/moter/{drafted}/protokoll/send/": ({"comments_due": "tull"}, REFUSED),
    "/moter/{comments}/protokoll/godkjenn/": (
        {},
        to(404, public=302, seated=403, staff=403, chair=302, vice_chair=302),
    ),
    "/moter/{approved}/protokoll/godkjenn/": (
        {},
        to(403, public=302, chair=302, vice_chair=302),
    ),
    "/moter/{withheld}/protokoll/godkjenn/": (
        {},
        to(404, public=302, seated=403, staff=403, chair=302, vice_chair=302),
    ),
    "/moter/{comments}/protokoll/merknad/": ({"text": "Fint."}, to(404, public=302, seated=302, staff=302)),
    "/moter/{drafted}/protokoll/merknad/": ({"text": "Fint."}, to(404, public=302, staff=302)),
    "/moter/{approved}/protokoll/rett/": ({}, REFUSED),
    "/moter/{approved}/protokoll/forkast/": ({}, POSTS),
    "/moter/punkt/{item}/behandling/": ({}, REFUSED),
    "/moter/punkt/{draft_item}/behandling/": ({}, REFUSED_HIDDEN),
    "/moter/punkt/{item}/habilitet/": (
        {"reason": "Eier."},
        to(403, public=302, members=302, editor=422),
    ),
    "/moter/habilitet/{recusal}/": ({}, REFUSED),
    "/saker/ny/": ({}, REFUSED),
    "/saker/{case}/rediger/": ({}, REFUSED),
    "/saker/{draft}/rediger/": ({}, REFUSED_HIDDEN),
    "/saker/{case}/unntak/": ({}, REFUSED),
    "/saker/{exempt_case}/unntak/": ({"opphev": "1"}, POSTS),
    "/saker/{case}/tilstand/": ({"til": "draft"}, POSTS),
    "/saker/{in_review}/tilstand/": ({"til": "draft"}, to(404, public=302, staff=302)),
    "/saker/{draft}/tilstand/": ({"til": "review"}, POSTS_HIDDEN),
    "/saker/{proposal}/tilstand/": ({"til": "backlog"}, POSTS_HIDDEN | {"contributor": 403}),
    "/saker/{case}/trekk/": ({}, REFUSED),
    "/saker/{case}/send-videre/": ({}, REFUSED),
    "/saker/foresla/": ({}, to(403, public=302, outsider=422, contributor=422, staff=422, editor=403)),
    "/saker/{proposal}/forslag/": ({}, to(404, public=302, contributor=422, staff=403)),
    "/saker/{proposal}/svar/": ({}, REFUSED_HIDDEN | {"contributor": 403}),
    "/saker/{case}/saksfremlegg/": ({"background": "<p>fnr 01819000049</p>"}, REFUSED),
    "/saker/{draft}/saksfremlegg/": ({}, POSTS_HIDDEN),
    "/saker/{case}/saksfremlegg/lagre/": ({}, to(403, public=302, editor=200)),
    "/saker/{draft}/saksfremlegg/lagre/": ({}, to(404, public=302, staff=403, editor=200)),
    "/saker/{case}/dokumenter/ny/": ({}, REFUSED),
    "/saker/{draft}/dokumenter/ny/": ({}, REFUSED_HIDDEN),
    "/moter/{meeting}/dokumenter/ny/": ({}, REFUSED),
    "/moter/{hidden}/dokumenter/ny/": ({}, REFUSED_HIDDEN),
    "/dokumenter/{public}/rediger/": ({}, REFUSED),
    "/dokumenter/{public}/erstatt/": ({}, REFUSED),
    "/dokumenter/{exempt}/sladdet/": ({}, REFUSED),
    "/dokumenter/{public}/flytt/": ({"plass": "1"}, POSTS),
    "/dokumenter/{in_exempt_case}/flytt/": ({"plass": "1"}, POSTS_EXEMPT),
    "/dokumenter/{public}/trekk/": ({}, REFUSED),
    "/dokumenter/{public}/slett/": ({}, POSTS),
    "/dokumenter/{unpublished}/publiser/": ({}, POSTS_HIDDEN),
    "/dokumenter/{unpublished}/slett/": ({}, POSTS_HIDDEN),
    "/dokumenter/{exempt}/innsyn/": ({"text": "Innsyn!"}, MOVED),
    "/dokumenter/{public}/innsyn/": ({"text": "Innsyn!"}, NOWHERE),
    "/dokumenter/{exempt_in_exempt_case}/innsyn/": (
        {"text": "Innsyn!"},
        to(404, ssu_member=302, called_deputy=302, staff=302),
    ),
    "/saker/{exempt_case}/innsyn/": ({"text": "Innsyn!"}, MOVED),
    "/innsyn/{request}/": ({}, REFUSED),
    "/oppfolging/ny/?sak={case}": ({}, REFUSED),
    "/oppfolging/{task}/rediger/": ({}, REFUSED),
    "/oppfolging/{waiting_task}/rediger/": ({}, REFUSED_HIDDEN),
    "/oppfolging/{task}/meld/": ({"comment": "Gjort."}, to(403, public=302, contributor=302)),
    "/oppfolging/{task_of_exempt}/meld/": (
        {"comment": "Gjort."},
        to(404, public=302, members=403, staff=403),
    ),
    "/arrangementer/ny/": ({}, REFUSED),
    "/arrangementer/{event}/rediger/": ({}, REFUSED),
    "/innspill/arrangement/{event}/": ({}, REFUSED),
    "/innspill/organ/lukket/": ({}, REFUSED_HIDDEN),
    "/prioriteringer/": ({}, REFUSED),
    "/prioriteringer/{priority}/fjern/": ({}, POSTS),
}

TODAY = timezone.localdate()
GUESS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def people(cast, ssu, ssu_member, pa_member, former_member, deputy, chair, vice_chair) -> SimpleNamespace:
    called, other, recused = (create_user(name=name) for name in ("Innkalt", "Annen vara", "Inhabil"))
    for person in (called, other):
        create_seat(body=ssu, person=person, role="deputy")
    create_seat(body=ssu, person=recused)
    known = {
        **vars(cast),
        "ssu_member": ssu_member,
        "pa_member": pa_member,
        "former_member": former_member,
        "deputy": deputy,
        "called_deputy": called,
        "other_deputy": other,
        "recused": recused,
        "chair": chair,
        "vice_chair": vice_chair,
    }
    return SimpleNamespace(**{who: known[who] for who in WHO})


@pytest.fixture
def world(monkeypatch, people, ssu, pa, valdres) -> SimpleNamespace:
    """Something of everything there is; `names` for the addresses, `versions` for FILES."""
    print_as_text(monkeypatch)
    world = SimpleNamespace(names={"guess": GUESS}, versions={"guess": SimpleNamespace(public_id=GUESS)})
    hidden_body = create_body(code="lukket", visibility="internal")
    meetings = _meetings(world, ssu, pa, hidden_body)
    _cases(world, meetings, people)
    _frozen(world, meetings, people)
    _documents(world, meetings, people)
    _decisions(world, people, valdres)
    _beside(world, people)
    for name, meeting in meetings.items():
        meeting.refresh_from_db()
        world.names |= {name: meeting.public_id, f"{name}_url": meeting.get_absolute_url()}
    return world


def _meetings(world, ssu, pa, hidden_body):
    def on(days):
        return TODAY + timedelta(days)

    meetings = {
        "meeting": create_meeting(
            body=ssu, on=on(30), state="called", digital_url="https://mote.example.no/1"
        ),
        "other": create_meeting(body=ssu, on=on(60), state="published"),
        "planned": create_meeting(body=ssu, on=on(90)),
        "called": create_meeting(body=ssu, on=on(0), state="called"),
        "held": create_meeting(body=ssu, on=on(-10), state="held"),
        "drafted": create_meeting(body=ssu, on=on(-20), state="drafted"),
        "comments": create_meeting(body=ssu, on=on(-30), state="drafted"),
        "approved": create_meeting(body=ssu, on=on(-40), state="called"),
        "withheld": create_meeting(body=ssu, on=on(-50), state="called"),
        "cancelled": create_meeting(body=ssu, on=on(-60), state="cancelled"),
        "undated": create_meeting(body=ssu, on=None),
        "of_pa": create_meeting(body=pa, on=on(30), state="published"),
        "hidden": create_meeting(body=hidden_body, on=on(30), state="called"),
    }
    meetings["meeting"].deadlines.create(kind="items", due_on=on(1))
    MeetingMove.objects.create(
        meeting=meetings["meeting"],
        old_day=on(31),
        old_precision="day",
        moved_by=create_user(role="editor"),
    )
    world.names["moved_url"] = f"/moter/ssu/{on(31)}/"
    return meetings


def _cases(world, meetings, people):
    def listed(meeting, seq, **fields):
        case = create_case(
            body=meetings[meeting].body,
            year=2026,
            seq=seq,
            **{"state": "listed", "announced": True, "kind": "discussion", **fields},
        )
        return create_item(meeting=meetings[meeting], case=case)

    exempt = {"title": "Oppsigelse av Navnesen", "public_title": "Personalsak"}
    world.item = listed("meeting", 1)
    world.exempt_item = listed("meeting", 2, exemption=create_exemption(), **exempt)
    world.other_item = listed("other", 3)
    world.approved_item, world.withheld_item = (
        listed("approved", 4),
        listed("withheld", 5, title=exempt["title"]),
    )
    world.pa_item, world.hidden_item = listed("of_pa", 1), listed("hidden", 1)
    ssu = meetings["meeting"].body
    world.draft = create_case(body=ssu, title="Utkast om Navnesen")
    draft_item = create_item(meeting=meetings["other"], case=world.draft, released=False)
    by = people.contributor
    proposal = create_case(body=ssu, state="proposed", proposed_by=by, proposed_at=timezone.now())
    for item in (world.item, world.exempt_item):
        recusal = Recusal.objects.create(
            item=item, seat=Seat.objects.get(person=people.recused), declared_by=people.recused
        )
    for meeting, person in (("meeting", people.called_deputy), ("other", people.other_deputy)):
        call_deputy(meeting=meetings[meeting], seat=Seat.objects.get(person=person), closes_on=TODAY)
    world.names |= {
        "case": world.item.case.public_id,
        "case_url": world.item.case.get_absolute_url(),
        "exempt_case": world.exempt_item.case.public_id,
        "exempt_url": world.exempt_item.case.get_absolute_url(),
        "pa_case_url": world.pa_item.case.get_absolute_url(),
        "hidden_case_url": world.hidden_item.case.get_absolute_url(),
        "unnumbered": create_case(body=ssu, state="listed", announced=True).public_id,
        "draft": world.draft.public_id,
        "in_review": create_case(body=ssu, state="review").public_id,
        "proposal": proposal.public_id,
        "item": world.item.public_id,
        "draft_item": draft_item.public_id,
        "recusal": recusal.pk,
        "seat_of_called": Seat.objects.get(person=people.called_deputy).pk,
    }


PAGE = files.pdf("Side")
"""What every version holds; its image is in the cache, so that none is drawn."""


def _documents(world, meetings, people):
    def add(name, **fields):
        document = create_document(**fields, versions=0)
        world.names[name] = document.public_id
        return add_version(name, document, released=fields.get("released", True))

    def add_version(name, document, **fields):
        world.versions[name] = create_version(document=document, content=PAGE, pages=1, **fields)
        return document

    case, exempt_case = world.item.case, world.exempt_item.case
    past = timezone.now() - timedelta(minutes=1)
    add("public", case=case)
    add("for_members", case=case, access="members")
    add("delayed_until_now", case=case, access="members", public_from=past)
    add("exempt", case=case, access="exempt", title="Brev om Navnesen", public_title="Brev")
    add_version("redacted", add("whole_of_redacted", case=case, access="exempt"), is_redacted=True)
    add("withdrawn", case=case, withdrawn_at=past)
    add("unpublished", case=case, released=False)
    add("in_draft", case=world.draft, released=False)
    add_version("new", add("old", case=case), number=2)
    add_version("new_exempt", add("old_exempt", case=case, access="exempt"), number=2)
    add_version("replacement", add("replaced", case=case), number=2, released=False)
    add("in_exempt_case", case=exempt_case)
    add("exempt_in_exempt_case", case=exempt_case, access="exempt")
    add("of_meeting", meeting=meetings["meeting"], access="members")
    add("exempt_of_meeting", meeting=meetings["meeting"], access="exempt")
    add("of_other_meeting", meeting=meetings["other"], access="members")
    add("of_other_case", case=world.other_item.case, access="members")
    add("of_pa", case=world.pa_item.case, access="members")
    add("of_hidden", case=world.hidden_item.case)
    world.names["public_version"] = world.versions["public"].public_id
    caches["pages"].set(f"{world.versions['public'].sha256}-1-{WIDTHS[1]}", b"+image")


def _decisions(world, people, valdres):
    point = create_point(item=world.item, text="SSU vedtar.")
    task = create_follow_up(case=world.item.case, point=point)
    of_exempt = create_follow_up(case=world.exempt_item.case)
    waiting = create_follow_up(case=world.item.case, released=False)
    for one in (task, of_exempt, waiting):
        one.organisations.add(valdres)
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    area = StrategicArea.objects.create(plan=plan, name="Folk", slug="folk", order=1)
    priority = StrategicPriority.objects.create(area=area, year=2026, point=point)
    initiative = create_initiative(title="Åpent", slug="apent")
    for item in (world.item, world.exempt_item, world.hidden_item):
        item.case.concerns.create(initiative=initiative)
        item.case.strategic_areas.add(area)
    world.names |= {
        "task": task.public_id,
        "task_of_exempt": of_exempt.public_id,
        "waiting_task": waiting.public_id,
        "priority": priority.pk,
    }


def _frozen(world, meetings, people):
    """Published and approved as it is done; then something is exempted."""
    for name in ("meeting", "approved", "withheld", "hidden"):
        publish(meetings[name], by=people.editor)
    for name in ("approved", "withheld"):
        actions.hold_meeting(meeting=meetings[name], by=people.editor)
        approve(meetings[name], by=people.editor, leaders=(people.chair, people.vice_chair))
    Case.objects.filter(pk=world.withheld_item.case_id).update(
        exemption=create_exemption(), public_title="Personalsak"
    )
    create_minutes(meeting=meetings["drafted"], by=people.editor)
    create_minutes(meeting=meetings["comments"], state="comments", by=people.editor)


def _beside(world, people):
    key = actions.renew_calendar_key(by=people.ssu_member)
    dead = token_of(actions.renew_calendar_key(by=people.pa_member))
    actions.revoke_calendar_key(by=people.pa_member)
    request = AccessRequest.objects.create(case=world.exempt_item.case, text="Innsyn!", due_on=TODAY)
    world.names |= {
        "token": token_of(key),
        "dead_token": dead,
        "event": create_event().public_id,
        "request": request.public_id,
    }


def answers(table, people, client_of, ask) -> dict[str, dict[str, int]]:
    """Whatever is answered otherwise than the table says: by visitor, what was asked for, and the two answers."""
    wrong: dict[str, dict] = {}
    for who in WHO:
        client = client_of(getattr(people, who))
        for asked, expected in table.items():
            if expected in (OPEN, MOVED, READS) and who not in ASK_WHAT_IS_OPEN:
                continue
            with transaction.atomic():
                answer = ask(client, asked)
                transaction.set_rollback(True)
            if answer != expected[who]:
                wrong.setdefault(who, {})[asked] = f"{answer}, not {expected[who]}"
    return wrong


def test_get(world, people, client_of):
    def ask(client, address):
        return client.get(address.format(**world.names)).status_code

    assert answers(GET | PRINTS, people, client_of, ask) == {}


def test_post(world, people, client_of):
    def ask(client, address):
        data = {name: value.format(**world.names) for name, value in POST[address][0].items()}
        return client.post(address.format(**world.names), data).status_code

    expected = {address: statuses for address, (_data, statuses) in POST.items()}
    assert answers(expected, people, client_of, ask) == {}


WAYS = {
    "head": ("head", {}, 200),
    "a part": ("get", {"HTTP_RANGE": "bytes=0-3"}, 206),
    "again": ("get", {"HTTP_IF_NONE_MATCH": "*"}, 304),
}
"""How else a file may be asked for, and what is answered to who may have it."""


def in_every_way(client, address, *names):
    """200 when every way to the file is open, 404 when every way is closed; else what each is answered."""
    found = {"get": client.get(address).status_code}
    for name in names:
        method, extra, status = WAYS[name]
        answer = getattr(client, method)(address, **extra).status_code
        found[name] = 200 if answer == status else answer
    return found["get"] if len(set(found.values())) == 1 else found


def test_frozen_files(world, people, client_of):
    def ask(client, address):
        return in_every_way(client, address.format(**world.names), *WAYS)

    assert answers(PDFS, people, client_of, ask) == {}


def test_documents(world, people, client_of):
    def ask(client, name):
        return client.get(f"/vedlegg/{world.versions[name].public_id}/x.pdf").status_code

    assert answers(FILES, people, client_of, ask) == {}


@pytest.mark.parametrize("who", ["public", "pa_member", "called_deputy"])
def test_documents_in_every_way(who, world, people, client_of):
    """The page, the file and the image of its first page, whole and in parts: all are open, or all are closed."""
    client, found = client_of(getattr(people, who)), {}
    for name, version in world.versions.items():
        page = f"/vedlegg/{version.public_id}/"
        ways = [
            client.get(page).status_code,
            in_every_way(client, f"{page}x.pdf", *WAYS),
            in_every_way(client, f"{page}side-1.webp", "head", "again"),
        ]
        found[name] = ways[0] if ways.count(ways[0]) == len(ways) else ways

    assert found == {name: expected[who] for name, expected in FILES.items()}


def test_every_address_of_meetings_is_asked_for(world):
    meetings = next(
        part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "meetings"
    )
    addresses = [*GET, *PDFS, *PRINTS, *POST, "/vedlegg/{guess}/", "/vedlegg/{guess}/side-1.webp"]
    asked = [address.format(**world.names).partition("?")[0][1:] for address in addresses]

    unasked = {
        pattern.name for pattern in meetings.url_patterns if not any(map(pattern.pattern.match, asked))
    }

    assert unasked == set()


def test_the_cast_is_whole(people):
    assert tuple(vars(people)) == WHO
