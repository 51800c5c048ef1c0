"""Program areas: their order, their decision, their pages."""

import pytest

from accounts.models import LogEntry
from portfolio import actions, rules
from portfolio.actions.versions import newest_version
from portfolio.models import ProgramArea, ProgramAreaAlias
from tests.factories import create_area, create_initiative, create_user
from tests.portfolio.pages import main

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
        version=newest_version(area),
        by=editor,
    )

    assert (changed.code, changed.name) == ("barn", "Barn og unge")
    entry = LogEntry.objects.about(area).get()
    assert entry.old == {"name": "Barn", "is_decided": False, "decided_reference": ""}


def test_change_area_of_nothing_leaves_no_trace(editor):
    area = create_area(name="Barn")
    actions.change_area(area=area, values={"name": "Barn"}, version=newest_version(area), by=editor)

    assert LogEntry.objects.count() == 0
    assert area.history.count() == 1


def test_an_area_with_live_initiatives_stays_in_use(editor):
    area = create_area()
    initiative = create_initiative(area=area)

    with pytest.raises(rules.NotAllowed) as no:
        actions.change_area(area=area, values={"is_active": False}, version=newest_version(area), by=editor)
    assert no.value.field == "is_active"

    actions.close_initiative(initiative=initiative, closed_as="archived", reason="Ferdig.", by=editor)
    changed = actions.change_area(
        area=area, values={"is_active": False}, version=newest_version(area), by=editor
    )
    assert not changed.is_active


def test_the_second_editor_of_an_area_is_told_who_and_what_and_chooses(client_of, editor):
    area = create_area(name="Barn")
    seen = newest_version(area)
    colleague = create_user(role="editor", name="Kari Kollega")
    actions.change_area(area=area, values={"name": "Barn og unge"}, version=seen, by=colleague)
    data = {"name": "Barn", "is_decided": "on", "is_active": "on", "version": seen}
    client = client_of(editor)

    collision = client.post("/programomrader/barn/rediger/", data)

    assert collision.status_code == 422
    assert "Kari Kollega lagret endringer" in main(collision)
    assert "Navn: Barn Barn og unge" in main(collision)
    area.refresh_from_db()
    assert (area.name, area.is_decided) == ("Barn og unge", False)

    chosen = client.post("/programomrader/barn/rediger/", {**data, "version": newest_version(area)})
    assert chosen.status_code == 302
    area.refresh_from_db()
    assert (area.name, area.is_decided) == ("Barn", True)


def test_an_area_form_sent_twice_is_saved_once(client_of, editor):
    area = create_area(name="Barn")
    data = {"name": "Barn og unge", "is_active": "on", "version": newest_version(area)}
    client = client_of(editor)

    answers = [client.post("/programomrader/barn/rediger/", data).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert LogEntry.objects.about(area).count() == 1


@pytest.mark.parametrize("name", ["Barn", "«BARN».", "Unge og barn"])
def test_an_area_is_not_named_as_another_is_named_or_called(editor, name):
    area = create_area(name="Barn")
    ProgramAreaAlias.objects.create(area=area, text="Unge og barn")

    with pytest.raises(rules.NotAllowed) as no:
        actions.create_area(values={"name": name}, by=editor)
    assert no.value.field == "name"


def test_area_names_hold_no_html(editor):
    with pytest.raises(rules.NotAllowed):
        actions.create_area(values={"name": "<b>Barn</b>"}, by=editor)


@pytest.mark.parametrize(
    ("moved", "place", "order"),
    [("B", 1, "BAC"), ("B", 3, "ACB"), ("C", 1, "CAB"), ("A", 0, "ABC"), ("A", 1, "ABC"), ("C", 9, "ABC")],
)
def test_move_area_takes_a_place_and_stops_at_the_edges(editor, moved, place, order):
    areas = {name: create_area(name=name, order=9) for name in "ABC"}

    actions.move_area(area=areas[moved], place=place, by=editor)

    assert "".join(names()) == order
    actions.move_area(area=areas[moved], place=place, by=editor)  # sent twice
    assert "".join(names()) == order


def test_area_pages_create_change_and_move(client_of, editor):
    client = client_of(editor)
    create_area(name="Først")

    created = client.post("/programomrader/ny/", {"name": "Sist", "is_active": "on"})
    assert (created.status_code, created.url) == (302, "/programomrader/sist/")

    changed = client.post(
        "/programomrader/sist/rediger/",
        {
            "name": "Nest sist",
            "is_active": "on",
            "version": newest_version(ProgramArea.objects.get(code="sist")),
        },
    )
    assert (changed.status_code, changed.url) == (302, "/programomrader/sist/")

    moved = client.post("/programomrader/sist/flytt/", {"plass": "1"})
    assert (moved.status_code, moved.url.partition("#")[0]) == (302, "/programomrader/")
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
