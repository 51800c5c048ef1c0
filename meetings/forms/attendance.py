"""Calling a meeting and recording who came."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import TextField
from meetings.models import Attendance, Seat


class CallForm(forms.Form):
    """What the call says beyond time, place and link."""

    text = TextField(
        label=gettext_lazy("Melding"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Tid, sted og lenke til møtet står i e-posten uansett."),
    )


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class CameForm(forms.Form):
    """Whether the holder of one seat came, and for how long; only what was changed is stored."""

    state = forms.ChoiceField(
        label=gettext_lazy("Oppmøte"), choices=Attendance.State, show_hidden_initial=True
    )
    arrived_at = forms.TimeField(
        label=gettext_lazy("Kom"), required=False, widget=TimeInput, show_hidden_initial=True
    )
    left_at = forms.TimeField(
        label=gettext_lazy("Gikk"), required=False, widget=TimeInput, show_hidden_initial=True
    )
    marks_optional = False

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat = seat
        for name in self.fields:
            self.fields[name].widget.attrs["aria-labelledby"] = f"{name}-kolonne plass-{seat.pk}"


class AlsoPresentForm(forms.Form):
    also_present = TextField(
        label=gettext_lazy("Til stede i tillegg"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Andre som var med, én på hver linje, gjerne med rolle og sak."),
        show_hidden_initial=True,
    )
