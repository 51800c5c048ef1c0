"""What must not be seen: the pages are the same whether it exists or not, and the editor shows that it could be."""

import re
from datetime import date

import pytest

from portfolio import actions
from portfolio.models import OldSlug, StrategicArea, StrategyPlan
from tests.factories import create_area, create_initiative, create_organisation, create_report, create_user
from tests.portfolio.pages import body, main, sheet

pytestmark = pytest.mark.django_db

NOT_INSIDE = ("public", "member", "outsider", "admin")
PAGES = (
    "/",
    "/tiltak/",
    "/tiltak/?q=hemmelig",
    "/tiltak/?omrade=bo-trygt",
    "/tiltak/?fase=losning",
    "/tiltak/?tilstand=active",
    "/tiltak/?status=gammel",
    "/tiltak/?satsing=folk",
    "/tiltak/?sorter=-eier",
    "/tiltak.csv",
    "/tiltak.xlsx",
    "/tiltak/apent/",
    "/handlingsdel/",
    "/handlingsdel/?dato=2025-06-30",
    "/handlingsdel/?fra=2025-01-01&til=2025-06-30",
    "/handlingsdel/?fra=2025-01-01",
    "/handlingsdel.csv",
    "/handlingsdel.xlsx",
    "/handlingsdel.csv?dato=2025-06-30",
    "/handlingsdel.csv?fra=2025-01-01&til=2025-06-30",
    "/programomrader/",
    "/programomrader/bo-trygt/",
    "/satsingsomrader/",
    "/satsingsomrader/folk/",
    "/organisasjoner/",
    "/organisasjoner/{owner}/",
    "/organisasjoner/{partner}/",
)

SOME = (
    "/",
    "/tiltak/",
    "/tiltak.csv",
    "/tiltak/apent/",
    "/handlingsdel.csv",
    "/handlingsdel.csv?dato=2025-06-30",
)


@pytest.fixture
def public_world(db):
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    area = create_area(name="Bo trygt")
    initiative = create_initiative(title="Åpent", slug="apent", area=area)
    create_report(initiative=initiative)
    return {
        "area": area,
        "open": initiative,
        "folk": StrategicArea.objects.create(plan=plan, name="Folk", slug="folk", order=1),
        "owner": create_organisation(name="Vardal kommune"),
        "partner": create_organisation(name="Biri kommune"),
    }


def add_an_internal_initiative(world):
    open_one = world["open"]
    secret = create_initiative(
        title="Hemmelig arbeid",
        slug="hemmelig-arbeid",
        area=world["area"],
        owner=world["owner"],
        visibility="internal",
        parent=open_one,
    )
    OldSlug.objects.create(initiative=secret, slug="hemmelig-for")
    secret.strategic_areas.add(world["folk"])
    secret.related.add(open_one)
    secret.participations.create(organisation=world["partner"])
    secret.aliases.create(text="Hemmelig kallenavn")
    create_report(initiative=secret, on=date(2025, 3, 1), comment="Hemmelig status.")
    return secret


def read(client, world, address) -> str:
    ids = {name: world[name].public_id for name in ("owner", "partner")}
    response = client.get(address.format(**ids))
    if "html" not in response["Content-Type"]:
        return str(sheet(response))
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", body(response))
    return " ".join(page.split())


def read_all(client, world) -> dict[str, str]:
    return {address: read(client, world, address) for address in PAGES}


def read_some(client, world) -> dict[str, str]:
    """What shows the most, for those who see what the public sees."""
    return {address: read(client, world, address) for address in SOME}


def different(before, after) -> set[str]:
    return {address for address in before if before[address] != after[address]}


def test_an_internal_initiative_changes_no_page_of_those_who_may_not_know_of_it(
    public_world, cast, client_of
):
    clients = {who: client_of(vars(cast)[who]) for who in (*NOT_INSIDE, "leader", "editor")}
    how = {who: read_all if who in {"public", "outsider", "editor"} else read_some for who in clients}
    before = {who: how[who](client, public_world) for who, client in clients.items()}

    add_an_internal_initiative(public_world)

    after = {who: how[who](client, public_world) for who, client in clients.items()}
    for who in NOT_INSIDE:
        assert different(before[who], after[who]) == set(), who
    for who in ("leader", "editor"):
        assert different(before[who], after[who]) == set(before[who]), who


@pytest.mark.parametrize("address", ["/tiltak/hemmelig-arbeid/", "/tiltak/hemmelig-for/"])
def test_the_addresses_of_an_internal_initiative_are_not_found(public_world, cast, client_of, address):
    add_an_internal_initiative(public_world)

    for who in NOT_INSIDE:
        assert client_of(vars(cast)[who]).get(address).status_code == 404
    assert client_of(cast.editor).get(address, follow=True).status_code == 200


def test_the_owner_of_internal_work_only_is_no_choice_of_the_filter(public_world, cast, client_of):
    add_an_internal_initiative(public_world)
    option = f'<option value="{public_world["owner"].pk}">Vardal kommune</option>'

    assert option not in body(client_of(None).get("/tiltak/"))
    assert option in body(client_of(cast.editor).get("/tiltak/"))


def test_a_filter_on_the_hidden_owner_is_as_one_on_nobody(public_world, client_of, editor):
    add_an_internal_initiative(public_world)
    address = f"/tiltak.csv?eier={public_world['owner'].pk}"

    assert client_of(None).get(address).status_code == 422
    assert client_of(None).get("/tiltak.csv?eier=999999").status_code == 422
    assert [row[1] for row in sheet(client_of(editor).get(address))[1:]] == ["Hemmelig arbeid"]


