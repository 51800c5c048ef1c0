"""Allocations: planned, changed in place, allocated, and what becomes of the money."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from funding.forms.decisions import DecisionField
from funding.models import Allocation, Balance, Grant, Source
from helsefellesskap.fields import KronerField, SeenField, TextField
from helsefellesskap.forms import DateField, ModelMultipleChoiceField, RuledForm
from portfolio.models import Initiative, ProgramArea

ON_HELP = gettext_lazy("Står feltet tomt, brukes møtedagen.")


SHOWN_TO_ALL = gettext_lazy("Vises for alle i historikken.")


class AllocationForm(RuledForm, forms.Form):
    """What money is for; of a plan also how much. Money of an initiative is counted in the initiative's own area."""

    initiative = forms.ModelChoiceField(
        label=gettext_lazy("Tiltak"),
        queryset=Initiative.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ikke et tiltak i porteføljen"),
    )
    label = forms.CharField(
        label=gettext_lazy("Formål"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Bare når pengene ikke er til et tiltak."),
    )
    program_area = forms.ModelChoiceField(
        label=gettext_lazy("Programområde"),
        queryset=ProgramArea.objects.none(),
        required=False,
        empty_label=gettext_lazy("Tiltakets"),
        help_text=gettext_lazy("Bare når pengene ikke er til et tiltak."),
    )
    work_package = forms.CharField(label=gettext_lazy("Arbeidspakke"), required=False, max_length=300)
    recipient = forms.ModelChoiceField(
        label=gettext_lazy("Mottaker"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ikke oppgitt"),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Midler"), choices=Source, initial=Source.NEW, widget=forms.RadioSelect
    )
    amount = KronerField(
        label=gettext_lazy("Beløp"), help_text=gettext_lazy("Hele kroner, for eksempel 1 250 000.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Hvorfor endres det?"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Bare når pengene nå er til noe annet. Står i loggen."),
    )
    version = SeenField(required=False)
    conditional = ("reason", "initiative", "label", "program_area", "source")

    def __init__(
        self,
        *args: Any,
        user: User,
        grant: Grant,
        allocation: Allocation | None = None,
        balance: Balance,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        initiative, area, recipient = (
            self._choices(name) for name in ("initiative", "program_area", "recipient")
        )
        kept = Q(allocations=allocation) if allocation else Q(pk=None)
        initiatives = Initiative.objects.visible_to(user).filter(Q(closed_as="") | kept)
        initiative.queryset = initiatives.distinct().select_related("program_area").order_by("title")
        area.queryset = (
            ProgramArea.objects.filter(Q(is_active=True) | kept).distinct().order_by("order", "pk")
        )
        recipient.queryset = Organisation.objects.filter(Q(is_active=True) | kept).distinct().in_name_order()
        if not balance.transferred_in:
            del self.fields["source"]
        if allocation is not None and not allocation.is_planned:
            self.fields.pop("source", None)
            del self.fields["amount"]
        else:
            del self.fields["reason"]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def values(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"version", "reason"}}
        if data.get("initiative") is not None and not data["label"]:
            data["program_area"] = None
        return data


class AllocateForm(RuledForm, forms.Form):
    """Which plans a decision allocates."""

    chosen = ModelMultipleChoiceField(
        label=gettext_lazy("Hva vedtaket tildeler"),
        queryset=Allocation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Velg minst én linje."),
            "invalid_choice": gettext_lazy(
                "En av linjene er tildelt eller tatt bort i mellomtiden. Se over listen."
            ),
        },
    )
    decision = DecisionField(label=gettext_lazy("Vedtak"))
    on = DateField(label=gettext_lazy("Tildelt"), required=False, help_text=ON_HELP)

    def __init__(self, *args: Any, grant: Grant, labels: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["chosen"]
        field.queryset = Allocation.objects.planned().filter(grant=grant).in_paper_order()
        field.label_from_instance = lambda one: labels[one.pk]


class LaterForm(RuledForm, forms.Form):
    """A later decision about an allocation."""

    decision = DecisionField(label=gettext_lazy("Vedtak"))
    on = DateField(label=gettext_lazy("Gjelder fra"), required=False, help_text=ON_HELP)
    reason = forms.CharField(
        label=gettext_lazy("Merknad"), required=False, max_length=500, help_text=SHOWN_TO_ALL
    )
    version = SeenField(required=False)


class AmountForm(LaterForm):
    """Raise or lower an allocation."""

    amount = KronerField(
        label=gettext_lazy("Nytt beløp"), help_text=gettext_lazy("Det som skal stå etter vedtaket.")
    )
    field_order = ("amount", "decision", "on", "reason", "version")


class CancelForm(RuledForm, forms.Form):
    """Drop a plan."""

    reason = forms.CharField(label=gettext_lazy("Hvorfor tas den bort?"), max_length=500)


class PayForm(RuledForm, forms.Form):
    """When the money was paid."""

    on = DateField(label=gettext_lazy("Utbetalt"), initial=timezone.localdate)


class ReturnForm(RuledForm, forms.Form):
    """Money that was not used."""

    amount = KronerField(label=gettext_lazy("Beløp som ikke er brukt"))
    on = DateField(label=gettext_lazy("Tilbakeført"), initial=timezone.localdate)
    reason = TextField(
        label=gettext_lazy("Hvorfor?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=SHOWN_TO_ALL,
    )
    version = SeenField(required=False)


class CarryForm(RuledForm, forms.Form):
    """Money that is to be used in another year."""

    to_grant = forms.ModelChoiceField(
        label=gettext_lazy("Overføres til"),
        queryset=Grant.objects.none(),
        empty_label=gettext_lazy("Velg tilskudd"),
    )
    amount = KronerField(label=gettext_lazy("Beløp"))
    on = DateField(label=gettext_lazy("Overført"), initial=timezone.localdate)
    reason = TextField(
        label=gettext_lazy("Hvorfor?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=SHOWN_TO_ALL,
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, grant: Grant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to_grant"]
        others = Grant.objects.filter(scheme=grant.scheme_id).exclude(pk=grant.pk)
        field.queryset = others.select_related("scheme").newest_first()


class CorrectForm(RuledForm, forms.Form):
    """Why the newest that was posted was wrong."""

    reason = forms.CharField(label=gettext_lazy("Hva var feil?"), max_length=500, help_text=SHOWN_TO_ALL)
    version = SeenField(required=False)


class TransferCorrectForm(RuledForm, forms.Form):
    """Why a transfer was wrong."""

    reason = forms.CharField(label=gettext_lazy("Hva var feil?"), max_length=500)
