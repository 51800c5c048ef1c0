"""What a meeting did with a case, minutes, and tasks that came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from helsefellesskap.fields import RichTextField, SeenField, TextField
from helsefellesskap.forms import DateField, FilterForm, ModelMultipleChoiceField, RuledForm
from meetings.models import (
    AgendaItem,
    Body,
    Case,
    DecisionPoint,
    FollowUp,
    Meeting,
    Precision,
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


class FollowUpFilterForm(FilterForm):
    """The filter of the tasks; the address holds it."""

    q = forms.CharField(
        label=gettext_lazy("Søk"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    organ = forms.ChoiceField(label=gettext_lazy("Organ"), required=False)
    tilstand = forms.ChoiceField(
        label=gettext_lazy("Tilstand"),
        required=False,
        choices=[
            ("", gettext_lazy("Alle")),
            ("apne", gettext_lazy("Åpne")),
            ("forfalt", gettext_lazy("Forfalt")),
            ("meldt", gettext_lazy("Meldt utført")),
            ("ferdig", gettext_lazy("Utført eller frafalt")),
        ],
    )
    ansvarlig = forms.ChoiceField(label=gettext_lazy("Ansvarlig organisasjon"), required=False)

    def __init__(
        self, *args: Any, bodies: list[Body], organisations: list[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer("organ", ((one.code, one.short_name) for one in bodies))
        self.offer("ansvarlig", ((str(one.pk), one.name) for one in organisations))


class FollowUpForm(RuledForm, forms.Form):
    """A task: what, who, and by when."""

    point = forms.ModelChoiceField(
        label=gettext_lazy("Vedtakspunkt"),
        queryset=DecisionPoint.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ikke et bestemt punkt"),
    )
    title = forms.CharField(label=gettext_lazy("Hva skal gjøres?"), max_length=300)
    responsible = forms.CharField(
        label=gettext_lazy("Ansvarlig"),
        max_length=200,
        help_text=gettext_lazy(
            "Slik det skal stå i listen, for eksempel sekretariatet eller helseregionene."
        ),
    )
    organisations = ModelMultipleChoiceField(
        label=gettext_lazy("Ansvarlige organisasjoner"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("De kan melde punktet utført, og får påminnelser."),
    )
    precision = forms.ChoiceField(
        label=gettext_lazy("Frist"),
        choices=[
            (Precision.DAY, gettext_lazy("En bestemt dag")),
            (Precision.MONTH, gettext_lazy("I løpet av en måned")),
            (Precision.UNKNOWN, gettext_lazy("Ingen frist")),
        ],
    )
    due_on = DateField(label=gettext_lazy("Dato"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Tilstand"), choices=FollowUp.State, initial=FollowUp.State.OPEN
    )
    comment = TextField(
        label=gettext_lazy("Hva som er gjort"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point, organisations = (self._choices(name) for name in ("point", "organisations"))
        decided = DecisionPoint.objects.filter(case=case).exclude(outcome=DecisionPoint.Outcome.PROPOSED)
        point.queryset = decided.standing()
        point.label_from_instance = lambda one: f"{one.number}. {one.text[:90]}"
        chosen = self.initial.get("organisations", [])
        organisations.queryset = Organisation.objects.filter(
            Q(is_active=True) | Q(pk__in=[one.pk for one in chosen])
        ).in_name_order()
        self.case = case

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        is_unknown = data.get("precision") == Precision.UNKNOWN
        due: date | None = data.get("due_on")
        if not is_unknown and due is None and "due_on" not in self.errors:
            self.add_error("due_on", gettext_lazy("Skriv fristen, eller velg «Ingen frist»."))
        if is_unknown:
            data["due_on"] = None
        elif due and data.get("precision") == Precision.MONTH:
            data["due_on"] = due.replace(day=1)
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("point", "title", "responsible", "organisations", "precision", "due_on", "state", "comment")
        return {"case": self.case, **{name: data[name] for name in names}}


class ReportForm(forms.Form):
    comment = TextField(
        label=gettext_lazy("Hva er gjort?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
