"""Whole kroner as people write them: read without guessing, shown in one way."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

NBSP = "\u00a0"
LIMIT = 999_999_999_999
"""More than any grant; a larger number is a slip of the hand."""
LONGEST = 40  # characters; no amount is written with more

_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_UNIT = re.compile(r"^(?:kr|nok)\.?(?= ?[0-9])|(?<=.) ?(?:kr|kroner|nok)\.?$", re.IGNORECASE)
_SCALE = re.compile(
    r" ?(?P<scale>tusen|mill|mill\.|millioner|million|mrd|mrd\.|milliarder|milliard)$", re.IGNORECASE
)
_SCALES = {"t": 1_000, "milliard": 1_000_000_000, "mill": 1_000_000, "mrd": 1_000_000_000}
"""By how the word begins; the longer beginning is asked for first."""
_DASH = re.compile(r",[-–—]$")
_GROUPED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+")
_SEVERAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_ONE_MARK = re.compile(r"(?P<whole>[0-9]{1,3})[.,](?P<rest>[0-9]{3})")
_DECIMAL = re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?: [0-9]{3})+)[.,](?P<rest>[0-9]+)")


class NotKroner(ValueError):
    """The text is no amount of whole kroner; `str()` is the sentence for who typed it."""


def kroner(amount: int) -> str:
    """`1 250 000 kr` with no-break spaces, so that no line ends inside an amount."""
    return f"{tall(amount)}{NBSP}kr"


def tall(number: int) -> str:
    """`1 250 000` with no-break spaces; a minus is a real one."""
    text = f"{abs(number):,}".replace(",", NBSP)
    return f"−{text}" if number < 0 else text


def parse_kroner(text: str) -> int:
    """Whole kroner from `1 250 000`, `1250000`, `10,7 mill`, `kr 500 000` or `500 000,-`, whatever the spaces.

    What can be read in two ways (`1.250`) is never guessed. Raises NotKroner with what to write instead.
    """
    typed = " ".join(_SPACES.sub(" ", text).split())
    if len(typed) > LONGEST:
        raise _no_amount(typed)
    bare = _DASH.sub("", _UNIT.sub("", typed).strip()).strip()
    scaled = _SCALE.search(bare)
    if scaled:
        return _within(_scaled(bare[: scaled.start()].strip(), scaled["scale"], typed), typed)
    return _within(_whole(bare, typed), typed)


def _whole(bare: str, typed: str) -> int:
    if re.fullmatch(r"[0-9]+", bare) or _GROUPED.fullmatch(bare) or _SEVERAL.fullmatch(bare):
        return int(re.sub(r"[ .,]", "", bare))
    if mark := _ONE_MARK.fullmatch(bare):
        raise NotKroner(
            _(
                "«%(typed)s» kan bety to ting. Skriv %(whole)s %(rest)s hvis du mener tusen, uten punktum og komma."
            )
            % {"typed": typed, "whole": mark["whole"], "rest": mark["rest"]}
        )
    if bare.endswith(",00") and re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", bare[:-3]):
        return int(bare[:-3].replace(".", ""))
    if decimal := _DECIMAL.fullmatch(bare):
        if decimal["rest"] == "00":
            return int(decimal["whole"].replace(" ", ""))
        raise NotKroner(
            _("Skriv hele kroner, uten øre. «%(typed)s» er ikke et helt tall.") % {"typed": typed}
        )
    if bare.startswith(("-", "−", "–")):
        raise NotKroner(_("Beløpet kan ikke være mindre enn null."))
    raise _no_amount(typed)


def _no_amount(typed: str) -> NotKroner:
    return NotKroner(
        _("«%(typed)s» er ikke et beløp. Skriv for eksempel 1 250 000 eller 10,7 mill.")
        % {"typed": typed[:LONGEST]}
    )


def _scaled(number: str, scale: str, typed: str) -> int:
    factor = next(value for start, value in _SCALES.items() if scale.lower().startswith(start))
    if _ONE_MARK.fullmatch(number):
        raise NotKroner(
            _("«%(typed)s» kan bety to ting. Skriv beløpet helt ut, for eksempel 1 250 000.")
            % {"typed": typed}
        )
    decimal = _DECIMAL.fullmatch(number)
    if decimal is None:
        return _whole(number, typed) * factor
    whole, rest = decimal["whole"].replace(" ", ""), decimal["rest"]
    if len(rest) > 9 or int(rest) * factor % 10 ** len(rest):
        raise NotKroner(
            _("Skriv hele kroner, uten øre. «%(typed)s» er ikke et helt tall.") % {"typed": typed}
        )
    return int(whole) * factor + int(rest) * factor // int(10 ** len(rest))


def _within(amount: int, typed: str) -> int:
    if amount > LIMIT:
        raise NotKroner(_("«%(typed)s» er for mye til å være riktig.") % {"typed": typed})
    return amount
