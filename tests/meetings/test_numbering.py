"""Numbers of cases when many publish at once: from 1 on, without a gap, none twice."""

import threading
from contextlib import closing
from datetime import date, timedelta

import pytest
from django.db import connection

from helsefellesskap import pdf
from meetings import actions
from meetings.actions import publishing
from meetings.models import AgendaVersion, Case, Meeting
from tests.factories import create_body, create_case, create_item, create_meeting, create_user
from tests.meetings.processes import PATIENCE, run_apart

THREADS = 50
YEAR = 2031  # in which nothing was ever numbered


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: b"%PDF")


def meetings_to_publish(number, *, body=None):
    """So many meetings of one body, each with two cases that have no number yet."""
    body = body or create_body(code="ssu")
    meetings = []
    for day in range(number):
        meeting = create_meeting(body=body, on=date(YEAR, 1, 1) + timedelta(day), state="called")
        for _case in range(2):
            case = create_case(body=body, kind="discussion", state="review")
            create_item(meeting=meeting, case=case, released=False)
        meetings.append(meeting)
    return meetings


def numbers():
    return sorted(Case.objects.exclude(seq=None).values_list("year", "seq"))


def check_frozen_numbers():
    """The agendas say the numbers that the cases have."""
    for meeting in Meeting.objects.all():
        frozen = [item["number"] for item in meeting.agendas.get().data["items"]]
        assert frozen == [item.case.number for item in meeting.items.in_order().select_related("case__body")]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_fifty_threads_number_without_a_gap(shared_db):
    editor, meetings = create_user(role="editor"), meetings_to_publish(THREADS)
    failures = []
    start = threading.Barrier(THREADS, timeout=PATIENCE)

    def publish(meeting):
        with closing(connection):
            try:
                connection.ensure_connection()
                start.wait()
                publishing.publish_agenda(meeting=meeting, by=editor)
            except Exception as failure:
                failures.append(failure)

    threads = [threading.Thread(target=publish, args=[meeting], daemon=True) for meeting in meetings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert (failures, [thread for thread in threads if thread.is_alive()]) == ([], [])
    assert numbers() == [(YEAR, seq) for seq in range(1, 2 * THREADS + 1)]
    assert AgendaVersion.objects.count() == THREADS
    check_frozen_numbers()


def test_two_processes_number_without_a_gap(shared_db):
    editor, meetings = create_user(role="editor"), meetings_to_publish(20)

    def publish(half):
        for meeting in meetings[half::2]:
            publishing.publish_agenda(meeting=meeting, by=editor)

    assert run_apart(lambda: publish(0), lambda: publish(1)) == [0, 0]
    assert numbers() == [(YEAR, seq) for seq in range(1, 41)]
    assert AgendaVersion.objects.count() == 20
    check_frozen_numbers()


@pytest.mark.django_db
def test_gaps_of_old_stay_and_the_number_of_a_withdrawn_case_is_not_used_again():
    editor, body = create_user(role="editor"), create_body()
    for seq in (2, 5):
        create_case(body=body, year=YEAR, seq=seq, state="treated", announced=True)
    first, second = meetings_to_publish(2, body=body)
    publishing.publish_agenda(meeting=first, by=editor)
    for item in first.items.select_related("case"):
        actions.withdraw_case(case=item.case, reason="Ikke aktuell.", by=editor)
    publishing.publish_agenda(meeting=second, by=editor)

    assert numbers() == [(YEAR, seq) for seq in (2, 5, 6, 7, 8, 9)]
    assert set(Case.objects.filter(state="withdrawn").values_list("seq", flat=True)) == {6, 7}
