"""What must never be in meetings: each constraint of the database violated once, on the database in use."""

from datetime import date, time, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from meetings.models import (
    AccessRequest,
    AgendaItem,
    AgendaVersion,
    Approval,
    Attendance,
    Body,
    Case,
    Concern,
    Deadline,
    DecisionPoint,
    Document,
    DocumentVersion,
    Event,
    FollowUp,
    FollowUpReminder,
    Meeting,
    MinutesComment,
    Notice,
    Question,
    Recusal,
    Seat,
    StrategicPriority,
)
from portfolio.models import StrategicArea, StrategyPlan
from tests.factories import (
    at,
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
    create_signal,
    create_user,
    create_version,
)

pytestmark = pytest.mark.django_db

DAY = date(2025, 9, 18)
NOW = at(DAY)


def changed(row, **fields):
    """Past every check of ours: straight to the database."""
    type(row)._base_manager.filter(pk=row.pk).update(**fields)


def twice(make, **fields):
    make(**fields)
    make(**fields)


def own(row, name):
    changed(row, **{name: row.pk})


def access_request(**fields):
    if "case" not in fields and "document" not in fields:
        fields["case"] = create_case()
    return AccessRequest.objects.create(**{"text": "Innsyn?", "due_on": DAY, **fields})


def attendance(**fields):
    meeting = fields.pop("meeting", None) or create_meeting()
    return Attendance.objects.create(
        meeting=meeting, **{"seat": fields.pop("seat", None) or create_seat(body=meeting.body), **fields}
    )


def two_deputies():
    meeting = create_meeting()
    member = create_seat(body=meeting.body)
    for _number in range(2):
        attendance(meeting=meeting, stands_in_for=member)


def notice(**fields):
    meeting, person = (
        fields.pop("meeting", None) or create_meeting(),
        fields.pop("person", None) or create_user(),
    )
    return Notice.objects.create(
        **{
            "meeting": meeting,
            "person": person,
            "kind": "call",
            "email": person.email,
            "created_by": person,
            **fields,
        }
    )


def deadline(**fields):
    return Deadline.objects.create(
        **{
            "meeting": fields.pop("meeting", None) or create_meeting(),
            "kind": "items",
            "due_on": DAY,
            **fields,
        }
    )


def same_number():
    body = create_body()
    twice(create_case, body=body, year=2025, seq=1)


def version(**fields):
    return AgendaVersion.objects.create(
        meeting=fields["meeting"],
        letter="A",
        data={},
        sha256="a",
        public_sha256="a",
        published_by=create_user(),
    )


def approval(minutes, **fields):
    return Approval.objects.create(
        **{"minutes": minutes, "side": "municipal", "content": "a", "approved_by": create_user(), **fields}
    )


def one_person_for_two_sides():
    minutes, person = create_minutes(meeting=create_meeting()), create_user()
    for side in ("municipal", "hospital"):
        approval(minutes, side=side, approved_by=person)


def recusal(**fields):
    return Recusal.objects.create(declared_by=create_user(), **fields)


def same_recusal():
    item = create_item(meeting=create_meeting())
    twice(recusal, item=item, seat=create_seat(body=item.meeting.body))


def priority(**fields):
    return StrategicPriority.objects.create(
        year=2026, point=create_point(item=create_item(meeting=create_meeting())), **fields
    )


def strategic_area():
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    return StrategicArea.objects.create(plan=plan, slug="digitalt", name="Digitalt", order=1)


def paper(case):
    return create_document(case=case, kind="paper")


def point(**fields):
    return create_point(item=create_item(meeting=create_meeting()), **fields)


