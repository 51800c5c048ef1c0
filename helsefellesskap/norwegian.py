"""Norwegian order, letters and numbers, the same on SQLite and PostgreSQL."""

import re
import unicodedata
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, F, Func, TextField, Transform
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.functions import Collate

COLLATION = "nb-x-icu"  # PostgreSQL's own name; SQLite is taught it in apps.py

_AFTER_Z = {"æ": 1, "ä": 1, "ø": 2, "ö": 2, "å": 3}
_NATIONAL_ID = re.compile(r"(?<!\d)(\d{6})[ \u00a0]?(\d{5})(?!\d)")


def norwegian_order(field: str, *, descending: bool = False) -> OrderBy:
    """Order by a text field as a Norwegian reader expects: … z, æ, ø, å, and `aa` as `å`."""
    return OrderBy(Collate(F(field), COLLATION), descending=descending, nulls_last=True)


@cache
def sort_key(text: str) -> tuple[tuple[int, str], ...]:
    """The place of a text in Norwegian order, for databases without ICU: signs, digits, a–z, æ, ø, å."""
    key = []
    for letter in text.casefold().replace("aa", "å"):
        after_z = _AFTER_Z.get(letter, 0)
        base = unicodedata.normalize("NFD", letter)[0]
        group = 2 + after_z if base.isalpha() else int(base.isdigit())
        key.append((group, "" if after_z else base))
    return tuple(key)


def compare(left: str, right: str) -> int:
    """-1, 0 or 1, for SQLite's collation; equal keys are told apart by the text itself."""
    a, b = (sort_key(left), left), (sort_key(right), right)
    return (a > b) - (a < b)


class Fold(Transform):
    """`field__fold__contains=text.lower()` finds text whatever its case, æøå too, on both databases."""

    lookup_name = "fold"
    function = "LOWER"

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, function="fold", **extra)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f'LOWER(%(expressions)s COLLATE "{COLLATION}")', **extra
        )


CharField.register_lookup(Fold)
TextField.register_lookup(Fold)


def folded(expression: Combinable | str) -> Func:
    return Fold(F(expression) if isinstance(expression, str) else expression)


def normalised(text: str) -> str:
    """One spelling for matching names: case, spaces, dashes, quotes and a final full stop do not count."""
    text = unicodedata.normalize("NFC", text).casefold()
    text = re.sub(r"[‐-―−-]", "-", text)
    text = re.sub(r"[«»“”„\"'’*]", "", text)
    return " ".join(text.split()).rstrip(".")


def ascii_slug(text: str, *, length: int = 60) -> str:
    """An address of a name: lower-case ASCII, æ→ae, ø→o, å→a, cut at a word."""
    text = text.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", text)
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > length:
            break
        slug = longer
    return slug or (words[0][:length] if words else "")


def find_national_id(text: str) -> str | None:
    """A Norwegian national identity number (or D-number) with valid control digits in the text, or None.

    Eleven digits, the last two computed with modulus 11 (the Tax Administration's published weights).
    """
    for match in _NATIONAL_ID.finditer(text):
        digits = [int(digit) for digit in match.group(1) + match.group(2)]
        first = sum(a * b for a, b in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), strict=False)) % 11
        second = sum(a * b for a, b in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11
        if first == 0 and second == 0:
            return match.group(0)
    return None
