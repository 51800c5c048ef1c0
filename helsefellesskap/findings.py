"""The registry of checks: what each app finds unknown, stale, contradictory or missing, and where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Finding:
    """One thing that is not in order: what, why, and the page where it is mended.

    `key` is stable and unique within its check; `subject` is the row it is about, see `subject_of`.
    """

    key: str
    about: str
    sentence: str
    url: str
    subject: str = ""


Finder = Callable[[Any, date], Iterable[Finding]]
"""Called with the reader and today; yields what this person may know of, and asks the database a fixed number of times."""


@dataclass(frozen=True)
class Check:
    """A question asked of everything of a kind; a serious one says that readers are told something wrong."""

    code: str
    title: str | Promise
    why: str | Promise
    is_serious: bool
    find: Finder
    order: int


@dataclass(frozen=True)
class Result:
    """A check that found something."""

    check: Check
    findings: list[Finding]


@dataclass(frozen=True)
class Tally:
    """How much was found."""

    findings: int
    checks: int
    serious: int

    @property
    def sentence(self) -> str:
        """27 funn i 9 kontroller, 6 alvorlige."""
        found = ngettext("%(n)s funn", "%(n)s funn", self.findings) % {"n": self.findings}
        where = ngettext("%(n)s kontroll", "%(n)s kontroller", self.checks) % {"n": self.checks}
        serious = (
            ngettext("%(n)s alvorlig", "%(n)s alvorlige", self.serious) % {"n": self.serious}
            if self.serious
            else _("ingen alvorlige")
        )
        return _("%(found)s i %(where)s, %(serious)s") % {"found": found, "where": where, "serious": serious}


_checks: dict[str, Check] = {}


def register(
    *, code: str, title: str | Promise, why: str | Promise, is_serious: bool, order: int
) -> Callable[[Finder], Finder]:
    """Add a check; the serious ones come first, then lower order."""

    def add(find: Finder) -> Finder:
        if code in _checks:
            raise ValueError(f"Two checks are called {code!r}.")
        _checks[code] = Check(code, title, why, is_serious, find, order)
        return find

    return add


def checks() -> list[Check]:
    return sorted(_checks.values(), key=lambda check: (not check.is_serious, check.order))


def results_for(user: Any, *, today: date, codes: Collection[str] | None = None) -> list[Result]:
    """What the checks find for this reader, in order; those that find nothing are left out.

    `codes` asks only some of them.
    """
    asked = [check for check in checks() if codes is None or check.code in codes]
    results = (Result(check, list(check.find(user, today))) for check in asked)
    return [result for result in results if result.findings]


def tally(results: Iterable[Result]) -> Tally:
    rows = list(results)
    return Tally(
        findings=sum(len(result.findings) for result in rows),
        checks=len(rows),
        serious=sum(len(result.findings) for result in rows if result.check.is_serious),
    )


def subject_of(thing: models.Model) -> str:
    """What a finding is about, so that others can pick it: portfolio.initiative:12."""
    return f"{thing._meta.label_lower}:{thing.pk}"
