"""Office files: ZIP packages of XML, read part by part with a limit on everything that can swell."""

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO

from helsefellesskap.untrusted.limits import Refused
from helsefellesskap.untrusted.office_text import reader_for

MOST_PARTS = 10_000
MOST_BYTES = 1_000_000_000
LARGE = 10_000_000  # what is smaller may be packed as tightly as it likes
TIGHTEST = 200  # times: a sheet of zeros is packed so, a text never
DEEPEST = 3
LARGEST_INSIDE = 100_000_000
BLOCK = 1 << 16

MAIN_PARTS = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
}
ODT = b"application/vnd.oasis.opendocument.text"
MACROS = re.compile(r"(^|/)(vbaProject\.bin|vbaData\.xml|Basic/.+|Scripts/.+|activeX/.+)$", re.IGNORECASE)
SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
OLE_PACKAGE = "Ole10Native".encode("utf-16-le")
PROGRAM_NAME = re.compile(
    rb"\.(exe|com|scr|dll|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar)\0", re.IGNORECASE
)
PROGRAMS = (b"MZ", b"\x7fELF", b"#!")


@dataclass
class Budget:
    """What one upload may unpack to, packages inside packages included."""

    parts: int = 0
    size: int = 0
    findings: set[str] = field(default_factory=set)

    def unpack(self, block: bytes) -> None:
        self.size += len(block)
        if self.size > MOST_BYTES:
            raise Refused("bomb")


class Embedded:
    """Looks in what streams by for a file that was dragged into the document, and whether it is a program."""

    def __init__(self) -> None:
        self.is_package = self.has_program = False
        self._before = b""

    def feed(self, block: bytes) -> None:
        content = self._before + block
        self.is_package |= OLE_PACKAGE in content
        self.has_program |= bool(PROGRAM_NAME.search(content))
        self._before = content[-64:]


def inspect(path: Path, say: Callable[..., None]) -> None:
    budget = Budget()
    try:
        with zipfile.ZipFile(path) as package:
            extension = kind_of(package)
            slides = sum(1 for name in package.namelist() if SLIDE.fullmatch(name))
            _check_parts(package)
            say(extension=extension, pages=slides if extension == "pptx" else None)
            _read(package, say, budget, depth=1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error
    for code in sorted(budget.findings):
        say(finding=code)


def kind_of(package: zipfile.ZipFile) -> str:
    """The extension it deserves by what it declares to be; refused when that is none of ours."""
    names = set(package.namelist())
    if "mimetype" in names:
        declared = _beginning(package, "mimetype").strip()
        if declared == ODT:
            if b"encryption-data" in _beginning(package, "META-INF/manifest.xml"):
                raise Refused("password")
            return "odt"
        raise Refused("type", found=declared.decode("ascii", "replace")[-40:])
    if "[Content_Types].xml" not in names:
        raise Refused("type", found="zip")
    declared = _beginning(package, "[Content_Types].xml")
    if b"macroEnabled" in declared or b"vbaProject" in declared:
        raise Refused("macros")
    for main, extension in MAIN_PARTS.items():
        if main.encode() in declared:
            return extension
    raise Refused("type", found="zip")


def _beginning(package: zipfile.ZipFile, name: str) -> bytes:
    try:
        with package.open(name) as part:
            return part.read(1_000_000)
    except KeyError as error:
        raise Refused("damaged") from error
    except RuntimeError as error:
        raise Refused("password") from error


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("password")
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise Refused("damaged")  # office programs use no other
    if any(MACROS.search(part.filename) for part in parts):
        raise Refused("macros")


def _read(package: zipfile.ZipFile, say: Callable[..., None], budget: Budget, *, depth: int) -> None:
    budget.parts += len(package.infolist())
    if budget.parts > MOST_PARTS:
        raise Refused("bomb")
    for part in package.infolist():
        if not part.is_dir():
            _read_part(package, part, say, budget, depth=depth)


def _read_part(
    package: zipfile.ZipFile, part: zipfile.ZipInfo, say: Callable[..., None], budget: Budget, *, depth: int
) -> None:
    """The sizes in the archive are claims: what is counted is what comes out."""
    reader = reader_for(part.filename, say)
    embedded = Embedded()
    unpacked = 0
    with package.open(part) as stream:
        first = block = stream.read(BLOCK)
        is_package = first.startswith(b"PK\x03\x04")
        kept = BytesIO()
        while block:
            unpacked += len(block)
            budget.unpack(block)
            if unpacked > LARGE and unpacked > TIGHTEST * part.compress_size:
                raise Refused("bomb")
            if reader:
                reader.feed(block)
            elif is_package:
                if unpacked > LARGEST_INSIDE:
                    raise Refused("bomb")
                kept.write(block)
            else:
                embedded.feed(block)
            block = stream.read(BLOCK)
    if reader:
        reader.close()
        budget.findings |= reader.findings
    elif is_package:
        _read_inside(kept, say, budget, depth=depth + 1)
    elif first.startswith(PROGRAMS) or (embedded.is_package and embedded.has_program):
        raise Refused("program_inside", found=part.filename[-100:])
    elif embedded.is_package:
        budget.findings.add("files_inside")


def _read_inside(kept: IO[bytes], say: Callable[..., None], budget: Budget, *, depth: int) -> None:
    """A package in the package, such as the sheet behind a chart: under the same limits, its text checked too."""
    if depth > DEEPEST:
        raise Refused("bomb")
    with zipfile.ZipFile(kept) as package:
        _check_parts(package)
        if "[Content_Types].xml" not in package.namelist():
            budget.findings.add("files_inside")
        elif b"macroEnabled" in _beginning(package, "[Content_Types].xml"):
            raise Refused("macros")
        _read(package, say, budget, depth=depth)
