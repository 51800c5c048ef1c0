"""Reminders of a grant's days: at 60 and 14 days, once, to those they concern, with no name too many."""

from datetime import date, timedelta

import pytest
from django.core import mail

from funding.actions import remind_of_grants
from funding.models import GrantReminder
from helsefellesskap.mail import MailError
from tests.factories import (
    create_allocation,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_user,
)

pytestmark = pytest.mark.django_db

DUE = date(2027, 3, 1)


def days_before(days: int) -> date:
    return DUE - timedelta(days=days)


@pytest.fixture
def grant(db):
    return create_grant(year=2026, use_until=DUE)


@pytest.fixture
def own(grant, cast):
    """Money that the contributor's organisation answers for, and some that nobody of the cast does."""
    decision = create_funding_decision()
    create_allocation(
        grant=grant, initiative=create_initiative(title="Andres tiltak"), decision=decision, amount=5_000
    )
    initiative = create_initiative(title="Eget tiltak", owner=cast.contributor.organisation)
    return create_allocation(grant=grant, initiative=initiative, decision=decision, amount=100_000)


def told(today: date) -> dict[str, str]:
    """Who got a mail that day, and what it said."""
    mail.outbox.clear()
    sent = remind_of_grants(today=today)
    assert sent == len(mail.outbox)
    return {message.to[0]: message.body for message in mail.outbox}


def test_reminders_are_sent_sixty_and_fourteen_days_before_once(grant, own):
    days = (61, 60, 60, 59, 30, 15, 14, 14, 1, 0, -1)

    assert [(day, len(told(days_before(day)))) for day in days] == [
        (61, 0),
        (60, 2),
        (60, 0),
        (59, 0),
        (30, 0),
        (15, 0),
        (14, 2),
        (14, 0),
        (1, 0),
        (0, 0),
        (-1, 0),
    ]
    assert list(GrantReminder.objects.order_by("pk").values_list("kind", "days_before", "due_on")) == [
        ("use_until", 60, DUE),
        ("use_until", 14, DUE),
    ]


@pytest.mark.parametrize(("day", "days"), [(59, 60), (15, 60), (13, 14), (0, 14)])
def test_one_that_was_missed_is_made_up_for_once(grant, own, day, days):
    assert len(told(days_before(day))) == 2
    assert told(days_before(day)) == {}
    assert GrantReminder.objects.get().days_before == days


def test_nothing_is_said_after_the_day_nor_of_no_day(own, grant):
    create_grant(year=2025)

    assert told(days_before(-1)) == {}
    assert told(days_before(200)) == {}


def test_a_day_that_is_moved_is_reminded_of_again(grant, own):
    told(days_before(60))
    grant.use_until = DUE + timedelta(days=30)
    grant.save()

    assert len(told(days_before(30))) == 2


def test_the_secretariat_hears_of_all_and_contributors_of_their_own(cast, grant, own):
    found = told(days_before(60))

    assert set(found) == {cast.editor.email, cast.contributor.email}
    both = found[cast.editor.email]
    mine = found[cast.contributor.email]
    assert ("Eget tiltak" in both, "Andres tiltak" in both) == (True, True)
    assert ("Eget tiltak" in mine, "Andres tiltak" in mine) == (True, False)
    assert str(own.public_id) in mine
    for text in (both, mine):
        assert "01.03.2027" in text
        assert "Disse midlene må være brukt" in text
        assert str(grant) in text
    assert "\n\n\n\n" not in both


def test_reports_have_a_day_of_their_own(cast, grant, own):
    grant.report_due = DUE
    grant.save()

    remind_of_grants(today=days_before(60))

    mine = [message for message in mail.outbox if message.to == [cast.contributor.email]]
    assert [message.subject.split(" – ")[0] for message in mine] == [
        "Påminnelse: midler må brukes",
        "Påminnelse: rapportfrist for midler",
    ]
    assert "skal det rapporteres" in mine[1].body
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 4


def test_the_project_lead_and_the_recipient_are_reminded_too(cast, grant):
    decision = create_funding_decision()
    lead = create_user(role="contributor")
    create_allocation(grant=grant, initiative=create_initiative(project_lead=lead), decision=decision)
    create_allocation(grant=grant, recipient=cast.outsider.organisation, decision=decision)

    assert set(told(days_before(14))) == {cast.editor.email, cast.outsider.email, lead.email}


@pytest.mark.parametrize("state", ["returned", "carried", "cancelled", "reported"])
def test_what_is_over_is_not_reminded_of(cast, grant, own, state):
    type(own).objects.filter(pk=own.pk).update(state=state)

    assert set(told(days_before(60))) == {cast.editor.email}


def test_a_plan_is_not_reminded_of(cast, grant):
    create_allocation(grant=grant, planned=True, recipient=cast.contributor.organisation)

    assert set(told(days_before(60))) == {cast.editor.email}


def test_who_is_not_active_gets_nothing(cast, grant, own):
    for user in (cast.editor, cast.contributor):
        user.is_active = False
        user.save()

    assert told(days_before(60)) == {}


def test_no_mail_names_an_internal_initiative_to_who_may_not_know_it(cast, grant):
    initiative = create_initiative(
        title="Lønnlig tiltak", visibility="internal", owner=cast.contributor.organisation
    )
    create_allocation(
        grant=grant,
        initiative=initiative,
        recipient=cast.outsider.organisation,
        work_package="Skjult pakke",
    )

    found = told(days_before(60))

    assert "Lønnlig tiltak" in found[cast.editor.email]
    assert "Lønnlig tiltak" in found[cast.contributor.email]
    assert "Lønnlig" not in found.get(cast.outsider.email, "")
    assert "Skjult" not in found.get(cast.outsider.email, "")


def test_a_mail_server_that_says_no_stops_nobody_else(cast, grant, own, monkeypatch):
    reached = []

    def send(to, *_arguments, **_fields):
        reached.append(to)
        if to == cast.editor.email:
            raise MailError("Nei.")

    monkeypatch.setattr("helsefellesskap.mail.send", send)

    assert remind_of_grants(today=days_before(60)) == 1
    assert set(reached) == {cast.editor.email, cast.contributor.email}
    assert remind_of_grants(today=days_before(60)) == 0
