"""Reminding those who answer for a follow-up, before, on and after its day, and the secretariat once a week."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import LogEntry, Role, User
from helsefellesskap import mail
from meetings.models import Body, FollowUp, FollowUpReminder

DAYS = {
    FollowUpReminder.Kind.BEFORE: -7,
    FollowUpReminder.Kind.ON: 0,
    FollowUpReminder.Kind.AFTER: 7,
}
"""When a reminder is sent, in days from the last day something is due."""

MISSED = timedelta(days=3)
"""For so long a reminder is made up for when nobody was there to send it."""

WEEKLY = gettext_noop("sendte ukens liste over forfalte punkter")

logger = logging.getLogger(__name__)


def remind_of_follow_ups(*, today: date) -> int:
    """Send the reminders whose day has come, each once however often this is run; how many.

    A reminder is written down before it is sent, so that it is never sent twice. No title of a case is in it, and
    nothing of an exempt one.
    """
    sent = 0
    for kind, days in DAYS.items():
        due = today - timedelta(days=days)
        tasks = FollowUp.objects.open().filter(last_day__range=(due - MISSED, due), released_at__isnull=False)
        told = FollowUpReminder.objects.filter(
            follow_up=OuterRef("pk"), kind=kind, due_on=OuterRef("last_day")
        )
        for task in tasks.exclude(Exists(told)).select_related("case").order_by("pk"):
            sent += _remind(task, kind)
    return sent + _weekly_list(today)


def _remind(task: FollowUp, kind: str) -> int:
    if task.last_day is None:
        return 0
    try:
        with transaction.atomic():
            reminder = FollowUpReminder.objects.create(follow_up=task, kind=kind, due_on=task.last_day)
    except IntegrityError:
        return 0
    people = User.objects.filter(is_active=True, organisation__follow_ups=task).exclude(role=Role.ADMIN)
    context = {"task": task, "kind": kind, "url": mail.absolute("/oppfolging/")}
    subject = {
        FollowUpReminder.Kind.BEFORE: _("Påminnelse: frist om en uke"),
        FollowUpReminder.Kind.ON: _("Påminnelse: frist i dag"),
        FollowUpReminder.Kind.AFTER: _("Påminnelse: fristen er ute"),
    }[FollowUpReminder.Kind(kind)]
    return _send(people, subject, "meetings/mail/reminder.txt", context, f"reminder-{reminder.pk}")


def _weekly_list(today: date) -> int:
    """The overdue ones to the secretariat, once in each week that has any."""
    tasks = list(FollowUp.objects.overdue(today).select_related("case").by_due_day())
    monday = today - timedelta(days=today.weekday())
    if not tasks:
        return 0
    with transaction.atomic():
        list(Body.objects.select_for_update(no_key=True).order_by("pk")[:1])  # one worker at a time
        begins = timezone.make_aware(datetime.combine(monday, time.min))
        if LogEntry.objects.filter(verb=WEEKLY, at__gte=begins).exists():
            return 0
        record(by=None, verb=WEEKLY, target=tasks[0], new={"antall": len(tasks)})
    editors = User.objects.filter(is_active=True, role=Role.EDITOR)
    context = {"tasks": tasks, "url": mail.absolute("/oppfolging/?tilstand=forfalt")}
    return _send(
        editors, _("Forfalte oppfølgingspunkter"), "meetings/mail/overdue.txt", context, f"overdue-{monday}"
    )


def _send(
    people: Iterable[User], subject: str, template: str, context: Mapping[str, object], key: str
) -> int:
    sent = 0
    for person in people:
        try:
            mail.send(person.email, subject, template, dict(context), message_id=f"{key}-{person.pk}")
            sent += 1
        except mail.MailError:
            logger.warning("A reminder was not taken by the mail server: %s", key)
    return sent
