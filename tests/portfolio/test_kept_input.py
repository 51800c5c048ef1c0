"""A form left open when the session ends comes back filled after sign-in."""

from datetime import date

import pytest
from django.test import Client

from portfolio.models import Initiative, StatusReport
from tests.factories import create_initiative, create_report
from tests.portfolio.pages import body, main

pytestmark = pytest.mark.django_db

TYPED = {
    "phase": "drift-drift",
    "state": "paused",
    "reported_on": "2025-10-01",
    "comment": "Skrevet lenge på dette.",
    "next_step": "Møte i mai.",
    "csrfmiddlewaretoken": "x",
}


@pytest.fixture
def initiative(db):
    initiative = create_initiative(title="Trygg utskriving", slug="trygg")
    create_report(initiative=initiative, on=date(2025, 6, 27), phases="losning", comment="Før.")
    return initiative


def test_what_was_typed_comes_back_after_sign_in_and_is_saved_then(initiative, editor):
    client = Client()
    typed = {**TYPED, "based_on": initiative.latest_report_id}
    refused = client.post("/tiltak/trygg/status/", typed)
    assert refused.url == "/konto/login/?next=/tiltak/trygg/status/"

    client.force_login(editor)
    back = client.get("/tiltak/trygg/status/")

    page = body(back)
    assert ">\nSkrevet lenge på dette.</textarea>" in page
    assert ">\nMøte i mai.</textarea>" in page
    assert '<option value="drift-drift" selected>' in page
    assert "ikke lagret ennå" in main(back)
    assert StatusReport.objects.count() == 1
    assert ">\nFør.</textarea>" in body(client.get("/tiltak/trygg/status/"))

    client.post("/tiltak/trygg/status/", typed)
    assert Initiative.objects.get().latest_report.comment == "Skrevet lenge på dette."


def test_htmx_is_told_to_go_and_sign_in_and_the_text_is_kept(initiative, editor):
    client = Client()
    headers = {"HX-Request": "true", "HX-Target": f"tiltak-{initiative.pk}"}

    refused = client.post("/tiltak/trygg/status/", TYPED, headers=headers)

    assert refused.status_code == 200
    assert refused["HX-Redirect"] == "/konto/login/?next=/tiltak/trygg/status/"
    assert refused.content == b""
    client.force_login(editor)
    assert "Skrevet lenge på dette." in body(client.get("/tiltak/trygg/status/"))


def test_what_was_typed_comes_back_only_at_its_address(initiative, editor):
    other = create_initiative(slug="annet")
    client = Client()
    client.post("/tiltak/trygg/status/", TYPED)
    client.force_login(editor)

    assert "Skrevet lenge" not in body(client.get(f"/tiltak/{other.slug}/status/"))
    assert "Skrevet lenge" in body(client.get("/tiltak/trygg/status/"))


@pytest.mark.parametrize(
    ("address", "data", "words"),
    [
        ("/tiltak/ny/", {"title": "Et nytt navn"}, "Et nytt navn"),
        ("/tiltak/trygg/rediger/", {"title": "Et nytt navn"}, "Et nytt navn"),
        ("/tiltak/trygg/ta-ut/", {"reason": "Derfor tas det ut."}, "Derfor tas det ut."),
        ("/tiltak/status/felles/", {"tiltak": "{pk}", "comment": "Felles tekst."}, "Felles tekst."),
        ("/handlingsdel/utgaver/ny/", {"title": "Utgave", "note": "Til møtet."}, "Til møtet."),
        ("/programomrader/ny/", {"name": "Et nytt område"}, "Et nytt område"),
    ],
)
def test_every_form_comes_back(initiative, editor, address, data, words):
    client = Client()
    client.post(address, {name: value.format(pk=initiative.pk) for name, value in data.items()})
    client.force_login(editor)

    back = client.get(address)

    assert back.status_code == 200
    assert words in body(back)
    assert "Du var logget ut da du lagret." in main(back)


def test_a_contributor_s_text_comes_back(initiative, contributor):
    Initiative.objects.update(project_lead=contributor)
    client = Client()
    client.post("/tiltak/trygg/meld/", TYPED)
    client.force_login(contributor)

    assert "Skrevet lenge på dette." in body(client.get("/tiltak/trygg/meld/"))


@pytest.mark.parametrize(
    "address",
    [
        "/tiltak/trygg/flytt/",
        "/programomrader/omrade/flytt/",
        "/tiltak/status/{report}/publiser/",
        "/tiltak/status/{report}/send-tilbake/",
    ],
)
def test_a_button_pressed_too_late_leads_to_a_page_after_sign_in(initiative, editor, address):
    client = Client()
    address = address.format(report=initiative.latest_report_id)
    refused = client.post(address, {"plass": "1"})
    client.force_login(editor)

    back = client.get(refused.url.partition("?next=")[2] or "/", follow=True)

    assert back.status_code == 200


def test_a_very_long_text_is_not_kept_from_who_is_not_signed_in(initiative):
    client = Client()

    client.post("/tiltak/trygg/status/", {**TYPED, "comment": "x" * 70_000})

    assert "kept_input" not in client.session
