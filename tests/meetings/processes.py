"""Processes of their own on the database of a test, and what a killed one leaves behind."""

import multiprocessing
import os
import signal
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections, models

PATIENCE = 60  # seconds
_fork = multiprocessing.get_context("fork")


def die(*_arguments, **_fields):
    """What a power cut or the system's out-of-memory killer does: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def run_apart(*acts) -> list[int]:
    """Do each in a process of its own, all at once; how each ended: 0, 1 for an exception, or minus the signal."""
    connections.close_all()
    start = _fork.Barrier(len(acts))
    database = connections["default"]
    processes = [_fork.Process(target=_run, args=(act, start, database), daemon=True) for act in acts]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
        process.kill()
        process.join()
    return [process.exitcode for process in processes]


def _run(act, start, database):
    connections["default"] = database  # kept per event loop, which a fork loses where a browser test has run
    start.wait(PATIENCE)
    act()


def was_killed(act) -> bool:
    return run_apart(act) == [-signal.SIGKILL]


def files_referred_to() -> set[str]:
    """What the rows of all models say is in the storage."""
    return {
        name
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.FileField)
        for name in model._base_manager.values_list(field.name, flat=True)
        if name
    }


def stored_files() -> set[str]:
    root = Path(default_storage.location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def arriving_files() -> list[Path]:
    return sorted(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())
