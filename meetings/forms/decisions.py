"""What a meeting did with a case: outcome, points, impartiality."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import RichTextField, SeenField, TextField
from helsefellesskap.forms import RuledForm
from meetings.models import (
    AgendaItem,
    DecisionPoint,
    Meeting,
    Recusal,
    Seat,
)
from meetings.rules.decisions import Decided


class ItemForm(RuledForm, forms.Form):
    """How a case went at a meeting."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Utfall"), choices=AgendaItem.Outcome, widget=forms.RadioSelect
    )
    outcome_note = forms.CharField(label=gettext_lazy("Merknad til utfallet"), required=False, max_length=500)
    postponed_to = forms.ModelChoiceField(
        label=gettext_lazy("Utsatt til møtet"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ikke bestemt"),
        help_text=gettext_lazy("Bare når saken er utsatt."),
    )
    treatment = RichTextField(label=gettext_lazy("Behandling"), required=False, max_length=20_000)
    closed_basis = forms.CharField(
        label=gettext_lazy("Hjemmel for å lukke møtet"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Bare når saken ble behandlet for lukkede dører."),
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["postponed_to"]
        coming = (
            Meeting.objects.filter(body=item.meeting.body).exclude(pk=item.meeting_id).select_related("body")
        )
        field.queryset = coming.coming(timezone.localdate())

    def values(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name] for name in ("outcome", "outcome_note", "treatment", "closed_basis")
        }


class PointForm(forms.Form):
    """One point of the decision; without any text it is none."""

    key = SeenField(required=False)
    adopted = TextField(
        label=gettext_lazy("Vedtak"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    outcome = forms.ChoiceField(label=gettext_lazy("Utfall"), choices=DecisionPoint.Outcome, required=False)
    vote = forms.ChoiceField(label=gettext_lazy("Votering"), choices=DecisionPoint.Vote, required=False)
    dissent = TextField(
        label=gettext_lazy("Protokolltilførsel"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    marks_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.proposed: str = kwargs.pop("proposed", "")
        super().__init__(*args, **kwargs)


def points_of(item: AgendaItem) -> list[DecisionPoint]:
    """What the form of an item begins with: its points as they stand, and what is proposed and not yet treated."""
    own = DecisionPoint.objects.filter(case=item.case)
    recorded = Q(item=item, correction=None)
    waiting = Q(item=None, outcome=DecisionPoint.Outcome.PROPOSED)
    return list(own.filter(recorded | waiting).order_by("number", "pk"))


EXTRA_POINTS = 1


def _adopted(data: Any, number: int, point: DecisionPoint | None) -> Any:
    """What was sent; with `alle` as if each proposed point was adopted, and all agreed. Its text stays as it was sent."""
    if data is None or "alle" not in data or point is None or not point.proposed:
        return data
    prefix = f"punkt-{number}"
    sent = data.copy()
    sent[f"{prefix}-outcome"] = DecisionPoint.Outcome.ADOPTED
    sent[f"{prefix}-vote"] = DecisionPoint.Vote.UNANIMOUS
    return sent


class PointForms:
    """The forms of all points, and an empty one; `alle` in what was sent adopts those proposed, unanimously."""

    def __init__(self, data: Any, item: AgendaItem) -> None:
        points = points_of(item)
        by_key = {point.pk: point for point in points}
        count = len(points) + EXTRA_POINTS
        if data is not None:
            posted = data.get("punkter", "")
            count = (
                min(int(posted), 60) if posted.isascii() and posted.isdecimal() and len(posted) < 4 else count
            )
        self.forms = []
        for number in range(count):
            point = points[number] if number < len(points) else None
            form = PointForm(
                _adopted(data, number, point), prefix=f"punkt-{number}", initial=self._initial(point)
            )
            key = form["key"].value()
            shown = by_key.get(int(key)) if str(key or "").isdecimal() else point
            form.proposed = shown.proposed if shown else ""
            self.forms.append(form)

    def _initial(self, point: DecisionPoint | None) -> dict[str, Any]:
        if point is None:
            return {"outcome": DecisionPoint.Outcome.ADOPTED}
        return {
            "key": point.pk,
            "adopted": point.proposed if point.outcome == DecisionPoint.Outcome.PROPOSED else point.adopted,
            "outcome": point.outcome,
            "vote": point.vote,
            "dissent": point.dissent,
        }

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]
        return all(valid)

    def points(self) -> list[Decided]:
        """What is said of each point that has a text or was proposed, numbered from 1."""
        found: list[Decided] = []
        for form in self.forms:
            data = form.cleaned_data
            if not data["adopted"] and not form.proposed:
                continue
            found.append(
                Decided(
                    number=len(found) + 1,
                    proposed=form.proposed,
                    adopted=data["adopted"],
                    outcome=data["outcome"] or DecisionPoint.Outcome.ADOPTED,
                    vote=data["vote"],
                    dissent=data["dissent"],
                    key=data["key"],
                )
            )
        return found


class RecusalForm(forms.Form):
    """A question of impartiality: one's own, or for the secretariat anybody's who comes to the meeting."""

    seat = forms.ModelChoiceField(label=gettext_lazy("Hvem gjelder det?"), queryset=Seat.objects.none())
    reason = TextField(
        label=gettext_lazy("Hva gjelder det?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kort, uten opplysninger om andre enkeltpersoner."),
    )

    def __init__(self, *args: Any, item: AgendaItem, own: Seat | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        if own is not None:
            del self.fields["seat"]
            return
        field: Any = self.fields["seat"]
        on = item.meeting.day or timezone.localdate()
        field.queryset = Seat.objects.on(on).filter(body=item.meeting.body).select_related("person", "body")

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        return data if self.own is None else {**data, "seat": self.own}


class RecusalDecisionForm(forms.Form):
    """What the body decided about a member's impartiality."""

    state = forms.ChoiceField(
        label=gettext_lazy("Avgjørelse"), choices=Recusal.State, widget=forms.RadioSelect
    )
    substitute = forms.ModelChoiceField(
        label=gettext_lazy("Vara i saken"),
        queryset=Seat.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ingen"),
    )

    def __init__(self, *args: Any, recusal: Recusal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting = recusal.item.meeting
        field: Any = self.fields["substitute"]
        field.queryset = (
            Seat.objects.on(meeting.day or timezone.localdate())
            .filter(body=meeting.body, role=Seat.SeatRole.DEPUTY)
            .exclude(pk=recusal.seat_id)
            .select_related("person", "body")
        )
