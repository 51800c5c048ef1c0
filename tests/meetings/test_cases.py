"""Keeping cases: facts, life, chain, numbers, exemptions, proposals, papers."""

from datetime import date
from itertools import product

import pytest

from accounts.models import LogEntry
from meetings import actions, rules
from meetings.actions.papers import PaperChanged
from meetings.documents.cases import chain
from meetings.documents.treatment import difference
from meetings.models import Case, CasePaper, Concern, Exemption
from meetings.rules.cases import check_step_by_hand
from portfolio.actions.versions import FactsChanged, newest_version
from tests.factories import (
    create_case,
    create_document,
    create_exemption,
    create_initiative,
    create_item,
    create_meeting,
    create_point,
    create_user,
)

CASE_STATES = Case.State.values
CASE_STEPS = {
    "proposed": {"backlog", "returned", "withdrawn"},
    "returned": {"proposed", "withdrawn"},
    "backlog": {"draft", "withdrawn"},
    "draft": {"review", "backlog", "withdrawn"},
    "review": {"draft", "listed", "withdrawn"},
    "listed": {"listed", "treated", "postponed", "withdrawn"},
    "postponed": {"listed", "treated", "draft", "withdrawn"},
    "treated": {"closed", "postponed", "listed", "withdrawn"},
    "closed": {"treated"},
    "withdrawn": set(),
}


@pytest.mark.parametrize(("now", "to"), list(product(CASE_STATES, CASE_STATES)))
def test_every_pair_of_states(now, to):
    if to in CASE_STEPS[now]:
        rules.check_case_step(Case(state=now), to)
    else:
        with pytest.raises(rules.NotAllowed):
            rules.check_case_step(Case(state=now), to)


def test_the_difference_is_told_word_by_word():
    pieces = [
        (piece.kind, piece.text)
        for piece in difference("SSU ber om en plan.", "SSU ber om et budsjett og en plan.")
    ]

    assert "".join(text for kind, text in pieces if kind != "old") == "SSU ber om et budsjett og en plan."
    assert "".join(text for kind, text in pieces if kind != "new") == "SSU ber om en plan."
    assert difference("Likt.", "Likt.") == []


@pytest.fixture
def case(ssu, editor):
    return actions.create_case(values={"body": ssu, "title": "Mandat", "kind": "decision"}, by=editor)


@pytest.mark.django_db
def test_a_case_keeps_its_initiatives_and_what_it_follows_up(case, editor):
    one, other, earlier = create_initiative(), create_initiative(), create_case()
    values = {"concerns": {one: "mandate"}, "follows_up": [earlier]}
    actions.change_case(case=case, values=values, version=newest_version(case), by=editor)
    actions.change_case(
        case=case, values={"concerns": {other: "start"}}, version=newest_version(case), by=editor
    )

    assert list(case.concerns.values_list("initiative", "kind")) == [(other.pk, "start")]
    assert list(case.follows_up.all()) == [earlier]


@pytest.mark.django_db
def test_two_editors_of_a_case_are_told_of_each_other(case, editor):
    seen = newest_version(case)
    actions.change_case(case=case, values={"title": "Mandat A"}, version=seen, by=editor)
    with pytest.raises(FactsChanged) as conflict:
        actions.change_case(case=case, values={"title": "Mandat B"}, version=seen, by=editor)

    case.refresh_from_db()
    assert case.title == "Mandat A"
    assert [change.new for change in conflict.value.changes] == ["Mandat A"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"body": None},
        {"body_unknown_reason": "Vet ikke."},
        {"title": "<b>HTML</b>"},
        {"title": "Født 13097248022"},
        {"summary": "x" * 2001},
    ],
    ids=lambda values: next(iter(values)),
)
def test_what_is_refused_of_a_case(case, editor, values):
    with pytest.raises(rules.NotAllowed):
        actions.change_case(case=case, values=values, version=newest_version(case), by=editor)

    case.refresh_from_db()
    assert case.title == "Mandat"


@pytest.mark.django_db
def test_a_numbered_case_stays_in_its_body(case, pa, editor):
    Case.objects.filter(pk=case.pk).update(seq=1, year=2025)
    with pytest.raises(rules.NotAllowed):
        actions.change_case(case=case, values={"body": pa}, version=newest_version(case), by=editor)


