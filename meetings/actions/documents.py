"""Documents of cases and meetings: taken in, replaced, published, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import LogEntry, User, Viewer
from helsefellesskap import uploads
from helsefellesskap.uploads import Inspection
from meetings.actions.exemptions import exempt, lift_exemption
from meetings.models import AgendaItem, Case, Document, DocumentVersion, Meeting
from meetings.rules import NotAllowed
from meetings.rules.documents import check_publishing_alone, document_problems, may_publish_alone
from portfolio.actions.versions import check_version, save_changes, save_version, take_place
from portfolio.rules import check_text

FIELDS = ("title", "kind", "language", "text_alternative", "public_title", "access", "public_from")
OPENED = gettext_noop("åpnet unntatt dokument")
ONE_OPENING = timedelta(hours=1)


@dataclass(frozen=True)
class Taken:
    """What became of the files that were sent: those that are kept, and a sentence for each that is not."""

    documents: list[Document]
    refusals: list[str]


def add_files(
    *,
    files: Iterable[File[Any]],
    kind: str,
    access: str,
    public_from: datetime | None,
    by: User,
    case: Case | None = None,
    meeting: Meeting | None = None,
) -> Taken:
    """Take in several files, each as a document of its own; one that is refused leaves nothing behind.

    The very same file sent the same way again is the document it already is: a form sent twice.
    """
    taken = Taken([], [])
    for file in files:
        try:
            inspection = uploads.inspect(file, name=str(file.name))
            taken.documents.append(
                _add(
                    inspection,
                    file,
                    kind=kind,
                    access=access,
                    public_from=public_from,
                    by=by,
                    case=case,
                    meeting=meeting,
                )
            )
        except NotAllowed as refusal:
            taken.refusals.append(str(refusal))
    return taken


def _add(
    inspection: Inspection,
    file: File[Any],
    *,
    kind: str,
    access: str,
    public_from: datetime | None,
    by: User,
    case: Case | None,
    meeting: Meeting | None,
) -> Document:
    stored = _store(inspection, file)
    try:
        with transaction.atomic():
            rows = _lock_siblings(case, meeting)
            public_from = public_from if access == Document.Access.MEMBERS else None
            if there := _taken_already(rows, inspection, kind=kind, access=access, public_from=public_from):
                default_storage.delete(stored)
                return there
            if kind == Document.Kind.PAPER:
                _check_no_paper(rows)
            document = Document(
                case=case,
                meeting=meeting,
                kind=kind,
                title=_title_of(inspection.name),
                access=access,
                public_from=public_from,
                order=0 if kind == Document.Kind.PAPER else max((row.order for row in rows), default=0) + 1,
            )
            save_version(document, by)
            _keep(document, inspection, stored, by)
            record(by=by, verb=gettext_noop("lastet opp"), target=document, new={"fil": inspection.name})
    except BaseException:
        default_storage.delete(stored)
        raise
    return document


def _taken_already(rows: list[Document], inspection: Inspection, **fields: Any) -> Document | None:
    """The document among these that is this very file under this name, and was sent in the same way."""
    newest = DocumentVersion.objects.filter(document=OuterRef("pk"), is_redacted=False).order_by("-number")
    there = Document.objects.annotate(
        name=Subquery(newest.values("original_name")[:1]), sha256=Subquery(newest.values("sha256")[:1])
    )
    return there.filter(
        pk__in=[row.pk for row in rows if row.withdrawn_at is None],
        name=inspection.name,
        sha256=inspection.sha256,
        **fields,
    ).first()


def _title_of(name: str) -> str:
    """What the document is called until somebody says otherwise: the file's name without its ending."""
    return name.rpartition(".")[0].replace("_", " ").strip()[:200] or name


def _store(inspection: Inspection, file: File[Any]) -> str:
    """Put the file under a random name, before any row speaks of it."""
    file.seek(0)
    return default_storage.save(uploads.random_name(inspection.extension), file)


def _keep(
    document: Document, inspection: Inspection, stored: str, by: User, *, is_redacted: bool = False
) -> DocumentVersion:
    last = document.versions.filter(is_redacted=is_redacted).aggregate(last=Max("number"))["last"]
    return DocumentVersion.objects.create(
        document=document,
        number=(last or 0) + 1,
        is_redacted=is_redacted,
        file=stored,
        original_name=inspection.name,
        content_type=inspection.content_type,
        sha256=inspection.sha256,
        size=inspection.size,
        pages=inspection.pages,
        findings=[asdict(finding) for finding in inspection.findings],
        text=inspection.text,
        uploaded_by=by,
    )


