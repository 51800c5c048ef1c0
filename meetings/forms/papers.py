"""Writing a case paper."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import RichTextField, SeenField, TextField
from helsefellesskap.forms import RuledForm


class PaperForm(RuledForm, forms.Form):
    """The written case paper: the usual sections, questions to the meeting, and what is proposed."""

    background = RichTextField(label=gettext_lazy("Bakgrunn"), required=False, max_length=20_000)
    purpose = RichTextField(label=gettext_lazy("Saken gjelder"), required=False, max_length=20_000)
    assessment = RichTextField(label=gettext_lazy("Vurdering"), required=False, max_length=20_000)
    economy = RichTextField(label=gettext_lazy("Økonomiske konsekvenser"), required=False, max_length=20_000)
    questions = TextField(
        label=gettext_lazy("Spørsmål til møtet"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Ett på hver linje."),
    )
    proposals = TextField(
        label=gettext_lazy("Forslag til vedtak"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Ett punkt i hvert avsnitt, med tom linje mellom. Punktene nummereres."),
    )
    version = SeenField(required=False)

    def clean_questions(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]

    def clean_proposals(self) -> list[str]:
        parts = re.split(r"\n\s*\n", self.cleaned_data["proposals"])
        return [part.strip() for part in parts if part.strip()]

    def sections(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("background", "purpose", "assessment", "economy")}
