"""The facts of a newsletter: begun, changed, corrected, published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import DateField, RuledForm
from newsletters.models import Newsletter

FACTS = ("title", "period", "as_of", "number", "year", "sends_mail")


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class LineField(TextField):
    """A text on one line: the subject of a mail and the titles of a feed take no line ends and no control signs."""

    widget: Any = forms.TextInput

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class NewsletterForm(RuledForm, forms.Form):
    """Title, period and the day of the tables; when it is begun, what it is copied from."""

    title = LineField(label=gettext_lazy("Tittel"), max_length=200)
    period = LineField(
        label=gettext_lazy("Periode"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Slik den står i hodet, for eksempel «juni 2025»."),
    )
    as_of = DateField(
        label=gettext_lazy("Status per"),
        required=False,
        help_text=gettext_lazy(
            "Dagen tabellene skal vise. Står feltet tomt, viser de dagen brevet publiseres."
        ),
    )
    copy_of = forms.ModelChoiceField(
        label=gettext_lazy("Kopier blokkene fra"),
        queryset=Newsletter.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("Begynn uten blokker"),
        help_text=gettext_lazy(
            "Overskrifter og tekster følger med. Bilder og vedlegg legger du inn på nytt."
        ),
    )
    number = forms.IntegerField(label=gettext_lazy("Nummer"), min_value=1, max_value=999)
    year = forms.IntegerField(label=gettext_lazy("År"), min_value=2000, max_value=2100)
    sends_mail = forms.BooleanField(
        label=gettext_lazy("Send e-post til abonnentene når brevet publiseres"), required=False
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, newsletter: Newsletter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if newsletter is None:
            choice: Any = self.fields["copy_of"]
            choice.queryset = Newsletter.objects.light().newest_first()
            for name in ("number", "year", "sends_mail", "version"):
                del self.fields[name]
            return
        del self.fields["copy_of"]
        self.initial = {
            **{name: getattr(newsletter, name) for name in (*FACTS, "version")},
            **self.initial,
        }
        if newsletter.correction:
            del self.fields["number"], self.fields["year"]
            note = TextField(
                label=_("Hva som er rettet"), max_length=1000, widget=forms.Textarea({"rows": 3})
            )
            self.fields["correction_note"] = note
            self.initial.setdefault("correction_note", newsletter.correction_note)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class CorrectionForm(RuledForm, forms.Form):
    """Why a published newsletter is opened again."""

    note = TextField(
        label=gettext_lazy("Hva rettes?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Står øverst i den nye versjonen, så leserne ser hva som er annerledes."),
    )


class WithdrawForm(RuledForm, forms.Form):
    """What should be changed before it is approved."""

    note = TextField(
        label=gettext_lazy("Merknad til sekretariatet"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PublishForm(RuledForm, forms.Form):
    """Now, or at a time that is set."""

    conditional = ("publish_at",)
    when = forms.ChoiceField(
        label=gettext_lazy("Når skal det publiseres?"),
        choices=[("now", gettext_lazy("Nå")), ("later", gettext_lazy("På et tidspunkt jeg setter"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    publish_at = forms.DateTimeField(
        label=gettext_lazy("Tidspunkt"),
        required=False,
        widget=MomentInput,
        input_formats=["%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M", "%d.%m.%Y kl. %H.%M"],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == "later" and not data.get("publish_at") and "publish_at" not in self.errors:
            self.add_error("publish_at", _("Sett et tidspunkt."))
        return data


class ReasonForm(RuledForm, forms.Form):
    """Why something serious is published all the same."""

    reason = TextField(
        label=gettext_lazy("Hvorfor kan brevet publiseres likevel?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
