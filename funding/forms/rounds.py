"""Rounds: what they ask for, and the decision that ends them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.forms.decisions import DecisionField
from funding.models import FundingRound, Grant
from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField, ModelMultipleChoiceField, RuledForm


class RoundForm(RuledForm, forms.Form):
    """What the partners are asked, about which grants, and until when."""

    title = forms.CharField(
        label=gettext_lazy("Tittel"),
        max_length=200,
        help_text=gettext_lazy("For eksempel Innspill til midlene for 2025."),
    )
    grants = ModelMultipleChoiceField(
        label=gettext_lazy("Hvilke midler gjelder det?"),
        queryset=Grant.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Velg hvilke midler runden gjelder.")},
    )
    guidance = TextField(
        label=gettext_lazy("Veiledning"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Hva midlene kan brukes til, og hva dere legger vekt på."),
    )
    closes_on = DateField(
        label=gettext_lazy("Frist for innspill"),
        required=False,
        help_text=gettext_lazy("Den siste dagen. Uten frist er runden åpen til dere begynner å prioritere."),
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grants: Any = self.fields["grants"]
        grants.queryset = Grant.objects.select_related("scheme").newest_first()

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_closes_on(self) -> date | None:
        day: date | None = self.cleaned_data["closes_on"]
        if day and not 2000 <= day.year <= timezone.localdate().year + 10:
            raise forms.ValidationError(_("Året %(year)s kan ikke stemme.") % {"year": day.year})
        return day

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("title", "guidance", "closes_on", "grants")}


class DecideForm(RuledForm, forms.Form):
    """The decision that shared the money."""

    decision = DecisionField()

    def __init__(self, *args: Any, round_: FundingRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["decision"]
        field.keep(round_.decision)
