"""The design system's look for every form: renderer, field markup, and the few inputs Django lacks."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from django.template import loader
from django.utils.translation import gettext as _

DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")


class BoundField(DjangoBoundField):
    """A field with the attributes and ids that `forms/field.html` and the error summary need."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | str | None = None
    ) -> dict[str, Any]:
        real = widget if isinstance(widget, forms.Widget) else self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, real)
        if real.is_hidden:
            return {name: value for name, value in built.items() if not name.startswith("aria-")}
        classes = str(built.get("class") or real.attrs.get("class") or "").split()
        built["class"] = " ".join([*classes, *({"ds-input"} - set(classes))])
        if isinstance(real, forms.Textarea):
            built["cols"] = False  # would narrow the input of the design system
        if "placeholder" in real.attrs:
            built["placeholder"] = False  # the label says it, and stays when one types
        return built

    @property
    def is_group(self) -> bool:
        """Several inputs with one question, hence a fieldset."""
        return self.use_fieldset and isinstance(
            self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple
        )

    @property
    def is_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_marked_optional(self) -> bool:
        """Whether the label says «(valgfritt)»: not in filters, nor where leaving blank is itself an answer.

        Nor for what another answer asks for: a form names those fields in `conditional`.
        """
        return (
            getattr(self.form, "marks_optional", True)
            and self.name not in getattr(self.form, "conditional", ())
            and not self.field.required
            and not self.field.disabled
            and not self.is_checkbox
        )

    @property
    def error_target(self) -> str:
        """The id that a link in the error summary moves focus to; a fieldset cannot take focus, its first input can."""
        return f"{self.auto_id}_0" if self.is_group else self.id_for_label or self.auto_id


class Renderer(DjangoTemplates):
    """`FORM_RENDERER`: our templates from the project's engine, Django's and other apps' from Django's own."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("forms/"):
            return loader.get_template(template_name)
        return super().get_template(template_name)


class RuledForm(forms.BaseForm):
    """A form whose input is asked of rules too, and which may meet what somebody else has written meanwhile."""

    def refuse(self, sentence: Exception, field: str | None) -> None:
        """Show a rule's sentence at the field it is about."""
        self.add_error(field if field in self.fields else None, str(sentence))

    def meet(self, conflict: Exception, version: object) -> None:
        """Keep what was typed; sending it again says that what has come meanwhile, `version`, was seen."""
        typed = cast(QueryDict, self.data).copy()
        typed["version"] = str(version)
        self.data = typed
        self.refuse(conflict, None)


class FilterForm(forms.Form):
    """A form that narrows a list by GET: nothing is required, nothing is marked optional, ids of its own."""

    use_required_attribute = False
    marks_optional: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)

    def offer(self, name: str, choices: Iterable[tuple[str, str]], *, everything: str = "") -> None:
        """Let one choose among these or, with nothing chosen, everything."""
        field: Any = self.fields[name]
        field.choices = [("", everything or _("Alle")), *choices]

    def value(self, name: str) -> str:
        """What was chosen; nothing for what makes no sense or cannot be chosen."""
        return str(self.cleaned_data.get(name) or "")


class ModelMultipleChoiceField(forms.ModelMultipleChoiceField[Any]):
    """Django's own, where a key larger than the database counts to is no choice instead of an error."""

    def clean(self, value: Any) -> Any:
        meta = self.queryset.model._meta  # type: ignore[union-attr]
        key = meta.get_field(self.to_field_name) if self.to_field_name else meta.pk
        for chosen in self.prepare_value(value) or []:
            try:
                key.clean(chosen, None)
            except ValidationError:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": chosen}
                ) from None
        return super().clean(value)


def parse_day(text: str) -> date | None:
    """A day as browsers send it or as Norwegians type it."""
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


class DateInput(forms.DateInput):
    """The browser's own date field, which reads and writes ISO days whatever it shows."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        day = parse_day(value) if isinstance(value, str) else value
        if isinstance(day, datetime):
            day = day.date()
        return day.isoformat() if isinstance(day, date) else None  # anything else, the browser would not show


class DateField(forms.DateField):
    """A day; `2025-06-30` and `30.06.2025` are both understood."""

    widget = DateInput

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and value.strip():
            day = parse_day(value)
            if day is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            return day
        return super().to_python(value)
