"""Where the mark of a paper and the ledger do not agree."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from funding.models import Allocation
from helsefellesskap.findings import results_for
from tests.factories import (
    create_allocation,
    create_funding_decision,
    create_initiative,
    create_posting,
    create_report,
)

pytestmark = pytest.mark.django_db

TODAY = date(2025, 10, 1)
BEFORE, PAPER, AFTER = date(2025, 2, 20), date(2025, 6, 27), date(2025, 9, 18)
CODES = ["missing_mark", "mark_without_money"]


def found(user):
    """What is found, by check: the keys."""
    return {
        result.check.code: [finding.key for finding in result.findings]
        for result in results_for(user, today=TODAY, codes=CODES)
    }


def key(initiative):
    return f"initiative-{initiative.pk}"


@pytest.fixture
def initiative(contributor):
    return create_initiative(title="Et tiltak", slug="et-tiltak", owner=contributor.organisation)


def paper(initiative, *, mark="", on=PAPER, **fields):
    fields = fields or {"source": "Handlingsdel i nyhetsbrev juni 2025"}
    return create_report(initiative=initiative, on=on, raw_mark=mark, **fields)


@pytest.mark.parametrize(
    ("has_money", "mark", "code"),
    [
        (True, "", "missing_mark"),
        (True, "*", None),
        (False, "*", "mark_without_money"),
        (False, "", None),
    ],
)
def test_mark_and_money(editor, initiative, has_money, mark, code):
    paper(initiative, mark=mark)
    if has_money:
        create_allocation(initiative=initiative, on=BEFORE)

    assert found(editor) == ({code: [key(initiative)]} if code else {})


def test_the_sentences(editor, initiative):
    funded = create_initiative(title="Et annet")
    paper(initiative, mark="*")
    paper(funded)
    create_allocation(initiative=funded, on=BEFORE)
    results = results_for(editor, today=TODAY, codes=CODES)

    assert [
        (finding.about, finding.sentence, finding.url, finding.subject)
        for result in results
        for finding in result.findings
    ] == [
        (
            "Et annet",
            "Tiltaket har fått midler, men papiret fra 27.06.2025 merker det ikke som finansiert.",
            "/tiltak/et-annet/",
            f"portfolio.initiative:{funded.pk}",
        ),
        (
            "Et tiltak",
            "Papiret fra 27.06.2025 merker tiltaket som finansiert, men det har ikke fått midler.",
            "/tiltak/et-tiltak/",
            f"portfolio.initiative:{initiative.pk}",
        ),
    ]


@pytest.mark.parametrize("source", [{"source": "Papir"}, {"raw_phase": "Oppstart"}, {"raw_comment": "?"}])
def test_a_report_that_came_from_a_paper_is_asked(editor, initiative, source):
    create_allocation(initiative=initiative, on=BEFORE)
    paper(initiative, **source)

    assert found(editor) == {"missing_mark": [key(initiative)]}


def test_a_report_made_here_has_no_mark_to_miss(editor, initiative):
    create_allocation(initiative=initiative, on=BEFORE)
    create_report(initiative=initiative)

    assert found(editor) == {}


def test_the_newest_paper_counts_also_when_something_newer_was_reported_here(editor, initiative):
    create_allocation(initiative=initiative, on=BEFORE)
    paper(initiative, mark="*", on=date(2025, 5, 1))
    paper(initiative)
    create_report(initiative=initiative, on=AFTER)

    assert found(editor) == {"missing_mark": [key(initiative)]}
    paper(initiative, mark="*", on=date(2025, 8, 1))
    assert found(editor) == {}


def test_money_that_came_after_the_paper_is_not_missed_in_it(editor, initiative):
    paper(initiative)
    create_allocation(initiative=initiative, on=AFTER)

    assert found(editor) == {}


def test_money_that_was_withdrawn_after_the_paper_was_rightly_marked(editor, initiative):
    paper(initiative, mark="*")
    money = create_allocation(initiative=initiative, on=BEFORE, amount=1000)
    create_posting(allocation=money, kind="withdrawn", change=-1000, on=AFTER, state="cancelled")
    Allocation.objects.filter(pk=money.pk).update(amount=0, state="cancelled")

    assert found(editor) == {}


def test_money_that_is_only_planned_is_none(editor, initiative):
    paper(initiative)
    create_allocation(initiative=initiative, planned=True)

    assert found(editor) == {}


@pytest.mark.parametrize(
    ("who", "is_found"),
    [
        ("editor", True),
        ("leader", True),
        ("contributor", True),
        ("outsider", False),
        ("member", False),
        ("admin", False),
        ("ssu_member", False),
    ],
)
def test_who_reads(request, initiative, who, is_found):
    paper(initiative)
    decision = create_funding_decision()
    create_allocation(initiative=initiative, on=BEFORE, decision=decision)
    other = create_initiative()
    paper(other)
    create_allocation(initiative=other, on=BEFORE, decision=decision)
    read = found(request.getfixturevalue(who)).get("missing_mark", [])

    assert (key(initiative) in read) == is_found
    assert (key(other) in read) == (who in {"editor", "leader"})
    assert found(AnonymousUser()) == {}
