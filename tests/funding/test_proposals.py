"""Proposals: written, sent in and taken back by the partners; answered by the secretariat."""

from datetime import date

import pytest

from accounts.models import LogEntry
from funding import actions
from funding.models import Allocation, Proposal
from funding.permissions import can_change_proposal
from portfolio.actions.versions import FactsChanged, newest_version
from tests.factories import (
    create_area,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_organisation,
    create_proposal,
    create_round,
    create_user,
)
from tests.funding.test_allocations import again, everything, last_entry, refused, unchanged, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(db):
    return create_grant(year=2025)


@pytest.fixture
def round_(grant):
    return create_round(grants=[grant])


@pytest.fixture
def initiative(db):
    return create_initiative()


@pytest.fixture
def proposal(round_, initiative, contributor):
    return actions.create_proposal(
        round_=round_, organisation=contributor.organisation, values=values(initiative), by=contributor
    )


@pytest.fixture
def submitted(proposal, contributor):
    return actions.submit_proposal(proposal=proposal, by=contributor)


@pytest.fixture
def waiting(submitted, round_, editor):
    """Sent in, in a round that is being prioritised."""
    actions.move_round(round_=round_, to="prioritising", decision=None, by=editor)
    return again(submitted)


def values(initiative=None, **fields):
    return {
        "initiative": initiative,
        "idea": "",
        "program_area": None,
        "work_package": "Opplæring",
        "amount": 200_000,
        "reason": "Det trengs.",
        "rank": 1,
        **fields,
    }


def prioritise(proposal, grant, editor, **fields):
    return actions.answer_proposal(
        **{"proposal": proposal, "prioritised": True, "answer": "", "grant": grant, "by": editor, **fields}
    )


def decline(proposal, editor, answer="Ikke nok penger."):
    return actions.answer_proposal(proposal=proposal, prioritised=False, answer=answer, by=editor)


def test_a_draft_is_written_once(proposal, round_, initiative, contributor):
    assert (proposal.state, proposal.submitted_at, proposal.organisation) == (
        "draft",
        None,
        contributor.organisation,
    )
    assert (verbs(proposal), proposal.history.get().history_user) == (["skrev innspill"], contributor)
    unchanged(
        lambda: actions.create_proposal(
            round_=round_, organisation=contributor.organisation, values=values(initiative), by=contributor
        )
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"initiative": None}, "initiative"),
        ({"initiative": None, "idea": "Noe"}, "program_area"),
        ({"idea": "Noe"}, "idea"),
        ({"reason": "  "}, "reason"),
        ({"reason": "<b>"}, "reason"),
        ({"work_package": "x" * 301}, "work_package"),
    ],
)
def test_a_draft_that_is_not_in_order_is_refused(round_, initiative, contributor, fields, field):
    said = {**values(initiative), **fields}

    refused(
        lambda: actions.create_proposal(
            round_=round_, organisation=contributor.organisation, values=said, by=contributor
        ),
        field=field,
    )


def test_an_idea_has_an_area_of_its_own(round_, contributor):
    area = create_area()
    made = actions.create_proposal(
        round_=round_,
        organisation=contributor.organisation,
        values=values(idea="Felles vakt", program_area=area),
        by=contributor,
    )

    assert (made.subject, made.program_area) == ("Felles vakt", area)


@pytest.mark.parametrize(
    "round_fields", [{"state": "prioritising"}, {"state": "decided"}, {"closes_on": date(2020, 1, 1)}]
)
def test_a_round_that_is_over_takes_nothing(grant, initiative, contributor, round_fields):
    round_ = create_round(grants=[grant], **round_fields)
    draft = create_proposal(round_=round_, by=contributor)
    sent = create_proposal(round_=round_, by=contributor, state="submitted")

    refused(
        lambda: actions.create_proposal(
            round_=round_, organisation=contributor.organisation, values=values(initiative), by=contributor
        )
    )
    refused(
        lambda: actions.change_proposal(
            proposal=draft, values=values(initiative), version=newest_version(draft), by=contributor
        )
    )
    refused(lambda: actions.submit_proposal(proposal=draft, by=contributor))
    refused(lambda: actions.take_back_proposal(proposal=sent, by=contributor))


