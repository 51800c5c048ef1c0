"""Planning a meeting, and what happens to it: changed, moved, cancelled, held, archived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap.templatetags.norsk import dato
from meetings.actions.attendance import closing_day, keep_deadline, lock_meeting
from meetings.actions.notices import make_notices
from meetings.documents.archive import archive_package, write_archive
from meetings.models import AgendaItem, Body, Case, Deadline, Meeting, MeetingMove, Notice
from meetings.models.meetings import day_in_words
from meetings.rules import NotAllowed, check_case_step, check_meeting_step
from meetings.rules.meetings import (
    check_archiving,
    check_body,
    check_changing,
    check_day,
    check_exporting,
    check_free,
    check_holding,
    check_hours,
    check_moving,
    deadlines_of,
)
from portfolio.actions.versions import check_version, save_changes, save_version
from portfolio.rules import check_text

FACTS = ("place", "digital_url", "note", "archive_ref", "starts_at", "ends_at")
"""What can be changed without moving the meeting."""

WHERE_AND_WHEN = ("place", "digital_url", "starts_at", "ends_at")
CALLED = (Meeting.State.CALLED, Meeting.State.PUBLISHED)
"""When those who are to come are told of a change."""

DAY = ("day", "precision", "unknown_reason", "starts_at", "ends_at")


@dataclass(frozen=True)
class MovedDeadline:
    """A deadline that followed the meeting: the day it had, and the one it has now, if any."""

    kind: str
    old: date | None
    new: date | None

    def __str__(self) -> str:
        return f"{Deadline.Kind(self.kind).label.lower()} {dato(self.old) or '–'} → {dato(self.new) or '–'}"


@transaction.atomic
def plan_meeting(*, body: Body, values: dict[str, Any], by: User) -> Meeting:
    """Plan a meeting of the body; `values` is by field name, see FACTS and DAY. Its deadlines are filled in."""
    Body.objects.select_for_update(no_key=True).get(pk=body.pk)
    _check(None, body, values)
    meeting = Meeting(body=body, **{name: values[name] for name in (*FACTS, *DAY) if name in values})
    save_version(meeting, by)
    _set_deadlines(meeting)
    record(by=by, verb=gettext_noop("planla"), target=meeting, new=_tracked(meeting))
    return meeting


def _check(meeting: Meeting | None, body: Body, values: dict[str, Any]) -> None:
    day, precision = values.get("day"), values["precision"]
    check_day(day, precision, reason=values.get("unknown_reason", ""))
    check_hours(values.get("starts_at"), values.get("ends_at"), precision)
    check_body(body, day)
    check_free(meeting, body, day, precision)
    for field in ("place", "note", "unknown_reason"):
        check_text(values.get(field) or "", field=field)


def _set_deadlines(meeting: Meeting) -> list[MovedDeadline]:
    """Fill in the deadlines not yet kept by the body's rules; those that got another day, or none."""
    due = deadlines_of(meeting.body, meeting.day, meeting.precision)
    there = {deadline.kind: deadline for deadline in meeting.deadlines.all()}
    moved = []
    for kind in Deadline.Kind.values:
        deadline, day = there.get(kind), due.get(kind)
        old = deadline.due_on if deadline else None
        if old == day or (deadline and deadline.kept_at):
            continue
        if day:
            meeting.deadlines.update_or_create(kind=kind, defaults={"due_on": day})
        elif deadline:
            deadline.delete()
        moved.append(MovedDeadline(kind, old, day))
    return moved


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, values: dict[str, Any], due: dict[str, date], version: int | None, by: User
) -> Meeting:
    """Change time of day, place, link, note and single deadlines (`due`, those that were changed, by kind).

    Calendars are told, and those called get a mail about a new hour, place or link. `version` is the newest history
    row the person saw. Raises FactsChanged when there is a newer one, unless what is there is what is asked for: a
    form sent twice.
    """
    locked = lock_meeting(meeting)
    check_changing(locked)
    old = _tracked(locked)
    _change_deadlines(locked, due, by)
    if all(old[name] == values[name] for name in FACTS if name in values):
        return locked
    check_version(locked, version)
    check_hours(values.get("starts_at"), values.get("ends_at"), locked.precision)
    for name in FACTS:
        if name in values:
            setattr(locked, name, values[name])
    check_text(locked.place, field="place")
    check_text(locked.note, field="note")
    _tell_calendars(locked)
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    if locked.state in CALLED and any(getattr(locked, name) != old[name] for name in WHERE_AND_WHEN):
        make_notices(meeting=locked, kind=Notice.Kind.CHANGED, by=by)
    return locked


