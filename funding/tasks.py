"""What money does in the background."""

from django.utils import timezone

from funding import actions
from helsefellesskap import jobs


@jobs.every(seconds=3600)
def remind_of_grants() -> None:
    actions.remind_of_grants(today=timezone.localdate())
