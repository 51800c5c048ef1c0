"""What a text says of meetings: which body on which day, and whether as something to come or as a decision made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_MONTHS = "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
_DAY = rf"(\d{{1,2}})\.\s?(?:(\d{{1,2}})\.\s?|({_MONTHS})\s)(\d{{4}}|\d{{2}})(?!\d)"
_ENDS = re.compile(r"[.!?][»”\")]*\s+(?=[«“\"(]?[A-ZÆØÅ])|(?<!\d)[.!?]\s+(?=\d)|\n+")
_SHORT = re.compile(
    r"(?:^|[\s(])(?:jf|jfr|ca|evt|ev|f\.?eks|bl\.?a|m\.?fl|inkl|nr|pkt|kl|ref|iht|ifm|vedr|ang|dvs)\.$", re.I
)
_CLAUSE = re.compile(r"[,;:–()]|\b(?:og|men|mens|samt|etter at)\b", re.I)
_BEHIND = re.compile(r"\b(?:etter|siden|fra|jfr?\.?|ifølge|se)\s+(?:møtet?\s+)?(?:i\s+)?$", re.I)
"""«etter SSU 22.05.2025» says when, «jf. SSU 22.05.2025» where from; neither what the meeting does."""

_VOTE = r"vedtak(?:et|ene|a)?|beslutning(?:en|ene)?"
_DECIDED = "vedtatt|vedtok|besluttet|bestemt|bestemte|godkjent|godkjente|avgjort|avgjorde"
_MARKS = re.compile(
    "|".join(
        rf"(?P<{kind}>\b(?:{words})\b)"
        for kind, words in {
            "ahead": (
                rf"(?:avvent\w*|(?:på)?vent\w*|forvent\w*|før|inntil|(?:fram|frem)\s+(?:til|mot))\s+(?:på\s+|av\s+)?(?:et\s+|en\s+)?(?:{_VOTE})"
                r"|til\s+(?:behandling|beslutning|drøfting|godkjenning|orientering|vedtak)"
                r"|behandles|besluttes|bringes|diskuteres|drøftes|avgjøres|avholdes|avklares|avventer|avventes|forankres"
                r"|forelegges|forventes|framlegges|fremlegges|fremmes|følges|gjennomgås|godkjennes|går|holdes|informeres"
                r"|komme|kommende|kommer|legges|løftes|meldes|neste|orienteres|planlegges|presenteres|prioriteres"
                r"|settes|sendes|tas|vedtas|ventes|venter|vises|vurderes"
            ),
            "auxiliary": "skal|skulle|vil|blir|bli",
            "maybe": "kan|må|bør",
            "now": "er|har|hadde",
            "past": rf"ikke\s+(?:{_DECIDED})|ble|blitt|var",
            "decided": _DECIDED,
            "done": (
                "avklart|avvist|behandlet|diskutert|drøftet|forankret|forelagt|framlagt|fremlagt|gjennomført|gjennomgått"
                r"|holdt|lagt\s+(?:fram|frem)|levert|orientert|presentert|tatt\s+(?:opp|inn)|utsatt|vist"
            ),
            "planned": r"berammet|innmeldt|meldt|planlagt|satt\s+(?:opp|på)|varslet",
            "vote": _VOTE,
        }.items()
    ),
    re.IGNORECASE,
)

AHEAD, PAST, DECISION = "ahead", "past", "decision"


@dataclass(frozen=True)
class Mention:
    """A body and a day named in a text, and what the sentence makes of the meeting."""

    code: str
    day: date
    sentence: str
    is_ahead: bool
    is_decision: bool


def mentions(text: str, codes: Iterable[str]) -> list[Mention]:
    """The meetings a text names, in order: one of the codes (SSU) followed by a day (22.05.2025, 22.5.25, 22. mai 2025).

    The word that tells is looked for where it is nearest: in the clause before the name, in the one after it, then in
    what is left of the sentence up to the next meeting. A day that does not exist is none.
    """
    named = _named(tuple(codes))
    if named is None:
        return []
    return [mention for sentence in _sentences(text) for mention in _in_sentence(sentence, named)]


@lru_cache(maxsize=32)
def _named(codes: tuple[str, ...]) -> re.Pattern[str] | None:
    if not codes:
        return None
    names = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    return re.compile(rf"(?<!\w)({names})(?:[\s-]?møtet?)?[\s,(]{{1,2}}(?:den\s+)?{_DAY}")


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _ENDS.finditer(text):
        until = text[start : end.start() + 1]
        if "\n" not in end[0] and _SHORT.search(until):
            continue
        yield text[start : end.end()].strip()
        start = end.end()
    yield text[start:].strip()


def _in_sentence(sentence: str, named: re.Pattern[str]) -> Iterator[Mention]:
    found = list(named.finditer(sentence))
    for place, match in enumerate(found):
        day = _day(match)
        if day is None:
            continue
        before = sentence[found[place - 1].end() if place else 0 : match.start()]
        after = sentence[match.end() : found[place + 1].start() if place + 1 < len(found) else None]
        what = _what(before, after)
        yield Mention(match[1], day, sentence, is_ahead=what == AHEAD, is_decision=what == DECISION)


def _day(match: re.Match[str]) -> date | None:
    _code, day, number, name, year = match.groups()
    month = int(number) if number else _MONTHS.split("|").index(name) + 1
    try:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, int(day))
    except ValueError:
        return None


def _what(before: str, after: str) -> str:
    if _BEHIND.search(before):
        return PAST
    for text, is_before in (
        (_CLAUSE.split(before)[-1], True),
        (_CLAUSE.split(after)[0], False),
        (before, True),
        (after, False),
    ):
        said = list(_said(text))
        if said and is_before:
            return said[-1]
        if said:
            return DECISION if said[0] == PAST and DECISION in said else said[0]
    return ""


def _said(text: str) -> Iterator[str]:
    """What each telling word says, in order; a participle follows its auxiliary: ble lagt fram, skal legges fram."""
    leans = ""
    for match in _MARKS.finditer(text):
        kind = match.lastgroup
        if kind in {"maybe", "auxiliary"}:
            leans = AHEAD
        elif kind in {"now", "past"}:
            leans = PAST if kind == "past" else ""
        if kind in {"ahead", "auxiliary"}:
            yield AHEAD
        elif kind == "past":
            yield PAST
        elif kind in {"done", "decided"}:
            yield AHEAD if leans == AHEAD else DECISION if kind == "decided" else PAST
        elif kind == "planned":
            yield PAST if leans == PAST else AHEAD
        elif kind == "vote":
            yield DECISION
