"""The documents of cases and of a meeting, as one person may know of them and open them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import Viewer
from meetings import permissions
from meetings.models import Body, Case, Document, DocumentVersion, Meeting


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
        return self.document.waits_for_publication

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


_SEEN = (
    "public_id", "file", "content_type", "sha256", "pages", "is_redacted",
    *(f"document__{name}" for name in (
        "title", "public_title", "access", "public_from", "is_written", "released_at", "withdrawn_at",
        "case__announced_at", "case__exemption", "case__body__visibility", "meeting__body__visibility",
    )),
)  # fmt: skip
"""What is asked of a file: nothing that is long."""


def plainly_open(user: Viewer, public_id: UUID) -> DocumentVersion | None:
    """The version, when it is open to this person beyond doubt; None says nothing.

    A shortcut for files, which are fetched again and again: it looks at the one asked for, and if need be at the
    person's seats, where Document.visible_to() looks at all there is. Nothing exempt, no deputy, no draft comes this way.
    """
    versions = DocumentVersion.objects.select_related("document__case__body", "document__meeting__body").only(
        *_SEEN
    )
    is_staff = permissions.can_read_drafts(user)
    if is_staff:
        version = versions.filter(public_id=public_id).first()
    else:
        published = versions.filter(document__versions__public_id=public_id, released_at__isnull=False)
        version = published.filter(is_redacted=False).order_by("-number").first()
    if version is None or version.public_id != public_id:
        return None
    document = version.document
    home: Any = document.case or document.meeting
    if document.access == Document.Access.EXEMPT or (document.case and document.case.exemption_id):
        return None
    if is_staff:
        return version
    is_published = document.released_at is not None and document.withdrawn_at is None
    if not is_published or (document.case and document.case.announced_at is None):
        return None
    is_public = (
        not document.is_written  # its annexes are asked about, see annexes_stand()
        and not document.waits_for_publication
        and (home.body is None or home.body.visibility == Body.Visibility.PUBLIC)
    )
    return version if is_public or permissions.has_seat(user, home.body) else None


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
