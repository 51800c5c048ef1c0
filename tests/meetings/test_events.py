"""Arrangements: periods, keeping them, their pages by the cast."""

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import LogEntry, Organisation
from meetings import actions, rules
from meetings.models import Event, Precision
from meetings.models.events import period_in_words
from meetings.rules.events import check_period, whole_period
from portfolio.actions.versions import FactsChanged, newest_version
from portfolio.models import Initiative
from tests.factories import create_event, create_initiative, create_organisation, create_signal
from tests.portfolio.pages import errors, main, text

pytestmark = pytest.mark.django_db


def values(**changed):
    """What the form gives for an arrangement, with some of it changed."""
    return {
        "kind": Event.Kind.WEBINAR,
        "title": "Barn som pårørende",
        "precision": Precision.DAY,
        "starts_on": date(2027, 1, 15),
        "ends_on": None,
        "starts_at": None,
        "ends_at": None,
        "place": "",
        "url": "",
        "region": None,
        "summary": "",
        "programme": "",
        "state": Event.State.PLANNED,
        "initiatives": [],
        "organisations": [],
        **changed,
    }


def posted(**changed):
    data = {name: value for name, value in values().items() if value not in (None, [])}
    return {**data, "starts_on": "2027-01-15", "version": "", **changed}


PERIODS = {
    (date(2025, 9, 18), None, "day"): "18.09.2025",
    (date(2025, 9, 18), date(2025, 9, 18), "day"): "18.09.2025",
    (date(2025, 9, 18), date(2025, 9, 19), "day"): "18.09.2025–19.09.2025",
    (date(2025, 8, 25), date(2025, 9, 7), "week"): "uke 35–36 2025",
    (date(2025, 8, 25), date(2025, 8, 31), "week"): "uke 35 2025",
    (date(2025, 12, 22), date(2026, 1, 4), "week"): "uke 52 2025–uke 1 2026",
    (date(2023, 12, 1), date(2024, 2, 29), "month"): "desember 2023–februar 2024",
    (date(2024, 3, 1), date(2024, 5, 31), "month"): "mars–mai 2024",
    (date(2024, 3, 1), None, "month"): "mars 2024",
    (date(2024, 1, 1), date(2025, 12, 31), "year"): "2024–2025",
    (None, None, "unknown"): "dato ikke kjent",
}


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_is_shown_no_more_precise_than_it_is_known(period):
    assert period_in_words(*period).replace("\u00a0", " ") == PERIODS[period]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": date(2027, 1, 14)}, "ends_on"),
        ({"precision": "unknown"}, "precision"),
        ({"precision": "month", "starts_at": time(9)}, "starts_at"),
        ({"ends_at": time(9)}, "starts_at"),
        ({"starts_at": time(9), "ends_at": time(9)}, "ends_at"),
    ],
)
def test_a_period_that_cannot_be_is_refused_at_its_field(changed, field):
    with pytest.raises(rules.NotAllowed) as refusal:
        check_period(values(**changed))

    assert refusal.value.field == field


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"starts_at": time(9), "ends_at": time(10)},
        {"starts_at": time(9), "ends_at": time(8), "ends_on": date(2027, 1, 16)},
        {"precision": "unknown", "starts_on": None},
        {"precision": "month"},
    ],
)
def test_a_period_that_can_be_is_let_through(changed):
    check_period(values(**changed))


@pytest.mark.parametrize(
    ("precision", "first", "last"),
    [
        ("week", date(2027, 1, 11), date(2027, 1, 17)),
        ("month", date(2027, 1, 1), date(2027, 1, 31)),
        ("year", date(2027, 1, 1), date(2027, 12, 31)),
        ("day", date(2027, 1, 15), None),
    ],
)
def test_a_period_is_stored_from_its_first_to_its_last_day(precision, first, last):
    found = whole_period(values(precision=precision))

    assert (found["starts_on"], found["ends_on"]) == (first, last)


def test_create_event_keeps_its_relations_and_its_trail(editor):
    initiative, organisation = create_initiative(), create_organisation()

    event = actions.create_event(
        values=values(initiatives=[initiative], organisations=[organisation]), by=editor
    )

    assert list(event.initiatives.all()) == [initiative]
    assert list(event.organisations.all()) == [organisation]
    assert event.history.get().history_user == editor
    assert LogEntry.objects.about(event).get().new["initiatives"] == [initiative.title]


