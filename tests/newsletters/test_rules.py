"""The life of a newsletter: every pair of states, who approves, and when it may be published."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from meetings.models import Seat
from newsletters import rules
from newsletters.models import Newsletter
from newsletters.rules import NotAllowed

State = Newsletter.State
ALLOWED = {
    (State.DRAFT, State.REVIEW),
    (State.REVIEW, State.DRAFT),
    (State.REVIEW, State.APPROVED),
    (State.APPROVED, State.DRAFT),
    (State.APPROVED, State.PUBLISHED),
}


@pytest.mark.parametrize("now", State)
@pytest.mark.parametrize("to", State)
def test_a_newsletter_goes_from_state_to_state(now, to):
    newsletter = Newsletter(state=now)

    if (now, to) in ALLOWED:
        rules.check_step(newsletter, to)
    else:
        with pytest.raises(NotAllowed, match="allerede" if now == to else "kan ikke bli"):
            rules.check_step(newsletter, to)


@pytest.mark.parametrize("state", State)
def test_only_a_draft_is_written_in(state):
    if state == State.DRAFT:
        rules.check_in_draft(Newsletter(state=state))
    else:
        with pytest.raises(NotAllowed, match="rettelse" if state == State.PUBLISHED else "Trekk det tilbake"):
            rules.check_in_draft(Newsletter(state=state))


def seat(side, person=1):
    return Seat(side=side, person_id=person)


def approval(side, person):
    return SimpleNamespace(side=side, approved_by_id=person)


MUNICIPAL, HOSPITAL = Seat.Side.MUNICIPAL, Seat.Side.HOSPITAL


@pytest.mark.parametrize(
    ("state", "own", "given", "by_writer", "refusal"),
    [
        (State.REVIEW, seat(MUNICIPAL), [], False, None),
        (State.REVIEW, seat(HOSPITAL), [approval(MUNICIPAL, 2)], False, None),
        (State.DRAFT, seat(MUNICIPAL), [], False, "sendes til godkjenning først"),
        (State.APPROVED, seat(MUNICIPAL), [], False, "allerede godkjent"),
        (State.PUBLISHED, seat(MUNICIPAL), [], False, "allerede godkjent"),
        (State.REVIEW, seat(MUNICIPAL), [], True, "har skrevet"),
        (State.REVIEW, None, [], False, "leder og nestleder"),
        (State.REVIEW, seat(Seat.Side.USER), [], False, "leder og nestleder"),
        (State.REVIEW, seat(MUNICIPAL), [approval(HOSPITAL, 1)], False, "Du har allerede"),
        (State.REVIEW, seat(MUNICIPAL), [approval(MUNICIPAL, 2)], False, "allerede godkjent fra"),
    ],
)
def test_two_approve_one_from_each_side_and_not_who_wrote_it(state, own, given, by_writer, refusal):
    newsletter = Newsletter(state=state)

    if refusal is None:
        rules.check_approval(newsletter, own, given, by_writer=by_writer)
    else:
        with pytest.raises(NotAllowed, match=refusal):
            rules.check_approval(newsletter, own, given, by_writer=by_writer)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([], {MUNICIPAL, HOSPITAL}),
        ([approval(MUNICIPAL, 1)], {HOSPITAL}),
        ([approval(MUNICIPAL, 1), approval(HOSPITAL, 2)], set()),
    ],
)
def test_nothing_is_published_before_both_sides_have_approved(given, missing):
    assert rules.missing_sides(given) == missing
    if missing:
        with pytest.raises(NotAllowed, match="endret siden"):
            rules.check_approved(Newsletter(state=State.APPROVED), given)
    else:
        rules.check_approved(Newsletter(state=State.APPROVED), given)


@pytest.mark.parametrize("state", [State.DRAFT, State.REVIEW, State.PUBLISHED])
def test_what_is_not_approved_is_not_published(state):
    both = [approval(MUNICIPAL, 1), approval(HOSPITAL, 2)]

    with pytest.raises(NotAllowed):
        rules.check_approved(Newsletter(state=state), both)


@pytest.mark.parametrize(
    ("ahead", "refusal"),
    [
        (timedelta(minutes=1), None),
        (timedelta(days=364), None),
        (timedelta(0), "fram i tid"),
        (timedelta(minutes=-1), "fram i tid"),
        (timedelta(days=400), "mer enn et år"),
    ],
)
def test_the_time_is_ahead_and_not_too_far(ahead, refusal):
    now = timezone.now()
    if refusal is None:
        rules.check_publish_at(now + ahead, now=now)
    else:
        with pytest.raises(NotAllowed, match=refusal) as refused:
            rules.check_publish_at(now + ahead, now=now)
        assert refused.value.field == "publish_at"
