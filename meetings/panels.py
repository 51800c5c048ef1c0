"""What meetings and cases show on the overview."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User, has_role
from helsefellesskap import panels
from helsefellesskap.http import Request
from helsefellesskap.panels import Line, Panel
from helsefellesskap.templatetags.norsk import dato
from meetings import permissions
from meetings.documents.minutes import content_of
from meetings.models import (
    AccessRequest,
    AgendaVersion,
    Attendance,
    Case,
    Deadline,
    FollowUp,
    Meeting,
    Minutes,
    Notice,
)

SHOWN = 5
"""How many rows fit a box of the overview; the rest is behind a link."""

AHEAD = timedelta(days=14)
"""How long before its day a deadline is shown."""


@panels.register
def coming_meetings(request: Request) -> Panel | None:
    """Those a person sits in first on their screen; the public's are further down.

    A member with none ahead finds the papers of the last one.
    """
    published = AgendaVersion.objects.filter(meeting=OuterRef("pk"))
    visible = (
        Meeting.objects.visible_to(request.user).select_related("body").annotate(has_agenda=Exists(published))
    )
    meetings = list(visible.exclude(day=None).coming(timezone.localdate())[:SHOWN])
    title = _("Kommende møter")
    if not meetings and request.user.is_authenticated and not permissions.can_read_drafts(request.user):
        meetings, title = (
            list(visible.filter(Q(is_inside=True), has_agenda=True).exclude(day=None).newest_first()[:1]),
            _("Siste møte"),
        )
    if not meetings:
        return None
    is_own = any(meeting.is_inside for meeting in meetings)
    context = {"meetings": meetings, "can_edit": permissions.can_edit_meetings(request.user)}
    return Panel(title, "meetings/panels/coming.html", context, order=15 if is_own else 30)


@panels.register
def waiting(request: Request) -> Panel | None:
    """What waits for the person in meetings and decisions, most urgent first."""
    today = timezone.localdate()
    lines = [*_minutes_to_approve(request.user)] if isinstance(request.user, User) else []
    if permissions.can_edit_meetings(request.user):
        lines += [
            *_access_requests(today),
            *_absences(),
            *_held_without_minutes(),
            *_reported_follow_ups(),
            *_lost_mails(),
        ]
    if permissions.can_read_drafts(request.user):
        lines += _overdue_follow_ups(today)
    if not lines:
        return None
    return Panel(_("Møter og vedtak som venter"), "components/waiting.html", {"lines": lines}, order=10)


def _minutes_to_approve(user: User) -> Iterator[Line]:
    out = (
        Minutes.objects.visible_to(user).filter(state=Minutes.State.COMMENTS).select_related("meeting__body")
    )
    for minutes in out.order_by("pk")[:SHOWN]:
        is_done = minutes.approvals.filter(content=content_of(minutes), approved_by=user).exists()
        if permissions.can_approve_minutes(user, minutes) and not is_done:
            yield Line(
                _("Protokoll %(meeting)s til godkjenning") % {"meeting": minutes.meeting},
                reverse("meetings:minutes-by-id", args=[minutes.meeting.public_id]),
            )


def _access_requests(today: date) -> Iterator[Line]:
    requests = AccessRequest.objects.filter(state=AccessRequest.State.RECEIVED).order_by("due_on")
    due_days = list(requests.values_list("due_on", flat=True))
    if due_days:
        sentence = ngettext(
            "%(n)s innsynskrav venter på svar innen %(day)s",
            "%(n)s innsynskrav venter på svar, det første innen %(day)s",
            len(due_days),
        )
        yield Line(
            sentence % {"n": len(due_days), "day": dato(due_days[0])},
            reverse("meetings:access-request-list"),
            is_late=due_days[0] < today,
        )


def _absences() -> Iterator[Line]:
    """Those who cannot come, and whom no deputy stands in for."""
    instead = Attendance.objects.filter(meeting=OuterRef("meeting"), stands_in_for=OuterRef("seat"))
    instead = instead.exclude(state=Attendance.State.EXCUSED)
    called = [Meeting.State.CALLED, Meeting.State.PUBLISHED]
    alone = Attendance.objects.filter(
        state=Attendance.State.EXCUSED, stands_in_for=None, meeting__state__in=called
    )
    rows = alone.exclude(Exists(instead)).select_related("meeting__body", "seat__person").order_by("pk")
    for row in rows[:SHOWN]:
        yield Line(
            _("%(name)s har meldt forfall til %(meeting)s: kall inn vara")
            % {"name": row.seat.person, "meeting": row.meeting},
            f"{row.meeting.get_absolute_url()}#oppmote",
        )


def _held_without_minutes() -> Iterator[Line]:
    for meeting in (
        Meeting.objects.filter(state=Meeting.State.HELD).select_related("body").newest_first()[:SHOWN]
    ):
        yield Line(
            _("Før vedtak og lag protokoll: %(meeting)s") % {"meeting": meeting}, meeting.get_absolute_url()
        )


def _reported_follow_ups() -> Iterator[Line]:
    if number := FollowUp.objects.filter(state=FollowUp.State.REPORTED).count():
        sentence = ngettext(
            "%(n)s oppfølgingspunkt er meldt utført", "%(n)s oppfølgingspunkter er meldt utført", number
        )
        yield Line(sentence % {"n": number}, f"{reverse('meetings:follow-up-list')}?tilstand=meldt")


def _overdue_follow_ups(today: date) -> Iterator[Line]:
    if number := FollowUp.objects.overdue(today).count():
        sentence = ngettext(
            "%(n)s oppfølgingspunkt er forfalt", "%(n)s oppfølgingspunkter er forfalt", number
        )
        yield Line(
            sentence % {"n": number}, f"{reverse('meetings:follow-up-list')}?tilstand=forfalt", is_late=True
        )


def _lost_mails() -> Iterator[Line]:
    failed = Notice.objects.filter(state=Notice.State.FAILED).order_by("pk")
    about = Counter(notice.meeting for notice in failed.exclude(meeting=None).select_related("meeting__body"))
    for meeting, number in list(about.items())[:SHOWN]:
        sentence = ngettext(
            "%(n)s e-post om %(meeting)s kom ikke fram", "%(n)s e-poster om %(meeting)s kom ikke fram", number
        )
        url = reverse("meetings:notice-list", args=[meeting.public_id]) if meeting else ""
        yield Line(sentence % {"n": number, "meeting": meeting}, url, is_late=True)
    for notice in failed.filter(meeting=None).select_related("case__body", "access_request")[:SHOWN]:
        url = notice.case.get_absolute_url() if notice.case else reverse("meetings:access-request-list")
        yield Line(_("E-post kom ikke fram: %(notice)s") % {"notice": notice}, url, is_late=True)


@panels.register
def own_follow_ups(request: Request) -> Panel | None:
    """What the person's organisation answers for, the first day first."""
    user = request.user
    if not isinstance(user, User) or user.organisation_id is None:
        return None
    own = FollowUp.objects.visible_to(user).open().filter(organisations=user.organisation_id)
    tasks = list(own.select_related("case").by_due_day()[:SHOWN])
    if not tasks:
        return None
    context = {"tasks": tasks, "organisation": user.organisation_id}
    return Panel(
        _("Oppfølging dere har ansvar for"), "meetings/panels/own_follow_ups.html", context, order=12
    )


