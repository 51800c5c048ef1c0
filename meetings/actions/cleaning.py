"""Finding and removing stored files that nothing refers to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import Storage, default_storage
from django.db import models
from django.utils import timezone

from helsefellesskap.uploads import clean_temporary


def remove_orphans(*, older_than: timedelta, dry_run: bool = False) -> list[str]:
    """Remove files of the default storage that no row of any model names, once they are that old; their names.

    A file is written before its row, so a young one may belong to a transaction that is not finished. What was left
    of broken uploads goes too.
    """
    limit = timezone.now() - older_than
    old = [name for name in _files(default_storage, "") if _is_from_before(limit, name)]
    known = _referred_to()
    orphans = sorted(name for name in old if name not in known)
    if not dry_run:
        for name in orphans:
            default_storage.delete(name)
        clean_temporary(older_than=older_than)
    return orphans


def _is_from_before(limit: datetime, name: str) -> bool:
    try:
        return default_storage.get_modified_time(name) <= limit
    except FileNotFoundError:  # deleted since it was listed
        return False


def _files(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    for name in names:
        yield f"{prefix}{name}"
    for name in folders:
        yield from _files(storage, f"{prefix}{name}")


def _referred_to() -> set[str]:
    """Every name that any file field of any model holds."""
    known: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                known.update(model._base_manager.values_list(field.name, flat=True))
    return known
