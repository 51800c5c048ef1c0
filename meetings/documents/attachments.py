"""The documents of cases and of a meeting, as one person may know of them and open them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from accounts.models import Viewer
from meetings import permissions
from meetings.models import Case, Document, DocumentVersion, Meeting


@dataclass
class Attachment:
    """A document with what this person may open of it: the newest version, or the redacted one."""

    document: Document
    number: int | None
    current: DocumentVersion | None = None
    earlier: list[DocumentVersion] = field(default_factory=list)
    redacted: DocumentVersion | None = None

    @property
    def up(self) -> int:
        """The place before this annex; 0 for the first, and for what has no place."""
        return self.number - 1 if self.number else 0

    @property
    def title(self) -> str:
        return self.document.shown_title

    @property
    def is_exempt(self) -> bool:
        return self.document.access == Document.Access.EXEMPT

    @property
    def waits_for_publication(self) -> bool:
        """For members only, until a time that has not come."""
        document = self.document
        return (
            document.access == Document.Access.MEMBERS
            and document.public_from is not None
            and document.public_from > timezone.now()
        )

    @property
    def is_draft(self) -> bool:
        """There is something here that is not published yet."""
        newest = self.current
        return self.document.released_at is None or (newest is not None and newest.released_at is None)


@dataclass
class Attachments:
    """By case and for the meeting itself."""

    of_cases: dict[int, list[Attachment]]
    of_meeting: list[Attachment]


def attachments(user: Viewer, *, cases: Iterable[Case] = (), meeting: Meeting | None = None) -> Attachments:
    """The documents of so many cases, and of the meeting, in two queries. Exempt cases show none to outsiders.

    `cases` come from visible_to(), which says who is inside.
    """
    readable = [case.pk for case in cases if case.may_read]
    wanted = Q(case__in=readable) | Q(meeting=meeting) if meeting else Q(case__in=readable)
    documents = list(Document.objects.visible_to(user).filter(wanted).select_related("exemption").in_order())
    openable = (
        DocumentVersion.objects.readable_by(user)
        .filter(document__in=[document.pk for document in documents])
        .defer("text", "content")
        .newest()
    )
    versions: dict[int, list[DocumentVersion]] = defaultdict(list)
    for version in openable:
        versions[version.document_id].append(version)
    of_cases: dict[int, list[Attachment]] = defaultdict(list)
    of_meeting: list[Attachment] = []
    for document in documents:
        row = of_meeting if document.case_id is None else of_cases[document.case_id]
        row.append(
            _attachment(document, row, versions[document.pk], is_staff=permissions.can_read_drafts(user))
        )
    return Attachments(of_cases, of_meeting)


def _attachment(
    document: Document, before: list[Attachment], versions: list[DocumentVersion], *, is_staff: bool
) -> Attachment:
    is_numbered = document.kind != Document.Kind.PAPER and document.withdrawn_at is None
    number = sum(one.number is not None for one in before) + 1 if is_numbered else None
    for version in versions:
        version.document = document
    whole = [version for version in versions if not version.is_redacted]
    redacted = [version for version in versions if version.is_redacted]
    if not is_staff:
        return Attachment(document, number, current=next(iter([*whole, *redacted]), None))
    return Attachment(
        document,
        number,
        current=next(iter(whole), None),
        earlier=whole[1:],
        redacted=next(iter(redacted), None),
    )