def _check_no_paper(rows: list[Document]) -> None:
    if any(row.kind == Document.Kind.PAPER and row.withdrawn_at is None for row in rows):
        raise NotAllowed(
            _("Saken har allerede et saksfremlegg. Erstatt det med en ny versjon, eller trekk det."),
            field="kind",
        )


def _lock(document: Document) -> Document:
    """The document as it is now, locked after what it belongs to, so that none changes while an agenda is published."""
    _lock_siblings(document.case, document.meeting)
    return Document.objects.select_for_update(no_key=True, of=("self",)).get(pk=document.pk)


def _lock_siblings(case: Case | None, meeting: Meeting | None) -> list[Document]:
    """The documents beside it, locked with what they belong to."""
    if case is not None:
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    elif meeting is not None:
        Meeting.objects.select_for_update(no_key=True, of=("self",)).get(pk=meeting.pk)
    return list(
        Document.objects.select_for_update(no_key=True, of=("self",)).filter(case=case, meeting=meeting)
    )


def replace_file(
    *, document: Document, file: File[Any], by: User, is_redacted: bool = False
) -> DocumentVersion:
    """A new version of the document, or of its redacted one; the old stays for the secretariat.

    The very same file again is no new version. A redacted version of what is published already is public at once.
    """
    if document.is_written and not is_redacted:
        raise NotAllowed(
            _(
                "Saksfremlegget er skrevet her. Endre teksten, så blir den en ny versjon når saklisten publiseres."
            )
        )
    if is_redacted and document.access != Document.Access.EXEMPT:
        raise NotAllowed(
            _("Bare et dokument som er unntatt offentlighet, har en sladdet versjon."), field="files"
        )
    inspection = uploads.inspect(file, name=str(file.name))
    stored = _store(inspection, file)
    try:
        with transaction.atomic():
            locked = _lock(document)
            if locked.withdrawn_at is not None:
                raise NotAllowed(_("Dokumentet er trukket."))
            newest = locked.versions.filter(is_redacted=is_redacted).order_by("-number").first()
            if newest and (newest.sha256, newest.original_name) == (inspection.sha256, inspection.name):
                default_storage.delete(stored)
                return newest
            drafts = locked.versions.filter(is_redacted=is_redacted, released_at=None)
            replaced = [version.file.name for version in drafts]
            drafts.delete()
            version = _keep(locked, inspection, stored, by, is_redacted=is_redacted)
            if is_redacted and locked.released_at is not None:
                if any(finding.is_serious for finding in inspection.findings):
                    raise NotAllowed(
                        _("Filen ser ut til å inneholde et fødselsnummer. Den kan ikke publiseres."),
                        field="files",
                    )
                version.released_at = timezone.now()
                version.save(update_fields=["released_at"])
            record(
                by=by,
                verb=gettext_noop("lastet opp sladdet versjon")
                if is_redacted
                else gettext_noop("lastet opp ny versjon"),
                target=locked,
                new={"versjon": version.number, "fil": inspection.name},
            )
            transaction.on_commit(partial(_delete_files, replaced))
    except BaseException:
        default_storage.delete(stored)
        raise
    return version


@transaction.atomic
def change_document(*, document: Document, values: dict[str, Any], version: int | None, by: User) -> Document:
    """Change what a document is called, its kind and who may open it; an exemption goes with `exemption` values.

    `version` is the newest history row the person saw. Raises FactsChanged when there is a newer one.
    """
    locked = _lock(document)
    check_version(locked, version)
    if values.get("kind", locked.kind) == Document.Kind.PAPER != locked.kind:
        _check_no_paper(_lock_siblings(locked.case, locked.meeting))
    for field in ("title", "public_title", "text_alternative"):
        check_text(values.get(field) or "", field=field)
    exemption = values.get("exemption")
    if values["access"] == Document.Access.EXEMPT:
        exempt(
            thing=locked, values={**(exemption or {}), "public_title": values.get("public_title", "")}, by=by
        )
    elif locked.access == Document.Access.EXEMPT:
        lift_exemption(thing=locked, by=by)
    locked.refresh_from_db()
    if values["access"] == Document.Access.MEMBERS and not values.get("public_from"):
        raise NotAllowed(_("Skriv når dokumentet blir offentlig."), field="public_from")
    old = {name: getattr(locked, name) for name in FIELDS}
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    if locked.access != Document.Access.MEMBERS:
        locked.public_from = None
    save_changes(locked, old=old, new={name: getattr(locked, name) for name in FIELDS}, by=by)
    return locked


