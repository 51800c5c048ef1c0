"""Proposals: what the partners want the money for, and what the secretariat answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from funding.documents.rounds import GrantToShare
from funding.models import Grant, Proposal
from helsefellesskap.fields import KronerField, SeenField, TextField
from helsefellesskap.forms import RuledForm
from helsefellesskap.money import kroner
from portfolio.models import Initiative, ProgramArea

FACTS = ("initiative", "idea", "program_area", "work_package", "amount", "reason", "rank")


class ProposalForm(RuledForm, forms.Form):
    """What an organisation proposes: an initiative or a new idea, how much, and why."""

    conditional = ("initiative", "idea", "program_area")
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Fra"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("Velg organisasjon"),
        help_text=gettext_lazy("Den som har kommet med innspillet."),
    )
    initiative = forms.ModelChoiceField(
        label=gettext_lazy("Hvilket tiltak gjelder det?"), queryset=Initiative.objects.none(), required=False
    )
    idea = forms.CharField(
        label=gettext_lazy("Ny idé"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Fyll ut hvis det ikke gjelder et tiltak i listen."),
    )
    program_area = forms.ModelChoiceField(
        label=gettext_lazy("Programområde for ideen"),
        queryset=ProgramArea.objects.none(),
        required=False,
        empty_label=gettext_lazy("Velg programområde"),
        help_text=gettext_lazy("Bare for en ny idé. Et tiltak har sitt eget."),
    )
    work_package = forms.CharField(
        label=gettext_lazy("Hva skal pengene brukes til?"),
        max_length=300,
        help_text=gettext_lazy("Arbeidspakken, for eksempel en prosjektleder i halv stilling."),
    )
    amount = KronerField(
        label=gettext_lazy("Beløp"), help_text=gettext_lazy("Hele kroner, for eksempel 250 000.")
    )
    reason = TextField(
        label=gettext_lazy("Hvorfor?"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Hva blir bedre, og for hvem?"),
    )
    rank = forms.IntegerField(
        label=gettext_lazy("Hvor viktig er dette blant deres egne innspill?"),
        min_value=1,
        max_value=99,
        initial=1,
        help_text=gettext_lazy("1 er viktigst."),
    )
    version = SeenField(required=False)

    def __init__(
        self,
        *args: Any,
        person: User,
        proposal: Proposal | None = None,
        chooses_organisation: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        now = proposal or Proposal()
        initiative, area, organisation = (
            self._choices(name) for name in ("initiative", "program_area", "organisation")
        )
        # What stands there now is offered too, so that saving something else does not take it away.
        initiatives = Initiative.objects.visible_to(person).filter(Q(closed_as="") | Q(pk=now.initiative_id))
        initiative.queryset = initiatives.in_paper_order()
        initiative.choices = _own_first(initiative.queryset, person)
        area.queryset = ProgramArea.objects.filter(Q(is_active=True) | Q(pk=now.program_area_id))
        organisation.queryset = Organisation.objects.active().in_name_order()
        if not chooses_organisation:
            del self.fields["organisation"]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean_idea(self) -> str:
        return " ".join(str(self.cleaned_data["idea"]).split())

    def clean_work_package(self) -> str:
        return " ".join(str(self.cleaned_data["work_package"]).split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("initiative") is not None:
            data["program_area"] = None
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


def _own_first(initiatives: Iterable[Initiative], person: User) -> list[tuple[Any, Any]]:
    """The initiatives to choose among, those of the person and the organisation in a group at the top."""
    own: list[tuple[Any, Any]] = []
    others: list[tuple[Any, Any]] = []
    for one in initiatives:
        is_own = one.project_lead_id == person.pk or one.owner_id in {person.organisation_id} - {None}
        (own if is_own else others).append((one.pk, one.title))
    groups = [(_("Tiltakene deres"), own), (_("Andre tiltak"), others)] if own else others
    return [("", _("Ikke et tiltak, men en ny idé")), *groups]


class AnswerForm(RuledForm, forms.Form):
    """Whether a proposal is prioritised, with how much of which grant; or why not."""

    conditional = ("amount", "grant", "answer")
    outcome = forms.ChoiceField(
        label=gettext_lazy("Svar"),
        choices=[
            (Proposal.State.PRIORITISED, gettext_lazy("Prioriteres")),
            (Proposal.State.DECLINED, gettext_lazy("Prioriteres ikke")),
        ],
        widget=forms.RadioSelect,
    )
    amount = KronerField(
        label=gettext_lazy("Beløp"),
        required=False,
        help_text=gettext_lazy("Bare når innspillet prioriteres. Hele kroner."),
    )
    grant = forms.ModelChoiceField(
        label=gettext_lazy("Tilskudd"), queryset=Grant.objects.none(), required=False
    )
    answer = TextField(
        label=gettext_lazy("Melding til dem som sendte innspillet"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Skriv hvorfor når innspillet ikke prioriteres."),
    )

    def __init__(self, *args: Any, shares: list[GrantToShare], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grant"]
        grants = Grant.objects.filter(pk__in=[share.grant.pk for share in shares])
        field.queryset = grants.select_related("scheme").newest_first()
        left = "; ".join(_in_words(share) for share in shares)
        field.help_text = _("Igjen etter det som er prioritert: %(left)s.") % {"left": left}
        if len(shares) == 1:
            field.empty_label = None
            self.initial.setdefault("grant", shares[0].grant.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_prioritised = data.get("outcome") == Proposal.State.PRIORITISED
        if is_prioritised and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Skriv hvor mye som prioriteres."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        is_prioritised = data["outcome"] == Proposal.State.PRIORITISED
        return {
            "prioritised": is_prioritised,
            "answer": data["answer"],
            "grant": data["grant"] if is_prioritised else None,
            "amount": data["amount"] if is_prioritised else None,
        }


def _in_words(share: GrantToShare) -> str:
    about = _("ca. ") if share.balance.is_rounded else ""
    return f"{share.grant} {about}{kroner(share.left_then)}"
