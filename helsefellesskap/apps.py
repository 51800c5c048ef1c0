"""The project as an app: teaches SQLite Norwegian, keeps frozen rows frozen, finds what apps register."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from helsefellesskap import triggers
from helsefellesskap.norwegian import COLLATION, compare


def teach_norwegian(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_collation(COLLATION, compare)
        connection.connection.create_function("fold", 1, _fold, deterministic=True)


def _fold(text: str | None) -> str | None:
    return None if text is None else text.lower()


class HelsefellesskapConfig(AppConfig):
    name = "helsefellesskap"

    def ready(self) -> None:
        connection_created.connect(teach_norwegian, dispatch_uid="teach_norwegian")
        post_migrate.connect(triggers.install, dispatch_uid="install_triggers")
        autodiscover_modules("panels", "about", "findings", "demo", "tasks")
