"""Publishing a frozen table of a grant, and sending it to a meeting."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from funding.models import Grant
from helsefellesskap.fields import TextField
from helsefellesskap.forms import DateField, RuledForm
from meetings.models import AgendaItem, Case, Meeting
from portfolio.models import Edition

_INVALID = {"invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 30.06.2025.")}


class EditionForm(RuledForm, forms.Form):
    """A frozen edition of a grant's table."""

    title = forms.CharField(label=gettext_lazy("Tittel"), max_length=200)
    as_of = DateField(label=gettext_lazy("Midler per"), error_messages=_INVALID)
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
        empty_label=gettext_lazy("Ingen"),
        help_text=gettext_lazy("Når denne retter eller avløser en tidligere utgave."),
    )

    def __init__(self, *args: Any, grant: Grant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["supersedes"]
        editions = Edition.objects.of_kind(Edition.Kind.FUNDING).filter(data__grant=str(grant.public_id))
        field.queryset = editions.filter(superseded_by=None)


class SendForm(RuledForm, forms.Form):
    """Which meeting, and perhaps which of its cases, the table of which day is sent to."""

    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Møte"),
        queryset=Meeting.objects.none(),
        empty_label=gettext_lazy("Velg møte"),
    )
    case = forms.ModelChoiceField(
        label=gettext_lazy("Sak"),
        queryset=Case.objects.none(),
        required=False,
        help_text=gettext_lazy("Tabellen blir vedlegg til saken. Uten sak blir den et dokument til møtet."),
    )
    day = DateField(
        label=gettext_lazy("Midlene slik de var"),
        required=False,
        error_messages=_INVALID,
        help_text=gettext_lazy("Står feltet tomt, sendes tabellen slik den er nå."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting, case = self._choices("meeting"), self._choices("case")
        coming = Meeting.objects.visible_to(user).coming(timezone.localdate())
        meeting.queryset = coming.select_related("body")
        items = AgendaItem.objects.visible_to(user).waiting().filter(meeting__in=coming.values("pk"))
        rows = list(
            items.select_related("meeting__body", "case").order_by("meeting__day", "meeting", "order")
        )
        case.queryset = Case.objects.visible_to(user).filter(pk__in=[row.case_id for row in rows])
        case.choices = [
            ("", _("Ingen, bare møtet")),
            *(
                (str(of), [(row.case_id, _case_label(row.case)) for row in of_meeting])
                for of, of_meeting in groupby(rows, key=lambda row: row.meeting)
            ),
        ]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean_day(self) -> date | None:
        """A day to come has no table; today's is the one there is now."""
        day: date | None = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Datoen kan ikke være fram i tid."))
        return None if day == timezone.localdate() else day


def _case_label(case: Case) -> str:
    return f"{case.number} {case.title}" if case.number else case.title
