"""Test data as plain functions: keyword-only, and a test says only what matters to it."""

from datetime import date, datetime, time
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Organisation, Role, User
from helsefellesskap.norwegian import ascii_slug
from portfolio.models import Initiative, Phase, ProgramArea, StatusReport

_serial = count(1)


def at(day: date, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def create_user(*, role: str = "", name: str = "", **fields: Any) -> User:
    number = next(_serial)
    user = User(
        email=fields.pop("email", f"person{number}@example.no"),
        name=name or f"Person {number}",
        role=role,
        **fields,
    )
    user.set_unusable_password()
    user.save()
    return user


def create_organisation(
    *, name: str = "", kind: str = Organisation.Kind.MUNICIPALITY, **fields: Any
) -> Organisation:
    return Organisation.objects.create(name=name or f"Kommune {next(_serial)}", kind=kind, **fields)


def create_area(*, name: str = "", on: date = date(2024, 1, 1), **fields: Any) -> ProgramArea:
    number = next(_serial)
    name = name or f"Område {number}"
    area = ProgramArea(name=name, code=ascii_slug(name), order=fields.pop("order", number), **fields)
    area._history_date = at(on)
    area.save()
    return area


def create_initiative(
    *, title: str = "", area: ProgramArea | None = None, on: date = date(2024, 1, 1), **fields: Any
) -> Initiative:
    number = next(_serial)
    title = title or f"Tiltak {number}"
    initiative = Initiative(
        title=title,
        slug=fields.pop("slug", ascii_slug(title)),
        program_area=area or ProgramArea.objects.order_by("order").first() or create_area(),
        order=fields.pop("order", number),
        **fields,
    )
    initiative._history_date = at(on)
    initiative.save()
    return initiative


def phase(code: str) -> Phase | None:
    return Phase.objects.get(code=code) if code else None


def create_report(
    *,
    initiative: Initiative,
    on: date = date(2025, 6, 27),
    phases: str = "losning",
    comment: str = "Det går framover.",
    publication: str = StatusReport.Publication.PUBLISHED,
    by: User | None = None,
    **fields: Any,
) -> StatusReport:
    """A report as the database holds it; «losning-drift» is a range, and no comment is «vet ikke»."""
    first, _dash, last = phases.partition("-")
    by = by or User.objects.filter(role=Role.EDITOR).first() or create_user(role=Role.EDITOR)
    is_published = publication == StatusReport.Publication.PUBLISHED
    report = StatusReport.objects.create(
        initiative=initiative,
        reported_on=on,
        phase_from=phase(first),
        phase_to=phase(last),
        comment=comment,
        comment_unknown=not comment,
        publication=publication,
        reported_by=by,
        published_by=by if is_published else None,
        published_at=fields.pop("published_at", at(on)) if is_published else None,
        **fields,
    )
    newest = StatusReport.objects.published().filter(initiative=initiative).newest_first().first()
    Initiative.objects.filter(pk=initiative.pk).update(latest_report=newest)
    initiative.latest_report = newest
    return report
