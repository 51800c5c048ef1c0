"""Sign-in for ordinary and htmx requests, headers, and the operator's questions."""

import pytest

from tests.factories import create_initiative

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("address", "next_page"),
    [
        ("/tiltak/ny/", "/tiltak/ny/"),
        ("/handlingsdel/utgaver/ny/?dato=2025-06-30", "/handlingsdel/utgaver/ny/%3Fdato%3D2025-06-30"),
    ],
)
def test_the_public_is_sent_to_sign_in_with_the_way_back(client, address, next_page):
    assert client.get(address).url == f"/konto/login/?next={next_page}"


@pytest.mark.parametrize(
    ("behind", "next_page"),
    [
        ("http://testserver/tiltak/?fase=drift", "/tiltak/%3Ffase%3Ddrift"),
        ("http://testserver/tiltak/", "/tiltak/"),
        ("http://evil.example/tiltak/", "/tiltak/ny/"),
        ("javascript:alert(1)", "/tiltak/ny/"),
        ("", "/tiltak/ny/"),
    ],
)
def test_htmx_comes_back_to_the_page_and_not_to_the_fragment(client, behind, next_page):
    response = client.get("/tiltak/ny/", headers={**HTMX, "HX-Current-URL": behind})

    assert (response.status_code, response.content) == (200, b"")
    assert response["HX-Redirect"] == f"/konto/login/?next={next_page}"


@pytest.mark.parametrize("address", ["/", "/tiltak/", "/handlingsdel/", "/tiltak/ny/", "/finnes-ikke/"])
def test_every_answer_tells_caches_that_htmx_gets_another(client, address):
    assert {"HX-Request", "HX-Target"} <= set(client.get(address)["Vary"].split(", "))


def test_pages_of_who_is_signed_in_are_not_stored(client_of, member):
    for address in ("/", "/tiltak/", "/tiltak.csv", "/handlingsdel/"):
        assert client_of(member).get(address)["Cache-Control"] == "private, no-store"


def test_every_page_has_the_headers_that_keep_it_safe(client):
    headers = client.get("/").headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_ask_no_other_host(client):
    create_initiative(slug="trygg")
    for address in ("/", "/tiltak/", "/tiltak/trygg/", "/konto/login/"):
        page = client.get(address).content.decode()
        assert 'src="http' not in page
        assert 'src="//' not in page
        assert '<link rel="stylesheet" href="http' not in page


def test_what_does_not_exist_is_a_page_with_a_way_on(client):
    response = client.get("/finnes-ikke/")

    assert response.status_code == 404
    assert "Siden finnes ikke" in response.content.decode()


def test_what_one_may_not_do_is_a_page_with_a_way_on(client_of, member):
    response = client_of(member).get("/tiltak/ny/")

    assert response.status_code == 403
    assert "Du har ikke tilgang" in response.content.decode()


@pytest.mark.parametrize("address", ["/helse/live/", "/helse/klar/"])
def test_the_operator_is_answered(client, address):
    response = client.get(address)

    assert (response.status_code, response.content) == (200, b"ok")


def test_the_overview_is_made_of_what_apps_register(client, client_of, contributor, editor):
    create_initiative(title="Mitt tiltak", project_lead=contributor)

    def headings(client):
        return [panel.title for panel in client.get("/").context["panels"]]

    assert headings(client) == ["Status for tiltakene", "Handlingsdelen"]
    assert headings(client_of(contributor)) == ["Tiltakene dine", "Status for tiltakene", "Handlingsdelen"]
    assert headings(client_of(editor)) == ["Status for tiltakene", "Kvalitet", "Handlingsdelen"]
