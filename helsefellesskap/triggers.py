"""Rows that never change again, kept by a database trigger as well as by the code.

A model asks for it with `freeze(Model, when="…")`; the triggers are made anew after every `migrate`,
since SQLite loses them when a migration rebuilds a table.
"""

from typing import Any

from django.apps import AppConfig
from django.db import connections, models

_frozen: dict[type[models.Model], str] = {}


def freeze(model: type[models.Model], *, when: str = "") -> None:
    """Refuse UPDATE and DELETE of the model's rows, or of those whose old row fulfils the SQL condition."""
    _frozen[model] = when


def install(sender: AppConfig, using: str, **_: Any) -> None:
    """Make the triggers of the app that was migrated; a receiver of `post_migrate`."""
    for model, condition in _frozen.items():
        if model._meta.app_label == sender.label:
            _run(using, _statements(using, model, condition))


def remove(using: str = "default") -> None:
    """Take the triggers away, for a test that must empty the database."""
    for model in _frozen:
        _run(using, _drops(using, model))


def _run(using: str, statements: list[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _drops(using: str, model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    where = f" ON {table}" if connections[using].vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}" for verb in ("update", "delete", "truncate")]


def _statements(using: str, model: type[models.Model], condition: str) -> list[str]:
    table = model._meta.db_table
    when = f"WHEN ({condition})" if condition else ""
    statements = _drops(using, model)
    if connections[using].vendor == "postgresql":
        statements.append(
            "CREATE OR REPLACE FUNCTION helsefellesskap_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        action = "FOR EACH ROW {when} EXECUTE FUNCTION helsefellesskap_refuse()"
        statements.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION helsefellesskap_refuse()"
        )
    else:
        action = "FOR EACH ROW {when} BEGIN SELECT RAISE(ABORT, '{table} is immutable'); END"
    return statements + [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        + action.format(when=when, table=table)
        for verb in ("update", "delete")
    ]
