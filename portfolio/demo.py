"""The demo partnership's portfolio, its history dated as the sources date it."""

import csv
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, User
from helsefellesskap import demo
from helsefellesskap.norwegian import normalised
from portfolio.models import (
    Initiative,
    InitiativeAlias,
    Participation,
    Phase,
    ProgramArea,
    ProgramAreaAlias,
    StatusReport,
    StrategicArea,
    StrategyPlan,
)

PORTFOLIO_BEGAN_ON = date(2024, 11, 14)  # the first decision the sources date
LED_BY_CONTRIBUTOR = {"9", "18"}
FILE_NAMES = ("program_areas", "strategic_areas", "initiatives", "reports")


@demo.register
def load(fixtures: Path) -> None:
    areas, strategic_areas, initiatives, reports = (_rows(fixtures / f"{name}.csv") for name in FILE_NAMES)
    editor = User.objects.get(email="sekretariat@example.no")
    _load_areas(areas, strategic_areas)
    by_order = {row["order"]: _load_initiative(row) for row in initiatives}
    _relate(initiatives, by_order)
    _load_reports(reports, by_order, editor)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(" | ") if part.strip()]


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _load_areas(areas: list[dict[str, str]], strategic_areas: list[dict[str, str]]) -> None:
    for row in areas:
        area = ProgramArea.objects.filter(code=row["code"]).first()
        if area is None:
            area = ProgramArea(
                code=row["code"],
                name=row["name"],
                order=int(row["order"]),
                is_decided=row["is_decided"] == "true",
            )
            _save_dated(area)
        for text in _several(row["aliases"]):
            ProgramAreaAlias.objects.get_or_create(
                key=normalised(text), defaults={"area": area, "text": text}
            )
    plan, _created = StrategyPlan.objects.get_or_create(
        title="Strategiplan", defaults={"year_from": 2022, "year_to": 2027}
    )
    for row in strategic_areas:
        StrategicArea.objects.get_or_create(
            slug=row["slug"],
            defaults={"plan": plan, "name": row["name"], "goal": row["goal"], "order": int(row["order"])},
        )


def _save_dated(thing: Any) -> None:
    """Save with a history that begins when the portfolio did."""
    thing._history_date = _at(PORTFOLIO_BEGAN_ON, 12)
    thing.save()


def _load_initiative(row: dict[str, str]) -> Initiative:
    known_as = Q(slug=row["slug"]) | Q(old_slugs__slug=row["slug"])
    found = Initiative.objects.filter(known_as).first()
    if found is not None:
        return found
    initiative = Initiative(
        slug=row["slug"],
        title=row["title"],
        kind=row["kind"],
        program_area=ProgramArea.objects.get(code=row["program_area"]),
        order=int(row["order"]),
        summary=row["summary"],
        owner=Organisation.objects.get(name=row["owner"]) if row["owner"] else None,
        mandate_state=row["mandate_state"],
        mandate_reference=row["mandate_reference"],
        decided_on=date.fromisoformat(row["decided_on"]) if row["decided_on"] else None,
        decided_precision=row["decided_precision"],
        decided_reference=row["decided_reference"],
        created_at=_at(PORTFOLIO_BEGAN_ON, 12),
    )
    if row["order"] in LED_BY_CONTRIBUTOR:
        initiative.project_lead = User.objects.get(email="bidragsyter@example.no")
    _save_dated(initiative)
    initiative.strategic_areas.set(StrategicArea.objects.filter(slug__in=_several(row["strategic_areas"])))
    for text in _several(row["aliases"]):
        InitiativeAlias.objects.get_or_create(
            initiative=initiative, key=normalised(text), defaults={"text": text}
        )
    for part in _several(row["participants"]):
        name, _colon, role = part.rpartition(":")
        Participation.objects.create(
            initiative=initiative, organisation=Organisation.objects.get(name=name), role=role
        )
    return initiative


def _relate(rows: list[dict[str, str]], by_order: dict[str, Initiative]) -> None:
    for row in rows:
        if row["related"]:
            by_order[row["order"]].related.add(*(by_order[order] for order in _several(row["related"])))


def _load_reports(rows: list[dict[str, str]], by_order: dict[str, Initiative], editor: User) -> None:
    phases = {phase.code: phase for phase in Phase.objects.all()}
    loaded = set(StatusReport.objects.values_list("initiative_id", "reported_on"))
    for row in sorted(rows, key=lambda row: row["reported_on"]):
        initiative = by_order[row["order"]]
        reported_on = date.fromisoformat(row["reported_on"])
        if (initiative.pk, reported_on) in loaded:
            continue
        report = StatusReport.objects.create(
            initiative=initiative,
            reported_on=reported_on,
            phase_from=phases.get(row["phase_from"]),
            phase_to=phases.get(row["phase_to"]),
            needs_mapping=row["needs_mapping"] == "true",
            comment_unknown=row["comment_unknown"] == "true",
            reported_by=editor,
            publication=StatusReport.Publication.PUBLISHED,
            published_at=_at(reported_on, 9),
            published_by=editor,
            created_at=_at(reported_on, 9),
            **{
                name: row[name]
                for name in (
                    "state",
                    "comment",
                    "next_step",
                    "source",
                    "raw_phase",
                    "raw_comment",
                    "raw_mark",
                )
            },
        )
        newest = initiative.latest_report
        if newest is None or newest.reported_on <= reported_on:
            Initiative.objects.filter(pk=initiative.pk).update(latest_report=report)
            initiative.latest_report = report
