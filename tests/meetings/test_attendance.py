"""Calling a meeting, absence, deputies and who came."""

from datetime import date, time, timedelta

import pytest

from accounts.models import LogEntry
from meetings import actions, permissions, rules
from meetings.actions.attendance import Came, free_deputies
from meetings.models import Attendance, Deadline, DocumentVersion, Meeting, Notice, Seat
from meetings.rules.attendance import check_one_leader, seat_warnings
from tests.factories import (
    call_deputy,
    create_document,
    create_item,
    create_meeting,
    create_seat,
    create_user,
)

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 18)


@pytest.fixture
def called(ssu, ssu_member, editor):
    meeting = create_meeting(body=ssu, on=DAY)
    actions.call_meeting(meeting=meeting, by=editor)
    meeting.refresh_from_db()
    return meeting


def seat_of(person):
    return Seat.objects.get(person=person)


def test_a_call_goes_to_everybody_who_sits_in_the_body_that_day(
    ssu, ssu_member, deputy, former_member, editor
):
    late = create_seat(body=ssu, valid_from=DAY + timedelta(1))
    meeting = create_meeting(body=ssu, on=DAY)
    Deadline.objects.create(meeting=meeting, kind="notice", due_on=DAY)

    notices = actions.call_meeting(meeting=meeting, text="Velkommen.", by=editor)

    meeting.refresh_from_db()
    assert [notice.person for notice in notices] == [ssu_member]
    assert late.person not in [notice.person for notice in notices]
    assert meeting.state == Meeting.State.CALLED
    assert meeting.deadlines.get().kept_by == editor
    assert list(meeting.attendances.values_list("seat__person", "state")) == [(ssu_member.pk, "expected")]
    assert LogEntry.objects.about(meeting).get().verb == "kalte inn"


def test_a_second_call_goes_only_to_who_is_new(called, ssu, editor):
    newcomer = create_seat(body=ssu)

    notices = actions.call_meeting(meeting=called, by=editor)

    assert [notice.person for notice in notices] == [newcomer.person]
    with pytest.raises(rules.NotAllowed):
        actions.call_meeting(meeting=called, by=editor)


@pytest.mark.parametrize(
    "fields", [{"on": None}, {"precision": "month"}, {"state": "held"}, {"state": "cancelled"}], ids=str
)
def test_what_cannot_be_called(ssu, ssu_member, editor, fields):
    meeting = create_meeting(body=ssu, **fields)
    with pytest.raises(rules.NotAllowed):
        actions.call_meeting(meeting=meeting, by=editor)

    assert (Notice.objects.count(), meeting.attendances.count()) == (0, 0)


def test_a_meeting_of_an_empty_body_is_not_called(ssu, editor):
    meeting = create_meeting(body=ssu)
    with pytest.raises(rules.NotAllowed):
        actions.call_meeting(meeting=meeting, by=editor)

    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.PLANNED


def test_absence_calls_the_only_deputy_of_ones_own(called, ssu, ssu_member, deputy):
    seat = seat_of(ssu_member)
    own = create_seat(body=ssu, role="deputy", deputy_for=seat)

    standing_in = actions.report_absence(meeting=called, seat=seat, by=ssu_member)

    assert standing_in.seat == own
    assert standing_in.stands_in_for == seat
    assert standing_in.closes_on == DAY + timedelta(ssu.deputy_days)
    assert called.attendances.get(seat=seat).state == Attendance.State.EXCUSED
    assert Notice.objects.get(kind="deputy").person == own.person


def test_absence_leaves_the_choice_to_the_secretariat_where_no_deputy_is_ones_own(called, ssu_member, deputy):
    assert actions.report_absence(meeting=called, seat=seat_of(ssu_member), by=ssu_member) is None
    assert free_deputies(called, seat_of(ssu_member)) == [seat_of(deputy)]


def test_saying_it_twice_calls_nobody_twice(called, ssu, ssu_member):
    seat = seat_of(ssu_member)
    create_seat(body=ssu, role="deputy", deputy_for=seat)
    first = actions.report_absence(meeting=called, seat=seat, by=ssu_member)

    assert actions.report_absence(meeting=called, seat=seat, by=ssu_member) == first
    assert Notice.objects.filter(kind="deputy").count() == 1


