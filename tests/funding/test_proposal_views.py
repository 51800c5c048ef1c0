"""Proposals: written, sent in and taken back by those whose they are, answered by the secretariat."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import LogEntry, Role
from funding import actions
from funding.models import Allocation, FundingRound, Proposal
from portfolio.actions import close_initiative
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
from tests.funding.test_round_views import everybody, kr
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db

CREATE = "/midler/innspill/ny/"


def address(name, proposal):
    return reverse(f"funding:{name}", args=[proposal.public_id])


def in_round(round_):
    return f"{CREATE}?runde={round_.public_id}"


@pytest.fixture
def round_(db):
    return create_round(title="Innspill til midlene for 2025")


@pytest.fixture
def draft(round_, contributor):
    return create_proposal(round_=round_, by=contributor, work_package="Felles opplæring")


@pytest.fixture
def submitted(round_, contributor):
    return create_proposal(round_=round_, by=contributor, state="submitted", work_package="Felles opplæring")


@pytest.fixture
def waiting(submitted):
    """Sent in, and the round has come to the answers."""
    FundingRound.objects.update(state="prioritising")
    submitted.refresh_from_db()
    return submitted


def typed(proposal=None, **fields):
    """The form as it stands, or of a new one."""
    if proposal is None:
        start = {
            "initiative": create_initiative().pk,
            "work_package": "Felles opplæring",
            "amount": "250 000",
        }
        return {**start, "idea": "", "program_area": "", "reason": "Det trengs.", "rank": "1", **fields}
    names = ("idea", "work_package", "amount", "reason", "rank")
    start = {name: getattr(proposal, name) for name in names}
    keys = {"initiative": proposal.initiative_id or "", "program_area": proposal.program_area_id or ""}
    return {**start, **keys, "version": proposal.history.first().history_id, **fields}


def answered(round_, **fields):
    return {
        "outcome": "prioritised",
        "amount": "150 000",
        "grant": round_.grants.first().pk,
        "answer": "",
        **fields,
    }


def close(initiative):
    close_initiative(
        initiative=initiative, closed_as="archived", reason="Ferdig.", by=create_user(role=Role.EDITOR)
    )


# Who


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_propose(client_of, cast, round_, method):
    may = 200 if method == "get" else 422
    assert everybody(client_of, cast, method, in_round(round_), {"runde": round_.public_id}) == {
        "public": "sign in", "member": 403, "outsider": may, "contributor": may, "leader": 403, "editor": may,
        "admin": 403,
    }  # fmt: skip


def test_a_contributor_without_an_organisation_does_not_propose(client_of, round_):
    alone = create_user(role=Role.CONTRIBUTOR)

    assert client_of(alone).get(in_round(round_)).status_code == 403
    assert "Nytt innspill" not in main(client_of(alone).get(round_.get_absolute_url()))


NOBODY_ELSE = {
    "public": "sign in",
    "member": 404,
    "outsider": 404,
    "leader": 404,
    "editor": 404,
    "admin": 404,
}
READ_ONLY = {"public": "sign in", "member": 404, "outsider": 404, "leader": 403, "editor": 403, "admin": 404}


@pytest.mark.parametrize(
    ("name", "method", "own"),
    [
        ("proposal-detail", "get", 200), ("proposal-update", "get", 200), ("proposal-update", "post", 422),
        ("proposal-submit", "post", 302), ("proposal-take-back", "post", 302), ("proposal-delete", "post", 302),
    ],
)  # fmt: skip
def test_a_draft_is_for_the_organisation_alone(client_of, cast, draft, name, method, own):
    del cast.contributor  # last, since it changes things
    assert everybody(client_of, cast, method, address(name, draft)) == NOBODY_ELSE
    colleague = create_user(role=Role.CONTRIBUTOR, organisation=draft.organisation)
    assert getattr(client_of(colleague), method)(address(name, draft)).status_code == own


@pytest.mark.parametrize("name", ["proposal-answer", "proposal-reopen"])
def test_a_draft_is_not_answered(client_of, cast, draft, name):
    assert everybody(client_of, cast, "post", address(name, draft)) == {**NOBODY_ELSE, "contributor": 403}


def test_what_is_sent_in_is_read_by_those_who_decide(client_of, cast, submitted):
    read = {**READ_ONLY, "leader": 200, "editor": 200, "contributor": 200}
    assert everybody(client_of, cast, "get", address("proposal-detail", submitted)) == read


@pytest.mark.parametrize(
    "name", ["proposal-update", "proposal-submit", "proposal-take-back", "proposal-delete"]
)
def test_what_is_sent_in_is_changed_by_nobody_else(client_of, cast, submitted, name):
    del cast.contributor
    assert everybody(client_of, cast, "post", address(name, submitted)) == READ_ONLY


@pytest.mark.parametrize(
    ("name", "method", "editor_gets"),
    [("proposal-answer", "get", 200), ("proposal-answer", "post", 422), ("proposal-reopen", "post", 302)],
)
def test_only_the_secretariat_answers(client_of, cast, waiting, name, method, editor_gets):
    assert everybody(client_of, cast, method, address(name, waiting)) == {
        **READ_ONLY, "contributor": 403, "editor": editor_gets,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["submit", "take-back", "delete", "reopen"])
def test_a_button_has_no_page(client_of, contributor, draft, name):
    assert client_of(contributor).get(address(f"proposal-{name}", draft)).status_code == 405


# Written


def test_a_contributor_writes_a_draft_and_sends_it_in(client_of, contributor, editor, round_):
    client = client_of(contributor)
    page = client.post(in_round(round_), typed(work_package="  Felles   opplæring ", rank="3"), follow=True)
    proposal = Proposal.objects.get()
    facts = (
        proposal.organisation,
        proposal.written_by,
        proposal.amount,
        proposal.rank,
        proposal.work_package,
    )
    assert facts == (contributor.organisation, contributor, 250_000, 3, "Felles opplæring")
    assert (proposal.state, proposal.round) == ("draft", round_)
    assert "Det er ikke sendt inn ennå." in main(page)
    for words in (kr(250_000), "Det trengs.", "Valdres", proposal.initiative.title, "Send inn", "Slett"):
        assert words in main(page)

    page = client.post(address("proposal-submit", proposal), follow=True)
    proposal.refresh_from_db()
    assert (proposal.state, "Takk! Innspillet er sendt inn." in main(page)) == ("submitted", True)
    assert "Felles opplæring" in main(client_of(editor).get(round_.get_absolute_url()))
    assert ["Rediger" in main(page), "Ta tilbake" in main(page)] == [False, True]


def test_it_is_sent_in_at_once_by_the_other_button(client_of, contributor, round_):
    page = client_of(contributor).post(in_round(round_), typed(send="1"))

    assert (page.status_code, Proposal.objects.get().state) == (302, "submitted")


@pytest.mark.parametrize("send", [{}, {"send": "1"}])
def test_the_same_posted_twice_is_one_proposal(client_of, contributor, round_, send):
    posted = typed(**send)
    pages = [client_of(contributor).post(in_round(round_), posted) for _ in range(2)]

    assert [page.url for page in pages] == [Proposal.objects.get().get_absolute_url()] * 2
    assert Proposal.objects.get().state == ("submitted" if send else "draft")


def test_a_new_idea_has_a_program_area(client_of, contributor, round_):
    area = create_area(name="Barn og unge")
    create_area(name="Gammelt område", is_active=False)
    posted = typed(initiative="", idea="Felles vaktordning")
    page = client_of(contributor).post(in_round(round_), posted)
    assert errors(page) == ["Velg programområdet."]
    assert "Gammelt område" not in body(page)

    client_of(contributor).post(in_round(round_), {**posted, "program_area": area.pk})
    proposal = Proposal.objects.get()
    assert (proposal.idea, proposal.program_area, proposal.initiative) == ("Felles vaktordning", area, None)
    page = main(client_of(contributor).get(proposal.get_absolute_url()))
    assert "Felles vaktordning Ny idé, Barn og unge" in page


def test_an_initiative_brings_its_own_program_area(client_of, contributor, round_):
    client_of(contributor).post(in_round(round_), typed(program_area=create_area().pk))

    assert Proposal.objects.get().program_area is None


def test_the_initiatives_to_choose_are_those_one_may_know_of_ones_own_first(client_of, contributor, round_):
    create_initiative(title="Et annet")
    create_initiative(title="Vårt", owner=contributor.organisation)
    create_initiative(title="Mitt, internt", project_lead=contributor, visibility="internal")
    create_initiative(title="Hemmelig", visibility="internal")
    close(create_initiative(title="Nedlagt"))
    page = client_of(contributor).get(in_round(round_))
    groups = page.context["form"].fields["initiative"].choices[1:]

    assert [(label, [title for _key, title in rows]) for label, rows in groups] == [
        ("Tiltakene deres", ["Vårt", "Mitt, internt"]),
        ("Andre tiltak", ["Et annet"]),
    ]
    hidden = Proposal._meta.get_field("initiative").related_model.objects.get(title="Hemmelig")
    page = client_of(contributor).post(in_round(round_), typed(initiative=hidden.pk))
    assert (page.status_code, "Hemmelig" in body(page), Proposal.objects.count()) == (422, False, 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount": ""}, "Feltet er påkrevet."),
        ({"amount": "1.250"}, "«1.250» kan bety to ting."),
        ({"amount": "mange penger"}, "er ikke et beløp"),
        ({"amount": "-5"}, "mindre enn null"),
        ({"amount": "9" * 12 + "9"}, "for mye til å være riktig"),
        ({"amount": "9" * 400}, "er ikke et beløp"),
        ({"initiative": ""}, "Velg tiltaket pengene er til, eller skriv hva det er."),
        ({"idea": "Noe nytt"}, "ikke begge deler"),
        ({"initiative": "9" * 30}, "Velg et gyldig valg"),
        ({"program_area": "9" * 30}, "Velg et gyldig valg"),
        ({"work_package": " "}, "Feltet er påkrevet."),
        ({"work_package": "x" * 301}, "300"),
        ({"reason": " \r\n "}, "Feltet er påkrevet."),
        ({"reason": "Gjelder 17054026641"}, "fødselsnummer"),
        ({"work_package": "<b>Kurs</b>"}, "HTML-koder"),
        ({"rank": "99999999999"}, "99"),
        ({"rank": "først"}, "heltall"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field_and_kept(
    client_of, contributor, round_, fields, sentence
):
    kept = typed(**{"work_package": "Kurs æøå", "reason": "Skrevet lenge på dette.", **fields})
    page = client_of(contributor).post(in_round(round_), {**kept, "send": "1"})

    assert (page.status_code, Proposal.objects.count(), LogEntry.objects.count()) == (422, 0, 0)
    assert [sentence in error for error in errors(page)] == [True]
    for name in {"work_package", "reason"} - set(fields):
        assert kept[name] in body(page)
    if "amount" in fields:
        assert f'value="{fields["amount"]}"' in body(page) or not fields["amount"]


def test_the_organisation_of_a_contributor_is_not_chosen(client_of, contributor, outsider, round_):
    posted = typed(organisation=outsider.organisation.pk)
    client_of(contributor).post(in_round(round_), posted)

    assert Proposal.objects.get().organisation == contributor.organisation


def test_the_secretariat_writes_for_any_organisation_in_use(client_of, editor, contributor, round_):
    for name in ("Øyer", "Alvdal", "Åmot"):
        create_organisation(name=name)
    create_organisation(name="Nedlagt kommune", is_active=False)
    field = client_of(editor).get(in_round(round_)).context["form"].fields["organisation"]
    assert [one.name for one in field.queryset] == ["Alvdal", "Valdres", "Øyer", "Åmot"]

    page = client_of(editor).post(in_round(round_), typed())
    assert errors(page) == ["Feltet er påkrevet."]
    client_of(editor).post(in_round(round_), typed(organisation=contributor.organisation.pk, send="1"))
    proposal = Proposal.objects.get()
    assert (proposal.organisation, proposal.written_by) == (contributor.organisation, editor)
    assert "Felles opplæring" in main(client_of(contributor).get(round_.get_absolute_url()))


@pytest.mark.parametrize("named", ["", "?runde=", "?runde=tull"])
def test_without_a_round_one_is_sent_to_choose_one(client_of, contributor, named):
    assert client_of(contributor).get(f"{CREATE}{named}").url == reverse("funding:grant-list")


def test_a_round_that_is_not_there_is_not_found(client_of, contributor):
    address_ = f"{CREATE}?runde=00000000-0000-4000-8000-000000000000"

    assert client_of(contributor).get(address_).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "prioritising"}, "tar ikke imot innspill"),
        ({"closes_on": timezone.localdate() - timedelta(1)}, "Fristen for innspill var"),
    ],
)
def test_a_round_that_takes_no_proposals_says_so_and_keeps_the_text(client_of, contributor, fields, words):
    round_ = create_round(**fields)
    page = client_of(contributor).get(in_round(round_), follow=True)
    assert (page.redirect_chain, words in main(page)) == ([(round_.get_absolute_url(), 302)], True)

    page = client_of(contributor).post(in_round(round_), typed(reason="Skrevet lenge på dette."))
    assert (page.status_code, Proposal.objects.count()) == (422, 0)
    assert words in main(page)
    assert "Skrevet lenge på dette." in body(page)


def test_what_was_typed_comes_back_after_sign_in_with_its_round(client_of, contributor, round_):
    client = client_of(None)
    posted = {**typed(amount="1.250", reason="Skrevet lenge på dette."), "runde": str(round_.public_id)}
    refused = client.post(in_round(round_), posted)
    assert refused.url == f"/konto/login/?next={CREATE}"
    client.force_login(contributor)

    page = client.get(CREATE)
    assert (page.status_code, "ikke lagret ennå" in main(page)) == (200, True)
    assert "Skrevet lenge på dette." in body(page)
    assert 'value="1.250"' in body(page)
    assert f'name="runde" value="{round_.public_id}"' in body(page)
    assert client.post(CREATE, {**posted, "amount": "1250"}).status_code == 302
    assert Proposal.objects.get().round == round_


# Changed


def test_a_draft_is_changed_and_sent_in(client_of, contributor, draft):
    page = client_of(contributor).get(address("proposal-update", draft))
    assert 'value="200\u00a0000"' in body(page)
    assert 'value="Felles opplæring"' in body(page)

    client_of(contributor).post(address("proposal-update", draft), typed(draft, amount="1 mill"))
    draft.refresh_from_db()
    assert (draft.amount, draft.state) == (1_000_000, "draft")
    client_of(contributor).post(address("proposal-update", draft), typed(draft, rank=2, send="1"))
    draft.refresh_from_db()
    assert (draft.rank, draft.state) == (2, "submitted")


@pytest.mark.parametrize("send", [{}, {"send": "1"}])
def test_a_change_posted_twice_is_one(client_of, contributor, draft, send):
    posted = typed(draft, amount="300000", **send)
    for _ in range(2):
        assert client_of(contributor).post(address("proposal-update", draft), posted).status_code == 302

    draft.refresh_from_db()
    assert (draft.amount, draft.history.count()) == (300_000, 3 if send else 2)


def test_two_colleagues_in_the_same_draft_and_the_second_is_told(client_of, contributor, draft):
    colleague = create_user(role=Role.CONTRIBUTOR, name="Kollega", organisation=draft.organisation)
    first, second = typed(draft, amount="300 000"), typed(draft, amount="400 000", reason="Min lange grunn.")
    client_of(colleague).post(address("proposal-update", draft), first)
    page = client_of(contributor).post(address("proposal-update", draft), {**second, "send": "1"})
    draft.refresh_from_db()

    assert (page.status_code, draft.amount, draft.state) == (422, 300_000, "draft")
    assert "Kollega lagret endringer" in main(page)
    assert f"Beløp: {kr(200_000)} {kr(300_000)}" in main(page)
    assert 'value="400 000"' in body(page)
    assert "Min lange grunn." in body(page)
    again = {**second, "version": page.context["form"]["version"].value()}
    assert client_of(contributor).post(address("proposal-update", draft), again).status_code == 302
    draft.refresh_from_db()
    assert (draft.amount, draft.reason) == (400_000, "Min lange grunn.")


def test_a_conflict_names_no_initiative_that_is_not_theirs_to_know(client_of, contributor, draft):
    colleague = create_user(role=Role.CONTRIBUTOR, organisation=draft.organisation)
    secret = create_initiative(title="Hemmelig", visibility="internal", project_lead=colleague)
    mine = typed(draft, rank=5)
    client_of(colleague).post(address("proposal-update", draft), typed(draft, initiative=secret.pk))
    page = client_of(contributor).post(address("proposal-update", draft), mine)

    assert (page.status_code, "Hemmelig" in body(page)) == (422, False)
    assert f"Tiltak: {draft.initiative.title} Tiltak som ikke er offentlig" in main(page)


def test_what_stands_there_is_offered_though_it_is_closed_by_now(client_of, contributor, draft):
    close(draft.initiative)
    page = client_of(contributor).post(address("proposal-update", draft), typed(draft, rank=4))

    draft.refresh_from_db()
    assert (page.status_code, draft.rank) == (302, 4)


def test_what_is_sent_in_is_not_changed_and_what_was_typed_is_kept(client_of, contributor, submitted):
    page = client_of(contributor).get(address("proposal-update", submitted), follow=True)
    assert page.redirect_chain == [(submitted.get_absolute_url(), 302)]

    page = client_of(contributor).post(
        address("proposal-update", submitted), typed(submitted, reason="Ny grunn.")
    )
    assert (page.status_code, Proposal.objects.get().reason) == (422, "Det trengs.")
    assert "Ta det tilbake først." in main(page)
    assert "Ny grunn." in body(page)


def test_a_draft_of_the_secretariat_is_changed_by_the_secretariat(client_of, editor, contributor, round_):
    proposal = create_proposal(round_=round_, by=editor, organisation=contributor.organisation)
    page = client_of(editor).post(address("proposal-update", proposal), typed(proposal, rank=7))

    assert (page.status_code, Proposal.objects.get().rank) == (302, 7)


# Steps


@pytest.mark.parametrize(
    ("name", "state", "round_state", "ends"),
    [
        ("submit", "draft", "open", "submitted"), ("submit", "draft", "prioritising", "draft"),
        ("submit", "submitted", "open", "submitted"), ("submit", "declined", "open", "submitted"),
        ("take-back", "submitted", "open", "draft"), ("take-back", "submitted", "prioritising", "submitted"),
        ("take-back", "prioritised", "open", "prioritised"), ("take-back", "draft", "open", "draft"),
        ("delete", "draft", "open", None), ("delete", "draft", "closed", None),
        ("delete", "submitted", "open", "submitted"), ("delete", "declined", "open", "declined"),
    ],
)  # fmt: skip
def test_the_steps_of_those_whose_it_is(client_of, contributor, name, state, round_state, ends):
    proposal = create_proposal(round_=create_round(state=round_state), by=contributor, state=state)
    page = client_of(contributor).post(address(f"proposal-{name}", proposal), follow=True)
    found = Proposal.objects.filter(pk=proposal.pk).first()

    assert page.status_code == 200
    if (name, state) == ("submit", "declined"):
        ends = "declined" if found.state == "declined" else ends
    assert (found.state if found else None) == ends
    refused = 'role="alert"' in body(page).split("<main")[1]
    assert refused is (
        ends == state and (name, state) not in {("submit", "submitted"), ("take-back", "draft")}
    )


def test_a_draft_thrown_away_is_gone_and_a_second_click_finds_nothing(client_of, contributor, draft, round_):
    client = client_of(contributor)
    assert client.post(address("proposal-delete", draft)).url == round_.get_absolute_url()
    assert client.post(address("proposal-delete", draft)).status_code == 404
    actions.delete_proposal(proposal=draft, by=contributor)  # two at the same moment

    assert (Proposal.objects.count(), LogEntry.objects.filter(verb="slettet utkast").count()) == (0, 1)


def test_after_the_day_nothing_is_sent_in_or_taken_back(client_of, contributor, draft, round_):
    FundingRound.objects.update(closes_on=timezone.localdate() - timedelta(1))
    page = client_of(contributor).get(draft.get_absolute_url())
    assert "Innspillet er ikke sendt inn." in main(page)
    assert [words for words in ("Send inn", "Rediger") if words in main(page)] == []
    page = client_of(contributor).post(address("proposal-submit", draft), follow=True)

    assert (Proposal.objects.get().state, "Fristen for innspill var" in main(page)) == ("draft", True)


# Answered


def test_a_proposal_is_prioritised_with_so_much_of_a_grant(client_of, editor, contributor, waiting, round_):
    page = client_of(editor).get(address("proposal-answer", waiting))
    assert 'value="200\u00a0000"' in body(page)
    assert f'<option value="{round_.grants.get().pk}" selected>' in body(page)

    posted = answered(round_, answer="Godt tenkt.")
    for _ in range(2):  # a form sent twice
        page = client_of(editor).post(address("proposal-answer", waiting), posted)
        assert page.url == f"{round_.get_absolute_url()}#innspill-{waiting.public_id}"
    waiting.refresh_from_db()
    allocation = Allocation.objects.get()
    assert (waiting.state, waiting.answer, waiting.allocation) == ("prioritised", "Godt tenkt.", allocation)
    assert (allocation.amount, allocation.state, allocation.recipient) == (
        150_000,
        "planned",
        waiting.organisation,
    )
    page = client_of(editor).get(waiting.get_absolute_url())
    assert f"Prioritert: {kr(150_000)}" in main(page)
    assert f'href="{allocation.get_absolute_url()}"' in body(page)
    page = client_of(contributor).get(waiting.get_absolute_url())
    assert ("Godt tenkt." in main(page), kr(150_000) in main(page), "Angre" in main(page)) == (
        True,
        False,
        False,
    )


def test_no_is_said_with_a_reason(client_of, editor, contributor, waiting, round_):
    page = client_of(editor).post(address("proposal-answer", waiting), answered(round_, outcome="declined"))
    assert errors(page) == ["Skriv kort hvorfor innspillet ikke prioriteres."]

    client_of(editor).post(
        address("proposal-answer", waiting), answered(round_, outcome="declined", answer="Ikke i år.")
    )
    waiting.refresh_from_db()
    assert (waiting.state, Allocation.objects.count()) == ("declined", 0)
    assert "Ikke prioritert" in main(client_of(contributor).get(waiting.get_absolute_url()))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": ""}, "Feltet er påkrevet."),
        ({"amount": ""}, "Skriv hvor mye som prioriteres."),
        ({"amount": "1.250"}, "kan bety to ting"),
        ({"amount": "9" * 30}, "for mye til å være riktig"),
        ({"grant": ""}, "Velg et av tilskuddene runden gjelder."),
        ({"answer": "x" * 1001}, "1000"),
        ({"answer": "Ring 17054026641"}, "fødselsnummer"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_and_kept(
    client_of, editor, waiting, round_, fields, sentence
):
    page = client_of(editor).post(
        address("proposal-answer", waiting), answered(round_, **{"answer": "Skrevet lenge.", **fields})
    )
    waiting.refresh_from_db()

    assert (page.status_code, waiting.state, Allocation.objects.count()) == (422, "submitted", 0)
    assert [sentence in error for error in errors(page)] == [True]
    assert ("Skrevet lenge." in body(page)) is ("answer" not in fields)


def test_only_the_grants_of_the_round_are_offered(client_of, editor, waiting, round_):
    other = create_grant(year=2031)
    page = client_of(editor).post(address("proposal-answer", waiting), answered(round_, grant=other.pk))
    assert (page.status_code, Allocation.objects.count()) == (422, 0)

    round_.grants.add(other)
    page = client_of(editor).get(address("proposal-answer", waiting))
    assert set(page.context["form"].fields["grant"].queryset) == set(round_.grants.all())
    assert (
        "selected" not in body(page).split('name="grant"')[1].split("</select>")[0].split("</option>", 1)[1]
    )
    assert f"{other} {kr(10_000_000)}" in main(page)


def test_two_answers_at_once_and_the_second_is_refused(client_of, editor, waiting, round_):
    client_of(editor).post(address("proposal-answer", waiting), answered(round_))
    for other in (answered(round_, amount="90 000"), answered(round_, outcome="declined", answer="Nei.")):
        page = client_of(editor).post(address("proposal-answer", waiting), other)
        assert page.status_code == 422
    assert (Allocation.objects.get().amount, Proposal.objects.get().state) == (150_000, "prioritised")


@pytest.mark.parametrize("round_state", ["open", "decided", "closed"])
def test_a_round_that_is_not_at_the_answers_gives_none(client_of, editor, contributor, round_state):
    round_ = create_round(state=round_state)
    proposal = create_proposal(round_=round_, by=contributor, state="submitted")
    page = client_of(editor).get(address("proposal-answer", proposal), follow=True)
    assert (page.redirect_chain, "kan ikke besvares nå" in main(page)) == (
        [(proposal.get_absolute_url(), 302)],
        True,
    )
    assert client_of(editor).post(address("proposal-answer", proposal), answered(round_)).status_code == 422
    assert Proposal.objects.get().state == "submitted"


def test_an_answer_is_taken_back(client_of, editor, waiting, round_):
    client_of(editor).post(address("proposal-answer", waiting), answered(round_))
    for _ in range(2):
        page = client_of(editor).post(address("proposal-reopen", waiting))
        assert page.url == f"{round_.get_absolute_url()}#innspill-{waiting.public_id}"
    waiting.refresh_from_db()

    assert (waiting.state, waiting.answer, Allocation.objects.count()) == ("submitted", "", 0)


def test_an_answer_that_is_allocated_stands(client_of, editor, contributor, waiting, round_):
    client_of(editor).post(address("proposal-answer", waiting), answered(round_))
    actions.allocate(
        allocations=Allocation.objects.all(), decision=create_funding_decision(), on=None, by=editor
    )
    page = client_of(editor).get(waiting.get_absolute_url())
    assert "Angre svaret" not in main(page)
    page = client_of(editor).post(address("proposal-reopen", waiting), follow=True)

    assert (Proposal.objects.get().state, "Pengene er tildelt." in main(page)) == ("prioritised", True)
    page = client_of(contributor).get(waiting.get_absolute_url())
    assert f"Tildelt: {kr(150_000)}" in main(page)  # decided, hence public


# Read


def test_an_initiative_that_is_not_theirs_to_know_is_not_named(client_of, contributor, editor, round_):
    secret = create_initiative(title="Hemmelig", visibility="internal")
    proposal = create_proposal(round_=round_, by=contributor, initiative=secret)
    for name in ("proposal-detail", "proposal-update"):
        page = body(client_of(contributor).get(address(name, proposal)))
        assert "emmelig" not in page


def test_the_log_is_for_those_who_decide(client_of, contributor, leader, round_):
    client_of(contributor).post(in_round(round_), typed(send="1"))
    address_ = Proposal.objects.get().get_absolute_url()

    assert ["sendte inn" in main(client_of(one).get(address_)) for one in (contributor, leader)] == [
        False,
        True,
    ]
