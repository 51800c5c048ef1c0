"""Forms that change the portfolio, and the filter of its list."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Role, User
from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField, FilterForm, ModelMultipleChoiceField, RuledForm
from helsefellesskap.norwegian import norwegian_order
from portfolio.actions.versions import newest_version
from portfolio.forms.statuses import NEEDS_MAPPING, NEVER_REPORTED, NOT_STARTED, STATES
from portfolio.models import (
    Initiative,
    InitiativeQuerySet,
    Participation,
    Phase,
    ProgramArea,
    StrategicArea,
)

SORTS = ("tiltak", "fase", "tilstand", "meldt", "eier")


class InitiativeFilterForm(FilterForm):
    """The filter of the list; the address holds it."""

    q = forms.CharField(
        label=gettext_lazy("Søk i tiltakene"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    omrade = forms.ChoiceField(label=gettext_lazy("Programområde"), required=False)
    fase = forms.ChoiceField(label=gettext_lazy("Fase"), required=False)
    tilstand = forms.ChoiceField(
        label=gettext_lazy("Tilstand"), required=False, choices=[("", gettext_lazy("Alle")), *STATES]
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Meldt"),
        required=False,
        choices=[
            ("", gettext_lazy("Alle")),
            ("ukjent", gettext_lazy("Ukjent status")),
            ("gammel", gettext_lazy("Gammel status")),
            ("tatt-ut", gettext_lazy("Tatt ut av porteføljen")),
        ],
    )
    eier = forms.ChoiceField(label=gettext_lazy("Eier"), required=False)
    satsing = forms.ChoiceField(label=gettext_lazy("Satsingsområde"), required=False)
    sorter = forms.CharField(required=False)  # stands with the rows, since they are what is sorted

    def __init__(
        self,
        *args: Any,
        areas: list[ProgramArea],
        phases: list[Phase],
        owners: list[Organisation],
        strategic_areas: list[StrategicArea],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("omrade", [(area.code, area.name) for area in areas])
        self._offer("fase", _phase_choices(phases))
        self._offer("eier", [(str(owner.pk), owner.name) for owner in owners])
        self._offer("satsing", [(area.slug, area.name) for area in strategic_areas])
        self.phases = phases

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("Alle")), *choices]

    def clean_sorter(self) -> str:
        sort: str = self.cleaned_data["sorter"]
        return sort if sort.removeprefix("-") in SORTS else ""

    def value(self, name: str) -> str:
        """A valid value, or nothing."""
        return str(self.cleaned_data.get(name) or "") if self.is_valid() or self.cleaned_data else ""

    @property
    def has_more(self) -> bool:
        """One of the filters that are folded away is in use."""
        return any(self.value(name) for name in ("tilstand", "eier", "satsing"))

    @property
    def is_active(self) -> bool:
        return any(self.value(name) for name in self.fields if name != "sorter")


def _phase_choices(phases: list[Phase]) -> list[tuple[str, str]]:
    choices = [(phase.code, phase.name) for phase in phases]
    for first, last in pairwise(phases):
        choices.append((f"{first.code}-{last.code}", f"{first.name}/{last.name}"))
    choices += [
        (f"{phase.code}-{phase.code}", _("Bare %(phase)s") % {"phase": phase.name}) for phase in phases
    ]
    return [
        *choices,
        (NOT_STARTED, _("Ikke startet")),
        (NEEDS_MAPPING, _("Ikke avklart")),
        (NEVER_REPORTED, _("Aldri meldt")),
    ]


class InitiativeForm(RuledForm, forms.ModelForm[Initiative]):
    """The facts of an initiative."""

    decided_on = DateField(label=gettext_lazy("Besluttet"), required=False)
    lead_since = DateField(label=gettext_lazy("Prosjektleder siden"), required=False)
    summary = TextField(
        label=gettext_lazy("Kort om tiltaket"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Én til tre setninger for lesere som ikke kjenner tiltaket."),
    )
    aliases = TextField(
        label=gettext_lazy("Andre navn"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Ett på hver linje. Søket finner tiltaket under disse også."),
    )
    version = SeenField(required=False)

    class Meta:
        model = Initiative
        fields = [
            "title",
            "program_area",
            "kind",
            "visibility",
            "summary",
            "owner",
            "project_lead",
            "project_lead_role",
            "lead_since",
            "mandate_state",
            "mandate_reference",
            "decided_on",
            "decided_precision",
            "decided_reference",
            "strategic_areas",
            "parent",
            "related",
        ]
        field_classes = dict.fromkeys(("strategic_areas", "related"), ModelMultipleChoiceField)
        widgets = {
            "strategic_areas": forms.CheckboxSelectMultiple,
            "related": forms.CheckboxSelectMultiple,
            "title": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "title": gettext_lazy("Et nytt navn gir en ny adresse. Den gamle viser videre."),
            "visibility": gettext_lazy(
                "Interne tiltak ser bare sekretariatet, lederne og de som eier tiltaket."
            ),
            "project_lead": gettext_lazy("Kan foreslå status for tiltaket."),
            "decided_reference": gettext_lazy("For eksempel SSU 14.11.2024."),
        }

    def __init__(self, *args: Any, visible: InitiativeQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.instance
        is_related = Q(pk__in=now.related.values("pk")) if now.pk else Q(pk=None)
        others = visible.exclude(pk=now.pk).in_paper_order()
        leads = Q(is_active=True, role__in=[Role.CONTRIBUTOR, Role.EDITOR, Role.LEADER])
        # What stands there now is always offered, so that saving something else does not take it away.
        self._choices("parent").queryset = others.filter(Q(closed_as="") | Q(pk=now.parent_id))
        self._choices("related").queryset = others.filter(Q(closed_as="") | is_related)
        self._choices("owner").queryset = Organisation.objects.filter(
            Q(is_active=True) | Q(pk=now.owner_id)
        ).in_name_order()
        self._choices("program_area").queryset = ProgramArea.objects.filter(
            Q(is_active=True) | Q(pk=now.program_area_id)
        )
        self._choices("project_lead").queryset = User.objects.filter(
            leads | Q(pk=now.project_lead_id)
        ).order_by(norwegian_order("name"))
        if self.instance.pk:
            self.initial.setdefault("version", newest_version(self.instance))
            self.initial.setdefault("aliases", "\n".join(alias.text for alias in self.instance.aliases.all()))

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean_title(self) -> str:
        return " ".join(unicodedata.normalize("NFC", self.cleaned_data["title"]).splitlines()).strip()

    def clean_aliases(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["aliases"].split("\n") if line.strip()]
        if any(len(line) > 300 for line in lines):
            raise forms.ValidationError(_("Et navn kan ha høyst 300 tegn."))
        return lines

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("decided_on") and not data.get("decided_precision"):
            data["decided_precision"] = Initiative.Precision.DAY
        for name in ("decided_on", "lead_since"):
            day = data.get(name)
            if day and not 1990 <= day.year <= timezone.localdate().year + 10:
                self.add_error(name, _("Året %(year)s kan ikke stemme.") % {"year": day.year})
        if data.get("decided_precision") and not data.get("decided_on"):
            self.add_error("decided_on", _("Skriv datoen, eller ta bort nøyaktigheten."))
        return data


class ParticipationForm(forms.Form):
    """One organisation's part in an initiative; an empty organisation is no part."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisasjon"), queryset=Organisation.objects.none(), required=False
    )
    role = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=Participation.PartRole, required=False)
    marks_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(
            Q(is_active=True) | Q(pk=self.initial.get("organisation"))
        ).in_name_order()


