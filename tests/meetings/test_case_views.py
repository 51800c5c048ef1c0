"""The pages of cases, by the cast."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.models import Case, Concern
from tests.factories import (
    create_case,
    create_document,
    create_exemption,
    create_initiative,
    create_item,
    create_meeting,
    create_point,
)
from tests.portfolio.pages import body, main, sheet, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ssu):
    return create_case(
        body=ssu,
        title="Mandat for fastleger",
        year=2025,
        seq=31,
        number_raw="sak 31/25",
        state="treated",
        announced=True,
    )


def address(name, case):
    return reverse(f"meetings:{name}", args=[case.public_id])


def test_a_numbered_case_lives_at_its_number(client_of, case):
    assert case.get_absolute_url() == "/saker/ssu/2025/31/"
    assert client_of(None).get("/saker/ssu/2025/31/").status_code == 200
    assert client_of(None).get(f"/saker/{case.public_id}/").url == "/saker/ssu/2025/31/"


def test_an_unnumbered_case_of_an_unknown_body_has_a_page(client_of):
    case = Case.objects.create(
        title="Deltakelse",
        body_unknown_reason="Ikke oppgitt i kilden.",
        state="treated",
        announced_at="2025-01-01T12:00Z",
    )
    page = client_of(None).get(case.get_absolute_url())

    assert "organ ikke kjent: Ikke oppgitt i kilden." in text(page)


@pytest.mark.parametrize(
    "path", ["/saker/ssu/2025/32/", "/saker/pa/2025/31/", "/saker/ssu/2025/99999999999999/"]
)
def test_other_numbers_have_none(client_of, case, path):
    assert client_of(None).get(path).status_code == 404


def test_a_draft_is_known_to_the_secretariat_and_leaders(client_of, cast, ssu_member, ssu):
    case = create_case(body=ssu)
    people = {**vars(cast), "ssu": ssu_member}
    answers = {
        who
        for who, person in people.items()
        if client_of(person).get(case.get_absolute_url()).status_code == 200
    }

    assert answers == {"editor", "leader"}


def test_an_exempt_case_shows_outsiders_its_public_title_and_nothing_else(
    client_of, ssu, ssu_member, pa_member
):
    meeting = create_meeting(body=ssu, state="approved")
    case = create_case(
        body=ssu,
        title="Oppsigelse av Navnesen",
        summary="Navnesen skal slutte.",
        announced=True,
        exemption=create_exemption(),
        public_title="Personalsak",
        state="treated",
        year=2025,
        seq=5,
        responsible="Navnesens leder",
    )
    item = create_item(meeting=meeting, case=case, treatment="<p>Navnesen forklarte seg.</p>")
    create_point(item=item, text="Navnesen slutter.")
    create_document(case=case, title="Brev om Navnesen")
    Concern.objects.create(case=case, initiative=create_initiative(title="Navnesens tiltak"))
    paths = [
        "/saker/",
        "/saker/?q=Personalsak",
        "/saker.csv",
        case.get_absolute_url(),
        meeting.get_absolute_url(),
        "/moter/kalender.ics",
    ]
    for person, knows in ((None, False), (pa_member, False), (ssu_member, True)):
        seen = [path for path in paths if "Navnesen" in body(client_of(person).get(path))]
        assert bool(seen) is knows, (person, seen)
    page = main(client_of(None).get(case.get_absolute_url()))
    assert [words in page for words in ("Personalsak", "offl. § 23", "Be om innsyn")] == [True, True, True]
    assert [words in page for words in ("Sakstype", "Behandlet", "Behandling", "Dokumenter")] == [False] * 4


def test_a_search_does_not_reveal_an_exempt_title(client_of, ssu, ssu_member):
    create_case(
        body=ssu,
        title="Oppsigelse av Navnesen",
        announced=True,
        exemption=create_exemption(),
        public_title="Personalsak",
    )
    found = [
        main(client_of(person).get("/saker/?q=navnesen")).count("Personalsak")
        for person in (None, ssu_member)
    ]

    assert found == [0, 0]
    assert "Oppsigelse av Navnesen" in main(client_of(ssu_member).get("/saker/?q=navnesen"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=sak+31.25", True), ("q=SSU+31/25", True), ("q=FASTLEGER", True), ("q=pa+31/25", False), ("q=rehabilitering", False),
        ("q=sak+31", True), ("organ=ssu", True), ("organ=pa", False), ("ar=2025", True), ("ar=2024", False), ("type=decision", True),
        ("type=report", False), ("tilstand=treated", True), ("tilstand=closed", False),
        ("ar=tull&organ=%27;--", True),
    ],
)  # fmt: skip
def test_the_list_is_filtered_by_link(client_of, case, pa, query, found):
    create_case(body=pa, title="Noe annet", year=2024, seq=1, kind="report", state="closed", announced=True)
    assert ("Mandat for fastleger" in main(client_of(None).get(f"/saker/?{query}"))) is found


def test_the_list_by_initiative(client_of, case):
    initiative = create_initiative()
    Concern.objects.create(case=case, initiative=initiative)
    hidden = create_initiative(visibility="internal")

    assert case.title in main(client_of(None).get(f"/saker/?tiltak={initiative.slug}"))
    assert case.title not in main(client_of(None).get(f"/saker/?tiltak={hidden.slug}"))


def test_the_list_by_what_became_of_the_case(client_of, ssu, case):
    create_item(meeting=create_meeting(body=ssu, state="approved"), case=case, outcome="postponed")
    found = {
        outcome: case.title in main(client_of(None).get(f"/saker/?utfall={outcome}"))
        for outcome in ("postponed", "treated", "tull")
    }

    assert found == {"postponed": True, "treated": False, "tull": True}


def test_what_is_not_announced_is_a_choice_for_those_who_know_of_it(client_of, cast, ssu):
    create_case(body=ssu, title="Uskrevet sak", state="backlog")
    create_case(
        body=ssu,
        title="Foreslått sak",
        state="returned",
        proposed_by=cast.contributor,
        proposed_at="2026-01-01T12:00Z",
    )
    seen = {}
    for who in ("public", "member", "outsider", "contributor", "leader", "editor"):
        pages = [
            main(client_of(getattr(cast, who)).get(f"/saker/?vis={shown}"))
            for shown in ("saksbanken", "forslag", "mine")
        ]
        seen[who] = [
            title in page
            for title, page in zip(("Uskrevet sak", "Foreslått sak", "Foreslått sak"), pages, strict=True)
        ]

    assert seen == {
        "public": [False, False, False], "member": [False, False, False], "outsider": [False, False, False],
        "contributor": [False, False, True], "leader": [True, True, False], "editor": [True, True, False],
    }  # fmt: skip


def test_the_choice_of_an_initiative_follows_the_list(client_of, case):
    Concern.objects.create(
        case=case, initiative=(initiative := create_initiative(title="Mobil videoløsning"))
    )
    page = client_of(None).get(f"/saker/?tiltak={initiative.slug}")

    assert "Saker om tiltaket Mobil videoløsning" in main(page)
    assert f'name="tiltak" value="{initiative.slug}"' in body(page)
    assert 'name="tiltak"' not in body(client_of(None).get("/saker/"))


def test_the_years_to_choose_among_go_from_the_oldest_to_the_newest(client_of, case, ssu, member):
    create_case(body=ssu, year=2022, seq=1, announced=True)
    create_case(body=ssu, announced=True)
    create_case(body=ssu, year=2030)
    years = [value for value, _label in client_of(member).get("/saker/").context["form"].fields["ar"].choices]

    assert years == ["", "2025", "2024", "2023", "2022"]


def test_the_backlog_is_for_the_secretariat_and_leaders(client_of, ssu, editor, member):
    create_case(body=ssu, title="Uskrevet sak", state="backlog")

    assert "Uskrevet sak" in main(client_of(editor).get("/saker/?tilstand=backlog"))
    assert "Uskrevet sak" not in main(client_of(member).get("/saker/?tilstand=backlog"))


def test_the_sheet_has_the_same_rows(client_of, case):
    rows = sheet(client_of(None).get("/saker.xlsx?q=31/25"))

    assert [row[:3] for row in rows[1:]] == [["SSU", "31/25", "Mandat for fastleger"]]


def test_the_list_takes_the_same_queries_for_many(client_of, ssu, editor):
    def count(person):
        with CaptureQueriesContext(connection) as queries:
            client_of(person).get("/saker/")
        return len(queries)

    def fill(number):
        for _number in range(number):
            create_item(meeting=meeting, case=create_case(body=ssu, announced=True))

    meeting = create_meeting(body=ssu)
    fill(1)
    few = [count(person) for person in (None, editor)]
    fill(6)
    assert [count(person) for person in (None, editor)] == few


EDITED = ["case-update", "case-withdraw", "case-forward", "case-exempt", "paper-edit", "proposal-answer"]


@pytest.mark.parametrize("name", EDITED)
def test_changing_a_case_is_for_the_secretariat(client_of, cast, ssu_member, case, name):
    people = {**vars(cast), "ssu": ssu_member}
    answers = {who: client_of(person).get(address(name, case)).status_code for who, person in people.items()}

    assert answers == {
        "public": 302, "member": 403, "outsider": 403, "contributor": 403,
        "leader": 403, "editor": 200, "admin": 403, "ssu": 403,
    }  # fmt: skip


def facts(**fields):
    return {
        "title": "Ny sak", "kind": "decision", "body_unknown_reason": "", "responsible": "", "summary": "",
        "follows_up": "", "note": "", "archive_ref": "", "tiltak-TOTAL_FORMS": "1", "tiltak-INITIAL_FORMS": "0",
        "tiltak-0-initiative": "", "tiltak-0-kind": "information", **fields,
    }  # fmt: skip


def test_a_case_is_made_on_the_agenda_of_a_meeting(client_of, editor, case, ssu):
    meeting, initiative = create_meeting(body=ssu, on=date(2027, 2, 18), state="called"), create_initiative()
    posted = facts(
        **{
            "body": ssu.pk,
            "follows_up": "sak 31.25",
            "tiltak-0-initiative": initiative.pk,
            "tiltak-0-kind": "mandate",
        }
    )
    page = client_of(editor).post(f"/saker/ny/?mote={meeting.public_id}", posted)

    made = Case.objects.get(title="Ny sak")
    assert page.url == reverse("meetings:agenda-edit", args=[meeting.public_id])
    assert (made.state, list(made.follows_up.all()), made.items.get().meeting) == ("draft", [case], meeting)
    assert made.concerns.get().kind == "mandate"


def suggestions(client_of, person, **query):
    page = client_of(person).get("/saker/finn/", query)
    return re.findall(r'value="([0-9a-f-]{36})"', body(page)) if page.status_code == 200 else page.status_code


def test_earlier_cases_are_found_by_number_or_words(client_of, cast, ssu_member, case, pa):
    other = create_case(body=pa, title="Mandat for noe annet", announced=True)
    key, other_key = str(case.public_id), str(other.public_id)

    assert suggestions(client_of, cast.editor, follows_up="31/25") == [key]
    assert suggestions(client_of, cast.editor, follows_up="mandat") == [key, other_key]
    assert suggestions(client_of, cast.editor, follows_up="mandat", sak=key) == [other_key]
    assert suggestions(client_of, cast.editor, follows_up="", follows_up_chosen=[other_key, "tull"]) == [
        other_key
    ]
    assert suggestions(client_of, cast.editor, follows_up="mandat", follows_up_chosen=other_key) == [
        other_key,
        key,
    ]
    answers = {who: suggestions(client_of, person, follows_up="31/25") for who, person in vars(cast).items()}
    assert {who for who, answer in answers.items() if answer == [key]} == {"editor"}
    assert suggestions(client_of, ssu_member, follows_up="31/25") == 403


def test_an_earlier_case_is_ticked_and_the_words_that_found_it_are_let_be(client_of, editor, case, ssu):
    client_of(editor).post(
        "/saker/ny/", facts(body=ssu.pk, follows_up="fastleger", follows_up_chosen=case.public_id)
    )

    assert list(Case.objects.get(title="Ny sak").follows_up.all()) == [case]


def test_words_alone_are_answered_with_the_cases_they_find(client_of, editor, case, ssu):
    page = client_of(editor).post("/saker/ny/", facts(body=ssu.pk, follows_up="fastleger"))

    assert page.status_code == 422
    assert f'value="{case.public_id}"' in body(page)


def test_an_earlier_case_is_kept_until_it_is_unticked(client_of, editor, case, ssu):
    later = create_case(body=ssu, title="Ny sak")
    later.follows_up.add(case)
    page = client_of(editor).get(address("case-update", later))
    posted = facts(body=ssu.pk, version=page.context["form"].initial["version"])
    ticked = re.findall(r'name="follows_up_chosen"\s+value="([0-9a-f-]{36})"', body(page))
    client_of(editor).post(address("case-update", later), {**posted, "follows_up_chosen": ticked})
    assert list(later.follows_up.all()) == [case]

    client_of(editor).post(address("case-update", later), posted)
    assert list(later.follows_up.all()) == []


def test_the_form_of_a_case_takes_the_same_queries_for_many_initiatives(client_of, editor, case):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client_of(editor).get(address("case-update", case))
        return len(queries)

    Concern.objects.create(case=case, initiative=create_initiative())
    few = count()
    for _number in range(3):
        Concern.objects.create(case=case, initiative=create_initiative())
    assert count() == few


@pytest.mark.parametrize(
    ("line", "sentence"), [("tull", "er ikke et saksnummer"), ("99/25", "Fant ingen sak")]
)
def test_an_unknown_earlier_case_is_told_at_the_field(client_of, editor, ssu, line, sentence):
    page = client_of(editor).post("/saker/ny/", facts(body=ssu.pk, follows_up=line))

    assert (page.status_code, Case.objects.count()) == (422, 0)
    assert sentence in text(page)


def test_a_number_in_two_bodies_asks_which(client_of, editor, case, pa, ssu):
    create_case(body=pa, year=2025, seq=31, announced=True)
    page = client_of(editor).post("/saker/ny/", facts(body=ssu.pk, follows_up="31/25"))

    assert "finnes i flere organer" in text(page)


def test_an_edited_case_keeps_what_stands_there(client_of, editor, case):
    form = client_of(editor).get(address("case-update", case)).context["form"]
    posted = facts(title="Nytt navn", body=case.body_id, version=form.initial["version"])
    assert client_of(editor).post(address("case-update", case), posted).status_code == 302
    page = client_of(editor).post(address("case-update", case), {**posted, "title": "Et tredje"})

    case.refresh_from_db()
    assert (page.status_code, case.title) == (422, "Nytt navn")
    assert "Opplysningene er endret" in text(page)
    assert "Et tredje" in body(page)


def test_a_leader_sends_a_case_back_and_nothing_else(client_of, leader, ssu):
    case = create_case(body=ssu, state="review")
    client_of(leader).post(address("case-step", case), {"til": "draft", "comment": "Mangler tall."})
    case.refresh_from_db()
    assert case.state == "draft"
    assert client_of(leader).post(address("case-step", case), {"til": "review"}).status_code == 403
    backlog = create_case(body=ssu, state="backlog")
    assert client_of(leader).post(address("case-step", backlog), {"til": "draft"}).status_code == 403


def test_exempting_needs_its_reasons_at_the_fields(client_of, editor, case):
    posted = {"basis": "offl14", "wider_access": "Vurdert.", "public_title": "Sak"}
    assert "sjelden organinterne" in text(client_of(editor).post(address("case-exempt", case), posted))

    client_of(editor).post(address("case-exempt", case), {**posted, "considered": "on"})
    case.refresh_from_db()
    assert case.exemption.basis == "offl14"
    client_of(editor).post(address("case-exempt", case), {"opphev": "1"})
    case.refresh_from_db()
    assert case.exemption is None


def test_a_cancelled_meeting_takes_no_new_case_or_document(client_of, editor, ssu):
    meeting = create_meeting(body=ssu, state="cancelled")
    upload = reverse("meetings:document-upload-meeting", args=[meeting.public_id])
    for url in (f"/saker/ny/?mote={meeting.public_id}", upload):
        answer = client_of(editor).get(url, follow=True)
        assert answer.redirect_chain == [(meeting.get_absolute_url(), 302)]
        assert "Møtet er avlyst." in text(answer)
