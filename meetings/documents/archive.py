"""The archive package of a meeting: its frozen files, with metadata and checksums."""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from helsefellesskap.norwegian import ascii_slug
from helsefellesskap.refusals import NotAllowed
from meetings.documents.noark import (
    ArchivedDocument,
    ArchivedFile,
    ArchivedMeeting,
    ArchivedRecord,
    Participant,
    Screening,
    clean,
    metadata_xml,
    parse_metadata,
)
from meetings.models import (
    AgendaItem,
    AgendaVersion,
    Attendance,
    Document,
    DocumentVersion,
    Exemption,
    Meeting,
    Minutes,
)

CHUNK = 1024 * 1024

ARCHIVE_FORMAT, PRODUCTION_FORMAT = "Arkivformat", "Produksjonsformat"
SCREENED_FORMAT = "Dokument hvor deler av innholdet er skjermet"
EXEMPT = "Unntatt offentlighet"

STATUS = {
    AgendaItem.Outcome.TREATED: "Ferdig behandlet",
    AgendaItem.Outcome.NOT_TREATED: "Ferdig behandlet",
    AgendaItem.Outcome.POSTPONED: "Utsatt",
    AgendaItem.Outcome.WITHDRAWN: "Trukket",
}

README = gettext_lazy(
    """Arkivpakke for %(meeting)s

Arkivsak: %(archive_ref)s
Tatt ut %(at)s av %(by)s.

metadata.xml   Møtet (moetemappe), sakene (moeteregistrering) og dokumentene (dokumentbeskrivelse og dokumentobjekt).
               Navnene er hentet fra Noark 5. Det som er unntatt offentlighet, har skjerming med hjemmel.
checksums.txt  SHA-256 for hver fil. Kontroller med «sha256sum -c checksums.txt».
sakliste/      Saklistene slik de ble publisert: hele, og den offentligheten fikk.
saker/         Saksfremlegg og vedlegg, slik de ble lastet opp eller skrevet ut. Sladdede versjoner heter det i navnet.
moete/         Dokumenter til møtet.
protokoll/     Godkjente protokoller: hele, og den offentligheten fikk.

PDF-er som er laget av programmet, er PDF/A-2. Opplastede filer er som da de ble lastet opp.
Pakken inneholder alt som er unntatt offentlighet. Den skal bare til arkivet.
"""
)


@dataclass(frozen=True)
class Package:
    """The metadata of a meeting, and where each of its files is kept, by its path in the package."""

    meeting: ArchivedMeeting
    sources: dict[str, FieldFile]


def archive_package(meeting: Meeting, *, by: User, now: datetime) -> Package:
    """All that was published of the meeting and its cases: agendas, papers, annexes, and approved minutes."""
    sources: dict[str, FieldFile] = {}
    records = [
        *_agenda_record(meeting, sources),
        *_case_records(meeting, sources),
        *_meeting_record(meeting, sources),
        *_minutes_record(meeting, sources),
    ]
    before, after = _neighbours(meeting)
    present = meeting.attendances.filter(state=Attendance.State.PRESENT).select_related("seat__person")
    archived = ArchivedMeeting(
        key=str(meeting.public_id),
        archive_ref=clean(meeting.archive_ref),
        title=str(meeting),
        number=f"{meeting.body.code}-{meeting.address_day or meeting.public_id}",
        body=meeting.body.name,
        day=meeting.address_day,
        place=clean(meeting.place),
        previous=before,
        following=after,
        exported_at=_moment(now),
        exported_by=str(by),
        participants=tuple(
            Participant(str(row.seat.person), str(row.seat.get_role_display())) for row in present
        ),
        records=tuple(records),
    )
    return Package(archived, sources)


def _neighbours(meeting: Meeting) -> tuple[str, str]:
    """The meetings of the body before and after this one, by id; nothing where there is none, or no day."""
    others = meeting.body.meetings.exclude(state=Meeting.State.CANCELLED).exclude(pk=meeting.pk)
    if meeting.day is None:
        return "", ""
    keys = others.order_by("day", "pk").values_list("public_id", flat=True)
    before, after = keys.filter(day__lte=meeting.day).last(), keys.filter(day__gt=meeting.day).first()
    return str(before or ""), str(after or "")


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _screening(*bases: str) -> tuple[Screening, ...]:
    return tuple(Screening(EXEMPT, basis) for basis in dict.fromkeys(bases) if basis)


