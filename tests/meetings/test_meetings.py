"""Planning, moving, cancelling, holding and archiving a meeting."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

from accounts.models import LogEntry
from meetings import actions, rules
from meetings.models import Attendance, Case, Deadline, Meeting, MeetingMove, Notice, Seat
from meetings.rules.meetings import check_exporting, deadlines_of
from portfolio.actions.versions import FactsChanged, newest_version
from portfolio.documents import log_lines
from tests.factories import at, call_deputy, create_body, create_case, create_item, create_meeting

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 18)


def when(day=DAY, precision="day", **fields):
    return {
        "day": day,
        "precision": precision,
        "unknown_reason": "",
        "starts_at": None,
        "ends_at": None,
        **fields,
    }


def test_a_day_gives_deadlines_in_working_days(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(), by=editor)

    assert dict(meeting.deadlines.values_list("kind", "due_on")) == {
        "items": date(2027, 1, 21),
        "papers": date(2027, 1, 28),
        "notice": date(2027, 2, 4),
        "minutes": date(2027, 2, 25),
    }
    assert meeting.history.get().history_user == editor


def test_easter_and_may_count_as_they_should(ssu):
    assert deadlines_of(ssu, date(2027, 5, 20), "day")["notice"] == date(2027, 5, 4)


@pytest.mark.parametrize(("day", "precision"), [(date(2027, 2, 1), "month"), (date(2027, 1, 1), "year")])
def test_a_month_gives_no_deadlines(ssu, editor, day, precision):
    meeting = actions.plan_meeting(body=ssu, values=when(day, precision), by=editor)

    assert meeting.deadlines.count() == 0
    assert meeting.get_absolute_url() == f"/moter/ssu/{'2027-02' if precision == 'month' else '2027'}/"


def move(meeting, editor, values, reason=""):
    return actions.move_meeting(
        meeting=meeting, values=values, reason=reason, version=newest_version(meeting), by=editor
    )


WRONG = {
    "no day": when(None),
    "unknown without a reason": when(None, "unknown"),
    "unknown with a day": when(DAY, "unknown", unknown_reason="x"),
    "a year that cannot be": when(date(1925, 2, 18)),
    "a time without a day": when(date(2027, 2, 1), "month", starts_at=at(DAY)),
    "an end before the beginning": when(starts_at=at(DAY, 12), ends_at=at(DAY, 11)),
    "an end alone": when(ends_at=at(DAY, 11)),
    "HTML": when(place="<script>alert(1)</script>"),
}


@pytest.mark.parametrize("why", WRONG)
def test_what_cannot_be_planned(ssu, editor, why):
    with pytest.raises(rules.NotAllowed):
        actions.plan_meeting(body=ssu, values=WRONG[why], by=editor)

    assert Meeting.objects.count() == 0


def test_a_body_has_one_meeting_a_day_unless_the_other_is_cancelled(ssu, editor):
    first = actions.plan_meeting(body=ssu, values=when(), by=editor)
    with pytest.raises(rules.NotAllowed):
        actions.plan_meeting(body=ssu, values=when(), by=editor)

    actions.cancel_meeting(meeting=first, reason="For få saker.", by=editor)
    assert actions.plan_meeting(body=ssu, values=when(), by=editor).pk != first.pk


def test_a_body_that_is_gone_does_not_meet(editor):
    body = create_body(valid_to=date(2021, 12, 31))
    with pytest.raises(rules.NotAllowed):
        actions.plan_meeting(body=body, values=when(), by=editor)


def test_moving_takes_along_the_deadlines_not_yet_kept(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(), by=editor)
    actions.mark_deadline(meeting=meeting, kind="items", by=editor)

    moved, deadlines = move(meeting, editor, when(DAY + timedelta(7)))

    assert list(map(str, deadlines)) == [
        "saker til leder og nestleder 28.01.2027 → 04.02.2027",
        "innkalling 04.02.2027 → 11.02.2027",
        "utkast til protokoll 25.02.2027 → 04.03.2027",
    ]
    assert moved.deadlines.get(kind="items").due_on == date(2027, 1, 21)
    assert (moved.sequence, moved.get_absolute_url()) == (1, "/moter/ssu/2027-02-25/")
    assert MeetingMove.objects.get().old_day == DAY


def test_those_called_are_told_of_a_move_and_the_deputys_window_follows(ssu, ssu_member, deputy, editor):
    meeting = create_meeting(body=ssu, on=DAY)
    actions.call_meeting(meeting=meeting, by=editor)
    row = call_deputy(meeting=meeting, seat=Seat.objects.get(person=deputy), closes_on=DAY + timedelta(14))

    move(meeting, editor, when(DAY + timedelta(7)), "Vinterferie.")

    row.refresh_from_db()
    assert row.closes_on == DAY + timedelta(7 + ssu.deputy_days)
    assert set(Notice.objects.filter(kind="moved").values_list("person", "text")) == {
        (person.pk, "Møtet var satt opp til 18.02.2027.\n\nVinterferie.") for person in (ssu_member, deputy)
    }


@pytest.mark.parametrize(("values", "is_told"), [({"place": "Hamar"}, True), ({"note": "Lunsj."}, False)])
def test_those_called_are_told_of_a_new_place(ssu, ssu_member, editor, values, is_told):
    meeting = create_meeting(body=ssu, on=DAY)
    actions.call_meeting(meeting=meeting, by=editor)
    actions.change_meeting(meeting=meeting, values=values, due={}, version=newest_version(meeting), by=editor)

    assert Notice.objects.filter(kind="changed", person=ssu_member).exists() == is_told


def test_nobody_is_told_of_a_plan_that_moves(ssu, ssu_member, editor):
    meeting = create_meeting(body=ssu, on=DAY)
    move(meeting, editor, when(DAY + timedelta(7)))

    assert Notice.objects.count() == 0


def test_moving_to_where_it_is_changes_nothing(ssu, editor):
    meeting = create_meeting(body=ssu, on=DAY)
    with pytest.raises(rules.NotAllowed):
        move(meeting, editor, when())

    assert (MeetingMove.objects.count(), LogEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("state", ["held", "drafted", "approved", "archived", "cancelled"])
def test_a_meeting_that_is_over_is_not_moved(ssu, editor, state):
    with pytest.raises(rules.NotAllowed):
        move(create_meeting(body=ssu, state=state), editor, when(date(2028, 1, 6)))


def test_losing_its_day_loses_the_deadlines_not_kept(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(), by=editor)
    _moved, deadlines = move(meeting, editor, when(date(2027, 3, 1), "month"))

    assert (meeting.deadlines.count(), len(deadlines)) == (0, 4)
    assert str(deadlines[2]) == "innkalling 04.02.2027 → –"


def test_cancelling_says_why_and_tells_those_called(ssu, ssu_member, editor):
    meeting = create_meeting(body=ssu, on=DAY)
    actions.call_meeting(meeting=meeting, by=editor)
    with pytest.raises(rules.NotAllowed):
        actions.cancel_meeting(meeting=meeting, reason="  ", by=editor)
    actions.cancel_meeting(meeting=meeting, reason="For få saker.", by=editor)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason, meeting.sequence) == ("cancelled", "For få saker.", 1)
    assert Notice.objects.get(kind="cancelled").person == ssu_member
    assert Attendance.objects.count() == 1


def test_a_meeting_is_held_when_its_day_has_come(ssu, editor):
    today = timezone.localdate()
    future = create_meeting(body=ssu, on=today + timedelta(1), state="published")
    with pytest.raises(rules.NotAllowed):
        actions.hold_meeting(meeting=future, by=editor)

    meeting = create_meeting(body=ssu, on=today, state="published")
    actions.hold_meeting(meeting=meeting, by=editor)
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.HELD


def test_a_meeting_marked_as_held_by_mistake_goes_back(ssu, editor):
    meeting = create_meeting(body=ssu, on=timezone.localdate(), state="held")
    item = create_item(meeting=meeting)
    actions.take_back_holding(meeting=meeting, by=editor)
    meeting.refresh_from_db()
    assert meeting.state == "called"

    actions.hold_meeting(meeting=meeting, by=editor)
    type(item).objects.filter(pk=item.pk).update(outcome="treated")
    with pytest.raises(rules.NotAllowed, match="ført utfall"):
        actions.take_back_holding(meeting=meeting, by=editor)
    actions.start_minutes(meeting=meeting, by=editor)
    with pytest.raises(rules.NotAllowed, match="ikke som holdt"):
        actions.take_back_holding(meeting=meeting, by=editor)


STATES = Meeting.State.values


@pytest.mark.parametrize(("now", "to"), list(product(STATES, STATES)))
def test_every_pair_of_states(now, to):
    allowed = {
        ("planned", "called"), ("planned", "cancelled"),
        ("called", "published"), ("called", "held"), ("called", "cancelled"),
        ("published", "published"), ("published", "held"), ("published", "cancelled"),
        ("held", "drafted"), ("drafted", "approved"), ("approved", "drafted"), ("approved", "archived"), ("archived", "drafted"),
    }  # fmt: skip
    meeting = Meeting(state=now)
    if (now, to) in allowed:
        rules.check_meeting_step(meeting, to)
    else:
        with pytest.raises(rules.NotAllowed):
            rules.check_meeting_step(meeting, to)


def change(meeting, editor, version, **fields):
    facts = {
        name: getattr(meeting, name)
        for name in ("place", "digital_url", "note", "archive_ref", "starts_at", "ends_at")
    }
    return actions.change_meeting(
        meeting=meeting, values={**facts, **fields}, due={}, version=version, by=editor
    )


def test_two_editors_do_not_overwrite_each_other(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(), by=editor)
    seen = newest_version(meeting)
    change(meeting, editor, seen, place="Hamar")
    with pytest.raises(FactsChanged) as conflict:
        change(meeting, editor, seen, place="Gjøvik")

    meeting.refresh_from_db()
    assert meeting.place == "Hamar"
    assert [(one.label, one.old, one.new) for one in conflict.value.changes] == [("Sted", "", "Hamar")]


def test_the_same_form_twice_is_no_conflict(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(), by=editor)
    seen = newest_version(meeting)
    change(meeting, editor, seen, place="Hamar")

    assert change(meeting, editor, seen, place="Hamar").sequence == 1


def test_a_deadline_is_changed_by_hand(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(), by=editor)
    actions.change_meeting(
        meeting=meeting, values={}, due={"notice": date(2027, 2, 5)}, version=None, by=editor
    )

    assert Deadline.objects.get(meeting=meeting, kind="notice").due_on == date(2027, 2, 5)


def test_archiving_needs_the_archive_case(ssu, editor):
    meeting = create_meeting(body=ssu, state="approved")
    with pytest.raises(rules.NotAllowed):
        actions.archive_meeting(meeting=meeting, archive_ref=" ", by=editor)
    actions.archive_meeting(meeting=meeting, archive_ref="2025/1234", by=editor)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.archive_ref, meeting.archived_by) == ("archived", "2025/1234", editor)


def test_the_cases_of_a_cancelled_meeting_are_postponed(ssu, editor):
    meeting = create_meeting(body=ssu, on=DAY, state="published")
    listed = create_item(meeting=meeting).case
    withdrawn = create_item(
        meeting=meeting, case=create_case(body=ssu, state="withdrawn", announced=True), outcome="withdrawn"
    ).case
    draft = create_item(meeting=meeting, case=create_case(body=ssu, state="draft"), released=False).case
    actions.cancel_meeting(meeting=meeting, reason="For få saker.", by=editor)

    outcomes = dict(meeting.items.values_list("case", "outcome"))
    assert outcomes == {listed.pk: "postponed", withdrawn.pk: "withdrawn", draft.pk: "not_recorded"}
    assert [Case.objects.get(pk=case.pk).state for case in (listed, withdrawn, draft)] == [
        "postponed",
        "withdrawn",
        "draft",
    ]
    other = create_meeting(body=ssu, on=DAY + timedelta(7))
    for case in (listed, draft):
        actions.put_on_agenda(meeting=other, case=Case.objects.get(pk=case.pk), by=editor)
    assert other.items.count() == 2


def test_a_move_made_from_an_old_page_is_told(ssu, editor):
    meeting = create_meeting(body=ssu, on=DAY)
    seen = newest_version(meeting)
    move(meeting, editor, when(DAY + timedelta(7)))
    with pytest.raises(FactsChanged):
        actions.move_meeting(
            meeting=meeting, values=when(DAY + timedelta(14)), reason="", version=seen, by=editor
        )

    meeting.refresh_from_db()
    assert (meeting.day, MeetingMove.objects.count()) == (DAY + timedelta(7), 1)


def test_a_meeting_does_not_move_onto_another(ssu, editor):
    create_meeting(body=ssu, on=DAY)
    meeting = create_meeting(body=ssu, on=DAY + timedelta(7))
    with pytest.raises(rules.NotAllowed):
        move(meeting, editor, when())

    assert MeetingMove.objects.count() == 0


@pytest.mark.parametrize(
    ("on", "precision", "state", "is_coming"),
    [
        (date(2027, 2, 18), "day", "planned", True),
        (date(2027, 2, 17), "day", "published", False),
        (date(2027, 2, 18), "day", "held", False),
        (date(2027, 3, 1), "day", "cancelled", False),
        (date(2027, 2, 1), "month", "planned", True),
        (date(2027, 1, 1), "month", "planned", False),
        (date(2027, 1, 1), "year", "planned", True),
        (date(2026, 1, 1), "year", "planned", False),
        (date(2027, 2, 15), "week", "planned", True),
        (date(2027, 2, 8), "week", "planned", False),
        (None, "unknown", "planned", True),
        (None, "unknown", "published", False),
        (None, "unknown", "held", False),
    ],
)
def test_which_meetings_are_coming(ssu, on, precision, state, is_coming):
    create_meeting(body=ssu, on=on, precision=precision, state=state)

    assert Meeting.objects.coming(date(2027, 2, 18)).exists() == is_coming


@pytest.mark.parametrize("state", Meeting.State.values)
def test_only_what_is_held_is_taken_out_to_the_archive(state):
    meeting = Meeting(state=state)
    if state in {"held", "drafted", "approved", "archived"}:
        check_exporting(meeting)
    else:
        with pytest.raises(rules.NotAllowed):
            check_exporting(meeting)


def test_an_archive_case_is_no_identity_number(ssu, editor):
    with pytest.raises(rules.NotAllowed):
        actions.archive_meeting(
            meeting=create_meeting(body=ssu, state="approved"), archive_ref="13097248022", by=editor
        )


def test_the_trail_tells_of_hours(ssu, editor):
    meeting = actions.plan_meeting(body=ssu, values=when(starts_at=at(DAY, 9)), by=editor)
    change(meeting, editor, newest_version(meeting), starts_at=at(DAY, 10))

    (line,) = log_lines(LogEntry.objects.about(meeting).filter(verb="endret"))
    assert [(one.old, one.new) for one in line.changes] == [
        ("18.02.2027 kl.\u00a009.00", "18.02.2027 kl.\u00a010.00")
    ]
