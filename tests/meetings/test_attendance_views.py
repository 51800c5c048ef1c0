"""Pages for calling a meeting, absence, deputies, who came, and the mails; by the cast."""

from datetime import date

import pytest
from django.urls import reverse

from meetings import actions
from meetings.models import Attendance, Meeting, Notice, Seat
from tests.factories import create_meeting, create_seat
from tests.portfolio.pages import main, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(ssu, ssu_member, editor):
    meeting = create_meeting(body=ssu, on=date(2027, 2, 18))
    actions.call_meeting(meeting=meeting, by=editor)
    meeting.refresh_from_db()
    return meeting


def address(name, meeting):
    return reverse(f"meetings:{name}", args=[meeting.public_id])


EDITED = ["meeting-call", "attendance-edit", "notice-list"]


@pytest.mark.parametrize("name", EDITED)
def test_what_the_secretariat_does_is_closed_to_others(client_of, cast, called, ssu_member, name):
    answers = {
        who: client_of(person).get(address(name, called)).status_code for who, person in vars(cast).items()
    }
    answers["ssu_member"] = client_of(ssu_member).get(address(name, called)).status_code

    assert answers == {
        "public": 302,
        "member": 403,
        "outsider": 403,
        "contributor": 403,
        "leader": 403,
        "editor": 200,
        "admin": 403,
        "ssu_member": 403,
    }


def test_calling_tells_how_many_get_it(client_of, editor, ssu, ssu_member):
    meeting = create_meeting(body=ssu, on=date(2027, 2, 18))
    page = client_of(editor).post(address("meeting-call", meeting), {"text": "Velkommen"})

    assert (page.status_code, page.url) == (302, meeting.get_absolute_url())
    assert list(Notice.objects.values_list("person", "kind", "text")) == [
        (ssu_member.pk, "call", "Velkommen")
    ]


def test_a_call_that_is_refused_keeps_the_text(client_of, editor, ssu):
    meeting = create_meeting(body=ssu, on=date(2027, 2, 18))
    page = client_of(editor).post(address("meeting-call", meeting), {"text": "Ta med nøkler, æøå"})

    assert page.status_code == 422
    assert "Ta med nøkler, æøå" in text(page)
    assert "Ingen har plass i organet" in text(page)


def test_a_member_reports_absence_with_one_button(client_of, ssu_member, called):
    page = client_of(ssu_member).post(address("absence-report", called))

    assert page.status_code == 302
    assert called.attendances.get().state == Attendance.State.EXCUSED


@pytest.mark.parametrize("who", ["pa_member", "deputy", "former_member", "leader", "contributor", "admin"])
def test_absence_is_not_for_who_has_no_seat(request, client_of, called, who):
    page = client_of(request.getfixturevalue(who)).post(address("absence-report", called))

    assert page.status_code == 403
    assert called.attendances.get().state == Attendance.State.EXPECTED


def test_a_member_cannot_report_the_absence_of_another(client_of, ssu, ssu_member, called, editor):
    other = create_seat(body=ssu)
    actions.call_meeting(meeting=called, by=editor)
    client_of(ssu_member).post(address("absence-report", called), {"plass": other.pk})

    assert called.attendances.get(seat=other).state == Attendance.State.EXPECTED


def test_the_secretariat_reports_it_for_somebody(client_of, editor, ssu_member, called):
    seat = Seat.objects.get(person=ssu_member)
    client_of(editor).post(address("absence-report", called), {"plass": seat.pk})

    assert called.attendances.get().excused_by == editor


def test_deputies_are_called_by_the_secretariat_alone(client_of, editor, ssu_member, deputy, called):
    posted = {"vara": Seat.objects.get(person=deputy).pk, "for": Seat.objects.get(person=ssu_member).pk}

    assert client_of(ssu_member).post(address("deputy-call", called), posted).status_code == 403
    assert Attendance.objects.filter(called_at__isnull=False).count() == 0
    assert client_of(editor).post(address("deputy-call", called), posted).status_code == 302
    assert Attendance.objects.get(called_at__isnull=False).seat.person == deputy


def test_buttons_are_not_followed_by_a_link(client_of, editor, called):
    for name in ("absence-report", "deputy-call"):
        assert client_of(editor).get(address(name, called)).status_code == 405


def test_who_came_is_filled_in_and_saved(client_of, editor, ssu_member, called):
    prefix = f"plass-{Seat.objects.get(person=ssu_member).pk}"
    posted = {f"{prefix}-state": "present", f"{prefix}-arrived_at": "09:15", "also_present": "En rådgiver"}

    assert client_of(editor).post(address("attendance-edit", called), posted).status_code == 302
    page = client_of(editor).get(address("attendance-edit", called))
    assert 'value="09:15"' in page.content.decode()
    assert "En rådgiver" in text(page)


