"""What tables, columns and letters say, and to whom: the same sums for all, and no name too many."""

import json
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from funding import actions
from funding.documents import (
    FundingTable,
    allocation_columns,
    changes_of,
    compare_years,
    decision_lines,
    funding_table,
    letter_print,
    planned_rows,
    row_of,
)
from funding.models import Source
from portfolio.actions.versions import newest_version
from tests.factories import (
    create_allocation,
    create_area,
    create_body,
    create_case,
    create_exemption,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_item,
    create_meeting,
    create_organisation,
    create_point,
    create_report,
)

pytestmark = pytest.mark.django_db

PUBLIC = AnonymousUser()
FEBRUARY, APRIL, TODAY = date(2025, 2, 20), date(2025, 4, 1), date(2025, 7, 1)
SECRETS = ("Lønnlig tiltak", "lonnlig", "Lukket område", "Skjult pakke", "Stille mottaker", "Taus grunn")
CLOSED_LINE = "Tiltak som ikke er offentlige"


@pytest.fixture
def grant(db):
    return create_grant(year=2024, amount=1_000_000)


@pytest.fixture
def decision(grant):
    return create_funding_decision(on=FEBRUARY)


@pytest.fixture
def known(grant, decision):
    area = create_area(name="Åpent område")
    return create_allocation(
        grant=grant,
        initiative=create_initiative(title="Åpent tiltak", area=area),
        decision=decision,
        amount=100_000,
    )


@pytest.fixture
def hidden(known, grant, decision, cast):
    """Money of an internal initiative that the contributor leads, of which another got the money."""
    initiative = create_initiative(
        title="Lønnlig tiltak",
        slug="lonnlig",
        area=create_area(name="Lukket område"),
        visibility="internal",
        project_lead=cast.contributor,
    )
    create_report(initiative=initiative, on=FEBRUARY, phases="drift", comment="")
    return create_allocation(
        grant=grant,
        initiative=initiative,
        decision=decision,
        amount=30_000,
        work_package="Skjult pakke",
        recipient=create_organisation(name="Stille mottaker"),
    )


def table(grant, user, day=None) -> FundingTable:
    return funding_table(grant, user or PUBLIC, day=day, today=TODAY)


def said(grant, user, day=None) -> str:
    """Everything there is in the table, its columns, its frozen data and the list of changes."""
    found = table(grant, user, day)
    rows = allocation_columns(found)
    changes = changes_of(grant, user or PUBLIC, until=day)
    return "\n".join(
        (repr(found), json.dumps(found.as_data(), ensure_ascii=False), repr(list(rows)), repr(changes))
    )


KNOWS, KNOWS_NOT = ["editor", "leader", "contributor"], ["public", "member", "outsider", "admin"]


@pytest.mark.parametrize("day", [None, FEBRUARY, APRIL])
@pytest.mark.parametrize("who", KNOWS_NOT)
def test_an_internal_initiative_is_an_amount_on_a_line_of_its_own(cast, grant, hidden, who, day):
    user = getattr(cast, who)
    actions.change_amount(
        allocation=hidden,
        amount=40_000,
        decision=create_funding_decision(on=APRIL),
        on=None,
        by=cast.editor,
        version=newest_version(hidden),
        reason="Taus grunn",
    )
    amount = 30_000 if day == FEBRUARY else 40_000

    found, editors = table(grant, user, day), table(grant, cast.editor, day)

    assert [(group.name, group.total, len(group.rows)) for group in found.groups] == [
        ("Åpent område", 100_000, 1),
        (CLOSED_LINE, amount, 0),
    ]
    assert (found.total, found.count, found.balance) == (100_000 + amount, 2, editors.balance)
    assert sum(group.total for group in found.groups) == sum(group.total for group in editors.groups)
    assert (found.unknown, editors.unknown) == (100_000, 100_000 + amount)
    assert {bucket.code: bucket.count for bucket in found.buckets} == {
        "uten-status": 100_000,
        "lukket": amount,
    }
    text = said(grant, user, day)
    assert [secret for secret in (*SECRETS, str(hidden.public_id)) if secret in text] == []
    assert "Åpent tiltak" in text
    assert list(allocation_columns(found))[-1] == (CLOSED_LINE, "", "", "", "", amount)
    assert row_of(hidden, user or PUBLIC) is None


