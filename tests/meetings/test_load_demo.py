"""The demo partnership's meetings: what must be there, loaded once, and left alone afterwards."""

from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command

from accounts.models import User
from meetings import actions
from meetings.documents.cases import chain
from meetings.models import (
    AgendaVersion,
    Body,
    Case,
    DecisionPoint,
    Document,
    DocumentVersion,
    Event,
    FollowUp,
    Meeting,
    Minutes,
    Seat,
    Signal,
    StrategicPriority,
)
from portfolio.actions.versions import newest_version
from portfolio.models import Initiative, StrategicArea
from tests.portfolio.pages import body, main, text

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list]:
    """Each row of each table of ours, history and files included."""
    rows = {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for app in ("accounts", "portfolio", "meetings")
        for model in apps.get_app_config(app).get_models()
    }
    folders, _files = default_storage.listdir("")
    return {**rows, "folders": sorted(folders)}


def person(email: str) -> User:
    return User.objects.get(email=email)


def case(body: str, seq: int) -> Case:
    return Case.objects.select_related("body").get(body__code=body, year=2025, seq=seq)


def test_the_figures_of_the_demo(demo):
    assert Meeting.objects.count() == 8
    assert Case.objects.count() == 24
    assert DecisionPoint.objects.count() + FollowUp.objects.count() == 17
    assert Event.objects.count() == 10
    assert Signal.objects.count() == 21
    assert list(Body.objects.values_list("short_name", flat=True)) == [
        "SSU",
        "PA",
        "FSU",
        "ASU",
        "OSU",
        "GSU",
    ]
    assert [body.short_name for body in Body.objects.in_use(date(2026, 11, 22))] == [
        "SSU",
        "PA",
        "FSU",
        "ASU",
    ]


def test_every_meeting_and_every_case_has_a_page_for_everybody(demo, client_of):
    things = [*Meeting.objects.all(), *Case.objects.all()]
    client = client_of(None)

    assert {
        thing.get_absolute_url(): client.get(thing.get_absolute_url()).status_code for thing in things
    } == {thing.get_absolute_url(): 200 for thing in things}
    addresses = {thing.get_absolute_url() for thing in things}
    assert addresses >= {
        "/moter/pa/2023/",
        "/moter/ssu/2026-02/",
        "/moter/ssu/2025-09-18/",
        "/saker/pa/2025/6/",
    }


def test_the_chain_of_three_cases_is_one_line_from_each_of_them(demo):
    three = [case("ssu", 24), case("pa", 6), case("ssu", 31)]

    for one in three:
        assert chain(None, one) == three
    assert [one.number for one in three] == ["24.25", "06.25", "31/25"]


def test_pa_decided_three_points_unanimously(demo, client_of):
    points = DecisionPoint.objects.filter(case=case("pa", 6)).order_by("number")
    page = main(client_of(None).get("/saker/pa/2025/6/"))

    assert [(point.number, point.outcome, point.vote) for point in points] == [
        (number, "adopted", "unanimous") for number in (1, 2, 3)
    ]
    assert [page.count(point.adopted) for point in points] == [1, 1, 1]
    assert page.count("Enstemmig") == 3


def test_what_was_not_treated_left_three_orders_with_their_days(demo, client_of):
    point = DecisionPoint.objects.get(vote="no_consensus")
    page = main(client_of(None).get("/oppfolging/"))

    assert (str(point.item.meeting), point.outcome) == ("SSU 22.05.2025", "not_treated")
    tasks = point.follow_ups.by_due_day()
    assert [(task.responsible, task.due_on, task.precision) for task in tasks] == [
        ("partnerne", date(2025, 8, 1), "day"),
        ("leder og nestleder med sekretariatet", date(2025, 9, 18), "day"),
        ("sekretariatet", date(2025, 9, 1), "month"),
    ]
    for task in FollowUp.objects.all():
        assert task.title in page
    for day in ("01.08.2025", "18.09.2025", "september 2025", "februar 2026"):
        assert day in page


def test_the_announced_cases_wait_for_their_outcome_on_the_pages_of_their_initiatives(demo, client_of):
    client = client_of(None)
    meeting = Meeting.objects.get(body__code="ssu", day=date(2025, 9, 18))
    waiting = meeting.items.filter(outcome="not_recorded").select_related("case")

    assert [str(item.get_outcome_display()) for item in waiting] == ["Ikke registrert"] * 5
    concerned = {concern.initiative: item.case for item in waiting for concern in item.case.concerns.all()}
    assert sorted(initiative.order for initiative in concerned) == [1, 34, 35, 40]
    for initiative, announced in concerned.items():
        page = body(client.get(initiative.get_absolute_url()))
        assert announced.get_absolute_url() in page
        assert meeting.get_absolute_url() in page


