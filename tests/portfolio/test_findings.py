"""What the portfolio's checks find, what they leave alone, where it is mended, and who reads it."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Organisation
from helsefellesskap.findings import results_for
from portfolio.models import InitiativeAlias, StrategicArea, StrategyPlan
from tests.factories import create_area, create_initiative, create_organisation, create_report, create_user
from tests.portfolio.test_rules import NATIONAL_ID

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 1)
STATUS = [
    "question_mark",
    "blank_status",
    "unknown_phase",
    "old_status",
    "same_name",
    "broken_date",
    "contradicting_period",
    "national_id",
]
OF_AREAS = ["undecided_area", "misspelt_name"]


def found(user, *codes, today=TODAY):
    """What is found, by check: the keys."""
    return {
        result.check.code: [finding.key for finding in result.findings]
        for result in results_for(user, today=today, codes=codes or [*STATUS, *OF_AREAS])
    }


def one(user, code, today=TODAY):
    [result] = results_for(user, today=today, codes=[code])
    [finding] = result.findings
    return finding


def key(initiative, part=""):
    return f"initiative-{initiative.pk}{part}"


@pytest.fixture
def area():
    return create_area(name="Bo trygt", is_decided=True)


@pytest.fixture
def fine(area):
    """Nothing is wrong with it."""
    initiative = create_initiative(title="Helt i orden", area=area)
    create_report(initiative=initiative, comment="Møtet var 22.05.2025, sak 03.25, kl. 09.00.")
    return initiative


def test_nothing_is_found_where_nothing_is_wrong(editor, fine):
    assert found(editor) == {}


# Status


@pytest.mark.parametrize(
    ("comment", "raw", "code"),
    [
        ("", "?", "question_mark"),
        ("", " ? ? ", "question_mark"),
        ("", "？", "question_mark"),
        ("", "", "blank_status"),
        ("", "  ", "blank_status"),
        ("", "Vet ikke?", "blank_status"),
        ("Det går bra.", "?", ""),
    ],
)
def test_unknown_status_is_a_question_mark_or_blank(editor, fine, comment, raw, code):
    initiative = create_initiative(area=fine.program_area)
    create_report(initiative=initiative, comment=comment, raw_comment=raw)

    assert found(editor) == ({code: [key(initiative)]} if code else {})


def test_an_initiative_without_a_report_has_no_status(editor, area):
    initiative = create_initiative(area=area)

    assert found(editor) == {"blank_status": [key(initiative)]}
    assert one(editor, "blank_status").sentence == "Ingen har meldt status."


def test_unknown_status_says_since_when(editor, area):
    initiative = create_initiative(area=area)
    create_report(initiative=initiative, on=date(2025, 2, 20))
    create_report(initiative=initiative, comment="", raw_comment="?")

    assert one(editor, "question_mark").sentence == (
        "Det som ble meldt 27.06.2025, er bare spørsmålstegn. Sist kjent status er fra 20.02.2025."
    )


def test_only_the_newest_report_counts(editor, area):
    initiative = create_initiative(area=area)
    create_report(initiative=initiative, on=date(2025, 2, 20), comment="", raw_comment="?")
    create_report(initiative=initiative)

    assert found(editor) == {}


def test_closed_initiatives_are_left_alone(editor, area):
    create_initiative(
        area=area,
        closed_as="archived",
        closed_at="2025-01-01T12:00:00Z",
        closed_by=editor,
        closed_reason="Ferdig.",
    )

    assert found(editor) == {}


def test_a_phase_that_is_none_of_the_model_is_named_to_those_who_read_sources(editor, leader, area):
    initiative = create_initiative(area=area)
    create_report(initiative=initiative, phases="", needs_mapping=True, raw_phase="Levere")

    assert one(editor, "unknown_phase").sentence == (
        "Fasen som ble meldt 27.06.2025, er «Levere». Den er ikke en fase i modellen."
    )
    assert (
        one(leader, "unknown_phase").sentence == "Fasen som ble meldt 27.06.2025, er ikke en fase i modellen."
    )
    assert found(editor) == {"unknown_phase": [key(initiative)]}


def test_old_is_older_than_the_setting_and_known(editor, area, settings):
    settings.STALE_AFTER_DAYS = 10
    old, limit, unknown = (create_initiative(area=area) for _ in range(3))
    create_report(initiative=old, on=TODAY - timedelta(11))
    create_report(initiative=limit, on=TODAY - timedelta(10))
    create_report(initiative=unknown, on=TODAY - timedelta(11), comment="")

    assert found(editor, "old_status") == {"old_status": [key(old)]}


# Areas and names


def test_areas_in_use_that_no_meeting_has_decided(editor, fine):
    proposed = create_area(name="Barn")
    create_area(name="Nedlagt", is_active=False)

    assert found(editor) == {"undecided_area": [f"area-{proposed.pk}"]}
    assert one(editor, "undecided_area").url == "/programomrader/barn/rediger/"


def test_two_initiatives_of_the_same_name(editor, fine, area):
    twin = create_initiative(title="«Helt  i orden».", slug="tvilling", area=area)
    create_report(initiative=twin)

    assert found(editor) == {"same_name": [key(fine, f"-{twin.pk}"), key(twin, f"-{fine.pk}")]}


def test_another_name_that_is_the_title_of_another_initiative(editor, fine, area):
    other = create_initiative(title="Noe annet", area=area)
    create_report(initiative=other)
    InitiativeAlias.objects.create(initiative=fine, text="Helt i orden")
    alias = InitiativeAlias.objects.create(initiative=other, text="helt i Orden")

    assert found(editor) == {"same_name": [key(other, f"-alias-{alias.pk}-{fine.pk}")]}
    assert one(editor, "same_name").sentence == (
        "Det andre navnet «helt i Orden» er tittelen på et annet tiltak i Bo trygt."
    )


def test_names_that_are_nearly_those_of_the_partnership_and_the_partners(editor, fine, area, settings):
    settings.SITE_NAME = "Helsefellesskap Innlandet"
    create_organisation(name="Sykehuset Innlandet", kind=Organisation.Kind.HOSPITAL_TRUST)
    create_organisation(name="Nedlagtkommunen", is_active=False)
    wrong = create_area(name="Helsefelleskap Innlandet", is_decided=True)
    plan = StrategyPlan.objects.create(title="Plan", year_from=2022, year_to=2027)
    strategic = StrategicArea.objects.create(
        plan=plan, name="Utvikle helsefelleskapet", slug="utvikle", order=1
    )
    StrategicArea.objects.create(plan=plan, name="Utvikle helsefellesskapet", slug="rett", order=2)
    initiative = create_initiative(title="Nytt i Sykehusset", area=area)
    create_initiative(title="Nedlagtkomunen", area=area)

    assert found(editor, "misspelt_name") == {
        "misspelt_name": [f"area-{wrong.pk}", f"strategic-area-{strategic.pk}", key(initiative)]
    }
    [result] = results_for(editor, today=TODAY, codes=["misspelt_name"])
    assert [finding.url for finding in result.findings] == [
        "/programomrader/helsefelleskap-innlandet/rediger/",
        f"/admin/portfolio/strategicarea/{strategic.pk}/change/",
        "/tiltak/nytt-i-sykehusset/rediger/",
    ]
    assert result.findings[2].sentence == "«Sykehusset» ser ut til å være «Sykehuset» skrevet feil."


# Texts


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("broken_date", "Besluttet 14.1124"),
        ("contradicting_period", "2024–2024"),
        ("national_id", NATIONAL_ID),
    ],
)
@pytest.mark.parametrize("where", ["title", "summary", "comment", "next-step"])
def test_each_text_is_looked_through(editor, area, code, wrong, where):
    text = {
        name: wrong if name == where else "I orden" for name in ("title", "summary", "comment", "next-step")
    }
    initiative = create_initiative(title=text["title"], slug="tiltaket", summary=text["summary"], area=area)
    create_report(initiative=initiative, comment=text["comment"], next_step=text["next-step"])
    page = "/tiltak/tiltaket/rediger/" if where in {"title", "summary"} else "/tiltak/tiltaket/status/"

    assert found(editor) == {code: [key(initiative, f"-{where}")]}
    assert one(editor, code).url == page


def test_a_broken_date_comes_with_what_was_meant(editor, area):
    create_report(initiative=create_initiative(area=area), comment="Besluttet 14.1124, holdt 31.02.2025.")

    assert one(editor, "broken_date").sentence == (
        "Kommentaren fra 27.06.2025 har datoen «14.1124», som ikke finnes. Kanskje er 14.11.24 ment; "
        "Kommentaren fra 27.06.2025 har datoen «31.02.2025», som ikke finnes."
    )


def test_a_period_is_quoted(editor, area):
    create_report(initiative=create_initiative(title="Handlingsdel 2024-2024", area=area))

    assert one(editor, "contradicting_period").sentence == "Tittelen har perioden «2024-2024»."


def test_a_national_identity_number_is_not_repeated(editor, area):
    create_report(initiative=create_initiative(area=area), comment=f"Gjelder {NATIONAL_ID}.")
    finding = one(editor, "national_id")

    assert finding.sentence == "Kommentaren fra 27.06.2025 ser ut til å inneholde et fødselsnummer."


def test_texts_of_earlier_reports_and_drafts_are_left_alone(editor, contributor, fine):
    create_report(initiative=fine, on=date(2025, 2, 20), comment="31.02.2025")
    create_report(initiative=fine, comment="32.01.2025", publication="draft", by=contributor)

    assert found(editor) == {}


# Who


@pytest.fixture
def faulty(area, contributor):
    """An initiative of Valdres with a fault of every kind, and one of nobody's with the same."""
    create_area(name="Foreslått")
    faulty = []
    for title, fields in (
        ("Eiet", {"owner": contributor.organisation}),
        ("Ledet", {"project_lead": contributor}),
        ("Andres", {"owner": create_organisation(name="Vardal")}),
        ("Ingens", {"visibility": "internal"}),
    ):
        initiative = create_initiative(title=f"{title} Helsefelleskap", area=area, **fields)
        create_report(initiative=initiative, comment="31.02.2025", on=date(2024, 1, 1))
        faulty.append(initiative)
    return faulty


