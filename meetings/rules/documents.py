"""Are documents in order to be published?"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from helsefellesskap.norwegian import find_national_id
from helsefellesskap.refusals import NotAllowed
from meetings.models import Document
from meetings.rules.problems import Problem

PICTURES = frozenset({"image/png", "image/jpeg"})


def may_publish_alone(document: Document) -> bool:
    """Whether no agenda will carry it any more: its meeting is held, or its case waits for no other."""
    if document.withdrawn_at is not None:
        return False
    if document.meeting is not None:
        return document.meeting.is_over
    case = document.case
    return case is not None and case.announced_at is not None and not case.items.waiting().exists()


def check_publishing_alone(document: Document) -> None:
    if not may_publish_alone(document):
        raise NotAllowed(_("Dokumentet publiseres sammen med saklisten."))


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
    if any(finding.get("code") == "unchecked" for version in versions for finding in version.findings):
        sentence = _("«%(title)s» var for tung til å leses helt. Se selv etter at den ikke har fødselsnumre.")
        problems.append(Problem(sentence % named, url))
    is_picture = any(version.content_type in PICTURES for version in versions)
    lacks_text = any(finding.get("code") == "no_text" for version in versions for finding in version.findings)
    if (is_picture or lacks_text) and not document.text_alternative:
        problems.append(
            Problem(
                _("«%(title)s» er et bilde eller skannet, og mangler tekst i stedet for bildet.") % named, url
            )
        )
    return problems
