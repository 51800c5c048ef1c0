"""The filter of the list of cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.forms import FilterForm
from meetings.models import AgendaItem, Body, Case

OPEN_STATES = [
    Case.State.LISTED,
    Case.State.TREATED,
    Case.State.POSTPONED,
    Case.State.CLOSED,
    Case.State.WITHDRAWN,
]
PROPOSED_STATES = [Case.State.PROPOSED, Case.State.RETURNED]
WAITING_STATES = [Case.State.BACKLOG, Case.State.DRAFT, Case.State.REVIEW]

OFFERED_YEARS = 20


class CaseFilterForm(FilterForm):
    """The filter of the list; the address holds it. What a person cannot choose between is not asked."""

    q = forms.CharField(
        label=gettext_lazy("Søk på nummer eller ord"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    vis = forms.ChoiceField(label=gettext_lazy("Vis"), required=False)
    organ = forms.ChoiceField(label=gettext_lazy("Organ"), required=False)
    ar = forms.TypedChoiceField(label=gettext_lazy("År"), required=False, coerce=int, empty_value=None)
    type = forms.ChoiceField(
        label=gettext_lazy("Sakstype"),
        required=False,
        choices=[("", gettext_lazy("Alle")), *Case.Kind.choices],
    )
    tilstand = forms.ChoiceField(label=gettext_lazy("Tilstand"), required=False)
    utfall = forms.ChoiceField(
        label=gettext_lazy("Utfall i møtet"),
        required=False,
        choices=[("", gettext_lazy("Alle")), *AgendaItem.Outcome.choices],
    )
    tiltak = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        bodies: list[Body],
        years: list[int],
        sees_drafts: bool,
        can_propose: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        states = [*(PROPOSED_STATES + WAITING_STATES if sees_drafts else []), *OPEN_STATES]
        self.offer("organ", [(body.code, body.short_name) for body in bodies])
        self.offer("ar", [(str(year), str(year)) for year in years])
        self._show_newest_years()
        self.offer("tilstand", [(state.value, str(state.label)) for state in states])
        shown = [("saksbanken", _("Saksbanken")), ("forslag", _("Forslag fra partnerne"))] * sees_drafts
        shown += [("mine", _("Forslagene mine"))] * can_propose
        self.offer("vis", shown, everything=_("Kunngjorte saker"))
        if not shown:
            del self.fields["vis"]
        if not self.data.get("tiltak"):
            del self.fields["tiltak"]

    def _show_newest_years(self) -> None:
        """An older year is chosen by its address alone, and then stands in the list too."""
        field: Any = self.fields["ar"]
        everything, number = list(field.choices), OFFERED_YEARS + 1
        chosen = [choice for choice in everything[number:] if choice[0] == self.data.get("ar")]
        field.widget.choices = everything[:number] + chosen

    @property
    def is_active(self) -> bool:
        return any(self.value(name) for name in self.fields)
