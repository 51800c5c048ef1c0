"""Which day of a grant, and which two years to compare."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.models import Grant
from helsefellesskap.forms import DateField, FilterForm


class DayForm(FilterForm):
    """The table of a grant as it was on a day; no day is now. The scheme is kept along."""

    ordning = forms.SlugField(required=False, widget=forms.HiddenInput)
    dato = DateField(
        label=gettext_lazy("Slik det var"),
        required=False,
        error_messages={"invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 30.06.2025.")},
    )

    def clean_dato(self) -> date | None:
        day: date | None = self.cleaned_data["dato"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Datoen kan ikke være fram i tid."))
        return day


class YearsForm(FilterForm):
    """Two grants to put side by side."""

    fra = forms.ChoiceField(label=gettext_lazy("Sammenlign"))
    til = forms.ChoiceField(label=gettext_lazy("med"))

    def __init__(self, *args: Any, grants: list[Grant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = len({grant.scheme_id for grant in grants}) > 1
        self.grants = {str(grant.public_id): grant for grant in grants}
        for name in ("fra", "til"):
            field: Any = self.fields[name]
            field.choices = [
                (key, str(grant) if several else str(grant.year)) for key, grant in self.grants.items()
            ]

    def pair(self) -> tuple[Grant, Grant]:
        data = self.cleaned_data
        return self.grants[data["fra"]], self.grants[data["til"]]
