"""The mail of a newsletter: HTML with its styles on the elements, the same as text, and no more than the public reads."""

import re

import pytest

from newsletters import actions
from newsletters.documents.mail import UNSUBSCRIBE_URL, mail_of
from tests.factories import create_allocation, create_event, create_grant, create_initiative, create_report


@pytest.fixture
def letter(draft, write, settings):
    settings.BASE_URL = "https://portal.example.no/"
    write(
        draft,
        heading="Siste nytt",
        body='<p>Vi er <strong>ferdige</strong>. Se <a href="/tiltak/">tiltakene</a>.</p><ul><li>en</li></ul>',
    )
    return draft


def test_both_bodies_say_the_same(letter):
    mail = mail_of(letter)

    assert mail.subject == f"Nyhetsbrev 1/{letter.year}: Nytt i juni"
    for body in (mail.html, mail.text):
        assert "Partnerskapet hilser." in body
        assert f"https://portal.example.no/nyhetsbrev/{letter.year}/1/" in body
        assert f"https://portal.example.no/nyhetsbrev/{letter.year}/1.pdf" in body
        assert "https://portal.example.no/tiltak/" in body
        assert UNSUBSCRIBE_URL in body


def test_styles_stand_where_outlook_reads_them(letter):
    html = mail_of(letter).html

    assert "<style" not in html
    assert re.search(r'<h1 style="[^"]*font-size: ?26px', html)
    assert "<!--[if mso]>" in html
    assert 'width="640"' in html
    assert "<script" not in html
    assert "<img" not in html


def test_the_text_has_no_signs_of_formatting(letter):
    text = mail_of(letter).text

    assert "Vi er ferdige." in text
    assert "**" not in text
    assert "- en" in text
    assert not re.search(r"\n{3}", text)


def test_live_blocks_are_told_in_words(letter, write):
    initiative = create_initiative(title="VIP")
    create_report(initiative=initiative, comment="I gang.")
    grant = create_grant(year=2024, amount=1_000_000)
    create_allocation(grant=grant, initiative=initiative, amount=300_000)
    event = create_event(title="Webinar", summary="For alle.", programme="Velkommen\nSlutt")
    write(letter, "handlingsdel", settings={"scope": "all"})
    write(letter, "funding", heading="Midler 2024", settings={"grant": str(grant.public_id)})
    write(letter, "events", settings={"events": [str(event.public_id)]})
    text = mail_of(letter).text.replace("\u00a0", " ")

    assert "for 1 tiltak: https://portal.example.no/" in text
    assert "Ramme 1 000 000 kr, tildelt 300 000 kr, igjen 700 000 kr" in text
    for words in ("- Webinar", "  For alle.", "  * Velkommen"):
        assert words in text


def test_the_mail_of_a_published_one_is_the_frozen_one(published, editor):
    before = mail_of(published)
    actions.correct_newsletter(newsletter=published, note="Feil.", by=editor)
    published.blocks.update(body="<p>Noe annet.</p>")

    assert mail_of(published) == before
    assert "Noe annet" not in before.html
