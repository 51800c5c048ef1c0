"""Opens files of unknown origin in a process of its own, which gets so much memory and time and no more.

The programs that read PDFs, office files and images are large and written in C. In there they see neither the database
nor any secret, and a file that crashes, bloats or stalls them costs one answer, never the server. Nothing in this
package imports Django or the rest of the project, so that the process starts in a tenth of a second.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20  # a PDF of 1000 pages takes two
LONGEST_LINE = 4_000_000
_places = {
    program: BoundedSemaphore(max(2, os.cpu_count() or 2))
    for program in ("inspection", "pages", "pictures", "sheets")
}


class Failed(Exception):
    """The process gave no answer: it crashed, was stopped, or the file cannot be read."""


class Busy(Exception):
    """As many files are being opened already as the machine can take."""


@contextmanager
def _process(program: str, *arguments: str | Path | int) -> Iterator[subprocess.Popen[bytes]]:
    if not _places[program].acquire(timeout=SECONDS):
        raise Busy
    known = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    try:
        with subprocess.Popen(  # noqa: S603 - no shell, and the arguments are our own
            [sys.executable, "-E", "-s", "-m", f"{__name__}.{program}", *map(str, arguments)],
            cwd=ROOT,
            env=known,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            clock = Timer(SECONDS, process.kill)
            clock.start()
            try:
                yield process
            finally:
                clock.cancel()
                process.kill()
    finally:
        _places[program].release()


def inspect(path: Path) -> Generator[dict[str, Any]]:
    """What the file is and says, as it is found out: see `inspection`. {"done": true} comes last if all went well."""
    with _process("inspection", path) as process:
        assert process.stdout  # noqa: S101
        while (line := process.stdout.readline(LONGEST_LINE)).endswith(b"\n"):
            yield json.loads(line)


def sheets(path: Path, *, most: int) -> Generator[dict[str, Any]]:
    """What stands in a workbook, a row at a time: see `sheets`. {"done": true} comes last if all went well."""
    with _process("sheets", path, most) as process:
        assert process.stdout  # noqa: S101
        while (line := process.stdout.readline(LONGEST_LINE)).endswith(b"\n"):
            yield json.loads(line)


def page_image(path: Path, page: int, width: int) -> bytes:
    """The page of a PDF as WebP, so many pixels wide unless it would become very high."""
    return _output("pages", path, page, width)


def smaller_picture(path: Path, width: int) -> bytes:
    """The PNG or JPEG in the same format, at most so many pixels wide, without what it tells of camera and place."""
    return _output("pictures", path, width)


def _output(*arguments: str | Path | int) -> bytes:
    with _process(*map(str, arguments)) as process:
        output, _ = process.communicate()
        if process.returncode:
            raise Failed
        return output