VIOLATIONS = {
    "meetings_body_has_names": lambda: changed(create_body(), name=""),
    "meetings_body_ends_after_it_begins": lambda: create_body(valid_from=DAY, valid_to=DAY - timedelta(1)),
    "meetings_body_not_led_by_itself": lambda: own(create_body(), "led_by"),
    "meetings_seat_once_from_a_day": lambda: twice(create_seat, body=create_body(), person=create_user()),
    "meetings_seat_one_leader_without_end": lambda: twice(create_seat, body=create_body(), role="leader"),
    "meetings_seat_ends_after_it_begins": lambda: create_seat(
        body=create_body(), valid_from=DAY, valid_to=DAY - timedelta(1)
    ),
    "meetings_seat_only_deputies_stand_in": lambda: create_seat(
        body=create_body(), deputy_for=create_seat(body=create_body())
    ),
    "meetings_seat_not_own_deputy": lambda: own(create_seat(body=create_body(), role="deputy"), "deputy_for"),
    "meetings_exemption_confidentiality_has_rule": lambda: create_exemption(basis="offl13"),
    "meetings_exemption_wider_access_considered": lambda: create_exemption(wider_access=""),
    "meetings_exemption_basis_is_known": lambda: create_exemption(basis="offl99"),
    "meetings_accessrequest_of_one_thing": lambda: access_request(case=None),
    "meetings_accessrequest_answered_by_someone": lambda: access_request(state="granted"),
    "meetings_accessrequest_refusal_has_basis": lambda: access_request(
        state="refused", answered_at=NOW, answered_by=create_user()
    ),
    "meetings_meeting_day_or_unknown": lambda: create_meeting(on=None, precision="day", unknown_reason=""),
    "meetings_meeting_one_a_day": lambda: twice(create_meeting, body=create_body()),
    "meetings_meeting_unknown_has_reason": lambda: create_meeting(on=None, unknown_reason=""),
    "meetings_meeting_time_is_of_a_day": lambda: create_meeting(precision="month", starts_at=NOW),
    "meetings_meeting_ends_after_it_begins": lambda: create_meeting(starts_at=NOW, ends_at=NOW),
    "meetings_meeting_cancelled_has_reason": lambda: create_meeting(state="cancelled", cancel_reason=""),
    "meetings_meeting_archived_by_someone": lambda: create_meeting(archived_at=NOW),
    "meetings_meeting_state_is_known": lambda: create_meeting(state="forgotten"),
    "meetings_deadline_one_of_a_kind": lambda: twice(deadline, meeting=create_meeting()),
    "meetings_deadline_kept_by_someone": lambda: deadline(kept_at=NOW),
    "meetings_attendance_once": lambda: [
        twice(attendance, meeting=meeting, seat=create_seat(body=meeting.body))
        for meeting in [create_meeting()]
    ],
    "meetings_attendance_one_deputy_for_a_seat": two_deputies,
    "meetings_attendance_called_by_someone": lambda: attendance(called_at=NOW),
    "meetings_attendance_excused_by_someone": lambda: attendance(excused_at=NOW),
    "meetings_attendance_not_for_oneself": lambda: [
        changed(row, stands_in_for=row.seat_id) for row in [attendance()]
    ],
    "meetings_notice_once": lambda: twice(notice, meeting=create_meeting(), person=create_user()),
    "meetings_notice_about_one_thing": lambda: notice(case=create_case()),
    "meetings_notice_sent_at_a_time": lambda: notice(state="sent"),
    "meetings_case_number_once": same_number,
    "meetings_case_number_is_of_a_body_and_year": lambda: create_case(seq=1),
    "meetings_case_body_or_reason": lambda: changed(create_case(), body=None),
    "meetings_case_has_title": lambda: changed(create_case(), title=""),
    "meetings_case_exempt_has_public_title": lambda: create_case(exemption=create_exemption()),
    "meetings_case_proposed_by_someone": lambda: create_case(proposed_at=NOW),
    "meetings_case_state_is_known": lambda: create_case(state="lost"),
    "meetings_concern_once": lambda: twice(
        Concern.objects.create, case=create_case(), initiative=create_initiative()
    ),
    "meetings_question_has_text": lambda: Question.objects.create(case=create_case(), order=1, text=""),
    "meetings_agendaitem_once": lambda: [
        twice(AgendaItem.objects.create, meeting=meeting, case=create_case(body=meeting.body), order=1)
        for meeting in [create_meeting()]
    ],
    "meetings_agendaversion_letter_once": lambda: twice(version, meeting=create_meeting()),
    "meetings_decisionpoint_has_place_or_reason": lambda: create_point(case=create_case()),
    "meetings_decisionpoint_says_something": lambda: point(proposed="", adopted="", outcome="not_treated"),
    "meetings_decisionpoint_adopted_has_text": lambda: point(adopted=""),
    "meetings_decisionpoint_proposal_is_not_locked": lambda: [
        changed(row, locked_at=NOW) for row in [point(outcome="proposed")]
    ],
    "meetings_decisionpoint_dissent_has_statement": lambda: point(vote="dissent"),
    "meetings_decisionpoint_not_own_correction": lambda: own(point(locked=False), "corrects"),
    "meetings_decisionpoint_number_once": lambda: twice(
        create_point, item=create_item(meeting=create_meeting())
    ),
    "meetings_recusal_once": same_recusal,
    "meetings_minutes_number_once": lambda: [
        create_minutes(meeting=meeting, state=state)
        for meeting in [create_meeting()]
        for state in ("approved", "draft")
    ],
    "meetings_minutes_one_in_work": lambda: [
        create_minutes(meeting=meeting, number=number, correction_note="Retting.")
        for meeting in [create_meeting()]
        for number in (1, 2)
    ],
    "meetings_minutes_correction_says_what": lambda: create_minutes(meeting=create_meeting(), number=2),
    "meetings_minutes_approved_is_frozen": lambda: create_minutes(
        meeting=create_meeting(), state="approved", sha256=""
    ),
    "meetings_approval_one_for_a_side": lambda: [
        twice(approval, minutes=minutes) for minutes in [create_minutes(meeting=create_meeting())]
    ],
    "meetings_approval_one_by_a_person": one_person_for_two_sides,
    "meetings_minutescomment_has_text": lambda: MinutesComment.objects.create(
        minutes=create_minutes(meeting=create_meeting()), text="", written_by=create_user()
    ),
    "meetings_followup_due_or_unknown": lambda: create_follow_up(due=None, precision="day"),
    "meetings_followup_last_day_of_due": lambda: create_follow_up(last_day=None),
    "meetings_followup_says_what_and_who": lambda: create_follow_up(responsible=""),
    "meetings_followup_state_is_known": lambda: create_follow_up(state="lost"),
    "meetings_followupreminder_once": lambda: twice(
        FollowUpReminder.objects.create, follow_up=create_follow_up(), kind="on", due_on=DAY
    ),
    "meetings_strategicpriority_once": lambda: twice(priority, area=strategic_area()),
    "meetings_document_of_a_case_or_a_meeting": lambda: create_document(),
    "meetings_document_exempt_has_basis": lambda: create_document(
        case=create_case(), access="exempt", exemption=None
    ),
    "meetings_document_for_members_until_a_time": lambda: create_document(
        case=create_case(), access="members", public_from=None
    ),
    "meetings_document_has_title": lambda: changed(create_document(case=create_case()), title=""),
    "meetings_document_access_is_known": lambda: create_document(case=create_case(), access="secret"),
    "meetings_document_one_paper_for_a_case": lambda: twice(paper, case=create_case()),
    "meetings_documentversion_number_once": lambda: create_version(
        document=create_document(case=create_case())
    ),
    "meetings_documentversion_not_empty": lambda: [
        changed(row.versions.get(), size=0) for row in [create_document(case=create_case(), released=False)]
    ],
    "meetings_event_has_title": lambda: changed(create_event(), title=""),
    "meetings_event_day_or_unknown": lambda: create_event(on=None, precision="day"),
    "meetings_event_ends_after_it_begins": lambda: create_event(on=DAY, ends_on=DAY - timedelta(1)),
    "meetings_event_time_is_of_a_day": lambda: create_event(on=DAY, precision="week", starts_at=time(9)),
    "meetings_signal_has_one_source": lambda: create_signal(),
    "meetings_signal_counts_from_one": lambda: create_signal(event=create_event(), count=0),
    "meetings_signal_has_text": lambda: changed(create_signal(event=create_event()), text=""),
}
"""Each named constraint, and what would break it."""

