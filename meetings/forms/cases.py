"""Facts of cases, sending them on, withdrawing them, and exempting them from public access."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField, ModelMultipleChoiceField, RuledForm
from meetings.documents.cases import suggestions
from meetings.models import Basis, Body, Case, CaseQuerySet, Concern
from meetings.rules.numbers import parse_number
from portfolio.actions.versions import newest_version
from portfolio.models import Initiative, InitiativeQuerySet

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IS_ID = re.compile(_ID)
_ADDRESS = re.compile(rf"/saker/({_ID})/")
Choices = list[tuple[Any, str]]


def chosen_cases(visible: CaseQuerySet, keys: list[str]) -> list[Case]:
    """The cases with those ids, newest first; nonsense is none."""
    ids = [UUID(key) for key in keys if _IS_ID.fullmatch(key)]
    return list(visible.filter(public_id__in=ids).newest_first()) if ids else []


def find_cases(visible: CaseQuerySet, text: str) -> list[Case]:
    """Cases by number, separated by commas or lines: SSU 24/25, or the address of one without a number."""
    return [_find(visible, part.strip()) for part in re.split(r"[,;\n]", text) if part.strip()]


def _find(visible: CaseQuerySet, text: str) -> Case:
    if address := _ADDRESS.search(text):
        found = list(visible.filter(public_id=address[1]))
    elif number := parse_number(text):
        found = list(visible.filter(year=number.year, seq=number.seq))
        found = [case for case in found if case.body and (not number.body or case.body.code == number.body)]
    else:
        raise forms.ValidationError(
            _("«%(text)s» er ikke et saksnummer. Velg saken i listen, eller skriv for eksempel SSU 24/25.")
            % {"text": text}
        )
    if not found:
        raise forms.ValidationError(_("Fant ingen sak «%(text)s».") % {"text": text})
    if len(found) > 1:
        raise forms.ValidationError(
            _("«%(text)s» finnes i flere organer. Velg saken i listen, eller skriv for eksempel SSU 24/25.")
            % {"text": text}
        )
    return found[0]


class CaseForm(RuledForm, forms.ModelForm[Case]):
    """The facts of a case."""

    conditional = ("body", "body_unknown_reason")
    follows_up = forms.CharField(
        label=gettext_lazy("Følger opp sak"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Nummeret på en tidligere sak, for eksempel SSU 24/25, eller ord fra tittelen. Skill flere nummer med komma."
        ),
    )
    follows_up_chosen = ModelMultipleChoiceField(
        queryset=Case.objects.none(), to_field_name="public_id", required=False
    )
    summary = TextField(
        label=gettext_lazy("Kort om saken"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = TextField(
        label=gettext_lazy("Merknad"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Ses bare av sekretariatet og lederne."),
    )
    version = SeenField(required=False)

    class Meta:
        model = Case
        fields = [
            "title",
            "body",
            "body_unknown_reason",
            "kind",
            "responsible",
            "summary",
            "follows_up",
            "strategic_areas",
            "note",
            "archive_ref",
        ]
        field_classes = {"strategic_areas": ModelMultipleChoiceField}
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2}),
            "strategic_areas": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, visible: CaseQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.instance
        self.visible = visible.exclude(pk=now.pk).select_related("body")
        self.found: list[Case] = []
        chosen, body, earlier = (self._field(name) for name in ("follows_up_chosen", "body", "follows_up"))
        chosen.queryset = self.visible
        in_use = Q(valid_to=None) | Q(valid_to__gte=timezone.localdate())
        body.queryset = Body.objects.filter(in_use | Q(pk__in=[now.body_id or 0]))
        earlier.widget.attrs |= {
            "autocomplete": "off",
            "data-hx-get": f"{reverse('meetings:case-suggest')}?sak={now.public_id}",
            "data-hx-trigger": "input changed delay:300ms",
            "data-hx-target": "#saker-valgt",
            "data-hx-include": "#saker-valgt",
        }
        if now.pk:
            self.initial.update(follows_up="", version=newest_version(now))

    def _field(self, name: str) -> Any:
        return self.fields[name]

    @property
    def chosen(self) -> list[Case]:
        """The earlier cases that stand as chosen: what was ticked, else what is saved."""
        if self.is_bound:
            return chosen_cases(self.visible, self.data.getlist("follows_up_chosen"))  # type: ignore[attr-defined]
        now = self.instance
        return list(self.visible.filter(followed_up_by=now).newest_first()) if now.pk else []

    def clean(self) -> dict[str, Any]:
        """Numbers that were typed are added to what was ticked; words only serve to find cases to tick."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen, typed = list(data.get("follows_up_chosen") or []), data.get("follows_up") or ""
        try:
            chosen += [case for case in find_cases(self.visible, typed) if case not in chosen]
        except forms.ValidationError as refusal:
            before = set(self.instance.follows_up.all()) if self.instance.pk else set()
            if before.issuperset(chosen):
                self.add_error("follows_up", refusal)
                self.found = suggestions(self.visible, typed, chosen)
        return {**data, "follows_up": chosen}

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """The rules answer for the whole case; the instance is not touched."""


