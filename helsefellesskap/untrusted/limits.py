"""What the programs may use, how a file is refused, and how text is made fit to be kept."""

import os
import resource
import unicodedata
from contextlib import suppress
from typing import Any

MEMORY = 1_500_000_000
CPU_SECONDS = 30


class Refused(Exception):
    """The file is not taken; `uploads` makes a sentence of the code and its details."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def limit_process() -> None:
    """No more memory and time than a large file needs, no file written, and pages served before papers."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(kind, (allowed, allowed))
    os.nice(5)


_DROPPED = {code: None for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc"} | {
    ord("\n"): "\n",
    ord("\t"): "\t",
    0xFFFE: None,
    0xFFFF: None,
    **dict.fromkeys(range(0xD800, 0xE000)),
}


def clean(text: str) -> str:
    """Without what no database keeps and nobody reads: controls, halves of characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED)
