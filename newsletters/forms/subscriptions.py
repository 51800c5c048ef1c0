"""Signing on, finding subscribers, and the list that is taken over."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import TextField
from helsefellesskap.forms import FilterForm
from newsletters.models import Subscription


class SubscribeForm(forms.Form):
    """An address; and a field that no person sees, which programs fill in."""

    email = forms.EmailField(
        label=gettext_lazy("E-postadressen din"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": gettext_lazy("Skriv en hel e-postadresse, for eksempel navn@example.no.")},
    )
    website = forms.CharField(
        label=gettext_lazy("La dette feltet stå tomt"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_from_program(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class SubscriptionFilterForm(FilterForm):
    """The filter of the list; the address holds it."""

    q = forms.CharField(
        label=gettext_lazy("Søk i adressene"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    tilstand = forms.ChoiceField(label=gettext_lazy("Tilstand"), required=False)
    grunnlag = forms.ChoiceField(label=gettext_lazy("Grunnlag"), required=False)
    avvist = forms.BooleanField(label=gettext_lazy("Avvist flere ganger på rad"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.offer("tilstand", [(one.value, str(one.label)) for one in Subscription.State])
        self.offer("grunnlag", [(one.value, str(one.label)) for one in Subscription.Basis])

    @property
    def is_active(self) -> bool:
        return any(self.value(name) for name in self.fields)


class ImportForm(forms.Form):
    """The list that is used today, and on what basis its addresses get the newsletter."""

    file = forms.FileField(
        label=gettext_lazy("Adresseliste"),
        allow_empty_file=True,  # told of with its name, as all that is wrong with a file
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=gettext_lazy(
            "Excel (xlsx) eller CSV, inntil 2 MB og 20\u00a0000 rader. Bare e-postadressene leses. Navn og andre kolonner lagres ikke."
        ),
    )
    basis = TextField(
        label=gettext_lazy("Hvor kommer lista fra, og hva er grunnlaget?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "For eksempel: «Distribusjonslista til nyhetsbrevet fra 2023. Mottakerne er ansatte hos partnerne og har fått brevet siden da.»"
        ),
    )
