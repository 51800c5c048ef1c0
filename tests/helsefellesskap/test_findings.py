"""The registry of checks, and the page that shows what they find."""

from datetime import date
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helsefellesskap import findings
from helsefellesskap.findings import Finding, Tally, results_for, subject_of, tally
from meetings.models import Concern
from tests.factories import (
    create_allocation,
    create_area,
    create_body,
    create_funding_decision,
    create_initiative,
    create_item,
    create_meeting,
    create_point,
    create_report,
)
from tests.portfolio.pages import body, main

TODAY = date(2026, 11, 22)


@pytest.fixture
def empty_registry(monkeypatch):
    monkeypatch.setattr(findings, "_checks", {})


def a_check(code, *, order=50, is_serious=False, number=1):
    def find(user, today):
        return [Finding(f"thing-{n}", f"Ting {n}", f"{user} {today}", "/", "") for n in range(number)]

    findings.register(code=code, title=code.title(), why="Derfor.", is_serious=is_serious, order=order)(find)


# The registry


def test_results_are_in_order_the_serious_first_without_what_found_nothing(empty_registry):
    a_check("last", order=90)
    a_check("nothing", order=1, number=0)
    a_check("first", order=10)
    a_check("serious", order=99, is_serious=True)

    assert [check.code for check in findings.checks()] == ["serious", "nothing", "first", "last"]
    assert [result.check.code for result in results_for("Kari", today=TODAY)] == ["serious", "first", "last"]


def test_results_of_some_checks_only(empty_registry):
    a_check("one")
    a_check("other")

    assert [result.check.code for result in results_for(None, today=TODAY, codes=["other", "none"])] == [
        "other"
    ]
    assert results_for(None, today=TODAY, codes=[]) == []


def test_a_check_is_asked_with_the_reader_and_the_day(empty_registry):
    a_check("one")
    [result] = results_for("Kari", today=TODAY)

    assert [finding.sentence for finding in result.findings] == ["Kari 2026-11-22"]


def test_two_checks_may_not_share_a_code(empty_registry):
    a_check("one")

    with pytest.raises(ValueError, match="one"):
        a_check("one")


def test_a_finding_says_what_row_it_is_about(db):
    initiative = create_initiative()

    assert subject_of(initiative) == f"portfolio.initiative:{initiative.pk}"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (Tally(27, 9, 6), "27 funn i 9 kontroller, 6 alvorlige"),
        (Tally(1, 1, 1), "1 funn i 1 kontroll, 1 alvorlig"),
        (Tally(2, 1, 0), "2 funn i 1 kontroll, ingen alvorlige"),
    ],
)
def test_the_tally_in_words(count, sentence):
    assert count.sentence == sentence


def test_the_tally_counts_findings_and_not_checks(empty_registry):
    a_check("one", number=3)
    a_check("serious", number=2, is_serious=True)

    assert tally(results_for(None, today=TODAY)) == Tally(findings=5, checks=2, serious=2)
    assert tally([]) == Tally(0, 0, 0)


def test_every_check_of_the_project_says_why(db):
    for check in findings.checks():
        assert str(check.title)
        assert str(check.why).endswith((".", "?", ")."))


# The page


def test_the_page_sends_the_public_to_sign_in(db, client_of):
    for method in ("get", "post"):
        response = getattr(client_of(None), method)("/kvalitet/")
        assert (response.status_code, response.url) == (302, "/konto/login/?next=/kvalitet/")


def test_the_page_only_reads(editor, client_of):
    assert client_of(editor).post("/kvalitet/").status_code == 405


def test_the_page_shows_each_check_with_its_count_and_the_way_to_mend_it(empty_registry, editor, client_of):
    a_check("one", number=2)
    a_check("serious", is_serious=True)
    page = client_of(editor).get("/kvalitet/")

    assert main(page).startswith("Kvalitet 3 funn i 2 kontroller, 1 alvorlig.")
    assert 'Serious</h2> <p class="actions"> <span class="ds-tag" data-color="danger">Alvorlig</span>' in (
        " ".join(body(page).split()).replace("> </span>", "></span>")
    )
    assert body(page).count(">Alvorlig<") == 1
    assert body(page).count('<th scope="row">Ting 0</th>') == 2
    assert body(page).count('<th scope="col">') == 6
    assert 'class="visually-hidden"> One: 2 funn </caption>' in " ".join(body(page).split())
    assert 'href="/">Rett opp<span class="visually-hidden"> Ting 1</span></a>' in body(page)
    assert "<details" not in body(page)


