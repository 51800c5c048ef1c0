"""What a block says and fetches, one form for each kind; and its pictures, and the newsletter's attachments."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Viewer
from funding.models import Grant
from helsefellesskap.fields import RichTextField, SeenField, TextField
from helsefellesskap.forms import DateField, ModelMultipleChoiceField, RuledForm
from meetings.models import Event, Meeting
from newsletters.actions.blocks import BODY_LENGTH
from newsletters.forms.newsletters import LineField
from newsletters.models import Block
from newsletters.rules import NotAllowed, check_as_of
from portfolio.models import Initiative, ProgramArea

_AT_THE_END = re.compile(r"[\s,;:–-]*\(?<?([^\s<>(),;]+@[^\s<>(),;]+)>?\)?$")


class BlockForm(RuledForm, forms.Form):
    """Heading and text, which every block may have."""

    heading = LineField(
        label=gettext_lazy("Overskrift"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    is_sub = forms.BooleanField(label=gettext_lazy("Underoverskrift i avsnittet over"), required=False)
    body = RichTextField(label=gettext_lazy("Tekst"), required=False, max_length=BODY_LENGTH)
    version = SeenField(required=False)

    extra: tuple[str, ...] = ()
    """The fields that are kept as the block's settings."""

    def __init__(self, *args: Any, block: Block, user: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.block, self.user = block, user
        self.offer_choices()
        self.initial = {
            "heading": block.heading,
            "is_sub": block.is_sub,
            "body": block.body,
            "version": block.version,
            **self.initial_of(block.settings),
        }

    def offer_choices(self) -> None:
        """Fill the lists one chooses from."""

    def initial_of(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {name: settings.get(name) for name in self.extra}

    def settings(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.extra if self.cleaned_data[name]}

    def choose_from(self, name: str, queryset: Any, label: Any = None) -> None:
        field: Any = self.fields[name]
        field.queryset = queryset
        if label is not None:
            field.label_from_instance = label

    def chosen(self, name: str) -> list[str]:
        return sorted(str(thing.public_id) for thing in self.cleaned_data[name])

    @property
    def choices(self) -> list[Any]:
        """The fields of this kind alone, as they are shown."""
        return [self[name] for name in self.extra]


def _many(label: Any, model: Any, help_text: Any = "") -> ModelMultipleChoiceField:
    return ModelMultipleChoiceField(
        label=label,
        queryset=model.objects.none(),
        required=False,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def _public_initiatives() -> Any:
    return Initiative.objects.filter(visibility=Initiative.Visibility.PUBLIC).live().in_paper_order()


class TextBlockForm(BlockForm):
    """A text, and which initiatives it is about."""

    extra = ("initiatives",)
    initiatives = _many(
        gettext_lazy("Tiltak teksten handler om"),
        Initiative,
        gettext_lazy("Da kontrolleres teksten mot det handlingsdelen sier."),
    )

    def offer_choices(self) -> None:
        self.choose_from("initiatives", _public_initiatives())

    def settings(self) -> dict[str, Any]:
        chosen = self.chosen("initiatives")
        return {"initiatives": chosen} if chosen else {}


class FocusBlockForm(TextBlockForm):
    """Initiatives that are told of, one by one."""

    def offer_choices(self) -> None:
        super().offer_choices()
        self.fields["initiatives"].label = _("Tiltak")
        self.fields["initiatives"].help_text = ""


class HandlingsdelBlockForm(BlockForm):
    """All of the status table, chosen areas, or what changed."""

    extra = ("scope", "areas", "since")
    conditional = ("areas", "since")
    scope = forms.ChoiceField(
        label=gettext_lazy("Hva skal vises?"),
        choices=[
            ("all", gettext_lazy("Hele handlingsdelen")),
            ("areas", gettext_lazy("Bare noen programområder")),
            ("changed", gettext_lazy("Bare det som er endret")),
        ],
        widget=forms.RadioSelect,
    )
    areas = ModelMultipleChoiceField(
        label=gettext_lazy("Programområder"),
        queryset=ProgramArea.objects.none(),
        required=False,
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Når bare noen skal vises."),
    )
    since = DateField(
        label=gettext_lazy("Endret siden"),
        required=False,
        help_text=gettext_lazy(
            "Når bare endringer skal vises. Står det tomt, regnes de fra forrige nyhetsbrev."
        ),
    )

    def offer_choices(self) -> None:
        self.choose_from("areas", ProgramArea.objects.order_by("order", "pk"))

    def initial_of(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {
            "scope": settings.get("scope", "all"),
            "areas": settings.get("areas", []),
            "since": settings.get("since"),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("scope") == "areas" and not data.get("areas"):
            self.add_error("areas", _("Velg minst ett programområde."))
        since: date | None = data.get("since")
        try:
            check_as_of(since, today=timezone.localdate(), field="since")
        except NotAllowed as refusal:
            self.refuse(refusal, refusal.field)
        return data

    def settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        found: dict[str, Any] = {"scope": data["scope"]}
        if data["scope"] == "areas":
            found["areas"] = sorted(area.code for area in data["areas"])
        if data["scope"] == "changed" and data["since"]:
            found["since"] = data["since"].isoformat()
        return found


class FundingBlockForm(BlockForm):
    """What one grant is used for."""

    extra = ("grant",)
    grant = forms.ModelChoiceField(
        label=gettext_lazy("Tilskudd"),
        queryset=Grant.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("Velg tilskudd"),
    )

    def offer_choices(self) -> None:
        self.choose_from("grant", Grant.objects.visible_to(self.user).select_related("scheme").newest_first())

    def settings(self) -> dict[str, Any]:
        grant = self.cleaned_data["grant"]
        return {"grant": str(grant.public_id)} if grant else {}


class DecisionsBlockForm(BlockForm):
    """What chosen meetings decided."""

    extra = ("meetings",)
    meetings = _many(gettext_lazy("Vedtak fra møtene"), Meeting)

    def offer_choices(self) -> None:
        held = (
            Meeting.objects.visible_to(self.user)
            .filter(body__visibility="public", day__lte=timezone.localdate())
            .select_related("body")
            .order_by("-day")
        )
        self.choose_from("meetings", held)

    def settings(self) -> dict[str, Any]:
        return {"meetings": self.chosen("meetings")}


class ComingBlockForm(BlockForm):
    """How far ahead meetings and deadlines are told of."""

    extra = ("days",)
    days = forms.IntegerField(
        label=gettext_lazy("Antall dager framover"),
        min_value=1,
        max_value=730,
        required=False,
        help_text=gettext_lazy("Står det tomt, er det 120."),
    )


def _event_label(event: Event) -> str:
    return f"{event.title} ({event.day_text})"


class EventsBlockForm(BlockForm):
    """Chosen arrangements, or those ahead."""

    extra = ("events",)
    events = _many(
        gettext_lazy("Arrangementer"), Event, gettext_lazy("Velger du ingen, vises de som kommer.")
    )

    def offer_choices(self) -> None:
        self.choose_from("events", Event.objects.visible_to(self.user).newest_first(), _event_label)

    def settings(self) -> dict[str, Any]:
        chosen = self.chosen("events")
        return {"events": chosen} if chosen else {}


class FinishedBlockForm(BlockForm):
    """Initiatives that are finished, and the arrangements where they were shown."""

    extra = ("initiatives", "events")
    initiatives = _many(
        gettext_lazy("Tiltak"),
        Initiative,
        gettext_lazy("Velger du ingen, vises de som er meldt avsluttet siden forrige nyhetsbrev."),
    )
    events = _many(gettext_lazy("Arrangementer der de ble vist fram"), Event)

    def offer_choices(self) -> None:
        self.choose_from("initiatives", _public_initiatives())
        self.choose_from("events", Event.objects.visible_to(self.user).newest_first(), _event_label)

    def settings(self) -> dict[str, Any]:
        return {name: keys for name in self.extra if (keys := self.chosen(name))}


class ContactBlockForm(BlockForm):
    """Whom to ask: a role on each line, and its address."""

    extra = ("contacts",)
    contacts = TextField(
        label=gettext_lazy("Kontaktpunkter"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Ett på hver linje: rolle, så e-postadresse. Skriv rollen, ikke navnet på den som har den nå."
        ),
    )

    def initial_of(self, settings: dict[str, Any]) -> dict[str, Any]:
        rows = settings.get("contacts", [])
        lines = [", ".join(part for part in (row.get("role"), row.get("email")) if part) for row in rows]
        return {"contacts": "\n".join(lines)}

    def clean_contacts(self) -> list[dict[str, str]]:
        rows = []
        for line in self.cleaned_data["contacts"].splitlines():
            if not line.strip():
                continue
            found = _AT_THE_END.search(line)
            email = found[1] if found else ""
            role = line[: found.start()].strip() if found else line.strip()
            if email:
                try:
                    validate_email(email)
                except forms.ValidationError:
                    raise forms.ValidationError(
                        _("«%(email)s» er ingen e-postadresse.") % {"email": email}
                    ) from None
            if not role:
                raise forms.ValidationError(_("Skriv hvilken rolle %(email)s er.") % {"email": email})
            rows.append({"role": role[:200], "email": email})
        return rows


FORMS: dict[str, type[BlockForm]] = {
    Block.Kind.TEXT: TextBlockForm,
    Block.Kind.HANDLINGSDEL: HandlingsdelBlockForm,
    Block.Kind.FUNDING: FundingBlockForm,
    Block.Kind.FOCUS: FocusBlockForm,
    Block.Kind.DECISIONS: DecisionsBlockForm,
    Block.Kind.COMING: ComingBlockForm,
    Block.Kind.EVENTS: EventsBlockForm,
    Block.Kind.FINISHED: FinishedBlockForm,
    Block.Kind.CONTACT: ContactBlockForm,
    Block.Kind.ATTACHMENTS: BlockForm,
}


class PictureForm(RuledForm, forms.Form):
    """A picture, and in words what it shows."""

    file = forms.FileField(
        label=gettext_lazy("Bilde"),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        help_text=gettext_lazy(
            "PNG eller JPEG. Det gjøres mindre, og opplysninger om kamera og sted fjernes."
        ),
    )
    alt = LineField(
        label=gettext_lazy("Hva viser bildet?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Leses opp for dem som ikke ser bildet. Du kan vente, men det må stå her før brevet publiseres."
        ),
    )
    caption = LineField(label=gettext_lazy("Bildetekst"), max_length=300, required=False)

    def __init__(self, *args: Any, has_file: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_file:
            del self.fields["file"]


class AttachmentForm(RuledForm, forms.Form):
    """A file that goes with the newsletter, or its title alone when it comes later."""

    title = LineField(
        label=gettext_lazy("Tittel"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Står det tomt, brukes filnavnet."),
    )
    file = forms.FileField(
        label=gettext_lazy("Fil"),
        required=False,
        help_text=gettext_lazy(
            "Ligger i PDF-en av brevet. Du kan varsle vedlegget nå og laste opp filen senere."
        ),
    )
