"""Reporting status: the life of a report, its corrections, collisions, and its trail."""

from datetime import date

import pytest

from accounts.models import LogEntry
from portfolio import actions, rules
from portfolio.models import StatusReport
from portfolio.rules import Status
from tests.factories import create_initiative, create_report, phase

JUNE = date(2025, 6, 27)
AUTUMN = date(2025, 10, 1)


def test_publish_status_moves_the_pointer_and_writes_the_trail(editor):
    initiative = create_initiative()
    before = create_report(initiative=initiative, on=JUNE, phases="innsikt", comment="Kartlegger.")
    status = Status(reported_on=AUTUMN, state="active", phase_from=phase("losning"), comment="Prøver ut.")

    report = actions.publish_status(initiative=initiative, status=status, based_on=before.pk, by=editor)

    initiative.refresh_from_db()
    assert initiative.latest_report == report
    assert report.published_by == editor
    entry = LogEntry.objects.about(initiative).get()
    assert entry.old["comment"] == "Kartlegger."
    assert entry.new["phase_name"] == "Løsning"


def test_second_report_on_the_same_day_corrects_the_first(editor):
    initiative = create_initiative()
    first = create_report(initiative=initiative, on=JUNE, comment="Skriveffeil.")
    status = Status(reported_on=JUNE, state="active", phase_from=phase("losning"), comment="Skrivefeil.")

    report = actions.publish_status(initiative=initiative, status=status, based_on=first.pk, by=editor)

    assert report.corrects == first
    initiative.refresh_from_db()
    assert initiative.latest_report == report


def test_publish_status_tells_when_somebody_else_was_first(editor):
    initiative = create_initiative()
    seen = create_report(initiative=initiative, on=JUNE)
    newest = create_report(initiative=initiative, on=AUTUMN, comment="Noe nytt.")
    status = Status(reported_on=AUTUMN, state="active", phase_from=phase("losning"), comment="Mitt.")

    with pytest.raises(rules.Changed) as refusal:
        actions.publish_status(initiative=initiative, status=status, based_on=seen.pk, by=editor)

    assert refusal.value.newest == newest
    assert StatusReport.objects.count() == 2
