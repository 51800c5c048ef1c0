"""The pages of treatment, minutes and follow-ups, by the cast."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from helsefellesskap import pdf
from meetings import actions
from meetings.documents.minutes import content_of
from meetings.models import DecisionPoint, FollowUp, Meeting, Minutes, Recusal
from meetings.views import follow_ups
from tests.factories import (
    create_case,
    create_follow_up,
    create_item,
    create_meeting,
    create_minutes,
    create_organisation,
    create_point,
    create_seat,
    create_user,
    make_ready_for_minutes,
)
from tests.meetings.frozen import approve
from tests.portfolio.pages import body, main, sheet, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(
        pdf, "print_document", lambda template, context: f"%PDF {context.get('title')}".encode()
    )


@pytest.fixture
def meeting(ssu):
    return create_meeting(body=ssu, on=timezone.localdate() - timedelta(1), state="held")


@pytest.fixture
def item(meeting):
    return create_item(
        meeting=meeting, case=create_case(body=meeting.body, title="Mandat", state="listed", announced=True)
    )


def address(name, thing):
    return reverse(f"meetings:{name}", args=[thing.public_id])


def treated(item, **fields):
    return {
        "outcome": "treated", "outcome_note": "", "treatment": "God samtale.", "closed_basis": "", "version": str(item.version),
        "punkter": "1", "punkt-0-key": "", "punkt-0-adopted": "SSU vedtar.", "punkt-0-outcome": "adopted",
        "punkt-0-vote": "consensus", "punkt-0-dissent": "", **fields,
    }  # fmt: skip


def test_recording_is_for_the_secretariat(client_of, cast, ssu_member, item):
    people = {**vars(cast), "ssu": ssu_member}
    answers = {
        who: client_of(person).get(address("item-treat", item)).status_code for who, person in people.items()
    }

    assert {who for who, status in answers.items() if status == 200} == {"editor"}
    assert {status for who, status in answers.items() if who not in {"editor", "public"}} == {403}


def test_treatment_and_points_are_recorded(client_of, editor, item):
    assert client_of(editor).post(address("item-treat", item), treated(item)).status_code == 302

    item.refresh_from_db()
    assert (item.treatment, item.outcome) == ("<p>God samtale.</p>", "treated")
    assert list(DecisionPoint.objects.values_list("adopted", "vote", "number")) == [
        ("SSU vedtar.", "consensus", 1)
    ]


def test_the_form_begins_with_what_is_proposed(client_of, editor, item):
    proposal = create_point(case=item.case, outcome="proposed", text="SSU ber om en plan.")
    page = body(client_of(editor).get(address("item-treat", item)))
    assert page.count("SSU ber om en plan.") == 2

    posted = treated(
        item,
        **{
            "punkt-0-key": str(proposal.pk),
            "punkt-0-adopted": "SSU ber om to planer.",
            "punkt-0-outcome": "changed",
        },
    )
    client_of(editor).post(address("item-treat", item), posted)
    proposal.refresh_from_db()
    assert (proposal.proposed, proposal.adopted) == ("SSU ber om en plan.", "SSU ber om to planer.")
    assert "<ins>to planer.</ins>" in body(client_of(editor).get(item.meeting.get_absolute_url()))


def test_one_button_adopts_all_as_proposed(client_of, editor, item):
    for number in (1, 2):
        create_point(
            case=item.case, number=number, outcome="proposed", locked=False, proposed=f"Forslag {number}."
        )
    form = client_of(editor).get(address("item-treat", item)).content.decode()
    keys = re.findall(r'name="punkt-\d-key" value="([^"]+)"', form)
    posted = {"outcome": "treated", "version": str(item.version), "punkter": "2", "alle": ""}
    for place, key in enumerate(keys):
        posted |= {f"punkt-{place}-key": key, f"punkt-{place}-adopted": f"Forslag {place + 1}."}

    changed = client_of(editor).post(address("item-treat", item), {**posted, "punkt-0-adopted": "Noe annet."})
    assert changed.status_code == 422
    assert "Noe annet." in changed.content.decode()
    assert client_of(editor).post(address("item-treat", item), posted).status_code == 302
    assert list(item.points.values_list("adopted", "outcome", "vote")) == [
        ("Forslag 1.", "adopted", "unanimous"),
        ("Forslag 2.", "adopted", "unanimous"),
    ]


def test_the_first_button_of_the_form_only_saves(client_of, editor, item):
    create_point(case=item.case, outcome="proposed", locked=False, proposed="Forslag.")
    page = client_of(editor).get(address("item-treat", item)).content.decode()
    form = page[page.index("data-keep") :]

    assert form.index("Lagre") < form.index('name="alle"')
    assert "name=" not in re.findall(r"<button[^>]*>", form)[0]


def test_a_proposal_left_waiting_is_still_in_the_form(client_of, editor, item):
    one, two = (
        create_point(case=item.case, number=n, outcome="proposed", locked=False, proposed=f"Forslag {n}.")
        for n in (1, 2)
    )
    posted = treated(item, **{"punkter": "2", "punkt-0-key": str(one.pk), "punkt-0-adopted": "Forslag 1."})
    posted |= {"punkt-1-key": str(two.pk), "punkt-1-adopted": "Forslag 2.", "punkt-1-outcome": "proposed"}
    assert client_of(editor).post(address("item-treat", item), posted).status_code == 302

    page = client_of(editor).get(address("item-treat", item)).content.decode()
    assert f'name="punkt-1-key" value="{two.pk}"' in page
    assert "Forslag 2." in page


def test_a_correction_opened_by_mistake_is_discarded(client_of, editor, ssu, meeting, item):
    chair, vice = (
        create_seat(body=ssu, person=create_user(role="leader"), role=role, side=side).person
        for role, side in (("leader", "municipal"), ("deputy_leader", "hospital"))
    )
    approve(meeting, by=editor, leaders=(chair, vice))
    client_of(editor).post(address("minutes-correct", meeting), {"note": "Feil sted."})
    meeting.refresh_from_db()
    type(meeting).objects.filter(pk=meeting.pk).update(place="Et annet sted")
    refused = text(client_of(editor).post(address("minutes-discard", meeting), follow=True))
    assert "Noe er rettet." in refused

    type(meeting).objects.filter(pk=meeting.pk).update(place=meeting.place)
    assert client_of(editor).post(address("minutes-discard", meeting)).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes.count()) == ("approved", 1)


def test_what_is_written_down_is_for_staff_until_the_minutes_are_approved(
    client_of, cast, ssu_member, item, meeting
):
    item.treatment, item.outcome = "<p>Lang samtale.</p>", "treated"
    item.save()
    create_point(case=item.case, item=item, adopted="SSU vedtar det.", locked=False)

    people = {**vars(cast), "ssu": ssu_member}
    for page in (meeting.get_absolute_url(), item.case.get_absolute_url()):
        read = {who: text(client_of(person).get(page)) for who, person in people.items()}
        assert {who for who, page in read.items() if "Lang samtale." in page} == {"editor", "leader"}
        assert {who for who, page in read.items() if "SSU vedtar det." in page} == {"editor", "leader"}


def test_a_wrong_point_keeps_what_was_typed(client_of, editor, item):
    page = client_of(editor).post(address("item-treat", item), treated(item, **{"punkt-0-vote": "dissent"}))

    assert (page.status_code, DecisionPoint.objects.count()) == (422, 0)
    assert "Skriv protokolltilførselen til punkt 1." in text(page)
    assert "SSU vedtar." in body(page)


def test_two_who_record_see_what_the_other_wrote(client_of, editor, item):
    client_of(editor).post(address("item-treat", item), treated(item))
    page = client_of(editor).post(address("item-treat", item), treated(item, treatment="Min tekst"))

    assert page.status_code == 422
    assert "Noen andre har ført på saken" in text(page)
    assert "Min tekst" in body(page)
    assert "God samtale." in text(page)


def test_a_member_declares_a_question_of_impartiality(client_of, ssu_member, pa_member, item):
    assert client_of(pa_member).post(address("recusal-declare", item), {"reason": ""}).status_code == 403
    client_of(ssu_member).post(address("recusal-declare", item), {"reason": "Min kommune."})

    assert Recusal.objects.get().seat.person == ssu_member


def test_the_decision_about_it_is_for_the_secretariat(client_of, editor, ssu_member, item):
    client_of(ssu_member).post(address("recusal-declare", item), {"reason": ""})
    url = reverse("meetings:recusal-decide", args=[Recusal.objects.get().pk])
    assert client_of(ssu_member).post(url, {"state": "rejected"}).status_code == 403
    assert client_of(editor).post(url, {"state": "rejected"}).status_code == 302
    assert Recusal.objects.get().state == "rejected"


MINUTES = {"draft": {"editor", "leader"}, "comments": {"editor", "leader", "ssu"}}


@pytest.mark.parametrize("state", MINUTES)
def test_unapproved_minutes_are_not_public(client_of, cast, ssu_member, pa_member, meeting, state):
    create_minutes(meeting=meeting, state=state)
    people = {**vars(cast), "ssu": ssu_member, "pa": pa_member}
    for path in (
        f"{meeting.get_absolute_url()}protokoll/",
        f"{meeting.get_absolute_url()}protokoll.pdf",
        address("minutes-by-id", meeting),
        address("minutes-by-id-pdf", meeting),
    ):
        answers = {who: client_of(person).get(path).status_code for who, person in people.items()}
        assert {who for who, status in answers.items() if status == 200} == MINUTES[state], path
        assert {status for who, status in answers.items() if who not in MINUTES[state]} == {404}


def test_unapproved_minutes_say_so_on_page_and_paper(client_of, editor, meeting):
    create_minutes(meeting=meeting)

    assert "Protokollen er ikke godkjent" in text(client_of(editor).get(address("minutes-by-id", meeting)))
    assert "IKKE GODKJENT" in body(client_of(editor).get(address("minutes-by-id-pdf", meeting)))


def test_minutes_from_draft_to_public_in_the_browser(
    client_of, editor, chair, vice_chair, ssu_member, item, meeting
):
    edit, page = address("minutes-edit", meeting), address("minutes-by-id", meeting)
    client_of(editor).post(address("item-treat", item), treated(item))
    client_of(editor).post(edit, {"opening": "Leder ønsket velkommen.", "closing": "", "version": ""})
    assert client_of(ssu_member).get(page).status_code == 404
    make_ready_for_minutes(meeting)
    client_of(editor).post(address("minutes-send", meeting), {"comments_due": ""})
    assert "SSU vedtar." in text(client_of(ssu_member).get(page))
    client_of(ssu_member).post(address("minutes-comment", meeting), {"text": "Mitt navn er feil."})
    assert "Mitt navn er feil." in text(client_of(chair).get(page))

    version = {"content": content_of(Minutes.objects.get())}
    assert client_of(editor).post(address("minutes-approve", meeting), version).status_code == 403
    assert client_of(ssu_member).post(address("minutes-approve", meeting), version).status_code == 403
    client_of(chair).post(address("minutes-approve", meeting), version)
    assert client_of(None).get(page).status_code == 404
    client_of(vice_chair).post(address("minutes-approve", meeting), version)

    public = client_of(None).get(f"{meeting.get_absolute_url()}protokoll/")
    assert "Leder ønsket velkommen." in main(public)
    assert "SSU vedtar." in main(public)
    assert "Mitt navn er feil." not in main(public)
    assert body(client_of(None).get(f"{meeting.get_absolute_url()}protokoll.pdf")).startswith(
        "%PDF Protokoll"
    )


def test_frozen_minutes_are_served_as_they_were_stored(
    client_of, editor, chair, vice_chair, item, meeting, monkeypatch
):
    make_ready_for_minutes(meeting)
    minutes = actions.start_minutes(meeting=meeting, by=editor)
    actions.send_minutes(minutes=minutes, comments_due=None, by=editor)
    for person in (chair, vice_chair):
        minutes.refresh_from_db()
        actions.approve_minutes(minutes=minutes, content=content_of(minutes), by=person)

    def fail(*_args):
        raise AssertionError("printed again")

    monkeypatch.setattr(pdf, "print_document", fail)
    assert client_of(None).get(address("minutes-by-id-pdf", meeting)).status_code == 200


def test_old_versions_of_minutes_are_for_staff(client_of, leader, ssu_member, meeting):
    create_minutes(meeting=meeting, state="approved", data={"cases": [], "body": "Gammel"})
    create_minutes(
        meeting=meeting,
        state="approved",
        number=2,
        correction_note="Retting",
        data={"cases": [], "body": "Ny"},
    )
    shown = {
        name: text(client_of(person).get(f"{address('minutes-by-id', meeting)}?versjon=1"))
        for name, person in (("public", None), ("ssu", ssu_member), ("leader", leader))
    }

    assert {name: "Gammel" in page for name, page in shown.items()} == {
        "public": False,
        "ssu": False,
        "leader": True,
    }


def test_correcting_opens_a_new_version(client_of, editor, meeting):
    create_minutes(meeting=meeting, state="approved", data={"cases": []})
    Meeting.objects.filter(pk=meeting.pk).update(state="approved")
    client_of(editor).post(address("minutes-correct", meeting), {"note": "Skrivefeil."})

    assert list(Minutes.objects.values_list("number", "state")) == [(2, "draft"), (1, "approved")]


def test_the_list_of_tasks_has_overdue_and_done_ones_too(client_of, ssu):
    case = create_case(body=ssu, title="Mandat", year=2025, seq=7, announced=True)
    item = create_item(meeting=create_meeting(body=ssu, on=date(2025, 5, 22), state="approved"), case=case)
    decided = create_point(item=item, text="Partnerne foreslår en organisering.")
    create_follow_up(
        case=case, point=decided, title="Foreslå organisering", responsible="partnerne", due=date(2025, 8, 1)
    )
    create_follow_up(case=case, title="Ferdig oppgave", state="done", due=date(2025, 6, 1))
    create_follow_up(
        case=case,
        title="I løpet av september",
        due=date(2025, 9, 1),
        precision="month",
        last_day=date(2025, 9, 30),
    )
    page = client_of(None).get("/oppfolging/")

    for words in (
        "SSU",
        "22.05.2025",
        "7/25 Mandat",
        "Partnerne foreslår en organisering.",
        "partnerne",
        "01.08.2025",
        "september 2025",
        "Forfalt",
        "Utført",
    ):
        assert words in main(page), words
    rows = sheet(client_of(None).get("/oppfolging.xlsx"))
    assert [(row[4], row[6], row[7]) for row in rows[1:]] == [
        ("Ferdig oppgave", "01.06.2025", "Utført"),
        ("Foreslå organisering", "01.08.2025", "Forfalt"),
        ("I løpet av september", "september 2025", "Forfalt"),
    ]
    assert body(client_of(None).get("/oppfolging.pdf")) == "%PDF Oppfølging av vedtak"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("tilstand=apne", {"Åpen", "Sen"}), ("tilstand=forfalt", {"Sen"}), ("tilstand=ferdig", {"Ferdig"}),
        ("organ=pa", set()), ("q=sen", {"Sen"}), ("", {"Åpen", "Sen", "Ferdig"}),
    ],
)  # fmt: skip
def test_tasks_are_filtered_by_link(client_of, ssu, pa, query, titles):
    case = create_case(body=ssu, announced=True)
    create_follow_up(case=case, title="Åpen", due=date(2099, 1, 1))
    create_follow_up(case=case, title="Sen", due=date(2025, 1, 1))
    create_follow_up(case=case, title="Ferdig", due=date(2025, 1, 1), state="done")

    assert {row[4] for row in sheet(client_of(None).get(f"/oppfolging.csv?{query}"))[1:]} == titles


def test_a_long_list_of_tasks_comes_in_pages(client_of, ssu, monkeypatch):
    monkeypatch.setattr(follow_ups, "PAGE_SIZE", 2)
    case = create_case(body=ssu, announced=True)
    for day in (3, 1, 2):
        create_follow_up(case=case, title=f"Oppgave {day}", due=date(2025, 1, day))
    first, last = (text(client_of(None).get(f"/oppfolging/?side={side}")) for side in (1, 2))

    assert ["Oppgave 1" in first, "Oppgave 2" in first, "Oppgave 3" in first] == [True, True, False]
    assert ["Oppgave 1" in last, "Oppgave 2" in last, "Oppgave 3" in last] == [False, False, True]
    assert "3 oppfølgingspunkter, 3 forfalt" in last
    assert len(sheet(client_of(None).get("/oppfolging.csv?side=2"))) == 4


def test_the_list_of_tasks_takes_the_same_queries_for_many(client_of, ssu, editor):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client_of(editor).get("/oppfolging/")
        return len(queries)

    def fill(number):
        for _number in range(number):
            item = create_item(meeting=meeting)
            create_follow_up(case=item.case, point=create_point(item=item))
            create_point(item=create_item(meeting=meeting))

    meeting = create_meeting(body=ssu)
    fill(1)
    few = count()
    fill(5)
    assert count() == few


def task_form(**fields):
    return {
        "point": "",
        "title": "Lage plan",
        "responsible": "sekretariatet",
        "precision": "day",
        "due_on": "2027-01-15",
        "state": "open",
        "comment": "",
        **fields,
    }


def test_a_task_is_made_from_a_case(client_of, editor, ssu_member, ssu):
    case = create_case(body=ssu, announced=True)
    url = f"/oppfolging/ny/?sak={case.public_id}"
    assert client_of(ssu_member).post(url, task_form()).status_code == 403
    client_of(editor).post(url, task_form(precision="month"))

    task = FollowUp.objects.get()
    assert (task.case, task.due_on, task.last_day) == (case, date(2027, 1, 1), date(2027, 1, 31))


def test_a_task_without_a_day_is_told_at_the_field(client_of, editor, ssu):
    case = create_case(body=ssu, announced=True)
    page = client_of(editor).post(f"/oppfolging/ny/?sak={case.public_id}", task_form(due_on=""))

    assert (page.status_code, FollowUp.objects.count()) == (422, 0)
    assert "Skriv fristen, eller velg «Ingen frist»." in text(page)


@pytest.mark.parametrize("wanted", ["", "tull", "00000000-0000-4000-8000-000000000000"])
def test_a_task_of_no_case_leads_to_the_cases(client_of, editor, wanted):
    assert client_of(editor).get(f"/oppfolging/ny/?sak={wanted}").status_code in {302, 404}


def test_two_who_change_a_task_are_told_of_each_other(client_of, editor):
    task = create_follow_up(title="Lage plan")
    url = address("follow-up-update", task)
    client_of(editor).post(url, task_form(version="1", state="done"))
    page = client_of(editor).post(url, task_form(version="1", comment="Min kommentar"))

    task.refresh_from_db()
    assert (page.status_code, task.state) == (422, "done")
    assert "Min kommentar" in body(page)


def test_those_responsible_report_and_the_secretariat_confirms(client_of, contributor, outsider, editor):
    task = create_follow_up()
    task.organisations.add(contributor.organisation, create_organisation())
    url = address("follow-up-report", task)
    assert client_of(outsider).post(url, {"comment": "Gjort."}).status_code == 403
    assert "Meld utført" in text(client_of(contributor).get("/oppfolging/"))
    client_of(contributor).post(url, {"comment": "Planen er laget."})

    task.refresh_from_db()
    assert (task.state, task.comment) == ("reported", "Planen er laget.")
    assert "allerede" in text(client_of(contributor).post(url, {"comment": "Igjen."}))


def test_decisions_nobody_follows_up_are_listed(client_of, ssu):
    create_point(item=create_item(meeting=create_meeting(body=ssu)), text="Noe er vedtatt.")
    create_point(unknown_reason="Ikke oppgitt i kilden.", text="Uten sak.")

    assert "Noe er vedtatt." in main(client_of(None).get("/oppfolging/"))
    assert "Uten sak. Ikke oppgitt i kilden." in main(client_of(None).get("/oppfolging/"))


def test_those_who_approve_are_warned_of_comments_and_of_a_deadline_ahead(client_of, editor, chair, meeting):
    today = timezone.localdate()
    minutes = create_minutes(meeting=meeting, state="comments", comments_due=today)
    page = address("minutes-by-id", meeting)
    early = text(client_of(chair).get(page))
    actions.comment_minutes(minutes=minutes, text="Mitt navn er feil.", by=chair)
    Minutes.objects.update(comments_due=today - timedelta(1))
    late = text(client_of(chair).get(page))

    assert ("og den er ikke ute." in early, "Det står 1 merknad." in early) == (True, False)
    assert ("og den er ikke ute." in late, "Det står 1 merknad." in late) == (False, True)
    assert "Det står 1 merknad." not in text(client_of(editor).get(page))