class BaseParticipationFormSet(forms.BaseFormSet[ParticipationForm]):
    def clean(self) -> None:
        chosen = [
            form.cleaned_data.get("organisation") for form in self.forms if hasattr(form, "cleaned_data")
        ]
        twice = {str(one) for one in chosen if one and chosen.count(one) > 1}
        if twice:
            raise forms.ValidationError(
                _("Står som deltaker to ganger: %(names)s.") % {"names": ", ".join(sorted(twice))}
            )

    def participants(self) -> dict[Organisation, str]:
        return {
            form.cleaned_data["organisation"]: form.cleaned_data.get("role") or Participation.PartRole.PARTNER
            for form in self.forms
            if form.cleaned_data.get("organisation")
        }


ParticipationFormSet = forms.formset_factory(
    ParticipationForm, formset=BaseParticipationFormSet, extra=3, max_num=60
)


class ClosingForm(forms.Form):
    """How and why an initiative is taken out of the portfolio."""

    closed_as = forms.ChoiceField(
        label=gettext_lazy("Hva skjer med tiltaket?"),
        choices=[
            (
                Initiative.Closing.ARCHIVED,
                gettext_lazy("Arkiveres – arbeidet er ferdig eller overtatt av driften"),
            ),
            (Initiative.Closing.CANCELLED, gettext_lazy("Avlyses – det blir ikke noe av")),
            (Initiative.Closing.MERGED, gettext_lazy("Slås sammen med et annet tiltak")),
        ],
        widget=forms.RadioSelect,
    )
    merged_into = forms.ModelChoiceField(
        label=gettext_lazy("Slås sammen med"),
        queryset=Initiative.objects.none(),
        required=False,
        help_text=gettext_lazy("Bare når tiltaket slås sammen med et annet."),
    )
    reason = TextField(
        label=gettext_lazy("Begrunnelse"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )

    def __init__(self, *args: Any, others: InitiativeQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["merged_into"]
        field.queryset = others.live().in_paper_order()


class ReopeningForm(forms.Form):
    """Why a closed initiative comes back."""

    reason = TextField(
        label=gettext_lazy("Begrunnelse"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


class AreaForm(forms.ModelForm[ProgramArea]):
    """A program area and whether it is decided."""

    version = SeenField(required=False)

    class Meta:
        model = ProgramArea
        fields = ["name", "is_decided", "decided_reference", "is_active"]
        help_texts = {
            "is_decided": gettext_lazy("Så lenge et område ikke er besluttet, sier alle tabeller det."),
            "decided_reference": gettext_lazy("For eksempel SSU 20.02.2025."),
        }
        error_messages = {
            "name": {"unique": gettext_lazy("Det finnes allerede et programområde med dette navnet.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("version", newest_version(self.instance))

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("decided_reference") and not data.get("is_decided"):
            self.add_error(
                "is_decided", _("Kryss av når området er besluttet, eller ta bort hvor det ble gjort.")
            )
        return data