def test_the_same_event_is_not_made_twice(editor):
    actions.create_event(values=values(), by=editor)

    with pytest.raises(rules.NotAllowed):
        actions.create_event(values=values(), by=editor)

    assert Event.objects.count() == 1
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("field", ["title", "place", "summary", "programme"])
def test_free_text_with_a_national_identity_number_is_refused(editor, field):
    with pytest.raises(rules.NotAllowed) as refusal:
        actions.create_event(values=values(**{field: "Ring 01010750160"}), by=editor)

    assert refusal.value.field == field
    assert Event.objects.count() == 0


def test_change_event_tells_calendars_and_logs_what_changed(editor):
    event = actions.create_event(values=values(), by=editor)
    initiative = create_initiative(title="VIP")

    changed = actions.change_event(
        event=event,
        values=values(place="Hamar", initiatives=[initiative]),
        version=newest_version(event),
        by=editor,
    )

    entry = LogEntry.objects.about(event).first()
    assert (changed.place, changed.sequence) == ("Hamar", 1)
    assert entry.old == {"place": "", "initiatives": []}
    assert entry.new == {"place": "Hamar", "initiatives": ["VIP"]}


def test_change_event_of_nothing_leaves_no_trace(editor):
    event = actions.create_event(values=values(), by=editor)

    actions.change_event(event=event, values=values(), version=None, by=editor)

    event.refresh_from_db()
    assert (event.sequence, event.history.count(), LogEntry.objects.count()) == (0, 1, 1)


def test_change_event_of_an_older_version_is_told_and_changes_nothing(editor, leader):
    event = actions.create_event(values=values(), by=editor)
    seen = newest_version(event)
    actions.change_event(
        event=event, values=values(initiatives=[create_initiative(title="VIP")]), version=seen, by=leader
    )

    with pytest.raises(FactsChanged) as conflict:
        actions.change_event(event=event, values=values(place="Hamar"), version=seen, by=editor)

    event.refresh_from_db()
    assert (event.place, conflict.value.by) == ("", leader)
    assert [(change.label, change.new) for change in conflict.value.changes] == [("Tiltak", "VIP")]


# Pages


