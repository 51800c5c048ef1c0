"""Tasks that came of a decision: found, kept, reported."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField, FilterForm, ModelMultipleChoiceField, RuledForm
from meetings.models import (
    Body,
    Case,
    DecisionPoint,
    FollowUp,
    Precision,
)


class FollowUpFilterForm(FilterForm):
    """The filter of the tasks; the address holds it."""

    q = forms.CharField(
        label=gettext_lazy("Søk"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    organ = forms.ChoiceField(label=gettext_lazy("Organ"), required=False)
    tilstand = forms.ChoiceField(
        label=gettext_lazy("Tilstand"),
        required=False,
        choices=[
            ("", gettext_lazy("Alle")),
            ("apne", gettext_lazy("Åpne")),
            ("forfalt", gettext_lazy("Forfalt")),
            ("meldt", gettext_lazy("Meldt utført")),
            ("ferdig", gettext_lazy("Utført eller frafalt")),
        ],
    )
    ansvarlig = forms.ChoiceField(label=gettext_lazy("Ansvarlig organisasjon"), required=False)

    def __init__(
        self, *args: Any, bodies: list[Body], organisations: list[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer("organ", ((one.code, one.short_name) for one in bodies))
        self.offer("ansvarlig", ((str(one.pk), one.name) for one in organisations))


class FollowUpForm(RuledForm, forms.Form):
    """A task: what, who, and by when."""

    conditional = ("due_on",)
    point = forms.ModelChoiceField(
        label=gettext_lazy("Vedtakspunkt"),
        queryset=DecisionPoint.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ikke et bestemt punkt"),
    )
    title = forms.CharField(label=gettext_lazy("Hva skal gjøres?"), max_length=300)
    responsible = forms.CharField(
        label=gettext_lazy("Ansvarlig"),
        max_length=200,
        help_text=gettext_lazy(
            "Slik det skal stå i listen, for eksempel sekretariatet eller helseregionene."
        ),
    )
    organisations = ModelMultipleChoiceField(
        label=gettext_lazy("Ansvarlige organisasjoner"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("De kan melde punktet utført, og får påminnelser."),
    )
    precision = forms.ChoiceField(
        label=gettext_lazy("Frist"),
        choices=[
            (Precision.DAY, gettext_lazy("En bestemt dag")),
            (Precision.MONTH, gettext_lazy("I løpet av en måned")),
            (Precision.UNKNOWN, gettext_lazy("Ingen frist")),
        ],
    )
    due_on = DateField(label=gettext_lazy("Dato"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Tilstand"), choices=FollowUp.State, initial=FollowUp.State.OPEN
    )
    comment = TextField(
        label=gettext_lazy("Hva som er gjort"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point, organisations = (self._choices(name) for name in ("point", "organisations"))
        decided = DecisionPoint.objects.filter(case=case).exclude(outcome=DecisionPoint.Outcome.PROPOSED)
        point.queryset = decided.standing()
        point.label_from_instance = lambda one: f"{one.number}. {one.text[:90]}"
        chosen = self.initial.get("organisations", [])
        organisations.queryset = Organisation.objects.filter(
            Q(is_active=True) | Q(pk__in=[one.pk for one in chosen])
        ).in_name_order()
        self.case = case

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        is_unknown = data.get("precision") == Precision.UNKNOWN
        due: date | None = data.get("due_on")
        if not is_unknown and due is None and "due_on" not in self.errors:
            self.add_error("due_on", gettext_lazy("Skriv fristen, eller velg «Ingen frist»."))
        if is_unknown:
            data["due_on"] = None
        elif due and data.get("precision") == Precision.MONTH:
            data["due_on"] = due.replace(day=1)
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("point", "title", "responsible", "organisations", "precision", "due_on", "state", "comment")
        return {"case": self.case, **{name: data[name] for name in names}}


class ReportForm(forms.Form):
    comment = TextField(
        label=gettext_lazy("Hva er gjort?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