MORE = {
    "a body has one code": lambda: twice(create_body, code="ssu"),
    "a known body has no reason": lambda: create_case(body_unknown_reason="Vet ikke."),
    "a number is of a year": lambda: create_case(seq=1, year=None),
    "a number begins at one": lambda: create_case(seq=0, year=2025),
    "a day is not unknown": lambda: create_meeting(precision="unknown", unknown_reason="Vet ikke."),
    "only a cancelled meeting says why": lambda: create_meeting(cancel_reason="Avlyst."),
    "a mail not sent has no time": lambda: notice(sent_at=NOW),
    "a public document has no exemption": lambda: create_document(
        case=create_case(), exemption=create_exemption()
    ),
    "a document belongs to one thing": lambda: create_document(case=create_case(), meeting=create_meeting()),
    "a draft of minutes is not frozen": lambda: create_minutes(meeting=create_meeting(), sha256="a" * 64),
    "a request is about one thing": lambda: access_request(
        case=create_case(), document=create_document(case=create_case())
    ),
    "a received request is not answered": lambda: access_request(answered_at=NOW, answered_by=create_user()),
    "a point has one correction": lambda: [
        point(corrects=first, locked=False) for first in [point()] for _number in range(2)
    ],
    "a signal has one source, not two": lambda: create_signal(event=create_event(), body=create_body()),
    "a case has one exemption of its own": lambda: twice(
        create_case, exemption=create_exemption(), public_title="Unntatt"
    ),
}


