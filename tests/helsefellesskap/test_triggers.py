"""Triggers that keep rows frozen: made at `migrate`, made again when lost, taken away for a test."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts import actions
from helsefellesskap import triggers
from tests.factories import create_organisation

pytestmark = pytest.mark.django_db

FROZEN = {
    "accounts_logentry",
    "portfolio_statusreport",
    "portfolio_edition",
    "meetings_agendaversion",
    "meetings_decisionpoint",
    "meetings_documentversion",
    "meetings_minutes",
    "funding_posting",
    "funding_spendingreport",
    "funding_transfer",
    "newsletters_attachment",
    "newsletters_newsletter",
    "newsletters_picture",
}
VERBS = ("update", "delete", "truncate") if connection.vendor == "postgresql" else ("update", "delete")
NAMES = {f"{table}_no_{verb}" for table in FROZEN for verb in VERBS}


def in_database() -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


def test_each_frozen_table_has_its_triggers():
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

    assert in_database() == {f"accounts_logentry_no_{verb}" for verb in VERBS}


def test_a_frozen_table_is_not_emptied_at_once():
    """SQLite has no TRUNCATE: emptying is deleting there."""
    word = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
    actions.record(by=None, verb="så", target=create_organisation())
    connection.check_constraints()  # or PostgreSQL refuses for the sake of those that wait

    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{word} accounts_logentry")