def test_a_proposal_is_not_a_decision(demo):
    proposal = DecisionPoint.objects.get(outcome="proposed")

    assert (proposal.case, proposal.item, proposal.locked_at) == (case("ssu", 31), None, None)
    assert DecisionPoint.objects.exclude(pk=proposal.pk).filter(locked_at=None).count() == 0


def test_four_areas_are_priorities_by_the_first_point(demo):
    rows = StrategicPriority.objects.select_related("area", "point").order_by("area__order")

    assert [row.area for row in rows] == list(StrategicArea.objects.order_by("order"))
    assert {(row.year, row.point.case, row.point.number) for row in rows} == {(2026, case("pa", 6), 1)}


def test_a_decision_without_a_meeting_stands_where_it_is_known(demo, client_of):
    client = client_of(None)
    decision = DecisionPoint.objects.get(case__isnull=False, case__body=None)

    assert decision.text in main(client.get(decision.case.get_absolute_url()))
    assert decision.text in main(client.get(Initiative.objects.get(order=37).get_absolute_url()))


def test_the_sign_ins_sit_where_they_should(demo):
    seats = Seat.objects.on(date(2026, 11, 22)).filter(person__password__startswith="md5")

    assert {(seat.person.email, seat.body.code, seat.role, seat.side) for seat in seats} == {
        ("leder@example.no", "ssu", "leader", "municipal"),
        ("nestleder@example.no", "ssu", "deputy_leader", "hospital"),
        ("ssu@example.no", "ssu", "member", "municipal"),
        ("pa@example.no", "pa", "member", "municipal"),
    }
    assert Seat.objects.on(date(2026, 11, 22)).filter(person=person("tidligere@example.no")).count() == 0


def test_documents_open_for_whom_they_are_meant(demo, client_of):
    members, exempt = (Document.objects.get(access=access) for access in ("members", "exempt"))

    def opens(document: Document, email: str) -> int:
        version = document.versions.get()
        return client_of(person(email) if email else None).get(version.get_absolute_url()).status_code

    for document in (members, exempt):
        assert [opens(document, email) for email in ("", "pa@example.no", "ssu@example.no")] == [
            404,
            404,
            200,
        ]
    page = text(client_of(None).get(exempt.case.get_absolute_url()))
    assert exempt.public_title in page
    assert exempt.title not in page


def test_the_paper_says_what_was_published_and_speaks_of_an_annex_that_is_missing(demo, client_of):
    page = main(client_of(None).get("/saker/ssu/2025/31/"))
    annexes = case("ssu", 31).documents.exclude(kind="paper").in_order()

    assert "vedlegg 3" in page
    assert [annex.title in page for annex in annexes] == [True, True]
    for version in DocumentVersion.objects.all():
        assert default_storage.size(version.file.name) == version.size


def test_agenda_and_minutes_were_published(demo, client_of):
    client = client_of(None)
    unknown = Meeting.objects.get(precision="unknown")

    assert AgendaVersion.objects.get().meeting == unknown
    assert client.get(f"/moter/{unknown.public_id}/sakliste.pdf").status_code == 200
    assert {str(minutes.meeting) for minutes in Minutes.objects.all()} == {"PA 16.10.2025", "SSU 22.05.2025"}
    for minutes in Minutes.objects.all():
        assert {approval.side for approval in minutes.approvals.all()} == {"municipal", "hospital"}
    assert client.get("/moter/pa/2025-10-16/protokoll.pdf").status_code == 200


def test_a_second_load_changes_nothing(demo):
    before = everything()

    call_command("load_demo", stdout=StringIO())

    assert everything() == before


def test_a_second_load_leaves_alone_what_people_have_done(demo):
    editor = person("sekretariat@example.no")
    meeting = Meeting.objects.get(body__code="ssu", day=date(2026, 2, 1))
    event = Event.objects.get(title="Pakkeforløp hjem")
    actions.set_signals(
        source=Body.objects.get(code="ssu"),
        themes=[],
        seen=actions.signals.fingerprint(Signal.objects.filter(body__code="ssu")),
        by=editor,
    )
    actions.change_meeting(
        meeting=meeting, values={"place": "Hamar"}, due={}, version=newest_version(meeting), by=editor
    )
    Case.objects.filter(seq=31).update(title="Et annet navn")
    event.organisations.clear()
    before = everything()

    call_command("load_demo", stdout=StringIO())

    assert everything() == before
