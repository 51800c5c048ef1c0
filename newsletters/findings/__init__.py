"""What is not in order in the newsletters that are in work: texts, links, pictures and attachments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from helsefellesskap import findings
from helsefellesskap.findings import Finding, subject_of
from helsefellesskap.once import once
from newsletters import permissions
from newsletters.findings.checks import CHECKS
from newsletters.findings.faults import faults_of, links_of
from newsletters.findings.portfolio import contradictions
from newsletters.models import Block, Newsletter

__all__ = ["CHECKS", "faults_of", "links_of"]


@findings.register(
    code="published_contradicts_portfolio",
    title=gettext_lazy("Det siste nyhetsbrevet og handlingsdelen sier ikke det samme"),
    why=gettext_lazy(
        "Leserne har fått vite at arbeidet er avsluttet. Meld status på nytt, eller rett brevet."
    ),
    is_serious=False,
    order=59,
)
def published_contradicts_portfolio(user: Any, today: date) -> Iterator[Finding]:
    if not permissions.can_read_drafts(user):
        return
    newest = Newsletter.objects.newest().light().newest_first().first()
    for block in newest.blocks.filter(kind=Block.Kind.TEXT) if newest else ():
        for initiative, sentence in contradictions(block):
            yield Finding(
                key=f"block-{block.pk}-{initiative.pk}",
                about=initiative.title,
                sentence=f"{newest}: {sentence}",
                url=initiative.get_absolute_url(),
                subject=subject_of(initiative),
            )


def _register(number: int, code: str, title: str | Promise, why: str | Promise, *, is_serious: bool) -> None:
    @findings.register(code=code, title=title, why=why, is_serious=is_serious, order=60 + number)
    def find(user: Any, today: date) -> Iterator[Finding]:
        if permissions.can_read_drafts(user):
            can_mend = permissions.can_edit_newsletters(user)
            for newsletter in _in_work():
                for finding in faults_of(newsletter, today=today).get(code, []):
                    yield finding if can_mend else replace(finding, url=newsletter.get_absolute_url())


def _in_work() -> Iterable[Newsletter]:
    found = Newsletter.objects.in_work().light().newest_first()
    whole = found.prefetch_related("blocks", "pictures", "attachments")
    return once("newsletters-in-work", lambda: list(whole))


for _number, (_code, _title, _why, _is_serious) in enumerate(CHECKS):
    _register(_number, _code, _title, _why, is_serious=_is_serious)