def _basis(exemption: Exemption | None) -> str:
    return clean(exemption.short_basis) if exemption else ""


def _frozen_pair(
    version: AgendaVersion | Minutes,
    number: int,
    *,
    at: datetime,
    by: User,
    path: str,
    sources: dict[str, FieldFile],
) -> Iterator[ArchivedFile]:
    """The whole and the public PDF of something that was frozen for both audiences."""
    for file, sha256, variant, suffix in (
        (version.pdf, version.sha256, ARCHIVE_FORMAT, ""),
        (version.public_pdf, version.public_sha256, SCREENED_FORMAT, "-offentlig"),
    ):
        name = f"{path}{suffix}.pdf"
        sources[name] = file
        yield ArchivedFile(
            number, variant, "application/pdf", _moment(at), str(by), name, sha256, "SHA-256", _size(file)
        )


def _size(file: FieldFile) -> int:
    try:
        return int(file.size)
    except OSError as error:
        raise _missing(str(file.name)) from error


def _missing(name: str) -> NotAllowed:
    return NotAllowed(_("Filen «%(name)s» mangler i lageret. Pakken er ikke laget.") % {"name": name})


def _own_record(
    meeting: Meeting, kind: str, documents: Iterable[ArchivedDocument], *bases: str
) -> Iterator[ArchivedRecord]:
    """A record of what belongs to the meeting itself, if there is anything."""
    found = tuple(documents)
    if found:
        yield ArchivedRecord(
            _own_key(meeting, kind), kind, "", "", f"{kind} {meeting}", f"{kind} {meeting}",
            "Ferdig behandlet", _screening(*bases), found,
        )  # fmt: skip


def _own_key(meeting: Meeting, what: str) -> str:
    """An id that is the same each time, for what has no row of its own."""
    return str(uuid.uuid5(meeting.public_id, what))


def _agenda_record(meeting: Meeting, sources: dict[str, FieldFile]) -> Iterator[ArchivedRecord]:
    versions = list(meeting.agendas.select_related("published_by").order_by("pk"))
    files = [
        file
        for number, version in enumerate(versions, start=1)
        for file in _frozen_pair(
            version,
            number,
            at=version.published_at,
            by=version.published_by,
            path=f"sakliste/sakliste-{version.letter.lower()}",
            sources=sources,
        )
    ]
    bases = [item["basis"] for version in versions for item in version.data["items"]]
    yield from _own_record(meeting, "Sakskart", _frozen_document(meeting, "Sakskart", files, bases), *bases)


def _minutes_record(meeting: Meeting, sources: dict[str, FieldFile]) -> Iterator[ArchivedRecord]:
    approved = meeting.minutes.filter(state=Minutes.State.APPROVED).select_related("written_by")
    versions = list(approved.order_by("number"))
    files = [
        file
        for one in versions
        if one.pdf and one.approved_at
        for file in _frozen_pair(
            one,
            one.number,
            at=one.approved_at,
            by=one.written_by,
            path=f"protokoll/protokoll-{one.number}",
            sources=sources,
        )
    ]
    bases = [case["basis"] for one in versions for case in (one.data or {}).get("cases", [])]
    document = _frozen_document(meeting, "Møteprotokoll", files, bases)
    yield from _own_record(meeting, "Møteprotokoll", document, *bases)


def _frozen_document(
    meeting: Meeting, kind: str, files: list[ArchivedFile], bases: list[str]
) -> Iterator[ArchivedDocument]:
    if files:
        yield ArchivedDocument(
            _own_key(meeting, f"{kind} dokument"), kind, "Dokumentet er ferdigstilt",
            f"{kind} {meeting}", f"{kind} {meeting}", 1, "Hoveddokument", _screening(*bases), tuple(files),
        )  # fmt: skip


