"""Program areas: their order, their decision, their pages."""

import pytest

from accounts.models import LogEntry
from portfolio import actions, rules
from portfolio.models import ProgramArea
from tests.factories import create_area, create_initiative

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return [area.name for area in ProgramArea.objects.all()]


def test_create_area_puts_it_last_with_history_and_trail(editor):
    create_area(order=3)

    area = actions.create_area(values={"name": "Barn og unge"}, by=editor)

    assert (area.order, area.code, area.is_decided) == (4, "barn-og-unge", False)
    assert area.history.get().history_user == editor
    assert LogEntry.objects.about(area).get().verb == "opprettet"


@pytest.mark.parametrize(("name", "code"), [("Ny", "ny-2"), ("Øvrige", "ovrige"), ("!", "omrade")])
def test_an_area_has_an_address_of_its_own(editor, name, code):
    assert actions.create_area(values={"name": name}, by=editor).code == code


def test_change_area_keeps_its_address_and_logs_what_changed(editor):
    area = create_area(name="Barn")

    changed = actions.change_area(
        area=area,
        values={"name": "Barn og unge", "is_decided": True, "decided_reference": "SSU 20.02.2025"},
        by=editor,
    )

    assert (changed.code, changed.name) == ("barn", "Barn og unge")
    entry = LogEntry.objects.about(area).get()
    assert entry.old == {"name": "Barn", "is_decided": False, "decided_reference": ""}


def test_change_area_of_nothing_leaves_no_trace(editor):
    area = create_area(name="Barn")
    actions.change_area(area=area, values={"name": "Barn"}, by=editor)

    assert LogEntry.objects.count() == 0
    assert area.history.count() == 1


def test_an_area_with_live_initiatives_stays_in_use(editor):
    area = create_area()
    initiative = create_initiative(area=area)

    with pytest.raises(rules.NotAllowed) as no:
        actions.change_area(area=area, values={"is_active": False}, by=editor)
    assert no.value.field == "is_active"

    actions.close_initiative(initiative=initiative, closed_as="archived", reason="Ferdig.", by=editor)
    assert not actions.change_area(area=area, values={"is_active": False}, by=editor).is_active


def test_area_names_hold_no_html(editor):
    with pytest.raises(rules.NotAllowed):
        actions.create_area(values={"name": "<b>Barn</b>"}, by=editor)


@pytest.mark.parametrize(
    ("moved", "up", "order"),
    [("B", True, "BAC"), ("B", False, "ACB"), ("A", True, "ABC"), ("C", False, "ABC")],
)
def test_move_area_changes_places_and_stops_at_the_edges(editor, moved, up, order):
    areas = {name: create_area(name=name, order=9) for name in "ABC"}

    actions.move_area(area=areas[moved], up=up, by=editor)

    assert "".join(names()) == order
    assert LogEntry.objects.count() == (order != "ABC")


def test_area_pages_create_change_and_move(client_of, editor):
    client = client_of(editor)
    create_area(name="Først")

    created = client.post("/programomrader/ny/", {"name": "Sist", "is_active": "on"})
    assert (created.status_code, created.url) == (302, "/programomrader/sist/")

    changed = client.post("/programomrader/sist/rediger/", {"name": "Nest sist", "is_active": "on"})
    assert (changed.status_code, changed.url) == (302, "/programomrader/sist/")

    moved = client.post("/programomrader/sist/flytt/", {"retning": "opp"})
    assert (moved.status_code, moved.url) == (302, "/programomrader/")
    assert names() == ["Nest sist", "Først"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": ""}, "Feltet er påkrevet."),
        ({"name": "Finnes"}, "finnes allerede"),
        ({"name": "<b>Ny</b>"}, "HTML-koder"),
        ({"name": "Ny", "decided_reference": "SSU 20.02.2025"}, "Kryss av når området er besluttet"),
    ],
)
def test_area_create_says_what_is_wrong_and_saves_nothing(client_of, editor, data, sentence):
    create_area(name="Finnes")

    response = client_of(editor).post("/programomrader/ny/", data)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert names() == ["Finnes"]


def test_an_area_out_of_use_is_listed_for_the_editor_only(client_of, editor):
    create_area(name="Utgått", is_active=False)

    assert "Utgått" in client_of(editor).get("/programomrader/").content.decode()
    assert "Utgått" not in client_of(None).get("/programomrader/").content.decode()
