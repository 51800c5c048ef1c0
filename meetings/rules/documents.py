"""Are documents in order to be published?"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from helsefellesskap.norwegian import find_national_id
from meetings.models import Document
from meetings.rules.problems import Problem

PICTURES = frozenset({"image/png", "image/jpeg"})


def document_problems(documents: Iterable[Document]) -> list[Problem]:
    """What stops the documents from being published, and what is worth mending first.

    `documents` come with their versions prefetched.
    """
    problems = []
    for document in documents:
        problems += _problems_of(document)
    return problems


def _problems_of(document: Document) -> list[Problem]:
    url = reverse("meetings:document-update", args=[document.public_id])
    named = {"title": document.open_title}
    problems = []
    versions = [version for version in document.versions.all() if version.released_at is None]
    texts = [
        document.title,
        document.public_title,
        document.text_alternative,
        *(version.text for version in versions),
    ]
    has_number = any(
        finding.get("code") == "national_id" for version in versions for finding in version.findings
    )
    if has_number or any(map(find_national_id, texts)):
        problems.append(
            Problem(_("«%(title)s» ser ut til å inneholde et fødselsnummer.") % named, url, is_blocking=True)
        )
    if not document.versions.all():
        problems.append(Problem(_("«%(title)s» har ingen fil.") % named, url, is_blocking=True))
    is_picture = any(version.content_type in PICTURES for version in versions)
    lacks_text = any(finding.get("code") == "no_text" for version in versions for finding in version.findings)
    if (is_picture or lacks_text) and not document.text_alternative:
        problems.append(
            Problem(
                _("«%(title)s» er et bilde eller skannet, og mangler tekst i stedet for bildet.") % named, url
            )
        )
    return problems