def _change_deadlines(meeting: Meeting, due: dict[str, date], by: User) -> None:
    for deadline in meeting.deadlines.all():
        day = due.get(deadline.kind)
        if day and day != deadline.due_on:
            record(
                by=by,
                verb=gettext_noop("endret frist"),
                target=meeting,
                old={deadline.get_kind_display(): dato(deadline.due_on)},
                new={deadline.get_kind_display(): dato(day)},
            )
            deadline.due_on = day
            deadline.save(update_fields=["due_on"])


@transaction.atomic
def move_meeting(
    *, meeting: Meeting, values: dict[str, Any], reason: str, version: int | None, by: User
) -> tuple[Meeting, list[MovedDeadline]]:
    """Give the meeting another day; deadlines not yet kept follow, and those called are told by mail.

    `values` is by field name, see DAY. The old address leads on to the new one. Raises FactsChanged when the meeting
    was changed since `version`.
    """
    locked = lock_meeting(meeting)
    check_moving(locked)
    check_text(reason, field="reason", limit=500)
    if all(getattr(locked, name) == values.get(name, getattr(locked, name)) for name in DAY):
        raise NotAllowed(_("Møtet står allerede der."), field="day")
    check_version(locked, version)
    _check(locked, locked.body, values)
    old = _tracked(locked)
    move = MeetingMove(
        meeting=locked,
        old_day=locked.day,
        old_precision=locked.precision,
        old_starts_at=locked.starts_at,
        reason=reason,
        moved_by=by,
    )
    for name in DAY:
        if name in values:
            setattr(locked, name, values[name])
    _tell_calendars(locked)
    save_changes(locked, old=old, new=_tracked(locked), by=by)
    move.save()
    locked.attendances.filter(called_at__isnull=False).update(closes_on=closing_day(locked))
    if locked.state != Meeting.State.PLANNED:
        before = _("Møtet var satt opp til %(day)s.") % {
            "day": day_in_words(move.old_day, move.old_precision)
        }
        text = "\n\n".join(part for part in (before, reason) if part)
        make_notices(meeting=locked, kind=Notice.Kind.MOVED, text=text, by=by)
    deadlines = _set_deadlines(locked)
    if deadlines:
        record(
            by=by,
            verb=gettext_noop("flyttet frister"),
            target=locked,
            new={"frister": "; ".join(map(str, deadlines))},
        )
    return locked, deadlines


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by: User) -> None:
    """Cancel the meeting; those called are told by mail, and its cases are postponed, to be put on another agenda."""
    locked = lock_meeting(meeting)
    check_meeting_step(locked, Meeting.State.CANCELLED)
    if not reason.strip():
        raise NotAllowed(_("Skriv hvorfor møtet avlyses."), field="reason")
    check_text(reason, field="reason", limit=500)
    was_called = locked.state != Meeting.State.PLANNED
    locked.state, locked.cancel_reason = Meeting.State.CANCELLED, reason
    _tell_calendars(locked)
    save_version(locked, by)
    _postpone_cases(locked, by)
    if was_called:
        make_notices(meeting=locked, kind=Notice.Kind.CANCELLED, text=reason, by=by)
    record(by=by, verb=gettext_noop("avlyste"), target=locked, new={"cancel_reason": reason})


