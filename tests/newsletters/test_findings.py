"""What is found in a newsletter in work: each fault once, at the place where it is mended."""

from datetime import date

import pytest
from django.utils import timezone

from helsefellesskap import findings
from newsletters import actions
from newsletters.documents.checks import checked, untried_links
from newsletters.findings import CHECKS, faults_of
from newsletters.models import CheckedLink, Picture
from newsletters.rules import NotAllowed
from tests.factories import (
    create_grant,
    create_initiative,
    create_meeting,
    create_organisation,
    create_report,
)

TODAY = timezone.localdate()
SCANNER = "https://eur01.safe" + "links.example.no/?url=https%3A%2F%2Fexample.no%2Fplan&data=05"


def found(newsletter):
    """The codes of what is found, with the sentences."""
    faults = faults_of(newsletter, today=TODAY)
    return {code: [finding.sentence for finding in rows] for code, rows in faults.items() if rows}


def test_one_that_is_just_begun_has_none(draft):
    draft.blocks.all().delete()

    assert faults_of(draft, today=TODAY) == {}


def test_a_clean_newsletter_has_none(draft, write):
    write(
        draft,
        heading="Status 2025–2026",
        body='<p>SSU møtes 24.02.2027 kl. 09.00. Se <a href="https://example.no/">planen</a> (sak 03.25).</p>',
    )

    assert found(draft) == {}
    assert checked(draft, today=TODAY) == []


@pytest.mark.parametrize(
    ("heading", "body", "code", "words"),
    [
        ("Frist", "<p>Svar innen 14.1124.</p>", "newsletter_date_broken", "14.11.24"),
        ("Handlingsdel 2024–2024", "", "newsletter_period_contradicts", "2024–2024"),
        (
            "",
            f'<p><a href="{SCANNER}">Planen</a></p>',
            "newsletter_link_rewritten",
            "https://example.no/plan",
        ),
        ("Hei", "<p>Helsefelleskap Innlandet</p>", "newsletter_name_misspelt", "Helsefellesskap"),
        ("Tomt", "", "newsletter_block_empty", "tom"),
    ],
)
def test_a_fault_is_found_with_what_to_do(draft, write, heading, body, code, words):
    write(draft, heading=heading, body=body)

    assert words in found(draft)[code][0]


def test_a_meeting_that_is_over_is_not_to_come(draft, write, ssu):
    create_meeting(body=ssu, on=date(2025, 9, 18))
    write(draft, body="<p>Modellen behandles i SSU 18.09.2025.</p>")

    assert "SSU 18.09.2025 er over" in found(draft)["newsletter_meeting_held"][0]


def test_a_decision_is_not_made_before_its_meeting(draft, write, ssu):
    create_meeting(body=ssu, on=date(2030, 9, 18))
    write(draft, body="<p>Mandatet justeres etter vedtaket i SSU 18.09.2030.</p>")

    assert "ikke holdt" in found(draft)["newsletter_decision_not_made"][0]


def test_a_text_says_that_it_is_finished_and_the_portfolio_does_not(draft, write):
    initiative = create_initiative(title="FSU")
    create_report(initiative=initiative, on=date(2025, 6, 27), phases="oppstart", comment="Planlegges.")
    settings = {"initiatives": [str(initiative.public_id)]}
    write(draft, body="<p>Prosjektet er avsluttet.</p>", settings=settings)

    (sentence,) = found(draft)["newsletter_contradicts_portfolio"]
    assert sentence == (
        "Teksten sier «avsluttet» om «FSU»; handlingsdelen sier «Oppstart», pågår, meldt 27.06.2025."
    )
    create_report(initiative=initiative, on=date(2025, 6, 28), phases="drift", state="completed")
    assert "newsletter_contradicts_portfolio" not in found(draft)


def test_the_year_of_a_heading_is_that_of_its_table(draft, write):
    grant = create_grant(year=2024, used_in=2025)
    write(draft, "funding", heading="Midler 2026", settings={"grant": str(grant.public_id)})
    write(draft, "funding", heading="Midler 2025", settings={"grant": str(grant.public_id)})

    assert len(found(draft)["newsletter_period_contradicts"]) == 1


def test_a_picture_without_text_and_an_attachment_that_is_missing(draft, editor):
    Picture.objects.create(
        newsletter=draft, block=draft.blocks.first(), file="x.png", content_type="image/png", sha256="0",
        width=1, height=1,
    )  # fmt: skip
    actions.add_attachment(newsletter=draft, title="Rapporten", file=None, by=editor)

    assert set(found(draft)) == {"newsletter_picture_without_text", "newsletter_attachment_missing"}
    assert "Rapporten" in found(draft)["newsletter_attachment_missing"][0]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("dead", "newsletter_link_dead"),
        ("silent", "newsletter_link_silent"),
        ("works", None),
        ("waiting", None),
    ],
)
def test_a_link_is_told_of_as_it_answered(draft, write, answer, code):
    CheckedLink.objects.create(url="https://example.no/borte", answer=answer, status=404)
    write(draft, body='<p><a href="https://example.no/borte">Se</a></p>')

    assert set(found(draft)) == ({code} if code else set())


def test_names_are_those_of_the_register(draft, write):
    create_organisation(name="Sykehuset Innlandet")
    write(draft, body="<p>Sykehuset Innlanndet og sykehusets ansatte</p>")

    assert "Innlandet" in found(draft)["newsletter_name_misspelt"][0]


