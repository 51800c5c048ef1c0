"""Putting cases on an agenda and publishing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from meetings.models import AgendaItem, Case, Meeting


class AgendaAddForm(forms.Form):
    """A case of the body that waits for a meeting."""

    case = forms.ModelChoiceField(
        label=gettext_lazy("Sak"), queryset=Case.objects.none(), empty_label=gettext_lazy("Velg en sak")
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["case"]
        waiting = [Case.State.BACKLOG, Case.State.DRAFT, Case.State.REVIEW, Case.State.POSTPONED]
        field.queryset = (
            Case.objects.filter(body=meeting.body, state__in=waiting)
            .exclude(items__meeting=meeting)
            .exclude(pk__in=AgendaItem.objects.waiting().values("case"))
            .select_related("body")
            .order_by("title")
        )
        field.label_from_instance = lambda case: (
            f"{case.number} {case.title} ({case.get_state_display().lower()})".strip()
        )


class PublishForm(forms.Form):
    """What is new in this version of the agenda."""

    note = forms.CharField(
        label=gettext_lazy("Hva som er nytt"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Står i e-posten til medlemmene når saklisten publiseres på nytt. "
            "Skriv ikke noe som er unntatt offentlighet."
        ),
    )


class DurationForm(forms.Form):
    """How long a case is planned to take."""

    minutes = forms.IntegerField(required=False, min_value=1, max_value=600)
