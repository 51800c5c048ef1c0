"""Reminding the secretariat and those who use the money before a grant's days."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Role, User
from funding.models import Allocation, AllocationQuerySet, Grant, GrantReminder
from helsefellesskap import mail

DAYS_BEFORE = (60, 14)
"""When a reminder is sent, in days before the day; one that is missed is made up for until the next or the day."""

logger = logging.getLogger(__name__)


def remind_of_grants(*, today: date) -> int:
    """Send the reminders whose day has come, each once however often this is run; how many mails.

    The secretariat hears of the grant, contributors of the allocations they report for. A reminder is written down
    before it is sent, so that it is never sent twice.
    """
    sent = 0
    for kind in GrantReminder.Kind:
        coming = Grant.objects.filter(**{f"{kind}__range": (today, today + timedelta(days=max(DAYS_BEFORE)))})
        for grant in coming.select_related("scheme").order_by("pk"):
            due: date = getattr(grant, kind)
            days = min(days for days in DAYS_BEFORE if due - today <= timedelta(days=days))
            sent += _remind(grant, kind, due, days)
    return sent


def _remind(grant: Grant, kind: str, due: date, days: int) -> int:
    try:
        with transaction.atomic():
            reminder = GrantReminder.objects.create(grant=grant, kind=kind, due_on=due, days_before=days)
    except IntegrityError:
        return 0
    is_report = kind == GrantReminder.Kind.REPORT_DUE
    subject = _("Påminnelse: rapportfrist for midler") if is_report else _("Påminnelse: midler må brukes")
    running = (Allocation.State.ALLOCATED, Allocation.State.PAID)
    open_ones = Allocation.objects.filter(grant=grant, state__in=running).select_related(
        "initiative", "recipient"
    )
    sent = 0
    for person in User.objects.filter(is_active=True, role__in=[Role.EDITOR, Role.CONTRIBUTOR]).order_by(
        "pk"
    ):
        own = list(_reported_by(open_ones, person).in_paper_order())
        if person.role == Role.CONTRIBUTOR and not own:
            continue
        context = {
            "grant": grant,
            "due": due,
            "is_report": is_report,
            "allocations": [(one, mail.absolute(one.get_absolute_url())) for one in own],
            "url": mail.absolute(grant.get_absolute_url()),
        }
        try:
            mail.send(
                person.email,
                subject,
                "funding/mail/reminder.txt",
                context,
                message_id=f"grant-{reminder.pk}-{person.pk}",
            )
            sent += 1
        except mail.MailError:
            logger.warning("A reminder was not taken by the mail server: grant-%s", reminder.pk)
    return sent


def _reported_by(allocations: AllocationQuerySet, person: User) -> AllocationQuerySet:
    """Those the person reports for and may know the purpose of; the secretariat hears of all."""
    if person.role == Role.EDITOR:
        return allocations
    own = Q(initiative__project_lead=person)
    if person.organisation_id:
        own |= Q(recipient=person.organisation_id) | Q(initiative__owner=person.organisation_id)
    return allocations.filter(own).named_to(person)
