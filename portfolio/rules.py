"""Is it in order? Pure answers about statuses and initiatives; refusals are sentences for who tried."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from helsefellesskap.norwegian import find_national_id
from helsefellesskap.refusals import NotAllowed
from portfolio.models import Initiative, Phase, StatusReport
from portfolio.models.statuses import COMMENT_LENGTH, NEXT_STEP_LENGTH

Publication = StatusReport.Publication
State = StatusReport.State

NEXT_STATES: dict[str, frozenset[str]] = {
    Publication.DRAFT: frozenset({Publication.SUBMITTED, Publication.PUBLISHED}),
    Publication.SUBMITTED: frozenset({Publication.DRAFT, Publication.PUBLISHED}),
    Publication.PUBLISHED: frozenset(),
}
"""The life of a report: the secretariat may publish its own draft at once, or return what was sent in."""

_ONLY_QUESTION_MARKS = re.compile(r"[\s?？]+")
_HTML = re.compile(r"<[a-zA-Z/!?][^<>]*>")


class Changed(NotAllowed):
    """Somebody else was here since the form was opened; `newest` is what stands there now."""

    def __init__(self, newest: StatusReport | None) -> None:
        super().__init__(
            _("Statusen er endret siden du åpnet skjemaet. Det du skrev, står fortsatt i skjemaet.")
        )
        self.newest = newest


class AlreadySaved(NotAllowed):
    """The very same report is there already: a double click, or a form sent again."""

    def __init__(self, report: StatusReport) -> None:
        super().__init__(_("Denne statusen er allerede lagret."))
        self.report = report


@dataclass(frozen=True)
class Status:
    """What a person says of an initiative: the input of a report, before anything is stored."""

    reported_on: date
    state: str
    phase_from: Phase | None = None
    phase_to: Phase | None = None
    needs_mapping: bool = False
    comment: str = ""
    comment_unknown: bool = False
    next_step: str = ""
    reason: str = ""

    def says_the_same_as(self, report: StatusReport) -> bool:
        fields = (
            "reported_on",
            "state",
            "phase_from",
            "phase_to",
            "needs_mapping",
            "comment",
            "comment_unknown",
            "next_step",
        )
        return all(getattr(self, field) == getattr(report, field) for field in fields)


def check_transition(report: StatusReport, to: str) -> None:
    if report.publication == to:
        raise NotAllowed(
            _("Statusen er allerede «%(now)s».") % {"now": report.get_publication_display().lower()}
        )
    if to not in NEXT_STATES[report.publication]:
        raise NotAllowed(
            _("En statusrapport som er «%(now)s», kan ikke bli «%(to)s».")
            % {"now": report.get_publication_display().lower(), "to": Publication(to).label.lower()}
        )


def check_text(text: str, *, field: str, limit: int | None = None) -> None:
    """Free text holds no HTML and no national identity number (offentlegforskrifta § 7), and is not too long."""
    if limit is not None and len(text) > limit:
        raise NotAllowed(
            _("Teksten er på %(length)s tegn. Den kan ha høyst %(limit)s.")
            % {"length": len(text), "limit": limit},
            field=field,
        )
    if _HTML.search(text):
        raise NotAllowed(_("Teksten kan ikke inneholde HTML-koder. Skriv vanlig tekst."), field=field)
    if find_national_id(text):
        raise NotAllowed(
            _("Teksten ser ut til å inneholde et fødselsnummer. Det kan ikke lagres her. Ta det bort."),
            field=field,
        )


def check_status(
    status: Status,
    *,
    previous: StatusReport | None,
    phases: Sequence[Phase],
    today: date,
    is_draft: bool = False,
) -> None:
    """Is what the person says in order, after the report that came before it?

    `phases` is the whole model in order. Raises NotAllowed with the field. The phase rules are those of the partnership's common model:
    one step forward is normal, a longer one or a step back needs a reason; a range is two neighbours.
    """
    if status.reported_on > today:
        raise NotAllowed(_("Datoen kan ikke være fram i tid."), field="reported_on")
    if status.reported_on.year < 2000:
        raise NotAllowed(_("Datoen er for langt tilbake i tid."), field="reported_on")
    check_comment(status)
    for field in ("next_step", "reason"):
        check_text(getattr(status, field), field=field, limit=NEXT_STEP_LENGTH)
    _check_phase(status, phases)
    if not is_draft:
        _check_step(status, previous, phases)


def check_comment(status: Status) -> None:
    """Either a comment that says something, or that nobody knows."""
    comment = status.comment
    if comment and _ONLY_QUESTION_MARKS.fullmatch(comment):
        raise NotAllowed(
            _(
                "Et spørsmålstegn sier ikke leseren noe. Velg «Vet ikke», så står det når tiltaket sist ble meldt, "
                "eller skriv det du vet."
            ),
            field="comment",
        )
    if not comment and not status.comment_unknown:
        raise NotAllowed(_("Skriv en kommentar, eller velg «Vet ikke»."), field="comment")
    if comment and status.comment_unknown:
        raise NotAllowed(
            _("Du har både skrevet en kommentar og valgt «Vet ikke». Velg ett av dem."), field="comment"
        )
    check_text(comment, field="comment", limit=COMMENT_LENGTH)


def _check_phase(status: Status, phases: Sequence[Phase]) -> None:
    first, last = status.phase_from, status.phase_to
    if first is None:
        if last is not None:
            raise NotAllowed(_("Velg hvilken fase området begynner med."), field="phase_from")
        if status.state != State.NOT_STARTED and not status.needs_mapping:
            raise NotAllowed(
                _("Velg en fase. Bare et tiltak som ikke er startet, kan stå uten."), field="phase_from"
            )
        return
    if status.state == State.NOT_STARTED:
        raise NotAllowed(
            _("Et tiltak som ikke er startet, har ingen fase. Ta bort fasen eller velg en annen tilstand."),
            field="state",
        )
    if last is not None and phases.index(last) != phases.index(first) + 1:
        raise NotAllowed(
            _(
                "%(first)s og %(last)s er ikke naboer i modellen. Velg én fase, eller to som følger etter hverandre."
            )
            % {"first": first, "last": last},
            field="phase_to",
        )


def _check_step(status: Status, previous: StatusReport | None, phases: Sequence[Phase]) -> None:
    if status.reason or previous is None or previous.needs_mapping or status.needs_mapping:
        return
    first, last = _place(status.phase_from, status.phase_to, phases)
    before, before_last = _place(previous.phase_from, previous.phase_to, phases)
    if (first, last) < (before, before_last):
        raise NotAllowed(
            _("Tiltaket går tilbake fra %(before)s. Skriv hvorfor.") % {"before": previous.phase_name},
            field="reason",
        )
    skipped = phases[before_last + 1 : max(first, 0)]
    if skipped:
        raise NotAllowed(
            _("Tiltaket hopper over %(skipped)s. Skriv hvorfor.")
            % {"skipped": ", ".join(phase.name for phase in skipped)},
            field="reason",
        )


def _place(first: Phase | None, last: Phase | None, phases: Sequence[Phase]) -> tuple[int, int]:
    """Where in the model, from the first phase to the last; not started is before all of them."""
    start = phases.index(first) if first else -1
    return start, phases.index(last) if last else start


def check_closing(
    initiative: Initiative, *, closed_as: str, reason: str, merged_into: Initiative | None
) -> None:
    """May the initiative be taken out of the portfolio like this?"""
    if not initiative.is_live:
        raise NotAllowed(_("Tiltaket er allerede tatt ut."))
    if not reason.strip():
        raise NotAllowed(_("Skriv hvorfor tiltaket tas ut."), field="reason")
    check_text(reason, field="reason")
    if closed_as == Initiative.Closing.MERGED:
        if merged_into is None:
            raise NotAllowed(_("Velg tiltaket det slås sammen med."), field="merged_into")
        if merged_into.pk == initiative.pk:
            raise NotAllowed(_("Et tiltak kan ikke slås sammen med seg selv."), field="merged_into")
        if not merged_into.is_live:
            raise NotAllowed(_("Tiltaket du valgte, er selv tatt ut."), field="merged_into")


def check_reopening(initiative: Initiative, *, reason: str) -> None:
    if initiative.is_live:
        raise NotAllowed(_("Tiltaket er allerede i porteføljen."))
    if not reason.strip():
        raise NotAllowed(_("Skriv hvorfor tiltaket tas inn igjen."), field="reason")
    check_text(reason, field="reason")


def check_parent(initiative: Initiative, parent: Initiative | None) -> None:
    """An initiative is not part of itself, however many steps away."""
    seen = parent
    while seen is not None:
        if seen.pk == initiative.pk:
            raise NotAllowed(_("Et tiltak kan ikke være del av seg selv."), field="parent")
        seen = seen.parent


__all__ = [
    "NEXT_STATES",
    "AlreadySaved",
    "Changed",
    "NotAllowed",
    "Status",
    "check_closing",
    "check_parent",
    "check_reopening",
    "check_status",
    "check_text",
    "check_transition",
]
