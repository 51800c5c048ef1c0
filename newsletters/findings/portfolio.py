"""What newsletters say of initiatives, held up against what was reported of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from helsefellesskap import rich_text
from helsefellesskap.once import once
from helsefellesskap.templatetags.norsk import dato
from newsletters.models import Block
from portfolio.models import Initiative, StatusReport

_FINISHED = re.compile(r"\b(avslutta|avsluttet|ferdigstilt|ferdigstilte|sluttført)\b", re.IGNORECASE)


def _live_initiatives() -> list[Initiative]:
    found = Initiative.objects.live().with_status().order_by("pk")
    return once("newsletter-live-initiatives", lambda: list(found))


def contradictions(block: Block) -> Iterator[tuple[Initiative, str]]:
    """The initiatives that a text says are finished, and whose newest report does not; with a sentence."""
    says = _FINISHED.search(rich_text.to_text(block.body))
    if says is None or not block.settings.get("initiatives"):
        return
    about_these = set(block.settings["initiatives"])
    for initiative in _live_initiatives():
        if str(initiative.public_id) not in about_these:
            continue
        report: Any = initiative.latest_report
        if report is None or report.state in {StatusReport.State.COMPLETED, StatusReport.State.NOT_STARTED}:
            continue
        yield (
            initiative,
            _(
                "Teksten sier «%(word)s» om «%(title)s»; handlingsdelen sier «%(phase)s», %(state)s, meldt %(day)s."
            )
            % {
                "word": says[0],
                "title": initiative.title,
                "phase": report.phase_name,
                "state": report.get_state_display().lower(),
                "day": dato(report.reported_on),
            },
        )
