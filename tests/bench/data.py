"""Portfolios of any size, the same every time but for the day they end on."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import Organisation, Role, User
from helsefellesskap.norwegian import ascii_slug
from portfolio.models import Initiative, Phase, ProgramArea, StatusReport, StrategicArea, StrategyPlan
from tests.factories import at, create_user

EDITOR = "editor@example.no"
REPORTS_EACH = 20
DAYS_BETWEEN = 90
HALF_WAY = timedelta(days=REPORTS_EACH * DAYS_BETWEEN // 2)  # ago: the day the as-of views ask for
AREA_SIZES = {
    "Digitale og desentrale tjenester": 12,
    "Psykisk helsevern og rus voksne": 6,
    "Barn og unge": 5,
    "Bo trygt hjemme": 8,
    "Videreutvikle helsefellesskapet": 13,
}
STRATEGIC_AREAS = (
    "Interessepolitikk",
    "Kvalifisert arbeidskraft",
    "Nye digitale tjenester",
    "Videreutvikling",
)
WORK = (
    "Felles pasientforløp",
    "Digital hjemmeoppfølging",
    "Opplæringsprogram",
    "Respons- og oppfølgingstjeneste",
)
WORK += ("Ny modell", "Ambulant team", "Samtrening", "Utredning av tilbudet", "Tverrfaglig behandling")
WHOM = (
    "barn og unge",
    "eldre med sammensatte behov",
    "pårørende",
    "voksne med rusmiddelproblemer",
    "sårpasienter",
)
WHERE = (
    "Nord-Østerdal",
    "Sør-Gudbrandsdal",
    "Hadeland",
    "Valdres",
    "Gjøvik",
    "Åmot og Våler",
    "hele Innlandet",
)
SUBJECTS = ("Arbeidsgruppen", "Prosjektgruppen", "Sykehuset og kommunene", "Helseregionen", "Sekretariatet")
VERBS = ("prøver ut", "kartlegger", "oppsummerer erfaringene med", "forbereder", "venter på", "følger opp")
OBJECTS = (
    "opplæringen",
    "den nye løsningen",
    "mandatet",
    "tilbudet på tvers av nivåene",
    "avtalen",
    "økonomien",
)
ENDS = (
    "før sommeren",
    "i høst",
    "sammen med fastlegene",
    "ved de største sykehusene",
    "i første omgang",
    "på nytt",
)


def fill(size: int) -> None:
    """Fill an empty database with so many live initiatives, two in a hundred closed ones, 20 reports each.

    Two in a hundred are internal, ten have another title and five another area than at first, ten have a
    report that was corrected, twelve say «vet ikke».
    """
    random = Random(f"helsefellesskap {size}")  # noqa: S311  not a secret
    today = timezone.localdate()
    editor = create_user(role=Role.EDITOR, email=EDITOR, name="Sekretariatet")
    initiatives = _initiatives(size, random, today, editor)
    _reports(initiatives, random, today, editor)


def _initiatives(size: int, random: Random, today: date, editor: User) -> list[Initiative]:
    began = at(today - timedelta(days=(REPORTS_EACH + 1) * DAYS_BETWEEN))
    areas = _areas(began.date())
    owners = Organisation.objects.bulk_create(
        Organisation(name=f"{WHERE[number % len(WHERE)]} {number}", kind=Organisation.Kind.MUNICIPALITY)
        for number in range(36)
    )
    places = [area for area, count in zip(areas, AREA_SIZES.values(), strict=True) for _ in range(count)]
    initiatives = []
    for number in range(size + size // 50):
        title = f"{random.choice(WORK)} for {random.choice(WHOM)} i {random.choice(WHERE)}"
        initiatives.append(
            Initiative(
                slug=f"{ascii_slug(title)}-{number}",
                title=title,
                program_area=places[number % len(places)],
                order=number,
                summary=" ".join(_sentence(random) for _ in range(3)),
                owner=owners[number % len(owners)] if number % 10 else None,
                visibility="internal" if number % 50 == 7 else "public",
                created_at=began,
            )
        )
    Initiative.objects.bulk_create(initiatives)
    Initiative.history.bulk_history_create(initiatives, default_date=began)
    _change(initiatives, size, areas, editor, at(today - HALF_WAY + timedelta(days=30)))
    serves = Initiative.strategic_areas.through
    strategic_areas = _strategic_areas()
    serves.objects.bulk_create(
        serves(initiative=initiative, strategicarea=area)
        for initiative in initiatives
        for area in random.sample(strategic_areas, 1 + initiative.order % 2)
    )
    return initiatives


def _areas(began: date) -> list[ProgramArea]:
    areas = []
    for order, name in enumerate(AREA_SIZES, start=1):
        area = ProgramArea(name=name, code=ascii_slug(name), order=order)
        area._history_date = at(began)
        area.save()
        areas.append(area)
    return areas


def _strategic_areas() -> list[StrategicArea]:
    plan = StrategyPlan.objects.create(title="Strategiplan", year_from=2022, year_to=2027)
    return StrategicArea.objects.bulk_create(
        StrategicArea(plan=plan, slug=ascii_slug(name), name=name, order=order)
        for order, name in enumerate(STRATEGIC_AREAS)
    )


def _change(
    initiatives: list[Initiative], size: int, areas: list[ProgramArea], editor: User, when: object
) -> None:
    """Rename, move and close some of them, with a second version in their history."""
    changed = []
    for number, initiative in enumerate(initiatives):
        if number % 10 == 3:
            initiative.title = f"{initiative.title} – nå også på kveldstid"
        if number % 20 == 11:
            initiative.program_area = areas[(number // 20) % len(areas)]
        if number >= size:
            initiative.closed_as = Initiative.Closing.ARCHIVED
            initiative.closed_at, initiative.closed_by = when, editor
            initiative.closed_reason = "Gått over i vanlig drift."
        if number % 10 == 3 or number % 20 == 11 or number >= size:
            changed.append(initiative)
    fields = ["title", "program_area", "closed_as", "closed_at", "closed_by", "closed_reason"]
    Initiative.objects.bulk_update(changed, fields, batch_size=200)
    Initiative.history.bulk_history_create(changed, update=True, default_date=when)


def _reports(initiatives: list[Initiative], random: Random, today: date, editor: User) -> None:
    phases = list(Phase.objects.all())
    reports, wrong = [], []
    for number, initiative in enumerate(initiatives):
        is_corrected = number % 10 == 6
        for step in range(REPORTS_EACH - is_corrected):
            day = today - timedelta(days=(REPORTS_EACH - step) * DAYS_BETWEEN - random.randrange(60))
            reports.append(_report(initiative, day, step, phases, random, editor))
        if is_corrected:
            wrong.append(reports[-random.randrange(1, REPORTS_EACH)])
    reports.sort(key=lambda report: report.published_at)  # they came one by one, not initiative by initiative
    StatusReport.objects.bulk_create(reports, batch_size=2000)
    corrections = []
    for original in wrong:
        correction = _report(original.initiative, original.reported_on, 9, phases, random, editor)
        correction.published_at = at(original.reported_on, 15)
        correction.corrects = original
        corrections.append(correction)
    StatusReport.objects.bulk_create(corrections)
    newest = StatusReport.objects.published().filter(initiative=OuterRef("pk")).newest_first().values("pk")
    Initiative.objects.update(latest_report=Subquery(newest[:1]))


def _report(
    initiative: Initiative, day: date, step: int, phases: list[Phase], random: Random, editor: User
) -> StatusReport:
    is_started = step > 0 or initiative.order % 8 != 0
    first = min(step * len(phases) // (REPORTS_EACH - 4), len(phases) - 1)
    is_range = is_started and initiative.order % 15 == 4 and first + 1 < len(phases)
    is_unknown = random.random() < 0.12
    sentences = random.choice((1, 1, 1, 1, 2, 3))
    return StatusReport(
        initiative=initiative,
        reported_on=day,
        phase_from=phases[first] if is_started else None,
        phase_to=phases[first + 1] if is_range else None,
        state=random.choice(("active", "active", "active", "delayed")) if is_started else "not_started",
        comment="" if is_unknown else " ".join(_sentence(random) for _ in range(sentences)),
        comment_unknown=is_unknown,
        next_step=_sentence(random) if random.random() < 0.3 else "",
        reported_by=editor,
        publication=StatusReport.Publication.PUBLISHED,
        published_at=at(day, 9),
        published_by=editor,
        created_at=at(day, 9),
    )


def _sentence(random: Random) -> str:
    return f"{random.choice(SUBJECTS)} {random.choice(VERBS)} {random.choice(OBJECTS)} {random.choice(ENDS)}."
