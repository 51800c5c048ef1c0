"""What looks wrong in a text or an address: days that do not exist, periods, rewritten links, misspelt names."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

_START = r"(?<![\w./])(?<!\d,)(?<!kr\s)"
_END = r"(?![\w/]|[.,]\d|\s?%|\s(?:kr|kroner|mill|mrd|prosent)\b)"
_DASH = r"\s?[‐-―−-]\s?"
_DATE = r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})"
_YEAR = r"((?:19|20)\d\d)"

_WHOLE = re.compile(f"{_START}{_DATE}{_END}")
_RUN_TOGETHER = re.compile(
    rf"{_START}(?:(\d{{1,2}})\.(\d{{2}})({_YEAR}|\d{{2}})|(\d{{2}})(\d{{2}})\.({_YEAR})){_END}"
)
_YEARS = re.compile(rf"(?<![\w./–-]){_YEAR}({_DASH}|/|\s+til\s+){_YEAR}(?!\w|[./–-]\d)")
_DAYS = re.compile(f"{_START}{_DATE}{_DASH}{_DATE}{_END}")


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
    except ValueError:
        return None


def _is_meant_as_date(day: str, month: str, year: str) -> bool:
    """A whole year can be nothing else; with two digits it may also be a paragraph (4.14.25) or a telephone."""
    if len(year) == 4:
        return 1900 <= int(year) <= 2100
    is_month = int(month) <= 12 or (len(day) == len(month) == 2 and int(month) < 20)
    return 10 <= int(year) < 50 and int(day) < 40 and is_month


def _faults(text: str) -> Iterator[tuple[int, str, str]]:
    """Where, what stands there, and what was meant when that can be known."""
    for found in _WHOLE.finditer(text):
        day, month, year = found.groups()
        if _day(day, month, year) is None and _is_meant_as_date(day, month, year):
            is_turned = _day(month, day, year) is not None
            yield found.start(), found[0], f"{month}.{day}.{year}" if is_turned else ""
    for found in _RUN_TOGETHER.finditer(text):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[6], found[7])
        meant = _day(day, month, year)
        if meant is not None and 2010 <= meant.year < 2050:
            yield found.start(), found[0], f"{day}.{month}.{year}"


def broken_dates(text: str) -> list[str]:
    """What is meant as a date and is none, as it stands there: 31.02.2025, or 14.1124 without its full stop.

    Times (09.00), case numbers (03.25), amounts (1.250), months (05.2025) and telephones are left alone.
    """
    return [written for _start, written, _meant in sorted(_faults(text))]


def mended_date(written: str) -> str:
    """What such a date was meant to be, where that can be known: 14.11.24; else empty."""
    return next((meant for _start, found, meant in _faults(written) if found == written), "")


def contradicting_periods(text: str) -> list[str]:
    """Periods that cannot be, as they stand there: years that do not go on (2024–2024), days that end before they begin."""
    found = []
    for match in _YEARS.finditer(text):
        first_year, last_year = int(match[1]), int(match[3])
        is_move = "til" in match[2]  # «flyttet fra 2026 til 2025» is no period
        if first_year == last_year or (first_year > last_year and not is_move):
            found.append((match.start(), match[0]))
    for match in _DAYS.finditer(text):
        first, last = _day(*match.group(1, 2, 3)), _day(*match.group(4, 5, 6))
        if first and last and last < first:
            found.append((match.start(), match[0]))
    return [written for _start, written in sorted(found)]


# Links that a mail scanner has rewritten

_BEGINS = ("safe" + "links", "urldefense", "mail" + "anyone", "mimecastprotect")
_IS = frozenset({"linkprotect", "secure-web", "clicktime", "linklock"})
_VENDORS = frozenset(
    {"mimecast", "proofpoint", "sophos", "trendmicro", "barracuda", "barracudanetworks", "fireeye", "cisco"}
)
_SERVICES = ("protect", "ctp", "click", "url", "scan")
"""What a vendor calls the host of its rewritten links; the vendor's own pages are ordinary addresses."""

_SCHEME = re.compile(r"[a-z]+:|//", re.IGNORECASE)
_PROOFPOINT = re.compile(r"https?-3a__", re.IGNORECASE)
_DEEPEST = 5


