"""Is it in order? The life of a newsletter on one screen; refusals are sentences for the person who tried.

It is written, sent to approval, approved by the leader and the deputy leader of SSU – one from each side and neither of
them who wrote it – and published, now or at a set time. What is published never changes: a correction is a new version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed
from meetings.models import Seat
from meetings.rules.decisions import BOTH_SIDES
from newsletters.models import Approval, Block, Delivery, Newsletter, Subscription

__all__ = [
    "MOST_BLOCKS",
    "NEVER_ACCEPTED",
    "NEXT_DELIVERY_STATES",
    "NEXT_STATES",
    "NotAllowed",
    "check_approval",
    "check_approved",
    "check_confirmable",
    "check_delivery_step",
    "check_in_draft",
    "check_mailable",
    "check_publish_at",
    "check_step",
    "missing_sides",
]

State = Newsletter.State

NEXT_STATES: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.REVIEW}),
    State.REVIEW: frozenset({State.DRAFT, State.APPROVED}),
    State.APPROVED: frozenset({State.DRAFT, State.PUBLISHED}),
    State.PUBLISHED: frozenset(),
}

NEVER_ACCEPTED = frozenset(
    {
        "national_id",
        "newsletter_attachment_serious",
        "newsletter_national_id",
        "newsletter_picture_without_text",
    }
)
"""Checks whose findings are mended and never explained away: the law leaves no choice."""

MOST_BLOCKS = 60
"""More than this is no letter, and no page that anybody reads."""
EARLIEST = 2000
"""The year before which nothing is shown."""


def check_step(newsletter: Newsletter, to: str) -> None:
    if newsletter.state == to:
        raise NotAllowed(
            _("Nyhetsbrevet er allerede «%(now)s».") % {"now": newsletter.get_state_display().lower()}
        )
    if to not in NEXT_STATES[newsletter.state]:
        raise NotAllowed(
            _("Et nyhetsbrev som er «%(now)s», kan ikke bli «%(to)s».")
            % {"now": newsletter.get_state_display().lower(), "to": State(to).label.lower()}
        )


def check_in_draft(newsletter: Newsletter) -> None:
    """Only a draft is changed: what is being approved stands still."""
    if newsletter.state == State.PUBLISHED:
        raise NotAllowed(_("Nyhetsbrevet er publisert og endres ikke. Lag en rettelse."))
    if newsletter.state != State.DRAFT:
        raise NotAllowed(
            _("Nyhetsbrevet er «%(now)s». Trekk det tilbake til utkast for å endre det.")
            % {"now": newsletter.get_state_display().lower()}
        )


def check_to_send(newsletter: Newsletter, blocks: Collection[Block]) -> None:
    """There is something to approve."""
    check_step(newsletter, State.REVIEW)
    if not blocks:
        raise NotAllowed(_("Nyhetsbrevet er tomt. Legg til minst én blokk."))


def check_approval(
    newsletter: Newsletter, seat: Seat | None, approvals: Iterable[Approval], *, by_writer: bool
) -> None:
    """Approved by a leader and a deputy leader, one from each side, and not by who wrote it.

    `approvals` are those of what the newsletter says now.
    """
    if newsletter.state != State.REVIEW:
        raise NotAllowed(
            _("Nyhetsbrevet må sendes til godkjenning først.")
            if newsletter.state == State.DRAFT
            else _("Nyhetsbrevet er allerede godkjent.")
        )
    if by_writer:
        raise NotAllowed(_("Den som har skrevet nyhetsbrevet, kan ikke godkjenne det."))
    if seat is None or seat.side not in BOTH_SIDES:
        raise NotAllowed(_("Nyhetsbrevet godkjennes av leder og nestleder, én fra hver side."))
    for approval in approvals:
        if approval.approved_by_id == seat.person_id:
            raise NotAllowed(_("Du har allerede godkjent nyhetsbrevet."))
        if approval.side == seat.side:
            raise NotAllowed(
                _("Nyhetsbrevet er allerede godkjent fra %(side)s.")
                % {"side": seat.get_side_display().lower()}
            )


def missing_sides(approvals: Iterable[Approval]) -> set[str]:
    """The sides that have not approved yet."""
    return {str(side) for side in BOTH_SIDES} - {approval.side for approval in approvals}


def check_approved(newsletter: Newsletter, approvals: Iterable[Approval]) -> None:
    """Nothing is published or sent without the approval of both sides for what it says now."""
    check_step(newsletter, State.PUBLISHED)
    if missing_sides(approvals):
        raise NotAllowed(
            _("Nyhetsbrevet er endret siden det ble godkjent. Send det til godkjenning på nytt.")
        )


def check_as_of(day: date | None, *, today: date, field: str = "as_of") -> None:
    """The tables show a day that has been, and not so long ago that nothing is known of it."""
    if day is not None and day > today:
        raise NotAllowed(_("Datoen kan ikke være fram i tid."), field=field)
    if day is not None and day.year < EARLIEST:
        raise NotAllowed(_("Datoen er for langt tilbake i tid."), field=field)


def check_acceptance(code: str, reason: str) -> None:
    """A reason says something, and there are findings that no reason is good enough for."""
    if code in NEVER_ACCEPTED:
        raise NotAllowed(_("Dette må rettes. Det kan ikke publiseres med en begrunnelse."))
    if len(reason.strip()) < 10:
        raise NotAllowed(_("Skriv hvorfor brevet kan publiseres likevel."), field="reason")


def check_publish_at(at: datetime, *, now: datetime) -> None:
    if at <= now:
        raise NotAllowed(_("Tidspunktet må være fram i tid."), field="publish_at")
    if (at - now).days > 365:
        raise NotAllowed(_("Tidspunktet er mer enn et år fram i tid."), field="publish_at")


# Mails and subscriptions

Mail = Delivery.State

NEXT_DELIVERY_STATES: dict[str, frozenset[str]] = {
    Mail.WAITING: frozenset({Mail.SENDING, Mail.STOPPED, Mail.LEFT}),
    Mail.SENDING: frozenset({Mail.SENT, Mail.WAITING, Mail.REFUSED, Mail.UNCERTAIN, Mail.STOPPED, Mail.LEFT}),
    Mail.UNCERTAIN: frozenset({Mail.SENT, Mail.WAITING, Mail.REFUSED, Mail.LEFT}),
    Mail.REFUSED: frozenset({Mail.WAITING, Mail.LEFT}),
    Mail.STOPPED: frozenset({Mail.WAITING, Mail.LEFT}),
    Mail.SENT: frozenset(),
    Mail.LEFT: frozenset(),
}
"""A mail that was called uncertain may still turn out to be sent: the worker was only slow."""


def check_delivery_step(delivery: Delivery, to: str) -> None:
    if to not in NEXT_DELIVERY_STATES[delivery.state]:
        raise NotAllowed(
            _("E-posten er «%(now)s». Se siden på nytt før du gjør noe med den.")
            % {"now": delivery.get_state_display().lower()}
        )


def check_mailable(newsletter: Newsletter) -> None:
    """No subscriber gets a draft."""
    if not newsletter.is_published:
        raise NotAllowed(_("Nyhetsbrevet er ikke publisert, så det sendes ikke til abonnentene."))


def check_confirmable(subscription: Subscription) -> None:
    """It was asked for, and not ended since: a link that was used once does not undo an unsubscription."""
    ended = subscription.ended_at
    if subscription.state == Subscription.State.ENDED and ended and subscription.asked_at <= ended:
        raise NotAllowed(_("Du er meldt av. Meld deg på igjen hvis du vil ha nyhetsbrevet."))
