"""Planning, changing, moving and cancelling meetings; the filter of their list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField, FilterForm, RuledForm
from meetings.actions.meetings import combine
from meetings.forms.attendance import TimeInput
from meetings.models import Body, Deadline, Meeting, Precision

PRECISIONS = [
    (Precision.DAY, gettext_lazy("En bestemt dag")),
    (Precision.MONTH, gettext_lazy("Bare måneden er kjent")),
    (Precision.YEAR, gettext_lazy("Bare året er kjent")),
    (Precision.UNKNOWN, gettext_lazy("Ikke kjent")),
]


class MeetingFilterForm(FilterForm):
    """The filter of the list; the address holds it."""

    organ = forms.ChoiceField(label=gettext_lazy("Organ"), required=False)
    ar = forms.ChoiceField(label=gettext_lazy("År"), required=False)

    def __init__(self, *args: Any, bodies: list[Body], years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("organ", ((one.code, one.short_name) for one in bodies))
        self.offer("ar", ((str(one), str(one)) for one in years))


class WhenForm(RuledForm, forms.Form):
    """The day of a meeting as well as it is known, and its hours."""

    conditional = ("day", "unknown_reason")
    precision = forms.ChoiceField(label=gettext_lazy("Hvor nøyaktig er datoen kjent?"), choices=PRECISIONS)
    day = DateField(
        label=gettext_lazy("Dato"),
        required=False,
        help_text=gettext_lazy("Er bare måneden eller året kjent, velg en dag i måneden eller året."),
        error_messages={"invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 18.09.2025.")},
    )
    unknown_reason = forms.CharField(
        label=gettext_lazy("Hvorfor datoen ikke er kjent"), required=False, max_length=300
    )
    starts = forms.TimeField(label=gettext_lazy("Fra klokken"), required=False, widget=TimeInput)
    ends = forms.TimeField(label=gettext_lazy("Til klokken"), required=False, widget=TimeInput)

    def when(self) -> dict[str, Any]:
        """The values of meetings.actions: the day as the first of what is known, and the hours of that day."""
        data = self.cleaned_data
        precision, day = data["precision"], data.get("day")
        if day and precision == Precision.MONTH:
            day = day.replace(day=1)
        elif day and precision == Precision.YEAR:
            day = date(day.year, 1, 1)
        is_unknown = precision == Precision.UNKNOWN
        return {
            "precision": precision,
            "day": day,
            "unknown_reason": data["unknown_reason"] if is_unknown else "",
            "starts_at": combine(day, data.get("starts")),
            "ends_at": combine(day, data.get("ends")),
        }


def when_of(meeting: Meeting) -> dict[str, Any]:
    """What a WhenForm begins with."""
    starts, ends = (
        timezone.localtime(at).time() if at else None for at in (meeting.starts_at, meeting.ends_at)
    )
    return {
        "precision": meeting.precision,
        "day": meeting.day,
        "unknown_reason": meeting.unknown_reason,
        "starts": starts,
        "ends": ends,
    }


class PlaceForm(forms.Form):
    """Where a meeting is, and what else is worth knowing."""

    place = forms.CharField(label=gettext_lazy("Sted"), required=False, max_length=200)
    digital_url = forms.URLField(
        label=gettext_lazy("Lenke til digitalt møte"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Ses bare av dem som har plass i organet."),
    )
    note = TextField(
        label=gettext_lazy("Merknad"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Ses av alle som kan se møtet."),
    )


class MeetingForm(WhenForm, PlaceForm):
    """A new meeting."""

    field_order = [
        "body", "precision", "day", "unknown_reason", "starts", "ends", "place", "digital_url", "note",
    ]  # fmt: skip
    body = forms.ModelChoiceField(label=gettext_lazy("Organ"), queryset=Body.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["body"]
        field.queryset = Body.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**self.when(), **{name: data[name] for name in ("place", "digital_url", "note")}}


class MeetingChangeForm(RuledForm, PlaceForm):
    """What is changed without moving the meeting: hours, place, deadlines."""

    starts = forms.TimeField(label=gettext_lazy("Fra klokken"), required=False, widget=TimeInput)
    ends = forms.TimeField(label=gettext_lazy("Til klokken"), required=False, widget=TimeInput)
    archive_ref = forms.CharField(
        label=gettext_lazy("Arkivsak"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Saksnummeret i arkivsystemet, for eksempel 2025/1234."),
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        when = when_of(meeting)
        given = {name: getattr(meeting, name) for name in ("place", "digital_url", "note", "archive_ref")}
        kwargs["initial"] = {
            **given,
            "starts": when["starts"],
            "ends": when["ends"],
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        for deadline in meeting.deadlines.all():
            self.fields[f"due-{deadline.kind}"] = DateField(
                label=f"{_('Frist')}: {deadline.get_kind_display().lower()}",
                initial=deadline.due_on,
                show_hidden_initial=True,
            )

    @property
    def deadlines(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("due-")]

    def values(self) -> dict[str, Any]:
        data, day = self.cleaned_data, self.meeting.day
        return {
            **{name: data[name] for name in ("place", "digital_url", "note", "archive_ref")},
            "starts_at": combine(day, data["starts"]),
            "ends_at": combine(day, data["ends"]),
        }

    def due(self) -> dict[str, date]:
        """The deadlines that were changed in the form, whatever they have become meanwhile."""
        return {
            kind: self.cleaned_data[f"due-{kind}"]
            for kind in Deadline.Kind.values
            if f"due-{kind}" in self.changed_data
        }


class MoveForm(WhenForm):
    """Another day for a meeting."""

    reason = TextField(
        label=gettext_lazy("Begrunnelse"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Står i e-posten til dem som er innkalt."),
    )
    version = SeenField(required=False)


class CancelForm(forms.Form):
    reason = TextField(
        label=gettext_lazy("Hvorfor møtet avlyses"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Står i e-posten til dem som er innkalt, og på siden til møtet."),
    )


class ArchiveForm(forms.Form):
    archive_ref = forms.CharField(
        label=gettext_lazy("Arkivsak"),
        max_length=60,
        help_text=gettext_lazy("Saksnummeret i arkivsystemet, for eksempel 2025/1234."),
    )
