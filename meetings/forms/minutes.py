"""Minutes: written, sent for comments, commented, corrected."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import RichTextField, SeenField, TextField
from helsefellesskap.forms import DateField


class MinutesForm(forms.Form):
    """What stands before and after the cases in the minutes."""

    opening = RichTextField(label=gettext_lazy("Innledning"), required=False, max_length=10_000)
    closing = RichTextField(label=gettext_lazy("Avslutning"), required=False, max_length=10_000)
    version = SeenField(required=False)


class SendForm(forms.Form):
    comments_due = DateField(label=gettext_lazy("Frist for merknader"), required=False)


class CommentForm(forms.Form):
    text = TextField(label=gettext_lazy("Merknad"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class CorrectionForm(forms.Form):
    note = TextField(
        label=gettext_lazy("Hva som rettes, og hvorfor"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Står i den nye protokollen."),
    )
