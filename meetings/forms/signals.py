"""Themes that came up somewhere, the filter of their list, and the priorities of strategic areas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.forms import FilterForm
from meetings.actions.signals import Theme
from meetings.models import DecisionPoint, Signal
from portfolio.models import StrategicArea

EXTRA_THEMES = 3
MOST_THEMES = 100
LAST_PLACE = 1000


class SignalFilterForm(FilterForm):
    """The filter of the list; the address holds it."""

    satsing = forms.ModelChoiceField(
        label=gettext_lazy("Satsingsområde"),
        queryset=StrategicArea.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("Alle"),
    )

    @property
    def area(self) -> StrategicArea | None:
        return self.cleaned_data.get("satsing") if self.is_valid() else None


class ThemeForm(forms.Form):
    """One theme; without a text it is none."""

    place = forms.IntegerField(
        label=gettext_lazy("Plass"),
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
    )
    question = forms.CharField(label=gettext_lazy("Spørsmål"), required=False, max_length=120)
    text = forms.CharField(label=gettext_lazy("Tema"), required=False, max_length=300)
    count = forms.IntegerField(
        label=gettext_lazy("Antall innspill"),
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    strategic_area = forms.ModelChoiceField(
        label=gettext_lazy("Satsingsområde"),
        queryset=StrategicArea.objects.all(),
        required=False,
        empty_label=gettext_lazy("Ikke valgt"),
    )
    marks_optional = False


class BaseThemeFormSet(forms.BaseFormSet[ThemeForm]):
    @cached_property
    def _areas(self) -> list[Any]:
        """Asked for once, not for each line."""
        field: Any = ThemeForm.base_fields["strategic_area"]
        return list(field.choices)

    def add_fields(self, form: ThemeForm, index: int | None) -> None:
        super().add_fields(form, index)
        field: Any = form.fields["strategic_area"]
        field.choices = self._areas

    def clean(self) -> None:
        if not any(self.errors) and any(not theme.question for theme in self.themes()):
            raise forms.ValidationError(_("Skriv spørsmålet på den første linjen."))

    def themes(self) -> list[Theme]:
        """The themes in the order of their places; a blank question is the one of the line above.

        A line that was given the place of another goes before it when it moved up, after it when it moved down.
        """
        found, question = [], ""
        for line, form in enumerate(self.forms):
            data = form.cleaned_data
            if not data.get("text"):
                continue
            question = data["question"] or question
            theme = Theme(question, data["text"], data["count"], data["strategic_area"])
            place, before = data["place"] or LAST_PLACE, form.initial.get("place", LAST_PLACE)
            found.append(((place, (place > before) - (place < before), line), theme))
        return [theme for _key, theme in sorted(found, key=lambda row: row[0])]


ThemeFormSet = forms.formset_factory(
    ThemeForm, formset=BaseThemeFormSet, extra=EXTRA_THEMES, max_num=MOST_THEMES, validate_max=True
)


def initial_themes(signals: Iterable[Signal]) -> list[dict[str, Any]]:
    """What the forms begin with."""
    names = ("question", "text", "count", "strategic_area")
    return [
        {"place": place, **{name: getattr(signal, name) for name in names}}
        for place, signal in enumerate(signals, start=1)
    ]


class DecisionField(forms.ModelChoiceField[DecisionPoint]):
    """An adopted decision, by meeting, case and point."""

    def label_from_instance(self, point: DecisionPoint) -> str:
        where = str(point.item.meeting) if point.item else point.unknown_reason
        case = f"{_('sak')} {point.case.number}" if point.case and point.case.number else ""
        return ", ".join(filter(None, [where, case, f"{_('punkt')} {point.number}: {point.text[:80]}"]))


class PriorityForm(forms.Form):
    """That a decision made an area a priority of a year."""

    area = forms.ModelChoiceField(
        label=gettext_lazy("Satsingsområde"), queryset=StrategicArea.objects.all(), empty_label=None
    )
    year = forms.IntegerField(
        label=gettext_lazy("År"), widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5})
    )
    point = DecisionField(
        label=gettext_lazy("Besluttet i"), queryset=DecisionPoint.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["point"]
        field.queryset = (
            DecisionPoint.objects.standing()
            .adopted()
            .select_related("case__body", "item__meeting__body")
            .order_by("-item__meeting__day", "case", "number", "pk")
        )
