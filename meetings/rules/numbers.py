"""Case numbers as people write them: 31/25, 03.25, sak 24.25, SSU 31/2025."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(
    r"(?:(?P<body>[a-zæøå]{2,12})\s+)?(?:sak\s*)?(?P<seq>\d{1,4})\s*[./-]\s*(?P<year>\d{4}|\d{2})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CaseNumber:
    """A number and its year; the code of the body when it was said."""

    seq: int
    year: int
    body: str = ""


def parse_number(text: str) -> CaseNumber | None:
    """The case number in the text, or None. A number is never a date: `03.25` is case 3 of 2025.

    What can be read in two ways is none: `2014/15` may be case 15 of 2014.
    """
    found = _NUMBER.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    seq, year = int(found["seq"]), int(found["year"])
    body = (found["body"] or "").lower()
    year = year if len(found["year"]) == 4 else 2000 + year
    is_two_years = 1990 <= seq <= 2100 and len(found["year"]) == 2
    if not seq or is_two_years or not 1990 <= year <= 2100:
        return None
    return CaseNumber(seq, year, "" if body == "sak" else body)
