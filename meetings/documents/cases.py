"""What pages and sheets say of cases: the chain they are part of, and their list."""

from __future__ import annotations

from collections.abc import Sequence

import tablib
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Viewer
from helsefellesskap.spreadsheets import dataset
from meetings.models import AgendaItem, Case, CaseQuerySet
from meetings.rules.numbers import parse_number

LONGEST_CHAIN = 12
SUGGESTED = 8


def matching(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """By number, or by all words in what the person may read: never in the title of what is exempt to them.

    `cases` come from visible_to(), which says who is inside.
    """
    if number := parse_number(text):
        found = cases.filter(seq=number.seq, year=number.year)
        return found.filter(body__code=number.body) if number.body else found
    for word in text.lower().split()[:8]:
        whole = Q(title__fold__contains=word) | Q(summary__fold__contains=word)
        readable = Q(is_inside=True) | Q(exemption=None, public_title="")
        anyone = Q(public_title__fold__contains=word) | Q(number_raw__icontains=word)
        cases = cases.filter((whole & readable) | anyone)
    return cases


def suggestions(cases: CaseQuerySet, text: str, chosen: Sequence[Case]) -> list[Case]:
    """The newest cases that match what is typed and are not chosen already."""
    others = cases.exclude(pk__in=[case.pk for case in chosen])
    return list(matching(others, text).newest_first()[:SUGGESTED]) if text.strip() else []


def chain(user: Viewer, case: Case) -> list[Case]:
    """The cases before and after this one that follow each other up, as one line from the first to the last.

    Only those the person may know of; where a case follows up several, the line goes through all of them.
    """
    visible = Case.objects.visible_to(user).select_related("body")
    before = _walk(visible, case, "followed_up_by")
    after = _walk(visible, case, "follows_up")
    line = [*reversed(before), case, *after]
    return line if len(line) > 1 else []


def _walk(visible: CaseQuerySet, case: Case, relation: str) -> list[Case]:
    """Step by step away from the case: `followed_up_by` finds what came before, `follows_up` what came after."""
    found: list[Case] = []
    seen, step = {case.pk}, [case.pk]
    while step and len(found) < LONGEST_CHAIN:
        near = list(visible.filter(**{f"{relation}__in": step}).exclude(pk__in=seen).newest_first())
        step = [one.pk for one in near]
        seen.update(step)
        found += near
    return found


def case_columns(cases: Sequence[Case]) -> tablib.Dataset:
    """The list of cases as seen."""
    headers = [
        _("Organ"),
        _("Saksnummer"),
        _("Tittel"),
        _("Sakstype"),
        _("Tilstand"),
        _("Møte"),
        _("Utfall"),
        _("Unntatt etter"),
    ]
    return dataset(_("Saker"), headers, (_row(case) for case in cases))


def _row(case: Case) -> tuple[str, ...]:
    """Labels by their choice: get_…_display() would translate all choices for every row."""
    items: list[AgendaItem] = list(case.items.all())
    return (
        str(case.body or _("Ikke kjent")),
        case.number,
        case.shown_title,
        str(Case.Kind(case.kind).label),
        str(Case.State(case.state).label),
        ", ".join(str(item.meeting) for item in items),
        ", ".join(item.shown_outcome for item in items),
        case.exemption.short_basis if case.exemption else "",
    )
