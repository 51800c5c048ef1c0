"""Form fields that Django lacks: free text as it should be stored, and what a person saw."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helsefellesskap import money, rich_text

_AS_MEANT = {ord(sign): "•" for sign in "\uf0b7\uf0a7\uf0d8"} | {
    ord(sign): "\n" for sign in "\r\x0b\x0c\u2028\u2029"
}
SOFT_HYPHEN = "\u00ad"
_CONTROL = {code: None for code in range(1, 0x20) if chr(code) not in "\t\n"}
_CLEAN = _CONTROL | _AS_MEANT


class TextField(forms.CharField):
    """Free text as it should be stored: composed letters, plain line ends and bullets as Word meant them, no
    control signs and nothing invisible."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_CLEAN)
        return "".join(
            sign for sign in text if unicodedata.category(sign) != "Cf" or sign == SOFT_HYPHEN
        ).strip()


class KronerInput(forms.TextInput):
    """An amount as it is written; shown with spaces, and no unit, which the label says."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "text", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return money.tall(value) if isinstance(value, int) else super().format_value(value)


class KronerField(forms.Field):
    """Whole kroner, however people write them; more than nothing unless `min_value` says otherwise."""

    widget = KronerInput

    def __init__(self, *, min_value: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_value = min_value

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        try:
            amount = money.parse_kroner(text)
        except money.NotKroner as error:
            raise forms.ValidationError(str(error), code="invalid") from None
        if amount < self.min_value:
            raise forms.ValidationError(
                _("Beløpet må være minst %(least)s.") % {"least": money.kroner(self.min_value)}
            )
        return amount

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True


class SeenField(forms.IntegerField):
    """The id of what the person saw when the form was opened; nonsense is as good as nothing."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> int | None:
        text = str(value or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


class RichTextInput(forms.Textarea):
    """Formatted text. Without an editor it is typed as light Markdown; the editor sends HTML and says so."""

    template_name = "forms/rich_text.html"

    def format_value(self, value: Any) -> str | None:
        return value if isinstance(value, _Typed) else _Typed(rich_text.to_markdown(value or ""), value or "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["html"] = context["widget"]["value"].html
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = data.get(name)
        if text is None:
            return None
        is_html = data.get(f"{name}-format") == "html"
        return (
            _Typed(rich_text.to_markdown(rich_text.clean(text)), rich_text.clean(text))
            if is_html
            else _Typed(text, rich_text.from_markdown(text))
        )

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class _Typed(str):
    """What was typed, with the HTML it means."""

    html: str

    def __new__(cls, text: str, html: str) -> _Typed:
        made = super().__new__(cls, text)
        made.html = html
        return made


class RichTextField(forms.CharField):
    """Formatted text; cleans to HTML that has only what is allowed. `max_length` counts letters, not markup."""

    widget = RichTextInput

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text_length = max_length
        self.help_text = self.help_text or gettext_lazy(
            "<span data-without-editor>Tom linje gir nytt avsnitt. «- » gir punktliste, «## » overskrift, "
            "**fet** og *kursiv*.</span>"
        )

    def to_python(self, value: Any) -> str:
        html = value.html if isinstance(value, _Typed) else rich_text.clean(value or "")
        length = len(rich_text.to_text(html))
        if self.text_length is not None and length > self.text_length:
            raise forms.ValidationError(
                _("Teksten er på %(length)s tegn. Den kan ha høyst %(limit)s.")
                % {"length": length, "limit": self.text_length}
            )
        return html

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != (initial or "")