def test_one_button_says_that_all_who_are_left_came(client_of, editor, ssu, ssu_member, called):
    seat, absent = Seat.objects.get(person=ssu_member), create_seat(body=ssu)
    posted = {f"plass-{seat.pk}-state": "expected", f"plass-{absent.pk}-state": "absent", "also_present": ""}

    client_of(editor).post(address("attendance-edit", called), {**posted, "alle": ""})

    assert dict(called.attendances.values_list("seat", "state")) == {seat.pk: "present", absent.pk: "absent"}


def test_an_old_form_does_not_undo_what_others_said_meanwhile(client_of, editor, ssu, ssu_member, called):
    seat, other = Seat.objects.get(person=ssu_member), create_seat(body=ssu)
    opened = {
        f"{initial}plass-{row.pk}-state": "expected" for row in (seat, other) for initial in ("", "initial-")
    }
    client_of(ssu_member).post(address("absence-report", called))
    client_of(editor).post(
        address("attendance-edit", called),
        {**opened, f"plass-{other.pk}-state": "present", "also_present": ""},
    )

    assert dict(called.attendances.values_list("seat", "state")) == {seat.pk: "excused", other.pk: "present"}
    assert f'name="initial-plass-{seat.pk}-state"' in (
        client_of(editor).get(address("attendance-edit", called)).content.decode()
    )


def test_two_who_write_who_else_came_are_told_of_each_other(client_of, editor, ssu_member, called):
    url, seat = address("attendance-edit", called), Seat.objects.get(person=ssu_member)
    state = {f"plass-{seat.pk}-state": "expected", f"initial-plass-{seat.pk}-state": "expected"}
    client_of(editor).post(url, {**state, "initial-also_present": "", "also_present": "Første gjest"})
    client_of(editor).post(url, {**state, "initial-also_present": "", "also_present": ""})
    answer = client_of(editor).post(url, {**state, "initial-also_present": "", "also_present": "Andre gjest"})

    called.refresh_from_db()
    assert (answer.status_code, called.also_present) == (422, "Første gjest")
    assert "Noen andre har skrevet dette" in text(answer)
    again = {**state, "initial-also_present": "Første gjest", "also_present": "Første gjest\r\nAndre gjest"}
    assert client_of(editor).post(url, again).status_code == 302


def test_impossible_hours_are_refused_at_the_form(client_of, editor, ssu_member, called):
    prefix = f"plass-{Seat.objects.get(person=ssu_member).pk}"
    posted = {f"{prefix}-state": "present", f"{prefix}-arrived_at": "10:15", f"{prefix}-left_at": "09:15"}
    page = client_of(editor).post(address("attendance-edit", called), posted)

    assert page.status_code == 422
    assert "kan ikke ha gått før" in text(page)


def test_mails_that_failed_are_sent_again(client_of, editor, called):
    Notice.objects.update(state="failed", error="Ukjent mottaker.")
    page = client_of(editor).get(address("notice-list", called))
    assert "Ukjent mottaker." in text(page)

    client_of(editor).post(address("notice-list", called), {"varsel": Notice.objects.get().pk})
    assert Notice.objects.get().state == Notice.State.WAITING


def test_a_mail_that_was_sent_is_not_sent_again(client_of, editor, called):
    page = client_of(editor).post(
        address("notice-list", called), {"varsel": Notice.objects.get().pk}, follow=True
    )

    assert "allerede sendt" in text(page)


def test_bodies_show_names_to_those_who_sit_and_roles_to_the_public(client_of, ssu, ssu_member, editor):
    public, inside = (client_of(person).get(f"/moter/{ssu.code}/") for person in (None, ssu_member))

    assert ssu_member.name not in text(public)
    assert "Medlem" in text(public)
    assert ssu_member.name in text(inside)


def test_an_internal_body_is_unknown_to_outsiders(client_of, ssu_member, pa_member, ssu, editor):
    ssu.visibility = "internal"
    ssu.save()
    answers = [
        client_of(person).get("/moter/ssu/").status_code for person in (None, pa_member, ssu_member, editor)
    ]

    assert answers == [404, 404, 200, 200]
    assert [ssu.name in text(client_of(person).get("/organer/")) for person in (None, ssu_member)] == [
        False,
        True,
    ]


def test_bodies_no_longer_in_use_stand_apart(client_of, ssu, pa):
    pa.valid_to = date(2021, 12, 31)
    pa.save()
    page = client_of(None).get("/organer/")

    current, earlier = main(page).split("Tidligere organer")
    assert (ssu.name in current, pa.name in current, pa.name in earlier) == (True, False, True)


def test_a_cancelled_meeting_is_not_called(client_of, editor, ssu, ssu_member):
    meeting = create_meeting(body=ssu, state=Meeting.State.CANCELLED)

    assert client_of(editor).post(address("meeting-call", meeting), {"text": ""}).status_code == 422


def test_each_cell_names_its_column_where_the_rows_are_stacked(client_of, editor, called):
    page = client_of(editor).get(address("attendance-edit", called)).content.decode()

    for column in ("Oppmøte", "Kom kl.", "Gikk kl."):
        assert f'<td data-label="{column}">' in page
