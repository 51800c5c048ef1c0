"""What is unknown, stale, contradictory or misspelt in the portfolio; only of initiatives that are live."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Role, User, Viewer, has_role
from accounts.permissions import can_edit_reference_data
from helsefellesskap.findings import Finding, register, subject_of
from helsefellesskap.norwegian import find_national_id, normalised
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import dato
from helsefellesskap.text_faults import broken_dates, contradicting_periods, mended_date, misspelt
from portfolio import permissions
from portfolio.models import Initiative, InitiativeAlias, ProgramArea, StatusReport, StrategicArea

_QUESTION_MARKS = re.compile(r"[\s?？]*[?？][\s?？]*")


def reads_all_findings(user: Viewer) -> bool:
    """Also those that are about no initiative: the secretariat and the leaders."""
    return has_role(user, Role.EDITOR, Role.LEADER)


def checked_initiatives(user: Viewer, today: date) -> list[Initiative]:
    """The live initiatives whose findings a person reads, each with its newest report until then and `is_funded`.

    The secretariat and leaders read those of all, a contributor of those they report on, others of none. Asked once
    for all checks of a page.
    """
    if reads_all_findings(user):
        return _checked(user, Q(pk__isnull=False), today)
    if not isinstance(user, User) or not has_role(user, Role.CONTRIBUTOR):
        return []
    own = Q(project_lead=user)
    if user.organisation_id:
        own |= Q(owner=user.organisation_id)
    return _checked(user, own, today)


def _checked(user: Viewer, which: Q, today: date) -> list[Initiative]:
    def ask() -> list[Initiative]:
        visible = Initiative.objects.visible_to(user).live().filter(which)
        initiatives = list(visible.with_status().with_funded().in_paper_order())
        _go_back_to(today, initiatives)
        return initiatives

    return once(("checked initiatives", *reader_of(user), today), ask)


def reader_of(user: Viewer) -> tuple[int | None, str]:
    """What tells readers apart where answers are kept: two may both be without a key."""
    return user.pk, getattr(user, "role", "")


def _go_back_to(day: date, initiatives: list[Initiative]) -> None:
    """Those that were reported on since get the report that was the newest then; what is asked of today asks nothing."""
    since = [one for one in initiatives if one.latest_report and one.latest_report.reported_on > day]
    if not since:
        return
    reports = StatusReport.objects.published().filter(initiative__in=since, reported_on__lte=day)
    newest: dict[int, StatusReport] = {}
    for report in reports.select_related("phase_from", "phase_to").with_known_on().newest_first():
        newest.setdefault(report.initiative_id, report)
    for initiative in since:
        initiative.latest_report = newest.get(initiative.pk)
        initiative.known_on = getattr(initiative.latest_report, "known_on", None)


def status_url(user: Viewer, initiative: Initiative) -> str:
    """Where this person gives the initiative a new status, or else reads the one it has."""
    if permissions.can_publish_status(user):
        return reverse("portfolio:status-edit", args=[initiative.slug])
    if permissions.can_propose_status(user, initiative):
        return reverse("portfolio:status-propose", args=[initiative.slug])
    return initiative.get_absolute_url()


def facts_url(user: Viewer, initiative: Initiative) -> str:
    """Where this person changes its title and the like, or else reads them."""
    if permissions.can_edit_portfolio(user):
        return reverse("portfolio:initiative-update", args=[initiative.slug])
    return initiative.get_absolute_url()


def found_in(initiative: Initiative, sentence: str, url: str, *, part: str = "") -> Finding:
    """A finding about an initiative; `part` tells several of the same check apart."""
    key = f"initiative-{initiative.pk}-{part}" if part else f"initiative-{initiative.pk}"
    return Finding(key, initiative.title, sentence, url, subject_of(initiative))


# Status


def _unknown(user: Viewer, today: date) -> Iterator[tuple[Initiative, StatusReport | None, bool]]:
    """Initiatives nobody has said the status of, with the report that should, and whether it was a question mark."""
    for initiative in checked_initiatives(user, today):
        report = initiative.latest_report
        if report is None or report.comment_unknown:
            yield (
                initiative,
                report,
                report is not None and bool(_QUESTION_MARKS.fullmatch(report.raw_comment)),
            )


def _since(initiative: Initiative) -> str:
    if initiative.known_on is None:
        return _("Status har aldri vært kjent.")
    return _("Sist kjent status er fra %(day)s.") % {"day": dato(initiative.known_on)}


@register(
    code="question_mark",
    title=gettext_lazy("Bare spørsmålstegn"),
    why=gettext_lazy(
        "Et spørsmålstegn sier ikke leseren hvordan det går. Spør den som har ansvaret for tiltaket."
    ),
    is_serious=False,
    order=50,
)
def question_marks(user: Viewer, today: date) -> Iterator[Finding]:
    """The newest report is unknown, and the paper it came from had question marks only."""
    for initiative, report, is_question_mark in _unknown(user, today):
        if report is not None and is_question_mark:
            sentence = _("Det som ble meldt %(day)s, er bare spørsmålstegn.") % {
                "day": dato(report.reported_on)
            }
            yield found_in(initiative, f"{sentence} {_since(initiative)}", status_url(user, initiative))


@register(
    code="blank_status",
    title=gettext_lazy("Uten status"),
    why=gettext_lazy(
        "Leserne får ikke vite hvordan det går. Spør den som har ansvaret for tiltaket, og meld status."
    ),
    is_serious=False,
    order=52,
)
def blank_statuses(user: Viewer, today: date) -> Iterator[Finding]:
    """The newest report is unknown without even a question mark, or there is none."""
    for initiative, report, is_question_mark in _unknown(user, today):
        url = status_url(user, initiative)
        if report is None:
            yield found_in(initiative, _("Ingen har meldt status."), url)
        elif not is_question_mark:
            sentence = _("Det som ble meldt %(day)s, sier ikke hvordan det går.") % {
                "day": dato(report.reported_on)
            }
            yield found_in(initiative, f"{sentence} {_since(initiative)}", url)


@register(
    code="unknown_phase",
    title=gettext_lazy("Fasen finnes ikke i modellen"),
    why=gettext_lazy("Tiltaket vises som «Ikke avklart» og telles ikke i noen fase før fasen er avklart."),
    is_serious=True,
    order=20,
)
def unknown_phases(user: Viewer, today: date) -> Iterator[Finding]:
    for initiative in checked_initiatives(user, today):
        report = initiative.latest_report
        if report is None or not report.needs_mapping:
            continue
        is_named = bool(report.raw_phase) and permissions.can_read_sources(user)
        sentence = (
            _("Fasen som ble meldt %(day)s, er «%(phase)s». Den er ikke en fase i modellen.")
            if is_named
            else _("Fasen som ble meldt %(day)s, er ikke en fase i modellen.")
        )
        named = {"day": dato(report.reported_on), "phase": report.raw_phase}
        yield found_in(initiative, sentence % named, status_url(user, initiative))


@register(
    code="old_status",
    title=gettext_lazy("Gammel status"),
    why=gettext_lazy("Det som ble meldt for lenge siden, stemmer kanskje ikke lenger. Be om ny status."),
    is_serious=False,
    order=90,
)
def old_statuses(user: Viewer, today: date) -> Iterator[Finding]:
    """Reports older than the setting says; those whose status is unknown are told of by the other checks."""
    oldest = today - timedelta(days=settings.STALE_AFTER_DAYS)
    for initiative in checked_initiatives(user, today):
        report = initiative.latest_report
        if report is not None and not report.comment_unknown and report.reported_on < oldest:
            sentence = _("Siste status er fra %(day)s.") % {"day": dato(report.reported_on)}
            yield found_in(initiative, sentence, status_url(user, initiative))


# Areas and names


def _areas() -> list[ProgramArea]:
    return once("areas in use", lambda: list(ProgramArea.objects.filter(is_active=True)))


def _area_url(user: Viewer, area: ProgramArea) -> str:
    if permissions.can_edit_portfolio(user):
        return reverse("portfolio:area-update", args=[area.code])
    return area.get_absolute_url()


def _strategic_area_url(user: Viewer, area: StrategicArea) -> str:
    if can_edit_reference_data(user):
        return reverse("admin:portfolio_strategicarea_change", args=[area.pk])
    return area.get_absolute_url()


@register(
    code="undecided_area",
    title=gettext_lazy("Programområdet er ikke besluttet"),
    why=gettext_lazy(
        "Handlingsdelen må si at inndelingen er et forslag, helt til et møte har besluttet programområdene."
    ),
    is_serious=False,
    order=80,
)
def undecided_areas(user: Viewer, today: date) -> Iterator[Finding]:
    for area in _areas() if reads_all_findings(user) else []:
        if not area.is_decided:
            sentence = _("Programområdet er foreslått, men ikke besluttet i noe møte.")
            yield Finding(f"area-{area.pk}", area.name, sentence, _area_url(user, area), subject_of(area))


@register(
    code="same_name",
    title=gettext_lazy("To tiltak med samme navn"),
    why=gettext_lazy(
        "Leserne kan ikke se hvilket tiltak som er ment, og det som hentes inn fra papir, kan havne på feil tiltak."
    ),
    is_serious=False,
    order=70,
)
def same_names(user: Viewer, today: date) -> Iterator[Finding]:
    """Two titles that are the same but for case, spaces and signs, or another name that is the title of another one."""
    checked = checked_initiatives(user, today)
    if not checked:
        return
    visible = Initiative.objects.visible_to(user).live().select_related("program_area").in_paper_order()
    by_title = defaultdict(list)
    for initiative in checked if reads_all_findings(user) else visible:
        by_title[normalised(initiative.title)].append(initiative)
    aliases = defaultdict(list)
    for alias in InitiativeAlias.objects.filter(initiative__in=[one.pk for one in checked]).order_by("pk"):
        aliases[alias.initiative_id].append(alias)
    for initiative in checked:
        url = facts_url(user, initiative)
        for other in by_title[normalised(initiative.title)]:
            if other.pk != initiative.pk:
                sentence = _("Tiltaket heter det samme som et annet tiltak i %(area)s.")
                named = {"area": str(other.program_area)}
                yield found_in(initiative, sentence % named, url, part=str(other.pk))
        for alias in aliases[initiative.pk]:
            for other in by_title.get(alias.key, []):
                if other.pk != initiative.pk:
                    sentence = _("Det andre navnet «%(name)s» er tittelen på et annet tiltak i %(area)s.")
                    named = {"name": alias.text, "area": str(other.program_area)}
                    yield found_in(initiative, sentence % named, url, part=f"alias-{alias.pk}-{other.pk}")


@register(
    code="misspelt_name",
    title=gettext_lazy("Skrivefeil i navn"),
    why=gettext_lazy("Navnet på helsefellesskapet og partnerne skal skrives riktig i alt som publiseres."),
    is_serious=False,
    order=72,
)
def misspelt_names(user: Viewer, today: date) -> Iterator[Finding]:
    """Names of areas and titles with a word that is nearly one of the partnership's name or of an organisation's."""
    checked = checked_initiatives(user, today)
    if not checked and not reads_all_findings(user):
        return
    right = [settings.SITE_NAME, *Organisation.objects.active().values_list("name", flat=True)]
    for area in _areas() if reads_all_findings(user) else []:
        if sentence := _slips(area.name, right):
            yield Finding(f"area-{area.pk}", area.name, sentence, _area_url(user, area), subject_of(area))
    for strategic in StrategicArea.objects.all() if reads_all_findings(user) else []:
        if sentence := _slips(strategic.name, right):
            url = _strategic_area_url(user, strategic)
            key = f"strategic-area-{strategic.pk}"
            yield Finding(key, strategic.name, sentence, url, subject_of(strategic))
    for initiative in checked:
        if sentence := _slips(initiative.title, right):
            yield found_in(initiative, sentence, facts_url(user, initiative))


def _slips(text: str, right: list[str]) -> str:
    slips = misspelt(text, right)
    return _joined(
        _("«%(word)s» ser ut til å være «%(name)s» skrevet feil") % {"word": word, "name": name}
        for word, name in slips
    )


# Texts


@dataclass(frozen=True)
class _Text:
    """A text of an initiative, and the report it stands in, if any."""

    initiative: Initiative
    part: str
    text: str
    report: StatusReport | None = None

    @property
    def label(self) -> str:
        """How a sentence about it begins."""
        if self.report is None:
            return _("Tittelen") if self.part == "title" else _("«Kort om tiltaket»")
        label = _("Kommentaren fra %(day)s") if self.part == "comment" else _("«Neste steg» fra %(day)s")
        return label % {"day": dato(self.report.reported_on)}

    def found(self, user: Viewer, sentence: str) -> Finding:
        url = status_url(user, self.initiative) if self.report else facts_url(user, self.initiative)
        return found_in(self.initiative, sentence, url, part=self.part)


def _texts(user: Viewer, today: date) -> list[_Text]:
    """What is written about each initiative now: title, summary, and comment and next step of the newest report."""
    return once(
        ("texts", *reader_of(user), today),
        lambda: [text for text in _written(user, today) if text.text],
    )


def _written(user: Viewer, today: date) -> Iterator[_Text]:
    for initiative in checked_initiatives(user, today):
        yield _Text(initiative, "title", initiative.title)
        yield _Text(initiative, "summary", initiative.summary)
        report = initiative.latest_report
        if report is not None:
            yield _Text(initiative, "comment", report.comment, report)
            yield _Text(initiative, "next-step", report.next_step, report)


def _joined(parts: Iterable[str]) -> str:
    """Sentences of the same kind as one: a; b. Nothing of none."""
    sentence = "; ".join(parts)
    return f"{sentence}." if sentence else ""


@register(
    code="broken_date",
    title=gettext_lazy("Dato som ikke finnes"),
    why=gettext_lazy("Leserne vet ikke hvilken dag som er ment."),
    is_serious=True,
    order=40,
)
def impossible_dates(user: Viewer, today: date) -> Iterator[Finding]:
    for text in _texts(user, today):
        if dates := broken_dates(text.text):
            yield text.found(
                user, _joined(_about_date(text.label, written) for written in dict.fromkeys(dates))
            )


def _about_date(label: str, written: str) -> str:
    meant = mended_date(written)
    sentence = (
        _("%(where)s har datoen «%(date)s», som ikke finnes. Kanskje er %(meant)s ment")
        if meant
        else _("%(where)s har datoen «%(date)s», som ikke finnes")
    )
    return sentence % {"where": label, "date": written, "meant": meant}


@register(
    code="contradicting_period",
    title=gettext_lazy("Periode som ikke går opp"),
    why=gettext_lazy("Perioden slutter før den begynner, eller går fra et år til det samme året."),
    is_serious=True,
    order=42,
)
def impossible_periods(user: Viewer, today: date) -> Iterator[Finding]:
    for text in _texts(user, today):
        if periods := contradicting_periods(text.text):
            yield text.found(
                user,
                _joined(
                    _("%(where)s har perioden «%(period)s»") % {"where": text.label, "period": period}
                    for period in dict.fromkeys(periods)
                ),
            )


@register(
    code="national_id",
    title=gettext_lazy("Mulig fødselsnummer"),
    why=gettext_lazy(
        "Et fødselsnummer skal ikke stå her (offentlegforskrifta § 7). Ta det bort med en gang."
    ),
    is_serious=True,
    order=10,
)
def national_ids(user: Viewer, today: date) -> Iterator[Finding]:
    """The number itself is not repeated."""
    for text in _texts(user, today):
        if find_national_id(text.text):
            sentence = _("%(where)s ser ut til å inneholde et fødselsnummer.") % {"where": text.label}
            yield text.found(user, sentence)
