"""What is archived of a meeting, under the names of Noark 5: written as XML and read back."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _tag(name: str) -> Any:
    return field(metadata={"tag": name})


def _parts(kind: type[Any]) -> Any:
    return field(metadata={"parts": kind})


@dataclass(frozen=True)
class Screening:
    """That something is exempt from public access, and on what basis."""

    access: str = _tag("tilgangsrestriksjon")
    basis: str = _tag("skjermingshjemmel")


@dataclass(frozen=True)
class ArchivedFile:
    """One file: which version it is, and where it lies in the package."""

    version: int = _tag("versjonsnummer")
    variant: str = _tag("variantformat")
    content_type: str = _tag("format")
    created_at: str = _tag("opprettetDato")
    created_by: str = _tag("opprettetAv")
    path: str = _tag("referanseDokumentfil")
    sha256: str = _tag("sjekksum")
    algorithm: str = _tag("sjekksumAlgoritme")
    size: int = _tag("filstoerrelse")


@dataclass(frozen=True)
class ArchivedDocument:
    """A document with all its published versions."""

    key: str = _tag("systemID")
    kind: str = _tag("dokumenttype")
    status: str = _tag("dokumentstatus")
    title: str = _tag("tittel")
    public_title: str = _tag("offentligTittel")
    number: int = _tag("dokumentnummer")
    attached_as: str = _tag("tilknyttetRegistreringSom")
    screening: tuple[Screening, ...] = _parts(Screening)
    files: tuple[ArchivedFile, ...] = _parts(ArchivedFile)


@dataclass(frozen=True)
class ArchivedRecord:
    """A case as the meeting had it, or what belongs to the meeting itself."""

    key: str = _tag("systemID")
    kind: str = _tag("moeteregistreringstype")
    case_kind: str = _tag("moetesakstype")
    number: str = _tag("registreringsID")
    title: str = _tag("tittel")
    public_title: str = _tag("offentligTittel")
    status: str = _tag("moeteregistreringsstatus")
    screening: tuple[Screening, ...] = _parts(Screening)
    documents: tuple[ArchivedDocument, ...] = _parts(ArchivedDocument)


@dataclass(frozen=True)
class Participant:
    """Somebody who was present."""

    name: str = _tag("moetedeltakerNavn")
    function: str = _tag("moetedeltakerFunksjon")


@dataclass(frozen=True)
class ArchivedMeeting:
    """The whole package."""

    key: str = _tag("systemID")
    archive_ref: str = _tag("mappeID")
    title: str = _tag("tittel")
    number: str = _tag("moetenummer")
    body: str = _tag("utvalg")
    day: str = _tag("moetedato")
    place: str = _tag("moetested")
    previous: str = _tag("referanseForrigeMoete")
    following: str = _tag("referanseNesteMoete")
    exported_at: str = _tag("eksportertDato")
    exported_by: str = _tag("eksportertAv")
    participants: tuple[Participant, ...] = _parts(Participant)
    records: tuple[ArchivedRecord, ...] = _parts(ArchivedRecord)


TAGS: dict[type[Any], str] = {
    Screening: "skjerming",
    ArchivedFile: "dokumentobjekt",
    ArchivedDocument: "dokumentbeskrivelse",
    ArchivedRecord: "moeteregistrering",
    Participant: "moetedeltaker",
    ArchivedMeeting: "moetemappe",
}
Part = TypeVar("Part")


def metadata_xml(meeting: ArchivedMeeting) -> bytes:
    """The metadata of a package, to be read again by parse_metadata()."""
    root = _element(meeting)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _element(thing: Any) -> ET.Element:
    element = ET.Element(TAGS[type(thing)])
    for one in fields(thing):
        value = getattr(thing, one.name)
        if "parts" in one.metadata:
            element.extend(_element(part) for part in value)
        elif value != "":
            ET.SubElement(element, one.metadata["tag"]).text = str(value)
    return element


def parse_metadata(text: bytes) -> ArchivedMeeting:
    """What metadata_xml() was given. Raises ET.ParseError or KeyError for anything else."""
    root = ET.fromstring(text)  # noqa: S314 -- expat refuses to grow entities without end
    if root.tag != TAGS[ArchivedMeeting]:
        raise KeyError(root.tag)
    return _read(ArchivedMeeting, root)


def _read(kind: type[Part], element: ET.Element) -> Part:
    values: dict[str, Any] = {}
    for one in fields(kind):  # type: ignore[arg-type]
        if part := one.metadata.get("parts"):
            values[one.name] = tuple(_read(part, child) for child in element.findall(TAGS[part]))
        else:
            text = element.findtext(one.metadata["tag"]) or ""
            values[one.name] = int(text) if one.type == "int" else text
    return kind(**values)


def clean(text: str) -> str:
    """The text without signs that XML cannot hold, and with line ends as they are read back."""
    return _NOT_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
