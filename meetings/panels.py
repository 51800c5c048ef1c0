"""What meetings and cases show on the overview."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User, has_role
from helsefellesskap import panels
from helsefellesskap.http import Request
from helsefellesskap.panels import Panel
from meetings import permissions
from meetings.models import AgendaVersion, Case, Deadline, Meeting

SHOWN = 5
"""How many rows fit a box of the overview; the rest is behind a link."""

AHEAD = timedelta(days=14)
"""How long before its day a deadline is shown."""


@panels.register
def coming_meetings(request: Request) -> Panel | None:
    """Those a person sits in first on their screen; the public's are further down."""
    published = AgendaVersion.objects.filter(meeting=OuterRef("pk"))
    visible = Meeting.objects.visible_to(request.user).exclude(day=None).coming(timezone.localdate())
    meetings = list(visible.select_related("body").annotate(has_agenda=Exists(published))[:SHOWN])
    if not meetings:
        return None
    is_own = any(meeting.is_inside for meeting in meetings)
    return Panel(
        _("Kommende møter"),
        "meetings/panels/coming.html",
        {"meetings": meetings, "can_edit": permissions.can_edit_meetings(request.user)},
        order=15 if is_own else 30,
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
