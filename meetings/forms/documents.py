"""Taking in documents, saying what they are and who may open them, and requests for access."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from helsefellesskap.fields import SeenField, TextField
from helsefellesskap.forms import RuledForm
from meetings.forms.cases import ExemptionForm
from meetings.models import AccessRequest, Basis, Document

ACCEPT = ".pdf,.docx,.xlsx,.pptx,.odt,.png,.jpg,.jpeg"


class FilesInput(forms.ClearableFileInput):
    """Several files at once; the browser is told which kinds."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """One file or more, as a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(attrs={"multiple": True, "accept": ACCEPT}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        if not [file for file in files if file]:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(files)


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class UploadForm(forms.Form):
    """Files of a case or a meeting; each can be edited afterwards."""

    conditional = ("public_from",)
    files = FilesField(  # type: ignore[assignment]  # Django moves the field away from the attribute of that name
        label=gettext_lazy("Filer"),
        help_text=gettext_lazy(
            "PDF, Word, Excel, PowerPoint, ODT eller bilder. Du kan velge flere, eller slippe dem på feltet."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Slag"), choices=Document.Kind, initial=Document.Kind.ANNEX)
    access = forms.ChoiceField(
        label=gettext_lazy("Hvem kan lese?"),
        choices=[
            (Document.Access.PUBLIC, gettext_lazy("Alle, når saklisten er publisert")),
            (Document.Access.MEMBERS, gettext_lazy("Medlemmene, og alle fra et bestemt tidspunkt")),
        ],
        widget=forms.RadioSelect,
        initial=Document.Access.PUBLIC,
        help_text=gettext_lazy(
            "Skal noe unntas fra offentlighet, gjør du det på dokumentet etterpå, før du publiserer."
        ),
    )
    public_from = forms.DateTimeField(
        label=gettext_lazy("Blir offentlig"), required=False, widget=MomentInput
    )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        needs_time = data.get("access") == Document.Access.MEMBERS and not data.get("public_from")
        if needs_time and "public_from" not in self.errors:
            self.add_error("public_from", gettext_lazy("Skriv når dokumentene blir offentlige."))
        return data


class ReplaceForm(forms.Form):
    """One file in place of another."""

    files = forms.FileField(  # type: ignore[assignment]
        label=gettext_lazy("Fil"),
        allow_empty_file=True,  # told of with its name, as all that is wrong with a file
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class DocumentForm(RuledForm, ExemptionForm):
    """What a document is called and who may open it; with an exemption, on what basis."""

    conditional = (*ExemptionForm.conditional, "public_from")
    field_order = [
        "title", "kind", "language", "text_alternative", "access", "public_from",
        "basis", "confidentiality_rule", "wider_access", "considered", "public_title", "reason", "review_on", "version",
    ]  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Tittel"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Slag"), choices=Document.Kind)
    language = forms.ChoiceField(
        label=gettext_lazy("Språk"),
        choices=[
            ("nb", gettext_lazy("Bokmål")),
            ("nn", gettext_lazy("Nynorsk")),
            ("en", gettext_lazy("Engelsk")),
        ],
    )
    text_alternative = TextField(
        label=gettext_lazy("Tekst i stedet for bilde"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For bilder og skannede sider: det som står eller vises der."),
    )
    access = forms.ChoiceField(
        label=gettext_lazy("Hvem kan lese?"), choices=Document.Access, widget=forms.RadioSelect
    )
    public_from = forms.DateTimeField(
        label=gettext_lazy("Blir offentlig"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("Bare når medlemmene kan lese det først."),
    )
    version = SeenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].required = False
        self.fields["basis"].choices = [("", gettext_lazy("Ikke unntatt")), *Basis.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("access") == Document.Access.EXEMPT and not data.get("basis"):
            self.add_error("basis", gettext_lazy("Velg hjemmelen for unntaket."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("title", "kind", "language", "text_alternative", "public_title", "access", "public_from")
        exemption = ("basis", "confidentiality_rule", "wider_access", "considered", "reason", "review_on")
        return {**{name: data[name] for name in names}, "exemption": {name: data[name] for name in exemption}}


def document_values(document: Document) -> dict[str, Any]:
    """What a DocumentForm begins with."""
    names = ("title", "kind", "language", "text_alternative", "public_title", "access")
    local = timezone.localtime(document.public_from) if document.public_from else None
    return {**{name: getattr(document, name) for name in names}, "public_from": local}


class AccessRequestForm(forms.Form):
    """Anybody's request to see what is exempt."""

    text = TextField(
        label=gettext_lazy("Hva ber du om innsyn i?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-postadresse for svaret"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Du trenger ikke å si hvem du er."),
    )


class AccessAnswerForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("Svar"),
        choices=[
            choice for choice in AccessRequest.State.choices if choice[0] != AccessRequest.State.RECEIVED
        ],
        widget=forms.RadioSelect,
    )
    basis = forms.CharField(
        label=gettext_lazy("Hjemmel"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Ved avslag, med ledd og bokstav."),
    )
    answer = TextField(
        label=gettext_lazy("Svaret"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
