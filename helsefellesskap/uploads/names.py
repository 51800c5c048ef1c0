"""Names of files: readable for people, random in the storage."""

import re
import unicodedata
import uuid
from pathlib import PurePosixPath

LONGEST = 150  # bytes; file systems take 255, and browsers number a second copy
_UNFIT = re.compile(r'[<>:"|?*]')
_EXTENSION = re.compile(r"\.[a-z0-9]{1,8}", re.IGNORECASE)


def clean_name(name: str, *, extension: str = "") -> str:
    """A file name fit to be shown and saved anywhere, with its extension or the given one (without dot).

    No folder, no control sign, nothing that turns the direction of the text, at most 150 bytes.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(
        letter for letter in name if unicodedata.category(letter)[0] != "C" and letter not in "\u2028\u2029"
    )
    name = " ".join(_UNFIT.sub("-", name).split()).strip(". ")
    stem, suffix = split_name(name)
    if extension:
        suffix = f".{extension}"
    room = LONGEST - len(suffix.encode())
    return (stem.encode()[:room].decode(errors="ignore").rstrip(". ") or "fil") + suffix


def split_name(name: str) -> tuple[str, str]:
    """The stem, and the extension with its dot if it looks like one: `Sak 31.25` has `.25`, `Sak nr. ti` has none."""
    path = PurePosixPath(name)
    return (path.stem, path.suffix) if _EXTENSION.fullmatch(path.suffix) else (name, "")


def random_name(extension: str) -> str:
    """Where a file is kept: `vedlegg/ab/abcdef….pdf`. It tells nothing and cannot be guessed."""
    name = uuid.uuid4().hex
    return f"vedlegg/{name[:2]}/{name}.{extension}"