@pytest.mark.parametrize("relation", ["parent", "part", "related", "merged", "merged_into"])
def test_links_to_internal_initiatives_are_not_on_public_pages(public_world, cast, client_of, relation):
    open_one = public_world["open"]
    secret = create_initiative(title="Hemmelig arbeid", visibility="internal")
    if relation == "parent":
        type(open_one).objects.filter(pk=open_one.pk).update(parent=secret)
    elif relation == "part":
        type(open_one).objects.filter(pk=secret.pk).update(parent=open_one)
    elif relation == "related":
        open_one.related.add(secret)
    elif relation == "merged":
        close(secret, open_one, cast.editor)
    else:
        close(open_one, secret, cast.editor)

    for who in NOT_INSIDE:
        assert "Hemmelig" not in body(client_of(vars(cast)[who]).get("/tiltak/apent/"))
    assert "Hemmelig" in main(client_of(cast.editor).get("/tiltak/apent/"))


def close(initiative, into, editor):
    actions.close_initiative(
        initiative=initiative, closed_as="merged", merged_into=into, reason="Samme arbeid.", by=editor
    )


def test_drafts_and_what_is_sent_in_change_no_page_but_the_writers_and_the_editors(
    public_world, cast, client_of
):
    blind = ("public", "outsider", "leader", "admin")
    clients = {who: client_of(vars(cast)[who]) for who in (*blind, "contributor", "editor")}
    how = {who: read_all if who in {"public", "leader"} else read_some for who in clients}
    before = {who: how[who](client, public_world) for who, client in clients.items()}

    for publication, by in [("draft", cast.contributor), ("submitted", cast.member)]:
        create_report(
            initiative=public_world["open"],
            on=date(2025, 6, 28),
            comment="Hemmelig utkast.",
            phases="drift",
            publication=publication,
            by=by,
        )

    after = {who: how[who](client, public_world) for who, client in clients.items()}
    for who in blind:
        assert different(before[who], after[who]) == set(), who
    assert different(before["contributor"], after["contributor"]) == {"/tiltak/apent/"}
    assert different(before["editor"], after["editor"]) == {"/", "/tiltak/apent/"}


def seen_by(cast, client_of, words, address="/tiltak/apent/") -> set[str]:
    return {who for who, user in vars(cast).items() if words in body(client_of(user).get(address))}


def test_corrected_texts_are_for_editor_and_leader(public_world, cast, client_of):
    wrong = create_report(initiative=public_world["open"], on=date(2025, 9, 1), comment="Skriveffeil.")
    create_report(initiative=public_world["open"], on=date(2025, 9, 1), comment="Skrivefeil.", corrects=wrong)

    assert seen_by(cast, client_of, "Skriveffeil.") == {"editor", "leader"}
    assert seen_by(cast, client_of, "Skrivefeil.") == set(vars(cast))


def test_what_stood_in_the_source_is_for_the_editor(public_world, cast, client_of):
    create_report(
        initiative=public_world["open"],
        on=date(2025, 9, 1),
        phases="",
        needs_mapping=True,
        source="Nyhetsbrev juni",
        raw_phase="Levere",
        raw_comment="? ?",
        raw_mark="*",
    )

    for words in ("Levere", "Nyhetsbrev juni", "<dd>? ?</dd>", "<dd>*</dd>"):
        assert seen_by(cast, client_of, words) == {"editor"}
    assert seen_by(cast, client_of, "Levere", "/tiltak/") == {"editor"}
    assert seen_by(cast, client_of, "Ikke avklart") == set(vars(cast))


def test_the_log_is_for_editor_and_leader(public_world, cast, client_of):
    actions.change_initiative(
        initiative=public_world["open"],
        values={"project_lead_role": "Avdelingsleder"},
        version=public_world["open"].history.first().history_id,
        by=cast.editor,
    )

    assert seen_by(cast, client_of, 'id="logg"') == {"editor", "leader"}


def test_names_of_persons_are_not_for_the_public(public_world, cast, client_of):
    knows = {"editor", "leader", "contributor", "outsider"}
    lead = create_user(name="Kari Prosjektleder", role="contributor")
    type(public_world["open"]).objects.update(project_lead=lead)
    reporter = create_user(name="Ola Melder", role="contributor")
    sent = create_report(
        initiative=public_world["open"], on=date(2025, 9, 1), publication="submitted", by=reporter
    )
    publisher = create_user(name="Pia Publiserer", role="editor")
    newest = public_world["open"].reports.published().get()
    actions.publish_submitted(report=sent, based_on=newest.pk, by=publisher)

    for name in ("Kari Prosjektleder", "Ola Melder", "Pia Publiserer"):
        assert seen_by(cast, client_of, name) == knows
        for address in ("/", "/tiltak/", "/handlingsdel/", "/tiltak.csv"):
            assert name not in body(client_of(None).get(address))


def test_e_mail_addresses_of_people_are_on_no_page(public_world, cast, client_of):
    type(public_world["open"]).objects.update(project_lead=cast.contributor)

    for address in ("/", "/tiltak/", "/tiltak/apent/", "/handlingsdel/"):
        assert seen_by(cast, client_of, cast.contributor.email, address) == set()
