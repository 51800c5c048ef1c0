"""PDFs: openable, harmless, and what keeps people from reading them."""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from pypdfium2 import raw

from helsefellesskap.untrusted.limits import Refused, clean
from helsefellesskap.untrusted.pages import text_of

ACTIVE = frozenset({"/JavaScript", "/Launch", "/ImportData", "/RichMediaExecute"})
QUIET = frozenset(
    "pdf docx xlsx pptx odt ods odp png jpg jpeg gif txt csv xml json xsd md ics eml".split()  # noqa: SIM905
)
"""What may lie inside a PDF: nothing that a double click runs."""
DEEPEST = 40
LONGEST_CHECK = 100_000


def inspect(path: Path, say: Callable[..., None]) -> None:
    try:
        with pikepdf.open(path) as document:
            _inspect_structure(document, say)
    except pikepdf.PasswordError as error:
        raise Refused("password") from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, OverflowError) as error:
        raise Refused("damaged") from error
    _inspect_text(path, say)


def _inspect_structure(document: pikepdf.Pdf, say: Callable[..., None]) -> None:
    root = document.Root
    number_of_pages = len(document.pages)
    if not number_of_pages:
        raise Refused("damaged")
    strings: list[str] = []
    inside: list[str] = []
    for thing in document.objects:
        for holder in _dictionaries(thing, strings):
            _check_active(holder)
            if "/EF" in holder:
                inside.append(_file_name(holder))
    for name in inside:
        if PurePath(name).suffix.lower().lstrip(".") not in QUIET:
            raise Refused("program_inside", found=name[:100])
    say(extension="pdf", pages=number_of_pages)
    marks = root.get("/MarkInfo")
    has_tags = "/StructTreeRoot" in root and marks is not None and bool(marks.get("/Marked", False))
    for code, is_so in (
        ("encrypted", document.is_encrypted),
        ("repaired", bool(document.get_warnings())),
        ("untagged", not has_tags),
        ("untitled", not _title(document)),
        ("no_language", not str(root.get("/Lang", "")).strip()),
        ("files_inside", bool(inside)),
    ):
        if is_so:
            say(finding=code)
    _say_strings(strings, say)


def _dictionaries(thing: Any, strings: list[str], depth: int = 0) -> Iterator[Any]:
    """The dictionaries in one object, without those that are objects of their own; its texts are collected."""
    if isinstance(thing, pikepdf.String):
        strings.append(str(thing))
    if depth > DEEPEST or not isinstance(thing, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream):
        return
    if not isinstance(thing, pikepdf.Array):
        yield thing
    values = thing if isinstance(thing, pikepdf.Array) else (value for _, value in thing.items())
    for value in values:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _dictionaries(value, strings, depth + 1)


def _check_active(holder: Any) -> None:
    """Refuse what a reader program would run. Every object is looked at, wherever it hangs."""
    if "/S" in holder and str(holder.S) in ACTIVE:
        raise Refused("active")
    if "/JS" in holder and isinstance(holder.JS, pikepdf.String | pikepdf.Stream):
        raise Refused("active")
    if "/Subtype" in holder and str(holder.Subtype) == "/RichMedia":
        raise Refused("active")
    if "/XFA" in holder:
        raise Refused("form_program")


def _file_name(holder: Any) -> str:
    return clean(str(holder.get("/UF") or holder.get("/F") or ""))


def _title(document: pikepdf.Pdf) -> str:
    if title := str(document.docinfo.get("/Title", "")).strip():
        return title
    try:
        with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
            return str(metadata.get("dc:title") or "").strip()
    except Exception:  # whatever is wrong with the metadata, the title cannot be read
        return ""


def _say_strings(strings: list[str], say: Callable[..., None]) -> None:
    """Fields, comments, bookmarks, texts behind images: a number can hide in any of them."""
    line: list[str] = []
    length = 0
    for string in strings:
        if len(string) < 11:
            continue
        line.append(clean(string))
        length += len(string)
        if length > LONGEST_CHECK:
            say(check=" | ".join(line))
            line, length = [], 0
    say(check=" | ".join(line))


def _inspect_text(path: Path, say: Callable[..., None]) -> None:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise Refused("damaged") from error
    without: list[int] = []
    has_text = False
    for number, page in enumerate(document, start=1):
        text = text_of(page)
        say(text=text, page=number)
        if text.strip():
            has_text = True
        elif next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), None):
            without.append(number)
        page.close()
    if not has_text:
        say(finding="no_text")
    elif without:
        say(finding="pages_without_text", pages=without)
