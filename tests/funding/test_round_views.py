"""Rounds: who sees what of them, the proposals side by side, and every step."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import LogEntry
from funding import actions
from funding.documents import round_table
from funding.forms.decisions import OFFERED, DecisionField
from funding.models import FundingRound, Grant, Proposal
from funding.rules import NotAllowed
from tests.factories import (
    create_allocation,
    create_case,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_organisation,
    create_point,
    create_proposal,
    create_round,
)
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db


NEXT_YEAR = timezone.localdate().year + 1


def kr(amount):
    """As a test reads it: spaces are spaces."""
    return f"{amount:,} kr".replace(",", " ")


def outcome(response):
    """The status; being sent to sign in is told apart from other redirects."""
    if response.status_code == 302 and response.url.startswith("/konto/login/"):
        return "sign in"
    return response.status_code


def everybody(client_of, cast, method, url, data=None):
    return {who: outcome(getattr(client_of(person), method)(url, data)) for who, person in vars(cast).items()}


def address(name, round_):
    return reverse(f"funding:{name}", args=[round_.public_id])


@pytest.fixture
def round_(db):
    return create_round(title="Innspill til midlene for 2025", guidance="Tenk på oppfølgingen.")


@pytest.fixture
def prioritising(contributor):
    round_ = create_round(state="prioritising")
    create_proposal(round_=round_, by=contributor, state="submitted", work_package="Felles opplæring")
    return round_


def typed(round_=None, **fields):
    """The form as it stands."""
    grants = round_.grants.all() if round_ else [Grant.objects.first() or create_grant()]
    values = {"title": "Ny runde", "guidance": "", "closes_on": "", **fields}
    if round_:
        values = {
            "title": round_.title,
            "guidance": round_.guidance,
            "version": round_.history.first().history_id,
            **fields,
        }
    return {"grants": [grant.pk for grant in grants], **values}


# Who


def test_who_sees_a_round(client_of, cast, round_):
    assert everybody(client_of, cast, "get", round_.get_absolute_url()) == {
        "public": "sign in", "member": 404, "outsider": 200, "contributor": 200, "leader": 200, "editor": 200,
        "admin": 404,
    }  # fmt: skip


def test_only_the_secretariat_opens_a_round(client_of, cast):
    for method in ("get", "post"):
        assert everybody(client_of, cast, method, reverse("funding:round-create"), typed()) == {
            "public": "sign in", "member": 403, "outsider": 403, "contributor": 403, "leader": 403,
            "editor": 200 if method == "get" else 302, "admin": 403,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "method", "editor_gets"),
    [
        ("round-update", "get", 200), ("round-update", "post", 422), ("round-move", "get", 405),
        ("round-move", "post", 302), ("round-decide", "get", 200), ("round-decide", "post", 422),
    ],
)  # fmt: skip
def test_only_the_secretariat_changes_a_round(client_of, cast, prioritising, name, method, editor_gets):
    others = dict.fromkeys(["outsider", "contributor", "leader"], 405 if editor_gets == 405 else 403)
    unknown = 405 if editor_gets == 405 else 404
    expected = {"public": "sign in", "member": unknown, "admin": unknown, **others, "editor": editor_gets}

    assert everybody(client_of, cast, method, address(name, prioritising)) == expected
    prioritising.refresh_from_db()
    assert prioritising.state == "prioritising"


# What


def test_proposals_stand_side_by_side_for_those_who_decide(client_of, editor, leader, contributor):
    grant = create_grant(amount=1_000_000, rounded_to=100_000)
    create_allocation(grant=grant, amount=300_000)
    round_ = create_round(grants=[grant], state="prioritising")
    initiative = create_initiative(title="Trygg utskriving")
    create_proposal(
        round_=round_, by=contributor, state="submitted", initiative=initiative, amount=250_000, rank=2,
        work_package="Felles opplæring", reason="Mange går hjem for tidlig.",
    )  # fmt: skip
    proposal = create_proposal(
        round_=round_, by=contributor, state="submitted", amount=900_000, idea="Vaktordning"
    )
    actions.answer_proposal(
        proposal=proposal, prioritised=True, answer="Godt tenkt.", by=editor, grant=grant, amount=800_000
    )
    pages = {who: main(client_of(person).get(round_.get_absolute_url())) for who, person in
             {"editor": editor, "leader": leader}.items()}  # fmt: skip

    for page in pages.values():
        for words in (
            "Valdres", "Trygg utskriving", "Felles opplæring", "Mange går hjem for tidlig.", kr(250_000), "Sendt inn",
            "Vaktordning", "Ny idé,", "Prioritert", kr(800_000), "Godt tenkt.",
            f"ca. {kr(1_000_000)}", f"ca. {kr(700_000)}", f"ca. −{kr(100_000)} For lite",
            f"2 innspill på til sammen {kr(1_150_000)}. Prioritert så langt: {kr(800_000)}.",
        ):  # fmt: skip
            assert words in page
    assert "Angre svaret" in pages["editor"]
    assert "Vedta fordelingen" in pages["editor"]
    assert [
        words
        for words in ("Angre", "Vedta fordelingen", "Rediger", "Nytt innspill")
        if words in pages["leader"]
    ] == []
    assert reverse("funding:proposal-answer", args=[round_.proposals.first().public_id])


def test_an_exact_grant_is_not_about(client_of, leader, round_):
    assert "ca." not in main(client_of(leader).get(round_.get_absolute_url()))


def test_a_contributor_sees_their_own_and_nothing_of_another_organisation(
    client_of, contributor, outsider, editor, round_
):
    for state in ("draft", "submitted", "prioritised", "declined"):
        create_proposal(
            round_=round_, by=contributor, state=state, work_package=f"Vårt {state}", amount=111_000
        )
        create_proposal(
            round_=round_, by=outsider, state=state, work_package=f"Deres {state}", amount=222_000, idea="Deres idé",
            reason="Deres grunn", **({"answer": "Deres svar"} if state == "declined" else {}),
        )  # fmt: skip
    page = client_of(contributor).get(round_.get_absolute_url())

    for state in ("draft", "submitted", "prioritised", "declined"):
        assert f"Vårt {state}" in main(page)
    assert "Ikke nok penger." in main(page)
    for theirs in ("Deres", outsider.organisation.name, kr(222_000), "Utenfor"):
        assert theirs not in body(page)
    seen = main(client_of(editor).get(round_.get_absolute_url()))
    assert [f"Deres {state}" in seen for state in ("draft", "submitted")] == [False, True]


def test_a_contributor_does_not_see_what_is_planned(client_of, contributor, editor, prioritising):
    proposal = prioritising.proposals.get()
    grant = prioritising.grants.get()
    actions.answer_proposal(
        proposal=proposal, prioritised=True, answer="Ja.", by=editor, grant=grant, amount=123_000
    )
    page = main(client_of(contributor).get(prioritising.get_absolute_url()))
    assert ("Prioritert" in page, "Ja." in page) == (True, True)
    assert [words for words in (kr(123_000), "Midler å fordele", "Logg", "Angre") if words in page] == []

    actions.allocate(
        allocations=[proposal.allocation], decision=create_funding_decision(), on=None, by=editor
    )
    page = main(client_of(contributor).get(prioritising.get_absolute_url()))
    assert f"Tildelt: {kr(123_000)}" in page


def test_an_initiative_that_is_not_theirs_to_know_is_not_named(client_of, contributor, leader, round_):
    secret = create_initiative(title="Hemmelig", visibility="internal")
    create_proposal(round_=round_, by=contributor, state="submitted", initiative=secret)

    page = client_of(contributor).get(round_.get_absolute_url())
    assert "Tiltak som ikke er offentlig" in main(page)
    assert "Hemmelig" not in body(page)
    assert "hemmelig" not in body(page)
    assert "Hemmelig" in main(client_of(leader).get(round_.get_absolute_url()))


def test_drafts_of_the_secretariat_stand_apart_and_are_theirs_alone(
    client_of, editor, leader, round_, valdres
):
    create_proposal(round_=round_, by=editor, organisation=valdres, work_package="Kom på telefon")

    assert "Utkast i sekretariatet" in main(client_of(editor).get(round_.get_absolute_url()))
    page = main(client_of(leader).get(round_.get_absolute_url()))
    assert "Kom på telefon" not in page
    assert "Ingen innspill ennå" in page


def test_what_a_contributor_is_offered_follows_the_round(client_of, contributor, round_):
    today, decision = timezone.localdate(), create_funding_decision()
    offered = {}
    for name, fields in {
        "open": {}, "last day": {"closes_on": today}, "too late": {"closes_on": today - timedelta(1)},
        "prioritising": {"state": "prioritising"}, "decided": {"state": "decided", "decision": decision},
        "closed": {"state": "closed"},
    }.items():  # fmt: skip
        FundingRound.objects.update(**fields)
        offered[name] = "Nytt innspill" in main(client_of(contributor).get(round_.get_absolute_url()))
    assert offered == {
        "open": True, "last day": True, "too late": False, "prioritising": False, "decided": False, "closed": False,
    }  # fmt: skip


def test_the_page_says_until_when_and_how(client_of, contributor):
    round_ = create_round(guidance="Tenk på oppfølgingen.", closes_on=date(2099, 3, 1))
    page = main(client_of(contributor).get(round_.get_absolute_url()))

    assert "til og med 01.03.2099" in page
    assert "Tenk på oppfølgingen." in page
    assert round_.grants.get().scheme.name in page


def test_the_decision_of_a_round_is_a_link_for_those_who_may_read_it(client_of, contributor, editor):
    round_ = create_round(state="decided")
    meeting = round_.decision.item.meeting
    for person in (contributor, editor):
        page = client_of(person).get(round_.get_absolute_url())
        assert str(meeting) in main(page)
        assert f'href="{round_.decision.case.get_absolute_url()}"' in body(page)


@pytest.mark.parametrize("who", ["editor", "leader", "contributor"])
def test_a_round_takes_as_many_queries_for_many_proposals(client_of, cast, editor, who):
    round_ = create_round(grants=[create_grant()], state="prioritising")
    client = client_of(getattr(cast, who))
    counts = []
    for number in (1, 2, 12):
        for _ in range(number):
            proposal = create_proposal(
                round_=round_, by=cast.contributor, state="submitted", initiative=create_initiative()
            )
            create_proposal(round_=round_, by=cast.contributor, state="draft", idea="Idé")
            create_proposal(round_=round_, by=editor, organisation=create_organisation(), idea="Idé")
            create_allocation(planned=True, proposal=proposal, initiative=proposal.initiative)
            Proposal.objects.filter(pk=proposal.pk).update(state="prioritised")
        client.get(round_.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(round_.get_absolute_url())
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 20


def test_sums_of_a_round_stay_when_the_money_is_allocated(editor, prioritising):
    [proposal] = prioritising.proposals.all()
    actions.answer_proposal(
        proposal=proposal,
        prioritised=True,
        answer="",
        by=editor,
        grant=prioritising.grants.get(),
        amount=90_000,
    )
    actions.allocate(
        allocations=[proposal.allocation], decision=create_funding_decision(), on=None, by=editor
    )

    table = round_table(prioritising, editor)
    assert (table.asked, table.prioritised) == (200_000, 90_000)


# Opened and changed


def test_a_round_is_opened(client_of, editor):
    grants = [create_grant(year=2024), create_grant(year=2025)]
    posted = typed(
        title="  Innspill   2025 ",
        guidance="Kort.",
        closes_on=f"01.03.{NEXT_YEAR}",
        grants=[g.pk for g in grants],
    )
    page = client_of(editor).post(reverse("funding:round-create"), posted, follow=True)
    round_ = FundingRound.objects.get()

    assert (round_.title, round_.guidance, round_.closes_on, round_.state) == (
        "Innspill 2025", "Kort.", date(NEXT_YEAR, 3, 1), "open",
    )  # fmt: skip
    assert set(round_.grants.all()) == set(grants)
    assert "Runden er åpnet." in main(page)


def test_a_round_posted_twice_is_one(client_of, editor):
    posted = typed(title="Innspill 2025")
    for _ in range(2):
        assert client_of(editor).post(reverse("funding:round-create"), posted).status_code == 302

    assert FundingRound.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": " "}, "Feltet er påkrevet."),
        ({"title": "x" * 201}, "Sørg for at denne verdien har 200 eller færre tegn"),
        ({"grants": []}, "Velg hvilke midler runden gjelder."),
        ({"grants": ["99999999999999999999999"]}, "99999999999999999999999"),
        ({"grants": ["x"]}, "x"),
        ({"closes_on": "snart"}, "dato"),
        ({"closes_on": "0202-01-01"}, "Året 202 kan ikke stemme."),
        ({"guidance": "<script>"}, "HTML-koder"),
        ({"guidance": "x" * 2001}, "2000"),
        ({"title": "Ring 17054026641"}, "fødselsnummer"),
    ],
)
def test_a_round_that_makes_no_sense_keeps_what_was_typed(client_of, editor, fields, sentence):
    page = client_of(editor).post(
        reverse("funding:round-create"), {**typed(guidance="Skrevet lenge."), **fields}
    )

    assert (page.status_code, FundingRound.objects.count()) == (422, 0)
    assert [sentence in error for error in errors(page)] == [True]
    assert ("Skrevet lenge." in body(page)) is ("guidance" not in fields)


def test_a_round_is_changed(client_of, editor, round_):
    more = create_grant(year=2026)
    posted = typed(round_, title="Nytt navn", closes_on=f"{NEXT_YEAR}-05-01")
    posted["grants"].append(more.pk)
    page = client_of(editor).post(address("round-update", round_), posted)
    round_.refresh_from_db()

    assert (page.status_code, round_.title, round_.closes_on) == (302, "Nytt navn", date(NEXT_YEAR, 5, 1))
    assert more in round_.grants.all()
    assert client_of(editor).post(address("round-update", round_), posted).status_code == 302  # sent twice
    assert LogEntry.objects.about(round_).count() == 1


def test_two_in_the_same_round_and_the_second_is_told(client_of, editor, round_):
    first, second = typed(round_, title="Den enes"), typed(round_, title="Den andres")
    client_of(editor).post(address("round-update", round_), first)
    page = client_of(editor).post(address("round-update", round_), second)
    round_.refresh_from_db()

    assert (page.status_code, round_.title) == (422, "Den enes")
    assert "Opplysningene er endret siden du åpnet skjemaet" in main(page)
    assert "Tittel: Innspill til midlene for 2025 Den enes" in main(page)
    assert 'value="Den andres"' in body(page)
    again = {**second, "version": page.context["form"]["version"].value()}
    assert client_of(editor).post(address("round-update", round_), again).status_code == 302
    round_.refresh_from_db()
    assert round_.title == "Den andres"


def test_a_grant_that_was_prioritised_of_stays_in_the_round(client_of, editor, contributor, prioritising):
    actions.answer_proposal(
        proposal=prioritising.proposals.get(), prioritised=True, answer="", by=editor,
        grant=prioritising.grants.get(), amount=1,
    )  # fmt: skip
    posted = typed(prioritising, grants=[create_grant(year=2030).pk])
    page = client_of(editor).post(address("round-update", prioritising), posted)

    assert errors(page) == ["Innspill i runden er allerede prioritert på tilskuddet du tok bort."]


def test_what_was_typed_of_a_round_comes_back_after_sign_in(client_of, editor, round_):
    client = client_of(None)
    refused = client.post(address("round-update", round_), typed(round_, guidance="Skrevet lenge."))
    assert refused.url == f"/konto/login/?next={address('round-update', round_)}"
    client.force_login(editor)

    page = client.get(address("round-update", round_))
    assert "Skrevet lenge." in body(page)
    assert "ikke lagret ennå" in main(page)


# Steps


@pytest.mark.parametrize(
    ("state", "to", "ends"),
    [
        ("open", "prioritising", "prioritising"), ("prioritising", "open", "open"), ("decided", "closed", "closed"),
        ("open", "open", "open"), ("open", "closed", "open"), ("open", "decided", "open"), ("decided", "open", "decided"),
        ("prioritising", "decided", "prioritising"), ("closed", "open", "closed"), ("open", "tull", "open"),
        ("open", "", "open"), ("open", "x" * 5000, "open"), ("open", "\x00", "open"),
    ],
)  # fmt: skip
def test_the_steps_by_button(client_of, editor, state, to, ends):
    round_ = create_round(state=state)
    page = client_of(editor).post(address("round-move", round_), {"to": to}, follow=True)
    round_.refresh_from_db()

    assert (page.status_code, round_.state) == (200, ends)
    refused = 'role="alert"' in body(page).split("<main")[1]
    assert refused is (state == ends and to != state)


def test_the_step_is_found_as_a_button_on_the_page(client_of, editor, leader, contributor):
    for state, to in {"open": "prioritising", "prioritising": "open", "decided": "closed"}.items():
        round_ = create_round(state=state)
        pages = [body(client_of(one).get(round_.get_absolute_url())) for one in (editor, leader, contributor)]
        assert [f'value="{to}"' in page for page in pages] == [True, False, False]


def test_a_button_pressed_after_the_session_ended_leads_back_to_the_round(client_of, round_):
    page = client_of(None).post(
        address("round-move", round_), {"to": "prioritising"},
        headers={"Referer": f"http://testserver{round_.get_absolute_url()}"},
    )  # fmt: skip

    assert page.url == f"/konto/login/?next={round_.get_absolute_url()}"


def test_a_round_is_decided_when_all_is_answered(client_of, editor, prioritising):
    decision = create_funding_decision()
    page = client_of(editor).post(address("round-decide", prioritising), {"decision": decision.pk})
    prioritising.refresh_from_db()
    assert (page.status_code, prioritising.state) == (422, "prioritising")
    assert "1 innspill er ikke besvart." in main(page)
    assert f'<option value="{decision.pk}" selected>' in body(page)

    actions.answer_proposal(
        proposal=prioritising.proposals.get(), prioritised=True, answer="", by=editor,
        grant=prioritising.grants.get(), amount=90_000,
    )  # fmt: skip
    for _ in range(2):  # a form sent twice
        page = client_of(editor).post(
            address("round-decide", prioritising), {"decision": decision.pk}, follow=True
        )
        prioritising.refresh_from_db()
        assert (prioritising.state, prioritising.decision) == ("decided", decision)
        assert "Runden er vedtatt." in main(page)
    allocate = reverse("funding:grant-allocate", args=[prioritising.grants.get().public_id])
    assert f'href="{allocate}"' in body(page)


def test_another_decision_of_a_decided_round_is_refused(client_of, editor):
    round_ = create_round(state="decided")
    page = client_of(editor).post(
        address("round-decide", round_), {"decision": create_funding_decision(on=date(2025, 3, 1)).pk}
    )

    assert errors(page) == ["Runden er allerede vedtatt, med et annet vedtak."]
    assert FundingRound.objects.get().decision == round_.decision


@pytest.mark.parametrize("state", ["open", "decided", "closed"])
def test_a_round_that_cannot_be_decided_now_says_so(client_of, editor, state):
    round_ = create_round(state=state)
    page = client_of(editor).get(address("round-decide", round_), follow=True)

    assert page.redirect_chain == [(round_.get_absolute_url(), 302)]
    assert round_.get_state_display().lower() in main(page)
    if state == "open":
        page = client_of(editor).post(
            address("round-decide", round_), {"decision": create_funding_decision().pk}
        )
        assert (page.status_code, FundingRound.objects.get().state) == (422, "open")


@pytest.mark.parametrize("posted", ["", "0", "x", "99999999999999999999999", "1 OR 1"])
def test_a_decision_that_is_none_is_refused(client_of, editor, prioritising, posted):
    page = client_of(editor).post(address("round-decide", prioritising), {"decision": posted})

    assert (page.status_code, len(errors(page))) == (422, 1)


# Choosing a decision


def choices(**kept):
    field = DecisionField()
    for decision in kept.values():
        field.keep(decision)
    return list(field.queryset)


def test_only_adopted_decisions_of_approved_minutes_are_offered_the_newest_meeting_first():
    older = create_funding_decision(on=date(2025, 2, 20))
    newer = create_funding_decision(on=date(2025, 9, 18), outcome="changed")
    replaced = create_funding_decision(on=date(2025, 9, 19))
    corrected = create_point(item=replaced.item, corrects=replaced, number=2)
    outside = create_point(case=create_case(), unknown_reason="Ikke oppgitt i kilden.")
    create_funding_decision(on=date(2025, 9, 20), locked=False)
    for day, result in enumerate(("noted", "postponed", "withdrawn"), start=1):
        create_funding_decision(on=date(2025, 3, day), outcome=result, adopted="Noe.")
    create_point(case=create_case(), outcome="proposed")

    assert choices() == [corrected, newer, older, outside]


def test_a_decision_is_named_by_its_meeting_and_its_first_words():
    decision = create_funding_decision(on=date(2025, 2, 20), text="Ord \n ord " * 40)
    field = DecisionField()
    label = field.label_from_instance(field.queryset.get())

    assert label.startswith(f"{decision.item.meeting.body.short_name} 20.02.2025: Ord ord Ord")
    assert len(label.split(": ", 1)[1]) == 90
    lone = create_point(case=create_case(), unknown_reason="Ikke oppgitt.", text="Kort.")
    assert field.label_from_instance(lone) == "Ikke oppgitt.: Kort."


def test_as_many_as_fit_are_offered_and_the_one_that_stands_there(monkeypatch):
    monkeypatch.setattr("funding.forms.decisions.OFFERED", 3)
    oldest, *_rest = [create_funding_decision(on=date(2025, 1, 1) + timedelta(n)) for n in range(5)]
    field = DecisionField()
    assert (OFFERED, len(field.queryset), oldest in field.queryset) == (200, 3, False)

    field.keep(oldest)
    assert (len(field.queryset), list(field.queryset)[-1], field.clean(oldest.pk)) == (4, oldest, oldest)


def test_decisions_are_offered_in_one_query(django_assert_num_queries):
    for number in range(3):
        create_funding_decision(on=date(2025, 1, 1) + timedelta(number))
    field = DecisionField()
    with django_assert_num_queries(1):
        assert [bool(key) for key, _label in iter(field.choices)] == [False, True, True, True]


# The overview


def test_the_overview_tells_the_secretariat_what_came_in(client_of, cast, contributor, outsider, round_):
    def home(who):
        return main(client_of(getattr(cast, who)).get("/"))

    assert "Innspill å svare på" not in home("editor")
    create_proposal(round_=round_, by=contributor)
    assert "Innspill å svare på" not in home("editor")
    create_proposal(round_=round_, by=contributor, state="submitted")
    create_proposal(round_=round_, by=outsider, state="submitted")
    assert "2 nye innspill. Runden er fortsatt åpen." in home("editor")
    FundingRound.objects.update(state="prioritising")
    assert "2 innspill venter på svar" in home("editor")
    for who in ("leader", "contributor"):
        assert "Innspill å svare på" not in home(who)
    Proposal.objects.update(state="declined", submitted_at=timezone.now(), answer="Nei.")
    assert "Innspill å svare på" not in home("editor")


def test_the_overview_tells_contributors_where_they_can_propose(
    client_of, cast, contributor, outsider, round_
):
    def told(*people):
        pages = {who: main(client_of(getattr(cast, who)).get("/")) for who in people}
        return {who for who, page in pages.items() if "Innspill til midler" in page}

    assert told("public", "leader", "editor", "contributor", "outsider") == {"contributor", "outsider"}
    create_proposal(round_=round_, by=contributor, work_package="Felles opplæring")
    page = client_of(contributor).get("/")
    assert "Felles opplæring" in main(page)
    assert f"?runde={round_.public_id}" in body(page)
    assert "Felles opplæring" not in body(client_of(outsider).get("/"))

    FundingRound.objects.update(closes_on=timezone.localdate() - timedelta(1))
    assert told("contributor", "outsider") == {"contributor"}
    assert "Fristen er ute" in main(client_of(contributor).get("/"))
    FundingRound.objects.update(state="closed", decision=create_funding_decision())
    assert told("contributor") == set()


@pytest.mark.parametrize(("who", "most"), [("editor", 1), ("contributor", 2), ("leader", 0), ("public", 0)])
def test_the_panels_ask_little(client_of, cast, contributor, round_, who, most):
    for number in range(3):
        create_proposal(round_=round_, by=contributor)
        create_proposal(round_=create_round(title=f"Runde {number}"), by=contributor, state="submitted")
    client = client_of(getattr(cast, who))
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")

    assert len([query for query in queries if "funding_fundinground" in query["sql"]]) == most


def test_a_round_is_not_decided_past_its_rules(editor, prioritising):
    with pytest.raises(NotAllowed):
        actions.move_round(round_=prioritising, to="decided", decision=None, by=editor)
