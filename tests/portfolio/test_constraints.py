"""What must never be: each constraint of the database violated once, on the database in use."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from accounts.models import Organisation, User
from portfolio.models import (
    Edition,
    Initiative,
    InitiativeAlias,
    OldSlug,
    Participation,
    Phase,
    ProgramArea,
    ProgramAreaAlias,
    StatusReport,
    StrategicArea,
    StrategyPlan,
)
from tests.factories import (
    at,
    create_area,
    create_initiative,
    create_organisation,
    create_report,
    create_user,
    phase,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 6, 27, 12, tzinfo=UTC)
DAY = date(2025, 6, 27)


def report(**fields):
    initiative = fields.pop("initiative", None) or create_initiative()
    return StatusReport.objects.bulk_create(
        [
            StatusReport(
                **{
                    "initiative": initiative,
                    "reported_on": DAY,
                    "phase_from": phase("losning"),
                    "comment": "Det går.",
                    "reported_by": create_user(),
                    **fields,
                }
            )
        ]
    )[0]


def published(**fields):
    return report(publication="published", published_at=NOW, published_by=create_user(), **fields)


def edition(**fields):
    return Edition.objects.create(
        **{
            "number": 1,
            "title": "Handlingsdel",
            "as_of": DAY,
            "data": {},
            "published_by": create_user(),
            **fields,
        }
    )


def initiative(**fields):
    Initiative.objects.filter(pk=create_initiative().pk).update(**fields)


def itself(name):
    row = create_initiative()
    closed = {"closed_as": "merged", "closed_at": NOW, "closed_by": create_user(), "closed_reason": "x"}
    Initiative.objects.filter(pk=row.pk).update(**{name: row.pk, **(closed if name == "merged_into" else {})})


def own_parent():
    row = create_organisation()
    Organisation.objects.filter(pk=row.pk).update(parent=row.pk)


def own_correction():
    row = published()
    published(
        initiative=row.initiative, reported_on=date(2025, 7, 1), pk=row.pk + 1000, corrects_id=row.pk + 1000
    )


def twice(make, **fields):
    make(**fields)
    make(**fields)


def closed(**fields):
    whole = {
        "closed_as": "archived",
        "closed_at": NOW,
        "closed_by": create_user(),
        "closed_reason": "Ferdig.",
    }
    initiative(**{**whole, **fields})


VIOLATIONS = {
    "accounts_organisation_not_own_parent": own_parent,
    "accounts_organisation_has_name": lambda: Organisation.objects.bulk_create([Organisation(kind="unit")]),
    "accounts_user_email_is_lower_case": lambda: User.objects.bulk_create(
        [User(email="OLA@example.no", name="Ola")]
    ),
    "accounts_user_role_is_known": lambda: create_user(role="king"),
    "portfolio_phase_code_has_no_hyphen": lambda: Phase.objects.create(
        code="drift-2", name="Drift 2", order=9
    ),
    "portfolio_statusreport_state_is_known": lambda: create_report(
        initiative=create_initiative(), state="asleep"
    ),
    "portfolio_statusreport_publication_is_known": lambda: create_report(
        initiative=create_initiative(), publication="lost"
    ),
    "portfolio_initiative_visibility_is_known": lambda: create_initiative(visibility="hidden"),
    "portfolio_initiative_closing_is_known": lambda: create_initiative(
        closed_as="lost", closed_reason="Borte.", closed_at=at(DAY), closed_by=create_user()
    ),
    "portfolio_programarea_has_name": lambda: ProgramArea.objects.bulk_create(
        [ProgramArea(code="x", order=1)]
    ),
    "portfolio_programarea_reference_is_of_a_decision": lambda: create_area(decided_reference="SSU 1/25"),
    "portfolio_strategyplan_ends_after_it_begins": lambda: StrategyPlan.objects.create(
        title="Plan", year_from=2025, year_to=2025
    ),
    "portfolio_strategicarea_name_is_unique_in_plan": lambda: [
        StrategicArea.objects.create(
            plan=StrategyPlan.objects.get_or_create(title="Plan", year_from=2022, year_to=2027)[0],
            name="Folk",
            slug=slug,
            order=1,
        )
        for slug in ("a", "b")
    ],
    "portfolio_edition_number_once": lambda: twice(edition),
    "portfolio_edition_has_title": lambda: edition(title=""),
    "portfolio_initiative_has_title": lambda: initiative(title=""),
    "portfolio_initiative_not_own_parent": lambda: itself("parent"),
    "portfolio_initiative_not_merged_into_itself": lambda: itself("merged_into"),
    "portfolio_initiative_merged_has_target": lambda: closed(closed_as="merged"),
    "portfolio_initiative_closed_by_someone_with_reason": lambda: closed(closed_by=None),
    "portfolio_initiative_decided_has_precision": lambda: initiative(decided_on=DAY),
    "portfolio_initiativealias_once": lambda: twice(
        InitiativeAlias.objects.create, initiative=create_initiative(), text="TU"
    ),
    "portfolio_initiativealias_has_text": lambda: InitiativeAlias.objects.create(
        initiative=create_initiative(), text=""
    ),
    "portfolio_participation_once": lambda: twice(
        Participation.objects.create, initiative=create_initiative(), organisation=create_organisation()
    ),
    "portfolio_statusreport_has_phase_unless_not_started": lambda: report(phase_from=None),
    "portfolio_statusreport_mapping_has_no_phase": lambda: report(needs_mapping=True),
    "portfolio_statusreport_not_started_has_no_phase": lambda: report(state="not_started"),
    "portfolio_statusreport_range_has_two_phases": lambda: report(phase_to=phase("losning")),
    "portfolio_statusreport_comment_or_unknown": lambda: report(comment=""),
    "portfolio_statusreport_published_by_someone": lambda: report(publication="published"),
    "portfolio_statusreport_not_own_correction": own_correction,
    "portfolio_statusreport_one_a_day_but_corrections": lambda: twice(
        published, initiative=create_initiative()
    ),
    "portfolio_statusreport_one_draft_per_person": lambda: twice(
        report, initiative=create_initiative(), reported_by=create_user()
    ),
}
"""Each named constraint, and what would break it."""

MORE = {
    "a range begins somewhere": lambda: report(phase_from=None, phase_to=phase("drift"), state="not_started"),
    "a comment is not unknown": lambda: report(comment_unknown=True),
    "a draft has no publisher": lambda: report(published_by=create_user()),
    "a draft corrects nothing": lambda: report(corrects=published()),
    "closed has a reason": lambda: closed(closed_reason=""),
    "closed has a time": lambda: closed(closed_at=None),
    "live has no reason": lambda: initiative(closed_reason="Ferdig."),
    "a precision is of a day": lambda: initiative(decided_precision="day"),
    "archived has no target": lambda: closed(merged_into=create_initiative()),
    "one correction of each": lambda: twice(published, initiative=create_initiative(), corrects=published()),
    "one edition supersedes another": lambda: [
        edition(number=number, supersedes=first) for first in [edition()] for number in (2, 3)
    ],
    "one address": lambda: twice(create_initiative, slug="likt"),
    "one old address": lambda: twice(OldSlug.objects.create, initiative=create_initiative(), slug="likt"),
    "one phase by its code": lambda: Phase.objects.create(code="drift", name="Ny", order=9),
    "one phase in each place": lambda: Phase.objects.create(code="ny", name="Ny", order=1),
    "one spelling of an area": lambda: [
        ProgramAreaAlias.objects.create(area=create_area(), text=text)
        for text in ("Barn – unge", "barn - UNGE.")
    ],
    "one organisation by name": lambda: twice(create_organisation, name="Hamar"),
    "one user by address": lambda: twice(User.objects.create, email="ola@example.no", name="Ola"),
}


def must_be_refused(violate):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        violate()
    return str(refusal.value)


@pytest.mark.parametrize("name", VIOLATIONS)
def test_each_constraint_is_kept_by_the_database(name):
    words = must_be_refused(VIOLATIONS[name])

    assert name in words or words.startswith("UNIQUE constraint failed")


@pytest.mark.parametrize("claim", MORE)
def test_the_database_knows_too_that(claim):
    must_be_refused(MORE[claim])


def test_every_constraint_has_a_violation():
    ours = {
        constraint.name
        for app in ("accounts", "portfolio")
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }

    assert ours == set(VIOLATIONS)


def test_days_of_corrections_are_free():
    first = create_report(initiative=create_initiative(), on=DAY)
    second = create_report(initiative=first.initiative, on=DAY, corrects=first)

    assert create_report(initiative=first.initiative, on=DAY, corrects=second).corrects == second


@pytest.mark.parametrize("model", [Initiative, Organisation, StatusReport, ProgramArea])
def test_public_ids_are_unguessable_and_once(model):
    field = model._meta.get_field("public_id")

    assert isinstance(field, models.UUIDField)
    assert field.unique
