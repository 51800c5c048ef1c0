"""What is done again and again in the background: each app registers its jobs, `manage.py work` runs them.

A job finds its own work in the database and does it at most once, so it may be run as often as one likes, by several
workers, and be cut short at any moment.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.db import close_old_connections

logger = logging.getLogger(__name__)


@dataclass
class Job:
    """Something to do every so many seconds."""

    run: Callable[[], object]
    seconds: float
    due_at: float = 0  # on the monotonic clock


_jobs: list[Job] = []


def every(*, seconds: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register a job that takes nothing."""

    def add(run: Callable[[], object]) -> Callable[[], object]:
        _jobs.append(Job(run, seconds))
        return run

    return add


def run_due(now: float | None = None) -> int:
    """Run the jobs whose time has come; how many. One that fails is logged and tried again next time."""
    now = monotonic() if now is None else now
    due = [job for job in _jobs if job.due_at <= now]
    for job in due:
        job.due_at = now + job.seconds
        close_old_connections()
        try:
            job.run()
        except Exception:
            logger.exception("A background job failed: %s", job.run.__name__)
    close_old_connections()
    return len(due)
