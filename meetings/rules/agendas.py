"""Is an agenda ready to be published?"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.models import AgendaItem, Case, Meeting, Precision
from meetings.rules.meetings import why_closed
from meetings.rules.problems import Problem

READY = frozenset({Case.State.REVIEW, Case.State.LISTED, Case.State.POSTPONED, Case.State.TREATED})
"""A case can be listed when the leaders have had it, or when it was listed before."""


PREPARED = frozenset({Case.Kind.DECISION, Case.Kind.DISCUSSION})
"""The kinds of cases that members expect a paper for."""


def is_to_be_listed(item: AgendaItem) -> bool:
    """Whether the case is on the agenda to be treated: not withdrawn or postponed, and nothing recorded of it yet."""
    return item.outcome == AgendaItem.Outcome.NOT_RECORDED and item.case.state != Case.State.WITHDRAWN


def agenda_problems(meeting: Meeting, items: Sequence[AgendaItem]) -> list[Problem]:
    """What is missing before the agenda of the meeting can be published.

    `items` come with their case, and each case with its proposed points prefetched.
    """
    problems: list[Problem] = []
    page = reverse("meetings:agenda-edit", args=[meeting.public_id])
    if meeting.state == Meeting.State.PLANNED:
        call = reverse("meetings:meeting-call", args=[meeting.public_id])
        problems.append(Problem(_("Møtet er ikke kalt inn ennå."), call, is_blocking=True))
    if not meeting.takes_cases:
        problems.append(Problem(why_closed(meeting), is_blocking=True))
    elif meeting.day is None or meeting.precision != Precision.DAY:
        move = reverse("meetings:meeting-move", args=[meeting.public_id])
        problems.append(Problem(_("Møtet har ingen dato ennå."), move, is_blocking=True))
    if not items:
        problems.append(Problem(_("Saklisten er tom."), page, is_blocking=True))
    for item in filter(is_to_be_listed, items):
        problems += _case_problems(item, meeting)
    return problems


def _case_problems(item: AgendaItem, meeting: Meeting) -> list[Problem]:
    case = item.case
    named = {"case": case.open_title, "state": case.get_state_display().lower(), "body": case.body or "–"}
    problems: list[Problem] = []
    if case.body_id != meeting.body_id:
        sentence = _("«%(case)s» hører nå til et annet organ (%(body)s). Ta den av saklisten.") % named
        problems.append(Problem(sentence, case.get_absolute_url(), is_blocking=True))
    if case.state not in READY:
        sentence = _("«%(case)s» er «%(state)s». Send den til gjennomgang hos leder først.") % named
        problems.append(Problem(sentence, case.get_absolute_url(), is_blocking=True))
    is_written = hasattr(case, "paper") or bool(case.documents.all())
    if case.kind in PREPARED and not is_written:
        problems.append(
            Problem(_("«%(case)s» har verken saksfremlegg eller vedlegg.") % named, case.get_absolute_url())
        )
    if case.kind == Case.Kind.DECISION and not item.released_at and not case.points.all():
        paper = reverse("meetings:paper-edit", args=[case.public_id])
        sentence = _("Beslutningssaken «%(case)s» har ikke forslag til vedtak.") % named
        problems.append(Problem(sentence, paper, is_blocking=True))
    return problems