def test_a_draft_is_changed_and_not_written_over(proposal, initiative, contributor, outsider):
    seen = newest_version(proposal)

    actions.change_proposal(
        proposal=proposal, values=values(initiative, amount=5), version=seen, by=contributor
    )

    assert again(proposal).amount == 5
    assert (last_entry(proposal).old, last_entry(proposal).new) == ({"amount": 200_000}, {"amount": 5})
    with pytest.raises(FactsChanged):
        actions.change_proposal(
            proposal=proposal, values=values(initiative, amount=6), version=seen, by=outsider
        )


def test_what_is_sent_in_is_not_changed_nor_deleted(submitted, initiative, contributor):
    refused(
        lambda: actions.change_proposal(
            proposal=submitted,
            values=values(initiative, amount=5),
            version=newest_version(submitted),
            by=contributor,
        ),
        "Ta det tilbake først",
    )
    refused(lambda: actions.delete_proposal(proposal=submitted, by=contributor), "Bare et utkast")


def test_a_draft_is_thrown_away_once(proposal, contributor):
    actions.delete_proposal(proposal=proposal, by=contributor)

    assert not Proposal.objects.exists()
    assert LogEntry.objects.order_by("pk").last().verb == "slettet utkast"
    unchanged(lambda: actions.delete_proposal(proposal=proposal, by=contributor))


def test_a_draft_is_sent_in_and_taken_back(proposal, contributor):
    actions.submit_proposal(proposal=proposal, by=contributor)

    assert again(proposal).state == "submitted"
    assert again(proposal).submitted_at is not None
    unchanged(lambda: actions.submit_proposal(proposal=proposal, by=contributor))

    actions.take_back_proposal(proposal=proposal, by=contributor)

    assert again(proposal).state == "draft"
    assert verbs(proposal) == ["skrev innspill", "sendte inn", "tok tilbake"]
    unchanged(lambda: actions.take_back_proposal(proposal=proposal, by=contributor))


def test_what_is_prioritised_is_planned_with_the_amount_of_the_answer(waiting, grant, editor):
    prioritise(waiting, grant, editor, amount=150_000, answer="Litt mindre.")

    waiting = again(waiting)
    planned = waiting.allocation
    assert (waiting.state, waiting.answer) == ("prioritised", "Litt mindre.")
    assert (planned.state, planned.grant, planned.amount) == ("planned", grant, 150_000)
    assert (planned.initiative, planned.label, planned.work_package, planned.recipient) == (
        waiting.initiative,
        "",
        waiting.work_package,
        waiting.organisation,
    )
    assert verbs(waiting)[-1] == "prioriterte"
    assert verbs(planned) == ["prioriterte"]
    unchanged(lambda: prioritise(waiting, grant, editor, amount=150_000, answer="Litt mindre."))


def test_an_idea_is_planned_by_its_name(round_, grant, contributor, editor):
    idea = create_proposal(round_=round_, by=contributor, idea="Felles vakt", state="submitted")
    actions.move_round(round_=round_, to="prioritising", decision=None, by=editor)

    prioritise(idea, grant, editor)

    planned = Allocation.objects.get()
    assert (planned.label, planned.program_area, planned.amount) == (
        "Felles vakt",
        idea.program_area,
        200_000,
    )


def test_money_is_planned_of_a_grant_of_the_round(waiting, editor):
    for other in (None, create_grant(year=2026)):
        refused(lambda other=other: prioritise(waiting, other, editor), field="grant")


def test_a_no_has_its_reason_and_plans_nothing(waiting, editor):
    refused(lambda: decline(waiting, editor, " "), field="answer")

    decline(waiting, editor)

    assert (again(waiting).state, again(waiting).answer) == ("declined", "Ikke nok penger.")
    assert Allocation.objects.count() == 0
    assert last_entry(waiting).new == {"state": "declined", "answer": "Ikke nok penger."}
    unchanged(lambda: decline(waiting, editor))


def test_another_answer_is_given_after_the_first_is_taken_back(waiting, grant, editor):
    prioritise(waiting, grant, editor)
    refused(lambda: decline(waiting, editor), "«prioritert» og kan ikke besvares")
    refused(lambda: prioritise(waiting, grant, editor, amount=5), "«prioritert» og kan ikke besvares")

    actions.reopen_proposal(proposal=waiting, by=editor)

    assert (again(waiting).state, again(waiting).answer, Allocation.objects.count()) == ("submitted", "", 0)
    assert last_entry(waiting).verb == "tok tilbake svaret"
    unchanged(lambda: actions.reopen_proposal(proposal=waiting, by=editor))
    decline(waiting, editor)
    actions.reopen_proposal(proposal=waiting, by=editor)
    prioritise(waiting, grant, editor)
    assert Allocation.objects.get().proposal == waiting


