"""Who may do what with meetings, cases and decisions; whether it is in order now is asked of rules.

The secretariat does everything alone, with a trail; minutes alone need a leader and a deputy leader, one from each
side and neither of them who wrote them.
"""

from django.db.models import Q
from django.utils import timezone

from accounts.models import Role, User, Viewer, has_role
from meetings.models import Attendance, Body, Case, FollowUp, Meeting, Minutes, Seat


def can_edit_meetings(user: Viewer) -> bool:
    """Plan, call, publish, record; keep cases, documents, arrangements and follow-ups."""
    return has_role(user, Role.EDITOR)


def can_read_drafts(user: Viewer) -> bool:
    """What is not published: the backlog, drafts, minutes in work, internal notes, the log."""
    return has_role(user, Role.EDITOR, Role.LEADER)


def can_review_case(user: Viewer) -> bool:
    """Send a case back to the secretariat from the leaders' review."""
    return has_role(user, Role.EDITOR, Role.LEADER)


def can_propose_case(user: Viewer) -> bool:
    return has_role(user, Role.CONTRIBUTOR, Role.LEADER)


def can_change_proposal(user: Viewer, case: Case) -> bool:
    """Who proposed it, until the secretariat has taken it."""
    return (
        isinstance(user, User)
        and case.proposed_by_id == user.pk
        and case.state in {Case.State.PROPOSED, Case.State.RETURNED}
    )


def own_seat(user: Viewer, meeting: Meeting) -> Seat | None:
    """The seat the person comes to this meeting with: their own, or as the deputy called to it."""
    if not isinstance(user, User):
        return None
    day = max(meeting.day, timezone.localdate()) if meeting.day else timezone.localdate()
    called = Attendance.objects.filter(meeting=meeting, called_at__isnull=False).values("seat")
    return (
        Seat.objects.on(day)
        .filter(body=meeting.body, person=user)
        .filter(~Q(role=Seat.SeatRole.DEPUTY) | Q(pk__in=called))
        .first()
    )


def leading_seat(user: Viewer, body: Body) -> Seat | None:
    """The seat as leader or deputy leader with which the person approves the minutes of the body."""
    if not isinstance(user, User) or not user.is_active:
        return None
    seats = Seat.objects.on(timezone.localdate()).leading().filter(body=body.led_by or body, person=user)
    return seats.first()


def has_written(user: User, minutes: Minutes) -> bool:
    """Whether the person wrote the minutes, or some of what they are made from."""
    return minutes.written_by_id == user.pk or minutes.writers.filter(pk=user.pk).exists()


def can_approve_minutes(user: Viewer, minutes: Minutes) -> bool:
    """A leader or deputy leader of the body (or of the body that leads it), but not who wrote them."""
    return (
        isinstance(user, User)
        and not has_written(user, minutes)
        and leading_seat(user, minutes.meeting.body) is not None
    )


def can_comment_minutes(user: Viewer, minutes: Minutes) -> bool:
    return has_role(user, Role.EDITOR, Role.LEADER) or own_seat(user, minutes.meeting) is not None


def can_report_follow_up(user: Viewer, follow_up: FollowUp) -> bool:
    """Somebody of an organisation that answers for it says that it is done; the secretariat confirms."""
    return (
        isinstance(user, User)
        and user.organisation_id is not None
        and follow_up.organisations.filter(pk=user.organisation_id).exists()
    )
