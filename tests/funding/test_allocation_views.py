"""Lines of a grant: planned, edited in place, allocated, changed by later decisions, moved and told of."""

from datetime import date

import pytest

from funding.models import Allocation, Posting, Transfer, balance_of
from tests.factories import (
    create_allocation,
    create_area,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_organisation,
    create_point,
    create_report,
)
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db

NBSP = "\u00a0"
JUNE = date(2025, 6, 30)


@pytest.fixture
def grant(ssu):
    return create_grant(year=2024, amount=1_000_000)


@pytest.fixture
def allocation(grant):
    return create_allocation(
        grant=grant, amount=300_000, work_package="Start", initiative=create_initiative(title="Trygg")
    )


@pytest.fixture
def planned(grant):
    return create_allocation(
        grant=grant, amount=200_000, planned=True, initiative=create_initiative(title="Nytt")
    )


@pytest.fixture
def decision(ssu):
    return create_funding_decision(on=JUNE, body=ssu)


def words(response) -> str:
    return main(response).replace(NBSP, " ")


def page_of(allocation: Allocation, verb: str = "") -> str:
    return f"/midler/tildelinger/{allocation.public_id}/{verb + '/' if verb else ''}"


def seen(thing) -> int:
    return thing.history.first().history_id


def line(allocation: Allocation, **changes) -> dict:
    """The form of a line as it stands, with changes."""
    data = {
        "initiative": allocation.initiative_id or "",
        "label": allocation.label,
        "program_area": allocation.program_area_id or "",
        "work_package": allocation.work_package,
        "recipient": allocation.recipient_id or "",
        "amount": allocation.amount,
        "version": seen(allocation),
    }
    return {**data, **changes}


HTMX = {"HX-Request": "true"}


def in_place(client, allocation, data):
    headers = {**HTMX, "HX-Target": f"tildeling-{allocation.pk}"}
    return client.post(page_of(allocation, "rediger"), data, headers=headers)


# A line in place


def test_a_line_is_edited_in_place(allocation, client_of, editor):
    recipient = create_organisation(name="Valdres")
    data = line(allocation, work_package="Annet", recipient=recipient.pk)
    response = in_place(client_of(editor), allocation, data)

    assert response.status_code == 200
    assert body(response).strip().startswith(f'<tr id="tildeling-{allocation.pk}">')
    assert "funding-changed" in response["HX-Trigger"]
    allocation.refresh_from_db()
    assert (allocation.work_package, allocation.recipient, allocation.amount) == ("Annet", recipient, 300_000)


def test_an_allocated_amount_is_not_changed_in_place(allocation, client_of, editor):
    in_place(client_of(editor), allocation, line(allocation, amount="1"))

    allocation.refresh_from_db()
    assert allocation.amount == 300_000


def test_a_plan_is_changed_in_place_with_its_amount(planned, client_of, editor):
    response = in_place(client_of(editor), planned, line(planned, amount="0,25 mill"))

    assert "250 000 kr" in body(response).replace(NBSP, " ")
    planned.refresh_from_db()
    assert planned.amount == 250_000


def test_a_line_that_moves_to_another_area_redraws_the_table(allocation, client_of, editor):
    other = create_initiative(title="Et annet", area=create_area(name="Et annet område"))
    response = in_place(client_of(editor), allocation, line(allocation, initiative=other.pk))
    assert response.status_code == 422
    assert errors(response) == ["Pengene er tildelt. Skriv hvorfor de nå er til noe annet."]
    response = in_place(
        client_of(editor), allocation, line(allocation, initiative=other.pk, reason="Feil tiltak.")
    )

    assert response["HX-Refresh"] == "true"
    assert "Sum Et annet område 300 000 kr" in words(client_of(editor).get("/midler/2024/"))


def test_without_script_a_line_is_saved_from_its_own_page(allocation, client_of, editor):
    response = client_of(editor).post(
        page_of(allocation, "rediger"), line(allocation, work_package="Annet"), follow=True
    )

    assert response.redirect_chain[0][0] == f"/midler/2024/#tildeling-{allocation.pk}"
    assert "Trygg: Linjen er lagret." in words(response)