@transaction.atomic
def move_document(*, document: Document, place: int, by: User) -> None:
    """Give the document that place, from 1, among the annexes; the paper stands first anyway.

    What was published to a meeting that is over keeps its number.
    """
    if may_publish_alone(document):
        raise NotAllowed(_("Vedleggene er nummerert i et møte som er over, og kan ikke flyttes."))
    rows = [
        row
        for row in _lock_siblings(document.case, document.meeting)
        if row.kind != Document.Kind.PAPER and row.withdrawn_at is None
    ]
    take_place(rows, document, place=place, by=by)


@transaction.atomic
def withdraw_document(*, document: Document, reason: str, by: User) -> None:
    """Take a published document away from everybody but the secretariat and leaders."""
    if not reason.strip():
        raise NotAllowed(_("Skriv hvorfor dokumentet trekkes."), field="reason")
    check_text(reason, field="reason", limit=500)
    locked = _lock(document)
    if locked.withdrawn_at is not None:
        raise NotAllowed(_("Dokumentet er allerede trukket."))
    locked.withdrawn_at = timezone.now()
    save_version(locked, by)
    record(by=by, verb=gettext_noop("trakk dokument"), target=locked, new={"begrunnelse": reason})


def delete_document(*, document: Document, by: User) -> None:
    """Delete a document that was never published, with its files."""
    with transaction.atomic():
        locked = _lock(document)
        if locked.released_at is not None:
            raise NotAllowed(_("Dokumentet er publisert. Det kan trekkes, ikke slettes."))
        names = [version.file.name for version in locked.versions.all()]
        record(by=by, verb=gettext_noop("slettet dokument"), target=locked, old={"tittel": locked.open_title})
        locked.delete()
    _delete_files(names)


@transaction.atomic
def publish_document(*, document: Document, by: User) -> None:
    """Publish a document, or its new version, that came after the meeting: to the minutes, or what was shown there.

    Before a meeting it is published with the agenda.
    """
    locked = _lock(document)
    check_publishing_alone(locked)
    for problem in document_problems([locked]):
        if problem.is_blocking:
            raise NotAllowed(problem.sentence)
    now = timezone.now()
    if locked.released_at is None:
        locked.released_at = locked.late_at = now
        save_version(locked, by)
    locked.versions.filter(released_at=None).update(released_at=now)
    record(by=by, verb=gettext_noop("publiserte dokument"), target=locked)


def _delete_files(names: Iterable[str | None]) -> None:
    for name in names:
        if name:
            default_storage.delete(name)


def release_documents(*, meeting: Meeting, items: Iterable[AgendaItem], now: datetime, is_late: bool) -> int:
    """Publish what the agenda carries; inside the publishing transaction. How many documents that were not before.

    A document added to what was published already is marked as late.
    """
    cases = [item.case_id for item in items]
    carried = Document.objects.filter(Q(case__in=cases) | Q(meeting=meeting), withdrawn_at=None)
    fresh = carried.filter(released_at=None)
    if is_late:
        fresh.filter(late_at=None).update(late_at=now)
    count = fresh.update(released_at=now, released_for=meeting)
    DocumentVersion.objects.filter(document__in=carried.values("pk"), released_at=None).update(
        released_at=now
    )
    return count


def record_opening(*, document: Document, version: DocumentVersion, by: Viewer) -> None:
    """Record that somebody opened what is exempt: the one thing that reading leaves behind.

    A reader fetches a document as a page, as images and as pieces of a file: that is one opening in an hour.
    """
    is_exempt = document.access == Document.Access.EXEMPT or (document.case and document.case.exemption_id)
    if not is_exempt or not isinstance(by, User):
        return
    new = {"versjon": version.number}
    since = timezone.now() - ONE_OPENING
    if not LogEntry.objects.about(document).filter(by=by, verb=OPENED, new=new, at__gte=since).exists():
        record(by=by, verb=OPENED, target=document, new=new)