def test_secretariat_and_leaders_read_all_findings(editor, leader, faulty):
    keys = [key(initiative) for initiative in faulty]

    for reader in (editor, leader):
        assert found(reader)["old_status"] == keys
        assert found(reader)["misspelt_name"] == keys
        assert len(found(reader)["undecided_area"]) == 1


def test_a_contributor_reads_those_of_what_they_lead_or_own(contributor, faulty):
    own = faulty[:2]

    assert found(contributor) == {
        "broken_date": [key(initiative, "-comment") for initiative in own],
        "misspelt_name": [key(initiative) for initiative in own],
        "old_status": [key(initiative) for initiative in own],
    }


@pytest.mark.parametrize("who", ["outsider", "member", "admin", "ssu_member"])
def test_others_read_none(request, who, faulty):
    assert found(request.getfixturevalue(who)) == {}


def test_the_public_reads_none(faulty):
    assert found(AnonymousUser()) == {}


def test_a_contributor_without_an_organisation_reads_only_of_what_they_lead(faulty):
    person = create_user(role="contributor")

    assert found(person) == {}


def test_the_twin_of_an_initiative_is_not_told_to_who_may_not_know_of_it(contributor, editor, area):
    own = create_initiative(title="Samme", owner=contributor.organisation, area=area)
    hidden = create_initiative(title="Samme", slug="hemmelig", visibility="internal", area=area)
    open_one = create_initiative(title="Samme", slug="apen", area=area)

    assert found(contributor, "same_name") == {"same_name": [key(own, f"-{open_one.pk}")]}
    assert key(own, f"-{hidden.pk}") in found(editor, "same_name")["same_name"]


