"""Who may do what with newsletters; whether it is in order now is asked of rules.

The secretariat writes and publishes; the leader and deputy leader of SSU approve, one from each side and neither of
them who wrote it.
"""

from django.utils import timezone

from accounts.models import Role, User, Viewer, has_role
from helsefellesskap.once import once
from meetings.models import Seat
from newsletters.models import Newsletter

APPROVING_BODY = "ssu"
"""The code of the body whose leader and deputy leader approve newsletters."""


def can_edit_newsletters(user: Viewer) -> bool:
    """Write, send to approval, publish, correct."""
    return has_role(user, Role.EDITOR)


def can_read_drafts(user: Viewer) -> bool:
    """What is not published, the findings, counts of readers, and how the sending goes."""
    return has_role(user, Role.EDITOR, Role.LEADER)


def can_keep_subscriptions(user: Viewer) -> bool:
    """See, take over, export and erase who gets the newsletter."""
    return has_role(user, Role.EDITOR)


def approving_seat(user: Viewer) -> Seat | None:
    """The seat with which the person approves newsletters."""
    if not isinstance(user, User) or not user.is_active:
        return None
    seats = Seat.objects.on(timezone.localdate()).leading().filter(body__code=APPROVING_BODY, person=user)
    return once(("approving-seat", user.pk), seats.first)


def approvers(newsletter: Newsletter) -> list[User]:
    """Who can approve it: those who lead SSU now, may read drafts, and did not write in it."""
    seats = Seat.objects.on(timezone.localdate()).leading().filter(body__code=APPROVING_BODY)
    people = User.objects.filter(seats__in=seats, is_active=True).exclude(pk=newsletter.written_by_id)
    people = people.exclude(pk__in=newsletter.writers.values("pk")).distinct().order_by("pk")
    return [person for person in people if can_read_drafts(person)]


def has_written(user: User, newsletter: Newsletter) -> bool:
    """Whether the person wrote the newsletter, or some of it."""
    return newsletter.written_by_id == user.pk or user in newsletter.writers.all()


def can_approve_newsletter(user: Viewer, newsletter: Newsletter) -> bool:
    return isinstance(user, User) and not has_written(user, newsletter) and approving_seat(user) is not None
