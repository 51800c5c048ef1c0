"""Schemes and grants: registered, changed, and what is carried on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from funding.models import Balance, FundingScheme, Grant, Source
from helsefellesskap.fields import KronerField, SeenField, TextField
from helsefellesskap.forms import DateField, RuledForm
from helsefellesskap.money import kroner, tall
from portfolio.actions.versions import newest_version

EXACT, ROUNDED = "exact", "rounded"
STEPS = (1_000, 10_000, 100_000, 1_000_000)
"""What a frame is usually rounded to, in kroner."""
INVALID_DAY = {"invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 31.12.2026.")}


class SchemeForm(RuledForm, forms.Form):
    """A scheme that gives money year after year."""

    name = forms.CharField(
        label=gettext_lazy("Navn på ordningen"),
        max_length=120,
        help_text=gettext_lazy("Uten årstall, for eksempel Rekrutterings- og samhandlingsmidler."),
    )
    grantor = forms.ModelChoiceField(
        label=gettext_lazy("Hvem gir pengene?"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ikke oppgitt"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grantor"]
        field.queryset = Organisation.objects.active().in_name_order()

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class GrantForm(RuledForm, forms.Form):
    """The money of a scheme for a year, how exactly it is known, and the terms of the letter."""

    conditional = ("step",)
    scheme = forms.ModelChoiceField(
        label=gettext_lazy("Tilskuddsordning"), queryset=FundingScheme.objects.all(), empty_label=None
    )
    year = forms.IntegerField(
        label=gettext_lazy("Tilskuddsår"),
        min_value=2000,
        max_value=2100,
        help_text=gettext_lazy("Året pengene er gitt for."),
    )
    used_in = forms.IntegerField(
        label=gettext_lazy("Brukes i"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=gettext_lazy("Når det er et annet år."),
    )
    amount = KronerField(
        label=gettext_lazy("Ramme i kroner"),
        help_text=gettext_lazy("For eksempel 10 700 000 eller 10,7 mill."),
    )
    exactness = forms.ChoiceField(
        label=gettext_lazy("Hvor nøyaktig er rammen?"),
        choices=[(EXACT, gettext_lazy("Nøyaktig beløp")), (ROUNDED, gettext_lazy("Avrundet"))],
        initial=EXACT,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Er den avrundet, står det «ca.» ved det som er igjen."),
    )
    step = forms.TypedChoiceField(
        label=gettext_lazy("Avrundet til nærmeste"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=100_000,
        help_text=gettext_lazy("Bare når rammen er avrundet."),
    )
    letter_reference = forms.CharField(
        label=gettext_lazy("Tildelingsbrev"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Dato eller saksnummer, så brevet kan finnes igjen."),
    )
    use_until = DateField(label=gettext_lazy("Brukes innen"), required=False, error_messages=INVALID_DAY)
    report_due = DateField(label=gettext_lazy("Rapportfrist"), required=False, error_messages=INVALID_DAY)
    note = TextField(
        label=gettext_lazy("Merknad"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Vises offentlig sammen med tilskuddet."),
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, grant: Grant | None = None, **kwargs: Any) -> None:
        if grant is not None:
            kwargs["initial"] = {**_facts(grant), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        own = {grant.rounded_to} if grant is not None and grant.rounded_to else set()
        field: Any = self.fields["step"]
        field.choices = [(step, kroner(step)) for step in sorted({*STEPS, *own})]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("use_until", "report_due"):
            day, year = data.get(name), data.get("year")
            if day and year and not year <= day.year <= year + 10:
                self.add_error(name, _("Året %(year)s kan ikke stemme.") % {"year": day.year})
        if data.get("exactness") == ROUNDED and "step" not in self.errors:
            self._check_step(data.get("amount"), data.get("step"))
        return data

    def _check_step(self, amount: int | None, step: int | None) -> None:
        """A frame is a whole number of the steps it is rounded to."""
        if step is None:
            self.add_error("step", _("Velg hva rammen er avrundet til."))
        elif amount is not None and amount % step:
            self.add_error(
                "step", _("%(amount)s er ikke avrundet til nærmeste %(step)s.")
                % {"amount": kroner(amount), "step": tall(step)},
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        is_rounded = data.pop("exactness") == ROUNDED
        step = data.pop("step")
        del data["version"]
        return {**data, "rounded_to": step if is_rounded else None}


def _facts(grant: Grant) -> dict[str, Any]:
    names = ("year", "used_in", "amount", "letter_reference", "use_until", "report_due", "note")
    rounding = {"exactness": ROUNDED, "step": grant.rounded_to} if grant.is_rounded else {}
    return {
        **{name: getattr(grant, name) for name in names},
        **rounding,
        "scheme": grant.scheme_id,
        "version": newest_version(grant),
    }


class TransferForm(RuledForm, forms.Form):
    """What is left of a grant, carried to another."""

    to_grant = forms.ModelChoiceField(
        label=gettext_lazy("Til tilskudd"),
        queryset=Grant.objects.none(),
        empty_label=gettext_lazy("Velg tilskudd"),
    )
    source = forms.ChoiceField(label=gettext_lazy("Hvilke penger?"), widget=forms.RadioSelect)
    amount = KronerField(label=gettext_lazy("Beløp i kroner"))
    on = DateField(label=gettext_lazy("Overført"), initial=timezone.localdate, error_messages=INVALID_DAY)
    reason = TextField(
        label=gettext_lazy("Begrunnelse"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For eksempel hvem som har godkjent at pengene kan brukes et annet år."),
    )

    def __init__(self, *args: Any, grant: Grant, balance: Balance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others, source = self._choices("to_grant"), self._choices("source")
        same = Grant.objects.filter(scheme=grant.scheme_id).exclude(pk=grant.pk)
        others.queryset = same.select_related("scheme").newest_first()
        left = [(kind, balance.left(kind)) for kind in Source if balance.left(kind) > 0]
        source.choices = [(kind.value, kind.label) for kind, _amount in left]
        if left:
            source.initial = left[0][0].value

    def _choices(self, name: str) -> Any:
        return self.fields[name]
