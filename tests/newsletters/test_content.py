"""What live blocks fetch: as the public sees it, today or as it was on the newsletter's day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from meetings.models import AgendaItem, Meeting
from newsletters import actions
from newsletters.documents.content import content_of, for_reading, section_for_reading
from newsletters.models import Newsletter
from portfolio.models import Initiative
from tests.factories import (
    create_allocation,
    create_area,
    create_case,
    create_event,
    create_exemption,
    create_follow_up,
    create_grant,
    create_initiative,
    create_item,
    create_meeting,
    create_newsletter,
    create_point,
    create_report,
)

TODAY = timezone.localdate()


@pytest.fixture
def show(draft, write):
    """`show("focus", {…})` gives what the block shows, ready to be read."""
    draft.blocks.all().delete()

    def run(kind, settings=None, **fields):
        block = write(draft, kind, settings=settings, **fields)
        return section_for_reading(block, today=TODAY)

    run.newsletter = draft
    return run


def keys(*things):
    return [str(thing.public_id) for thing in things]


@pytest.fixture
def portfolio(db):
    home, young = create_area(name="Bo hjemme"), create_area(name="Unge")
    first = create_initiative(title="VIP", area=home)
    second = create_initiative(title="SAMBA", area=young)
    hidden = create_initiative(title="Skjult", area=young, visibility=Initiative.Visibility.INTERNAL)
    create_report(initiative=first, on=date(2025, 6, 1), phases="oppstart", comment="Planlegges.")
    create_report(initiative=first, on=TODAY, phases="innsikt", comment="I gang.")
    create_report(initiative=second, on=TODAY, phases="drift", state="completed", comment="Ferdig.")
    return first, second, hidden


def rows(section):
    return [(row.title, row.phase, row.status) for _group, row in section["table"].rows]


def test_the_whole_handlingsdel_is_what_the_public_sees(show, portfolio):
    assert rows(show("handlingsdel", {"scope": "all"})) == [
        ("VIP", "Innsikt", "I gang."),
        ("SAMBA", "Drift", "Avsluttet. Ferdig."),
    ]


def test_only_the_chosen_areas(show, portfolio):
    area = portfolio[0].program_area

    assert [row[0] for row in rows(show("handlingsdel", {"scope": "areas", "areas": [area.code]}))] == ["VIP"]


def test_as_it_was_on_the_day_of_the_newsletter(show, portfolio):
    Newsletter.objects.filter(pk=show.newsletter.pk).update(as_of=date(2025, 6, 30))
    show.newsletter.refresh_from_db()

    assert rows(show("handlingsdel", {"scope": "all"}))[0] == ("VIP", "Oppstart", "Planlegges.")


def test_only_what_changed_since_the_last_newsletter(show, portfolio):
    create_newsletter(published=True, as_of=date(2025, 6, 30))
    section = show("handlingsdel", {"scope": "changed"})

    assert section["since"] == date(2025, 6, 30)
    assert [change["title"] for change in section["changes"]] == ["VIP", "SAMBA"]


def test_only_what_changed_since_a_day(show, portfolio):
    assert show("handlingsdel", {"scope": "changed", "since": TODAY.isoformat()})["changes"] == []


def test_what_a_grant_is_used_for(show, portfolio):
    grant = create_grant(year=2024, amount=1_000_000)
    create_allocation(grant=grant, initiative=portfolio[0], amount=300_000)
    section = show("funding", {"grant": str(grant.public_id)})

    assert (section["table"].total, section["table"].balance.remainder) == (300_000, 700_000)
    assert section["quotes"] == [f"portfolio.initiative:{portfolio[0].pk}"]


@pytest.mark.parametrize("grant", [None, "tull", "00000000-0000-4000-8000-000000000000"])
def test_a_grant_that_is_not_there_shows_nothing(show, db, grant):
    assert show("funding", {"grant": grant})["table"] is None


def test_initiatives_in_focus_stand_as_in_the_table(show, portfolio):
    section = show("focus", {"initiatives": keys(*portfolio)})

    assert [(row["title"], row["phase"]) for row in section["rows"]] == [
        ("VIP", "Innsikt"),
        ("SAMBA", "Drift"),
    ]


def test_what_a_meeting_decided_case_by_case(show, ssu):
    meeting = create_meeting(body=ssu, on=date(2026, 2, 20), state=Meeting.State.APPROVED)
    decided = create_item(meeting=meeting, case=create_case(body=ssu, title="Mandat", seq=1, year=2026))
    create_point(case=decided.case, item=decided, adopted="Mandatet godkjennes.")
    untreated = create_item(
        meeting=meeting,
        case=create_case(body=ssu, title="FSU"),
        outcome=AgendaItem.Outcome.NOT_TREATED,
        outcome_note="Ikke konsensus",
    )
    exempt = create_item(
        meeting=meeting,
        case=create_case(
            body=ssu, title="Hemmelig", public_title="Unntatt sak", exemption=create_exemption()
        ),
    )
    create_point(case=exempt.case, item=exempt, adopted="Hemmelig vedtak.")
    AgendaItem.objects.filter(pk__in=[decided.pk, exempt.pk]).update(outcome=AgendaItem.Outcome.TREATED)
    assert untreated.outcome == AgendaItem.Outcome.NOT_TREATED

    (shown,) = show("decisions", {"meetings": keys(meeting)})["meetings"]

    assert [(case["title"], case["points"], case["outcome"]) for case in shown["cases"]] == [
        ("Mandat", ["Mandatet godkjennes."], ""),
        ("FSU", [], "Ikke behandlet"),
    ]


def test_meetings_and_deadlines_ahead_in_order(show, ssu):
    create_meeting(body=ssu, on=TODAY + timedelta(days=20))
    create_meeting(body=ssu, on=TODAY + timedelta(days=200))
    create_meeting(body=ssu, on=TODAY - timedelta(days=2))
    case = create_case(body=ssu, title="Sak", announced=True)
    create_follow_up(case=case, title="Svare", due=TODAY + timedelta(days=5))

    assert [row["what"] for row in show("coming")["rows"]] == ["Svare", f"Møte: {ssu.name}"]
    assert len(show("coming", {"days": 300})["rows"]) == 3


def test_chosen_arrangements_or_those_ahead(show, db):
    soon = create_event(title="Snart", on=TODAY + timedelta(days=10))
    create_event(title="Om lenge", on=TODAY + timedelta(days=400))
    over = create_event(title="Over", on=TODAY - timedelta(days=10))

    assert [row["title"] for row in show("events")["rows"]] == ["Snart"]
    chosen = show("events", {"events": keys(over, soon)})
    assert [row["title"] for row in chosen["rows"]] == ["Over", "Snart"]


def test_what_was_finished_since_the_last_newsletter(show, portfolio):
    event = create_event(title="Webinar")

    assert [row["title"] for row in show("finished")["rows"]] == ["SAMBA"]
    chosen = show("finished", {"initiatives": keys(portfolio[0]), "events": keys(event)})
    assert [row["title"] for row in chosen["rows"]] == ["VIP"]
    assert [row["title"] for row in chosen["events"]] == ["Webinar"]


def test_headings_skip_no_level_and_anchors_are_unique(draft, write):
    draft.blocks.all().delete()
    write(draft, heading="Ingen over", is_sub=True)
    write(draft, heading="Under", is_sub=True)
    write(draft, heading="")
    write(draft, heading="Ny")
    sections = for_reading(content_of(draft, today=TODAY))["sections"]

    assert [section["level"] for section in sections] == [2, 3, 2, 2]
    assert len({section["anchor"] for section in sections}) == 4


def test_attachments_are_told_of_at_the_end_unless_there_is_a_block(draft, write, editor):
    actions.add_attachment(newsletter=draft, title="Rapport", file=None, by=editor)
    assert [section["kind"] for section in content_of(draft, today=TODAY)["sections"]] == [
        "text",
        "attachments",
    ]
    write(draft, "attachments", heading="Filer")

    assert [section["heading"] for section in content_of(draft, today=TODAY)["sections"]] == [
        "Overskrift",
        "Filer",
    ]


def test_of_a_published_one_it_is_what_it_said(published):
    assert content_of(published) == published.data
