"""Runs the background jobs until it is told to stop."""

import os
import signal
import threading
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from helsefellesskap import jobs

PAUSE = 1.0  # seconds between two looks at the clock
GRACE = 15  # seconds that a job under way has when the worker is told to stop


class Command(BaseCommand):
    help = "Send mails and reminders in the background. Any number of these may run at once."
    is_stopping = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run every job once and end")
        parser.add_argument(
            "--with-parent", type=int, metavar="PID", help="end when the process that started it does"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            jobs.run_due(float("inf"))
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        if parent := options["with_parent"]:
            threading.Thread(target=end_with, args=[parent], daemon=True).start()
        while not self.is_stopping:
            jobs.run_due()
            time.sleep(PAUSE)

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Let the job under way finish; SIGALRM ends the process when it takes too long."""
        if not self.is_stopping:
            signal.alarm(GRACE)
        self.is_stopping = True


def end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PAUSE)
    os.kill(os.getpid(), signal.SIGTERM)
