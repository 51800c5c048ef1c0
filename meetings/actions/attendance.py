"""Calling a meeting, saying that one cannot come, calling a deputy, and recording who came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.actions.notices import make_notices, open_calls
from meetings.models import Attendance, Body, Deadline, Meeting, Minutes, Notice, Seat
from meetings.rules import NotAllowed, check_meeting_step
from meetings.rules.attendance import check_calling, check_deputy, check_hours
from meetings.rules.meetings import why_closed
from portfolio.actions.versions import save_version
from portfolio.rules import check_text


@transaction.atomic
def call_meeting(*, meeting: Meeting, text: str = "", by: User) -> list[Notice]:
    """Send the call to everybody who sits in the body on the day of the meeting.

    A second call goes only to those who have come to the body since.
    """
    locked = lock_meeting(meeting)
    check_text(text, field="text", limit=2000)
    check_calling(locked)
    is_first = locked.state == Meeting.State.PLANNED
    had = (
        set()
        if is_first
        else set(locked.notices.filter(kind=Notice.Kind.CALL).values_list("person", flat=True))
    )
    open_calls(locked)
    seats = locked.attendances.filter(called_at=None).select_related("seat__person")
    people = [row.seat.person for row in seats if row.seat.person_id not in had]
    if not people:
        raise NotAllowed(
            _("Alle som har plass i organet, er innkalt.")
            if not is_first
            else _("Ingen har plass i organet på møtedagen. Legg inn plassene først.")
        )
    if is_first:
        check_meeting_step(locked, Meeting.State.CALLED)
        locked.state = Meeting.State.CALLED
        save_version(locked, by)
        keep_deadline(meeting=locked, kind=Deadline.Kind.NOTICE, by=by)
    notices = make_notices(meeting=locked, kind=Notice.Kind.CALL, text=text, by=by, people=people)
    record(by=by, verb=gettext_noop("kalte inn"), target=locked, new={"innkalte": len(notices)})
    return notices


@transaction.atomic
def report_absence(*, meeting: Meeting, seat: Seat, by: User) -> Attendance | None:
    """Say that the holder of the seat cannot come; their own deputy, where there is exactly one, is called at once.

    Returns the deputy's row, or None when the secretariat must choose.
    """
    locked = lock_meeting(meeting)
    _check_open(locked)
    row, _created = Attendance.objects.get_or_create(meeting=locked, seat=seat)
    if row.state != Attendance.State.EXCUSED:
        row.state, row.excused_at, row.excused_by = Attendance.State.EXCUSED, timezone.now(), by
        row.save(update_fields=["state", "excused_at", "excused_by"])
        record(by=by, verb=gettext_noop("meldte forfall"), target=locked, new={"plass": seat})
    standing_in = (
        locked.attendances.filter(stands_in_for=seat).exclude(state=Attendance.State.EXCUSED).first()
    )
    if standing_in is not None:
        return standing_in
    own = [deputy for deputy in free_deputies(locked, seat) if deputy.deputy_for_id == seat.pk]
    if locked.state == Meeting.State.PLANNED or len(own) != 1:
        return None
    return call_deputy(meeting=locked, seat=own[0], stands_in_for=seat, by=by)


@transaction.atomic
def withdraw_absence(*, meeting: Meeting, seat: Seat, by: User) -> None:
    """Come after all, as long as no deputy was called instead."""
    locked = lock_meeting(meeting)
    _check_open(locked)
    row = locked.attendances.filter(seat=seat, state=Attendance.State.EXCUSED).first()
    if row is None:
        return
    absent = [absent for absent in (seat.pk, row.stands_in_for_id) if absent]
    if locked.attendances.filter(stands_in_for__in=absent).exclude(state=Attendance.State.EXCUSED).exists():
        raise NotAllowed(_("En vara er allerede kalt inn. Ta kontakt med sekretariatet."))
    locked.attendances.filter(pk=row.pk).update(
        state=Attendance.State.EXPECTED, excused_at=None, excused_by=None
    )
    record(by=by, verb=gettext_noop("trakk forfallet"), target=locked, new={"plass": seat})


def free_deputies(meeting: Meeting, seat: Seat) -> list[Seat]:
    """Who may stand in for the seat and is not called or excused already: own deputies first, then same side."""
    taken = meeting.attendances.filter(called_at__isnull=False).values("seat")
    deputies = Seat.objects.on(meeting.day or timezone.localdate()).filter(
        body=meeting.body, role=Seat.SeatRole.DEPUTY
    )
    found = (
        deputies.exclude(pk__in=taken).exclude(person=seat.person).select_related("person", "organisation")
    )
    return sorted(
        found, key=lambda deputy: (deputy.deputy_for_id != seat.pk, deputy.side != seat.side, deputy.pk)
    )


@transaction.atomic
def call_deputy(*, meeting: Meeting, seat: Seat, stands_in_for: Seat, by: User) -> Attendance:
    """Call a deputy to this meeting: from now until some days after it they read its papers, and no others."""
    locked = lock_meeting(meeting)
    check_deputy(locked, seat, stands_in_for)
    row, created = Attendance.objects.get_or_create(meeting=locked, seat=seat)
    if not created and row.called_at is not None and row.state != Attendance.State.EXCUSED:
        raise NotAllowed(_("%(name)s er allerede kalt inn.") % {"name": seat.person}, field="seat")
    if (
        locked.attendances.filter(stands_in_for=stands_in_for)
        .exclude(state=Attendance.State.EXCUSED)
        .exists()
    ):
        raise NotAllowed(_("En vara er allerede kalt inn for denne plassen."), field="seat")
    row.state, row.stands_in_for = Attendance.State.EXPECTED, stands_in_for
    row.called_at, row.called_by = timezone.now(), by
    row.excused_at = row.excused_by = None
    row.closes_on = closing_day(locked)
    row.save()
    make_notices(meeting=locked, kind=Notice.Kind.DEPUTY, by=by, people=[seat.person])
    record(
        by=by, verb=gettext_noop("kalte inn vara"), target=locked, new={"vara": seat, "for": stands_in_for}
    )
    return row


@transaction.atomic
def recall_deputy(*, meeting: Meeting, seat: Seat, by: User) -> None:
    """Take back the call of a deputy; the papers are closed to them at once."""
    locked = lock_meeting(meeting)
    _check_open(locked)
    locked.attendances.filter(seat=seat, called_at__isnull=False).delete()
    record(by=by, verb=gettext_noop("trakk innkallingen av vara"), target=locked, new={"vara": seat})


def closing_day(meeting: Meeting) -> date | None:
    """The last day a deputy called to the meeting reads its papers; none while the day is not known."""
    return meeting.day + timedelta(days=meeting.body.deputy_days) if meeting.day else None


@dataclass(frozen=True)
class Came:
    """Who came, as recorded at the meeting."""

    seat: Seat
    state: str
    arrived_at: time | None = None
    left_at: time | None = None


@transaction.atomic
def record_attendance(
    *, meeting: Meeting, rows: list[Came], also_present: str, by: User, also_seen: str | None = None
) -> None:
    """Write down who was there, who came late or left early, and who else was present.

    `rows` are those that were changed: the others stand as they are, whoever wrote them. `also_seen` is what
    `also_present` was when the page was opened: left alone, it stands; changed by both, it is refused.
    """
    locked = lock_meeting(meeting)
    check_text(also_present, field="also_present", limit=2000)
    if not locked.takes_cases:
        raise NotAllowed(f"{why_closed(locked)} {_('Oppmøtet kan ikke endres.')}")
    if also_seen is not None and also_present != also_seen != locked.also_present != also_present:
        raise NotAllowed(
            _("Noen andre har skrevet dette siden du åpnet siden: «%(text)s». Ta det med, og lagre igjen.")
            % {"text": locked.also_present},
            field="also_present",
        )
    _check_one_stands_in(locked, rows)
    for came in rows:
        check_hours(came.arrived_at, came.left_at, name=str(came.seat.person))
        row, _created = Attendance.objects.get_or_create(meeting=locked, seat=came.seat)
        row.state, row.arrived_at, row.left_at = came.state, came.arrived_at, came.left_at
        if came.state == Attendance.State.EXCUSED and row.excused_at is None:
            row.excused_at, row.excused_by = timezone.now(), by
        elif came.state != Attendance.State.EXCUSED:
            row.excused_at = row.excused_by = None
        row.save()
    if also_present not in {also_seen, locked.also_present}:
        locked.also_present = also_present
        save_version(locked, by)
    add_writer(locked, by)
    record(
        by=by,
        verb=gettext_noop("førte oppmøte"),
        target=locked,
        new={"til stede": sum(came.state == Attendance.State.PRESENT for came in rows)},
    )


def _check_one_stands_in(meeting: Meeting, rows: list[Came]) -> None:
    """One deputy for a seat: the database keeps it too."""
    states = {came.seat.pk: came.state for came in rows}
    standing_in: dict[int, str] = {}
    for row in meeting.attendances.exclude(stands_in_for=None).select_related("seat__person"):
        if states.get(row.seat_id, row.state) == Attendance.State.EXCUSED or not row.stands_in_for_id:
            continue
        if other := standing_in.get(row.stands_in_for_id):
            raise NotAllowed(
                _("%(one)s og %(other)s kan ikke begge møte for den samme. Før forfall for en av dem.")
                % {"one": other, "other": row.seat.person}
            )
        standing_in[row.stands_in_for_id] = str(row.seat.person)


def lock_meeting(meeting: Meeting) -> Meeting:
    """The meeting as it is now, locked after its body, until the transaction ends."""
    Body.objects.select_for_update(no_key=True).get(pk=meeting.body_id)
    locked = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("body")
    return locked.get(pk=meeting.pk)


def add_writer(meeting: Meeting, by: User) -> None:
    """Whoever writes what the minutes in work are made from has written them, and cannot approve them."""
    for minutes in meeting.minutes.exclude(state=Minutes.State.APPROVED):
        minutes.writers.add(by)


def keep_deadline(*, meeting: Meeting, kind: str, by: User) -> None:
    """Mark a deadline as kept, once."""
    meeting.deadlines.filter(kind=kind, kept_at=None).update(kept_at=timezone.now(), kept_by=by)


def _check_open(meeting: Meeting) -> None:
    if meeting.is_over or meeting.state == Meeting.State.CANCELLED:
        raise NotAllowed(_("Møtet er holdt eller avlyst."))
