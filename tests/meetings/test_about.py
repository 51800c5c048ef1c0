"""What meetings tell on the pages of initiatives and strategic areas."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.documents.initiatives import cases_about
from meetings.models import Concern, Seat, StrategicPriority
from portfolio.models import StrategicArea, StrategyPlan
from tests.factories import (
    call_deputy,
    create_case,
    create_event,
    create_exemption,
    create_follow_up,
    create_initiative,
    create_item,
    create_meeting,
    create_point,
    create_signal,
)
from tests.portfolio.pages import body, main

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(db):
    return create_initiative(title="Digital sårbehandling")


@pytest.fixture
def area(db) -> StrategicArea:
    plan = StrategyPlan.objects.create(title="Strategiplan", year_from=2022, year_to=2027)
    return StrategicArea.objects.create(
        plan=plan, slug="digitalt", name="Nye digitale tjenester", goal="Digitalt først.", order=1
    )


def about(initiative, *, kind="spreading", **case):
    """A case that concerns the initiative."""
    made = create_case(**{"state": "treated", "announced": True, **case})
    Concern.objects.create(case=made, initiative=initiative, kind=kind)
    return made


def treat(case, *, on=date(2025, 9, 18), state="approved", **item):
    meeting = create_meeting(body=case.body, on=on, state=state)
    return create_item(meeting=meeting, case=case, **{"outcome": "treated", **item})


def panel(client, thing) -> str:
    """The page from «Behandlet i» on, or nothing."""
    return main(client.get(thing.get_absolute_url())).partition("Behandlet i")[2]


def test_an_initiative_shows_each_case_with_meeting_outcome_decision_and_tasks(client_of, ssu, initiative):
    case = about(initiative, body=ssu, title="Bredding av løsningen", year=2025, seq=31)
    item = treat(case)
    point = create_point(item=item, text="Løsningen tas i bruk.", vote="consensus")
    create_follow_up(
        case=case,
        point=point,
        title="Lag en plan",
        due=date(2026, 2, 1),
        precision="month",
        last_day=date(2026, 2, 28),
    )
    later = treat(case, on=date(2026, 2, 19), state="held", outcome="not_recorded")
    response = client_of(None).get(initiative.get_absolute_url())
    shown = main(response)

    for part in (
        "SSU 31/25 Bredding av løsningen", "Bredding", "SSU 18.09.2025 behandlet", "1. Løsningen tas i bruk.",
        "vedtatt, konsensus", "Lag en plan", "frist februar 2026", "SSU 19.02.2026 ikke registrert",
    ):  # fmt: skip
        assert part in shown
    for address in (case.get_absolute_url(), later.meeting.get_absolute_url()):
        assert f'href="{address}"' in body(response)


def test_an_initiative_without_cases_says_so_to_the_secretariat_alone(client_of, initiative, editor, member):
    page = client_of(editor).get(initiative.get_absolute_url())

    assert "Tiltaket har ikke vært sak i noe møte." in main(page)
    assert f'href="/saker/ny/?tiltak={initiative.slug}"' in body(page)
    for user in (None, member):
        assert "Behandlet i" not in main(client_of(user).get(initiative.get_absolute_url()))


def test_only_the_secretariat_is_offered_to_send_it_to_a_meeting(client_of, cast, ssu, initiative):
    about(initiative, body=ssu)

    offered = {
        name: "Meld til møte" in main(client_of(user).get(initiative.get_absolute_url()))
        for name, user in vars(cast).items()
    }
    assert [name for name, is_offered in offered.items() if is_offered] == ["editor"]


def test_drafts_are_shown_to_the_secretariat_and_leaders_alone(client_of, cast, ssu_member, ssu, initiative):
    about(initiative, body=ssu, title="Bare et utkast", state="draft", announced=False)
    about(initiative, body=ssu, title="Kunngjort sak")

    people = {**vars(cast), "ssu_member": ssu_member}
    seen = {name for name, user in people.items() if "Bare et utkast" in panel(client_of(user), initiative)}
    assert seen == {"editor", "leader"}
    for user in people.values():
        assert "Kunngjort sak" in panel(client_of(user), initiative)


def test_an_exempt_case_shows_its_public_title_and_no_decision_to_outsiders(
    client_of, ssu, ssu_member, pa_member, deputy, initiative
):
    case = about(
        initiative,
        body=ssu,
        title="Hemmelig leverandør",
        public_title="Anskaffelse",
        exemption=create_exemption(),
    )
    create_point(item=treat(case), text="Vi velger den hemmelige.")
    create_follow_up(case=case, title="Ring den hemmelige")
    outside, inside = (None, pa_member, deputy), (ssu_member,)

    for user in outside:
        page = body(client_of(user).get(initiative.get_absolute_url()))
        assert "Anskaffelse" in page
        assert "hemmelig" not in page.lower()
    for user in inside:
        shown = panel(client_of(user), initiative)
        assert shown.lower().count("hemmelig") == 3


def test_decisions_are_shown_when_the_minutes_are_approved(client_of, ssu, ssu_member, editor, initiative):
    case = about(initiative, body=ssu)
    create_point(item=treat(case, state="held"), text="Ennå ikke godkjent.", locked=False)

    for user in (None, ssu_member):
        assert "Ennå ikke godkjent." not in panel(client_of(user), initiative)
    assert "Ennå ikke godkjent." in panel(client_of(editor), initiative)


def test_a_decision_without_a_meeting_is_shown_with_the_reason(client_of, initiative):
    case = about(initiative, title="Deltakelse")
    create_point(case=case, text="Vi deltar.", unknown_reason="Møtet er ikke oppgitt.")

    assert "1. Vi deltar. vedtatt. Møtet er ikke oppgitt." in panel(client_of(None), initiative)


def test_a_meeting_of_an_internal_body_is_not_named_to_outsiders(client_of, ssu, initiative, member):
    case = about(initiative, body=ssu, title="Åpen sak")
    internal = create_meeting(on=date(2025, 10, 16), state="approved")
    internal.body.visibility = "internal"
    internal.body.save()
    create_item(meeting=internal, case=case)

    for user in (None, member):
        assert str(internal) not in main(client_of(user).get(initiative.get_absolute_url()))


def test_a_called_deputy_reads_the_case_of_the_meeting_alone(ssu, deputy, initiative):
    mine, other = (
        about(initiative, body=ssu, title=title, public_title="Unntatt", exemption=create_exemption())
        for title in ("Min sak", "En annen sak")
    )
    meeting = create_meeting(body=ssu, on=date(2099, 1, 1), state="published")
    create_item(meeting=meeting, case=mine)
    call_deputy(meeting=meeting, seat=Seat.objects.get(person=deputy))

    shown = {row.case.pk: row.case.shown_title for row in cases_about(deputy, initiative)}
    assert shown == {mine.pk: "Min sak", other.pk: "Unntatt"}


def test_an_initiative_shows_its_events(client_of, initiative):
    event = create_event(title="Webinar om sår", on=date(2025, 1, 15), state="held")
    event.initiatives.add(initiative)
    create_event(title="Et annet webinar")
    page = main(client_of(None).get(initiative.get_absolute_url()))

    assert "Arrangementer Webinar om sår webinar, 15.01.2025 Gjennomført" in page
    assert "Et annet webinar" not in page


def test_the_page_of_an_initiative_takes_the_same_queries_for_many_cases(
    client_of, ssu, ssu_member, editor, initiative
):
    def queries(user) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client_of(user).get(initiative.get_absolute_url()).status_code == 200
        return len(found)

    def grow(number: int) -> list[int]:
        case = about(initiative, body=ssu, year=2025, seq=number)
        point = create_point(item=treat(case, on=date(2025, 1, number)))
        create_follow_up(case=case, point=point)
        create_point(case=about(initiative), unknown_reason="Ikke oppgitt.")
        create_event().initiatives.add(initiative)
        return [queries(user) for user in (None, ssu_member, editor)]

    assert grow(1) == grow(2) == grow(3)


def test_a_strategic_area_shows_priorities_cases_and_signals(client_of, ssu, area):
    case = create_case(body=ssu, title="Satsinger", year=2025, seq=6, state="treated", announced=True)
    case.strategic_areas.add(area)
    point = create_point(item=treat(case))
    StrategicPriority.objects.create(area=area, year=2026, point=point)
    create_signal(body=ssu, text="Færre systemer", count=2, strategic_area=area)
    create_signal(body=ssu, text="Noe annet")
    page = client_of(None).get(area.get_absolute_url())

    assert "Prioritert 2026 , SSU 18.09.2025 , sak 6/25 , punkt 1" in main(page)
    assert "Saker SSU 6/25 Satsinger behandlet" in main(page)
    assert "Innspill Færre systemer (2 innspill) SSU" in main(page)
    assert "Noe annet" not in main(page)
    assert body(page).count(f'href="{case.get_absolute_url()}"') == 2


def test_a_priority_is_shown_when_its_decision_may_be_read(client_of, ssu, ssu_member, pa_member, area):
    unlocked = create_point(item=treat(create_case(body=ssu, announced=True), state="held"), locked=False)
    StrategicPriority.objects.create(area=area, year=2027, point=unlocked)
    exempt = create_case(body=ssu, announced=True, public_title="Unntatt", exemption=create_exemption())
    point = create_point(item=treat(exempt, on=date(2025, 10, 1)))
    StrategicPriority.objects.create(area=area, year=2026, point=point)

    def years(user) -> list[str]:
        page = main(client_of(user).get(area.get_absolute_url()))
        return [year for year in ("2026 ,", "2027 ,") if year in page]

    assert [years(user) for user in (None, pa_member, ssu_member)] == [[], [], ["2026 ,"]]


def test_only_the_secretariat_edits_priorities(client_of, cast, area):
    offered = {
        name: "Rediger prioriteringer" in main(client_of(user).get(area.get_absolute_url()))
        for name, user in vars(cast).items()
    }

    assert [name for name, is_offered in offered.items() if is_offered] == ["editor"]


def test_the_page_of_an_area_takes_the_same_queries_for_many(client_of, ssu, editor, area):
    def queries(user) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client_of(user).get(area.get_absolute_url()).status_code == 200
        return len(found)

    def grow(number: int) -> list[int]:
        case = create_case(body=ssu, year=2025, seq=number, announced=True)
        case.strategic_areas.add(area)
        point = create_point(item=treat(case, on=date(2025, 1, number)))
        StrategicPriority.objects.create(area=area, year=2025 + number, point=point)
        create_signal(body=ssu, strategic_area=area)
        create_signal(event=create_event(), strategic_area=area)
        return [queries(user) for user in (None, editor)]

    assert grow(1) == grow(2) == grow(3)
