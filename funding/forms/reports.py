"""What was spent of an allocation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import KronerField, TextField
from helsefellesskap.forms import DateField, RuledForm


class ReportForm(RuledForm, forms.Form):
    """A report of use up to a day."""

    as_of = DateField(
        label=gettext_lazy("Brukt til og med"),
        initial=timezone.localdate,
        error_messages={"invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 30.06.2026.")},
    )
    spent = KronerField(
        label=gettext_lazy("Brukt i alt, i kroner"),
        min_value=0,
        help_text=gettext_lazy("Fra begynnelsen og fram til datoen. Skriv 0 hvis ingenting er brukt."),
    )
    forecast = KronerField(
        label=gettext_lazy("Ventet brukt i alt, i kroner"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Hva dere regner med å bruke til sammen."),
    )
    comment = TextField(
        label=gettext_lazy("Hva er pengene brukt til?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Uten opplysninger om enkeltpersoner."),
    )
    is_final = forms.BooleanField(
        label=gettext_lazy("Dette er sluttrapporten"),
        required=False,
        help_text=gettext_lazy("Kryss av når pengene er brukt eller arbeidet er ferdig."),
    )

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