@pytest.mark.parametrize("who", KNOWS)
def test_those_who_know_of_it_see_all_of_it(cast, grant, hidden, who):
    user = getattr(cast, who)

    found = table(grant, user)

    assert [group.name for group in found.groups] == ["Åpent område", "Lukket område"]
    row = found.groups[1].rows[0]
    assert (row.title, row.work_package, row.recipient, row.amount) == (
        "Lønnlig tiltak",
        "Skjult pakke",
        "Stille mottaker",
        30_000,
    )
    assert (row.is_internal, found.internal_count) == (True, 1)
    assert row_of(hidden, user) == row
    assert found.balance == table(grant, None).balance


def test_carried_money_of_what_is_not_named_is_told_by_its_amount(cast, grant, hidden):
    target = create_grant(year=2025)
    actions.carry_over(
        allocation=hidden,
        to_grant=target,
        amount=20_000,
        on=APRIL,
        reason="Taus grunn",
        by=cast.editor,
        version=newest_version(hidden),
    )

    for one in (grant, target):
        text = said(one, cast.outsider)
        assert [secret for secret in SECRETS if secret in text] == []
    assert list(allocation_columns(table(target, None))) == [(CLOSED_LINE, "", "", "", "", 0, 20_000, 20_000)]
    assert [change.amount for change in changes_of(grant, PUBLIC)] == [-20_000]
    assert "Taus grunn" in said(grant, cast.editor)


def test_plans_are_rows_for_those_who_may_know_them(cast, grant, known, hidden):
    plan = create_allocation(grant=grant, planned=True, initiative=hidden.initiative, amount=5)

    assert [row.key for row in planned_rows(grant, cast.editor)] == [plan.pk]
    assert [row.key for row in planned_rows(grant, cast.leader)] == [plan.pk]
    for who in ("public", "member", "outsider", "contributor", "admin"):
        assert planned_rows(grant, getattr(cast, who) or PUBLIC) == []
    assert table(grant, cast.editor).total == 130_000


def test_the_table_survives_being_frozen(cast, grant, hidden):
    create_report(initiative=create_initiative(title="Åpent to"), on=FEBRUARY, phases="losning-drift")
    create_allocation(grant=grant, label="Konferanse", amount=7, source=Source.CARRIED, on=APRIL)

    for user in (None, cast.editor):
        found = table(grant, user, TODAY)
        data = json.loads(json.dumps(found.as_data()))
        assert data == found.as_data()
        assert FundingTable.from_data(data) == found
        assert FundingTable.from_data({**data, "grant": "x"}).rows == found.rows


def test_areas_stand_in_the_order_of_the_paper_with_their_sums(grant, decision):
    first, second = create_area(name="Første", is_decided=True), create_area(name="Andre")
    for area, amount in [(second, 100), (first, 200), (second, 300)]:
        create_allocation(
            grant=grant, initiative=create_initiative(area=area), amount=amount, decision=decision
        )

    found = table(grant, None)

    assert [(group.name, group.total, group.count) for group in found.groups] == [
        ("Andre", 400, 2),
        ("Første", 200, 1),
    ]
    assert [area.total for area in found.areas] == [400, 200]
    assert [area.segments[-1].start + area.segments[-1].width for area in found.areas] == [100, 50]
    assert found.caveat == "Foreslått, ikke besluttet: Andre."


