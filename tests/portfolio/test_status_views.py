"""Reporting status in the browser: in place, on a page of its own, for several at once, and sent in."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import LogEntry
from portfolio.models import StatusReport
from tests.factories import create_area, create_initiative, create_report, create_user
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db

JUNE = date(2025, 6, 27)
AUTUMN = date(2025, 10, 1)


@pytest.fixture
def initiative(db):
    initiative = create_initiative(title="Trygg utskriving", slug="trygg")
    create_report(initiative=initiative, on=JUNE, phases="innsikt", comment="Kartlegger.")
    return initiative


@pytest.fixture
def client(client_of, editor):
    return client_of(editor)


def typed(initiative, **fields) -> dict[str, str]:
    return {
        "phase": "losning-losning",
        "state": "active",
        "reported_on": "2025-10-01",
        "comment": "Prøver ut.",
        "based_on": str(initiative.latest_report_id or ""),
        **fields,
    }


def htmx(initiative) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": f"tiltak-{initiative.pk}"}


def save(client, initiative, *, as_row=False, **fields):
    headers = htmx(initiative) if as_row else {}
    return client.post(f"/tiltak/{initiative.slug}/status/", typed(initiative, **fields), headers=headers)


# In place


def test_the_form_asked_for_by_htmx_is_the_row_only(client, initiative):
    page = body(client.get("/tiltak/trygg/status/", headers=htmx(initiative)))

    assert page.count(f'<tr id="tiltak-{initiative.pk}"') == page.count("<tr") == 1
    assert "<html" not in page
    assert "Kartlegger." in page


def test_a_save_by_htmx_answers_with_the_row_only_and_tells_the_rest(client, initiative):
    response = save(client, initiative, as_row=True)

    assert response.status_code == 200
    page = body(response)
    assert page.count(f'<tr id="tiltak-{initiative.pk}"') == page.count("<tr") == 1
    assert "<html" not in page
    assert "<form" not in page
    assert ("Prøver ut." in page, "Løsning" in page) == (True, True)
    events = json.loads(response["HX-Trigger"])
    assert events["announce"] == {"text": "Statusen er lagret."}
    assert "status-changed" in events


def test_an_answer_differs_for_htmx_and_says_so_to_caches(client, initiative):
    assert {"HX-Request", "HX-Target"} <= set(save(client, initiative, as_row=True)["Vary"].split(", "))


@pytest.mark.parametrize("as_row", [True, False])
def test_what_is_refused_answers_422_with_the_error_and_what_was_typed(client, initiative, as_row):
    response = save(
        client, initiative, as_row=as_row, comment="?", next_step="Møte i mai.", reported_on="2025-10-02"
    )

    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert "Et spørsmålstegn sier ikke leseren noe." in errors(response)[0]
    page = body(response)
    assert ("Møte i mai." in page, 'value="2025-10-02"' in page, ">\n?</textarea>" in page) == (
        True,
        True,
        True,
    )
    assert ("<html" in page) != as_row
    assert "HX-Trigger" not in response
    assert StatusReport.objects.count() == 1


BAD = {
    "unknown phase": ({"phase": "levere"}, "Fasen «levere» finnes ikke."),
    "half a phase": ({"phase": "-drift"}, "finnes ikke"),
    "no phase": ({"phase": ""}, "Velg en fase"),
    "gap": ({"phase": "oppstart-drift"}, "ikke naboer"),
    "reversed range": ({"phase": "drift-losning"}, "ikke naboer"),
    "back without reason": ({"phase": "oppstart-oppstart"}, "Skriv hvorfor."),
    "skip without reason": ({"phase": "drift-drift"}, "hopper over Løsning"),
    "a phase to be settled that nobody offered": ({"phase": "uavklart"}, "finnes ikke"),
    "unknown state": ({"state": "gone"}, "Velg en av tilstandene"),
    "future": ({"reported_on": (timezone.localdate() + timedelta(days=2)).isoformat()}, "fram i tid"),
    "no day": ({"reported_on": "31.02.2025"}, "dd.mm.åååå"),
    "day missing": ({"reported_on": ""}, "hvilken dag"),
    "nothing said": ({"comment": ""}, "Skriv en kommentar"),
    "both": ({"comment_unknown": "on"}, "Velg ett av dem"),
    "question marks": ({"comment": "? ?\r\n?"}, "Et spørsmålstegn"),
    "2 001 characters": ({"comment": "x" * 2001}, "2001 tegn"),
    "20 000 characters": ({"comment": "æ" * 20_000}, "20000 tegn"),
    "HTML": ({"comment": "<b>Ferdig</b>"}, "HTML-koder"),
    "HTML in the next step": ({"next_step": "<b>Ferdig</b>"}, "HTML-koder"),
    "a long next step": ({"next_step": "x" * 20_000}, "tegn"),
    "a null byte": ({"comment": "Ferdig\x00"}, "Null-tegn"),
    "a stale form without its mark": ({"based_on": "abc"}, "endret siden du åpnet skjemaet"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_a_sentence_and_saves_nothing(client, initiative, case):
    fields, sentence = BAD[case]

    response = save(client, initiative, **fields)

    assert response.status_code == 422
    assert sentence in main(response)
    assert (StatusReport.objects.count(), LogEntry.objects.count()) == (1, 0)


GOOD = {
    "a range": ({"phase": "innsikt-losning"}, ("Innsikt/Løsning", "active", "Prøver ut.")),
    "not started": (
        {"phase": "ikke-startet", "state": "active", "reason": "Utsatt."},
        ("Ikke startet", "not_started", "Prøver ut."),
    ),
    "state": ({"state": "delayed"}, ("Løsning", "delayed", "Prøver ut.")),
    "no state is active": ({"state": ""}, ("Løsning", "active", "Prøver ut.")),
    "unknown": ({"comment": "", "comment_unknown": "on"}, ("Løsning", "active", "")),
    "back with reason": ({"phase": "oppstart", "reason": "Ny start."}, ("Oppstart", "active", "Prøver ut.")),
    "Norwegian day": ({"reported_on": "01.10.2025"}, ("Løsning", "active", "Prøver ut.")),
    "under five per cent": ({"comment": "Gjelder <5 %"}, ("Løsning", "active", "Gjelder <5 %")),
    "lines": ({"comment": "En\r\nto"}, ("Løsning", "active", "En\nto")),
    "loose accents": ({"comment": "Pa\u030a vei"}, ("Løsning", "active", "På vei")),
    "2 000 characters": ({"comment": "x" * 2000}, ("Løsning", "active", "x" * 2000)),
    "2 000 characters on lines of Windows": (
        {"comment": "x\r\n" * 999 + "xx"},
        ("Løsning", "active", "x\n" * 999 + "xx"),
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_good_input_is_published(client, initiative, case):
    fields, (phase, state, comment) = GOOD[case]

    response = save(client, initiative, **fields)

    assert response.status_code == 302, errors(response)
    report = StatusReport.objects.newest_first().first()
    assert (report.phase_name, report.state, report.comment) == (phase, state, comment)
    assert (report.publication, report.reported_on) == ("published", AUTUMN)


def test_unknown_is_shown_with_the_day_it_was_known(client, initiative):
    page = body(save(client, initiative, as_row=True, comment="", comment_unknown="on"))

    assert "Ikke meldt siden 27.06.2025" in page


def test_a_comment_is_text_however_it_looks(client, initiative):
    save(client, initiative, comment="Gjelder <5 % & «alle» {{ user }}")

    assert "Gjelder &lt;5 % &amp; «alle» {{ user }}" in body(client.get("/tiltak/"))


# Without JavaScript


def test_a_plain_save_goes_back_to_the_list_as_it_was_filtered(client, initiative):
    response = save(client, initiative, next="/tiltak/?fase=innsikt&sorter=-meldt")

    assert response.status_code == 302
    assert response.url == f"/tiltak/?fase=innsikt&sorter=-meldt#tiltak-{initiative.pk}"
    assert "Trygg utskriving: Statusen er lagret." in main(client.get("/tiltak/"))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "\thttps://evil.example/",
        "https://testserver@evil.example/",
        "",
    ],
)
@pytest.mark.parametrize("method", ["post", "get"])
def test_the_way_back_never_leaves_the_site(client, initiative, elsewhere, method):
    if method == "post":
        response = save(client, initiative, next=elsewhere)
    else:
        response = client.get("/tiltak/trygg/rad/", {"next": elsewhere})

    assert response.url == f"/tiltak/#tiltak-{initiative.pk}"


def test_a_way_back_with_a_line_break_sets_no_header(client, initiative):
    response = save(client, initiative, next="/tiltak/\r\nSet-Cookie: a=b")

    assert response.status_code == 302
    assert "a" not in response.cookies


def test_cancel_by_htmx_gives_the_row_back_untouched(client, initiative):
    page = body(client.get("/tiltak/trygg/rad/", headers=htmx(initiative)))

    assert page.count("<tr") == 1
    assert "Kartlegger." in page


def test_a_row_of_another_initiative_is_not_answered_into(client, initiative):
    other = create_initiative()

    response = client.post("/tiltak/trygg/status/", typed(initiative), headers=htmx(other))

    assert response.status_code == 302


# Twice, and two at once


@pytest.mark.parametrize("as_row", [True, False])
def test_the_same_form_sent_twice_saves_once_and_says_so(client, initiative, as_row):
    first = typed(initiative)
    headers = htmx(initiative) if as_row else {}
    client.post("/tiltak/trygg/status/", first, headers=headers)

    again = client.post("/tiltak/trygg/status/", first, headers=headers)

    assert StatusReport.objects.count() == 2
    assert LogEntry.objects.count() == 1
    if as_row:
        assert json.loads(again["HX-Trigger"])["announce"]["text"] == "Denne statusen er allerede lagret."
        assert "Prøver ut." in body(again)
    else:
        assert "Denne statusen er allerede lagret." in main(client.get(again.url))


def test_a_backdated_form_sent_twice_saves_once(client, initiative):
    for _ in range(2):
        save(client, initiative, reported_on="2025-03-01", phase="oppstart")

    assert StatusReport.objects.count() == 2


@pytest.mark.parametrize("as_row", [True, False])
def test_the_second_of_two_is_told_who_and_what_keeps_the_text_and_chooses(client, initiative, as_row):
    seen = typed(initiative, comment="Mitt.")
    another = create_user(role="editor", name="Kari Kollega")
    theirs = create_report(initiative=initiative, on=AUTUMN, comment="Noe nytt.", by=another)
    headers = htmx(initiative) if as_row else {}

    collision = client.post("/tiltak/trygg/status/", seen, headers=headers)

    assert collision.status_code == 422
    page = body(collision)
    for words in ("Kari Kollega", "<del>Kartlegger.</del>", "<ins>Noe nytt.</ins>", "<ins>Løsning</ins>"):
        assert words in page
    assert ">\nMitt.</textarea>" in page
    assert f'name="based_on" value="{theirs.pk}"' in page
    assert ("Lagre min likevel" in page, "Behold det som står" in page) == (True, True)
    assert StatusReport.objects.count() == 2

    client.post("/tiltak/trygg/status/", {**seen, "based_on": theirs.pk}, headers=headers)

    initiative.refresh_from_db()
    assert initiative.latest_report.comment == "Mitt."
    assert initiative.latest_report.corrects == theirs


def test_a_form_open_while_the_initiative_is_taken_out_is_told_so(client, initiative, editor):
    type(initiative).objects.filter(pk=initiative.pk).update(
        closed_as="archived", closed_reason="Ferdig.", closed_by=editor, closed_at=timezone.now()
    )

    response = save(client, initiative)

    assert response.status_code == 422
    assert "Tiltaket er tatt ut av porteføljen" in main(response)
    assert "Prøver ut." in body(response)


def test_a_report_for_an_earlier_day_says_where_it_went(client, initiative):
    save(client, initiative, reported_on="2025-03-01", phase="oppstart")

    assert "lagret i historikken" in main(client.get("/tiltak/"))


def test_a_second_report_of_the_day_says_that_it_corrects(client, initiative):
    save(client, initiative, reported_on="2025-06-27")

    assert "som en rettelse" in main(client.get("/tiltak/"))


def test_a_renamed_initiative_is_saved_at_its_old_address_too(client, initiative):
    initiative.old_slugs.create(slug="trygg-for")

    response = client.post("/tiltak/trygg-for/status/", typed(initiative))

    assert (response.status_code, StatusReport.objects.count()) == (302, 2)


def test_csrf_is_enforced(editor, initiative):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)

    response = save(client, initiative)

    assert response.status_code == 403
    assert "Skjemaet ble ikke sendt" in main(response)
    assert StatusReport.objects.count() == 1


# One text for several


def chosen(number: int = 3):
    area = create_area()
    initiatives = [create_initiative(title=f"Nr. {n}", area=area) for n in range(number)]
    for initiative in initiatives:
        create_report(initiative=initiative, on=JUNE, phases="losning-drift", comment="Før.", state="delayed")
    return initiatives


def shared(initiatives, comment="Felles tekst.", **fields) -> dict:
    return {
        "reported_on": "2025-10-01",
        "comment": comment,
        "tiltak": [initiative.pk for initiative in initiatives],
        **{f"based_on_{initiative.pk}": initiative.latest_report_id or "" for initiative in initiatives},
        **fields,
    }


def test_one_text_is_given_to_each_and_leaves_phase_and_state(client):
    initiatives = chosen()
    shown = main(client.get("/tiltak/status/felles/", {"tiltak": [row.pk for row in initiatives]}))
    assert [f"Nr. {n}" in shown for n in range(3)] == [True] * 3

    response = client.post("/tiltak/status/felles/", shared(initiatives))

    assert response.url == "/tiltak/"
    assert "Statusen er lagret for 3 tiltak." in main(client.get("/tiltak/"))
    new = StatusReport.objects.filter(reported_on=AUTUMN)
    assert {(report.phase_name, report.state, report.comment) for report in new} == {
        ("Løsning/Drift", "delayed", "Felles tekst.")
    }
    assert new.count() == LogEntry.objects.count() == 3


def test_one_text_sent_twice_is_saved_once_and_says_so(client):
    data = shared(chosen())
    client.post("/tiltak/status/felles/", data)
    client.get("/tiltak/")

    client.post("/tiltak/status/felles/", data)

    assert StatusReport.objects.filter(reported_on=AUTUMN).count() == 3
    assert "allerede lagret" in main(client.get("/tiltak/"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"comment": "?"}, "Et spørsmålstegn"),
        ({"comment": ""}, "Skriv en kommentar"),
        ({"comment": "x" * 20_000}, "20000 tegn"),
        ({"reported_on": ""}, "påkrevet"),
        ({"reported_on": "2125-01-01"}, "fram i tid"),
    ],
)
def test_one_text_that_is_refused_is_saved_for_none_and_kept(client, fields, sentence):
    response = client.post("/tiltak/status/felles/", shared(chosen(), **fields))

    assert response.status_code == 422
    assert sentence in main(response)
    assert StatusReport.objects.count() == 3


def test_a_new_comment_takes_the_place_of_an_unknown_status(client, initiative):
    create_report(initiative=initiative, on=JUNE + timedelta(days=1), comment="")
    data = typed(initiative, comment_unknown="on", comment="Nå vet vi mer.")

    assert client.post("/tiltak/trygg/status/", data).status_code == 302
    initiative.refresh_from_db()
    assert initiative.latest_report.comment == "Nå vet vi mer."
    assert not initiative.latest_report.comment_unknown


def test_unknown_takes_the_place_of_the_comment_that_stood_there(client, initiative):
    data = typed(initiative, comment_unknown="on", comment=initiative.latest_report.comment)

    assert client.post("/tiltak/trygg/status/", data).status_code == 302
    initiative.refresh_from_db()
    assert initiative.latest_report.comment_unknown


@pytest.mark.parametrize("comment", ["\ufeff\u200b", "\u200b?", "\u2060 ?\u200d"])
def test_what_cannot_be_seen_is_no_comment(client, initiative, comment):
    response = client.post("/tiltak/trygg/status/", typed(initiative, comment=comment))

    assert response.status_code == 422
    assert initiative.reports.count() == 1


def test_one_text_names_the_row_that_somebody_else_changed(client):
    initiatives = chosen()
    data = shared(initiatives)
    create_report(initiative=initiatives[1], on=AUTUMN, comment="Noe nytt.")

    response = client.post("/tiltak/status/felles/", data)

    assert response.status_code == 422
    assert "Nr. 1 : Sekretariatet lagret" in main(response)
    assert "Noe nytt." in main(response)
    assert "Felles tekst." in body(response)
    assert StatusReport.objects.count() == 4


def test_one_text_needs_a_phase_to_stand_with(client):
    never = create_initiative(title="Aldri meldt")

    response = client.post("/tiltak/status/felles/", shared([*chosen(1), never]))

    assert response.status_code == 422
    assert "har aldri fått en fase" in main(response)
    assert StatusReport.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    ["", "?tiltak=", "?tiltak=abc", "?tiltak=999999", "?tiltak=-1", "?tiltak=²", "?tiltak=" + "9" * 30],
)
def test_one_text_for_nobody_sends_back_to_choose(client, query):
    response = client.get(f"/tiltak/status/felles/{query}")

    assert (response.status_code, response.url) == (302, "/tiltak/")
    assert "Velg ett eller flere tiltak" in main(client.get("/tiltak/"))


@pytest.mark.parametrize("mark", ["²", "abc", "9" * 30, ""])
def test_a_broken_mark_is_a_collision_and_no_crash(client, mark):
    initiatives = chosen(1)

    response = client.post(
        "/tiltak/status/felles/", shared(initiatives, **{f"based_on_{initiatives[0].pk}": mark})
    )

    assert response.status_code == 422
    assert StatusReport.objects.count() == 1


# Sent in by a contributor


@pytest.fixture
def own(contributor):
    return create_initiative(title="Mitt tiltak", slug="mitt", project_lead=contributor)


def test_a_contributor_keeps_a_draft_sends_it_in_and_the_editor_publishes(
    client_of, contributor, editor, own
):
    writer, secretariat = client_of(contributor), client_of(editor)

    kept = writer.post("/tiltak/mitt/meld/", typed(own, comment="Utkast."))
    assert kept.url == "/tiltak/mitt/"
    assert "ikke sendt inn ennå" in main(writer.get("/tiltak/mitt/"))
    assert ">\nUtkast.</textarea>" in body(writer.get("/tiltak/mitt/meld/"))

    writer.post("/tiltak/mitt/meld/", typed(own, comment="Ferdig skrevet.", send="1"))
    assert "sendt til sekretariatet" in main(writer.get("/tiltak/mitt/"))
    sent = StatusReport.objects.get()
    assert (sent.publication, sent.comment) == ("submitted", "Ferdig skrevet.")
    assert "Mitt tiltak" in main(secretariat.get("/"))
    assert "Ferdig skrevet." in main(secretariat.get("/tiltak/mitt/"))

    published = secretariat.post(f"/tiltak/status/{sent.pk}/publiser/", {"based_on": ""})
    assert published.url == "/tiltak/mitt/"
    assert "Statusen er publisert." in main(secretariat.get("/tiltak/mitt/"))
    assert "Ferdig skrevet." in main(client_of(None).get("/tiltak/"))


def test_what_is_sent_back_tells_the_contributor_what_to_change(client_of, contributor, editor, own):
    sent = create_report(initiative=own, publication="submitted", by=contributor)

    client_of(editor).post(f"/tiltak/status/{sent.pk}/send-tilbake/", {"return_comment": "Skriv mer."})

    writer = client_of(contributor)
    for address in ("/", "/tiltak/mitt/", "/tiltak/mitt/meld/"):
        assert "Skriv mer." in main(writer.get(address))


@pytest.mark.parametrize("comment", ["", "   ", "x\x00", "<b>Nei</b>"])
def test_what_is_sent_back_without_a_word_stays(client_of, contributor, editor, own, comment):
    sent = create_report(initiative=own, publication="submitted", by=contributor)
    secretariat = client_of(editor)

    response = secretariat.post(f"/tiltak/status/{sent.pk}/send-tilbake/", {"return_comment": comment})

    assert response.status_code == 422
    sent.refresh_from_db()
    assert sent.publication == "submitted"


def test_a_contributor_s_step_back_is_asked_why_and_the_draft_is_kept(client_of, contributor, own):
    create_report(initiative=own, on=JUNE, phases="drift")

    response = client_of(contributor).post("/tiltak/mitt/meld/", typed(own, phase="oppstart", send="1"))

    assert response.status_code == 422
    assert "Skriv hvorfor." in main(response)
    assert StatusReport.objects.get(publication="draft").comment == "Prøver ut."


def test_the_form_that_opens_shows_what_stands_now(client, initiative):
    page = body(client.get("/tiltak/trygg/status/"))

    assert '<option value="innsikt-innsikt" selected>Innsikt</option>' in page
    assert ">\nKartlegger.</textarea>" in page
    assert f'value="{timezone.localdate().isoformat()}"' in page


def test_a_phase_to_be_settled_is_offered_where_it_stands(client, initiative):
    assert "uavklart" not in body(client.get("/tiltak/trygg/status/"))
    create_report(initiative=initiative, on=AUTUMN, phases="", needs_mapping=True, raw_phase="Levere")

    assert '<option value="uavklart" selected>' in body(client.get("/tiltak/trygg/status/"))
