"""Where the status of initiatives does not agree with what meetings did; who may be told."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from helsefellesskap.findings import results_for
from meetings.models import AgendaItem, Case, Concern, Meeting
from tests.factories import (
    create_body,
    create_case,
    create_exemption,
    create_initiative,
    create_item,
    create_meeting,
    create_minutes,
    create_point,
    create_report,
    create_seat,
)

pytestmark = pytest.mark.django_db

TODAY = date(2025, 10, 1)
CODES = ["meeting_held", "decision_not_made", "unknown_meeting", "case_not_treated"]
REPORTED = date(2025, 6, 27)


def found(user, *, today=TODAY, codes=CODES):
    """What is found, by check: the sentences."""
    return {
        result.check.code: [finding.sentence for finding in result.findings]
        for result in results_for(user, today=today, codes=codes)
    }


@pytest.fixture
def initiative(contributor):
    return create_initiative(title="Et tiltak", slug="et-tiltak", owner=contributor.organisation)


@pytest.fixture
def meetings(ssu):
    return [
        create_meeting(body=ssu, on=day, state="approved") for day in (date(2025, 5, 22), date(2025, 9, 18))
    ]


# What comments say of meetings


def test_a_meeting_to_come_that_was_over_when_it_was_reported(editor, initiative, meetings):
    create_report(
        initiative=initiative, comment="Mandatet behandles i SSU 22.05.2025. Oppstarten planlegges."
    )

    assert found(editor) == {
        "meeting_held": [
            (
                "Kommentaren fra 27.06.2025 sier «Mandatet behandles i SSU 22.05.2025.» "
                "Møtet 22.05.2025 var over allerede da dette ble meldt."
            )
        ]
    }


def test_a_meeting_to_come_that_has_been_since(editor, initiative, meetings):
    create_report(initiative=initiative, comment="Saken kommer i SSU 18.09.2025.")

    assert found(editor) == {
        "meeting_held": ["Kommentaren fra 27.06.2025 sier «Saken kommer i SSU 18.09.2025.» Møtet 18.09.2025 er over nå."]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("today", "is_found"), [(date(2025, 9, 17), False), (date(2025, 9, 18), False), (date(2025, 9, 19), True)]
)
def test_a_meeting_is_over_the_day_after(editor, initiative, meetings, today, is_found):
    create_report(initiative=initiative, comment="Saken kommer i SSU 18.09.2025.")

    assert bool(found(editor, today=today)) == is_found


def test_a_meeting_on_the_day_of_the_report_was_not_over(editor, initiative, meetings):
    create_report(initiative=initiative, comment="Saken kommer i SSU 18.09.2025.", on=date(2025, 9, 18))

    assert found(editor)["meeting_held"][0].endswith("Møtet 18.09.2025 er over nå.")


@pytest.mark.parametrize(
    "comment",
    ["Utredningen ble lagt fram i SSU 22.05.2025.", "Vedtatt i SSU 22.05.2025.", "Jf. SSU 22.05.2025.", "SSU skal møtes."],
)  # fmt: skip
def test_what_is_told_as_over_is_in_order(editor, initiative, meetings, comment):
    create_report(initiative=initiative, comment=comment)

    assert found(editor) == {}


def test_only_the_newest_report_of_live_initiatives_counts(editor, initiative, meetings):
    create_report(initiative=initiative, comment="Saken kommer i SSU 22.05.2025.", on=date(2025, 2, 20))
    create_report(initiative=initiative, comment="Det går framover.")
    create_report(initiative=initiative, comment="Kommer i SSU 22.05.2025.", publication="draft", by=editor)

    assert found(editor) == {}


def test_a_decision_of_a_meeting_that_was_later(editor, initiative, meetings):
    create_report(initiative=initiative, comment="Mandatet justeres etter vedtaket i SSU 18.09.2025.")

    assert found(editor) == {
        "decision_not_made": [
            (
                "Kommentaren fra 27.06.2025 sier «Mandatet justeres etter vedtaket i SSU 18.09.2025.» "
                "Møtet var ikke før 18.09.2025."
            )
        ]
    }


def test_a_decision_on_the_day_of_the_report_may_have_been_made(editor, initiative, meetings):
    create_report(initiative=initiative, comment="Vedtatt i SSU 18.09.2025.", on=date(2025, 9, 18))

    assert found(editor) == {}


def test_a_meeting_that_is_not_registered(editor, initiative, meetings):
    create_report(initiative=initiative, comment="Vedtatt i SSU 23.05.2025.")

    assert found(editor) == {
        "unknown_meeting": [
            "Kommentaren fra 27.06.2025 sier «Vedtatt i SSU 23.05.2025.» Det er ikke registrert noe møte i SSU 23.05.2025."
        ]
    }


@pytest.mark.parametrize(
    ("meeting", "is_known"),
    [
        ({"on": date(2025, 5, 22)}, True),
        ({"on": date(2025, 5, 22), "state": "cancelled"}, True),
        ({"on": date(2025, 5, 1), "precision": "month"}, True),
        ({"on": date(2025, 5, 19), "precision": "week"}, True),
        ({"on": date(2025, 1, 1), "precision": "year"}, True),
        ({"on": date(2025, 5, 21)}, False),
        ({"on": date(2025, 5, 1)}, False),
        ({"on": date(2025, 4, 1), "precision": "month"}, False),
        ({"on": date(2025, 5, 12), "precision": "week"}, False),
        ({"on": date(2024, 1, 1), "precision": "year"}, False),
        ({"on": None}, False),
    ],
)
def test_a_meeting_is_known_as_well_as_its_day(editor, ssu, initiative, meeting, is_known):
    create_meeting(body=ssu, **meeting)
    create_report(initiative=initiative, comment="Vedtatt i SSU 22.05.2025.")

    assert ("unknown_meeting" in found(editor)) != is_known


def test_a_meeting_of_another_body_is_another_meeting(editor, ssu, pa, initiative):
    create_meeting(body=pa, on=date(2025, 5, 22))
    create_report(initiative=initiative, comment="Vedtatt i SSU 22.05.2025.")

    assert list(found(editor)) == ["unknown_meeting"]


def test_several_meetings_in_a_comment_are_several_findings_and_the_same_one_is_one(
    editor, initiative, meetings
):
    create_report(
        initiative=initiative,
        comment="Behandles i SSU 22.05.2025. Kommer igjen i SSU 18.9.25. Husk: behandles i SSU 22.5.25.",
    )
    [result] = results_for(editor, today=TODAY, codes=["meeting_held"])

    assert [finding.key for finding in result.findings] == [
        f"initiative-{initiative.pk}-ssu-2025-05-22",
        f"initiative-{initiative.pk}-ssu-2025-09-18",
    ]
    assert {(finding.about, finding.subject, finding.url) for finding in result.findings} == {
        ("Et tiltak", f"portfolio.initiative:{initiative.pk}", "/tiltak/et-tiltak/status/")
    }


def test_an_internal_body_is_not_spoken_of_to_who_may_not_know_of_it(contributor, editor, leader, initiative):
    au = create_body(code="au", visibility="internal")
    create_report(initiative=initiative, comment="Saken behandles i AU 22.05.2025.")

    assert set(found(editor)) == set(found(leader)) == {"meeting_held", "unknown_meeting"}
    assert found(contributor) == {}
    create_seat(body=au, person=contributor)
    assert set(found(contributor)) == {"meeting_held", "unknown_meeting"}


# Who


@pytest.mark.parametrize(
    ("who", "page"),
    [("editor", "/tiltak/et-tiltak/status/"), ("leader", "/tiltak/et-tiltak/"), ("contributor", "/tiltak/et-tiltak/meld/")],
)  # fmt: skip
def test_who_reads_and_where_they_mend(request, client_of, initiative, meetings, who, page):
    create_report(initiative=initiative, comment="Saken kommer i SSU 22.05.2025.")
    person = request.getfixturevalue(who)
    [result] = results_for(person, today=TODAY, codes=["meeting_held"])

    assert [finding.url for finding in result.findings] == [page]
    assert client_of(person).get(page).status_code == 200


@pytest.mark.parametrize("who", ["outsider", "member", "admin", "ssu_member"])
def test_others_read_none(request, initiative, meetings, who):
    create_report(initiative=initiative, comment="Saken kommer i SSU 22.05.2025. Vedtatt i SSU 18.09.2025.")
    not_started(initiative, meetings[0])

    assert found(request.getfixturevalue(who)) == {}
    assert found(AnonymousUser()) == {}


# Started without a decision


def not_started(initiative, meeting, **fields):
    """A case about the start of the initiative that was not treated, or went as the fields say."""
    item = create_item(meeting=meeting, **{"outcome": "not_treated", **fields})
    Concern.objects.create(case=item.case, initiative=initiative, kind="start")
    return item


@pytest.fixture
def under_way(initiative):
    create_report(initiative=initiative, phases="oppstart")
    return initiative


def test_under_way_although_the_case_was_not_treated(editor, under_way, meetings):
    item = not_started(under_way, meetings[0])
    create_point(item=item, outcome="not_treated", vote="no_consensus")

    assert found(editor) == {
        "case_not_treated": [
            (
                f"Meldt i fasen «Oppstart» 27.06.2025, men «{item.case.title}» ble ikke behandlet i SSU 22.05.2025. "
                "Partnerne ble ikke enige."
            )
        ]
    }


@pytest.mark.parametrize(
    ("outcome", "vote", "words"),
    [
        ("not_treated", "", "ble ikke behandlet i SSU 22.05.2025."),
        ("postponed", "", "ble utsatt i SSU 22.05.2025."),
        ("treated", "no_consensus", "ble ikke avgjort i SSU 22.05.2025. Partnerne ble ikke enige."),
        ("treated", "unanimous", None),
        ("treated", "", None),
        ("withdrawn", "", None),
        ("unknown", "", None),
        ("not_recorded", "", None),
    ],
)
def test_how_the_case_went(editor, under_way, meetings, outcome, vote, words):
    item = not_started(under_way, meetings[0], outcome=outcome)
    if vote:
        create_point(item=item, outcome="noted", vote=vote)
    sentences = found(editor).get("case_not_treated", [])

    assert [sentence.partition("» ")[2].partition("» ")[2] for sentence in sentences] == (
        [words] if words else []
    )


@pytest.mark.parametrize(
    ("state", "phases", "is_found"),
    [
        ("active", "oppstart", True),
        ("delayed", "oppstart", True),
        ("completed", "drift", True),
        ("paused", "oppstart", False),
        ("not_started", "", False),
    ],
)
def test_what_under_way_is(editor, initiative, meetings, state, phases, is_found):
    create_report(initiative=initiative, phases=phases, state=state)
    not_started(initiative, meetings[0])

    assert bool(found(editor)) == is_found


def test_the_newest_that_is_known_counts(editor, under_way, meetings):
    not_started(under_way, meetings[0])
    later = not_started(under_way, meetings[1], outcome="not_recorded")

    assert list(found(editor)) == ["case_not_treated"]
    AgendaItem.objects.filter(pk=later.pk).update(outcome="treated")
    assert found(editor) == {}


def test_the_same_case_may_come_again(editor, under_way, meetings):
    first = not_started(under_way, meetings[0], outcome="postponed")

    assert list(found(editor)) == ["case_not_treated"]
    create_item(meeting=meetings[1], case=first.case, outcome="treated")
    assert found(editor) == {}


def test_cases_about_something_else_do_not_count(editor, under_way, meetings):
    item = create_item(meeting=meetings[0], outcome="not_treated")
    for kind in ("mandate", "funding", "information"):
        Concern.objects.update_or_create(case=item.case, initiative=under_way, defaults={"kind": kind})
        assert found(editor) == {}


def test_an_exempt_case_is_named_only_to_who_reads_it(contributor, editor, under_way, meetings, ssu):
    case = create_case(
        body=ssu,
        title="Personen det gjelder",
        announced=True,
        state="listed",
        exemption=create_exemption(),
        public_title="Personalsak",
    )
    not_started(under_way, meetings[0], case=case)

    assert "Personen det gjelder" in found(editor)["case_not_treated"][0]
    assert found(contributor) == {}
    create_seat(body=ssu, person=contributor)
    assert "Personen det gjelder" in found(contributor)["case_not_treated"][0]


def test_a_case_of_an_internal_body_is_told_only_to_who_may_know_of_it(
    contributor, editor, leader, under_way
):
    au = create_body(code="au", visibility="internal")
    not_started(under_way, create_meeting(body=au, on=date(2025, 5, 22), state="approved"))

    assert list(found(editor)) == list(found(leader)) == ["case_not_treated"]
    assert found(contributor) == {}


@pytest.mark.parametrize(
    ("state", "is_told"), [("held", False), ("drafted", False), ("approved", True), ("archived", True)]
)
def test_an_outcome_is_told_when_the_minutes_are_approved(
    contributor, editor, under_way, meetings, state, is_told
):
    Meeting.objects.filter(pk=meetings[0].pk).update(state=state)
    not_started(under_way, meetings[0])

    assert list(found(editor)) == ["case_not_treated"]
    assert bool(found(contributor)) == is_told


def test_what_a_correction_of_minutes_says_is_not_told_before_it_is_approved(
    contributor, editor, under_way, meetings
):
    create_minutes(meeting=meetings[0], state="approved")
    Meeting.objects.filter(pk=meetings[0].pk).update(state="drafted")
    not_started(under_way, meetings[0])

    assert list(found(editor)) == ["case_not_treated"]
    assert found(contributor) == {}


def test_a_case_that_is_not_on_a_published_agenda_is_not_told_outside(
    contributor, editor, under_way, meetings
):
    not_started(under_way, meetings[0], released=False)
    Case.objects.update(announced_at=None)

    assert list(found(editor)) == ["case_not_treated"]
    assert found(contributor) == {}
