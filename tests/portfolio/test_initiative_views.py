"""The page of one initiative, and creating, editing, moving, closing it in the browser."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import LogEntry
from portfolio import actions
from portfolio.models import Initiative, Phase
from tests.factories import create_area, create_initiative, create_organisation, create_report, create_user
from tests.portfolio.pages import body, main

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of, editor):
    return client_of(editor)


def facts(initiative=None, **fields) -> dict:
    """What the browser sends when nothing is typed."""
    area = initiative.program_area if initiative else create_area()
    data = {
        "title": initiative.title if initiative else "Trygg utskriving",
        "program_area": area.pk,
        "kind": "project",
        "visibility": "public",
        "mandate_state": "none",
        "version": initiative.history.first().history_id if initiative else "",
        "deltakere-TOTAL_FORMS": "0",
        "deltakere-INITIAL_FORMS": "0",
    }
    return {**data, **fields}


# The page


def test_the_page_tells_the_present_status_in_plain_words(client_of):
    initiative = create_initiative(title="Trygg utskriving", slug="trygg")
    create_report(initiative=initiative, on=date(2025, 3, 1), phases="innsikt", comment="Kartlegger.")
    create_report(
        initiative=initiative,
        on=date(2025, 6, 27),
        phases="losning-drift",
        comment="Prøver.",
        state="delayed",
    )

    text = main(client_of(None).get("/tiltak/trygg/"))

    days = (timezone.localdate() - date(2025, 6, 27)).days
    assert "Tiltaket er i fasen Løsning/Drift (forsinket)." in text
    assert f"Slik har det vært i {days} dager, siden 27.06.2025." in text
    assert "Meldt 27.06.2025" in text
    assert "27.06.2025 Innsikt → Løsning/Drift" in text


def test_a_status_of_today_is_not_from_today_ago(client_of):
    create_report(initiative=create_initiative(slug="trygg"), on=timezone.localdate())

    assert "i dag siden" not in main(client_of(None).get("/tiltak/trygg/"))


@pytest.mark.parametrize(
    ("phases", "fields", "sentence"),
    [
        ("", {"state": "not_started"}, "Tiltaket er ikke startet."),
        ("", {"needs_mapping": True}, "Fasen er ikke avklart."),
        ("drift", {"comment": ""}, "Ikke meldt"),
    ],
)
def test_the_page_tells_what_is_not_known(client_of, phases, fields, sentence):
    create_report(initiative=create_initiative(slug="trygg"), phases=phases, **fields)

    assert sentence in main(client_of(None).get("/tiltak/trygg/"))


def test_an_initiative_that_was_never_reported_says_so_everywhere(client_of):
    owner = create_organisation()
    area = create_area(name="Bo trygt")
    create_initiative(title="Nytt tiltak", slug="nytt", area=area, owner=owner)
    client = client_of(None)

    assert "Ingen har meldt status for tiltaket ennå." in main(client.get("/tiltak/nytt/"))
    assert "Ikke meldt" in main(client.get("/tiltak/"))
    assert "Ikke meldt" in main(client.get("/handlingsdel/"))
    for address in ("/programomrader/bo-trygt/", f"/organisasjoner/{owner.public_id}/"):
        assert "Nytt tiltak – – Aldri meldt" in main(client.get(address))


def test_an_old_address_redirects_for_ever(client_of, editor):
    initiative = create_initiative(title="Gammelt navn")
    for title in ("Nytt navn", "Nyeste navn"):
        initiative = actions.change_initiative(
            initiative=initiative,
            values={"title": title},
            version=initiative.history.first().history_id,
            by=editor,
        )

    for address in ("/tiltak/gammelt-navn/", "/tiltak/nytt-navn/"):
        response = client_of(None).get(address)
        assert (response.status_code, response.url) == (301, "/tiltak/nyeste-navn/")


def test_the_log_says_who_did_what_in_words(client, editor):
    initiative = create_initiative(title="Før", slug="for")
    actions.change_initiative(
        initiative=initiative,
        values={"mandate_state": "approved", "decided_on": date(2025, 2, 20), "decided_precision": "day"},
        version=initiative.history.first().history_id,
        by=editor,
    )

    text = main(client.get("/tiltak/for/"))

    assert "Sekretariatet endret" in text
    assert "Mandat: Ikke kjent Godkjent" in text
    assert "Besluttet: 20.02.2025" in text


# Create and edit


def test_an_initiative_is_created(client):
    owner = create_organisation()

    response = client.post(
        "/tiltak/ny/",
        facts(
            owner=owner.pk,
            aliases="TU\r\nUtskriving",
            decided_on="20.02.2025",
            **{
                "deltakere-TOTAL_FORMS": "2",
                "deltakere-0-organisation": owner.pk,
                "deltakere-0-role": "pilot",
                "deltakere-1-organisation": "",
            },
        ),
    )

    assert response.url == "/tiltak/trygg-utskriving/"
    initiative = Initiative.objects.get()
    assert (initiative.owner, initiative.decided_precision) == (owner, "day")
    assert sorted(map(str, initiative.aliases.all())) == ["TU", "Utskriving"]
    assert initiative.participations.get().role == "pilot"
    assert "Tiltaket er opprettet." in main(client.get(response.url))


def test_a_title_on_two_lines_becomes_one_line(client):
    client.post("/tiltak/ny/", facts(title="Trygg\r\nutskriving"))

    assert Initiative.objects.get().title == "Trygg utskriving"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "påkrevet"),
        ({"title": "x" * 301}, "300"),
        ({"title": "<b>Ny</b>"}, "HTML-koder"),
        ({"title": "Ny\x00"}, "Null-tegn"),
        ({"program_area": ""}, "påkrevet"),
        ({"program_area": "999999"}, "gyldig"),
        ({"kind": "gone"}, "gyldig"),
        ({"visibility": ""}, "påkrevet"),
        ({"summary": "x" * 2001}, "2000"),
        ({"decided_precision": "day"}, "Skriv datoen"),
        ({"decided_on": "i går"}, "gyldig"),
        ({"aliases": "x" * 301}, "300 tegn"),
        ({"deltakere-TOTAL_FORMS": "1", "deltakere-0-organisation": "999999"}, "gyldig"),
    ],
)
def test_bad_facts_get_a_sentence_and_save_nothing(client, fields, sentence):
    response = client.post("/tiltak/ny/", facts(**fields))

    assert response.status_code == 422
    assert sentence in main(response)
    assert (Initiative.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_an_edit_goes_to_the_new_address(client):
    initiative = create_initiative(title="Gammelt", slug="gammelt")

    response = client.post("/tiltak/gammelt/rediger/", facts(initiative, title="Nytt"))

    assert response.url == "/tiltak/nytt/"
    assert "Endringene er lagret." in main(client.get(response.url))


def test_an_edit_of_one_thing_keeps_what_is_no_longer_offered(client, editor):
    """The form offers what is in use; what was chosen before it went out of use is not lost by saving."""
    gone = create_organisation(name="Nedlagt kommune", is_active=False)
    parent, other = create_initiative(title="Overordnet"), create_initiative(title="Beslektet")
    lead = create_user(role="contributor", is_active=False)
    initiative = create_initiative(slug="trygg", owner=gone, parent=parent, project_lead=lead)
    initiative.related.add(other)
    initiative.participations.create(organisation=gone)
    for row in (parent, other):
        actions.close_initiative(initiative=row, closed_as="archived", reason="Ferdig.", by=editor)

    shown = client.get("/tiltak/trygg/rediger/").context
    form, parts = shown["form"], shown["forms"].participants
    offered = {
        "owner": gone in form.fields["owner"].queryset,
        "project_lead": lead in form.fields["project_lead"].queryset,
        "parent": parent in form.fields["parent"].queryset,
        "related": other in form.fields["related"].queryset,
        "participant": gone in parts.forms[0].fields["organisation"].queryset,
    }

    assert [name for name, is_offered in offered.items() if not is_offered] == []


def test_the_second_editor_of_facts_is_told_who_and_what_and_chooses(client):
    initiative = create_initiative(title="Først", slug="forst")
    seen = facts(initiative, summary="Min tekst.")
    actions.change_initiative(
        initiative=initiative,
        values={"title": "Deres navn"},
        version=seen["version"],
        by=create_user(role="editor", name="Kari Kollega"),
    )

    collision = client.post("/tiltak/forst/rediger/", seen)

    assert collision.status_code == 422
    page = body(collision)
    assert "Kari Kollega" in page
    assert "Tittel: Først Deres navn" in main(collision)
    assert ">\nMin tekst.</textarea>" in page

    client.post("/tiltak/deres-navn/rediger/", {**seen, "version": initiative.history.first().history_id})
    initiative.refresh_from_db()
    assert (initiative.title, initiative.summary) == ("Først", "Min tekst.")


def test_a_collision_over_owner_and_participants_says_what_changed(client):
    initiative = create_initiative(title="Først", slug="forst")
    hamar, gausdal = create_organisation(name="Hamar kommune"), create_organisation(name="Gausdal kommune")
    seen = facts(initiative, summary="Min tekst.")
    actions.change_initiative(
        initiative=initiative,
        values={"owner": hamar, "participants": {gausdal: "pilot"}},
        version=seen["version"],
        by=create_user(role="editor", name="Kari Kollega"),
    )

    page = main(client.post("/tiltak/forst/rediger/", seen))

    assert "Eier: – Hamar kommune" in page
    assert "Deltakere: – Gausdal kommune (Pilot)" in page


def test_facts_sent_twice_are_saved_once(client):
    initiative = create_initiative(title="Først", slug="forst")
    data = facts(initiative, summary="Min tekst.")

    answers = [client.post("/tiltak/forst/rediger/", data).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert LogEntry.objects.about(initiative).count() == 1


def test_one_organisation_takes_part_once(client):
    initiative = create_initiative(slug="forst")
    hamar = create_organisation(name="Hamar kommune")
    twice = {f"deltakere-{n}-organisation": hamar.pk for n in range(2)}
    roles = {"deltakere-0-role": "partner", "deltakere-1-role": "pilot", "deltakere-TOTAL_FORMS": "2"}

    response = client.post("/tiltak/forst/rediger/", {**facts(initiative), **twice, **roles})

    assert response.status_code == 422
    assert "Står som deltaker to ganger: Hamar kommune." in main(response)
    assert initiative.participations.count() == 0


def test_what_waits_goes_back_when_the_initiative_is_taken_out(client, contributor):
    initiative = create_initiative(slug="forst", project_lead=contributor)
    sent = create_report(initiative=initiative, publication="submitted", by=contributor)

    client.post("/tiltak/forst/ta-ut/", {"closed_as": "archived", "reason": "Overtatt av driften."})

    sent.refresh_from_db()
    assert (sent.publication, sent.return_comment) == ("draft", "Overtatt av driften.")
    assert "Venter på deg" not in main(client.get("/"))


def test_an_edit_without_the_mark_of_what_was_seen_saves_nothing(client):
    initiative = create_initiative(slug="forst")

    response = client.post("/tiltak/forst/rediger/", facts(initiative, title="Nytt", version=""))

    assert response.status_code == 422
    assert Initiative.objects.get().title == initiative.title


# Move, close, reopen


def test_move_goes_back_to_the_area(client):
    area = create_area(name="Bo trygt")
    create_initiative(title="a", area=area)
    create_initiative(title="b", slug="b", area=area)

    assert (
        client.post("/tiltak/b/flytt/", {"plass": "1"}).url.partition("#")[0] == "/programomrader/bo-trygt/"
    )
    assert [row.title for row in Initiative.objects.in_paper_order()] == ["b", "a"]


def test_an_initiative_is_taken_out_and_in_again(client, client_of):
    create_initiative(title="Trygg utskriving", slug="trygg")
    create_initiative(title="Annet")

    client.post("/tiltak/trygg/ta-ut/", {"closed_as": "archived", "reason": "Overtatt av driften."})

    text = main(client_of(None).get("/tiltak/trygg/"))
    assert "Arkivert" in text
    assert "Overtatt av driften." in text
    assert "Trygg" not in main(client_of(None).get("/tiltak/"))
    assert "Trygg" not in main(client_of(None).get("/handlingsdel/"))

    client.post("/tiltak/trygg/ta-inn/", {"reason": "Mer å gjøre."})
    assert "Trygg" in main(client_of(None).get("/tiltak/"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"closed_as": "archived", "reason": ""}, "påkrevet"),
        ({"closed_as": "archived", "reason": "x" * 501}, "500"),
        ({"closed_as": "gone", "reason": "Ferdig."}, "gyldig"),
        ({"closed_as": "merged", "reason": "Samme."}, "Velg tiltaket det slås sammen med."),
        ({"closed_as": "merged", "reason": "Samme.", "merged_into": "{itself}"}, "gyldig"),
    ],
)
def test_taking_out_says_what_is_missing(client, data, sentence):
    initiative = create_initiative(slug="trygg")
    data = {name: value.format(itself=initiative.pk) for name, value in data.items()}

    response = client.post("/tiltak/trygg/ta-ut/", data)

    assert response.status_code == 422
    assert sentence in main(response)
    assert Initiative.objects.live().count() == 1


def test_phases_are_data(client_of):
    Phase.objects.create(code="laering", name="Læring", order=5)
    create_report(initiative=create_initiative(title="Sist", slug="sist"), phases="laering")

    assert "Tiltaket er i fasen Læring" in main(client_of(None).get("/tiltak/sist/"))
    assert "Sist" in main(client_of(None).get("/tiltak/?fase=laering"))