@panels.register
def deadlines_due(request: Request) -> Panel | None:
    if not permissions.can_edit_meetings(request.user):
        return None
    today = timezone.localdate()
    waiting = Q(meeting__state__in=Meeting.AHEAD) | Q(
        kind=Deadline.Kind.MINUTES, meeting__state__in=[Meeting.State.HELD, Meeting.State.DRAFTED]
    )
    due = Deadline.objects.filter(waiting, kept_at=None, due_on__lte=today + AHEAD)
    deadlines = list(due.select_related("meeting__body"))
    if not deadlines:
        return None
    context = {"deadlines": deadlines[: 2 * SHOWN], "rest": len(deadlines[2 * SHOWN :]), "today": today}
    return Panel(_("Møtefrister"), "meetings/panels/deadlines.html", context, order=12)


@panels.register
def cases_to_review(request: Request) -> Panel | None:
    if not has_role(request.user, Role.LEADER):
        return None
    cases = list(
        Case.objects.visible_to(request.user)
        .filter(state=Case.State.REVIEW)
        .select_related("body")
        .order_by("pk")[: 2 * SHOWN]
    )
    if not cases:
        return None
    return Panel(_("Saker til gjennomgang"), "meetings/panels/review.html", {"cases": cases}, order=11)


@panels.register
def proposals_to_answer(request: Request) -> Panel | None:
    if not permissions.can_edit_meetings(request.user):
        return None
    waiting = Case.objects.visible_to(request.user).filter(state=Case.State.PROPOSED)
    cases = list(waiting.select_related("body", "proposed_by", "proposer_org").order_by("proposed_at", "pk"))
    if not cases:
        return None
    context = {"cases": cases[: 2 * SHOWN], "rest": len(cases[2 * SHOWN :])}
    return Panel(_("Forslag venter på svar"), "meetings/panels/proposals.html", context, order=11)


@panels.register
def own_proposals(request: Request) -> Panel | None:
    if not isinstance(request.user, User) or not permissions.can_propose_case(request.user):
        return None
    own = Case.objects.visible_to(request.user).filter(proposed_by=request.user)
    cases = list(own.select_related("body").order_by("-proposed_at", "-pk")[:SHOWN])
    if not cases:
        return None
    return Panel(
        _("Sakene du har foreslått"), "meetings/panels/own_proposals.html", {"cases": cases}, order=13
    )
