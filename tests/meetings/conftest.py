"""A database that processes and threads of their own work on."""

import sqlite3
from contextlib import closing
from copy import deepcopy

import pytest
from django.db import connections


@pytest.fixture
def shared_db(committed_db, tmp_path, settings):
    """What other processes see too: the server's database, or on SQLite a file; and a folder for uploads."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "tmp"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    memory = connections["default"]
    if memory.vendor != "sqlite":
        yield
        return
    memory.ensure_connection()
    with closing(sqlite3.connect(tmp_path / "shared.sqlite3")) as file:
        memory.connection.backup(file)
    there = {**deepcopy(memory.settings_dict), "NAME": str(tmp_path / "shared.sqlite3")}
    connections["default"] = type(memory)(there, "default")
    yield
    connections["default"].close()
    connections["default"] = memory
