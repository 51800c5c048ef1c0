"""What an initiative saves or improves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from funding.models import Gain
from helsefellesskap.fields import KronerField, SeenField
from helsefellesskap.forms import DateField, RuledForm
from helsefellesskap.norwegian import norwegian_order
from portfolio.actions.versions import newest_version
from portfolio.models import Initiative

FACTS = ("description", "expected", "realised", "measured_on")


class GainForm(RuledForm, forms.Form):
    """A gain of an initiative: who pays, who gains, expected and realised. Of one that stands the initiative is given."""

    conditional = ("measured_on",)
    initiative = forms.ModelChoiceField(
        label=gettext_lazy("Tiltak"),
        queryset=Initiative.objects.none(),
        empty_label=gettext_lazy("Velg tiltak"),
    )
    description = forms.CharField(
        label=gettext_lazy("Hva er gevinsten?"),
        max_length=300,
        help_text=gettext_lazy("For eksempel færre innleggelser eller kortere reisetid."),
    )
    payer = forms.ModelChoiceField(
        label=gettext_lazy("Hvem betaler?"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ikke avklart"),
    )
    gainer = forms.ModelChoiceField(
        label=gettext_lazy("Hvem får gevinsten?"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("Velg organisasjon"),
    )
    expected = KronerField(
        label=gettext_lazy("Ventet, i kroner per år"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("La feltet stå tomt når gevinsten ikke er regnet i kroner."),
    )
    realised = KronerField(
        label=gettext_lazy("Oppnådd, i kroner per år"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Når den er målt."),
    )
    measured_on = DateField(
        label=gettext_lazy("Målt"),
        required=False,
        error_messages={"invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 30.06.2026.")},
    )
    version = SeenField(required=False)

    def __init__(
        self, *args: Any, user: User, gain: Gain | None = None, asked: Initiative | None = None, **kwargs: Any
    ) -> None:
        if gain is not None:
            kwargs["initial"] = {
                **{name: getattr(gain, name) for name in FACTS},
                "payer": gain.payer_id,
                "gainer": gain.gainer_id,
                "version": newest_version(gain),
            }
        super().__init__(*args, **kwargs)
        # Who stands there now is always offered, so that saving something else does not take it away.
        for name in ("payer", "gainer"):
            stands = Q(pk=getattr(gain, f"{name}_id")) if gain else Q(pk=None)
            self._choices(name).queryset = Organisation.objects.filter(
                Q(is_active=True) | stands
            ).in_name_order()
        if gain is None:
            wanted = Q(closed_as="") | Q(pk=asked.pk if asked else None)
            visible = Initiative.objects.visible_to(user).filter(wanted)
            self._choices("initiative").queryset = visible.order_by(norwegian_order("title"))
            self.initial.setdefault("initiative", asked.pk if asked else None)
        else:
            del self.fields["initiative"]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def values(self) -> dict[str, Any]:
        given = ("initiative", "version")
        return {name: value for name, value in self.cleaned_data.items() if name not in given}
