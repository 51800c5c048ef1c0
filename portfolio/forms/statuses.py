"""Forms that say how an initiative is."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField
from portfolio.models import Phase, StatusReport
from portfolio.rules import Status

NOT_STARTED, NEEDS_MAPPING, NEVER_REPORTED = "ikke-startet", "uavklart", "uten-status"
STATES = [
    (state.value, state.label)
    for state in StatusReport.State
    if state != StatusReport.State.NOT_STARTED  # chosen as a phase: an initiative not started has none
]


class PhaseField(forms.CharField):
    """The whole phase cell as one choice: a phase, two neighbours, or not started.

    Cleans to the two phases of `losning-drift`; what is no phase at all is refused here, a range with
    a gap by the rules.
    """

    widget = forms.Select

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("Fase"), **kwargs)
        self.phases: list[Phase] = []
        self.without_phase = {NOT_STARTED}

    def offer(self, phases: list[Phase], *, may_need_mapping: bool) -> None:
        self.phases = phases
        self.without_phase = {NOT_STARTED, NEEDS_MAPPING} if may_need_mapping else {NOT_STARTED}
        choices = [("", _("Velg fase")), (NOT_STARTED, StatusReport.State.NOT_STARTED.label)]
        if may_need_mapping:
            choices.append((NEEDS_MAPPING, _("Ikke avklart")))
        for index, phase in enumerate(phases):
            choices.append((f"{phase.code}-{phase.code}", phase.name))
            if index + 1 < len(phases):
                following = phases[index + 1]
                choices.append((f"{phase.code}-{following.code}", f"{phase.name}/{following.name}"))
        widget: Any = self.widget
        widget.choices = choices

    def to_python(self, value: Any) -> str:
        code = super().to_python(value) or ""
        first, _dash, last = code.partition("-")
        known = {phase.code for phase in self.phases}
        if code and code not in self.without_phase and not {first, last or first} <= known:
            raise forms.ValidationError(
                _("Fasen «%(phase)s» finnes ikke. Velg en av fasene i listen.") % {"phase": code[:40]}
            )
        return code

    def phases_of(self, code: str) -> tuple[Phase | None, Phase | None]:
        by_code = {phase.code: phase for phase in self.phases}
        first, _dash, last = code.partition("-")
        return by_code.get(first), by_code.get(last) if last != first else None


class StatusForm(forms.Form):
    """How one initiative is: the row of the list as a form."""

    marks_optional = False  # what is left blank is itself an answer, and the rules say which

    phase = PhaseField(
        widget=forms.Select(attrs={"data-focus": True}),
        error_messages={"required": gettext_lazy("Velg en fase, eller «Ikke startet».")},
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Tilstand"),
        choices=STATES,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Velg en av tilstandene i listen.")},
    )
    reported_on = DateField(
        label=gettext_lazy("Status per"),
        error_messages={
            "required": gettext_lazy("Skriv hvilken dag statusen gjelder."),
            "invalid": gettext_lazy("Skriv datoen som dd.mm.åååå, for eksempel 22.05.2025."),
        },
    )
    comment = TextField(
        label=gettext_lazy("Kommentar"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Det som skal stå i handlingsdelen. Ikke skriv personopplysninger."),
    )
    comment_unknown = forms.BooleanField(
        label=gettext_lazy("Vet ikke"),
        required=False,
        help_text=gettext_lazy("Da vises når tiltaket sist ble meldt."),
    )
    next_step = TextField(
        label=gettext_lazy("Neste steg"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = TextField(
        label=gettext_lazy("Hvorfor endres fasen slik?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Trengs når tiltaket går tilbake eller hopper over en fase."),
    )
    based_on = SeenField(required=False)

    def __init__(self, *args: Any, current: StatusReport | None, phases: list[Phase], **kwargs: Any) -> None:
        kwargs["initial"] = _initial(current)
        super().__init__(*args, **kwargs)
        self.current = current
        self.phase_field.offer(phases, may_need_mapping=current is not None and current.needs_mapping)

    def clean(self) -> dict[str, Any] | None:
        """What was changed counts: «vet ikke» takes the place of the old comment, a new comment that of «vet ikke»."""
        data = super().clean() or {}
        if self.current is not None and data.get("comment_unknown") and data.get("comment"):
            if data["comment"] == self.current.comment:
                data["comment"] = ""
            elif self.current.comment_unknown:
                data["comment_unknown"] = False
        return data

    @property
    def phase_field(self) -> PhaseField:
        return cast(PhaseField, self.fields["phase"])

    @property
    def asks_reason(self) -> bool:
        """The reason is asked for when the rules want one, and kept in view once given."""
        return self.is_bound and bool("reason" in self.errors or self["reason"].value())

    def status(self) -> Status:
        """What the valid form says, for the rules and the actions."""
        data = self.cleaned_data
        code = data["phase"]
        phase_from, phase_to = self.phase_field.phases_of(code)
        return Status(
            reported_on=data["reported_on"],
            state=StatusReport.State.NOT_STARTED
            if code == NOT_STARTED
            else data["state"] or StatusReport.State.ACTIVE,
            phase_from=phase_from,
            phase_to=phase_to,
            needs_mapping=code == NEEDS_MAPPING,
            comment=data["comment"],
            comment_unknown=data["comment_unknown"],
            next_step=data["next_step"],
            reason=data["reason"],
        )

    def refuse(self, sentence: Exception, field: str | None) -> None:
        """Show a rule's sentence at the field it is about."""
        place = "phase" if field in {"phase_from", "phase_to"} else field
        self.add_error(place if place in self.fields else None, str(sentence))


def _initial(current: StatusReport | None) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "reported_on": timezone.localdate(),
        "based_on": current.pk if current else None,
    }
    if current is None:
        return initial
    return {
        **initial,
        "phase": current.phase_code,
        "state": current.state,
        "comment": current.comment,
        "comment_unknown": current.comment_unknown,
        "next_step": current.next_step,
    }


class SharedStatusForm(forms.Form):
    """One text for several initiatives; each keeps its own phase and state."""

    marks_optional = False

    reported_on = DateField(label=gettext_lazy("Status per"))
    comment = TextField(
        label=gettext_lazy("Felles kommentar"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Blir statuskommentaren til hvert av tiltakene. Ikke skriv personopplysninger."
        ),
    )
    comment_unknown = forms.BooleanField(
        label=gettext_lazy("Vet ikke"),
        required=False,
        help_text=gettext_lazy("Da vises når tiltakene sist ble meldt."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"reported_on": timezone.localdate()})
        super().__init__(*args, **kwargs)

    def status_after(self, report: StatusReport) -> Status:
        """The shared text with the phase and state an initiative has already."""
        return Status(
            reported_on=self.cleaned_data["reported_on"],
            state=report.state,
            phase_from=report.phase_from,
            phase_to=report.phase_to,
            needs_mapping=report.needs_mapping,
            comment=self.cleaned_data["comment"],
            comment_unknown=self.cleaned_data["comment_unknown"],
            next_step=report.next_step,
        )


class ReturnForm(forms.Form):
    """What must be changed before a report can be published."""

    return_comment = TextField(
        label=gettext_lazy("Hva må endres?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
