"""Mails: made with the change they tell of, sent afterwards by the worker, each at most once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import mail
from meetings.models import Attendance, Meeting, Notice, Seat
from meetings.rules import NotAllowed

UNCERTAIN_AFTER = timedelta(minutes=15)
"""A mail that has been on its way for so long was cut off: nobody knows whether it left."""

TEMPLATES = {
    Notice.Kind.PROPOSAL: "meetings/mail/proposal.txt",
    Notice.Kind.ACCESS: "meetings/mail/access.txt",
}
MEETING_TEMPLATE = "meetings/mail/notice.txt"


def make_notices(
    *, meeting: Meeting, kind: str, text: str = "", by: User, people: Iterable[User] | None = None
) -> list[Notice]:
    """Write a mail to everybody who is to come, or to those given; inside the transaction of what it tells of.

    Whoever cannot sign in any more gets none.
    """
    last = meeting.notices.filter(kind=kind).aggregate(last=Max("round"))["last"]
    recipients = mailed(invited(meeting) if people is None else people)
    return Notice.objects.bulk_create(
        Notice(
            meeting=meeting,
            person=person,
            kind=kind,
            round=(last or 0) + 1,
            text=text,
            email=person.email,
            created_by=by,
        )
        for person in recipients
    )


def mailed(people: Iterable[User]) -> list[User]:
    """Each of them once, without those who cannot sign in any more."""
    return list({person.pk: person for person in people if person.is_active}.values())


def invited(meeting: Meeting) -> list[User]:
    """Who sits in the body on the day of the meeting, and the deputies called to it."""
    seats = Seat.objects.on(meeting.day or timezone.localdate()).filter(body=meeting.body)
    called = meeting.attendances.filter(called_at__isnull=False).values("seat")
    wanted = seats.filter(~Q(role=Seat.SeatRole.DEPUTY) | Q(pk__in=called))
    return list(User.objects.filter(seats__in=wanted).distinct().order_by("pk"))


def send_waiting_notices(*, now: datetime | None = None) -> int:
    """Send what waits, one mail at a time; how many were sent.

    A mail is claimed before it is sent, so that two workers do not send the same one; what was claimed and never
    finished is marked as uncertain for the secretariat to decide.
    """
    now = now or timezone.now()
    sent = 0
    for key in Notice.objects.filter(state=Notice.State.WAITING).order_by("pk").values_list("pk", flat=True):
        waiting = Notice.objects.filter(pk=key, state=Notice.State.WAITING)
        if waiting.update(state=Notice.State.SENDING, claimed_at=timezone.now()):
            sent += _send(Notice.objects.select_related("meeting__body", "case__body").get(pk=key))
    Notice.objects.filter(state=Notice.State.SENDING, claimed_at__lt=now - UNCERTAIN_AFTER).update(
        state=Notice.State.FAILED, error=_("Sendingen ble avbrutt. Det er usikkert om e-posten kom fram.")
    )
    return sent


def _send(notice: Notice) -> bool:
    try:
        mail.send(
            notice.email,
            subject(notice),
            TEMPLATES.get(Notice.Kind(notice.kind), MEETING_TEMPLATE),
            {"notice": notice, "meeting": notice.meeting, "url": mail.absolute(address(notice))},
            message_id=f"notice-{notice.public_id}",
        )
    except mail.MailError as error:
        Notice.objects.filter(pk=notice.pk).update(state=Notice.State.FAILED, error=str(error)[:300])
        return False
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.SENT, sent_at=timezone.now())
    return True


def subject(notice: Notice) -> str:
    """What it is about, without a title that could be exempt."""
    return f"{notice.get_kind_display()}: {notice.thing}"


def address(notice: Notice) -> str:
    """The page it leads to: the meeting, its minutes, the proposed case or the answer."""
    if notice.access_request is not None:
        return reverse("meetings:access-request-receipt", args=[notice.access_request.public_id])
    if notice.case is not None:
        return notice.case.get_absolute_url()
    assert notice.meeting is not None  # noqa: S101 -- by the constraint of one thing
    if notice.kind == Notice.Kind.MINUTES:
        return reverse("meetings:minutes-by-id", args=[notice.meeting.public_id])
    return notice.meeting.get_absolute_url()


@transaction.atomic
def resend_notice(*, notice: Notice, by: User) -> None:
    """Try again with a mail that did not arrive, to the address the person has now."""
    locked = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if locked.state != Notice.State.FAILED:
        raise NotAllowed(_("E-posten er allerede sendt, eller den er på vei."))
    locked.state, locked.error, locked.claimed_at = Notice.State.WAITING, "", None
    locked.email = locked.person.email if locked.person else locked.email
    locked.save(update_fields=["state", "error", "email", "claimed_at"])
    record(
        by=by,
        verb=gettext_noop("sendte varsel på nytt"),
        target=locked.meeting or locked.case or locked,
        new={"email": locked.email},
    )


def open_calls(meeting: Meeting) -> None:
    """Make a row of attendance for everybody who sits in the body that day and has none yet."""
    seats = Seat.objects.on(meeting.day or timezone.localdate()).filter(body=meeting.body)
    seats = seats.exclude(role=Seat.SeatRole.DEPUTY).exclude(attendances__meeting=meeting)
    Attendance.objects.bulk_create(Attendance(meeting=meeting, seat=seat) for seat in seats)
