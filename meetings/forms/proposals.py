"""Cases proposed by partners, and what the secretariat answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from helsefellesskap.fields import TextField
from helsefellesskap.forms import RuledForm
from meetings.models import Body, Case, Concern, Meeting
from meetings.rules.cases import LATER
from portfolio.models import Initiative


class ProposalForm(RuledForm, forms.Form):
    """A case proposed by a partner, in two minutes."""

    title = forms.CharField(label=gettext_lazy("Hva gjelder saken?"), max_length=300)
    body = forms.ModelChoiceField(
        label=gettext_lazy("Hvem bør behandle den?"), queryset=Body.objects.none(), empty_label=None
    )
    summary = TextField(
        label=gettext_lazy("Fortell kort"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Hva er bakgrunnen, hva ønsker dere av utvalget, og når haster det?"),
    )
    initiative = forms.ModelChoiceField(
        label=gettext_lazy("Hvilket tiltak gjelder det?"), queryset=Initiative.objects.none(), required=False
    )
    wanted_meeting = forms.ModelChoiceField(
        label=gettext_lazy("Hvilket møte ønsker dere?"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=gettext_lazy("Så snart det passer"),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        initiative, body, meeting = (self._field(name) for name in ("initiative", "body", "wanted_meeting"))
        initiatives = Initiative.objects.visible_to(person).live().in_paper_order()
        initiative.queryset = initiatives
        initiative.choices = _own_first(initiatives, set(initiatives.led_by(person)))
        body.queryset = Body.objects.in_use(today).filter(visibility=Body.Visibility.PUBLIC)
        meeting.queryset = Meeting.objects.coming(today).filter(body__in=body.queryset).select_related("body")

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        meeting, body = data.get("wanted_meeting"), data.get("body")
        if meeting and body and meeting.body != body:
            self.add_error("wanted_meeting", _("Møtet er i et annet organ enn det som skal behandle saken."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        initiative = data["initiative"]
        return {
            "title": " ".join(data["title"].split()),
            "body": data["body"],
            "summary": data["summary"],
            "wanted_meeting": data["wanted_meeting"],
            "concerns": {initiative: Concern.Kind.INFORMATION} if initiative else {},
        }


def _own_first(initiatives: Iterable[Initiative], own: Collection[Initiative]) -> list[tuple[Any, Any]]:
    """The initiatives to choose among, the person's own in a group at the top."""
    rows = [(initiative.pk, str(initiative), initiative in own) for initiative in initiatives]
    groups = [
        (_("Tiltakene deres"), [(key, title) for key, title, is_own in rows if is_own]),
        (_("Andre tiltak"), [(key, title) for key, title, is_own in rows if not is_own]),
    ]
    return [("", _("Ikke et bestemt tiltak")), *(group for group in groups if group[1])]


class AnswerForm(forms.Form):
    """What the secretariat does with a proposal."""

    conditional = ("answer",)
    to = forms.ChoiceField(
        label=gettext_lazy("Svar"),
        choices=[
            (Case.State.BACKLOG, gettext_lazy("Ta inn i saksbanken")),
            (LATER, gettext_lazy("Ta inn, men utsett til et senere møte")),
            (Case.State.RETURNED, gettext_lazy("Send tilbake for endring")),
            (Case.State.WITHDRAWN, gettext_lazy("Avslå")),
        ],
        widget=forms.RadioSelect,
    )
    answer = TextField(
        label=gettext_lazy("Melding til forslagsstilleren"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Skriv hvilket møte saken utsettes til, hva som må endres, eller hvorfor ikke."
        ),
    )