def is_rewritten(url: str) -> bool:
    """Whether the link goes by way of a mail scanner: it tells who clicked, and stops working one day."""
    try:
        parts = urlsplit(url if _SCHEME.match(url) else f"//{url}")
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in {"", "http", "https"}:
        return False
    labels = host.split(".")
    if any(label.startswith(_BEGINS) or label in _IS for label in labels):
        return True
    rest = [label for label in labels if label not in _VENDORS]
    return len(rest) < len(labels) and any(service in label for label in rest for service in _SERVICES)


def original_of(url: str) -> str:
    """The address that a rewritten link wraps, where it stands in its query (url=, u=, a=, …); else empty."""
    inner = url
    for _step in range(_DEEPEST):  # a forwarded mail may have passed several scanners
        if not is_rewritten(inner):
            break
        inner = _wrapped_in(inner)
    return "" if inner == url or is_rewritten(inner) else inner


def _wrapped_in(url: str) -> str:
    for _name, value in parse_qsl(urlsplit(url).query):
        if _PROOFPOINT.match(value):
            value = unquote(value.replace("-", "%").replace("_", "/"))
        if value.lower().startswith(("http://", "https://")):
            return value
    return ""


# Names that are nearly right

_WORD = re.compile(r"[^\W\d_]{7,}")
_SHORTEST_NAME = 8
_EDGE = 3  # letters; a slip of the pen leaves the beginning or the end as it was
_ENDINGS = (
    "",
    "s",
    "e",
    "a",
    "n",
    "t",
    "en",
    "et",
    "er",
    "es",
    "ne",
    "nes",
    "ens",
    "ets",
    "ene",
    "ers",
    "enes",
)


@dataclass(frozen=True)
class _Names:
    """The words of names, folded, with how they are written; found by how they begin and end."""

    written: dict[str, str]
    letters: dict[str, int]
    by_start: dict[str, list[str]]
    by_end: dict[str, list[str]]


@lru_cache(maxsize=8)
def _names(names: tuple[str, ...]) -> _Names:
    found = _Names({}, {}, defaultdict(list), defaultdict(list))
    for name in names:
        for word in _WORD.findall(unicodedata.normalize("NFC", name)):
            key = word.casefold()
            if len(key) >= _SHORTEST_NAME and key not in found.written:
                found.written[key] = word
                found.letters[key] = _letters(key)
                found.by_start[key[:_EDGE]].append(key)
                found.by_end[key[-_EDGE:]].append(key)
    return found


def misspelt(text: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Words of the text that are nearly a word of the names, each with that word; once, in the order of the text.

    Words of 8 letters or more count; one slip is nearly, two in 12 letters or more. What is longer or shorter by an
    ending (helsefellesskapets, statsforvalter) is right.
    """
    known = _names(tuple(names))
    words = dict.fromkeys(_WORD.findall(unicodedata.normalize("NFC", text)))
    meant = ((word, _nearly(word.casefold(), known)) for word in words)
    return [(word, known.written[name]) for word, name in meant if name]


def _nearly(word: str, known: _Names) -> str:
    stems = [
        word.removesuffix(ending)
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_NAME - 2
    ]
    alike = known.by_start.get(word[:_EDGE], [])
    shortest = min(stems, key=len)
    if word.startswith(tuple(alike)) or any(name.startswith(shortest) for name in alike):
        return ""
    for stem in stems:
        letters = _letters(stem)
        for name in (*alike, *known.by_end.get(stem[-_EDGE:], [])):
            slips = 2 if len(name) >= 12 else 1
            if (
                abs(len(stem) - len(name)) <= slips
                and (letters ^ known.letters[name]).bit_count() <= 2 * slips
                and _distance(stem, name, slips) <= slips
            ):
                return name
    return ""


def _letters(word: str) -> int:
    """Which letters are in a word, as bits: two words that are alike differ in few."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


def _distance(one: str, other: str, limit: int) -> int:
    """How many letters are added, left out, wrong, or swapped with the next; more than the limit is not counted."""
    alike = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        len(min(one, other, key=len)),
    )
    one, other = one[alike:], other[alike:]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if above and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return row[-1]