def initiative_choices(visible: InitiativeQuerySet) -> Choices:
    """The initiatives to choose among, fetched once for all rows."""
    return [("", "–"), *((initiative.pk, str(initiative)) for initiative in visible)]


class ConcernForm(forms.Form):
    """An initiative the case concerns, and how; an empty one is none."""

    initiative = forms.ModelChoiceField(
        label=gettext_lazy("Tiltak"), queryset=Initiative.objects.none(), required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Saken gjelder"),
        choices=Concern.Kind,
        required=False,
        initial=Concern.Kind.INFORMATION,
    )
    marks_optional = False

    def __init__(self, *args: Any, visible: InitiativeQuerySet, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["initiative"]
        field.queryset = visible
        field.choices = choices


class BaseConcernFormSet(forms.BaseFormSet[ConcernForm]):
    def clean(self) -> None:
        chosen = [form.cleaned_data.get("initiative") for form in self.forms if hasattr(form, "cleaned_data")]
        twice = {str(one) for one in chosen if one and chosen.count(one) > 1}
        if twice:
            raise forms.ValidationError(_("Står to ganger: %(names)s.") % {"names": ", ".join(sorted(twice))})

    def concerns(self) -> dict[Initiative, str]:
        return {
            form.cleaned_data["initiative"]: form.cleaned_data.get("kind") or Concern.Kind.INFORMATION
            for form in self.forms
            if form.cleaned_data.get("initiative")
        }


ConcernFormSet = forms.formset_factory(ConcernForm, formset=BaseConcernFormSet, extra=2, max_num=40)


class ReasonForm(forms.Form):
    reason = TextField(
        label=gettext_lazy("Begrunnelse"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ForwardForm(forms.Form):
    body = forms.ModelChoiceField(
        label=gettext_lazy("Til organ"), queryset=Body.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["body"]
        field.queryset = Body.objects.in_use(timezone.localdate()).exclude(pk=case.body_id or 0)


class ExemptionForm(forms.Form):
    """On what basis something is exempt from public access, and what others see instead."""

    conditional: tuple[str, ...] = ("confidentiality_rule", "wider_access")
    basis = forms.ChoiceField(label=gettext_lazy("Hjemmel"), choices=Basis)
    confidentiality_rule = forms.CharField(
        label=gettext_lazy("Regel om taushetsplikt"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Med § 13: for eksempel fvl. § 13 første ledd nr. 1."),
    )
    wider_access = TextField(
        label=gettext_lazy("Vurdering av meroffentlighet"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Offl. § 11. Alle hjemler utenom § 13 er en adgang, ikke en plikt: Er det likevel grunn til å gi innsyn?"
        ),
    )
    considered = forms.BooleanField(
        label=gettext_lazy(
            "Det er vurdert at dokumentet er organinternt, selv om det sendes mellom flere organer"
        ),
        required=False,
    )
    public_title = forms.CharField(
        label=gettext_lazy("Offentlig tittel"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Det alle andre ser i lister, sakliste og filnavn. Må ikke røpe det som er unntatt."
        ),
    )
    reason = TextField(
        label=gettext_lazy("Intern begrunnelse"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    review_on = DateField(label=gettext_lazy("Vurderes på nytt"), required=False)
