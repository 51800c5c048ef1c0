"""Frozen editions of a grant's table, and the table as a document of a meeting."""

import hashlib
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction

from accounts.models import LogEntry
from funding import actions
from funding.documents import FundingTable, funding_table
from funding.rules import NotAllowed
from helsefellesskap import pdf
from meetings.models import Document
from portfolio import actions as portfolio
from portfolio.actions.versions import newest_version
from portfolio.models import Edition
from tests.factories import (
    create_allocation,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_item,
    create_meeting,
)
from tests.files import pdf as made_pdf
from tests.portfolio.test_as_of import change

pytestmark = pytest.mark.django_db

PUBLIC = AnonymousUser()
FEBRUARY, APRIL, JUNE = date(2025, 2, 20), date(2025, 4, 1), date(2025, 6, 27)


@pytest.fixture(autouse=True)
def printed(monkeypatch) -> list[dict]:
    """What was printed, as data; the content says which."""
    contexts = []

    def print_document(template, context):
        contexts.append(context)
        return made_pdf(f"{template} {len(contexts)}")

    monkeypatch.setattr(pdf, "print_document", print_document)
    return contexts


@pytest.fixture
def grant(db):
    return create_grant(year=2024, amount=1_000_000, rounded_to=100_000)


@pytest.fixture
def allocation(grant):
    return create_allocation(
        grant=grant, initiative=create_initiative(title="Åpent tiltak"), amount=100_000, on=FEBRUARY
    )


@pytest.fixture
def hidden(grant, allocation):
    initiative = create_initiative(title="Lønnlig tiltak", visibility="internal")
    return create_allocation(
        grant=grant,
        initiative=initiative,
        amount=5,
        decision=allocation.decision,
        work_package="Skjult pakke",
    )


def publish(grant, editor, **fields):
    return actions.publish_funding_edition(
        **{"grant": grant, "as_of": JUNE, "title": "Midler 2024", "by": editor, **fields}
    )


def test_an_edition_holds_what_the_public_may_see_that_day(grant, allocation, hidden, editor, printed):
    edition = Edition.objects.get(pk=publish(grant, editor, note="Til SSU.").pk)

    assert (edition.kind, edition.number, edition.as_of, edition.note) == ("funding", 1, JUNE, "Til SSU.")
    assert edition.published_by == editor
    frozen = FundingTable.from_data(edition.data)
    assert frozen == funding_table(grant, PUBLIC, day=JUNE, today=JUNE)
    assert frozen.total == 100_005
    assert [row.title for _group, row in frozen.rows] == ["Åpent tiltak"]
    assert edition.data["grant"] == str(grant.public_id)
    assert "Lønnlig" not in str(edition.data)
    assert "Skjult" not in str(edition.data)
    [context] = printed
    assert context["table"] == frozen
    with edition.pdf.open() as file:
        assert hashlib.sha256(file.read()).hexdigest() == edition.sha256
    entry = LogEntry.objects.about(edition).get()
    assert (entry.by, entry.verb, entry.new["number"]) == (editor, "publiserte utgave", 1)


def test_the_same_again_is_refused(grant, allocation, editor):
    publish(grant, editor)

    with pytest.raises(NotAllowed, match="som utgave 1"):
        publish(grant, editor)
    assert Edition.objects.count() == 1
    assert publish(grant, editor, title="Med et annet navn").number == 2


def test_another_grant_in_between_does_not_hide_that_it_is_the_same(grant, allocation, editor):
    publish(grant, editor)
    publish(create_grant(year=2025), editor)

    with pytest.raises(NotAllowed, match="som utgave 1"):
        publish(grant, editor)


def test_each_kind_of_edition_has_its_own_numbers(grant, allocation, editor):
    handlingsdel = portfolio.publish_edition(as_of=JUNE, title="Handlingsdel", by=editor)
    first = publish(grant, editor)
    second = publish(grant, editor, as_of=APRIL)
    other = publish(create_grant(year=2025), editor)

    assert [edition.number for edition in (handlingsdel, first, second, other)] == [1, 1, 2, 3]
    assert list(Edition.objects.of_kind("funding")) == [other, second, first]
    assert portfolio.publish_edition(as_of=APRIL, title="Handlingsdel", by=editor).number == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"as_of": date(2999, 1, 1)}, "as_of"), ({"title": "<b>"}, "title"), ({"note": "<b>"}, "note")],
)
def test_an_edition_that_is_not_in_order_is_refused(grant, allocation, editor, fields, field):
    with pytest.raises(NotAllowed) as no:
        publish(grant, editor, **fields)

    assert no.value.field == field
    assert Edition.objects.count() == 0


def test_an_edition_is_superseded_once(grant, allocation, editor):
    first = publish(grant, editor)
    publish(grant, editor, title="Rettet", supersedes=first)

    with pytest.raises(NotAllowed) as no:
        publish(grant, editor, title="Rettet igjen", supersedes=first)
    assert no.value.field == "supersedes"


def test_nothing_that_happens_later_changes_it(grant, allocation, editor):
    edition = publish(grant, editor)
    before = Edition.objects.values().get()
    with edition.pdf.open() as file:
        content = file.read()

    actions.change_amount(
        allocation=allocation,
        amount=5,
        decision=create_funding_decision(on=APRIL),
        on=None,
        by=editor,
        version=newest_version(allocation),
    )
    change(allocation.initiative, FEBRUARY, title="Omdøpt", visibility="internal")
    change(grant, FEBRUARY, amount=7)
    publish(grant, editor, title="Ny")

    assert Edition.objects.order_by("number").values().first() == before
    with Edition.objects.get(pk=edition.pk).pdf.open() as file:
        assert file.read() == content
    assert FundingTable.from_data(before["data"]).total == 100_000
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        Edition._base_manager.filter(pk=edition.pk)._raw_delete("default")


# Sent to a meeting


def send(grant, editor, meeting, **fields):
    return actions.send_to_meeting(
        **{"grant": grant, "day": JUNE, "meeting": meeting, "case": None, "by": editor, **fields}
    )


def test_the_table_is_put_on_a_meeting_as_the_public_may_see_it(grant, allocation, hidden, editor, printed):
    meeting = create_meeting(on=date(2027, 2, 18))

    document = send(grant, editor, meeting)

    assert (document.meeting, document.case, document.access) == (meeting, None, "public")
    assert document.title == "Ordning 2024 per 27.06.2025"
    assert printed[0]["table"] == funding_table(grant, PUBLIC, day=JUNE, today=JUNE)
    entry = LogEntry.objects.about(grant).get()
    assert (entry.verb, entry.by, entry.new["møte"]) == ("sendte til møte", editor, str(meeting))


def test_the_table_is_put_on_a_case_of_the_agenda(grant, allocation, editor):
    meeting = create_meeting(on=date(2027, 2, 18))
    case = create_item(meeting=meeting, released=False).case

    assert send(grant, editor, meeting, case=case).case == case
    with pytest.raises(NotAllowed) as no:
        send(grant, editor, create_meeting(on=date(2027, 3, 18)), case=case)
    assert no.value.field == "case"


def test_the_very_same_table_is_the_document_it_already_is(grant, allocation, editor, monkeypatch):
    content = made_pdf("Det samme")
    monkeypatch.setattr(pdf, "print_document", lambda template, context: content)
    meeting = create_meeting(on=date(2027, 2, 18))

    assert send(grant, editor, meeting) == send(grant, editor, meeting)
    assert Document.objects.count() == 1
