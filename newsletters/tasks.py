"""What newsletters do in the background."""

from helsefellesskap import jobs
from newsletters import actions

DAY = 24 * 60 * 60


@jobs.every(seconds=5)
def send_deliveries() -> None:
    actions.send_waiting_deliveries()


@jobs.every(seconds=15)
def publish_newsletters() -> None:
    actions.publish_due()


@jobs.every(seconds=60)
def check_links() -> None:
    actions.check_links()


@jobs.every(seconds=DAY)
def erase_unconfirmed() -> None:
    actions.erase_unconfirmed()