def _case_records(meeting: Meeting, sources: dict[str, FieldFile]) -> Iterator[ArchivedRecord]:
    items = meeting.items.filter(released_at__isnull=False).in_order()
    for place, item in enumerate(items.select_related("case__body", "case__exemption"), start=1):
        case = item.case
        folder = f"saker/{place:02}-{ascii_slug(case.number) or 'uten-nummer'}"
        yield ArchivedRecord(
            key=str(item.public_id),
            kind="Saksframlegg",
            case_kind=str(case.get_kind_display()),
            number=case.number,
            title=clean(case.title),
            public_title=clean(case.open_title),
            status=STATUS.get(AgendaItem.Outcome(item.outcome), "Under behandling"),
            screening=_screening(_basis(case.exemption)),
            documents=tuple(_documents(case.documents, folder, sources)),
        )


def _meeting_record(meeting: Meeting, sources: dict[str, FieldFile]) -> Iterator[ArchivedRecord]:
    yield from _own_record(meeting, "Møtedokumenter", _documents(meeting.documents, "moete", sources))


def _documents(documents: Any, folder: str, sources: dict[str, FieldFile]) -> Iterator[ArchivedDocument]:
    """Those that were published, also those withdrawn since, with all versions that were."""
    released = documents.filter(released_at__isnull=False).select_related("exemption").in_order()
    for place, document in enumerate(released.prefetch_related("versions__uploaded_by"), start=1):
        name = f"{folder}/{place:02}-{ascii_slug(document.open_title) or 'dokument'}"
        versions = sorted(document.versions.all(), key=lambda one: (one.number, one.is_redacted))
        yield ArchivedDocument(
            key=str(document.public_id),
            kind=str(document.get_kind_display()),
            status="Dokumentet er ferdigstilt",
            title=clean(document.title),
            public_title=clean(document.open_title),
            number=place,
            attached_as="Hoveddokument" if document.kind == Document.Kind.PAPER else "Vedlegg",
            screening=_screening(_basis(document.exemption)),
            files=tuple(_file(one, document, name, sources) for one in versions if one.released_at),
        )


def _file(
    version: DocumentVersion, document: Document, name: str, sources: dict[str, FieldFile]
) -> ArchivedFile:
    path = f"{name}-v{version.number}{'-sladdet' if version.is_redacted else ''}.{version.extension}"
    sources[path] = version.file
    variant = ARCHIVE_FORMAT if document.is_written else PRODUCTION_FORMAT
    return ArchivedFile(
        version=version.number,
        variant=SCREENED_FORMAT if version.is_redacted else variant,
        content_type=version.content_type,
        created_at=_moment(version.uploaded_at),
        created_by=str(version.uploaded_by),
        path=path,
        sha256=version.sha256,
        algorithm="SHA-256",
        size=version.size,
    )


def write_archive(package: Package, target: IO[bytes]) -> None:
    """Write the package as ZIP, a piece of a file at a time.

    Raises NotAllowed when a file is missing or is not the one that was published, or the metadata do not read back.
    """
    meeting = package.meeting
    told = README % {
        "meeting": meeting.title,
        "archive_ref": meeting.archive_ref or "–",
        "at": meeting.exported_at,
        "by": meeting.exported_by,
    }
    metadata = metadata_xml(meeting)
    if parse_metadata(metadata) != meeting:
        raise NotAllowed(_("Metadataene lar seg ikke lese tilbake. Pakken er ikke laget."))
    texts = {"README.txt": told.encode(), "metadata.xml": metadata}
    checksums = {path: hashlib.sha256(text).hexdigest() for path, text in texts.items()}
    files = [file for record in meeting.records for document in record.documents for file in document.files]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            checksums[file.path] = _copy(archive, file, package.sources[file.path])
        texts["checksums.txt"] = "".join(f"{check}  {path}\n" for path, check in checksums.items()).encode()
        for path, text in texts.items():
            archive.writestr(path, text)


def _copy(archive: zipfile.ZipFile, file: ArchivedFile, source: FieldFile) -> str:
    digest = hashlib.sha256()
    try:
        with source.open("rb") as opened, archive.open(file.path, "w", force_zip64=True) as kept:
            for chunk in opened.chunks(CHUNK):
                digest.update(chunk)
                kept.write(chunk)
    except OSError as error:
        raise _missing(file.path) from error
    if digest.hexdigest() != file.sha256:
        raise NotAllowed(
            _("Filen «%(name)s» er ikke den som ble publisert. Pakken er ikke laget.") % {"name": file.path}
        )
    return file.sha256
