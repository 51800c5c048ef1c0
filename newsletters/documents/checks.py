"""What a newsletter is held up against before it is published: its own faults, and those of what it quotes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from accounts.models import Role, User
from helsefellesskap import findings
from helsefellesskap.findings import Check, Finding
from helsefellesskap.text_faults import is_rewritten
from newsletters.documents.content import content_of
from newsletters.findings import CHECKS, faults_of, links_of
from newsletters.models import AcceptedFinding, CheckedLink, Newsletter
from newsletters.rules import NEVER_ACCEPTED

OWN = frozenset(code for code, *_rest in CHECKS)
SECRETARIAT = User(role=Role.EDITOR)
"""Reads as the secretariat does; publishing is checked the same whoever presses the button."""


@dataclass(frozen=True)
class CheckedGroup:
    """What one check found in a newsletter, and the reason why it is published all the same, if there is one."""

    check: Check
    findings: list[Finding]
    is_own: bool
    accepted: AcceptedFinding | None
    left: list[Finding]
    """Those that have no reason; of a serious check they stop publication."""

    @property
    def stops(self) -> bool:
        return self.check.is_serious and bool(self.left)

    @property
    def can_be_accepted(self) -> bool:
        return self.check.is_serious and self.check.code not in NEVER_ACCEPTED

    @property
    def seen(self) -> str:
        """What a person who gives a reason has seen, as a short text."""
        said = "\n".join(f"{finding.key} {finding.sentence}" for finding in self.findings)
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def checked(newsletter: Newsletter, *, today: date) -> list[CheckedGroup]:
    """All that is found, serious first and the newsletter's own before what it quotes."""
    content = content_of(newsletter, today=today)
    own = faults_of(newsletter, today=today)
    quoted = set(content["quotes"])
    accepted: dict[str, dict[str, AcceptedFinding]] = {}
    for row in newsletter.accepted_findings.select_related("accepted_by"):
        accepted.setdefault(row.check_code, {})[row.key] = row
    others = {check.code for check in findings.checks()} - OWN
    results = findings.results_for(SECRETARIAT, today=newsletter.as_of or today, codes=others)
    groups = [
        _group(check, own[check.code], accepted.get(check.code, {}), is_own=True)
        for check in findings.checks()
        if own.get(check.code)
    ]
    for result in results:
        of_these = [finding for finding in result.findings if finding.subject in quoted]
        if of_these:
            groups.append(_group(result.check, of_these, accepted.get(result.check.code, {}), is_own=False))
    return sorted(groups, key=lambda group: (not group.check.is_serious, not group.is_own, group.check.order))


def _group(
    check: Check, found: list[Finding], accepted: dict[str, AcceptedFinding], *, is_own: bool
) -> CheckedGroup:
    """A reason is for what was found when it was given: the same place with another fault needs a reason of its own."""
    given = {key: row.sentence for key, row in accepted.items()}
    left = [finding for finding in found if given.get(finding.key) != finding.sentence[:500]]
    standing = [accepted[finding.key] for finding in found if finding not in left]
    return CheckedGroup(check, found, is_own, standing[0] if standing else None, left)


def serious_left(newsletter: Newsletter, *, today: date) -> list[Finding]:
    """The serious findings that nobody has given a reason for: each of them stops publication."""
    return [finding for group in checked(newsletter, today=today) if group.stops for finding in group.left]


def untried_links(newsletter: Newsletter) -> int:
    """How many of its links the worker has not tried yet."""
    urls = {url for block in newsletter.blocks.all() for url in links_of(block) if not is_rewritten(url)}
    pages = {url for url in urls if not url.startswith(("mailto:", "#"))}
    tried = CheckedLink.objects.filter(url__in=pages, tried_at__isnull=False)
    return len(pages) - tried.count()
