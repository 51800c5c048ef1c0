"""Background jobs: run when due, and a failing one stops nobody else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helsefellesskap import jobs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ran(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", [])
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    return []


def test_a_job_runs_when_its_time_has_come(ran):
    jobs.every(seconds=10)(lambda: ran.append("sent"))

    assert [jobs.run_due(now) for now in (0, 5, 10, 11, 20)] == [1, 0, 1, 0, 1]
    assert ran == ["sent"] * 3


def test_a_failing_job_stops_no_other_and_is_tried_again(ran, caplog):
    def fail():
        raise OSError("mail server is gone")

    jobs.every(seconds=10)(fail)
    jobs.every(seconds=10)(lambda: ran.append("sent"))
    jobs.run_due(0)
    jobs.run_due(10)

    assert ran == ["sent"] * 2
    assert caplog.text.count("A background job failed: fail") == 2


def worker(folder, *options):
    environment = {**os.environ, "DEMO": "1", "DATA_DIR": str(folder), "DATABASE_URL": ""}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", "work", *options], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )


def listens_to(pid: int, number: signal.Signals) -> bool:
    caught = Path(f"/proc/{pid}/status").read_text().partition("SigCgt:")[2].split()[0]
    return bool(int(caught, 16) >> (number - 1) & 1)


def test_the_worker_ends_when_it_is_told_to(tmp_path):
    process = worker(tmp_path)
    for _try in range(300):
        if listens_to(process.pid, signal.SIGTERM):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=15) == 0


def test_the_worker_ends_with_the_process_that_started_it(tmp_path):
    starter = (
        "import subprocess, sys; "
        "print(subprocess.Popen([sys.executable, 'manage.py', 'work', '--with-parent'], stderr=-3).pid, flush=True); "
        "import time; time.sleep(4)"
    )
    environment = {**os.environ, "DEMO": "1", "DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    answer = subprocess.run(  # noqa: S603
        [sys.executable, "-c", starter], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    worker_id = int(answer.stdout)
    for _try in range(50):
        if (
            not Path(f"/proc/{worker_id}").exists()
            or "zombie" in Path(f"/proc/{worker_id}/status").read_text()
        ):
            return
        time.sleep(0.2)
    os.kill(worker_id, signal.SIGKILL)
    pytest.fail("The worker went on without its parent.")
