"""The list of initiatives: filters, order, paging, search, bad addresses, and how many questions it asks."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portfolio.models import StrategicArea, StrategyPlan
from tests.factories import create_area, create_initiative, create_organisation, create_report, create_user
from tests.portfolio.pages import body, main, sheet, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio(db):
    """One of each kind, in two areas."""
    barn, bo = create_area(name="Barn og unge"), create_area(name="Bo trygt hjemme")
    hamar = create_organisation(name="Hamar kommune")
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    folk = StrategicArea.objects.create(plan=plan, name="Folk", slug="folk", order=1)
    today = timezone.localdate()
    rows = [
        ("Oppstart", barn, "oppstart", {}),
        ("Løsning", barn, "losning", {"state": "delayed"}),
        ("Overgang", barn, "losning-drift", {}),
        ("Drift", bo, "drift", {"state": "completed", "comment": ""}),
        ("Venter", bo, "", {"state": "not_started"}),
        ("Levere", bo, "", {"needs_mapping": True}),
    ]
    for title, area, phases, fields in rows:
        initiative = create_initiative(title=title, area=area, owner=hamar if title == "Drift" else None)
        day = date(2024, 1, 1) if title == "Oppstart" else today
        create_report(initiative=initiative, on=day, phases=phases, **fields)
        if title == "Løsning":
            initiative.strategic_areas.add(folk)
    create_initiative(title="Aldri meldt", area=bo)
    create_initiative(
        title="Tatt ut",
        closed_as="archived",
        closed_reason="x",
        closed_at=timezone.now(),
        closed_by=create_user(),
    )
    return {"hamar": hamar.pk}


ALL = ["Oppstart", "Løsning", "Overgang", "Drift", "Venter", "Levere", "Aldri meldt"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("omrade=barn-og-unge", ["Oppstart", "Løsning", "Overgang"]),
        ("fase=losning", ["Løsning", "Overgang"]),
        ("fase=losning-losning", ["Løsning"]),
        ("fase=losning-drift", ["Overgang"]),
        ("fase=drift", ["Overgang", "Drift"]),
        ("fase=innsikt", []),
        ("fase=ikke-startet", ["Venter"]),
        ("fase=uavklart", ["Levere"]),
        ("fase=uten-status", ["Aldri meldt"]),
        ("tilstand=delayed", ["Løsning"]),
        ("tilstand=completed", ["Drift"]),
        ("status=ukjent", ["Drift", "Aldri meldt"]),
        ("status=gammel", ["Oppstart", "Aldri meldt"]),
        ("eier={hamar}", ["Drift"]),
        ("satsing=folk", ["Løsning"]),
        ("q=løs", ["Løsning"]),
        ("omrade=barn-og-unge&fase=losning&tilstand=delayed", ["Løsning"]),
        ("omrade=bo-trygt-hjemme&q=løs", []),
    ],
)
def test_each_filter_is_an_address(portfolio, client_of, query, found):
    client = client_of(None)

    assert titles(client.get(f"/tiltak/?{query.format(**portfolio)}")) == found
    assert [row[1] for row in sheet(client.get(f"/tiltak.csv?{query.format(**portfolio)}"))[1:]] == found


@pytest.mark.parametrize(
    "query",
    [
        "omrade=finnes-ikke",
        "fase=levere",
        "fase=drift-oppstart",
        "tilstand=gone",
        "status=hva",
        "eier=abc",
        "eier=999999999999999999999999",
        "satsing=%00",
        "q=%00",
        "sorter=passord",
        "sorter=--tiltak",
        "sorter=%00",
        "side=0",
        "side=-1",
        "side=abc",
        "side=999",
        "side=%00",
        "side=" + "9" * 30,
        "q=" + "qz+" * 500,
        "ukjent=1",
        "q=%25",
        "q='\"<script>",
    ],
)
def test_bad_addresses_are_answered_with_a_page(portfolio, client_of, query):
    response = client_of(None).get(f"/tiltak/?{query}")

    assert response.status_code == 200
    assert titles(response) == ([] if query.startswith("q=") and "%00" not in query else ALL)
    is_understood = not response.context["form"].errors
    assert client_of(None).get(f"/tiltak.csv?{query}").status_code == (200 if is_understood else 422)


def test_the_summary_counts_all_whatever_is_filtered(portfolio, client_of):
    text = main(client_of(None).get("/tiltak/?fase=drift"))

    for words in ("Løsning 1", "Løsning/Drift 1", "Ikke startet 1", "Barn og unge 3", "Bo trygt hjemme 4"):
        assert words in text
    assert "Ukjent status 2" in text
    assert " 2 tiltak " in text


def test_the_list_is_grouped_by_area_and_says_that_areas_are_proposed(portfolio, client_of):
    page = body(client_of(None).get("/tiltak/"))

    assert page.count('scope="rowgroup"') == 2
    assert page.count("foreslått, ikke besluttet") == 2
    assert body(client_of(None).get("/tiltak/?sorter=tiltak")).count('scope="rowgroup"') == 0


def test_an_empty_filter_says_what_to_do(portfolio, client_of):
    assert "Ingen tiltak passer" in main(client_of(None).get("/tiltak/?fase=innsikt"))


def test_an_empty_portfolio_says_so(client_of, db):
    assert "Porteføljen er tom" in main(client_of(None).get("/tiltak/"))


# Order


def ordered(client_of, sort) -> list[str]:
    return titles(client_of(None).get(f"/tiltak/?sorter={sort}"))


NAMES = ["7 dager", "Alvdal", "Eidskog", "Vang", "Øyer", "Zoom", "Ærlig talt", "Østre Toten", "Åmot", "Aasen"]
NORWEGIAN = [
    "7 dager",
    "Alvdal",
    "Eidskog",
    "Vang",
    "Zoom",
    "Ærlig talt",
    "Østre Toten",
    "Øyer",
    "Åmot",
    "Aasen",
]


def test_titles_are_in_norwegian_order(client_of, db):
    area = create_area()
    for name in NAMES:
        create_initiative(title=name, area=area)

    assert ordered(client_of, "tiltak") == NORWEGIAN
    assert ordered(client_of, "-tiltak") == NORWEGIAN[::-1]


def test_owners_are_in_norwegian_order_with_those_without_last_both_ways(client_of, db):
    area = create_area()
    create_initiative(title="Ingen", area=area)
    for name in NAMES:
        create_initiative(title=name, area=area, owner=create_organisation(name=name))

    assert ordered(client_of, "eier") == [*NORWEGIAN, "Ingen"]
    assert ordered(client_of, "-eier") == [*NORWEGIAN[::-1], "Ingen"]


def test_the_owners_to_choose_from_are_in_norwegian_order(client_of, db):
    for name in NAMES:
        create_initiative(owner=create_organisation(name=name))
    page = body(client_of(None).get("/tiltak/"))

    assert sorted(NAMES, key=lambda name: page.index(f">{name}</option>")) == NORWEGIAN


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("meldt", ["Først", "Så", "Sist", "Aldri"]),
        ("-meldt", ["Sist", "Så", "Først", "Aldri"]),
        ("fase", ["Sist", "Så", "Først", "Aldri"]),
        ("-fase", ["Først", "Så", "Sist", "Aldri"]),
    ],
)
def test_what_was_never_reported_comes_last(client_of, db, sort, order):
    area = create_area()
    create_initiative(title="Aldri", area=area)
    for title, month, phases in [("Så", 2, "innsikt"), ("Først", 1, "drift"), ("Sist", 3, "oppstart")]:
        create_report(
            initiative=create_initiative(title=title, area=area), on=date(2025, month, 1), phases=phases
        )

    assert ordered(client_of, sort) == order


def test_equals_stand_in_the_order_of_the_paper(client_of, db):
    second, first = create_area(order=2), create_area(order=1)
    for title, area, order in [("d", second, 2), ("b", first, 2), ("c", second, 1), ("a", first, 1)]:
        create_report(initiative=create_initiative(title=title, area=area, order=order))

    for sort in ("", "meldt", "-meldt", "fase", "tilstand"):
        assert ordered(client_of, sort) == ["a", "b", "c", "d"]


# Free text


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("ærlig", True),
        ("ÆRLIG", True),
        ("østre", True),
        ("ØSTRE ÆRLIG", True),
        ("åSEN", True),
        ("kallenavnet", True),
        ("forsøk i gausdal", True),
        ("HJEMMEBEHANDLING", True),
        ("lillehammer", True),
        ("ærlig finnesikke", False),
        ("100%", False),
        ("_rlig", False),
    ],
)
def test_free_text_finds_all_words_whatever_the_case(client_of, db, words, is_found):
    initiative = create_initiative(
        title="Ærlig talt på Østre Åsen",
        summary="Hjemmebehandling for alle.",
        owner=create_organisation(name="Lillehammer kommune"),
    )
    initiative.aliases.create(text="KALLENAVNET")
    create_report(initiative=initiative, comment="Forsøk i Gausdal.")
    create_initiative(title="Noe annet")

    assert titles(client_of(None).get("/tiltak/", {"q": words})) == (
        ["Ærlig talt på Østre Åsen"] if is_found else []
    )


def test_free_text_finds_letters_typed_in_two_parts(client_of, db):
    create_initiative(title="På Åsen")

    assert titles(client_of(None).get("/tiltak/", {"q": "a\u030asen"})) == ["På Åsen"]


def test_free_text_does_not_find_old_comments(client_of, db):
    initiative = create_initiative()
    create_report(initiative=initiative, on=date(2025, 1, 1), comment="Gammelt ord.")
    create_report(initiative=initiative, on=date(2025, 2, 1), comment="Nytt ord.")

    assert titles(client_of(None).get("/tiltak/?q=gammelt")) == []
    assert titles(client_of(None).get("/tiltak/?q=nytt")) == [initiative.title]


# Paging


def test_fifty_rows_are_a_page(client_of, db):
    area = create_area()
    for number in range(51):
        create_initiative(title=f"{number:02}", area=area, order=number)
    client = client_of(None)

    assert titles(client.get("/tiltak/")) == [f"{number:02}" for number in range(50)]
    assert titles(client.get("/tiltak/?side=2")) == ["50"]
    assert titles(client.get("/tiltak/?side=99")) == ["50"]
    assert len(titles(client.get("/tiltak/?side=0"))) in {1, 50}
    page = body(client.get("/tiltak/?sorter=-tiltak"))
    assert 'href="?sorter=-tiltak&amp;side=2"' in page
    assert "51 tiltak" in main(client.get("/tiltak/"))
    assert len(sheet(client.get("/tiltak.csv"))) == 52


def test_fifty_rows_have_no_second_page(client_of, db):
    area = create_area()
    for _ in range(50):
        create_initiative(area=area)

    assert "ds-pagination" not in body(client_of(None).get("/tiltak/"))


# Redrawn by htmx


@pytest.mark.parametrize(("part", "other"), [("resultat", "oppsummering"), ("oppsummering", "resultat")])
def test_a_part_is_redrawn_alone(portfolio, client_of, part, other):
    page = body(client_of(None).get("/tiltak/?fase=drift", headers={"HX-Request": "true", "HX-Target": part}))

    assert f'id="{part}"' in page
    assert f'id="{other}"' not in page
    assert "<html" not in page


@pytest.mark.parametrize("target", ["", "row", "row_form", "finnes-ikke", "../base"])
def test_a_part_that_is_none_is_the_page(portfolio, client_of, target):
    response = client_of(None).get("/tiltak/", headers={"HX-Request": "true", "HX-Target": target})

    assert "<html" in body(response)


def test_only_the_editor_gets_buttons(portfolio, client_of, editor, leader):
    assert "data-row-link" in body(client_of(editor).get("/tiltak/"))
    for user in (None, leader):
        page = body(client_of(user).get("/tiltak/"))
        assert ("data-row-link" in page, 'name="tiltak"' in page) == (False, False)


# How many questions


def questions(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def add(number: int) -> None:
    today = timezone.localdate()
    for _ in range(number):
        initiative = create_initiative(owner=create_organisation(), project_lead=None)
        initiative.participations.create(organisation=create_organisation())
        create_report(initiative=initiative, on=date(2025, 3, 1))
        create_report(initiative=initiative, on=today - timedelta(days=3), phases="losning-drift", comment="")


LISTS = [
    ("/", 25),
    ("/tiltak/", 12),
    ("/tiltak/?q=tiltak&sorter=eier", 12),
    ("/tiltak.csv", 10),
    ("/handlingsdel/", 8),
    ("/handlingsdel/?dato=2025-06-30", 12),
    ("/handlingsdel/?fra=2025-01-01&til=2025-06-30", 18),
    ("/handlingsdel.csv", 8),
    ("/programomrader/", 8),
    ("/programomrader/omrade/", 8),
    ("/satsingsomrader/", 8),
    ("/organisasjoner/", 8),
    ("/organisasjoner/{owner}/", 10),
]


def test_lists_ask_as_many_questions_whatever_their_length(cast, client_of):
    create_area(name="Område")
    add(1)
    owned = create_initiative(owner=create_organisation())
    create_report(initiative=owned)
    owner = str(owned.owner.public_id)
    addresses = {address.format(owner=owner): limit for address, limit in LISTS}
    readers = {"public": client_of(cast.public), "editor": client_of(cast.editor)}

    def ask():
        return {
            (who, address): questions(client, address)
            for who, client in readers.items()
            for address in addresses
        }

    at_one = ask()
    add(2)
    at_three = ask()
    add(297)
    at_300 = ask()

    assert at_one == at_three == at_300
    assert {key: asked for key, asked in at_300.items() if asked > addresses[key[1]]} == {}


@pytest.mark.parametrize("who", ["public", "editor"])
def test_a_page_of_one_asks_as_many_questions_whatever_its_history(cast, client_of, who):
    initiative = create_initiative(slug="langt")
    client = client_of(vars(cast)[who])

    def grow(number):
        for _ in range(number):
            count = initiative.reports.count()
            create_report(
                initiative=initiative,
                on=date(2024, 1, 1) + timedelta(days=count),
                reporter_org=create_organisation(),
            )
            initiative.related.add(create_initiative())
            initiative.participations.create(organisation=create_organisation())
            create_initiative(parent=initiative)

    grow(1)
    at_one = questions(client, "/tiltak/langt/")
    grow(20)

    assert questions(client, "/tiltak/langt/") == at_one
    assert at_one <= 24
