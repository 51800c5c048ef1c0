"""Trying the links of newsletters in work, in the background."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils import timezone

from helsefellesskap import links, mail
from helsefellesskap.text_faults import is_rewritten
from newsletters.findings import links_of
from newsletters.models import Block, CheckedLink, Newsletter

Answer = CheckedLink.Answer
FRESH_FOR = timedelta(hours=24)
SILENT_FOR = timedelta(hours=1)
AT_ONCE = 10
"""Links tried in one go; each may take some seconds."""
LONGEST = 2000


def check_links(*, now: datetime | None = None) -> int:
    """Try the links of newsletters in work that were not tried lately; how many were."""
    now = now or timezone.now()
    blocks = Block.objects.filter(newsletter__in=Newsletter.objects.in_work().values("pk")).exclude(body="")
    wanted = {url for block in blocks for url in links_of(block) if _can_be_tried(url)}
    known = set(CheckedLink.objects.filter(url__in=wanted).values_list("url", flat=True))
    CheckedLink.objects.bulk_create(
        [CheckedLink(url=url) for url in sorted(wanted - known)], ignore_conflicts=True
    )
    due = (
        Q(tried_at=None)
        | Q(tried_at__lt=now - FRESH_FOR)
        | Q(tried_at__lt=now - SILENT_FOR, answer=Answer.SILENT)
    )
    tried = 0
    for link in CheckedLink.objects.filter(due, url__in=wanted).order_by("tried_at", "pk")[:AT_ONCE]:
        reply = links.ask(mail.absolute(link.url))
        link.answer = Answer.WORKS if reply.is_there else Answer.DEAD if reply.is_gone else Answer.SILENT
        link.status, link.tried_at = reply.status, timezone.now()
        link.save(update_fields=["answer", "status", "tried_at"])
        tried += 1
    return tried


def _can_be_tried(url: str) -> bool:
    """A page somewhere; a rewritten link is a fault whether it answers or not, and asking would tell the scanner."""
    is_page = urlsplit(url).scheme in {"", "http", "https"} and not url.startswith("#")
    return is_page and len(url) <= LONGEST and not is_rewritten(url)