@pytest.mark.django_db
def test_a_case_never_follows_up_itself(case, editor):
    middle = create_case()
    middle.follows_up.add(case)
    with pytest.raises(rules.NotAllowed):
        actions.change_case(
            case=case, values={"follows_up": [middle]}, version=newest_version(case), by=editor
        )


@pytest.mark.django_db
def test_the_chain_is_one_line_from_both_ends(ssu, pa, editor):
    first = create_case(body=ssu, year=2025, seq=24, number_raw="sak 24.25", announced=True)
    second = create_case(body=pa, year=2025, seq=6, number_raw="06.25", announced=True)
    third = create_case(body=ssu, year=2025, seq=31, announced=True)
    second.follows_up.add(first)
    third.follows_up.add(second)

    lines = [[one.number for one in chain(editor, case)] for case in (first, second, third)]
    assert lines == [["24.25", "06.25", "31/25"]] * 3
    assert chain(editor, create_case()) == []


@pytest.mark.django_db
def test_the_chain_leaves_out_what_a_person_may_not_know_of(ssu, member):
    known, draft = create_case(body=ssu, announced=True), create_case(body=ssu, title="Utkast")
    draft.follows_up.add(known)

    assert chain(member, known) == []


@pytest.mark.django_db
def test_withdrawing_says_why_and_keeps_the_number(ssu, editor):
    meeting = create_meeting(body=ssu, state="published")
    item = create_item(
        meeting=meeting, case=create_case(body=ssu, state="listed", year=2027, seq=4, announced=True)
    )
    with pytest.raises(rules.NotAllowed):
        actions.withdraw_case(case=item.case, reason=" ", by=editor)
    actions.withdraw_case(case=item.case, reason="Ikke aktuell.", by=editor)

    item.refresh_from_db()
    assert (item.case.state, item.case.seq, item.outcome) == ("withdrawn", 4, "withdrawn")


@pytest.mark.django_db
def test_a_case_goes_to_another_body_with_its_history(case, pa, editor):
    initiative = create_initiative()
    Concern.objects.create(case=case, initiative=initiative, kind="spreading")
    made = actions.forward_case(case=case, body=pa, by=editor)

    assert (made.body, made.state, list(made.follows_up.all())) == (pa, "draft", [case])
    assert list(made.concerns.values_list("initiative", "kind")) == [(initiative.pk, "spreading")]
    with pytest.raises(rules.NotAllowed):
        actions.forward_case(case=case, body=case.body, by=editor)


@pytest.mark.django_db
def test_what_is_exempt_is_exempt_in_the_other_body_too(ssu, pa, editor):
    case = create_case(
        body=ssu, title="Oppsigelse av Navnesen", public_title="Personalsak", exemption=create_exemption()
    )
    made = actions.forward_case(case=case, body=pa, by=editor)

    assert (made.exemption.basis, made.public_title) == (case.exemption.basis, "Personalsak")
    assert made.exemption != case.exemption


BY_HAND = {
    ("backlog", "draft"), ("draft", "review"), ("draft", "backlog"), ("review", "draft"), ("postponed", "draft"),
    ("treated", "closed"), ("closed", "treated"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "to"), list(product(CASE_STATES, CASE_STATES)))
def test_the_steps_that_are_taken_with_a_button(now, to):
    if (now, to) in BY_HAND:
        check_step_by_hand(Case(state=now), to)
        rules.check_case_step(Case(state=now), to)
    else:
        with pytest.raises(rules.NotAllowed):
            check_step_by_hand(Case(state=now), to)


@pytest.mark.django_db
def test_a_step_leaves_its_trail_with_the_comment(case, leader):
    Case.objects.filter(pk=case.pk).update(state="review")
    actions.step_case(case=case, to="draft", comment="Mangler tall.", by=leader)

    entry = LogEntry.objects.about(case).latest("pk")
    assert (entry.by, entry.new) == (leader, {"state": "Utkast", "kommentar": "Mangler tall."})