def test_columns_tell_new_and_carried_money_apart_once_there_is_some(grant, known):
    assert allocation_columns(table(grant, None)).headers[5:] == ["Beløp"]

    create_allocation(
        grant=grant, initiative=known.initiative, decision=known.decision, amount=5, source=Source.CARRIED
    )

    sheet = allocation_columns(table(grant, None))
    assert sheet.headers[5:] == ["Nye midler", "Overførte midler", "Beløp"]
    assert [row[5:] for row in sheet] == [(100_000, 0, 100_000), (0, 5, 5)]
    assert all(isinstance(cell, int) for row in sheet for cell in row[5:])


def test_the_decisions_behind_the_money_are_read_by_who_may_read_them(cast, grant, ssu, ssu_member):
    open_one = create_funding_decision(on=FEBRUARY, body=ssu)
    case = create_case(
        body=ssu,
        state="listed",
        announced=True,
        title="Lukket sak",
        public_title="Sak om noe",
        exemption=create_exemption(),
    )
    meeting = create_meeting(body=ssu, on=APRIL, state="approved")
    closed = create_point(item=create_item(meeting=meeting, case=case))
    for decision, amount in [(open_one, 5), (closed, 300)]:
        create_allocation(grant=grant, initiative=create_initiative(), decision=decision, amount=amount)

    def shown(user):
        return [(line.text, line.amount, line.count) for line in table(grant, user).decisions]

    assert shown(None) == [
        ("Vedtak som ikke er offentlig", 300, 1),
        (str(open_one.item.meeting), 5, 1),
    ]
    assert shown(cast.outsider) == shown(None)
    for user in (cast.editor, ssu_member):
        assert shown(user) == [(str(meeting), 300, 1), (str(open_one.item.meeting), 5, 1)]
    assert "Lukket sak" not in said(grant, cast.outsider)


def test_no_decision_is_no_line():
    assert decision_lines(PUBLIC, []) == decision_lines(PUBLIC, [None]) == {}


def test_two_years_are_compared_by_area_and_initiative(grant, known, hidden, cast):
    other = create_grant(year=2025)
    create_allocation(grant=other, initiative=known.initiative, decision=known.decision, amount=150_000)

    public = compare_years(table(grant, None), table(other, None))
    assert [(area.total.name, area.total.old, area.total.new) for area in public.areas] == [
        ("Åpent område", 100_000, 150_000),
        (CLOSED_LINE, 30_000, 0),
    ]
    [pair] = public.areas[0].rows
    assert (pair.name, pair.old, pair.new, pair.change) == ("Åpent tiltak", 100_000, 150_000, 50_000)
    assert public.areas[1].rows == []
    assert (public.total.old, public.total.new) == (130_000, 150_000)
    editors = compare_years(table(grant, cast.editor), table(other, cast.editor))
    assert editors.total == public.total
    assert [pair.name for area in editors.areas for pair in area.rows] == ["Åpent tiltak", "Lønnlig tiltak"]


def test_a_letter_says_what_was_given_and_what_became_of_it(known, cast):
    later = create_funding_decision(on=APRIL)
    assert letter_print(known, cast.editor).context["lines"] == []
    actions.change_amount(
        allocation=known,
        amount=120_000,
        decision=later,
        on=None,
        by=cast.editor,
        version=newest_version(known),
    )
    actions.mark_paid(allocation=known, on=APRIL, by=cast.editor)

    printout = letter_print(known, cast.editor)

    assert [(line.on, line.change, line.standing) for line in printout.context["lines"]] == [
        (FEBRUARY, 100_000, 100_000),
        (APRIL, 20_000, 120_000),
    ]
    assert (printout.context["first"].standing, printout.context["created"]) == (100_000, APRIL)
    assert printout.name.endswith("apent-tiltak")


@pytest.mark.parametrize("rows", [1, 4])
def test_a_table_asks_as_many_questions_however_long_it_is(grant, rows, django_assert_max_num_queries):
    body = create_body()
    for number in range(rows):
        create_allocation(
            grant=grant,
            initiative=create_initiative(area=create_area()),
            decision=create_funding_decision(on=date(2025, 1, 1 + number), body=body),
        )

    with django_assert_max_num_queries(14):
        table(grant, None, TODAY)