def test_the_list_parts_what_comes_from_what_was_and_what_has_no_day(client_of):
    create_event(title="Som kommer", on=date(2099, 1, 1))
    create_event(title="Som varer", on=date(2020, 1, 1), ends_on=date(2099, 1, 1))
    create_event(title="Det gamle", on=date(2024, 11, 28))
    create_event(title="Som ble avlyst", on=date(2098, 1, 1), state=Event.State.CANCELLED)
    create_event(title="Uten dag", on=None)
    page = main(client_of(None).get("/arrangementer/"))

    places = [
        page.index(word)
        for word in (
            "Kommende arrangementer", "Som varer", "Som kommer", "Uten kjent dato", "Uten dag",
            "Arrangementer i 2098", "Som ble avlyst", "Arrangementer i 2024", "Det gamle",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_the_list_is_filtered_by_kind(client_of):
    create_event(title="Et webinar")
    create_event(title="En konferanse", kind=Event.Kind.CONFERENCE)
    client = client_of(None)

    assert "Et webinar" not in main(client.get("/arrangementer/?slag=conference"))
    assert "En konferanse" in main(client.get("/arrangementer/?slag=conference"))
    assert "Et webinar" in main(client.get("/arrangementer/?slag=tull"))
    assert "Ingen arrangementer her" in main(client.get("/arrangementer/?slag=workshop"))


def test_an_event_shows_all_about_it(client_of):
    region = create_organisation(name="Valdres", kind=Organisation.Kind.HEALTH_REGION)
    event = create_event(
        title="Dialogmøter",
        on=date(2027, 1, 15),
        starts_at=time(9),
        ends_at=time(11, 30),
        place="Fagernes",
        region=region,
        programme="Velkommen\nSamtale",
        url="https://example.no/opptak",
    )
    event.organisations.add(create_organisation(name="KS Innlandet"))
    create_signal(event=event, text="Flere fagfolk", question="Hva haster?", count=3)
    page = client_of(None).get(event.get_absolute_url())

    for part in (
        "15.01.2027 kl. 09.00–11.30", "Fagernes", "Valdres", "KS Innlandet", "Velkommen Samtale",
        "https://example.no/opptak", "Hva haster?", "Flere fagfolk",
    ):  # fmt: skip
        assert part in main(page)


def test_an_event_names_no_internal_initiative_to_outsiders(client_of, member, editor):
    event = create_event()
    event.initiatives.add(
        create_initiative(title="Synlig tiltak"),
        create_initiative(title="Skjult tiltak", visibility=Initiative.Visibility.INTERNAL),
    )

    for user in (None, member):
        page = text(client_of(user).get(event.get_absolute_url()))
        assert "Synlig tiltak" in page
        assert "Skjult tiltak" not in page
    assert "Skjult tiltak" in text(client_of(editor).get(event.get_absolute_url()))


def test_events_are_open_and_editing_is_for_the_secretariat(client_of, cast):
    event = create_event()
    pages = [reverse("meetings:event-create"), reverse("meetings:event-update", args=[event.public_id])]

    for name, user in vars(cast).items():
        client = client_of(user)
        assert client.get("/arrangementer/").status_code == 200
        assert client.get(event.get_absolute_url()).status_code == 200
        wanted = 302 if name == "public" else 200 if name == "editor" else 403
        assert [client.get(page).status_code for page in pages] == [wanted, wanted]


def test_the_log_is_for_those_who_read_it(client_of, editor, leader, member):
    event = actions.create_event(values=values(), by=editor)

    assert "Logg" in main(client_of(leader).get(event.get_absolute_url()))
    assert "Logg" not in main(client_of(member).get(event.get_absolute_url()))


def test_a_guessed_address_is_404(client_of, editor):
    url = "/arrangementer/00000000-0000-4000-8000-000000000000/"

    assert client_of(editor).get(url).status_code == 404
    assert client_of(editor).get(f"{url}rediger/").status_code == 404


def test_the_form_makes_an_event_of_a_week(client_of, editor):
    region = create_organisation(name="Valdres", kind=Organisation.Kind.HEALTH_REGION)
    create_organisation(name="Gjøvik kommune")
    client = client_of(editor)
    form = client.get("/arrangementer/ny/")
    response = client.post(
        "/arrangementer/ny/", posted(precision="week", ends_on="20.01.2027", region=region.pk)
    )

    event = Event.objects.get()
    assert form.content.decode().count("Gjøvik kommune") == 1  # no region, but may take part
    assert response.url == event.get_absolute_url()
    assert event.day_text.replace("\u00a0", " ") == "uke 2–3 2027"
    assert event.region == region


def test_the_form_says_what_is_wrong_at_the_field_and_keeps_what_was_typed(client_of, editor):
    response = client_of(editor).post("/arrangementer/ny/", posted(starts_on="", place="Hamar"))

    assert response.status_code == 422
    assert errors(response) == ["Skriv datoen, eller velg at den ikke er kjent."]
    assert 'value="Hamar"' in response.content.decode()
    assert Event.objects.count() == 0


def test_the_second_of_two_editors_is_told_and_chooses(client_of, editor, leader):
    event = actions.create_event(values=values(), by=editor)
    seen = newest_version(event)
    actions.change_event(event=event, values=values(place="Gjøvik"), version=seen, by=leader)
    url, client = reverse("meetings:event-update", args=[event.public_id]), client_of(editor)

    told = client.post(url, posted(place="Hamar", version=str(seen)))
    fresh = told.context["form"]["version"].value()
    event.refresh_from_db()

    assert (told.status_code, event.place) == (422, "Gjøvik")
    assert "Leder lagret endringer" in main(told)
    assert "Sted: – Gjøvik" in main(told)
    assert client.post(url, posted(place="Hamar", version=fresh)).status_code == 302
    event.refresh_from_db()
    assert event.place == "Hamar"


def test_pages_take_the_same_queries_for_many(client_of, editor):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client_of(editor).get(url).status_code == 200
        return len(found)

    event = create_event(on=date(2020, 1, 1))

    def grow(times: int) -> tuple[int, int]:
        for _ in range(times):
            create_event(on=date(2020, 1, 1))
            event.initiatives.add(create_initiative())
            event.organisations.add(create_organisation())
            create_signal(event=event)
        return queries("/arrangementer/"), queries(event.get_absolute_url())

    grow(1)
    assert grow(0) == grow(3)
