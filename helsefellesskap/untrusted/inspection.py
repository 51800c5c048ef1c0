"""A program: says as JSON, a line each, what a file is, what is wrong with it, and what text is in it.

{"refused": code, …}                  it is not taken, and why; nothing more is said
{"extension": …, "pages": number}     what it is by its content
{"finding": code, …}                  something the editor must know
{"text": …, "page": number}           for search and checks
{"check": …}                          for checks only: what a reader does not see, such as fields and comments
{"done": true}                        the whole file was read
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import puremagic

from helsefellesskap.untrusted import images, office, pdf
from helsefellesskap.untrusted.limits import Refused, limit_process

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # office files before 2007, and new ones with a password
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def answer(path: Path, say: Callable[..., None]) -> None:
    """Say all of the above about the file."""
    try:
        _inspect(path, say)
    except Refused as refusal:
        say(refused=refusal.code, **refusal.details)
    else:
        say(done=True)


def _inspect(path: Path, say: Callable[..., None]) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.lstrip(b"\xef\xbb\xbf\0 \t\r\n").startswith(b"%PDF-"):
        pdf.inspect(path, say)
    elif head.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        images.inspect(path, say)
    elif head.startswith(OLE):
        raise Refused("password" if _contains(path, ENCRYPTED) else "old_office")
    elif head.startswith(b"PK\x03\x04"):
        office.inspect(path, say)
    else:
        raise Refused("type", found=_name_of(head))


def _contains(path: Path, wanted: bytes) -> bool:
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if wanted in before + chunk:
                return True
            before = chunk[-len(wanted) :]
    return False


def _name_of(head: bytes) -> str:
    """What kind of file it seems to be, such as `html`; nothing if it is unknown."""
    try:
        return puremagic.from_string(head).lstrip(".")
    except (puremagic.PureError, ValueError):
        return ""


def print_line(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()  # what is known stays known when the process is stopped


def main(path: str) -> None:
    limit_process()
    answer(Path(path), print_line)


if __name__ == "__main__":
    main(*sys.argv[1:])
