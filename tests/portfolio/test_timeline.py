"""One initiative's history as people read it, and the numbers of the whole portfolio."""

from datetime import date, timedelta

import pytest

from portfolio.documents import summarise, timeline
from portfolio.models import Initiative, Phase, ProgramArea, StatusReport
from tests.factories import create_area, create_initiative, create_report

pytestmark = pytest.mark.django_db

TODAY = date(2025, 12, 1)


def told(initiative, reports=None):
    reports = reports or StatusReport.objects.filter(initiative=initiative).select_related("correction")
    return timeline(initiative, reports.newest_first(), today=TODAY)


def test_timeline_is_newest_first_and_marks_the_phase_changes():
    initiative = create_initiative()
    for day, phases in enumerate(["oppstart", "oppstart", "innsikt", "innsikt-losning"], start=1):
        create_report(initiative=initiative, on=date(2025, day, 1), phases=phases)

    history = told(initiative)

    assert [(entry.report.phase_name, entry.changed_from, entry.is_first) for entry in history.entries] == [
        ("Innsikt/Løsning", "Innsikt", False),
        ("Innsikt", "Oppstart", False),
        ("Oppstart", "", False),
        ("Oppstart", "", True),
    ]
    assert history.in_phase_since == date(2025, 4, 1)
    assert history.days_in_phase == (TODAY - date(2025, 4, 1)).days


def test_days_in_phase_count_from_the_first_report_in_it():
    initiative = create_initiative()
    create_report(initiative=initiative, on=TODAY - timedelta(days=90))
    create_report(initiative=initiative, on=TODAY - timedelta(days=10))

    assert told(initiative).days_in_phase == 90


def test_what_was_corrected_changes_no_phase():
    initiative = create_initiative()
    create_report(initiative=initiative, on=date(2025, 1, 1), phases="innsikt")
    wrong = create_report(initiative=initiative, on=date(2025, 2, 1), phases="drift")
    create_report(initiative=initiative, on=date(2025, 2, 1), phases="innsikt", corrects=wrong)

    history = told(initiative)

    assert history.in_phase_since == date(2025, 1, 1)
    assert [entry.changed_from for entry in history.entries] == ["", "", ""]


def test_a_closed_initiative_is_in_no_phase_now():
    initiative = create_initiative()
    create_report(initiative=initiative)
    initiative.closed_as = "archived"

    assert told(initiative).days_in_phase is None


def test_an_initiative_without_reports_has_no_time_line():
    assert told(create_initiative()).entries == []


def test_summary_counts_every_initiative_once():
    first, second = create_area(), create_area()
    create_report(initiative=create_initiative(area=first), on=TODAY, phases="losning")
    create_report(initiative=create_initiative(area=first), on=TODAY, phases="losning-drift", comment="")
    create_report(initiative=create_initiative(area=first), on=date(2024, 1, 1), phases="losning")
    create_report(initiative=create_initiative(area=second), on=TODAY, phases="", state="not_started")
    create_report(initiative=create_initiative(area=second), on=TODAY, phases="", needs_mapping=True)
    create_initiative(area=second)

    summary = summarise(
        Initiative.objects.all(),
        phases=list(Phase.objects.all()),
        areas=list(ProgramArea.objects.all()),
        today=TODAY,
    )

    assert (summary.total, summary.unknown, summary.stale) == (6, 2, 2)
    assert [(bucket.name, bucket.count) for bucket in summary.buckets] == [
        ("Ikke startet", 1),
        ("Løsning", 2),
        ("Løsning/Drift", 1),
        ("Ikke avklart", 1),
        ("Aldri meldt", 1),
    ]
    assert [(area.area, area.count) for area in summary.areas] == [(first, 3), (second, 3)]
    assert sum(segment.width for segment in summary.segments) == pytest.approx(100, abs=0.1)


def test_summary_of_nothing_has_no_bars():
    summary = summarise(
        Initiative.objects.all(),
        phases=list(Phase.objects.all()),
        areas=list(ProgramArea.objects.all()),
        today=TODAY,
    )

    assert (summary.total, summary.bars, summary.segments) == (0, [], [])


def test_numbers_lead_to_exactly_the_rows_they_count():
    create_report(initiative=create_initiative(), phases="losning")
    create_report(initiative=create_initiative(), phases="losning-drift")
    create_report(initiative=create_initiative(), phases="drift")
    create_report(initiative=create_initiative(), phases="", state="not_started")
    create_report(initiative=create_initiative(), phases="", needs_mapping=True)
    create_initiative()

    for bucket in summarise(
        Initiative.objects.all(),
        phases=list(Phase.objects.all()),
        areas=list(ProgramArea.objects.all()),
        today=TODAY,
    ).buckets:
        assert Initiative.objects.in_phase(bucket.code).count() == bucket.count == 1
