"""The demo partnership's money, dated as the sources date it (docs/demo.md)."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from pathlib import Path

from django.utils import timezone

from accounts.models import Organisation, User
from funding.models import Allocation, FundingRound, FundingScheme, Grant, Posting, Proposal
from helsefellesskap import demo
from meetings.models import DecisionPoint
from portfolio.models import Initiative, ProgramArea

ROUND = "Innspill til midlene for 2025"
GUIDANCE = (
    "Hva bør midlene for 2025 brukes til? Det som ble prioritert for 2024, skal kunne føres videre, og partnerne leter "
    "etter én felles satsing."
)


@demo.register
def load(fixtures: Path) -> None:
    """Once, as a whole: where there are grants, people have begun to work."""
    if Grant.objects.exists():
        return
    editor = User.objects.get(email="sekretariat@example.no")
    by_year = {row["year"]: _load_grant(row) for row in _rows(fixtures / "grants.csv")}
    by_order = {initiative["order"]: initiative["slug"] for initiative in _rows(fixtures / "initiatives.csv")}
    for row in _rows(fixtures / "allocations.csv"):
        _load_allocation(row, by_year[row["grant"]], by_order, editor)
    round_ = FundingRound(title=ROUND, guidance=GUIDANCE)
    _save_dated(round_, date(2025, 6, 27))
    round_.grants.add(by_year["2025"])
    for row in _rows(fixtures / "proposals.csv"):
        _load_proposal(row, round_, by_order, editor)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _save_dated(thing: Grant | Allocation | FundingRound | Proposal, day: date) -> None:
    """Save with a history that begins on that day."""
    thing._history_date = _at(day)  # type: ignore[union-attr]
    thing.created_at = _at(day)
    thing.save()


def _load_grant(row: dict[str, str]) -> Grant:
    scheme, _created = FundingScheme.objects.get_or_create(
        slug=row["slug"],
        defaults={"name": row["scheme"], "grantor": Organisation.objects.get(name=row["grantor"])},
    )
    grant = Grant(
        scheme=scheme,
        year=int(row["year"]),
        used_in=int(row["used_in"]) if row["used_in"] else None,
        amount=int(row["amount"]),
        rounded_to=int(row["rounded_to"]),
        note=row["note"],
    )
    _save_dated(grant, date.fromisoformat(row["known_on"]))
    return grant


def _load_allocation(row: dict[str, str], grant: Grant, slugs: dict[str, str], editor: User) -> None:
    day = date.fromisoformat(row["allocated_on"])
    allocation = Allocation(
        grant=grant,
        initiative=Initiative.objects.get(slug=slugs[row["initiative"]]),
        work_package=row["work_package"],
        order=int(row["order"]),
        amount=int(row["amount"]),
        state=Allocation.State.ALLOCATED,
        decision=DecisionPoint.objects.adopted().get(case__title=row["decision_case"]),
    )
    _save_dated(allocation, day)
    Posting.objects.create(
        allocation=allocation,
        kind=Posting.Kind.ALLOCATED,
        change=allocation.amount,
        state=allocation.state,
        on=day,
        decision=allocation.decision,
        made_at=_at(day),
        made_by=editor,
    )


def _load_proposal(row: dict[str, str], round_: FundingRound, slugs: dict[str, str], editor: User) -> None:
    day = date.fromisoformat(row["submitted_on"])
    organisation = Organisation.objects.get(name=row["organisation"])
    proposal = Proposal(
        round=round_,
        organisation=organisation,
        initiative=Initiative.objects.get(slug=slugs[row["initiative"]]) if row["initiative"] else None,
        idea=row["idea"],
        program_area=ProgramArea.objects.get(code=row["program_area"]) if row["program_area"] else None,
        work_package=row["work_package"],
        amount=int(row["amount"]),
        reason=row["reason"],
        rank=int(row["rank"]),
        state=Proposal.State.SUBMITTED,
        submitted_at=_at(day),
        written_by=User.objects.filter(organisation=organisation, role="contributor").first() or editor,
    )
    _save_dated(proposal, day)