def test_an_answer_stands_once_the_money_is_allocated(waiting, grant, editor):
    prioritise(waiting, grant, editor)
    actions.allocate(allocations=[waiting.allocation], decision=create_funding_decision(), on=None, by=editor)

    refused(lambda: actions.reopen_proposal(proposal=waiting, by=editor), "tildelt")


def test_an_answer_stands_where_the_money_was_allocated_by_mistake(waiting, grant, editor):
    prioritise(waiting, grant, editor)
    planned = waiting.allocation
    actions.allocate(allocations=[planned], decision=create_funding_decision(), on=None, by=editor)
    actions.correct_allocation(
        allocation=planned, reason="Feil vedtak.", version=newest_version(planned), by=editor
    )

    assert (again(waiting).state, again(planned).state) == ("prioritised", "planned")
    refused(lambda: actions.reopen_proposal(proposal=waiting, by=editor), "har vært tildelt")
    actions.cancel_allocation(allocation=planned, reason="Likevel ikke.", by=editor)
    assert (again(waiting).state, again(waiting).answer) == ("declined", "Likevel ikke.")


def test_a_draft_has_no_answer_to_take_back(proposal, editor):
    refused(lambda: actions.reopen_proposal(proposal=proposal, by=editor), "ikke sendt inn")


@pytest.mark.parametrize("state", ["open", "decided"])
def test_answers_are_given_and_taken_back_while_the_round_is_prioritised(grant, editor, contributor, state):
    round_ = create_round(grants=[grant], state=state)
    sent = create_proposal(round_=round_, by=contributor, state="submitted")
    answered = create_proposal(round_=round_, by=contributor, state="declined")

    refused(lambda: prioritise(sent, grant, editor))
    refused(lambda: decline(sent, editor))
    refused(lambda: actions.reopen_proposal(proposal=answered, by=editor))


def test_a_dropped_plan_leaves_an_answer_that_is_taken_back(waiting, grant, editor):
    prioritise(waiting, grant, editor)
    actions.cancel_allocation(allocation=waiting.allocation, reason="Likevel ikke.", by=editor)

    assert (again(waiting).state, again(waiting).answer) == ("declined", "Likevel ikke.")
    entry = last_entry(waiting)
    assert (entry.verb, entry.by, entry.new) == (
        "tok bort prioritering",
        editor,
        {"state": "declined", "answer": "Likevel ikke."},
    )
    assert waiting.history.first().history_user == editor
    refused(lambda: prioritise(waiting, grant, editor), "«ikke prioritert» og kan ikke besvares")
    actions.reopen_proposal(proposal=again(waiting), by=editor)

    assert (again(waiting).state, Allocation.objects.count()) == ("submitted", 0)


def test_proposals_are_seen_by_their_own_and_what_is_sent_in_inside(cast, round_, initiative):
    colleague = create_user(role="contributor", organisation=cast.contributor.organisation)
    draft = create_proposal(round_=round_, by=cast.contributor)
    sent = create_proposal(round_=round_, by=cast.contributor, state="submitted")
    registered = create_proposal(round_=round_, by=cast.editor, organisation=cast.outsider.organisation)
    before = everything()

    def seen(user):
        return set(Proposal.objects.visible_to(user))

    assert {name: seen(user) for name, user in vars(cast).items()} == {
        "public": set(),
        "member": set(),
        "admin": set(),
        "contributor": {draft, sent},
        "outsider": {registered},
        "leader": {sent},
        "editor": {sent, registered},
    }
    assert seen(colleague) == {draft, sent}
    assert everything() == before


def test_own_proposals_are_those_of_the_organisation_one_speaks_for(round_, contributor):
    draft = create_proposal(round_=round_, by=contributor)
    contributor.organisation = create_organisation()
    contributor.save()
    assert not Proposal.objects.visible_to(contributor).exists()
    assert not can_change_proposal(contributor, draft)

    contributor.organisation = None
    contributor.save()
    assert Proposal.objects.visible_to(contributor).get() == draft
    assert can_change_proposal(contributor, draft)
