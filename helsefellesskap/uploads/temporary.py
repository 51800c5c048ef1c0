"""The folder where a file lies until it is known what it is."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.base import File


@contextmanager
def path_of(file: File[Any]) -> Iterator[Path]:
    """Where the file lies on this machine; one from elsewhere is copied for as long as it takes, in blocks."""
    if hasattr(file, "temporary_file_path"):
        yield Path(file.temporary_file_path())
        return
    if path := _local_path(file):
        yield path
        return
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".copy") as copy:
        was_closed = file.closed
        shutil.copyfileobj(file.open("rb"), copy, 1 << 20)
        copy.flush()
        if was_closed:
            file.close()
        else:
            file.seek(0)
        yield Path(copy.name)


def _local_path(file: File[Any]) -> Path | None:
    """The path of a file in storage that has paths."""
    if not hasattr(file, "storage"):
        return None
    try:
        return Path(file.storage.path(file.name))
    except NotImplementedError:
        return None


def clean_temporary(*, older_than: timedelta) -> int:
    """Remove what a killed server left behind; gives how many files."""
    limit = time.time() - older_than.total_seconds()
    removed = 0
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
