"""The facts of an arrangement, and the filter of their list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField, FilterForm, ModelMultipleChoiceField, RuledForm
from meetings.actions.events import FIELDS, RELATIONS
from meetings.forms.attendance import TimeInput
from meetings.models import Event, Precision
from portfolio.actions.versions import newest_version
from portfolio.models import InitiativeQuerySet

PRECISIONS = [
    (Precision.DAY, gettext_lazy("En bestemt dag, eller fra dag til dag")),
    (Precision.WEEK, gettext_lazy("Bare uken eller ukene er kjent")),
    (Precision.MONTH, gettext_lazy("Bare måneden eller månedene er kjent")),
    (Precision.YEAR, gettext_lazy("Bare året er kjent")),
    (Precision.UNKNOWN, gettext_lazy("Ikke kjent")),
]


class EventFilterForm(FilterForm):
    """The filter of the list; the address holds it."""

    slag = forms.ChoiceField(
        label=gettext_lazy("Slag"), required=False, choices=[("", gettext_lazy("Alle")), *Event.Kind.choices]
    )

    @property
    def kind(self) -> str:
        return str(self.cleaned_data.get("slag") or "") if self.is_valid() else ""


class EventForm(RuledForm, forms.ModelForm[Event]):
    """The facts of an arrangement."""

    precision = forms.ChoiceField(label=gettext_lazy("Hvor nøyaktig er datoen kjent?"), choices=PRECISIONS)
    starts_on = DateField(
        label=gettext_lazy("Første dag"),
        required=False,
        help_text=gettext_lazy("Er bare uken eller måneden kjent, velg en dag i den."),
    )
    ends_on = DateField(
        label=gettext_lazy("Siste dag"),
        required=False,
        help_text=gettext_lazy("Bare når det varer lenger enn én dag, uke eller måned."),
    )
    starts_at = forms.TimeField(label=gettext_lazy("Fra klokken"), required=False, widget=TimeInput)
    ends_at = forms.TimeField(label=gettext_lazy("Til klokken"), required=False, widget=TimeInput)
    url = forms.URLField(
        label=gettext_lazy("Lenke"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Til påmelding, opptak eller digitalt møte. Den er synlig for alle."),
    )
    summary = TextField(
        label=gettext_lazy("Om arrangementet"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    programme = TextField(
        label=gettext_lazy("Program"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Én post på hver linje."),
    )
    version = SeenField(required=False)

    class Meta:
        model = Event
        fields = [*FIELDS, *RELATIONS]
        field_classes = dict.fromkeys(RELATIONS, ModelMultipleChoiceField)
        widgets = {
            "initiatives": forms.CheckboxSelectMultiple,
            "organisations": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, visible: InitiativeQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        initiatives, organisations, region = (
            self._choices(name) for name in ("initiatives", "organisations", "region")
        )
        initiatives.queryset = visible.in_paper_order()
        organisations.queryset = Organisation.objects.active().in_name_order()
        region.queryset = (
            Organisation.objects.active().filter(kind=Organisation.Kind.HEALTH_REGION).in_name_order()
        )
        region.empty_label = _("Ingen bestemt helseregion")
        if self.instance.pk:
            self.initial["version"] = newest_version(self.instance)

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*FIELDS, *RELATIONS)}

    def _post_clean(self) -> None:
        """The rules answer for the whole arrangement; the instance is not touched."""
