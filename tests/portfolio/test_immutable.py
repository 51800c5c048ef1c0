"""Published reports, editions and the log never change: not by the code, not by SQL, not after `migrate`."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from accounts.actions import record
from portfolio.models import Edition, StatusReport
from tests.factories import create_initiative, create_report, create_user

pytestmark = pytest.mark.django_db


def an_edition():
    return Edition.objects.create(
        number=1, title="Handlingsdel", as_of=date(2025, 6, 27), data={}, published_by=create_user()
    )


def a_log_entry():
    return record(by=create_user(), verb="endret", target=create_initiative())


def a_published_report():
    return create_report(initiative=create_initiative())


FROZEN = pytest.mark.parametrize(
    ("make", "column"),
    [(a_published_report, "comment"), (an_edition, "note"), (a_log_entry, "verb")],
    ids=["report", "edition", "log"],
)


def refused_by_the_database(statement: str, *values) -> None:
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused_by_sql(row, column) -> None:
    table = row._meta.db_table
    refused_by_the_database(f"UPDATE {table} SET {column} = 'Omskrevet' WHERE id = %s", row.pk)  # noqa: S608
    refused_by_the_database(f"DELETE FROM {table} WHERE id = %s", row.pk)  # noqa: S608


@FROZEN
def test_what_is_frozen_is_refused_by_instance_queryset_and_sql(make, column):
    row = make()
    before = type(row).objects.filter(pk=row.pk).values().get()
    setattr(row, column, "Omskrevet")

    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.save(update_fields=[column])
    with pytest.raises(TypeError):
        row.delete()
    for rows in (type(row).objects.all(), type(row)._default_manager.filter(pk=row.pk)):
        with pytest.raises(TypeError):
            rows.update(**{column: "Omskrevet"})
        with pytest.raises(TypeError):
            rows.delete()
    refused_by_sql(row, column)

    assert type(row).objects.filter(pk=row.pk).values().get() == before


@FROZEN
def test_bulk_update_and_the_base_manager_come_no_further_than_the_trigger(make, column):
    row = make()
    setattr(row, column, "Omskrevet")

    with pytest.raises((TypeError, DatabaseError)), transaction.atomic():
        type(row).objects.bulk_update([row], [column])
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**{column: "Omskrevet"})


@FROZEN
def test_triggers_survive_migrate(make, column):
    row = make()
    call_command("migrate", verbosity=0)

    refused_by_sql(row, column)


def test_a_draft_can_be_rewritten_and_published_but_not_taken_back():
    editor = create_user(role="editor")
    draft = create_report(initiative=create_initiative(), publication="draft", by=editor)
    StatusReport.objects.filter(pk=draft.pk).update(comment="Ny tanke.")
    draft.refresh_from_db()
    assert draft.comment == "Ny tanke."

    draft.publication, draft.published_by, draft.published_at = "published", editor, draft.created_at
    draft.save()

    refused_by_the_database(
        "UPDATE portfolio_statusreport SET publication = 'draft', published_at = NULL, published_by_id = NULL WHERE id = %s",
        draft.pk,
    )


def test_a_draft_is_not_deleted_by_the_code():
    draft = create_report(initiative=create_initiative(), publication="draft")

    with pytest.raises(TypeError):
        draft.delete()
    with pytest.raises(TypeError):
        StatusReport.objects.filter(pk=draft.pk).delete()


def test_who_did_it_is_never_deleted_with_it(editor):
    create_report(initiative=create_initiative(), by=editor)

    with pytest.raises(ProtectedError):
        editor.delete()