BAD_LINES = [
    ({"initiative": "", "label": ""}, "Velg tiltaket pengene er til, eller skriv hva det er."),
    ({"label": "Noe annet"}, "Velg enten et tiltak eller skriv noe nytt, ikke begge deler."),
    ({"initiative": "", "label": "Kurs"}, "Velg programområdet."),
    ({"work_package": "<b>Fet</b>"}, "Teksten kan ikke inneholde HTML-koder. Skriv vanlig tekst."),
    (
        {"initiative": "999999999999999999999"},
        "Velg et gyldig valg. Valget er ikke av de tilgjengelige valgene.",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD_LINES)
def test_a_line_that_is_not_in_order_is_kept_with_its_sentence(
    allocation, client_of, editor, changes, sentence
):
    response = in_place(client_of(editor), allocation, line(allocation, **changes))

    assert response.status_code == 422
    assert errors(response) == [sentence]
    assert allocation.history.count() == 1


BAD_AMOUNTS = ["1.250", "", "-5", "1250,50", "mange", "0", "9" * 40, "1 25 000"]


@pytest.mark.parametrize("typed", BAD_AMOUNTS)
def test_a_bad_amount_is_asked_about_and_kept(planned, client_of, editor, typed):
    response = in_place(client_of(editor), planned, line(planned, amount=typed))

    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert typed == "" or f'value="{typed}"' in body(response)
    planned.refresh_from_db()
    assert planned.amount == 200_000


def test_two_editors_in_one_line_the_second_is_told(allocation, client_of, editor):
    stale = line(allocation, work_package="Mitt")
    in_place(client_of(editor), allocation, line(allocation, work_package="Ditt"))
    response = in_place(client_of(editor), allocation, stale)

    assert response.status_code == 422
    assert "Opplysningene er endret siden du åpnet skjemaet" in body(response)
    assert 'value="Mitt"' in body(response)
    allocation.refresh_from_db()
    assert allocation.work_package == "Ditt"
    in_place(client_of(editor), allocation, {**stale, "version": seen(allocation)})
    allocation.refresh_from_db()
    assert allocation.work_package == "Mitt"


def test_cancelling_gives_the_line_back(allocation, client_of, editor):
    headers = {**HTMX, "HX-Target": f"tildeling-{allocation.pk}"}
    response = client_of(editor).get(page_of(allocation, "rad"), headers=headers)

    assert body(response).strip().startswith(f'<tr id="tildeling-{allocation.pk}">')
    assert client_of(editor).get(page_of(allocation, "rad")).url == f"/midler/2024/#tildeling-{allocation.pk}"


# From plan to decision


def test_a_plan_is_made_and_made_once(grant, client_of, editor):
    initiative = create_initiative(title="Trygg")
    data = {"initiative": initiative.pk, "work_package": "Start", "amount": "kr 450 000"}
    for _twice in range(2):
        response = client_of(editor).post(f"/midler/tildelinger/ny/?tilskudd={grant.public_id}", data)
        assert response.url == "/midler/2024/#prioritert"

    assert list(Allocation.objects.values_list("amount", "state", "decision")) == [(450_000, "planned", None)]


def test_a_line_without_a_grant_leads_to_the_list(client_of, editor):
    assert client_of(editor).get("/midler/tildelinger/ny/").url == "/midler/"
    assert client_of(editor).get("/midler/tildelinger/ny/?tilskudd=x").url == "/midler/"


def allocate(client, grant, **data):
    return client.post(f"/midler/tilskudd/{grant.public_id}/tildel/", data, follow=True)


def test_a_decision_allocates_what_is_chosen(grant, planned, decision, client_of, editor):
    other = create_allocation(grant=grant, amount=100_000, planned=True, initiative=planned.initiative)
    response = allocate(client_of(editor), grant, chosen=[planned.pk], decision=decision.pk)

    assert "1 linje er tildelt." in words(response)
    planned.refresh_from_db()
    assert (planned.state, planned.decision) == ("allocated", decision)
    assert list(planned.postings.values_list("kind", "change", "on")) == [("allocated", 200_000, JUNE)]
    other.refresh_from_db()
    assert other.state == "planned"


def test_over_allocation_is_refused_and_nothing_is_allocated(grant, planned, decision, client_of, editor):
    big = create_allocation(grant=grant, amount=900_000, planned=True, initiative=planned.initiative)
    response = allocate(client_of(editor), grant, chosen=[planned.pk, big.pk], decision=decision.pk)

    assert response.status_code == 422
    assert "Det er 1 000 000 kr igjen av nye midler. 1 100 000 kr er 100 000 kr for mye." in words(response)
    assert not Posting.objects.exists()
    assert balance_of(grant).remainder == 1_000_000


def test_a_rounded_grant_is_overdrawn_within_its_rounding_and_told(decision, client_of, editor):
    grant = create_grant(year=2023, amount=1_000_000, rounded_to=100_000)
    within = create_allocation(grant=grant, amount=1_040_000, planned=True)
    response = allocate(client_of(editor), grant, chosen=[within.pk], decision=decision.pk)

    assert "Nå er det fordelt 40 000 kr mer enn rammen." in words(response)
    assert balance_of(grant).remainder == -40_000
    beyond = create_allocation(grant=grant, amount=10_001, planned=True)
    response = allocate(client_of(editor), grant, chosen=[beyond.pk], decision=decision.pk)
    assert response.status_code == 422
    assert balance_of(grant).remainder == -40_000


def test_only_a_decision_of_approved_minutes_can_be_chosen(grant, planned, client_of, editor, decision):
    proposal = create_point(case=decision.case, item=decision.item, number=2, outcome="proposed")
    unlocked = create_point(case=decision.case, item=decision.item, number=3, locked=False)
    for wrong in (proposal.pk, unlocked.pk, "", "x"):
        assert allocate(client_of(editor), grant, chosen=[planned.pk], decision=wrong).status_code == 422

    planned.refresh_from_db()
    assert planned.state == "planned"


def test_sending_the_form_twice_allocates_once(grant, planned, decision, client_of, editor):
    allocate(client_of(editor), grant, chosen=[planned.pk], decision=decision.pk)
    response = allocate(client_of(editor), grant, chosen=[planned.pk], decision=decision.pk)

    assert response.status_code == 422
    assert Posting.objects.count() == 1


# After the decision


def post(client, allocation, verb, **data):
    return client.post(page_of(allocation, verb), {"version": seen(allocation), **data}, follow=True)


def test_a_later_decision_raises_and_lowers(allocation, decision, client_of, editor):
    response = post(client_of(editor), allocation, "belop", amount="450 000", decision=decision.pk)
    assert "30.06.2025 Økt SSU 30.06.2025 150 000 kr" in words(response)
    post(client_of(editor), allocation, "belop", amount="400 000", decision=decision.pk, on="2025-07-01")

    allocation.refresh_from_db()
    assert allocation.amount == 400_000
    assert list(allocation.postings.values_list("kind", "change")) == [
        ("allocated", 300_000),
        ("raised", 150_000),
        ("lowered", -50_000),
    ]


def test_raising_beyond_the_grant_is_refused(allocation, decision, client_of, editor):
    response = post(client_of(editor), allocation, "belop", amount="1 000 001", decision=decision.pk)

    assert response.status_code == 422
    assert "Det er 700 000 kr igjen av nye midler. 700 001 kr er 1 kr for mye." in words(response)
    allocation.refresh_from_db()
    assert allocation.amount == 300_000


def test_an_allocation_is_withdrawn_by_a_decision(allocation, decision, grant, client_of, editor):
    response = post(client_of(editor), allocation, "trekk", decision=decision.pk)

    assert "Tildelingen er trukket tilbake." in words(response)
    assert balance_of(grant).remainder == 1_000_000


def test_a_plan_is_taken_away_with_a_reason(planned, client_of, editor):
    assert post(client_of(editor), planned, "trekk").status_code == 422
    assert "Linjen er tatt bort." in words(post(client_of(editor), planned, "trekk", reason="Ikke aktuelt."))

    assert "Nytt" not in words(client_of(editor).get("/midler/2024/"))


def test_money_is_paid_reported_and_returned(allocation, grant, client_of, editor):
    assert "Utbetalingen er ført." in words(post(client_of(editor), allocation, "utbetalt", on="2025-03-01"))
    response = post(
        client_of(editor),
        allocation,
        "tilbakefor",
        amount="100 000",
        on="2025-12-01",
        reason="Ble billigere.",
    )

    assert "Pengene er ført tilbake til tilskuddet." in words(response)
    allocation.refresh_from_db()
    assert (allocation.state, allocation.amount) == ("paid", 200_000)
    assert balance_of(grant).remainder == 800_000
    page = words(client_of(editor).get(page_of(allocation)))
    assert "Rapporter bruk" in page
    post(client_of(editor), allocation, "tilbakefor", amount="200 000", on="2025-12-02", reason="Resten.")
    allocation.refresh_from_db()
    assert (allocation.state, allocation.amount) == ("returned", 0)


def test_an_allocation_is_carried_to_another_year_with_its_decision(allocation, grant, client_of, editor):
    newer = create_grant(year=2025, amount=500_000)
    response = post(
        client_of(editor),
        allocation,
        "overfor",
        to_grant=newer.pk,
        amount="300 000",
        on="2025-12-01",
        reason="Kommer ikke i gang i år.",
    )

    assert "Pengene er overført, med det samme vedtaket." in words(response)
    carried = newer.allocations.get()
    assert (carried.amount, carried.decision, carried.source) == (300_000, allocation.decision, "carried")
    assert (balance_of(grant).remainder, balance_of(newer).remainder) == (700_000, 500_000)
    assert Transfer.objects.get().amount == 300_000
    allocation.refresh_from_db()
    assert allocation.state == "carried"


def test_a_mistake_is_corrected_and_both_stand_in_the_history(allocation, decision, grant, client_of, editor):
    post(client_of(editor), allocation, "belop", amount="400 000", decision=decision.pk)
    assert post(client_of(editor), allocation, "rett").status_code == 422
    page = words(post(client_of(editor), allocation, "rett", reason="Skulle vært 40 000 mer."))

    assert "«Økt 30.06.2025» er rettet." in page
    assert (
        "30.06.2025 Økt SSU 30.06.2025 100 000 kr 30.06.2025 Rettet Skulle vært 40 000 mer. – −100 000 kr"
        in page
    )
    assert balance_of(grant).remainder == 700_000


def test_a_transfer_is_taken_back_as_if_it_had_not_been(grant, client_of, editor):
    newer = create_grant(year=2025)
    data = {"to_grant": newer.pk, "amount": "250 000", "on": "2025-12-01", "source": "new", "reason": "Rest."}
    client_of(editor).post(f"/midler/tilskudd/{grant.public_id}/overfor/", data)
    address = f"/midler/overforinger/{Transfer.objects.get().public_id}/rett/"
    assert f'href="{address}"' in body(client_of(editor).get("/midler/2024/"))
    assert address not in body(client_of(None).get("/midler/2024/"))
    response = client_of(editor).post(address, {"reason": "Feil år."}, follow=True)

    assert "Overføringen er tatt tilbake." in words(response)
    assert (balance_of(grant).left("new"), balance_of(newer).transferred_in) == (1_000_000, 0)
    assert client_of(editor).post(address, {"reason": "Feil år."}).status_code == 404
    assert "Endret siden" not in words(client_of(editor).get("/midler/2024/"))


@pytest.mark.parametrize("verb", ["belop", "trekk", "overfor", "rett"])
def test_a_stale_page_changes_no_money(allocation, decision, client_of, editor, verb):
    newer = create_grant(year=2025)
    stale = {"version": seen(allocation)}
    in_place(client_of(editor), allocation, line(allocation, work_package="Endret"))
    data = {
        **stale,
        "amount": "100 000",
        "decision": decision.pk,
        "on": "2025-12-01",
        "reason": "Derfor.",
        "to_grant": newer.pk,
    }
    response = client_of(editor).post(page_of(allocation, verb), data)

    assert response.status_code == 422
    assert "Opplysningene er endret siden du åpnet skjemaet" in body(response)
    allocation.refresh_from_db()
    assert (allocation.amount, allocation.state) == (300_000, "allocated")


def test_a_line_gets_another_place_in_the_paper(allocation, planned, grant, client_of, editor):
    last = create_allocation(
        grant=grant, amount=1000, initiative=planned.initiative, decision=allocation.decision
    )
    client_of(editor).post(page_of(last, "flytt"), {"plass": "1"})

    order = list(grant.allocations.order_by("order", "pk"))
    assert order == [last, allocation, planned]
    assert client_of(editor).post(page_of(last, "flytt"), {"plass": "x"}, follow=True).status_code == 200


# What its page says


def test_the_page_says_all_that_was_decided_and_reported(allocation, client_of, editor):
    create_report(initiative=allocation.initiative)
    page = words(client_of(editor).get(page_of(allocation)))

    assert "Beløp 300 000 kr Tilstand Tildelt Av tilskuddet Ordning 2024 Tiltak Trygg" in page
    assert "20.02.2025 Tildelt SSU 20.02.2025 300 000 kr Står igjen 300 000 kr" in page
    assert "Endre beløpet" in page
    assert "Endre beløpet" not in words(client_of(None).get(page_of(allocation)))


def test_the_letter_is_for_those_who_sent_it_and_those_who_got_it(allocation, cast, client_of, valdres):
    Allocation.objects.filter(pk=allocation.pk).update(recipient=valdres)
    letter = f"{page_of(allocation)}brev.pdf"

    answers = {name: client_of(user).get(letter).status_code for name, user in vars(cast).items()}
    assert answers == {
        "public": 302,
        "member": 403,
        "outsider": 403,
        "contributor": 200,
        "leader": 200,
        "editor": 200,
        "admin": 403,
    }


def test_a_plan_has_no_letter(planned, client_of, editor):
    assert client_of(editor).get(f"{page_of(planned)}brev.pdf").status_code == 404
