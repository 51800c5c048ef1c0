"""Reporting what was spent: who may, what is refused, what is told."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts.models import LogEntry
from funding import actions
from funding.models import Allocation, SpendingReport
from portfolio.actions.versions import newest_version
from tests.factories import create_allocation, create_funding_decision, create_grant, create_initiative
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def allocation(valdres):
    grant = create_grant(use_until=date(2026, 12, 31), report_due=date(2027, 3, 1))
    initiative = create_initiative(title="Familiens hus", owner=valdres)
    return create_allocation(grant=grant, initiative=initiative, amount=100_000, work_package="Prøve ut")


def address(allocation):
    return f"/midler/tildelinger/{allocation.public_id}/rapport/"


def said(**changed):
    return {
        "as_of": "2025-12-31",
        "spent": "60 000",
        "forecast": "100 000",
        "comment": "Lønn og reiser.",
        **changed,
    }


def paid(allocation, editor):
    actions.mark_paid(allocation=allocation, on=date(2025, 3, 1), by=editor)
    return allocation


def test_the_public_is_sent_to_sign_in(client_of, allocation):
    for answer in (client_of(None).get(address(allocation)), client_of(None).post(address(allocation))):
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/konto/login/")


@pytest.mark.parametrize("who", ["member", "outsider", "leader", "admin"])
def test_who_did_not_get_the_money_may_not_report(client_of, cast, allocation, who):
    client = client_of(getattr(cast, who))

    assert client.get(address(allocation)).status_code == 403
    assert client.post(address(allocation), said()).status_code == 403
    assert not SpendingReport.objects.exists()


@pytest.mark.parametrize("who", ["contributor", "editor"])
def test_the_owner_and_the_secretariat_report(client_of, cast, allocation, who):
    user = getattr(cast, who)

    answer = client_of(user).post(address(allocation), said())

    assert (answer.status_code, answer.url) == (302, allocation.get_absolute_url())
    report = SpendingReport.objects.get()
    assert (report.as_of, report.spent, report.forecast) == (date(2025, 12, 31), 60_000, 100_000)
    assert (report.comment, report.is_final, report.made_by) == ("Lønn og reiser.", False, user)
    assert LogEntry.objects.about(allocation).get().by == user


def test_the_recipient_and_the_project_lead_report_too(client_of, cast, valdres):
    decision, own = create_funding_decision(), cast.outsider.organisation
    given = create_allocation(recipient=own, decision=decision)
    led = create_allocation(initiative=create_initiative(project_lead=cast.outsider), decision=decision)
    label = create_allocation(label="Konferanse", recipient=own, decision=decision)

    for allocation in (given, led, label):
        assert client_of(cast.outsider).post(address(allocation), said()).status_code == 302


def test_what_one_may_not_know_the_purpose_of_is_not_found(client_of, cast):
    secret = create_initiative(title="Hemmelig", visibility="internal")
    allocation = create_allocation(initiative=secret, recipient=cast.outsider.organisation)

    for who, status in [("member", 404), ("outsider", 404), ("admin", 404), ("leader", 403), ("editor", 200)]:
        assert client_of(getattr(cast, who)).get(address(allocation)).status_code == status, who
    assert client_of(cast.outsider).post(address(allocation), said()).status_code == 404


def test_a_plan_is_not_found_by_those_outside(client_of, cast, allocation):
    plan = create_allocation(planned=True, initiative=allocation.initiative)

    assert client_of(cast.contributor).get(address(plan)).status_code == 404
    page = client_of(cast.editor).get(address(plan))
    assert "Tildelingen er «prioritert». Det kan ikke rapporteres på den." in main(page)
    assert "Lever rapporten" not in main(page)
    assert client_of(cast.editor).post(address(plan), said()).status_code == 422
    assert not SpendingReport.objects.exists()


def test_the_page_says_what_was_given_on_what_terms_and_what_was_reported(client_of, cast, allocation):
    client = client_of(cast.contributor)
    client.post(address(allocation), said(comment="Første halvår."))
    words = main(client.get(address(allocation))).replace("\u00a0", " ")

    for sentence in (
        "Tildelt 100 000 kr",
        "Tilskudd Ordning 2024",
        "Brukes innen 31.12.2026",
        "Rapportfrist 01.03.2027",
        "60 000 kr brukt til og med 31.12.2025. Ventet brukt i alt: 100 000 kr. Første halvår.",
    ):
        assert sentence in words


def test_the_report_opens_on_today_and_zero_is_an_amount(client_of, cast, allocation):
    client = client_of(cast.contributor)
    assert f'value="{TODAY.isoformat()}"' in body(client.get(address(allocation)))

    assert client.post(address(allocation), said(spent="0", forecast="0")).status_code == 302
    assert SpendingReport.objects.get().spent == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"as_of": ""}, "påkrevet"),
        ({"as_of": "31.02.2026"}, "dd.mm.åååå"),
        ({"as_of": (TODAY + timedelta(days=1)).isoformat()}, "fram i tid"),
        ({"as_of": "1999-12-31"}, "for langt tilbake"),
        ({"spent": ""}, "påkrevet"),
        ({"spent": "-1"}, "mindre enn null"),
        ({"spent": "60.000"}, "kan bety to ting"),
        ({"forecast": "snart"}, "ikke et beløp"),
        ({"comment": "<b>Lønn</b>"}, "HTML-koder"),
        ({"comment": "x" * 2001}, "2000"),
        ({"comment": "Lønn til 17054026641"}, "fødselsnummer"),
        ({"is_final": "on"}, "Utbetalingen er ikke ført ennå"),
    ],
)
def test_a_report_that_is_refused_keeps_what_was_typed(client_of, cast, allocation, fields, sentence):
    answer = client_of(cast.contributor).post(address(allocation), said(**fields))

    assert answer.status_code == 422
    assert any(sentence in line for line in errors(answer))
    assert fields.get("comment", "Lønn og reiser.") in unescape(body(answer))
    assert (SpendingReport.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_a_report_sent_twice_is_delivered_once(client_of, cast, allocation):
    client = client_of(cast.contributor)

    answers = [client.post(address(allocation), said()) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert SpendingReport.objects.count() == 1


def test_more_spent_than_allocated_is_told(client_of, cast, allocation):
    answer = client_of(cast.editor).post(address(allocation), said(spent="120 000"), follow=True)

    assert "Det er brukt 20 000 kr mer enn tildelt." in main(answer).replace("\u00a0", " ")
    assert SpendingReport.objects.count() == 1


def test_the_last_report_closes_an_allocation_that_is_paid(client_of, cast, allocation):
    paid(allocation, cast.editor)

    client_of(cast.contributor).post(address(allocation), said(is_final="on"))

    allocation.refresh_from_db()
    assert allocation.state == Allocation.State.REPORTED
    assert "Sluttrapport" in main(client_of(cast.contributor).get(address(allocation)))


@pytest.mark.parametrize("end", ["returned", "withdrawn"])
def test_nothing_is_reported_on_what_has_ended(client_of, cast, allocation, end):
    version = allocation.history.first().history_id
    if end == "returned":
        paid(allocation, cast.editor)
        version = newest_version(allocation)
        actions.return_money(
            allocation=allocation, amount=100_000, on=TODAY, reason="Ikke brukt.", by=cast.editor, version=version
        )  # fmt: skip
    else:
        actions.withdraw_allocation(
            allocation=allocation, decision=allocation.decision, on=TODAY, by=cast.editor, version=version
        )
    client = client_of(cast.contributor)

    assert "Det kan ikke rapporteres på den" in main(client.get(address(allocation)))
    answer = client.post(address(allocation), said())
    assert (answer.status_code, SpendingReport.objects.count()) == (422, 0)
    assert "Det kan ikke rapporteres på den" in main(answer)
    assert "Lønn og reiser." in main(answer)