def test_absence_is_taken_back_until_a_deputy_is_called(called, ssu_member, deputy, editor):
    seat = seat_of(ssu_member)
    actions.report_absence(meeting=called, seat=seat, by=ssu_member)
    actions.withdraw_absence(meeting=called, seat=seat, by=ssu_member)
    assert called.attendances.get(seat=seat).state == Attendance.State.EXPECTED

    actions.report_absence(meeting=called, seat=seat, by=ssu_member)
    actions.call_deputy(meeting=called, seat=seat_of(deputy), stands_in_for=seat, by=editor)
    with pytest.raises(rules.NotAllowed):
        actions.withdraw_absence(meeting=called, seat=seat, by=ssu_member)


def test_a_deputy_reads_that_meeting_from_the_call_until_the_last_day_and_no_other(
    called, ssu, ssu_member, deputy, editor
):
    paper = create_document(case=create_item(meeting=called).case, access="members")
    other = create_document(
        case=create_item(meeting=create_meeting(body=ssu, on=date(2027, 5, 5))).case, access="members"
    )
    readable = DocumentVersion.objects.readable_by

    assert list(readable(deputy)) == []
    row = actions.call_deputy(
        meeting=called, seat=seat_of(deputy), stands_in_for=seat_of(ssu_member), by=editor
    )
    assert list(readable(deputy)) == [paper.versions.get()]
    assert other.versions.get() not in readable(deputy)

    Attendance.objects.filter(pk=row.pk).update(closes_on=date(2020, 1, 1))
    assert list(readable(deputy)) == []


def test_recalling_a_deputy_closes_the_papers(called, ssu_member, deputy, editor):
    create_document(meeting=called, access="members")
    actions.call_deputy(meeting=called, seat=seat_of(deputy), stands_in_for=seat_of(ssu_member), by=editor)
    actions.recall_deputy(meeting=called, seat=seat_of(deputy), by=editor)

    assert list(DocumentVersion.objects.readable_by(deputy)) == []


def test_a_deputy_who_cannot_come_reads_no_more(called, ssu_member, deputy, editor):
    create_document(meeting=called, access="members")
    actions.call_deputy(meeting=called, seat=seat_of(deputy), stands_in_for=seat_of(ssu_member), by=editor)
    assert DocumentVersion.objects.readable_by(deputy).exists()
    actions.report_absence(meeting=called, seat=seat_of(deputy), by=deputy)

    assert not DocumentVersion.objects.readable_by(deputy).exists()


def two_deputies(called, ssu, ssu_member, deputy, editor):
    """The first cannot come after all, and a second is called instead."""
    second = create_seat(body=ssu, role="deputy")
    actions.call_deputy(meeting=called, seat=seat_of(deputy), stands_in_for=seat_of(ssu_member), by=editor)
    actions.report_absence(meeting=called, seat=seat_of(deputy), by=deputy)
    actions.call_deputy(meeting=called, seat=second, stands_in_for=seat_of(ssu_member), by=editor)
    return seat_of(deputy), second


def test_a_deputy_who_was_replaced_does_not_come_after_all(called, ssu, ssu_member, deputy, editor):
    first, _second = two_deputies(called, ssu, ssu_member, deputy, editor)

    with pytest.raises(rules.NotAllowed, match="En vara er allerede kalt inn"):
        actions.withdraw_absence(meeting=called, seat=first, by=deputy)


def test_two_deputies_are_not_both_there_for_one_member(called, ssu, ssu_member, deputy, editor):
    both = two_deputies(called, ssu, ssu_member, deputy, editor)

    with pytest.raises(rules.NotAllowed, match="kan ikke begge møte for den samme"):
        actions.record_attendance(
            meeting=called, rows=[Came(seat, "present") for seat in both], also_present="", by=editor
        )