def exemption(**fields):
    return {
        "basis": "offl23-1", "confidentiality_rule": "", "wider_access": "Vurdert.", "considered": False,
        "public_title": "Unntatt sak", "reason": "", "review_on": None, **fields,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"basis": "offl13", "wider_access": ""}, "confidentiality_rule"),
        ({"wider_access": " "}, "wider_access"),
        ({"basis": "offl14"}, "considered"),
        ({"public_title": ""}, "public_title"),
    ],
)
def test_an_exemption_needs_its_reasons(case, editor, fields, field):
    with pytest.raises(rules.NotAllowed) as refusal:
        actions.exempt(thing=case, values=exemption(**fields), by=editor)

    assert (refusal.value.field, Exemption.objects.count()) == (field, 0)


@pytest.mark.django_db
def test_an_exemption_is_set_and_lifted_with_its_trail(case, editor):
    document = create_document(case=case)
    for thing in (case, document):
        actions.exempt(thing=thing, values=exemption(basis="offl14", considered=True), by=editor)
        thing.refresh_from_db()
        assert thing.exemption.short_basis == "offl. § 14"
        actions.lift_exemption(thing=thing, by=editor)
        thing.refresh_from_db()
        assert thing.exemption is None
    assert document.access == "public"
    assert str(case) == "Mandat"


@pytest.mark.django_db
def test_a_proposal_is_answered_once(ssu, contributor, editor):
    values = {"title": "Ny sak", "body": ssu, "summary": "Vi ønsker.", "concerns": {}}
    case = actions.propose_case(values=values, by=contributor)
    assert actions.propose_case(values=values, by=contributor) == case

    with pytest.raises(rules.NotAllowed):
        actions.answer_proposal(case=case, to="returned", answer="", by=editor)
    actions.answer_proposal(case=case, to="returned", answer="Si mer om økonomien.", by=editor)
    actions.change_proposal(
        case=case, values={**values, "summary": "Vi ønsker 100 000 kroner."}, by=contributor
    )
    actions.answer_proposal(case=case, to="backlog", answer="Tas opp i februar.", by=editor)

    case.refresh_from_db()
    assert (case.state, case.answer, case.proposer_org) == (
        "backlog",
        "Tas opp i februar.",
        contributor.organisation,
    )
    for again in (
        lambda: actions.answer_proposal(case=case, to="backlog", answer="", by=editor),
        lambda: actions.change_proposal(case=case, values=values, by=contributor),
    ):
        with pytest.raises(rules.NotAllowed):
            again()


def save(case, by, version=None, text="<p>Tekst</p>", questions=()):
    return actions.save_paper(
        case=case, sections={"purpose": text}, questions=list(questions), version=version, by=by
    )


@pytest.mark.django_db
def test_a_paper_is_saved_clean(case, editor):
    paper = save(
        case,
        editor,
        text='<p onclick="x">Hei <b>du</b><script>alert(1)</script></p>',
        questions=["Hva nå?", ""],
    )

    assert paper.purpose == "<p>Hei <strong>du</strong></p>"
    assert [question.text for question in case.questions.all()] == ["Hva nå?"]
    assert paper.sections == [("Saken gjelder", "<p>Hei <strong>du</strong></p>")]


@pytest.mark.django_db
def test_two_writers_of_a_paper_are_told_of_each_other(case, editor):
    other = create_user(role="editor", name="En annen")
    save(case, editor)
    with pytest.raises(PaperChanged) as conflict:
        save(case, other, text="<p>Annet</p>")
    assert conflict.value.paper.purpose == "<p>Tekst</p>"

    assert save(case, other, version=1, text="<p>Annet</p>").version == 2
    assert save(case, other, version=1, text="<p>Annet</p>").version == 2


@pytest.mark.django_db
def test_a_national_identity_number_is_not_saved_in_a_paper(case, editor):
    with pytest.raises(rules.NotAllowed):
        save(case, editor, text="<p>Født 130972 48022</p>")

    assert CasePaper.objects.count() == 0


@pytest.mark.django_db
def test_proposed_points_are_replaced_and_treated_ones_stand(case, ssu, editor):
    actions.set_proposals(case=case, texts=["En", "To", ""], by=editor)
    assert list(case.points.values_list("number", "proposed")) == [(1, "En"), (2, "To")]

    treated = create_point(item=create_item(meeting=create_meeting(body=ssu, on=date(2027, 1, 7)), case=case))
    actions.set_proposals(case=case, texts=["Tre"], by=editor)
    assert set(case.points.values_list("proposed", flat=True)) == {"Tre", treated.proposed}
