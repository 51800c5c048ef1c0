"""What meetings do in the background."""

from django.utils import timezone

from helsefellesskap import jobs
from meetings import actions


@jobs.every(seconds=10)
def send_notices() -> None:
    actions.send_waiting_notices()


@jobs.every(seconds=3600)
def remind_of_follow_ups() -> None:
    actions.remind_of_follow_ups(today=timezone.localdate())
