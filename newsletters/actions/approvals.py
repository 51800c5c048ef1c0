"""Sending a newsletter to approval, approving it for one's side, and taking it back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from newsletters import permissions, rules
from newsletters.actions.deliveries import tell
from newsletters.actions.newsletters import lock_newsletter
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import Approval, Delivery, Newsletter
from newsletters.rules import NotAllowed
from portfolio.rules import check_text

State = Newsletter.State
WITHDREW = gettext_noop("trakk nyhetsbrevet tilbake til utkast")


@transaction.atomic
def send_newsletter(*, newsletter: Newsletter, by: User) -> None:
    """Send a draft to the leader and the deputy leader; it stands still from then on."""
    locked = lock_newsletter(newsletter)
    rules.check_to_send(locked, list(locked.blocks.all()))
    locked.state = State.REVIEW
    locked.save(update_fields=["state"])
    tell(newsletter=locked, kind=Delivery.Kind.APPROVE, people=permissions.approvers(locked))
    record(by=by, verb=gettext_noop("sendte nyhetsbrevet til godkjenning"), target=locked)


@transaction.atomic
def withdraw_newsletter(*, newsletter: Newsletter, note: str = "", by: User) -> None:
    """Take it back to be changed; by a leader with what should be changed. Approvals are given anew, changed or not."""
    locked = lock_newsletter(newsletter)
    rules.check_step(locked, State.DRAFT)
    check_text(note, field="note", limit=1000)
    locked.approvals.all().delete()
    locked.state, locked.publish_at, locked.publish_by, locked.publish_error = State.DRAFT, None, None, ""
    locked.save(update_fields=["state", "publish_at", "publish_by", "publish_error"])
    if by.pk != locked.written_by_id:
        tell(newsletter=locked, kind=Delivery.Kind.RETURNED, people=[locked.written_by])
    record(
        by=by,
        verb=WITHDREW,
        target=locked,
        new={"merknad": note.strip()} if note.strip() else {},
    )


@transaction.atomic
def approve_newsletter(*, newsletter: Newsletter, content: str, by: User) -> Newsletter:
    """Approve for one's own side what the newsletter says; with the other side's approval it can be published.

    `content` is the fingerprint of what the person read.
    """
    locked = lock_newsletter(newsletter)
    if locked.state == State.REVIEW and fingerprint(locked) != content:
        raise NotAllowed(_("Nyhetsbrevet er endret siden du åpnet det. Les det på nytt."))
    given = list(locked.approvals.filter(content=content))
    seat = permissions.approving_seat(by)
    rules.check_approval(locked, seat, given, by_writer=permissions.has_written(by, locked))
    assert seat is not None  # noqa: S101 -- said by check_approval
    given.append(Approval.objects.create(newsletter=locked, side=seat.side, content=content, approved_by=by))
    record(
        by=by,
        verb=gettext_noop("godkjente nyhetsbrevet"),
        target=locked,
        new={"side": seat.get_side_display()},
    )
    if not rules.missing_sides(given):
        locked.state = State.APPROVED
        locked.save(update_fields=["state"])
        tell(newsletter=locked, kind=Delivery.Kind.READY, people=[locked.written_by])
    return locked