@pytest.mark.parametrize(
    ("who", "status", "facts", "area_page"),
    [
        ("editor", "status/", "rediger/", "/programomrader/foreslatt/rediger/"),
        ("leader", "", "", "/programomrader/foreslatt/"),
        ("contributor", "meld/", "", None),
    ],
)
def test_the_link_goes_to_where_this_person_mends_it(
    request, client_of, faulty, who, status, facts, area_page
):
    person = request.getfixturevalue(who)
    urls = {
        (result.check.code, finding.key): finding.url
        for result in results_for(
            person, today=TODAY, codes=["old_status", "misspelt_name", "undecided_area"]
        )
        for finding in result.findings
    }
    page = faulty[0].get_absolute_url()

    assert urls["old_status", key(faulty[0])] == f"{page}{status}"
    assert urls["misspelt_name", key(faulty[0])] == f"{page}{facts}"
    assert [url for (code, _key), url in urls.items() if code == "undecided_area"] == (
        [area_page] if area_page else []
    )
    assert {client_of(person).get(url).status_code for url in urls.values()} == {200}


def test_findings_say_which_row_they_are_about(editor, faulty):
    for result in results_for(editor, today=TODAY, codes=STATUS):
        assert {finding.subject for finding in result.findings} == {
            f"portfolio.initiative:{initiative.pk}" for initiative in faulty
        }


def test_a_day_that_has_been_is_asked_of_the_reports_of_that_day(editor):
    initiative = create_initiative(title="VIP")
    create_report(initiative=initiative, on=date(2025, 6, 27), comment="Svar innen 14.1124.")
    create_report(initiative=initiative, on=date(2026, 11, 20), comment="Ny frist 31.06.2026.")

    def told(day):
        return [one.sentence for one in results_for(editor, today=day, codes=["broken_date"])[0].findings]

    assert "14.1124" in told(date(2025, 7, 1))[0]
    assert "31.06.2026" in told(date(2026, 11, 26))[0]
