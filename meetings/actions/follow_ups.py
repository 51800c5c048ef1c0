"""Tasks that came of decisions: made, changed, reported done, confirmed, reminded of."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from meetings.models import AgendaItem, FollowUp, Meeting
from meetings.rules import NotAllowed
from meetings.rules.decisions import last_day
from portfolio.rules import check_text

FIELDS = ("case", "point", "title", "responsible", "due_on", "precision", "state", "comment")


class FollowUpChanged(NotAllowed):
    """Somebody else has changed the task since the page was opened; `task` is what stands there now."""

    def __init__(self, task: FollowUp) -> None:
        super().__init__(
            _(
                "%(who)s har endret oppfølgingspunktet siden du åpnet det. Det du skrev, står fortsatt i skjemaet."
            )
            % {"who": task.changed_by}
        )
        self.task = task


@transaction.atomic
def create_follow_up(*, values: dict[str, Any], by: User) -> FollowUp:
    """Make a task; it is public with the approved minutes, or at once when its case is decided already."""
    _check(values)
    task = FollowUp(changed_by=by, **{name: values[name] for name in FIELDS if name in values})
    task.last_day = last_day(task.due_on, task.precision)
    task.released_at = timezone.now() if _is_decided(task) else None
    task.save()
    task.organisations.set(values.get("organisations", []))
    record(by=by, verb=gettext_noop("laget oppfølgingspunkt"), target=task.case, new=_tracked(task))
    return task


def _is_decided(task: FollowUp) -> bool:
    """Whether the minutes that say what it came of are approved, or there are none to wait for."""
    if task.point is not None:
        return task.point.locked_at is not None
    recorded = ~Q(outcome=AgendaItem.Outcome.NOT_RECORDED) & Q(meeting__state__in=Meeting.AHEAD)
    waiting = recorded | Q(meeting__state__in=[Meeting.State.HELD, Meeting.State.DRAFTED])
    return task.case.announced_at is not None and not task.case.items.filter(waiting).exists()


@transaction.atomic
def change_follow_up(*, task: FollowUp, values: dict[str, Any], version: int | None, by: User) -> FollowUp:
    """Change or finish a task. Raises FollowUpChanged when somebody else has since `version`."""
    locked = _lock(task)
    if locked.version != version:
        raise FollowUpChanged(locked)
    _check({**_tracked(locked), **values})
    old = _tracked(locked)
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    locked.last_day = last_day(locked.due_on, locked.precision)
    if "organisations" in values:
        locked.organisations.set(values["organisations"])
    _save(locked, old, gettext_noop("endret oppfølgingspunkt"), by)
    return locked


@transaction.atomic
def report_follow_up(*, task: FollowUp, comment: str, by: User) -> None:
    """Say for those responsible that it is done; the secretariat confirms."""
    locked = _lock(task)
    if locked.state != FollowUp.State.OPEN:
        raise NotAllowed(
            _("Oppfølgingspunktet er allerede «%(state)s».") % {"state": locked.get_state_display().lower()}
        )
    if not comment.strip():
        raise NotAllowed(_("Skriv kort hva som er gjort."), field="comment")
    check_text(comment, field="comment", limit=1000)
    old = _tracked(locked)
    locked.state, locked.comment = FollowUp.State.REPORTED, comment
    _save(locked, old, gettext_noop("meldte utført"), by)


def _lock(task: FollowUp) -> FollowUp:
    return FollowUp.objects.select_for_update(no_key=True).get(pk=task.pk)


def _check(values: dict[str, Any]) -> None:
    for name, limit in (("title", 300), ("responsible", 200), ("comment", 1000)):
        check_text(str(values.get(name) or ""), field=name, limit=limit)
    point, case = values.get("point"), values.get("case")
    if point is not None and getattr(point, "case_id", None) != getattr(case, "pk", None):
        raise NotAllowed(_("Vedtakspunktet hører til en annen sak."), field="point")


def _save(task: FollowUp, old: dict[str, Any], verb: str, by: User) -> None:
    task.version += 1
    task.changed_at, task.changed_by = timezone.now(), by
    task.save()
    new = _tracked(task)
    changed = [name for name in new if new[name] != old[name]]
    record(
        by=by,
        verb=verb,
        target=task.case,
        old={name: old[name] for name in changed},
        new={"oppfølgingspunkt": task.title, **{name: new[name] for name in changed}},
    )


def _tracked(task: FollowUp) -> dict[str, Any]:
    tracked: dict[str, Any] = {name: getattr(task, name) for name in FIELDS}
    tracked["organisations"] = sorted(str(one) for one in task.organisations.all())
    return tracked
