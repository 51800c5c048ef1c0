"""From what is recorded of a meeting to approved minutes, and their correction."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import LogEntry
from helsefellesskap import pdf
from meetings import actions, rules
from meetings.actions.decisions import ItemChanged
from meetings.actions.minutes import MinutesChanged
from meetings.documents.minutes import content_of, minutes_data, minutes_for
from meetings.models import (
    Approval,
    Attendance,
    Body,
    Case,
    Concern,
    DecisionPoint,
    Meeting,
    Minutes,
    Notice,
    Recusal,
    Seat,
    StrategicPriority,
)
from meetings.rules.decisions import Decided, check_approval, check_outcome, check_point, last_day
from portfolio.documents import log_lines
from portfolio.models import StrategicArea, StrategyPlan
from tests.factories import (
    create_case,
    create_exemption,
    create_follow_up,
    create_initiative,
    create_item,
    create_meeting,
    create_point,
    create_seat,
    create_user,
    make_ready_for_minutes,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(
        pdf, "print_document", lambda template, context: f"%PDF {context['minutes']['cases']}".encode()
    )


@pytest.fixture
def meeting(ssu):
    return create_meeting(body=ssu, on=timezone.localdate() - timedelta(1), state="held")


@pytest.fixture
def item(meeting):
    return create_item(
        meeting=meeting, case=create_case(body=meeting.body, state="listed", year=2026, seq=4, announced=True)
    )


def point(number=1, adopted="SSU vedtar dette.", outcome="adopted", **fields):
    return Decided(
        number=number, proposed=fields.pop("proposed", ""), adopted=adopted, outcome=outcome, **fields
    )


def record(item, editor, *points, outcome="treated", **fields):
    item.refresh_from_db()
    values = {
        "outcome": outcome,
        "outcome_note": "",
        "treatment": "",
        "closed_basis": "",
        **fields.pop("values", {}),
    }
    return actions.record_item(
        item=item,
        values=values,
        points=list(points),
        version=fields.pop("version", item.version),
        by=editor,
        **fields,
    )


WRONG_POINTS = {
    "decided without a text": point(adopted=" "),
    "changed into the same": point(outcome="changed", proposed="Likt.", adopted="Likt."),
    "a dissent without words": point(vote="dissent"),
    "decided without consensus": point(vote="no_consensus"),
    "no text at all": point(outcome="not_treated", adopted=""),
    "by majority where consensus rules": point(vote="majority"),
}


def test_the_trail_of_a_case_is_in_words(item, editor):
    changed = point(outcome="changed", proposed="SSU vedtar noe.")
    record(item, editor, changed, point(2), values={"outcome_note": "Etter debatt."})
    (line,) = log_lines(LogEntry.objects.about(item.case).filter(verb="førte behandling"))
    said = {change.label: change.new for change in line.changes}

    assert said["Punkter"] == "1: Vedtatt med endring, 2: Vedtatt"
    assert (said["Utfall"], said["Merknad til utfallet"]) == ("Behandlet", "Etter debatt.")


@pytest.mark.parametrize(
    ("outcome", "proposed", "is_fine"),
    [
        ("treated", "SSU vedtar noe.", True),
        ("postponed", "SSU vedtar noe.", False),
        ("not_treated", "SSU vedtar noe.", False),
        ("withdrawn", "SSU vedtar noe.", False),
        ("postponed", "", True),
        ("unknown", "SSU vedtar noe.", True),
    ],
)
def test_what_was_proposed_is_not_adopted_in_a_case_that_was_not_treated(outcome, proposed, is_fine):
    decided = Decided(number=1, proposed=proposed, adopted="SSU vedtar noe.", outcome="adopted")
    if is_fine:
        check_outcome(outcome, [decided])
    else:
        with pytest.raises(rules.NotAllowed, match="men punkt 1 er vedtatt"):
            check_outcome(outcome, [decided])


def test_a_case_that_was_treated_is_not_withdrawn(item, editor):
    record(item, editor, point())
    with pytest.raises(rules.NotAllowed, match="behandlet"):
        actions.withdraw_case(case=item.case, reason="Feil.", by=editor)


@pytest.mark.parametrize("why", WRONG_POINTS)
def test_what_cannot_be_decided(item, editor, why):
    with pytest.raises(rules.NotAllowed):
        check_point(WRONG_POINTS[why], item.meeting.body)
    with pytest.raises(rules.NotAllowed):
        record(item, editor, WRONG_POINTS[why])

    assert DecisionPoint.objects.count() == 0


def test_proposals_become_points_of_the_meeting(item, editor):
    proposal = create_point(case=item.case, outcome="proposed", text="SSU ber om en plan.")
    record(
        item,
        editor,
        point(
            proposed=proposal.proposed,
            adopted="SSU ber om et budsjett.",
            outcome="changed",
            vote="unanimous",
            key=proposal.pk,
        ),
    )

    proposal.refresh_from_db()
    item.case.refresh_from_db()
    assert (proposal.item, proposal.proposed, proposal.adopted) == (
        item,
        "SSU ber om en plan.",
        "SSU ber om et budsjett.",
    )
    assert (proposal.outcome, proposal.vote, item.case.state) == ("changed", "unanimous", "treated")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("treated", "treated"),
        ("postponed", "postponed"),
        ("not_treated", "treated"),
        ("withdrawn", "withdrawn"),
        ("unknown", "listed"),
        ("not_recorded", "listed"),
    ],
)
def test_the_case_follows_its_outcome(item, editor, outcome, state):
    record(item, editor, outcome=outcome)

    item.case.refresh_from_db()
    assert item.case.state == state


def test_a_postponed_case_goes_to_the_next_meeting(item, ssu, editor):
    later = create_meeting(body=ssu, on=date(2028, 1, 20))
    record(item, editor, outcome="postponed", postponed_to=later)

    assert list(item.case.items.values_list("meeting", flat=True)) == [item.meeting_id, later.pk]
    assert Case.objects.get().seq == 4


def test_a_point_taken_away_is_gone_unless_something_came_of_it(item, editor):
    record(item, editor, point(), point(number=2, adopted="To."))
    first, _second = DecisionPoint.objects.order_by("number")
    record(item, editor, point(key=first.pk))
    assert list(DecisionPoint.objects.all()) == [first]

    create_follow_up(case=item.case, point=first)
    with pytest.raises(rules.NotAllowed):
        record(item, editor)


def test_the_points_after_one_that_is_taken_away_take_its_number(item, editor):
    record(item, editor, *(point(number=number, adopted=f"Punkt {number}.") for number in (1, 2, 3)))
    _first, *rest = DecisionPoint.objects.order_by("number")
    record(item, editor, *(point(number=n, adopted=one.adopted, key=one.pk) for n, one in enumerate(rest, 1)))

    assert list(DecisionPoint.objects.order_by("number").values_list("number", "adopted")) == [
        (1, "Punkt 2."),
        (2, "Punkt 3."),
    ]


def test_a_body_that_decides_by_majority_may(item, editor):
    Body.objects.update(decision_rule="majority")
    record(item, editor, point(vote="majority"))

    assert DecisionPoint.objects.get().vote == "majority"


def test_a_case_is_on_a_published_agenda_before_anything_is_written_of_it(item, editor):
    item.released_at = None
    item.save()
    with pytest.raises(rules.NotAllowed, match="Publiser saklisten på nytt"):
        record(item, editor, point())


@pytest.mark.parametrize(("days", "is_fine"), [(0, True), (1, False)])
def test_decisions_are_written_down_from_the_day_of_the_meeting_on(item, editor, days, is_fine):
    day = timezone.localdate() + timedelta(days)
    Meeting.objects.filter(pk=item.meeting_id).update(state="published", day=day)
    if is_fine:
        record(item, editor, point())
    else:
        with pytest.raises(rules.NotAllowed, match="fra møtedagen av"):
            record(item, editor, point())


def test_what_a_postponed_case_proposed_waits_for_its_next_meeting(item, ssu, editor):
    proposal = create_point(case=item.case, outcome="proposed", text="SSU ber om en plan.")
    later = create_meeting(body=ssu, on=date(2028, 1, 20))
    postponed = point(proposed=proposal.proposed, adopted="", outcome="postponed", key=proposal.pk)
    record(item, editor, postponed, outcome="postponed", postponed_to=later)

    assert list(item.case.points.order_by("pk").values_list("proposed", "outcome", "item")) == [
        ("SSU ber om en plan.", "postponed", item.pk),
        ("SSU ber om en plan.", "proposed", None),
    ]


def test_the_newest_meeting_says_what_became_of_the_case(item, ssu, editor):
    record(item, editor, outcome="postponed")
    later = create_item(
        meeting=create_meeting(body=ssu, on=timezone.localdate(), state="held"), case=item.case
    )
    record(later, editor, outcome="treated")
    record(item, editor, outcome="postponed", values={"outcome_note": "Skrivefeil rettet."})

    item.case.refresh_from_db()
    assert item.case.state == "treated"


def test_an_outcome_taken_back_puts_the_case_on_the_agenda_again(item, editor):
    record(item, editor, outcome="treated")
    record(item, editor, outcome="not_recorded")

    item.case.refresh_from_db()
    assert item.case.state == "listed"


def test_two_who_record_are_told_of_each_other(item, editor):
    record(item, editor, point())
    with pytest.raises(ItemChanged):
        record(item, editor, point(adopted="Noe annet."), version=1)

    assert DecisionPoint.objects.get().adopted == "SSU vedtar dette."


@pytest.mark.parametrize("state", ["planned", "approved", "archived", "cancelled"])
def test_nothing_is_recorded_of_other_meetings(item, editor, state):
    Meeting.objects.filter(pk=item.meeting_id).update(
        state=state, cancel_reason="x" if state == "cancelled" else ""
    )
    with pytest.raises(rules.NotAllowed):
        record(item, editor, point())


def test_treatment_is_cleaned(item, editor):
    record(item, editor, values={"treatment": "<p onclick=x>God <b>samtale</b><script>1</script></p>"})

    item.refresh_from_db()
    assert item.treatment == "<p>God <strong>samtale</strong></p>"


def test_recusals_are_declared_decided_and_printed(item, ssu_member, editor):
    seat, vara = Seat.objects.get(person=ssu_member), create_seat(body=item.meeting.body, role="deputy")
    recusal = actions.declare_recusal(item=item, seat=seat, reason="Min kommune får pengene.", by=ssu_member)
    assert actions.declare_recusal(item=item, seat=seat, reason="", by=ssu_member) == recusal
    actions.decide_recusal(recusal=recusal, state="accepted", substitute=vara, by=editor)

    minutes = actions.start_minutes(meeting=item.meeting, by=editor)
    [case] = minutes_data(item.meeting, minutes, approvals=[])["cases"]
    assert case["recusals"] == [f"SSU-medlem fratrådte som inhabil. {vara.person} tiltrådte i saken."]
    assert Recusal.objects.get().state == "accepted"
    with pytest.raises(rules.NotAllowed):
        actions.decide_recusal(recusal=recusal, state="accepted", substitute=seat, by=editor)


def out_for_comments(meeting, editor):
    make_ready_for_minutes(meeting)
    minutes = actions.start_minutes(meeting=meeting, by=editor)
    actions.send_minutes(minutes=minutes, comments_due=None, by=editor)
    minutes.refresh_from_db()
    return minutes


def approve(minutes, person):
    minutes.refresh_from_db()
    return actions.approve_minutes(minutes=minutes, content=content_of(minutes), by=person)


def test_minutes_are_drafted_once(meeting, editor):
    first = actions.start_minutes(meeting=meeting, by=editor)

    assert actions.start_minutes(meeting=meeting, by=editor) == first
    meeting.refresh_from_db()
    assert meeting.state == "drafted"


def test_both_sides_approve_and_then_everything_is_locked_and_public(
    item, meeting, editor, chair, vice_chair
):
    record(item, editor, point())
    task = create_follow_up(case=item.case, point=DecisionPoint.objects.get(), released=False)
    minutes = out_for_comments(meeting, editor)

    assert approve(minutes, chair).state == "comments"
    assert DecisionPoint.objects.get().locked_at is None
    frozen = approve(minutes, vice_chair)

    meeting.refresh_from_db()
    task.refresh_from_db()
    assert (frozen.state, meeting.state) == ("approved", "approved")
    assert DecisionPoint.objects.get().locked_at is not None
    assert task.released_at is not None
    assert {approval["name"] for approval in frozen.data["approvals"]} == {chair.name, vice_chair.name}
    assert frozen.pdf.read().startswith(b"%PDF")


def truth(minutes, chair, vice_chair, editor, ssu_member):
    chair_seat, vice_seat = Seat.objects.get(person=chair), Seat.objects.get(person=vice_chair)
    given = [Approval(minutes=minutes, side="municipal", approved_by=chair)]
    return {
        "the chair first": (chair_seat, [], False, True),
        "the other side after": (vice_seat, given, False, True),
        "the same person twice": (chair_seat, given, False, False),
        "the same side twice": (
            create_seat(body=minutes.meeting.body, role="deputy_leader", side="municipal"),
            given,
            False,
            False,
        ),
        "the writer": (chair_seat, [], True, False),
        "nobody's seat": (None, [], False, False),
        "a leader from neither side": (
            create_seat(body=minutes.meeting.body, role="deputy_leader", side="user"),
            [],
            False,
            False,
        ),
    }


@pytest.mark.parametrize(
    "who",
    [
        "the chair first",
        "the other side after",
        "the same person twice",
        "the same side twice",
        "the writer",
        "nobody's seat",
        "a leader from neither side",
    ],
)
def test_who_approves(meeting, editor, chair, vice_chair, ssu_member, who):
    minutes = out_for_comments(meeting, editor)
    seat, approvals, by_writer, may = truth(minutes, chair, vice_chair, editor, ssu_member)[who]
    if may:
        check_approval(minutes, seat, approvals, by_writer=by_writer)
    else:
        with pytest.raises(rules.NotAllowed):
            check_approval(minutes, seat, approvals, by_writer=by_writer)


def test_a_draft_is_not_approved(meeting, editor, chair):
    minutes = actions.start_minutes(meeting=meeting, by=editor)
    with pytest.raises(rules.NotAllowed):
        approve(minutes, chair)


def test_the_leaders_of_ssu_approve_for_a_body_without_its_own(ssu, pa, chair, vice_chair, editor):
    pa.led_by = ssu
    pa.save()
    meeting = create_meeting(body=pa, on=date(2025, 10, 16), state="held")
    minutes = out_for_comments(meeting, editor)
    approve(minutes, vice_chair)

    assert approve(minutes, chair).state == "approved"


def test_a_change_after_an_approval_asks_for_it_again(item, meeting, editor, chair, vice_chair):
    minutes = out_for_comments(meeting, editor)
    approve(minutes, chair)
    record(item, editor, point())
    assert approve(minutes, vice_chair).state == "comments"
    assert approve(minutes, chair).state == "approved"


def test_one_approves_what_one_has_read(item, meeting, editor, chair):
    minutes = out_for_comments(meeting, editor)
    read = content_of(minutes)
    record(item, editor, point())
    with pytest.raises(MinutesChanged):
        actions.approve_minutes(minutes=minutes, content=read, by=chair)

    assert Approval.objects.count() == 0


def test_who_was_there_is_in_the_minutes(meeting, ssu_member, deputy, editor):
    seat, vara = Seat.objects.get(person=ssu_member), Seat.objects.get(person=deputy)
    Attendance.objects.create(
        meeting=meeting, seat=seat, state="excused", excused_at=timezone.now(), excused_by=ssu_member
    )
    Attendance.objects.create(
        meeting=meeting, seat=vara, state="present", stands_in_for=seat, arrived_at=time(9, 30)
    )
    said = minutes_data(meeting, actions.start_minutes(meeting=meeting, by=editor), approvals=[])

    assert [(row["name"], row["note"]) for row in said["present"]] == [
        ("Vara", "for SSU-medlem, kom kl. 09.30")
    ]
    assert [row["name"] for row in said["excused"]] == ["SSU-medlem"]


def test_the_public_reads_the_public_title_of_an_exempt_case(meeting, editor):
    case = create_case(
        body=meeting.body,
        title="Oppsigelse av Navnesen",
        state="listed",
        announced=True,
        exemption=create_exemption(),
        public_title="Personalsak",
    )
    item = create_item(meeting=meeting, case=case)
    record(
        item,
        editor,
        point(adopted="Navnesen slutter."),
        values={"treatment": "<p>Om Navnesen</p>", "outcome_note": "Navnesen"},
    )
    said = minutes_data(meeting, actions.start_minutes(meeting=meeting, by=editor), approvals=[])

    assert "Navnesen" not in repr(minutes_for(said, is_inside=False))
    assert repr(minutes_for(said, is_inside=True)).count("Navnesen") == 4


def test_a_decision_to_start_and_one_of_a_mandate_change_the_initiative(
    item, meeting, editor, chair, vice_chair
):
    started, mandated, informed = (create_initiative() for _number in range(3))
    for initiative, kind in ((started, "start"), (mandated, "mandate"), (informed, "information")):
        Concern.objects.create(case=item.case, initiative=initiative, kind=kind)
    record(item, editor, point())
    minutes = out_for_comments(meeting, editor)
    approve(minutes, chair)
    approve(minutes, vice_chair)

    for initiative in (started, mandated, informed):
        initiative.refresh_from_db()
    reference = f"{meeting}, sak 4/26"
    assert (started.decided_on, started.decided_precision, started.decided_reference) == (
        meeting.day,
        "day",
        reference,
    )
    assert (mandated.mandate_state, mandated.mandate_reference) == ("approved", reference)
    assert (informed.decided_on, informed.mandate_state) == (None, "none")
    assert started.history.first().history_user == vice_chair


def test_what_was_not_decided_changes_no_initiative(item, meeting, editor, chair, vice_chair):
    initiative = create_initiative()
    Concern.objects.create(case=item.case, initiative=initiative, kind="start")
    record(item, editor, point(outcome="not_treated", vote="no_consensus"), outcome="not_treated")
    minutes = out_for_comments(meeting, editor)
    approve(minutes, chair)
    approve(minutes, vice_chair)

    initiative.refresh_from_db()
    assert initiative.decided_on is None


def approved(item, meeting, editor, chair, vice_chair):
    record(item, editor, point())
    minutes = out_for_comments(meeting, editor)
    approve(minutes, chair)
    return approve(minutes, vice_chair)


def test_a_correction_is_a_new_version_and_new_rows(item, meeting, editor, chair, vice_chair):
    first = approved(item, meeting, editor, chair, vice_chair)
    locked = DecisionPoint.objects.get()
    with pytest.raises(rules.NotAllowed):
        record(item, editor, point(adopted="Rettet.", key=locked.pk))
    with pytest.raises(rules.NotAllowed):
        actions.correct_minutes(meeting=meeting, note=" ", by=editor)

    second = actions.correct_minutes(meeting=meeting, note="Skrivefeil i punkt 1.", by=editor)
    record(item, editor, point(adopted="Rettet.", key=locked.pk))
    record(item, editor, point(adopted="Rettet igjen.", key=locked.correction.pk))
    assert list(DecisionPoint.objects.standing().values_list("adopted", flat=True)) == [
        "SSU vedtar dette.",
        "Rettet igjen.",
    ]
    actions.send_minutes(minutes=second, comments_due=None, by=editor)
    approve(second, chair)
    second = approve(second, vice_chair)

    assert [one.adopted for one in DecisionPoint.objects.standing()] == ["Rettet igjen."]
    assert (second.number, second.state, second.data["correction_note"]) == (
        2,
        "approved",
        "Skrivefeil i punkt 1.",
    )
    first.refresh_from_db()
    assert first.data["cases"][0]["points"][0]["text"] == "SSU vedtar dette."
    assert second.data["cases"][0]["points"] == [
        {
            "number": 1,
            "text": "Rettet igjen.",
            "proposed": "",
            "is_decided": True,
            "outcome": "Vedtatt",
            "vote": "",
            "dissent": "",
            "is_corrected": True,
        }
    ]


def test_a_correction_is_corrected_again(item, meeting, editor, chair, vice_chair):
    approved(item, meeting, editor, chair, vice_chair)
    for number, text in enumerate(("Rettet.", "Rettet igjen."), start=2):
        minutes = actions.correct_minutes(meeting=meeting, note="Skrivefeil.", by=editor)
        record(item, editor, point(adopted=text, key=DecisionPoint.objects.standing().get().pk))
        actions.send_minutes(minutes=minutes, comments_due=None, by=editor)
        approve(minutes, chair)
        assert approve(minutes, vice_chair).data["cases"][0]["points"][0]["text"] == text
        assert DecisionPoint.objects.count() == number

    assert [one.adopted for one in DecisionPoint.objects.standing()] == ["Rettet igjen."]


def test_a_correction_that_is_taken_back_is_none(item, meeting, editor, chair, vice_chair):
    approved(item, meeting, editor, chair, vice_chair)
    locked = DecisionPoint.objects.get()
    actions.correct_minutes(meeting=meeting, note="Skrivefeil.", by=editor)
    record(item, editor, point(adopted="Feil.", key=locked.pk))
    record(item, editor, point(key=locked.correction.pk))

    assert list(DecisionPoint.objects.all()) == [locked]


def test_a_decision_does_not_become_a_proposal_again(item, meeting, editor, chair, vice_chair):
    approved(item, meeting, editor, chair, vice_chair)
    actions.correct_minutes(meeting=meeting, note="Skrivefeil.", by=editor)
    with pytest.raises(rules.NotAllowed, match="kan ikke bli et forslag igjen"):
        record(item, editor, point(outcome="proposed", key=DecisionPoint.objects.get().pk))


def test_archived_minutes_are_corrected_too(item, meeting, editor, chair, vice_chair):
    approved(item, meeting, editor, chair, vice_chair)
    actions.archive_meeting(meeting=meeting, archive_ref="2026/12", by=editor)
    assert actions.correct_minutes(meeting=meeting, note="Sted.", by=editor).number == 2


def test_a_locked_point_left_as_it_is_gets_no_correction(item, meeting, editor, chair, vice_chair):
    approved(item, meeting, editor, chair, vice_chair)
    actions.correct_minutes(meeting=meeting, note="Sted.", by=editor)
    record(item, editor, point(key=DecisionPoint.objects.get().pk))

    assert DecisionPoint.objects.count() == 1


def test_a_locked_point_is_not_taken_away(item, meeting, editor, chair, vice_chair):
    approved(item, meeting, editor, chair, vice_chair)
    actions.correct_minutes(meeting=meeting, note="Sted.", by=editor)
    with pytest.raises(rules.NotAllowed):
        record(item, editor)


def test_minutes_that_lack_something_are_not_sent(item, meeting, editor, chair, vice_chair):
    create_point(case=item.case, outcome="proposed")
    item.case.points.update(item=None)
    minutes = actions.start_minutes(meeting=meeting, by=editor)
    said = [(problem.sentence, problem.is_blocking) for problem in actions.sending_problems(meeting)]
    assert said == [
        ("Oppmøtet er ikke ført.", True),
        (f"«4/26 {item.case.title}» har ikke utfall. Før det, eller velg «Ukjent».", True),
    ]
    with pytest.raises(rules.NotAllowed, match="Oppmøtet er ikke ført"):
        actions.send_minutes(minutes=minutes, comments_due=None, by=editor)

    make_ready_for_minutes(meeting)
    record(item, editor, outcome="treated")
    [problem] = actions.sending_problems(meeting)
    assert "fortsatt er forslag" in problem.sentence


def test_a_body_without_leaders_of_both_sides_is_told_before_the_minutes_go_out(meeting, editor, chair):
    make_ready_for_minutes(meeting)
    [problem] = actions.sending_problems(meeting)

    assert ("hver sin side" in problem.sentence, problem.is_blocking) == (True, False)


def test_minutes_are_sent_to_those_who_were_called(meeting, ssu_member, editor):
    out_for_comments(meeting, editor)

    assert Notice.objects.filter(kind="minutes", person=ssu_member).count() == 1


def test_comments_are_kept_once(meeting, editor, ssu_member):
    minutes = out_for_comments(meeting, editor)
    for _number in range(2):
        actions.comment_minutes(minutes=minutes, text="Feil navn.", by=ssu_member)

    assert minutes.comments.count() == 1
    with pytest.raises(rules.NotAllowed):
        actions.comment_minutes(minutes=minutes, text=" ", by=ssu_member)


def test_what_stands_before_the_cases_is_saved_by_version(meeting, editor):
    minutes = actions.start_minutes(meeting=meeting, by=editor)
    saved = actions.save_minutes(
        minutes=minutes, opening="<p>Velkommen</p>", closing="", version=1, by=editor
    )
    assert (saved.version, saved.opening) == (2, "<p>Velkommen</p>")
    with pytest.raises(MinutesChanged):
        actions.save_minutes(minutes=minutes, opening="<p>Noe annet</p>", closing="", version=1, by=editor)


@pytest.mark.parametrize(
    ("due", "precision", "expected"),
    [
        (date(2025, 9, 18), "day", date(2025, 9, 18)),
        (date(2025, 9, 15), "week", date(2025, 9, 21)),
        (date(2025, 9, 1), "month", date(2025, 9, 30)),
        (date(2026, 2, 1), "month", date(2026, 2, 28)),
        (date(2025, 12, 1), "month", date(2025, 12, 31)),
        (date(2025, 1, 1), "year", date(2025, 12, 31)),
        (None, "unknown", None),
    ],
)
def test_the_last_day_of_what_is_due(due, precision, expected):
    assert last_day(due, precision) == expected


def test_a_priority_points_at_the_decision_that_made_it(item):
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    area = StrategicArea.objects.create(plan=plan, slug="digitalt", name="Digitalt", order=1)
    priority = StrategicPriority.objects.create(area=area, year=2026, point=create_point(item=item))

    assert list(area.priorities.all()) == [priority]


def test_the_writer_is_never_among_those_who_approved(meeting, chair, vice_chair, editor):
    minutes = out_for_comments(meeting, editor)
    Minutes.objects.filter(pk=minutes.pk).update(written_by=chair)
    with pytest.raises(rules.NotAllowed):
        approve(minutes, chair)
    with pytest.raises(rules.NotAllowed):
        approve(minutes, create_user(role="leader"))
