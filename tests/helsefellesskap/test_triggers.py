"""Triggers that keep rows frozen: made at `migrate`, made again when lost, taken away for a test."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from helsefellesskap import triggers

pytestmark = pytest.mark.django_db

FROZEN = {"accounts_logentry", "portfolio_statusreport", "portfolio_edition"}
NAMES = {f"{table}_no_{verb}" for table in FROZEN for verb in ("update", "delete")}


def in_database() -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


def test_each_frozen_table_has_two():
    assert in_database() == NAMES


def test_they_are_made_again_by_migrate():
    triggers.remove()
    assert in_database() == set()

    call_command("migrate", verbosity=0)

    assert in_database() == NAMES


def test_making_them_twice_makes_them_once():
    for _ in range(2):
        triggers.install(apps.get_app_config("portfolio"), "default")

    assert in_database() == NAMES


def test_an_app_makes_its_own_only():
    triggers.remove()

    triggers.install(apps.get_app_config("accounts"), "default")

    assert in_database() == {"accounts_logentry_no_update", "accounts_logentry_no_delete"}
