"""Throwaway databases that take turns at being the default one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql


class Database:
    """An empty migrated database with a connection of its own."""

    def __init__(self, label: str, folder: Path) -> None:
        default = connections["default"]
        self.vendor = default.vendor
        if self.is_postgres:
            self.name = f"hf_bench_{label}_{os.getpid()}"
            self._on_server(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0"))
        else:
            self.name = str(folder / f"{label}.sqlite3")
        self.connection: Any = type(default)(
            {**deepcopy(default.settings_dict), "NAME": self.name}, "default"
        )
        with self.chosen():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)

    @property
    def is_postgres(self) -> bool:
        return self.vendor == "postgresql"

    @property
    def url(self) -> str:
        """Its address, for another process."""
        if self.is_postgres:
            return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.name}"))
        return f"sqlite:///{self.name}"

    @contextmanager
    def chosen(self) -> Iterator[None]:
        """Within this, everything that asks for a database gets this one."""
        other = connections["default"]
        connections["default"] = self.connection
        try:
            yield
        finally:
            connections["default"] = other

    def between_requests(self) -> None:
        """What the server does there and the test client does not: close connections that have had their time."""
        self.connection.close_if_unusable_or_obsolete()

    def settle(self) -> None:
        """After a fill: what PostgreSQL's autovacuum does in a minute, now. SQLite has nobody who would."""
        if self.is_postgres:
            with self.connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def drop(self) -> None:
        self.connection.close()
        if self.is_postgres:
            self._on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)"))

    def _on_server(self, statement: sql.SQL) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(statement.format(sql.Identifier(self.name)))


@contextmanager
def databases(folder: Path, *labels: str) -> Iterator[list[Database]]:
    made: list[Database] = []
    try:
        for label in labels:
            made.append(Database(label, folder))
        yield made
    finally:
        for database in made:
            database.drop()
