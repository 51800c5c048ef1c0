"""Which day, which two days, and publishing an edition."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import TextField
from helsefellesskap.forms import DateField, FilterForm, RuledForm
from portfolio.models import Edition

_INVALID = {"invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 30.06.2025.")}


def _not_later(day: date | None) -> date | None:
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("Datoen kan ikke være fram i tid."))
    return day


class DayForm(FilterForm):
    """The handlingsdel as it was on a day; no day is now."""

    dato = DateField(label=gettext_lazy("Slik det var"), required=False, error_messages=_INVALID)

    def clean_dato(self) -> date | None:
        return _not_later(self.cleaned_data["dato"])


class CompareForm(FilterForm):
    """What changed between two days; no last day is today."""

    fra = DateField(
        label=gettext_lazy("Endret fra"),
        error_messages={**_INVALID, "required": gettext_lazy("Skriv hvilken dag det skal sammenlignes med.")},
    )
    til = DateField(label=gettext_lazy("til"), required=False, error_messages=_INVALID)

    def clean_fra(self) -> date | None:
        return _not_later(self.cleaned_data["fra"])

    def clean_til(self) -> date | None:
        return _not_later(self.cleaned_data["til"])

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        first, last = data.get("fra"), data.get("til")
        if first and last and first > last:
            self.add_error("fra", _("Den første dagen må komme før den siste."))
        return data


class EditionForm(RuledForm, forms.Form):
    """A frozen edition of the handlingsdel."""

    title = forms.CharField(label=gettext_lazy("Tittel"), max_length=200)
    as_of = DateField(label=gettext_lazy("Status per"), error_messages=_INVALID)
    note = TextField(
        label=gettext_lazy("Merknad"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Vises sammen med utgaven, for eksempel hvilket møte den er laget til."),
    )
    supersedes = forms.ModelChoiceField(
        label=gettext_lazy("Erstatter utgave"),
        queryset=Edition.objects.none(),
        required=False,
        help_text=gettext_lazy("Når denne retter eller avløser en tidligere utgave."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["supersedes"]
        field.queryset = Edition.objects.of_kind(Edition.Kind.HANDLINGSDEL).filter(superseded_by=None)
