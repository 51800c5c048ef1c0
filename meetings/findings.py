"""Where what is told of initiatives does not agree with what meetings did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Viewer
from helsefellesskap.findings import Finding, register
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import dato
from meetings import permissions
from meetings.models import AgendaItem, Body, Case, Concern, DecisionPoint, Meeting, Precision
from meetings.rules.mentions import Mention, mentions
from portfolio.findings import checked_initiatives, found_in, reader_of, status_url
from portfolio.models import Initiative, StatusReport

UNDER_WAY = frozenset({StatusReport.State.ACTIVE, StatusReport.State.DELAYED, StatusReport.State.COMPLETED})

NOT_DECIDED = frozenset({AgendaItem.Outcome.NOT_TREATED, AgendaItem.Outcome.POSTPONED})
"""A case that was withdrawn needs no decision any more."""

NOT_KNOWN = frozenset({AgendaItem.Outcome.NOT_RECORDED, AgendaItem.Outcome.UNKNOWN})


@dataclass(frozen=True)
class _Told:
    """A meeting that the newest status of an initiative names."""

    initiative: Initiative
    report: StatusReport
    mention: Mention

    def found(self, user: Viewer, sentence: str) -> Finding:
        """With the sentence of the comment first, and what is wrong with it after."""
        said = _("Kommentaren fra %(day)s sier «%(said)s»") % {
            "day": dato(self.report.reported_on),
            "said": self.mention.sentence,
        }
        part = f"{self.mention.code.lower()}-{self.mention.day}"
        return found_in(self.initiative, f"{said} {sentence}", status_url(user, self.initiative), part=part)


def _told(user: Viewer, today: date) -> list[_Told]:
    """Each meeting that comments name, once; only those of bodies the person may know of."""
    return once(("told of meetings", *reader_of(user), today), lambda: list(_find_told(user, today)))


def _find_told(user: Viewer, today: date) -> Iterator[_Told]:
    checked = checked_initiatives(user, today)
    codes = list(Body.objects.visible_to(user).values_list("short_name", flat=True)) if checked else []
    for initiative in checked:
        report = initiative.latest_report
        if report is not None and report.comment:
            for mention in mentions(report.comment, codes):
                yield _Told(initiative, report, mention)


def _once_each(found: Iterator[Finding]) -> Iterator[Finding]:
    """The same meeting may be named twice in a comment."""
    return iter({finding.key: finding for finding in found}.values())


@register(
    code="meeting_held",
    title=gettext_lazy("Møtet har vært"),
    why=gettext_lazy(
        "Kommentaren omtaler møtet som noe som skal skje, men møtedagen er over. Skriv hvordan det gikk."
    ),
    is_serious=True,
    order=30,
)
def meetings_held(user: Viewer, today: date) -> Iterator[Finding]:
    return _once_each(_meetings_held(user, today))


def _meetings_held(user: Viewer, today: date) -> Iterator[Finding]:
    for told in _told(user, today):
        if told.mention.is_ahead and told.mention.day < today:
            sentence = (
                _("Møtet %(day)s var over allerede da dette ble meldt.")
                if told.mention.day < told.report.reported_on
                else _("Møtet %(day)s er over nå.")
            )
            yield told.found(user, sentence % {"day": dato(told.mention.day)})


@register(
    code="decision_not_made",
    title=gettext_lazy("Vedtaket var ikke gjort"),
    why=gettext_lazy(
        "Kommentaren bygger på et vedtak i et møte som ikke hadde vært da kommentaren ble skrevet."
    ),
    is_serious=True,
    order=32,
)
def decisions_not_made(user: Viewer, today: date) -> Iterator[Finding]:
    return _once_each(_decisions_not_made(user, today))


def _decisions_not_made(user: Viewer, today: date) -> Iterator[Finding]:
    for told in _told(user, today):
        if told.mention.is_decision and told.mention.day > told.report.reported_on:
            yield told.found(user, _("Møtet var ikke før %(day)s.") % {"day": dato(told.mention.day)})


@register(
    code="unknown_meeting",
    title=gettext_lazy("Møtet er ikke registrert"),
    why=gettext_lazy("Dagen kan være feil, eller møtet mangler i møteplanen. Da finner ikke leserne saken."),
    is_serious=False,
    order=64,
)
def unknown_meetings(user: Viewer, today: date) -> Iterator[Finding]:
    return _once_each(_unknown_meetings(user, today))


def _unknown_meetings(user: Viewer, today: date) -> Iterator[Finding]:
    mentioned = _told(user, today)
    if not mentioned:
        return
    registered: dict[str, list[tuple[date, str]]] = defaultdict(list)
    days = Meeting.objects.visible_to(user).exclude(day=None)
    for body, day, precision in days.values_list("body__short_name", "day", "precision"):
        if day is not None:
            registered[body].append((day, precision))
    for told in mentioned:
        if not any(_may_be(told.mention.day, *known) for known in registered[told.mention.code]):
            sentence = _("Det er ikke registrert noe møte i %(body)s %(day)s.")
            named = {"body": told.mention.code, "day": dato(told.mention.day)}
            yield told.found(user, sentence % named)


def _may_be(day: date, known: date, precision: str) -> bool:
    """Whether the meeting may have been on the day, as far as its own day is known."""
    if precision == Precision.WEEK:
        return day.isocalendar()[:2] == known.isocalendar()[:2]
    if precision == Precision.MONTH:
        return (day.year, day.month) == (known.year, known.month)
    if precision == Precision.YEAR:
        return day.year == known.year
    return day == known


@register(
    code="case_not_treated",
    title=gettext_lazy("I gang uten at møtet sa ja"),
    why=gettext_lazy(
        "Tiltaket er meldt som i gang, men saken om å starte det ble ikke avgjort. Leserne kan tro at det er vedtatt."
    ),
    is_serious=True,
    order=34,
)
def cases_not_treated(user: Viewer, today: date) -> Iterator[Finding]:
    """Under way, although the last that is known of the cases about its start is that they were not decided.

    Of exempt cases and of minutes that are not approved nothing is said to those who may not read them.
    """
    under_way = {
        initiative.pk: (initiative, initiative.latest_report)
        for initiative in checked_initiatives(user, today)
        if initiative.latest_report is not None and initiative.latest_report.state in UNDER_WAY
    }
    starts = Concern.objects.filter(kind=Concern.Kind.START, initiative__in=under_way)
    newest = _last_known(user, under_way) if under_way and starts.exists() else {}
    for key, (initiative, report) in under_way.items():
        if key in newest and newest[key].is_open:
            sentence = _("Meldt i fasen «%(phase)s» %(day)s, men %(outcome)s") % {
                "phase": report.phase_name,
                "day": dato(report.reported_on),
                "outcome": newest[key].sentence,
            }
            yield found_in(initiative, sentence, status_url(user, initiative))


@dataclass(frozen=True)
class _Outcome:
    """How a case went at a meeting, as the person knows it."""

    case: Case
    meeting: Meeting
    outcome: str
    lacks_consensus: bool

    @property
    def is_open(self) -> bool:
        return self.lacks_consensus or self.outcome in NOT_DECIDED

    @property
    def sentence(self) -> str:
        named = {"case": self.case.shown_title, "meeting": self.meeting}
        if self.outcome == AgendaItem.Outcome.POSTPONED:
            return _("«%(case)s» ble utsatt i %(meeting)s.") % named
        if self.outcome == AgendaItem.Outcome.NOT_TREATED:
            sentence = _("«%(case)s» ble ikke behandlet i %(meeting)s.") % named
        else:
            sentence = _("«%(case)s» ble ikke avgjort i %(meeting)s.") % named
        return f"{sentence} {_('Partnerne ble ikke enige.')}" if self.lacks_consensus else sentence


def _last_known(user: Viewer, initiatives: Collection[int]) -> dict[int, _Outcome]:
    """By initiative, how the last case about its start went, as far as the person may know; in two queries.

    A meeting whose day is not known counts as the newest, as in the list of meetings.
    """
    points = DecisionPoint.objects.visible_to(user).standing().filter(item=OuterRef("pk"))
    rows: Any = (
        AgendaItem.objects.visible_to(user)
        .filter(case__concerns__kind=Concern.Kind.START, case__concerns__initiative__in=initiatives)
        .exclude(outcome__in=NOT_KNOWN)
        .annotate(
            initiative=F("case__concerns__initiative"),
            lacks_consensus=Exists(points.filter(vote=DecisionPoint.Vote.NO_CONSENSUS)),
        )
        .select_related("meeting__body")
        .order_by(F("meeting__day").asc(nulls_last=True), "pk")
    )
    items = [item for item in rows if item.sees_outcome and _is_settled(item.meeting, user)]
    known = Case.objects.visible_to(user).select_related("body").in_bulk({item.case_id for item in items})
    return {
        item.initiative: _Outcome(known[item.case_id], item.meeting, item.outcome, item.lacks_consensus)
        for item in items
        if item.case_id in known and known[item.case_id].may_read
    }


def _is_settled(meeting: Meeting, user: Viewer) -> bool:
    """While minutes are drafted or corrected, only those who read drafts know what they say."""
    return meeting.state != Meeting.State.DRAFTED or permissions.can_read_drafts(user)
