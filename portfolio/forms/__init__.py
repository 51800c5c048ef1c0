"""Input of the portfolio's pages."""

from portfolio.forms.handlingsdel import CompareForm, DayForm, EditionForm
from portfolio.forms.initiatives import (
    AreaForm,
    ClosingForm,
    InitiativeFilterForm,
    InitiativeForm,
    ParticipationFormSet,
    ReopeningForm,
)
from portfolio.forms.statuses import ReturnForm, SharedStatusForm, StatusForm

__all__ = [
    "AreaForm",
    "ClosingForm",
    "CompareForm",
    "DayForm",
    "EditionForm",
    "InitiativeFilterForm",
    "InitiativeForm",
    "ParticipationFormSet",
    "ReopeningForm",
    "ReturnForm",
    "SharedStatusForm",
    "StatusForm",
]
