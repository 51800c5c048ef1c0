"""Minutes: what they say, live while they are in work and frozen when approved, and how they are printed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, Viewer
from helsefellesskap.files import Printout
from helsefellesskap.templatetags.norsk import klokke, presis
from meetings import permissions
from meetings.documents.frozen import cases_stand
from meetings.models import (
    AgendaItem,
    Attendance,
    DecisionPoint,
    Meeting,
    Minutes,
    Recusal,
    Seat,
)

DECIDED = (DecisionPoint.Outcome.ADOPTED, DecisionPoint.Outcome.CHANGED, DecisionPoint.Outcome.NOTED)
"""What stands under the heading of decisions; the rest are proposals that came to nothing, or not yet."""


def minutes_data(meeting: Meeting, minutes: Minutes, *, approvals: list[dict[str, str]]) -> dict[str, Any]:
    """All that the minutes say, as plain values, for both audiences: what is frozen when they are approved."""
    items = list(
        meeting.items.in_order()
        .filter(released_at__isnull=False)
        .select_related("case__body", "case__exemption")
        .prefetch_related(
            "points__follow_ups",
            "points__corrects__follow_ups",
            "recusals__seat__person",
            "recusals__substitute__person",
            Prefetch("case__items", AgendaItem.objects.select_related("meeting__body").order_by("pk")),
        )
    )
    attendances = list(
        meeting.attendances.select_related("seat__person", "seat__organisation", "stands_in_for__person")
    )
    order = list(Seat.SeatRole)
    attendances.sort(key=lambda row: (order.index(Seat.SeatRole(row.seat.role)), row.seat.side, row.pk))
    return {
        "meeting": str(meeting),
        "body": meeting.body.name,
        "when": _when(meeting),
        "place": meeting.place,
        "number": minutes.number,
        "correction_note": minutes.correction_note,
        "opening": minutes.opening,
        "closing": minutes.closing,
        "present": [_attendee(row) for row in attendances if row.state == Attendance.State.PRESENT],
        "excused": [_attendee(row) for row in attendances if row.state == Attendance.State.EXCUSED],
        "absent": [_attendee(row) for row in attendances if row.state == Attendance.State.ABSENT],
        "also_present": meeting.also_present,
        "cases": [_case(item) for item in items],
        "approvals": approvals,
    }


def fingerprint(data: Mapping[str, Any]) -> str:
    """What minutes say, approvals aside, as a short text that differs when they do."""
    said = {name: value for name, value in data.items() if name != "approvals"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def content_of(minutes: Minutes) -> str:
    """The fingerprint of what minutes in work say now."""
    return fingerprint(minutes_data(minutes.meeting, minutes, approvals=[]))


def _when(meeting: Meeting) -> str:
    if meeting.starts_at is None:
        return meeting.day_text
    ends = f"–{timezone.localtime(meeting.ends_at):%H.%M}" if meeting.ends_at else ""
    return f"{klokke(meeting.starts_at)}{ends}"


def _attendee(row: Attendance) -> dict[str, str]:
    hours = [
        _("kom kl. %(time)s") % {"time": f"{row.arrived_at:%H.%M}"} if row.arrived_at else "",
        _("gikk kl. %(time)s") % {"time": f"{row.left_at:%H.%M}"} if row.left_at else "",
    ]
    stands_in = _("for %(name)s") % {"name": row.stands_in_for.person} if row.stands_in_for else ""
    return {
        "name": str(row.seat.person),
        "role": str(row.seat.get_role_display()),
        "side": str(row.seat.get_side_display()),
        "organisation": str(row.seat.organisation or ""),
        "note": ", ".join(part for part in (stands_in, *hours) if part),
    }


def _case(item: AgendaItem) -> dict[str, Any]:
    case = item.case
    replaced = {point.corrects_id for point in item.points.all()}
    later = [
        other for other in case.items.all() if other.pk > item.pk and other.meeting_id != item.meeting_id
    ]
    points = [
        point
        for point in sorted(item.points.all(), key=lambda point: (point.number, point.pk))
        if point.outcome != DecisionPoint.Outcome.PROPOSED and point.pk not in replaced
    ]
    return {
        "key": str(case.public_id),
        "number": case.number,
        "title": case.title,
        "public_title": case.open_title,
        "basis": case.exemption.short_basis if case.exemption else "",
        "kind": str(case.get_kind_display()),
        "outcome": str(item.get_outcome_display()) if item.outcome != AgendaItem.Outcome.NOT_RECORDED else "",
        "outcome_note": item.outcome_note,
        "postponed_to": str(later[0].meeting)
        if item.outcome == AgendaItem.Outcome.POSTPONED and later
        else "",
        "treatment": item.treatment,
        "closed_basis": item.closed_basis,
        "points": [_point(point) for point in points],
        "recusals": [_recusal(recusal) for recusal in item.recusals.all()],
        "follow_ups": [
            {
                "title": task.title,
                "responsible": task.responsible,
                "due": presis(task.due_on, task.precision),
            }
            for point in points
            for task in (
                point.follow_ups.all() or (point.corrects.follow_ups.all() if point.corrects else [])
            )
        ],
    }


def _point(point: DecisionPoint) -> dict[str, Any]:
    return {
        "number": point.number,
        "text": point.text,
        "proposed": point.proposed if point.outcome == DecisionPoint.Outcome.CHANGED else "",
        "is_decided": point.outcome in DECIDED,
        "outcome": str(point.get_outcome_display()),
        "vote": str(point.get_vote_display()) if point.vote else "",
        "dissent": point.dissent,
        "is_corrected": point.corrects_id is not None,
    }


def _recusal(recusal: Recusal) -> str:
    if recusal.state == Recusal.State.ACCEPTED:
        line = _("%(name)s fratrådte som inhabil.") % {"name": recusal.seat.person}
        if recusal.substitute:
            line = f"{line} {_('%(name)s tiltrådte i saken.') % {'name': recusal.substitute.person}}"
        return line
    if recusal.state == Recusal.State.REJECTED:
        return str(
            _("%(name)s reiste spørsmål om egen habilitet og ble funnet habil.")
            % {"name": recusal.seat.person}
        )
    return str(_("%(name)s har reist spørsmål om egen habilitet.") % {"name": recusal.seat.person})


def minutes_for(data: Mapping[str, Any], *, is_inside: bool) -> dict[str, Any]:
    """The minutes as one audience may read them: outside, an exempt case is its public title and its basis."""
    return {**data, "cases": [_case_for(case, is_inside=is_inside) for case in data["cases"]]}


def _case_for(case: Mapping[str, Any], *, is_inside: bool) -> dict[str, Any]:
    if is_inside or not case["basis"]:
        return {**case, "title": case["title"] if is_inside else case["public_title"], "is_hidden": False}
    hidden = {
        "treatment": "", "outcome_note": "", "postponed_to": "", "points": [], "recusals": [], "follow_ups": [],
    }  # fmt: skip
    return {**case, **hidden, "title": case["public_title"], "is_hidden": True}


def minutes_stand(minutes: Minutes) -> bool:
    """Whether the public may still read approved minutes: no case in them was exempted since."""
    return cases_stand((minutes.data or {}).get("cases", []))


def approvals_of(minutes: Minutes, content: str) -> list[dict[str, str]]:
    """The approvals of what the minutes say, by its fingerprint, as they are printed."""
    rows = minutes.approvals.filter(content=content).select_related("approved_by")
    return [
        approval_line(row.approved_by, str(row.get_side_display()), klokke(row.approved_at)) for row in rows
    ]


def approval_line(person: User, side: str, when: str) -> dict[str, str]:
    return {"name": str(person), "side": side, "when": when}


def minutes_print(data: Mapping[str, Any], *, meeting: Meeting, is_approved: bool) -> Printout:
    """The minutes on paper; unapproved ones say so on every page."""
    title = _("Protokoll %(meeting)s") % {"meeting": data["meeting"]}
    if not is_approved:
        title = _("%(title)s – IKKE GODKJENT") % {"title": title}
    return Printout(
        "meetings/print/minutes.html",
        {
            "title": title,
            "partnership": settings.SITE_NAME,
            "description": _("Protokoll fra møte i %(body)s") % {"body": data["body"]},
            "created": meeting.day or timezone.localdate(),
            "language": settings.LANGUAGE_CODE,
            "minutes": data,
            "is_approved": is_approved,
        },
        "protokoll",
    )


@dataclass
class MinutesBox:
    """The minutes of a meeting as its page shows them."""

    newest: Minutes | None
    in_work: Minutes | None
    can_start: bool
    is_withheld: bool = False
    """The public cannot read the newest until they are corrected; said to the secretariat alone."""


def minutes_box(user: Viewer, meeting: Meeting) -> MinutesBox:
    """The newest approved minutes, and those in work for those who may know of them.

    `meeting` comes from visible_to(), which says who is inside.
    """
    versions = list(Minutes.objects.visible_to(user).filter(meeting=meeting).defer("data"))
    approved = next((one for one in versions if one.state == Minutes.State.APPROVED), None)
    in_work = next((one for one in versions if one.state != Minutes.State.APPROVED), None)
    can_edit = permissions.can_edit_meetings(user)
    can_start = can_edit and meeting.state == Meeting.State.HELD and not versions
    asks = can_edit or not meeting.is_inside
    is_withheld = asks and approved is not None and not minutes_stand(approved)
    newest = approved if meeting.is_inside or not is_withheld else None
    return MinutesBox(newest, in_work, can_start, is_withheld)
