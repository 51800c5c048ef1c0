"""Gains: the open list with its sums, the panel of an initiative, and the secretariat's forms."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import LogEntry
from funding.models import Gain
from tests.factories import at, create_initiative, create_organisation
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db

LIST, NEW = "/midler/gevinster/", "/midler/gevinster/ny/"
EVERYBODY = ["public", "member", "outsider", "contributor", "leader", "editor", "admin"]


@pytest.fixture
def hospital(db):
    return create_organisation(name="Sykehuset", kind="hospital_trust")


@pytest.fixture
def house(valdres):
    return create_initiative(title="Familiens hus", slug="hus", owner=valdres)


def create_gain(*, initiative, gainer, **fields):
    gain = Gain(
        initiative=initiative, gainer=gainer, description=fields.pop("description", "Færre reiser"), **fields
    )
    gain.save()
    return gain


def facts(gainer, **changed):
    return {
        "description": "Færre innleggelser",
        "payer": "",
        "gainer": str(gainer.pk),
        "expected": "1,2 mill",
        "realised": "",
        "measured_on": "",
        **changed,
    }


def plain(response):
    return main(response).replace("\u00a0", " ")


# The list


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_the_gains_of_what_is_open_and_only_the_secretariat_changes(
    client_of, cast, house, hospital, who
):
    create_gain(initiative=house, gainer=hospital)
    page = client_of(getattr(cast, who)).get(LIST)

    assert page.status_code == 200
    assert "Familiens hus Færre reiser Ikke avklart Sykehuset" in main(page)
    assert (f'href="{NEW}"' in body(page), "Rediger" in main(page)) == (who == "editor", who == "editor")


@pytest.mark.parametrize("who", EVERYBODY)
def test_gains_of_internal_initiatives_are_neither_told_nor_summed(client_of, cast, house, hospital, who):
    create_gain(initiative=house, gainer=hospital, expected=1_000_000)
    secret = create_initiative(title="Hemmelig", visibility="internal", owner=cast.contributor.organisation)
    create_gain(initiative=secret, gainer=hospital, expected=250_000, description="Skjult gevinst")
    words = plain(client_of(getattr(cast, who)).get(LIST))
    sees = who in {"contributor", "leader", "editor"}

    assert ("Skjult gevinst" in words, "1 250 000 kr" in words) == (sees, sees)
    assert ("2 gevinster" in words, "1 gevinst" in words) == (sees, not sees)


def test_the_list_sums_what_is_expected_and_realised_by_who_pays_and_who_gains(
    client_of, house, hospital, valdres
):
    create_gain(initiative=house, gainer=hospital, payer=valdres, expected=700_000)
    create_gain(
        initiative=house, gainer=hospital, payer=valdres, expected=500_000, realised=350_000,
        measured_on=date(2026, 5, 1),
    )  # fmt: skip
    create_gain(initiative=house, gainer=valdres, payer=hospital)
    words = plain(client_of(None).get(LIST))

    assert "500 000 kr 350 000 kr per 01.05.2026" in words
    assert "Sum av det som er regnet i kroner 1 200 000 kr 350 000 kr" in words
    assert "Sykehuset Valdres 1 – –" in words
    assert "Valdres Sykehuset 2 1 200 000 kr 350 000 kr" in words


@pytest.mark.parametrize("who", ["public", "editor"])
def test_an_empty_list_says_what_to_do(client_of, cast, who):
    words = main(client_of(getattr(cast, who)).get(LIST))

    assert "Ingen gevinster ennå" in words
    assert ("Før hva et tiltak sparer" in words) == (who == "editor")


def test_the_list_costs_the_same_whatever_its_length(client_of, editor, house, hospital):
    client, counts = client_of(editor), []
    for number in range(3):
        create_gain(initiative=create_initiative(), gainer=create_organisation(), payer=hospital)
        if number != 1:
            with CaptureQueriesContext(connection) as queries:
                client.get(LIST)
            counts.append(len(queries))

    assert counts[0] == counts[1]


# The panel of an initiative


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_initiative_shows_its_gains_and_the_secretariat_the_way_to_a_new_one(
    client_of, cast, house, hospital, who
):
    client = client_of(getattr(cast, who))
    assert ("Gevinster" in main(client.get("/tiltak/hus/"))) == (who == "editor")
    create_gain(initiative=house, gainer=hospital, expected=500_000)
    create_gain(initiative=create_initiative(), gainer=hospital, description="Et annet tiltaks gevinst")

    page = client.get("/tiltak/hus/")

    assert "Færre reiser Ikke avklart Sykehuset 500 000 kr –" in plain(page)
    assert "Et annet tiltaks gevinst" not in main(page)
    assert (f'href="{NEW}?tiltak=hus"' in body(page)) == (who == "editor")


# The forms


def addresses(house, hospital):
    gain = create_gain(initiative=house, gainer=hospital)
    return [NEW, f"{LIST}{gain.public_id}/rediger/", f"{LIST}{gain.public_id}/slett/"]


def test_the_public_is_sent_to_sign_in(client_of, house, hospital):
    for address in addresses(house, hospital):
        answer = client_of(None).post(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/konto/login/")
    assert Gain.objects.count() == 1


@pytest.mark.parametrize("who", ["member", "outsider", "contributor", "leader", "admin"])
def test_only_the_secretariat_keeps_gains(client_of, cast, house, hospital, who):
    client = client_of(getattr(cast, who))

    for address in addresses(house, hospital):
        assert client.post(address, facts(hospital)).status_code == 403
    assert (Gain.objects.count(), LogEntry.objects.count()) == (1, 0)


def test_a_gain_of_what_one_may_not_know_of_is_not_found(client_of, cast, hospital):
    secret = create_initiative(title="Hemmelig", visibility="internal")
    _new, *existing = addresses(secret, hospital)

    for who, status in [("member", 404), ("outsider", 404), ("leader", 403)]:
        for address in existing:
            assert client_of(getattr(cast, who)).post(address).status_code == status


def test_a_new_gain_is_of_the_initiative_one_came_from(client_of, editor, house, hospital, valdres):
    client = client_of(editor)
    assert f'<option value="{house.pk}" selected>' in body(client.get(f"{NEW}?tiltak=hus"))

    answer = client.post(
        f"{NEW}?tiltak=hus",
        facts(hospital, initiative=house.pk, payer=valdres.pk, realised="350 000", measured_on="01.05.2026"),
    )

    assert (answer.status_code, answer.url) == (302, "/tiltak/hus/")
    gain = Gain.objects.get()
    assert (gain.initiative, gain.payer, gain.gainer) == (house, valdres, hospital)
    assert (gain.expected, gain.realised, gain.measured_on) == (1_200_000, 350_000, date(2026, 5, 1))
    assert LogEntry.objects.about(house).get().by == editor


@pytest.mark.parametrize("slug", ["", "finnes-ikke", "%00", "a" * 300])
def test_without_an_initiative_one_is_chosen(client_of, editor, house, slug):
    page = client_of(editor).get(f"{NEW}?tiltak={slug}")

    assert page.status_code == 200
    assert '<option value="" selected>Velg tiltak</option>' in body(page)


def test_a_gain_may_be_measured_after_the_work_is_over(client_of, editor, hospital):
    done = create_initiative(
        title="Ferdig", slug="ferdig", closed_as="archived", closed_at=at(date(2026, 1, 1)), closed_by=editor,
        closed_reason="Ferdig.",
    )  # fmt: skip
    client = client_of(editor)

    assert ">Ferdig</option>" not in body(client.get(NEW))
    assert client.post(f"{NEW}?tiltak=ferdig", facts(hospital, initiative=done.pk)).status_code == 302


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"initiative": ""}, "påkrevet"),
        ({"initiative": "999999"}, "gyldig"),
        ({"description": ""}, "påkrevet"),
        ({"description": "<b>Færre</b>"}, "HTML-koder"),
        ({"description": "x" * 301}, "300"),
        ({"gainer": ""}, "påkrevet"),
        ({"payer": "999999"}, "gyldig"),
        ({"expected": "-5"}, "mindre enn null"),
        ({"expected": "1.200"}, "kan bety to ting"),
        ({"realised": "100"}, "hører sammen"),
        ({"measured_on": "2026-05-01"}, "hører sammen"),
        ({"measured_on": "31.02.2026"}, "dd.mm.åååå"),
    ],
)
def test_a_gain_that_is_refused_keeps_what_was_typed(client_of, editor, house, hospital, fields, sentence):
    answer = client_of(editor).post(NEW, {**facts(hospital, initiative=house.pk), **fields})

    assert answer.status_code == 422
    assert any(sentence in line for line in errors(answer))
    assert ("expected" in fields) or 'value="1,2 mill"' in body(answer)
    assert (Gain.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_a_gain_sent_twice_is_recorded_once(client_of, editor, house, hospital):
    client = client_of(editor)

    answers = [client.post(NEW, facts(hospital, initiative=house.pk)) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Gain.objects.count() == 1


def test_a_gain_opens_as_it_stands_with_who_stands_there(client_of, editor, house):
    gone = create_organisation(name="Nedlagt", is_active=False)
    gain = create_gain(initiative=house, gainer=gone, expected=500_000)
    page = body(client_of(editor).get(f"{LIST}{gain.public_id}/rediger/"))

    assert f'<option value="{gone.pk}" selected>Nedlagt</option>' in page
    assert 'value="500\u00a0000"' in page
    assert "Velg tiltak" not in page


def test_who_comes_second_is_told_what_changed_and_keeps_their_own(client_of, editor, house, hospital):
    gain = create_gain(initiative=house, gainer=hospital, expected=500_000)
    client, address = client_of(editor), f"{LIST}{gain.public_id}/rediger/"
    seen = gain.history.first().history_id
    answer = client.post(address, facts(hospital, description="Den første", version=seen))
    assert (answer.status_code, answer.url) == (302, "/tiltak/hus/")

    answer = client.post(address, facts(hospital, description="Den andre", version=seen))

    assert answer.status_code == 422
    assert "Opplysningene er endret siden du åpnet skjemaet" in main(answer)
    assert "Den første" in main(answer)
    assert 'value="Den andre"' in body(answer)
    gain.refresh_from_db()
    assert gain.description == "Den første"
    newest = gain.history.first().history_id
    assert client.post(address, facts(hospital, description="Den andre", version=newest)).status_code == 302
    gain.refresh_from_db()
    assert gain.description == "Den andre"


def test_a_gain_recorded_by_mistake_is_deleted_with_a_trail(client_of, editor, house, hospital):
    gain = create_gain(initiative=house, gainer=hospital)
    client, address = client_of(editor), f"{LIST}{gain.public_id}/slett/"
    assert client.get(address).status_code == 405
    assert address in body(client.get(f"{LIST}{gain.public_id}/rediger/"))

    answer = client.post(address, follow=True)

    assert answer.redirect_chain == [("/tiltak/hus/", 302)]
    assert "Gevinsten er slettet" in main(answer)
    assert not Gain.objects.exists()
    assert LogEntry.objects.about(house).get().old == {"gevinst": "Færre reiser"}
    assert client.post(address).status_code == 404
