"""Who may know of what: every list starts here, so every person of the cast is asked about each."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from meetings.models import (
    AgendaItem,
    Case,
    DecisionPoint,
    Document,
    DocumentVersion,
    FollowUp,
    Meeting,
    Minutes,
    Recusal,
    Seat,
)
from tests.factories import (
    call_deputy,
    create_case,
    create_document,
    create_exemption,
    create_follow_up,
    create_item,
    create_meeting,
    create_minutes,
    create_point,
    create_seat,
    create_user,
    create_version,
)

pytestmark = pytest.mark.django_db

INSIDE = {"ssu_member", "called_deputy"}
STAFF = {"editor", "leader"}
OUTSIDE = {
    "public",
    "pa_member",
    "former_member",
    "late_deputy",
    "member",
    "contributor",
    "outsider",
    "admin",
}
ALL = INSIDE | STAFF | OUTSIDE


@pytest.fixture
def meeting(ssu):
    return create_meeting(body=ssu, state="published")


@pytest.fixture
def item(meeting):
    return create_item(meeting=meeting)


@pytest.fixture
def people(cast, ssu, ssu_member, pa_member, former_member, deputy, meeting):
    """Everybody, with a deputy whose window is open and one whose window has closed."""
    late = create_seat(body=ssu, person=create_user(), role="deputy")
    call_deputy(meeting=meeting, seat=late, closes_on=timezone.localdate() - timedelta(1))
    call_deputy(meeting=meeting, seat=Seat.objects.get(person=deputy), closes_on=timezone.localdate())
    return {
        **vars(cast),
        "public": AnonymousUser(),
        "ssu_member": ssu_member,
        "pa_member": pa_member,
        "former_member": former_member,
        "called_deputy": deputy,
        "late_deputy": late.person,
    }


def who(people, rows, thing):
    return {name for name, person in people.items() if rows(person).filter(pk=thing.pk).exists()}


def test_meetings_of_public_bodies_are_known_to_all(people, meeting):
    assert who(people, Meeting.objects.visible_to, meeting) == ALL


def test_meetings_of_internal_bodies_are_known_inside(people, meeting):
    meeting.body.visibility = "internal"
    meeting.body.save()

    assert who(people, Meeting.objects.visible_to, meeting) == INSIDE | STAFF


def test_what_is_inside_a_meeting(people, meeting):
    inside = {
        name
        for name, person in people.items()
        if Meeting.objects.visible_to(person).get(pk=meeting.pk).is_inside
    }

    assert inside == INSIDE | STAFF


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"announced": True}, ALL),
        ({}, STAFF),
        ({"state": Case.State.BACKLOG}, STAFF),
    ],
    ids=["announced", "draft", "backlog"],
)
def test_cases_are_known_when_announced(people, ssu, fields, seen):
    assert who(people, Case.objects.visible_to, create_case(body=ssu, **fields)) == seen


def test_a_proposal_is_known_to_who_made_it(people, ssu, contributor):
    case = create_case(
        body=ssu, proposed_by=contributor, proposed_at=timezone.now(), state=Case.State.PROPOSED
    )

    assert who(people, Case.objects.visible_to, case) == STAFF | {"contributor"}


def test_the_title_of_an_exempt_case_is_for_those_inside(people, item):
    Case.objects.filter(pk=item.case_id).update(
        exemption=create_exemption(), public_title="Personalsak", title="Hemmelig navn"
    )
    read = {
        name
        for name, person in people.items()
        if Case.objects.visible_to(person).get(pk=item.case_id).shown_title == "Hemmelig navn"
    }
    assert read == INSIDE | STAFF
    assert Case.objects.get(pk=item.case_id).shown_title == "Personalsak"


def test_items_are_known_when_the_agenda_is_published(people, meeting, item):
    draft = create_item(meeting=meeting, released=False)

    assert who(people, AgendaItem.objects.visible_to, item) == ALL
    assert who(people, AgendaItem.objects.visible_to, draft) == STAFF


PAPERS = {
    "public": ({}, ALL, ALL),
    "for members": ({"access": "members"}, ALL, INSIDE | STAFF),
    "for members until a time that has come": (
        {"access": "members", "public_from": timezone.now() - timedelta(minutes=1)},
        ALL,
        ALL,
    ),
    "exempt": ({"access": "exempt"}, ALL, INSIDE | STAFF),
    "a draft": ({"released": False}, STAFF, STAFF),
    "withdrawn": ({"withdrawn_at": timezone.now()}, STAFF, STAFF),
}


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("of", ["case", "meeting"])
def test_who_knows_of_a_document_and_who_opens_it(people, meeting, item, kind, of):
    fields, known, opened = PAPERS[kind]
    parent = {"case": item.case} if of == "case" else {"meeting": meeting}
    document = create_document(**parent, **fields)

    assert who(people, Document.objects.visible_to, document) == known
    assert who(people, DocumentVersion.objects.readable_by, document.versions.get()) == opened
    in_document = {
        name
        for name, person in people.items()
        for found in Document.objects.visible_to(person).filter(pk=document.pk)
        if DocumentVersion.objects.readable_in(found).exists()
    }
    assert in_document == opened


def test_only_the_newest_version_is_for_members_and_public(people, item):
    document = create_document(case=item.case, versions=2)
    old, new = document.versions.order_by("number")

    assert who(people, DocumentVersion.objects.readable_by, old) == STAFF
    assert who(people, DocumentVersion.objects.readable_by, new) == ALL


def test_a_replacement_is_read_when_it_is_published(people, item):
    document = create_document(case=item.case)
    draft = create_version(document=document, number=2, released=False)

    assert who(people, DocumentVersion.objects.readable_by, draft) == STAFF
    assert who(people, DocumentVersion.objects.readable_by, document.versions.get(number=1)) == ALL


def test_the_public_reads_the_redacted_version_and_members_the_whole(people, item):
    document = create_document(case=item.case, access="exempt")
    whole = document.versions.get()
    redacted = create_version(document=document, number=1, is_redacted=True)

    assert who(people, DocumentVersion.objects.readable_by, whole) == INSIDE | STAFF
    assert who(people, DocumentVersion.objects.readable_by, redacted) == OUTSIDE | STAFF


def test_an_old_version_of_an_exempt_paper_is_for_staff(people, item):
    document = create_document(case=item.case, access="exempt", versions=2)

    assert who(people, DocumentVersion.objects.readable_by, document.versions.get(number=1)) == STAFF


@pytest.mark.parametrize("access", ["public", "members", "exempt"])
def test_documents_of_an_exempt_case_are_for_those_inside(people, item, access):
    Case.objects.filter(pk=item.case_id).update(exemption=create_exemption(), public_title="Unntatt")
    document = create_document(case=item.case, access=access)

    assert who(people, Document.objects.visible_to, document) == INSIDE | STAFF
    assert who(people, DocumentVersion.objects.readable_by, document.versions.get()) == INSIDE | STAFF


@pytest.mark.parametrize(("state", "reads"), [("declared", False), ("accepted", False), ("rejected", True)])
def test_who_is_recused_does_not_read_what_is_exempt(item, ssu_member, state, reads):
    exempt = create_document(case=item.case, access="exempt").versions.get()
    ordinary = create_document(case=item.case, access="members").versions.get()
    seat = Seat.objects.get(person=ssu_member)
    Recusal.objects.create(item=item, seat=seat, state=state, declared_by=ssu_member)

    readable = DocumentVersion.objects.readable_by(ssu_member)
    assert (readable.filter(pk=exempt.pk).exists(), readable.filter(pk=ordinary.pk).exists()) == (reads, True)


def test_a_deputy_reads_that_meeting_alone(ssu, deputy, meeting):
    other = create_document(
        case=create_item(meeting=create_meeting(body=ssu, on=date(2027, 6, 1))).case, access="members"
    )
    call_deputy(meeting=meeting, seat=Seat.objects.get(person=deputy))

    assert list(DocumentVersion.objects.readable_by(deputy).filter(document=other)) == []


@pytest.mark.parametrize(("published_to", "reads"), [(None, True), (-30, True), (0, True), (30, False)])
def test_a_deputy_reads_the_papers_up_to_their_meeting(meeting, item, deputy, published_to, reads):
    call_deputy(meeting=meeting, seat=Seat.objects.get(person=deputy), closes_on=timezone.localdate())
    other = meeting
    if published_to:
        other = create_meeting(body=meeting.body, on=meeting.day + timedelta(published_to))
        create_item(meeting=other, case=item.case)
    document = create_document(
        case=item.case, access="exempt", released_for=None if published_to is None else other
    )

    assert DocumentVersion.objects.readable_by(deputy).filter(document=document).exists() is reads


def test_decisions_are_public_when_locked(people, item):
    open_point, locked = create_point(item=item, locked=False), create_point(item=item, number=2)

    assert who(people, DecisionPoint.objects.visible_to, open_point) == STAFF
    assert who(people, DecisionPoint.objects.visible_to, locked) == ALL


def test_decisions_and_tasks_of_an_exempt_case_are_for_those_inside(people, item):
    Case.objects.filter(pk=item.case_id).update(exemption=create_exemption(), public_title="Unntatt")

    assert who(people, DecisionPoint.objects.visible_to, create_point(item=item)) == INSIDE | STAFF
    assert who(people, FollowUp.objects.visible_to, create_follow_up(case=item.case)) == INSIDE | STAFF


def test_tasks_are_known_when_released(people, item):
    assert who(people, FollowUp.objects.visible_to, create_follow_up(case=item.case)) == ALL
    assert who(people, FollowUp.objects.visible_to, create_follow_up(case=item.case, released=False)) == STAFF


@pytest.mark.parametrize(
    ("state", "seen"), [("draft", STAFF), ("comments", INSIDE | STAFF), ("approved", ALL)]
)
def test_minutes_are_public_when_approved(people, meeting, state, seen):
    assert who(people, Minutes.objects.visible_to, create_minutes(meeting=meeting, state=state)) == seen


def test_a_corrected_point_gives_way_when_the_correction_is_locked(item):
    first = create_point(item=item)
    correction = create_point(item=item, corrects=first, locked=False)
    assert set(DecisionPoint.objects.standing()) == {first, correction}

    DecisionPoint.objects.filter(pk=correction.pk).update(locked_at=timezone.now())
    assert set(DecisionPoint.objects.standing()) == {correction}


def test_somebody_who_cannot_sign_in_any_more_is_outside(ssu_member, meeting):
    ssu_member.is_active = False
    ssu_member.save()

    assert not Meeting.objects.visible_to(ssu_member).get(pk=meeting.pk).is_inside
