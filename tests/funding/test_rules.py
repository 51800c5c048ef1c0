"""Is it in order, and may they? Every rule by truth table, mostly on objects that were never saved."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Organisation, Role, User
from funding import permissions, rules
from funding.models import Allocation, Balance, FundingRound, Grant, Proposal, Source, SpendingReport
from funding.rules import NotAllowed, Told
from helsefellesskap.money import kroner
from meetings.models import AgendaItem, DecisionPoint, Meeting
from portfolio.models import Initiative, ProgramArea
from tests.factories import at

TODAY = date(2025, 10, 1)


def refusal(act) -> NotAllowed | None:
    try:
        act()
    except NotAllowed as no:
        return no
    return None


# Steps

ROUND_STEPS = {
    ("open", "prioritising"),
    ("prioritising", "open"),
    ("prioritising", "decided"),
    ("decided", "closed"),
}
PROPOSAL_STEPS = {
    ("draft", "submitted"),
    ("submitted", "draft"),
    ("submitted", "prioritised"),
    ("submitted", "declined"),
    ("prioritised", "submitted"),
    ("prioritised", "declined"),
    ("declined", "submitted"),
}
ALLOCATION_STEPS = {
    ("planned", "allocated"),
    ("planned", "cancelled"),
    ("allocated", "paid"),
    ("allocated", "carried"),
    ("allocated", "cancelled"),
    ("paid", "reported"),
    ("paid", "returned"),
    ("paid", "carried"),
    ("reported", "returned"),
    ("reported", "carried"),
}


def pairs(states):
    return list(product(states.values, repeat=2))


@pytest.mark.parametrize(("now", "to"), pairs(FundingRound.State))
def test_every_pair_of_states_of_a_round(now, to):
    no = refusal(
        lambda: rules.check_round_step(FundingRound(state=now), to, decision=DecisionPoint(outcome="adopted"))
    )

    assert (no is None) == ((now, to) in ROUND_STEPS)
    assert no is None or "kan ikke bli" in str(no)


@pytest.mark.parametrize(("now", "to"), pairs(Proposal.State))
def test_every_pair_of_states_of_a_proposal(now, to):
    no = refusal(lambda: rules.check_proposal_step(Proposal(state=now), to))

    assert (no is None) == ((now, to) in PROPOSAL_STEPS)
    assert no is None or "kan ikke bli" in str(no)


@pytest.mark.parametrize(("now", "to"), pairs(Allocation.State))
def test_every_pair_of_states_of_an_allocation(now, to):
    no = refusal(lambda: rules.check_allocation_step(Allocation(state=now), to))

    assert (no is None) == ((now, to) in ALLOCATION_STEPS)
    assert no is None or "kan ikke bli" in str(no)


def test_a_refused_step_says_both_states_in_words():
    no = refusal(lambda: rules.check_allocation_step(Allocation(state="paid"), "cancelled"))

    assert str(no) == "En tildeling som er «utbetalt», kan ikke bli «trukket»."


@pytest.mark.parametrize("to", FundingRound.State.values)
def test_a_round_is_decided_by_a_decision_only(to):
    no = refusal(lambda: rules.check_round_step(FundingRound(state="prioritising"), to, decision=None))

    assert (no.field if no else "ok") == {"open": "ok", "decided": "decision"}.get(to)


@pytest.mark.parametrize(
    ("state", "closes_on", "words"),
    [
        ("open", None, None),
        ("open", TODAY, None),
        ("open", date(2025, 9, 30), "Fristen for innspill var 30.09.2025."),
        ("prioritising", None, "«under prioritering»"),
        ("decided", date(2026, 1, 1), "«vedtatt»"),
        ("closed", None, "«avsluttet»"),
    ],
)
def test_a_round_takes_proposals_while_it_is_open_and_the_day_has_not_passed(state, closes_on, words):
    round_ = FundingRound(state=state, closes_on=closes_on)
    no = refusal(lambda: rules.check_round_takes_proposals(round_, TODAY))

    assert words in str(no) if words else no is None


@pytest.mark.parametrize("state", FundingRound.State.values)
def test_proposals_are_answered_while_the_round_is_prioritised(state):
    no = refusal(lambda: rules.check_round_is_prioritised(FundingRound(state=state)))

    assert (no is None) == (state == "prioritising")


# Money

EXACT = Balance(
    frame=1_000_000,
    slack=0,
    transferred_in=300_000,
    allocated_new=600_000,
    allocated_carried=100_000,
    out_new=50_000,
    out_carried=20_000,
)
ROUNDED = replace(EXACT, slack=50_000)
LEFT = {Source.NEW: 350_000, Source.CARRIED: 180_000}


def test_a_balance_keeps_new_and_carried_money_apart():
    assert EXACT.available == 1_300_000
    assert (EXACT.allocated, EXACT.transferred_out) == (700_000, 70_000)
    assert (EXACT.remainder_new, EXACT.remainder_carried, EXACT.remainder) == (350_000, 180_000, 530_000)
    assert {source: EXACT.left(source) for source in Source} == LEFT
    assert EXACT.available == EXACT.allocated + EXACT.transferred_out + EXACT.remainder
    assert (EXACT.is_rounded, ROUNDED.is_rounded) == (False, True)


@pytest.mark.parametrize(
    ("balance", "source", "more", "answer"),
    [
        (EXACT, Source.NEW, -1, None),
        (EXACT, Source.NEW, 0, None),
        (EXACT, Source.NEW, 1, "no"),
        (EXACT, Source.CARRIED, 0, None),
        (EXACT, Source.CARRIED, 1, "no"),
        (ROUNDED, Source.NEW, 0, None),
        (ROUNDED, Source.NEW, 1, "told"),
        (ROUNDED, Source.NEW, 50_000, "told"),
        (ROUNDED, Source.NEW, 50_001, "no"),
        (ROUNDED, Source.CARRIED, 0, None),
        (ROUNDED, Source.CARRIED, 1, "no"),
        (ROUNDED, Source.CARRIED, 50_000, "no"),
    ],
)
def test_money_is_there_up_to_what_is_left_and_a_rounded_frame_gives_half_its_step(
    balance, source, more, answer
):
    said = []

    def check():
        said.append(rules.check_money_is_there(balance, LEFT[source] + more, source=source, field="sum"))

    no = refusal(check)
    if answer == "no":
        assert no.field == "sum"
        assert kroner(LEFT[source]) in str(no)
        assert f"{kroner(more)} for mye" in str(no)
        assert ("nye midler" if source == Source.NEW else "overførte midler") in str(no)
        assert ("ca. " in str(no)) == (balance is ROUNDED and source == Source.NEW)
    elif answer == "told":
        assert isinstance(said[0], Told)
        assert f"{kroner(more)} mer enn rammen" in said[0].sentence
        assert kroner(50_000) in said[0].sentence
    else:
        assert said == [None]


def test_what_is_overdrawn_already_is_told_as_nothing_left():
    overdrawn = replace(ROUNDED, allocated_new=970_000)

    no = refusal(lambda: rules.check_money_is_there(overdrawn, 40_000, source=Source.NEW))

    assert str(no) == (
        f"Det er ca. {kroner(0)} igjen av nye midler. {kroner(40_000)} er {kroner(40_000)} for mye."
    )
    assert rules.check_money_is_there(overdrawn, 30_000, source=Source.NEW) is not None


@pytest.mark.parametrize(
    ("balance", "frame", "is_refused"),
    [
        (EXACT, 650_000, False),
        (EXACT, 649_999, True),
        (ROUNDED, 600_000, False),
        (ROUNDED, 599_999, True),
    ],
)
def test_a_frame_is_never_less_than_what_is_used_of_it(balance, frame, is_refused):
    no = refusal(lambda: rules.check_frame(replace(balance, frame=frame)))

    assert (no is not None) == is_refused
    if no:
        assert no.field == "amount"
        assert kroner(650_000) in str(no)


def test_more_spent_than_allocated_is_told():
    assert rules.report_is_told(SpendingReport(spent=100), 100) is None
    assert kroner(1) in rules.report_is_told(SpendingReport(spent=101), 100).sentence


@pytest.mark.parametrize(
    ("keys", "schemes", "words"),
    [
        ((1, 2), (1, 1), None),
        ((1, 1), (1, 1), "et annet tilskudd"),
        ((1, 2), (1, 2), "samme tilskuddsordning"),
    ],
)
def test_money_moves_within_a_scheme(keys, schemes, words):
    ends = [Grant(pk=key, scheme_id=scheme) for key, scheme in zip(keys, schemes, strict=True)]

    no = refusal(lambda: rules.check_same_scheme(*ends))

    assert words in str(no) and no.field == "to_grant" if words else no is None


@pytest.mark.parametrize("state", Allocation.State.values)
@pytest.mark.parametrize(("is_another", "reason"), [(False, ""), (True, " "), (True, "Feil tiltak.")])
def test_what_is_over_stays_and_decided_money_is_for_something_else_with_a_reason(state, is_another, reason):
    no = refusal(
        lambda: rules.check_facts_change(Allocation(state=state), is_another=is_another, reason=reason)
    )

    if state in {"returned", "carried", "cancelled"}:
        assert "kan ikke endres" in str(no)
    elif state != "planned" and is_another and not reason.strip():
        assert no.field == "reason"
    else:
        assert no is None


# Days and decisions


def decided(day: date | None, precision: str = "day") -> DecisionPoint:
    return DecisionPoint(outcome="adopted", item=AgendaItem(meeting=Meeting(day=day, precision=precision)))


MEETING = date(2025, 2, 20)
ADOPTED = {"adopted", "changed"}


@pytest.mark.parametrize(
    ("on", "decision", "earliest", "answer"),
    [
        (TODAY, None, None, TODAY),
        (date(2000, 1, 1), None, None, date(2000, 1, 1)),
        (None, decided(MEETING), None, MEETING),
        (date(2025, 3, 1), decided(MEETING), None, date(2025, 3, 1)),
        (MEETING, None, MEETING, MEETING),
        (None, None, None, "Den framgår ikke"),
        (None, DecisionPoint(), None, "Den framgår ikke"),
        (None, decided(MEETING, "month"), None, "Den framgår ikke"),
        (None, decided(None, "unknown"), None, "Den framgår ikke"),
        (date(2025, 10, 2), None, None, "fram i tid"),
        (None, decided(date(2025, 10, 2)), None, "fram i tid"),
        (date(1999, 12, 31), None, None, "for langt tilbake"),
        (date(2025, 2, 19), None, MEETING, "før 20.02.2025, da det forrige skjedde"),
        (date(2025, 2, 19), decided(MEETING), None, "før vedtaket, 20.02.2025"),
        (date(2025, 2, 19), decided(MEETING, "month"), None, date(2025, 2, 19)),
    ],
)
def test_the_day_is_given_or_the_meetings_and_never_to_come(on, decision, earliest, answer):
    found = []

    def check():
        found.append(
            rules.check_day(on, decision=decision, earliest=earliest, today=TODAY, field="the_field")
        )

    no = refusal(check)
    if isinstance(answer, date):
        assert found == [answer]
    else:
        assert answer in str(no)
        assert no.field == "the_field"


@pytest.mark.parametrize(
    ("outcome", "is_locked", "words"),
    [
        ("adopted", True, None),
        ("changed", True, None),
        ("adopted", False, "ikke godkjent ennå"),
        ("changed", False, "ikke godkjent ennå"),
        *((outcome, True, "ikke vedtatt") for outcome in sorted({*DecisionPoint.Outcome.values} - ADOPTED)),
    ],
)
def test_money_is_allocated_by_what_was_adopted_in_approved_minutes(outcome, is_locked, words):
    decision = DecisionPoint(outcome=outcome, locked_at=at(TODAY) if is_locked else None)

    no = refusal(lambda: rules.check_decision(decision))

    assert (no is None) == (words is None)
    if no:
        assert words in str(no)
        assert no.field == "decision"


def test_no_decision_is_asked_for():
    assert refusal(lambda: rules.check_decision(None)).field == "decision"


@pytest.mark.parametrize(
    ("initiative", "label", "area", "field"),
    [
        (True, "", False, "ok"),
        (False, "Noe nytt", True, "ok"),
        (True, "Noe nytt", False, "label"),
        (True, "", True, "program_area"),
        (True, "Noe nytt", True, "label"),
        (False, "", False, "initiative"),
        (False, "  ", True, "initiative"),
        (False, "Noe nytt", False, "program_area"),
    ],
)
def test_money_is_for_an_initiative_or_for_something_with_an_area(initiative, label, area, field):
    values = {
        "initiative": Initiative(title="Tiltak") if initiative else None,
        "label": label,
        "program_area": ProgramArea(name="Område") if area else None,
    }

    no = refusal(lambda: rules.check_purpose(values, label="label"))

    assert (no.field if no else "ok") == field


# The cast: who may

OURS, THEIRS = Organisation(pk=1, name="Valdres"), Organisation(pk=2, name="Utkanten")
CAST = {
    "public": AnonymousUser(),
    "member": User(pk=1),
    "admin": User(pk=2, role=Role.ADMIN),
    "leader": User(pk=3, role=Role.LEADER),
    "editor": User(pk=4, role=Role.EDITOR),
    "contributor": User(pk=5, role=Role.CONTRIBUTOR, organisation=OURS),
    "colleague": User(pk=6, role=Role.CONTRIBUTOR, organisation=OURS),
    "outsider": User(pk=7, role=Role.CONTRIBUTOR, organisation=THEIRS),
    "alone": User(pk=8, role=Role.CONTRIBUTOR),
}


def who(may) -> set[str]:
    return {name for name, person in CAST.items() if may(person)}


def test_the_secretariat_alone_keeps_the_money():
    assert who(permissions.can_edit_funding) == {"editor"}


def test_plans_are_read_by_the_secretariat_and_leaders():
    assert who(permissions.can_read_plans) == {"editor", "leader"}


def test_who_speaks_for_an_organisation_proposes():
    assert who(permissions.can_propose) == {"editor", "contributor", "colleague", "outsider"}


@pytest.mark.parametrize(
    ("written_by", "organisation", "whose"),
    [
        ("contributor", OURS, {"contributor", "colleague"}),
        ("outsider", THEIRS, {"outsider"}),
        ("editor", OURS, {"editor", "contributor", "colleague"}),
        ("alone", THEIRS, {"alone", "outsider"}),
    ],
)
def test_a_proposal_is_changed_by_its_writer_and_organisation(written_by, organisation, whose):
    proposal = Proposal(written_by=CAST[written_by], organisation=organisation)

    assert who(lambda person: permissions.can_change_proposal(person, proposal)) == whose


@pytest.mark.parametrize(
    ("allocation", "whose"),
    [
        (Allocation(label="Noe"), set()),
        (Allocation(label="Noe", recipient=OURS), {"contributor", "colleague"}),
        (Allocation(initiative=Initiative()), set()),
        (Allocation(initiative=Initiative(owner=OURS)), {"contributor", "colleague"}),
        (Allocation(initiative=Initiative(project_lead=CAST["alone"])), {"alone"}),
        (Allocation(initiative=Initiative(owner=OURS), recipient=THEIRS), {"contributor", "colleague", "outsider"}),
        (Allocation(initiative=Initiative(project_lead=CAST["member"])), set()),
    ],
)  # fmt: skip
def test_use_is_reported_by_recipient_owner_lead_and_the_secretariat(allocation, whose):
    assert who(lambda person: permissions.can_report_spending(person, allocation)) == whose | {"editor"}
    assert who(lambda person: permissions.can_read_letter(person, allocation)) == whose | {"editor", "leader"}


def test_the_slack_of_a_frame_is_half_its_step():
    assert [Grant(rounded_to=step).slack for step in (None, 2, 3, 100_000)] == [0, 1, 1, 50_000]