def wrong_deputies(called, ssu, pa, ssu_member, deputy):
    member = seat_of(ssu_member)
    return {
        "of another body": (create_seat(body=pa, role="deputy"), member),
        "who is no deputy": (create_seat(body=ssu), member),
        "for oneself": (create_seat(body=ssu, role="deputy", person=ssu_member), member),
        "for another body": (seat_of(deputy), create_seat(body=pa)),
    }


@pytest.mark.parametrize("why", ["of another body", "who is no deputy", "for oneself", "for another body"])
def test_who_cannot_be_called_as_deputy(called, ssu, pa, ssu_member, deputy, editor, why):
    seat, absent = wrong_deputies(called, ssu, pa, ssu_member, deputy)[why]
    with pytest.raises(rules.NotAllowed):
        actions.call_deputy(meeting=called, seat=seat, stands_in_for=absent, by=editor)

    assert Attendance.objects.exclude(called_at=None).count() == 0


def test_nobody_is_called_to_a_planned_meeting(ssu, ssu_member, deputy, editor):
    meeting = create_meeting(body=ssu)
    with pytest.raises(rules.NotAllowed):
        actions.call_deputy(
            meeting=meeting, seat=seat_of(deputy), stands_in_for=seat_of(ssu_member), by=editor
        )


def test_one_deputy_stands_in_for_a_seat(called, ssu, ssu_member, deputy, editor):
    member = seat_of(ssu_member)
    actions.call_deputy(meeting=called, seat=seat_of(deputy), stands_in_for=member, by=editor)
    with pytest.raises(rules.NotAllowed):
        actions.call_deputy(
            meeting=called, seat=create_seat(body=ssu, role="deputy"), stands_in_for=member, by=editor
        )


def test_who_came_is_written_down(called, ssu_member, editor):
    seat = seat_of(ssu_member)
    rows = [Came(seat, Attendance.State.PRESENT, arrived_at=time(9, 30))]

    actions.record_attendance(meeting=called, rows=rows, also_present="Rådgiver", by=editor)

    called.refresh_from_db()
    row = called.attendances.get(seat=seat)
    assert (row.state, row.arrived_at, row.left_at) == ("present", time(9, 30), None)
    assert called.also_present == "Rådgiver"


def test_nobody_leaves_before_coming(called, ssu_member, editor):
    rows = [Came(seat_of(ssu_member), Attendance.State.PRESENT, arrived_at=time(10), left_at=time(9))]
    with pytest.raises(rules.NotAllowed):
        actions.record_attendance(meeting=called, rows=rows, also_present="", by=editor)

    assert called.attendances.get().state == Attendance.State.EXPECTED


def test_approved_minutes_close_the_attendance(called, ssu_member, editor):
    Meeting.objects.filter(pk=called.pk).update(state="approved")
    with pytest.raises(rules.NotAllowed):
        actions.record_attendance(meeting=called, rows=[], also_present="Ny", by=editor)


def test_ones_seat_at_a_meeting(called, ssu_member, pa_member, deputy, former_member, editor):
    assert permissions.own_seat(ssu_member, called) == seat_of(ssu_member)
    assert [
        permissions.own_seat(person, called) for person in (pa_member, deputy, former_member, editor)
    ] == [None] * 4
    call_deputy(meeting=called, seat=seat_of(deputy))
    assert permissions.own_seat(deputy, called) == seat_of(deputy)


def test_a_body_has_one_leader_at_a_time(ssu, chair):
    old = create_seat(body=ssu, role="leader", valid_from=date(2020, 1, 1), valid_to=date(2023, 12, 31))
    after = Seat(body=ssu, person=create_user(), role="leader", side="hospital", valid_from=date(2025, 1, 1))

    check_one_leader(old, list(Seat.objects.exclude(pk=old.pk)))
    with pytest.raises(rules.NotAllowed):
        check_one_leader(after, list(Seat.objects.all()))


def test_leader_and_deputy_leader_of_one_side_are_told_of(ssu, chair, vice_chair):
    leader, second = seat_of(chair), seat_of(vice_chair)
    assert seat_warnings(leader, [second]) == []

    second.side = leader.side
    assert len(seat_warnings(leader, [second])) == 1
