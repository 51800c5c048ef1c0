"""The facts of the portfolio."""

from portfolio.models.areas import (
    ProgramArea,
    ProgramAreaAlias,
    StrategicArea,
    StrategyPlan,
)
from portfolio.models.editions import Edition, EditionQuerySet
from portfolio.models.initiatives import (
    Initiative,
    InitiativeQuerySet,
    Participation,
)
from portfolio.models.names import InitiativeAlias, OldSlug
from portfolio.models.statuses import Phase, StatusReport, StatusReportQuerySet

__all__ = [
    "Edition",
    "EditionQuerySet",
    "Initiative",
    "InitiativeAlias",
    "InitiativeQuerySet",
    "OldSlug",
    "Participation",
    "Phase",
    "ProgramArea",
    "ProgramAreaAlias",
    "StatusReport",
    "StatusReportQuerySet",
    "StrategicArea",
    "StrategyPlan",
]
