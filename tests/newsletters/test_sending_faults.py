"""A thousand mails, a killed worker, two workers at once: nobody gets two, and only what was on its way is uncertain."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from helsefellesskap import jobs
from newsletters import actions, tasks
from newsletters.actions import deliveries
from newsletters.models import Delivery, DeliveryQuerySet, Subscription
from tests.factories import create_newsletter, create_user
from tests.meetings.conftest import shared_db  # noqa: F401
from tests.meetings.processes import PATIENCE, run_apart
from tests.newsletters.mailing import server  # noqa: F401
from tests.smtp import HANG_UP

pytestmark = pytest.mark.usefixtures("shared_db")


def publish(number: int):
    """A newsletter with so many mails that wait."""
    editor = create_user(role="editor")
    Subscription.objects.bulk_create(
        Subscription(email=f"leser{n}@example.no", state="active", confirmed_at=timezone.now())
        for n in range(number)
    )
    newsletter = create_newsletter(published=True, by=editor)
    assert actions.make_deliveries(newsletter=newsletter, by=editor) == number
    return newsletter


def states() -> dict[str, int]:
    return Counter(Delivery.objects.values_list("state", flat=True))


def everybody(number: int) -> set[str]:
    return {f"leser{n}@example.no" for n in range(number)}


# The real worker, in a process of its own


@pytest.fixture
def start_worker(monkeypatch):
    """Begin `manage.py work` with the job that sends; what still runs at the end of the test is killed."""
    started = []
    fork = multiprocessing.get_context("fork")

    def work(database):
        connections["default"] = database
        monkeypatch.setattr(jobs, "_jobs", [jobs.Job(tasks.send_deliveries, 1)])
        monkeypatch.setattr("helsefellesskap.management.commands.work.PAUSE", 0.1)
        call_command("work")

    def start():
        connections.close_all()
        process = fork.Process(target=work, args=[connections["default"]], daemon=True)
        process.start()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.join()


def wait_until(is_so) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("step", "number", "has_left"), [("text", 1000, True), ("rcpt", 60, False)], ids=["after", "before"]
)
def test_a_killed_worker_sends_nobody_two_mails(server, start_worker, step, number, has_left):  # noqa: F811
    newsletter = publish(number)
    workers, asked = [], []

    def kill_in_the_middle():
        asked.append(step)
        if len(asked) == number // 2:
            os.kill(workers[0].pid, signal.SIGKILL)
            return HANG_UP
        return None

    server.on[step] = kill_in_the_middle
    workers.append(start_worker())
    workers[0].join(PATIENCE)
    assert workers[0].exitcode == -signal.SIGKILL
    assert states() == {"sent": number // 2 - 1, "sending": 1, "waiting": number // 2}

    worker = start_worker()
    wait_until(lambda: not Delivery.objects.waiting().exists() and states()["sending"] == 1)
    worker.terminate()
    worker.join(PATIENCE)
    assert worker.exitcode == 0

    cut_off = Delivery.objects.get(state="sending")
    assert len(server.arrived) == len(set(server.to())) == len(set(server.ids())) == number - (not has_left)
    assert everybody(number) - set(server.to()) == (set() if has_left else {cut_off.email})

    later = timezone.now() + deliveries.CUT_OFF_AFTER + timedelta(seconds=1)
    assert actions.send_waiting_deliveries(now=later) == 0
    assert states() == {"sent": number - 1, "uncertain": 1}

    actions.resend_delivery(delivery=cut_off, by=newsletter.published_by)
    assert actions.send_waiting_deliveries(now=later) == 1
    times = Counter(server.ids())
    assert times.pop(server.ids()[-1]) == 1 + has_left  # the second copy is known by its id
    assert set(times.values()) == {1}
    assert (states(), set(server.to())) == ({"sent": number}, everybody(number))


def test_a_worker_that_is_told_to_stop_leaves_nothing_uncertain(server, start_worker):  # noqa: F811
    publish(200)
    worker = start_worker()
    wait_until(lambda: len(server.arrived) > 20)
    worker.terminate()
    worker.join(PATIENCE)

    assert worker.exitcode == 0
    assert set(states()) <= {"sent", "waiting"}
    assert len(server.arrived) == states()["sent"]


def test_two_workers_send_each_mail_once(server):  # noqa: F811
    publish(200)
    assert run_apart(*[actions.send_waiting_deliveries] * 2) == [0, 0]
    while Delivery.objects.waiting().exists():
        actions.send_waiting_deliveries()

    assert Counter(server.to()) == dict.fromkeys(everybody(200), 1)
    assert len(set(server.ids())) == 200
    assert states() == {"sent": 200}


def test_workers_together_keep_the_rate(server, settings):  # noqa: F811
    settings.MAIL_PER_MINUTE = 30
    publish(80)
    assert run_apart(*[actions.send_waiting_deliveries] * 3) == [0, 0, 0]
    assert len(server.arrived) <= 30

    while actions.send_waiting_deliveries():
        pass
    assert len(server.arrived) == 30
    assert actions.send_waiting_deliveries(now=timezone.now() + timedelta(seconds=61)) == 30


def test_nobody_claims_between_anothers_counting_and_claiming(monkeypatch, settings):
    settings.MAIL_PER_MINUTE = 1
    publish(5)
    due, has_counted = DeliveryQuerySet.due, multiprocessing.get_context("fork").Event()

    def slowly(*arguments):
        has_counted.set()
        time.sleep(1)
        return due(*arguments)

    def claim_slowly():
        monkeypatch.setattr(DeliveryQuerySet, "due", slowly)
        deliveries._claim(timezone.now())

    def claim_meanwhile():
        has_counted.wait(PATIENCE)
        deliveries._claim(timezone.now())

    assert run_apart(claim_slowly, claim_meanwhile) == [0, 0]
    assert states() == {"sending": 1, "waiting": 4}
