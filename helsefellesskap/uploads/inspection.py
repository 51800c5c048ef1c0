"""What an uploaded file is, what it says, and what is wrong with it, before anything is stored."""

import hashlib
import logging
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File

from helsefellesskap import untrusted
from helsefellesskap.norwegian import find_national_id
from helsefellesskap.refusals import NotAllowed
from helsefellesskap.uploads import sentences
from helsefellesskap.uploads.handler import too_large
from helsefellesskap.uploads.names import clean_name, split_name
from helsefellesskap.uploads.scanner import scan
from helsefellesskap.uploads.temporary import path_of

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "png": "image/png",
    "jpg": "image/jpeg",
}
ALSO = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}
TELLING = frozenset(
    "html htm xhtml svg xml js mjs css exe dll com bat cmd ps1 vbs scr msi jar sh php py hta lnk iso "  # noqa: SIM905
    "doc dot docm dotm dotx xls xlsm xlsb xltx xltm ppt pps ppsx pptm potx ppsm odp ods rtf txt csv zip 7z rar "
    "gif bmp tif tiff heic webp mp3 mp4 mov avi eml msg ics".split()
)
"""Extensions that say what a file is. Others are part of a name, as in «Sak 31.25»."""
TEXT_LIMIT = 1_000_000
"""Characters that are kept for search; all of the text is checked."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """Something the editor is told about a file; a serious one stops its publication."""

    code: str
    sentence: str
    is_serious: bool = False


@dataclass(frozen=True)
class Inspection:
    """An uploaded file that may be stored. The pages of a PDF are parted by form feeds in `text`."""

    name: str
    extension: str
    content_type: str
    size: int
    sha256: str
    pages: int | None
    text: str
    findings: tuple[Finding, ...]


class FileRefused(NotAllowed):
    """What is wrong with the file, in a word too, for who has more to say about it than the sentence."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence, field="files")
        self.code = code


def inspect(file: File[Any], *, name: str) -> Inspection:
    """Look into the file, without ever having all of it in memory. Nothing is stored.

    Raises NotAllowed, with a sentence that names the file, for what is empty, too large, infected, of another type
    than its name or our list says, protected, broken, or able to do harm.
    """
    with path_of(file) as path:
        size = path.stat().st_size
        cleaned = clean_name(name)
        if not size:
            raise _refusal("empty", cleaned)
        if size > settings.UPLOAD_LIMIT:
            raise NotAllowed(too_large(cleaned), field="files")
        scan(path, name=cleaned)
        reading = _read(path, cleaned)
        with path.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return Inspection(
        name=_true_name(cleaned, reading.extension),
        extension=reading.extension,
        content_type=CONTENT_TYPES[reading.extension],
        size=size,
        sha256=sha256,
        pages=reading.pages,
        text=reading.text,
        findings=tuple(reading.findings),
    )


class _Reading:
    """What the answers of `untrusted.inspect` amount to."""

    def __init__(self) -> None:
        self.extension = ""
        self.pages: int | None = None
        self.is_whole = False
        self.findings: list[Finding] = []
        self._texts: list[str] = []
        self._length = 0
        self._last_page = 0

    @property
    def text(self) -> str:
        return ("\f" if self.extension == "pdf" else "\n").join(self._texts)[:TEXT_LIMIT]

    def hear(self, answer: dict[str, Any]) -> None:
        if "extension" in answer:
            self.extension, self.pages = answer["extension"], answer["pages"]
        elif "finding" in answer:
            code = answer.pop("finding")
            self.find(code, **answer)
        elif "text" in answer:
            self._last_page = answer.get("page", 0)
            if self._length < TEXT_LIMIT:
                self._texts.append(answer["text"])
                self._length += len(answer["text"]) + 1
            self.check(answer["text"])
        elif "check" in answer:
            self.check(answer["check"])
        self.is_whole = self.is_whole or "done" in answer

    def check(self, text: str) -> None:
        if find_national_id(text) or find_national_id(" ".join(text.split())):
            self.find("national_id", page=self._last_page)

    def find(self, code: str, **details: Any) -> None:
        """The same thing is told once."""
        if all(finding.code != code for finding in self.findings):
            sentence = sentences.finding(code, **details)
            self.findings.append(Finding(code, sentence, is_serious=code == "national_id"))

    def finish(self, name: str) -> None:
        if not self.is_whole:
            self.find("unchecked", page=self._last_page)
        elif len(self.text) >= TEXT_LIMIT:
            self.find("long")
        self._last_page = 0
        self.check(name)


def _read(path: Path, name: str) -> _Reading:
    reading = _Reading()
    try:
        with closing(untrusted.inspect(path)) as answers:
            for answer in answers:
                if code := answer.pop("refused", ""):
                    raise _refusal(code, name, **answer)
                reading.hear(answer)
    except untrusted.Busy as error:
        raise _refusal("busy", name) from error
    if not reading.extension:
        logger.warning("An upload could not be read: the process that opens files gave no answer")
        raise _refusal("unreadable", name)
    reading.finish(name)
    return reading


def _true_name(name: str, extension: str) -> str:
    """The name with the extension of what the file is. Raises NotAllowed if it says something else altogether."""
    said = split_name(name)[1].lstrip(".").lower()
    said = ALSO.get(said, said)
    if said in CONTENT_TYPES:
        return clean_name(name, extension=extension)
    if said in TELLING:
        raise _refusal("disguised", name, said=said, found=extension)
    return clean_name(f"{name}.{extension}")


def _refusal(code: str, name: str, **details: Any) -> NotAllowed:
    said = split_name(name)[1].lstrip(".").lower()
    if code == "type" and details["found"] and ALSO.get(said, said) in CONTENT_TYPES:
        code, details = "disguised", {"said": said, **details}
    return FileRefused(sentences.refusal(code, name=name, **details), code)