def test_long_lists_are_folded_until_they_are_asked_for(empty_registry, editor, client_of):
    a_check("long", number=13)
    a_check("short", number=12)
    client = client_of(editor)

    assert body(client.get("/kvalitet/")).count("<details") == 1
    assert "Vis 13 funn" in main(client.get("/kvalitet/"))
    assert "<details" not in body(client.get("/kvalitet/?kontroll=long"))


def test_one_check_by_link(empty_registry, editor, client_of):
    a_check("one")
    a_check("other")
    page = client_of(editor).get("/kvalitet/?kontroll=other")

    assert body(page).count("<h2") == 1
    assert 'id="other">Other</h2>' in body(page)
    assert main(page).startswith("Kvalitet 2 funn i 2 kontroller")
    assert 'data-removable="true" href="/kvalitet/"' in " ".join(body(page).split())


def test_a_check_that_finds_nothing_says_so(empty_registry, editor, client_of):
    a_check("one")
    a_check("nothing", number=0)
    client = client_of(editor)

    assert "«Nothing»: ingen funn" in main(client.get("/kvalitet/?kontroll=nothing"))
    assert client.get("/kvalitet/?kontroll=unknown").status_code == 404


def test_nothing_to_mend_says_so(empty_registry, editor, client_of):
    page = main(client_of(editor).get("/kvalitet/"))

    assert page == "Kvalitet Ingenting å rette opp Kontrollene finner ikke noe som gjelder deg."


def test_member_admin_and_outsider_find_nothing_where_others_do(cast, ssu_member, client_of):
    create_report(initiative=create_initiative(owner=cast.contributor.organisation), comment="")
    people = {**vars(cast), "ssu_member": ssu_member}
    del people["public"]
    found = {
        who: "Uten status" in main(client_of(person).get("/kvalitet/")) for who, person in people.items()
    }

    assert {who for who, is_found in found.items() if is_found} == {"editor", "leader", "contributor"}
    for who in ("member", "ssu_member", "outsider", "admin"):
        assert "Ingenting å rette opp" in main(client_of(people[who]).get("/kvalitet/"))


def test_nobody_signed_in_has_no_findings(db):
    create_report(initiative=create_initiative(), comment="")

    assert results_for(AnonymousUser(), today=TODAY) == []


# The overview


def test_the_way_to_the_page_is_on_the_overview_of_secretariat_and_leaders(cast, client_of):
    pages = {who: body(client_of(person).get("/")) for who, person in vars(cast).items()}

    assert {who for who, page in pages.items() if 'href="/kvalitet/"' in page} == {"editor", "leader"}


# How much is asked


def test_the_page_asks_as_much_for_three_as_for_one(cast, client_of):
    ssu = create_body(code="ssu")
    meeting = create_meeting(body=ssu, on=date(2025, 5, 22), state="approved")
    decision = create_funding_decision()
    clients = {who: client_of(getattr(cast, who)) for who in ("editor", "leader", "contributor")}

    def grow():
        number = Concern.objects.count()
        area = create_area(name=f"Helsefelleskap {number}")
        create = partial(create_initiative, area=area, owner=cast.contributor.organisation)
        create_report(initiative=create(), comment="", raw_comment="? ?")
        create_report(initiative=create(), phases="", needs_mapping=True, raw_phase="Levere")
        told = create(title=f"Økt helsefelleskap {number}")
        create_report(
            initiative=told,
            comment="Mandatet behandles i SSU 22.05.2025. Vedtatt i SSU 18.09.2025, 31.02.2025 og 2024–2024.",
            source="Papir",
        )
        create_allocation(initiative=told, decision=decision)
        item = create_item(meeting=meeting, outcome="not_treated")
        create_point(item=item, outcome="not_treated", vote="no_consensus")
        Concern.objects.create(case=item.case, initiative=told, kind="start")
        create_report(initiative=create(title="Samme navn", slug=f"samme-navn-{number}"))

    def counted():
        found = {}
        for who, client in clients.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/kvalitet/").status_code == 200
            found[who] = len(queries)
        return found

    grow()
    counted()  # once before, to be warm
    few = counted()
    grow()
    grow()
    codes = {result.check.code for result in results_for(cast.editor, today=TODAY)}

    assert counted() == few
    assert codes >= {
        "question_mark", "unknown_phase", "old_status", "undecided_area", "same_name", "misspelt_name", "broken_date",
        "contradicting_period", "meeting_held", "decision_not_made", "unknown_meeting", "case_not_treated", "missing_mark",
    }  # fmt: skip