def _postpone_cases(meeting: Meeting, by: User) -> None:
    waiting = meeting.items.filter(outcome=AgendaItem.Outcome.NOT_RECORDED, released_at__isnull=False)
    listed = Case.objects.select_for_update(no_key=True).filter(
        pk__in=waiting.values("case"), state=Case.State.LISTED
    )
    for case in listed.order_by("pk"):
        check_case_step(case, Case.State.POSTPONED)
        case.state = Case.State.POSTPONED
        save_version(case, by)
        record(by=by, verb=gettext_noop("utsatte"), target=case, new={"møte": meeting})
    waiting.update(outcome=AgendaItem.Outcome.POSTPONED, outcome_note=_("Møtet ble avlyst."))


@transaction.atomic
def hold_meeting(*, meeting: Meeting, by: User) -> None:
    """Say that the meeting was held."""
    locked = lock_meeting(meeting)
    check_meeting_step(locked, Meeting.State.HELD)
    check_holding(locked, timezone.localdate())
    _set_state(locked, Meeting.State.HELD, by)


@transaction.atomic
def take_back_holding(*, meeting: Meeting, by: User) -> None:
    """Say that the meeting was not held after all, while nothing is written down of it."""
    locked = lock_meeting(meeting)
    if locked.state != Meeting.State.HELD:
        raise NotAllowed(_("Møtet står ikke som holdt, eller protokollen er begynt."))
    if locked.items.exclude(outcome=AgendaItem.Outcome.NOT_RECORDED).exists():
        raise NotAllowed(_("Det er ført utfall for en sak, så møtet er holdt."))
    has_agenda = locked.agendas.exists()
    _set_state(locked, Meeting.State.PUBLISHED if has_agenda else Meeting.State.CALLED, by)


@transaction.atomic
def archive_meeting(*, meeting: Meeting, archive_ref: str, by: User) -> None:
    """Say that the meeting was handed over to the archive, under that archive case."""
    locked = lock_meeting(meeting)
    check_text(archive_ref, field="archive_ref", limit=60)
    locked.archive_ref = archive_ref.strip()
    check_archiving(locked)
    check_meeting_step(locked, Meeting.State.ARCHIVED)
    locked.archived_at, locked.archived_by = timezone.now(), by
    _set_state(locked, Meeting.State.ARCHIVED, by)


def export_meeting(*, meeting: Meeting, by: User) -> IO[bytes]:
    """The archive package of the meeting as an open file on the disk; that it was taken out is recorded.

    It may take a while, so nothing is locked meanwhile: all that goes into it is frozen.
    """
    check_exporting(meeting)
    package = archive_package(meeting, by=by, now=timezone.now())
    file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- the answer closes it
    try:
        write_archive(package, file)
        record(
            by=by,
            verb=gettext_noop("tok ut arkivpakke"),
            target=meeting,
            new={"filer": len(package.sources), "arkivsak": meeting.archive_ref},
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


@transaction.atomic
def mark_deadline(*, meeting: Meeting, kind: str, by: User) -> None:
    """Say by hand that a deadline was kept."""
    locked = lock_meeting(meeting)
    keep_deadline(meeting=locked, kind=kind, by=by)
    record(by=by, verb=gettext_noop("holdt frist"), target=locked, new={"frist": Deadline.Kind(kind).label})


def _set_state(meeting: Meeting, state: str, by: User) -> None:
    old = meeting.get_state_display()
    meeting.state = state
    save_version(meeting, by)
    record(
        by=by,
        verb=gettext_noop("endret tilstand"),
        target=meeting,
        old={"state": old},
        new={"state": meeting.get_state_display()},
    )


def _tell_calendars(meeting: Meeting) -> None:
    meeting.sequence += 1
    meeting.changed_at = timezone.now()


def _tracked(meeting: Meeting) -> dict[str, Any]:
    return {name: getattr(meeting, name) for name in dict.fromkeys((*DAY, *FACTS))}


def combine(day: date | None, clock: Any) -> datetime | None:
    """The instant of a time of day in Norway."""
    return timezone.make_aware(datetime.combine(day, clock)) if day and clock else None
