"""The pages of an agenda, by the cast: in work, published, and as it was."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import LogEntry
from helsefellesskap import pdf
from meetings.actions import publishing
from meetings.models import AgendaItem, AgendaVersion, Case, Document, Meeting
from tests.factories import (
    create_case,
    create_document,
    create_exemption,
    create_item,
    create_meeting,
    create_seat,
    create_user,
)
from tests.portfolio.pages import body, text

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 18)


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(
        pdf,
        "print_document",
        lambda template, context: f"%PDF {template} {context['agenda'].lines[0].title}".encode(),
    )


@pytest.fixture
def meeting(ssu):
    return create_meeting(body=ssu, on=DAY, state="called")


def address(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.public_id, *args])


def ready(meeting, title):
    case = create_case(body=meeting.body, title=title, state=Case.State.REVIEW, kind="discussion")
    return create_item(meeting=meeting, case=case, released=False)


def test_publishing_and_what_each_reads_of_the_file(client_of, editor, meeting, ssu_member, pa_member):
    item = ready(meeting, "Oppsigelse av Navnesen")
    Case.objects.filter(pk=item.case_id).update(exemption=create_exemption(), public_title="Personalsak")
    assert client_of(None).get(address("agenda-pdf", meeting)).status_code == 404
    assert client_of(editor).post(address("agenda-publish", meeting), {"note": ""}).status_code == 302

    files = {
        name: body(client_of(person).get(address("agenda-pdf", meeting)))
        for name, person in (("public", None), ("pa", pa_member), ("ssu", ssu_member), ("editor", editor))
    }
    assert {name: "Navnesen" in content for name, content in files.items()} == {
        "public": False,
        "pa": False,
        "ssu": True,
        "editor": True,
    }


def test_what_is_missing_is_listed_with_the_way_to_mend_it(client_of, editor, ssu):
    meeting = create_meeting(body=ssu, on=DAY)
    item = create_item(meeting=meeting, case=create_case(body=ssu), released=False)
    page = client_of(editor).post(address("agenda-publish", meeting), {"note": ""})

    assert page.status_code == 422
    assert "Møtet er ikke kalt inn ennå." in text(page)
    assert f'href="{item.case.get_absolute_url()}"' in body(page)


def test_old_versions_are_for_secretariat_and_leaders(client_of, cast, ssu_member, editor, meeting):
    ready(meeting, "Første")
    publishing.publish_agenda(meeting=meeting, by=editor)
    ready(meeting, "Andre")
    publishing.publish_agenda(meeting=Meeting.objects.get(), by=editor)
    people = {**vars(cast), "ssu": ssu_member}
    for name in ("agenda-version", "agenda-version-pdf"):
        answers = {
            who: client_of(person).get(address(name, meeting, "A")).status_code
            for who, person in people.items()
        }
        assert {who for who, status in answers.items() if status == 200} == {"editor", "leader"}
        assert {status for who, status in answers.items() if who not in {"editor", "leader", "public"}} == {
            404
        }
    assert "Ny sak: 2/27 Andre" in text(client_of(editor).get(address("agenda-version", meeting, "B")))


def test_items_are_moved_timed_and_taken_off_by_buttons(client_of, editor, ssu_member, meeting):
    first, second = ready(meeting, "En"), ready(meeting, "To")
    move = reverse("meetings:item-move", args=[second.public_id])
    assert client_of(ssu_member).post(move, {"plass": "1"}).status_code == 404
    client_of(editor).post(move, {"plass": "1"})
    client_of(editor).post(move, {"minutes": "20"})
    client_of(editor).post(reverse("meetings:item-remove", args=[first.public_id]))

    item = AgendaItem.objects.get()
    assert (item.pk, item.order, item.minutes) == (second.pk, 1, 20)


def test_a_case_is_fetched_from_the_backlog(client_of, editor, meeting, ssu, pa):
    case, other = create_case(body=ssu, state="backlog"), create_case(body=pa, state="backlog")
    assert client_of(editor).post(address("agenda-add", meeting), {"case": other.pk}).status_code == 422
    client_of(editor).post(address("agenda-add", meeting), {"case": case.pk})

    assert list(meeting.items.values_list("case", flat=True)) == [case.pk]


def test_only_cases_that_wait_for_a_meeting_can_be_fetched(client_of, editor, meeting, ssu, pa):
    free = {create_case(body=ssu, state=state) for state in ("backlog", "draft", "review", "postponed")}
    for state in ("proposed", "returned", "treated", "closed", "withdrawn"):
        create_case(body=ssu, state=state)
    create_case(body=pa, state="backlog")
    create_item(meeting=meeting, case=create_case(body=ssu), released=False)
    elsewhere = create_meeting(body=ssu, on=date(2027, 6, 10))
    create_item(meeting=elsewhere, case=create_case(body=ssu), released=False)
    cancelled = create_meeting(body=ssu, on=date(2027, 9, 9), state="cancelled")
    free.add(create_item(meeting=cancelled, case=create_case(body=ssu), released=False).case)
    page = client_of(editor).get(address("agenda-edit", meeting))

    assert set(page.context["form"].fields["case"].queryset) == free


def test_the_agenda_in_work_is_for_secretariat_and_leaders(client_of, cast, ssu_member, meeting):
    people = {**vars(cast), "ssu": ssu_member}
    opened = {
        who
        for who, person in people.items()
        if client_of(person).get(address("agenda-edit", meeting)).status_code == 200
    }

    assert opened == {"editor", "leader"}


def publish(client, meeting, note=""):
    return client.post(address("agenda-publish", meeting), {"note": note}, follow=True)


def test_the_same_again_is_answered_with_a_word_and_no_version(client_of, editor, meeting):
    ready(meeting, "Sak")
    publish(client_of(editor), meeting)
    page = publish(client_of(editor), meeting)

    assert (page.redirect_chain[-1][0], page.status_code) == (meeting.get_absolute_url(), 200)
    assert "Saklisten er ikke endret siden versjon A." in text(page)
    assert AgendaVersion.objects.count() == 1


def test_the_public_waits_for_a_new_version_when_a_title_was_exempted(
    client_of, editor, meeting, ssu_member, pa_member
):
    item = ready(meeting, "Oppsigelse av Navnesen")
    publish(client_of(editor), meeting)
    assert client_of(None).get(address("agenda-pdf", meeting)).status_code == 200

    Case.objects.filter(pk=item.case_id).update(exemption=create_exemption(), public_title="Personalsak")
    people = {"public": None, "pa": pa_member, "ssu": ssu_member, "editor": editor}
    answers = {
        who: client_of(person).get(address("agenda-pdf", meeting)).status_code
        for who, person in people.items()
    }
    assert answers == {"public": 404, "pa": 404, "ssu": 200, "editor": 200}
    page = meeting.get_absolute_url()
    assert "publiseres på nytt" in text(client_of(editor).get(page))
    assert "publiseres på nytt" not in text(client_of(ssu_member).get(page))

    publish(client_of(editor), meeting)
    assert "Personalsak" in body(client_of(None).get(address("agenda-pdf", meeting)))


@pytest.mark.parametrize("kind", ["paper", "annex"])
def test_the_public_waits_too_when_a_document_was_exempted(client_of, editor, meeting, kind):
    document = create_document(
        case=ready(meeting, "Sak").case, kind=kind, title="Om Navnesen", released=False
    )
    publish(client_of(editor), meeting)
    Document.objects.filter(pk=document.pk).update(access="exempt", exemption=create_exemption())
    assert client_of(None).get(address("agenda-pdf", meeting)).status_code == 404

    publish(client_of(editor), meeting)
    assert client_of(None).get(address("agenda-pdf", meeting)).status_code == 200


def test_what_is_new_is_told_on_the_page_to_those_inside(client_of, editor, meeting, ssu_member, pa_member):
    ready(meeting, "Første")
    publish(client_of(editor), meeting)
    ready(meeting, "Andre")
    publish(client_of(editor), meeting, "En sak til")
    pages = {
        who: text(client_of(person).get(meeting.get_absolute_url()))
        for who, person in (("public", None), ("pa", pa_member), ("ssu", ssu_member), ("editor", editor))
    }

    assert {who: "Ny sak: 2/27 Andre" in page for who, page in pages.items()} == {
        "public": False, "pa": False, "ssu": True, "editor": True,
    }  # fmt: skip
    assert {who: "En sak til" in page for who, page in pages.items()} == dict.fromkeys(pages, True)
    assert "Ettersendt" in pages["public"]


def test_the_secretariat_sees_what_the_public_got(client_of, editor, leader, meeting):
    item = ready(meeting, "Oppsigelse av Navnesen")
    Case.objects.filter(pk=item.case_id).update(exemption=create_exemption(), public_title="Personalsak")
    publish(client_of(editor), meeting)
    address_of_a = address("agenda-version-pdf", meeting, "A")

    assert "Navnesen" in body(client_of(leader).get(address_of_a))
    assert "Personalsak" in body(client_of(leader).get(address_of_a, {"offentlig": "1"}))


def test_names_of_files_have_no_titles(client_of, editor, meeting):
    ready(meeting, "Oppsigelse av Navnesen")
    publish(client_of(editor), meeting)

    response = client_of(editor).get(address("agenda-pdf", meeting))
    assert response["Content-Disposition"] == 'inline; filename="sakliste-ssu-18-02-2027-a.pdf"'


@pytest.mark.parametrize("letter", ["B", "a", "ÆØÅ", "AAA"])
def test_versions_that_are_not_there(client_of, editor, meeting, letter):
    ready(meeting, "Sak")
    publish(client_of(editor), meeting)

    assert client_of(editor).get(address("agenda-version", meeting, letter)).status_code == 404


def test_drafts_go_to_the_leaders_with_one_button(client_of, editor, leader, meeting):
    item = create_item(meeting=meeting, case=create_case(body=meeting.body, state="draft"), released=False)
    send = address("agenda-review", meeting)
    assert client_of(leader).post(send).status_code == 403
    page = client_of(editor).post(send, follow=True)

    item.case.refresh_from_db()
    assert ("1 sak er sendt til leder." in text(page), item.case.state) == (True, "review")


def test_a_place_that_is_no_number_is_refused(client_of, editor, meeting):
    move = reverse("meetings:item-move", args=[ready(meeting, "Sak").public_id])

    assert "Skriv plassen som et helt tall." in text(
        client_of(editor).post(move, {"plass": "x"}, follow=True)
    )
    assert "Skriv minuttene" in text(client_of(editor).post(move, {"minutes": "-1"}, follow=True))


def test_a_published_case_is_not_taken_off(client_of, editor, meeting):
    item = ready(meeting, "Sak")
    publish(client_of(editor), meeting)
    page = client_of(editor).post(reverse("meetings:item-remove", args=[item.public_id]), follow=True)

    assert "Trekk den eller utsett den i stedet" in text(page)
    assert AgendaItem.objects.count() == 1


def test_publishing_leaves_a_trail(client_of, editor, meeting):
    create_document(case=ready(meeting, "Sak").case, title="Kart", released=False, versions=0)
    document = Document.objects.get()
    actions_before = LogEntry.objects.count()
    assert publish(client_of(editor), meeting).status_code == 422
    assert LogEntry.objects.count() == actions_before
    document.delete()
    publish(client_of(editor), meeting, "Klar")

    entry = LogEntry.objects.about(meeting).get(verb="publiserte sakliste")
    lacks = ["«Sak» har verken saksfremlegg eller vedlegg."]
    assert (entry.by, entry.new) == (editor, {"versjon": "A", "note": "Klar", "merknader": lacks})


def test_before_publishing_it_says_what_and_to_how_many(client_of, editor, meeting, ssu_member):
    create_seat(body=meeting.body, person=create_user(email="gone@example.no", is_active=False))
    create_document(case=ready(meeting, "Første").case, title="Notat", released=False)
    page = address("agenda-publish", meeting)
    first = text(client_of(editor).get(page))
    publishing.publish_agenda(meeting=meeting, by=editor)
    unchanged = text(client_of(editor).get(page))
    ready(meeting, "Andre")
    Meeting.objects.update(place="Gjøvik")
    second = text(client_of(editor).get(page))

    assert "Dette publiseres 1 person får e-post. 1 sak og 1 dokument." in first
    assert "Saklisten er ikke endret siden versjon A." in unchanged
    assert "1 person får e-post. Nytt sted: Gjøvik Ny sak: 2/27 Andre" in second
    assert "Første" not in second


def test_the_next_step_that_is_possible_is_the_primary_one(client_of, editor, meeting):
    item = ready(meeting, "Første")
    primary = r'<a class="ds-button"\s+href="[^"]*/publiser/"'
    send = r'<button class="ds-button" type="submit">Send sakene til gjennomgang'
    page = address("agenda-edit", meeting)
    possible = body(client_of(editor).get(page))
    Case.objects.filter(pk=item.case_id).update(state="draft")
    blocked = body(client_of(editor).get(page))

    assert [bool(re.search(step, possible)) for step in (primary, send)] == [True, False]
    assert [bool(re.search(step, blocked)) for step in (primary, send)] == [False, True]
