"""Who gets in where: every address of the portfolio, every format, by the cast."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import get_resolver

from portfolio.models import Edition, OldSlug, StrategicArea, StrategyPlan
from tests.factories import create_area, create_initiative, create_organisation, create_report, create_user

pytestmark = pytest.mark.django_db

WHO = ("public", "member", "outsider", "contributor", "leader", "editor", "admin")
OPEN = "200 200 200 200 200 200 200"
INSIDE = "404 404 404 200 200 200 404"
TOP = "404 404 404 404 200 200 404"
EDITOR = "302 403 403 403 403 200 403"
EDITOR_POSTS = "302 403 403 403 403 302 403"
EDITOR_REFUSED = "302 403 403 403 403 422 403"

GET = {
    "/": OPEN,
    "/tiltak/": OPEN,
    "/tiltak.csv": OPEN,
    "/tiltak.xlsx": OPEN,
    "/tiltak/apent/": OPEN,
    "/tiltak/apent-for/": "301 301 301 301 301 301 301",
    "/tiltak/internt/": INSIDE,
    "/tiltak/internt-for/": "404 404 404 301 301 301 404",
    "/tiltak/lukket/": TOP,
    "/tiltak/finnes-ikke/": "404 404 404 404 404 404 404",
    "/tiltak/tatt-ut/": OPEN,
    "/tiltak/ny/": EDITOR,
    "/tiltak/apent/rediger/": EDITOR,
    "/tiltak/apent/ta-ut/": EDITOR,
    "/tiltak/tatt-ut/ta-inn/": EDITOR,
    "/tiltak/apent/status/": EDITOR,
    "/tiltak/apent/flytt/": "302 405 405 405 405 405 405",
    "/tiltak/internt/rediger/": "302 404 404 403 403 200 404",
    "/tiltak/internt/ta-ut/": "302 404 404 403 403 200 404",
    "/tiltak/internt/status/": "302 404 404 403 403 200 404",
    "/tiltak/lukket/status/": "302 404 404 404 403 200 404",
    "/tiltak/apent/meld/": "302 403 403 200 403 403 403",
    "/tiltak/internt/meld/": "302 404 404 200 403 403 404",
    "/tiltak/lukket/meld/": "302 404 404 404 403 403 404",
    "/tiltak/tatt-ut/meld/": "302 403 403 403 403 403 403",
    "/tiltak/apent/rad/": "302 302 302 302 302 302 302",
    "/tiltak/internt/rad/": "302 404 404 302 302 302 404",
    "/tiltak/status/felles/?tiltak={apent}": EDITOR,
    "/tiltak/status/{sent}/publiser/": "302 405 405 405 405 405 405",
    "/tiltak/status/{sent}/send-tilbake/": "302 404 404 403 403 200 404",
    "/handlingsdel/": OPEN,
    "/handlingsdel/?dato=2025-06-30": OPEN,
    "/handlingsdel/?fra=2025-01-01&til=2025-06-30": OPEN,
    "/handlingsdel.csv": OPEN,
    "/handlingsdel.xlsx": OPEN,
    "/handlingsdel.pdf": OPEN,
    "/handlingsdel/utgaver/": OPEN,
    "/handlingsdel/utgaver/1/": OPEN,
    "/handlingsdel/utgaver/1.pdf": OPEN,
    "/handlingsdel/utgaver/2/": "404 404 404 404 404 404 404",
    "/handlingsdel/utgaver/2.pdf": "404 404 404 404 404 404 404",
    "/handlingsdel/utgaver/ny/": EDITOR,
    "/programomrader/": OPEN,
    "/programomrader/barn-og-unge/": OPEN,
    "/programomrader/ny/": EDITOR,
    "/programomrader/barn-og-unge/rediger/": EDITOR,
    "/programomrader/barn-og-unge/flytt/": "302 405 405 405 405 405 405",
    "/satsingsomrader/": OPEN,
    "/satsingsomrader/folk/": OPEN,
    "/organisasjoner/": OPEN,
    "/organisasjoner/{valdres}/": OPEN,
}

STATUS = {"phase": "losning-losning", "comment": "Ny status.", "reported_on": "2025-10-01"}
POST = {
    "/tiltak/": ({}, "405 405 405 405 405 405 405"),
    "/tiltak/apent/": ({}, "405 405 405 405 405 405 405"),
    "/handlingsdel/": ({}, "405 405 405 405 405 405 405"),
    "/handlingsdel.csv": ({}, "405 405 405 405 405 405 405"),
    "/programomrader/": ({}, "405 405 405 405 405 405 405"),
    "/organisasjoner/": ({}, "405 405 405 405 405 405 405"),
    "/tiltak/ny/": ({}, EDITOR_REFUSED),
    "/tiltak/apent/rediger/": ({}, EDITOR_REFUSED),
    "/tiltak/apent/flytt/": ({"plass": "1"}, EDITOR_POSTS),
    "/tiltak/apent/ta-ut/": ({"closed_as": "archived", "reason": "Ferdig."}, EDITOR_POSTS),
    "/tiltak/internt/ta-ut/": (
        {"closed_as": "archived", "reason": "Ferdig."},
        "302 404 404 403 403 302 404",
    ),
    "/tiltak/tatt-ut/ta-inn/": ({"reason": "Likevel."}, EDITOR_POSTS),
    "/tiltak/apent/status/": ({**STATUS, "based_on": "{newest}"}, EDITOR_POSTS),
    "/tiltak/lukket/status/": (STATUS, "302 404 404 404 403 302 404"),
    "/tiltak/apent/meld/": (STATUS, "302 403 403 302 403 403 403"),
    "/tiltak/internt/meld/": ({**STATUS, "send": "1"}, "302 404 404 302 403 403 404"),
    "/tiltak/apent/rad/": ({}, "302 405 405 405 405 405 405"),
    "/tiltak/status/felles/": ({"tiltak": "{apent}"}, EDITOR_REFUSED),
    "/tiltak/status/{sent}/publiser/": ({"based_on": "{newest}"}, "302 404 404 403 403 302 404"),
    "/tiltak/status/{sent}/send-tilbake/": ({"return_comment": "Mer."}, "302 404 404 403 403 302 404"),
    "/tiltak/status/{sent_inside}/publiser/": (
        {"based_on": "{newest_inside}"},
        "302 404 404 403 403 302 404",
    ),
    "/handlingsdel/utgaver/ny/": ({}, EDITOR_REFUSED),
    "/programomrader/ny/": ({}, EDITOR_REFUSED),
    "/programomrader/barn-og-unge/rediger/": ({}, EDITOR_REFUSED),
    "/programomrader/barn-og-unge/flytt/": ({"plass": "1"}, EDITOR_POSTS),
}


@pytest.fixture
def world(cast, valdres) -> dict[str, str]:
    area = create_area(name="Barn og unge")
    lead = cast.contributor
    open_one = create_initiative(title="Åpent", slug="apent", area=area, project_lead=lead)
    inside = create_initiative(title="Internt", slug="internt", visibility="internal", owner=valdres)
    create_initiative(title="Lukket", slug="lukket", visibility="internal", area=create_area())
    create_initiative(
        title="Tatt ut",
        slug="tatt-ut",
        project_lead=lead,
        closed_as="archived",
        closed_reason="Ferdig.",
        closed_at="2025-01-01T12:00Z",
        closed_by=cast.editor,
    )
    OldSlug.objects.create(initiative=open_one, slug="apent-for")
    OldSlug.objects.create(initiative=inside, slug="internt-for")
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    StrategicArea.objects.create(plan=plan, name="Folk", slug="folk", order=1)
    edition = Edition(number=1, title="Handlingsdel", as_of=date(2025, 6, 27), published_by=cast.editor)
    edition.data = {"day": "2025-06-27", "groups": []}
    edition.pdf.save("utgave.pdf", ContentFile(b"%PDF-1.7"), save=False)
    edition.save()
    newest, newest_inside = (create_report(initiative=row) for row in (open_one, inside))
    sent, sent_inside = (
        create_report(initiative=row, on=date(2025, 9, 1), publication="submitted", by=lead)
        for row in (open_one, inside)
    )
    return {
        "apent": open_one.pk,
        "newest": newest.pk,
        "newest_inside": newest_inside.pk,
        "sent": sent.pk,
        "sent_inside": sent_inside.pk,
        "valdres": valdres.public_id,
    }


def answers(ask, cast, client_of) -> str:
    """The status code for each of the cast, all undone afterwards."""
    codes = []
    for who in WHO:
        client = client_of(vars(cast)[who])
        with transaction.atomic():
            codes.append(str(ask(client).status_code))
            transaction.set_rollback(True)
    return " ".join(codes)


@pytest.mark.parametrize("address", GET)
def test_get(address, world, cast, client_of):
    assert answers(lambda client: client.get(address.format(**world)), cast, client_of) == GET[address]


@pytest.mark.parametrize("address", POST)
def test_post(address, world, cast, client_of):
    data, expected = POST[address]
    data = {name: value.format(**world) for name, value in data.items()}

    assert answers(lambda client: client.post(address.format(**world), data), cast, client_of) == expected


def test_every_address_of_the_portfolio_is_asked_for(world):
    portfolio = next(
        part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "portfolio"
    )
    asked = [address.format(**world).partition("?")[0][1:] for address in (*GET, *POST)]

    unasked = {
        pattern.name for pattern in portfolio.url_patterns if not any(map(pattern.pattern.match, asked))
    }

    assert unasked == set()


def test_the_public_is_sent_to_sign_in_and_back(world, client_of):
    response = client_of(None).get("/tiltak/apent/rediger/")

    assert response.url == "/konto/login/?next=/tiltak/apent/rediger/"


def test_nobody_publishes_the_draft_that_somebody_has_not_sent_in(cast, client_of, editor):
    draft = create_report(initiative=create_initiative(), publication="draft", by=cast.contributor)

    for verb in ("publiser", "send-tilbake"):
        response = client_of(editor).post(
            f"/tiltak/status/{draft.pk}/{verb}/", {"return_comment": "Nei.", "based_on": ""}
        )
        assert response.status_code == 404

    draft.refresh_from_db()
    assert draft.publication == "draft"


def test_an_inactive_editor_is_the_public(client_of, editor, world):
    client = client_of(editor)
    editor.is_active = False
    editor.save()

    assert client.get("/tiltak/lukket/").status_code == 404
    assert client.get("/tiltak/ny/").status_code == 302


def test_somebody_of_the_organisation_that_owns_it_may_report(client_of, world, valdres):
    colleague = create_user(role="contributor", organisation=valdres)
    no_longer = create_user(role="contributor", organisation=create_organisation())

    assert client_of(colleague).get("/tiltak/internt/meld/").status_code == 200
    assert client_of(no_longer).get("/tiltak/internt/meld/").status_code == 404


def test_a_lead_without_the_role_may_not_report(client_of):
    lead = create_user()
    create_initiative(slug="apent", project_lead=lead)

    assert client_of(lead).get("/tiltak/apent/meld/").status_code == 403


def test_the_cast_is_whole(cast):
    assert tuple(vars(cast)) == WHO
    assert isinstance(cast, SimpleNamespace)
