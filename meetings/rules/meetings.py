"""Is a meeting's plan in order?"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helsefellesskap.refusals import NotAllowed
from helsefellesskap.templatetags.norsk import dato
from helsefellesskap.workdays import add_working_days, is_working_day
from meetings.models import Body, Deadline, Meeting, Precision


def deadlines_of(body: Body, day: date | None, precision: str) -> dict[str, date]:
    """The deadlines of a meeting on that day, by kind, counted in working days by the body's rules.

    None of them is known while the day is not.
    """
    if day is None or precision != Precision.DAY:
        return {}
    before = {
        Deadline.Kind.ITEMS: body.items_days,
        Deadline.Kind.PAPERS: body.papers_days,
        Deadline.Kind.NOTICE: body.notice_days,
    }
    due: dict[str, date] = {kind: add_working_days(day, -number) for kind, number in before.items()}
    due[Deadline.Kind.MINUTES] = add_working_days(day, body.minutes_days)
    return due


def check_day(day: date | None, precision: str, *, reason: str) -> None:
    """A day within reach, or the reason why there is none."""
    if precision == Precision.UNKNOWN:
        if day is not None:
            raise NotAllowed(_("Ta bort datoen, eller velg hvor nøyaktig den er kjent."), field="day")
        if not reason.strip():
            raise NotAllowed(_("Skriv hvorfor datoen ikke er kjent."), field="unknown_reason")
        return
    if day is None:
        raise NotAllowed(_("Skriv datoen, eller velg at den ikke er kjent."), field="day")
    if not 2000 <= day.year <= 2100:
        raise NotAllowed(_("Året %(year)s kan ikke stemme.") % {"year": day.year}, field="day")


def why_closed(meeting: Meeting) -> str:
    """Why nothing more is written of a meeting that is off or settled."""
    return str(
        _("Møtet er avlyst.") if meeting.state == Meeting.State.CANCELLED else _("Protokollen er godkjent.")
    )


def day_warnings(meeting: Meeting, today: date) -> list[str]:
    """What is odd about the day of a meeting but allowed: no working day, or deadlines that have passed."""
    if meeting.day is None or meeting.precision != Precision.DAY:
        return []
    warnings = []
    if not is_working_day(meeting.day):
        warnings.append(_("%(day)s er ingen virkedag.") % {"day": dato(meeting.day)})
    due = deadlines_of(meeting.body, meeting.day, meeting.precision)
    passed = sum(day < today for day in due.values())
    if passed and meeting.day >= today:
        warnings.append(
            ngettext("%(n)s frist er allerede passert.", "%(n)s frister er allerede passert.", passed)
            % {"n": passed}
        )
    return warnings


def check_hours(starts_at: datetime | None, ends_at: datetime | None, precision: str) -> None:
    if starts_at and precision != Precision.DAY:
        raise NotAllowed(_("Et klokkeslett må ha en dato."), field="starts")
    if ends_at and not starts_at:
        raise NotAllowed(_("Skriv når møtet begynner."), field="starts")
    if starts_at and ends_at and starts_at >= ends_at:
        raise NotAllowed(_("Møtet må slutte etter at det begynner."), field="ends")


def check_body(body: Body, day: date | None) -> None:
    """A body meets only while it exists."""
    if day is None:
        return
    if (body.valid_from and day < body.valid_from) or (body.valid_to and day > body.valid_to):
        raise NotAllowed(_("%(body)s er ikke i virksomhet den dagen.") % {"body": body}, field="body")


def check_free(meeting: Meeting | None, body: Body, day: date | None, precision: str) -> None:
    """A body has one meeting on a day (or in a month, while that is all that is known)."""
    if day is None:
        return
    others = Meeting.objects.filter(body=body, day=day, precision=precision).exclude(
        state=Meeting.State.CANCELLED
    )
    if meeting is not None:
        others = others.exclude(pk=meeting.pk)
    if others.exists():
        raise NotAllowed(_("%(body)s har allerede et møte da.") % {"body": body}, field="day")


def check_changing(meeting: Meeting) -> None:
    """What the approved minutes say of a meeting stands."""
    if meeting.state in {Meeting.State.APPROVED, Meeting.State.ARCHIVED}:
        raise NotAllowed(_("Protokollen er godkjent, og møtet kan ikke endres."))
    if meeting.state == Meeting.State.CANCELLED:
        raise NotAllowed(_("Møtet er avlyst og kan ikke endres."))


def check_moving(meeting: Meeting) -> None:
    if meeting.is_over or meeting.state == Meeting.State.CANCELLED:
        raise NotAllowed(_("Møtet er holdt eller avlyst og kan ikke flyttes."))


def check_holding(meeting: Meeting, today: date) -> None:
    """A meeting is held when its day has come."""
    if meeting.day is None:
        raise NotAllowed(_("Møtet har ingen dato. Sett datoen først."))
    if meeting.day > today:
        raise NotAllowed(_("Møtet er ikke holdt før dagen er kommet."))


def check_exporting(meeting: Meeting) -> None:
    if not meeting.is_over:
        raise NotAllowed(_("Møtet er ikke holdt, så det er ingenting å arkivere ennå."))


def check_archiving(meeting: Meeting) -> None:
    if not meeting.archive_ref.strip():
        raise NotAllowed(_("Skriv arkivsaken først, for eksempel 2025/1234."), field="archive_ref")