def test_what_it_quotes_is_told_of_too(draft, write):
    quoted, other = create_initiative(title="VIP"), create_initiative(title="Annet")
    for initiative in (quoted, other):
        create_report(initiative=initiative, on=TODAY, comment="", raw_comment="? ?")
    write(draft, "focus", settings={"initiatives": [str(quoted.public_id)]})

    groups = {group.check.code: group for group in checked(draft, today=TODAY)}
    assert [finding.about for finding in groups["question_mark"].findings] == ["VIP"]
    assert not groups["question_mark"].is_own


def test_the_page_of_quality_tells_the_secretariat_and_leaders(
    draft, write, editor, leader, member, contributor
):
    write(draft, body="<p>Svar innen 14.1124.</p>")
    codes = [code for code, *_rest in CHECKS]

    def told(user):
        return [result.check.code for result in findings.results_for(user, today=TODAY, codes=codes)]

    assert told(editor) == told(leader) == ["newsletter_date_broken"]
    assert told(member) == told(contributor) == []


def test_what_readers_were_told_and_the_portfolio_does_not_say_is_told_of(draft, write, approve, editor):
    initiative = create_initiative(title="FSU")
    write(
        draft, body="<p>Prosjektet er avsluttet.</p>", settings={"initiatives": [str(initiative.public_id)]}
    )
    actions.publish_newsletter(newsletter=approve(draft), by=editor)
    create_report(initiative=initiative, on=TODAY, phases="oppstart", comment="Planlegges.")

    (result,) = findings.results_for(editor, today=TODAY, codes=["published_contradicts_portfolio"])
    assert [finding.about for finding in result.findings] == ["FSU"]
    assert "«Oppstart»" in result.findings[0].sentence


NATIONAL_ID = "150765 00565"


@pytest.mark.parametrize("kind", ["focus", "decisions", "funding", "contact", "attachments"])
def test_a_block_that_shows_nothing_is_told_of(draft, write, kind):
    write(draft, kind)

    assert set(found(draft)) == {"newsletter_block_empty"}


def test_a_heading_alone_is_fine_above_a_sub_heading(draft, write):
    write(draft, heading="Satsinger")
    write(draft, heading="Den første", body="<p>Noe nytt.</p>", is_sub=True)

    assert found(draft) == {}


def test_every_word_that_is_printed_is_read(draft, write, editor):
    write(
        draft, "contact", settings={"contacts": [{"role": "Rådgiver fra 2024–2024", "email": "a@example.no"}]}
    )
    Picture.objects.create(
        newsletter=draft, block=draft.blocks.first(), file="x.png", content_type="image/png", sha256="0",
        width=1, height=1, alt="Fire faser 2023–2023", caption="Modellen 2022–2022",
    )  # fmt: skip
    actions.add_attachment(newsletter=draft, title="Rapport 2021–2021", file=None, by=editor)
    draft = actions.change_newsletter(newsletter=draft, values={"period": "2020–2020"}, version=1, by=editor)

    periods = " ".join(found(draft)["newsletter_period_contradicts"])
    for year in (2024, 2023, 2022, 2021, 2020):
        assert f"{year}–{year}" in periods


def test_a_national_identity_number_is_not_taken_in_among_contacts(draft, write):
    with pytest.raises(NotAllowed) as refused:
        write(draft, "contact", settings={"contacts": [{"role": f"Kari {NATIONAL_ID}", "email": ""}]})
    assert refused.value.field == "contacts"


def test_a_rewritten_address_that_is_only_pasted_is_found(draft, write):
    write(draft, body=f"<p>Se {SCANNER}</p>")

    assert "https://example.no/plan" in found(draft)["newsletter_link_rewritten"][0]


def test_a_deadline_that_has_been_is_told_of(draft, write):
    write(draft, body="<p>Svar innen 01.08.2025, og senest 01.08.2036.</p>")

    assert found(draft) == {"newsletter_deadline_passed": ["«innen 01.08.2025» – men den dagen har vært."]}


def test_prose_is_read_on_the_day_it_is_published_whatever_day_the_tables_show(draft, write, ssu, editor):
    create_meeting(body=ssu, on=date(2025, 9, 18))
    write(draft, body="<p>Modellen behandles i SSU 18.09.2025.</p>")
    values = {"as_of": date(2025, 6, 27)}
    draft = actions.change_newsletter(newsletter=draft, values=values, version=1, by=editor)

    assert {"newsletter_meeting_held", "newsletter_as_of_old"} == set(found(draft))


def test_the_year_of_the_period_is_the_newsletters(draft, editor):
    draft = actions.change_newsletter(
        newsletter=draft, values={"period": "november 2019"}, version=1, by=editor
    )

    assert "november 2019" in found(draft)["newsletter_period_contradicts"][0]


def test_a_text_that_stood_there_last_time_is_told_of(draft, write, approve, editor):
    body = "<p>Partnerskapet møtes i høst for å snakke om hva vi kan få til sammen i Innlandet.</p>"
    write(draft, body=body)
    published = actions.publish_newsletter(newsletter=approve(draft), by=editor)
    copy = actions.create_newsletter(title="Neste", period="", as_of=None, by=editor, copy_of=published)
    correction = actions.correct_newsletter(newsletter=published, note="Feil.", by=editor)

    assert len(found(copy)["newsletter_block_unchanged"]) == 1
    assert "newsletter_block_unchanged" not in found(correction)


def test_links_that_nobody_has_tried_are_counted(draft, write):
    write(draft, body='<p><a href="https://example.no/ny">Ny</a> <a href="mailto:a@example.no">post</a></p>')
    assert untried_links(draft) == 1
    CheckedLink.objects.create(url="https://example.no/ny", answer="works", tried_at=timezone.now())

    assert untried_links(draft) == 0