def must_be_refused(violate):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        violate()
    return str(refusal.value)


@pytest.mark.parametrize("name", VIOLATIONS)
def test_each_constraint_is_kept_by_the_database(name):
    words = must_be_refused(VIOLATIONS[name])

    assert name in words or words.startswith("UNIQUE constraint failed")


@pytest.mark.parametrize("claim", MORE)
def test_the_database_knows_too_that(claim):
    must_be_refused(MORE[claim])


def test_every_constraint_has_a_violation():
    ours = {
        constraint.name
        for model in apps.get_app_config("meetings").get_models()
        for constraint in model._meta.constraints
    }

    assert ours == set(VIOLATIONS)


FROZEN = {
    "a published agenda": lambda: (version(meeting=create_meeting()), "note"),
    "a published version of a document": lambda: (
        create_document(case=create_case()).versions.get(),
        "original_name",
    ),
    "a locked decision": lambda: (point(), "adopted"),
    "approved minutes": lambda: (create_minutes(meeting=create_meeting(), state="approved"), "opening"),
}


@pytest.mark.parametrize("what", FROZEN)
def test_what_is_published_is_frozen_by_the_database(what):
    row, field = FROZEN[what]()
    with pytest.raises(IntegrityError), transaction.atomic():
        changed(row, **{field: "Noe annet"})
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


def test_what_is_not_published_yet_may_change():
    row = create_document(case=create_case(), released=False).versions.get()
    changed(row, original_name="nytt.pdf")
    row.refresh_from_db()

    assert row.original_name == "nytt.pdf"


@pytest.mark.parametrize("model", [Meeting, Case])
def test_meetings_and_cases_are_never_deleted(model):
    row = create_meeting() if model is Meeting else create_case()
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(TypeError):
        model.objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize(
    "model",
    [AgendaItem, Body, Case, DecisionPoint, Document, DocumentVersion, Event, FollowUp, Meeting, Notice],
)
def test_public_ids_are_unguessable_and_once(model):
    assert model._meta.get_field("public_id").unique


def test_only_deletable_things_are_deleted():
    draft = create_document(case=create_case(), released=False)
    published = create_document(case=create_case())
    draft.delete()
    with pytest.raises(TypeError):
        published.delete()
    with pytest.raises(TypeError):
        Document.objects.all().delete()

    assert list(Document.objects.all()) == [published]


def test_seats_hold_by_date():
    body = create_body()
    seat = create_seat(body=body, valid_from=DAY, valid_to=DAY + timedelta(10))

    held = {
        offset: Seat.objects.on(DAY + timedelta(offset)).filter(pk=seat.pk).exists()
        for offset in (-1, 0, 10, 11)
    }
    assert held == {-1: False, 0: True, 10: True, 11: False}


def test_an_exemption_names_its_paragraph():
    exemption = create_exemption(basis="offl13", confidentiality_rule="fvl. § 13 første ledd nr. 1")

    assert exemption.short_basis == "offl. § 13, jf. fvl. § 13 første ledd nr. 1"


def test_signals_come_from_somewhere():
    assert create_signal(event=create_event(title="Dialogmøter")).source.title == "Dialogmøter"
