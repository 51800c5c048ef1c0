"""Begun, named, copied, sent to approval, taken back, approved, corrected, thrown away."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import LogEntry
from newsletters import actions
from newsletters.actions import NewsletterChanged
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import Approval, Newsletter
from newsletters.rules import NotAllowed
from tests.factories import create_newsletter

State = Newsletter.State


def state_of(newsletter):
    return Newsletter.objects.get(pk=newsletter.pk).state


def verbs(newsletter):
    return [entry.verb for entry in LogEntry.objects.about(newsletter).order_by("pk")]


def test_a_newsletter_gets_the_next_number_of_the_year(editor):
    year = timezone.localdate().year
    create_newsletter(year=year - 1, number=7)
    first = actions.create_newsletter(title="En", period="", as_of=None, by=editor)
    second = actions.create_newsletter(title="To", period="", as_of=None, by=editor)

    assert [(one.year, one.number) for one in (first, second)] == [(year, 1), (year, 2)]
    assert verbs(first) == ["begynte på nyhetsbrevet"]


def test_a_copy_has_the_blocks_and_what_still_makes_sense_of_their_choices(editor, draft, write):
    write(draft, "handlingsdel", heading="Status", settings={"scope": "changed", "since": "2026-01-01"})
    write(draft, "contact", heading="Kontakt", settings={"contacts": [{"role": "Rådgiver", "email": ""}]})
    write(draft, "decisions", heading="Vedtak", settings={"meetings": ["x"]})

    copy = actions.create_newsletter(title="Neste", period="", as_of=None, by=editor, copy_of=draft)

    blocks = list(copy.blocks.all())
    assert [block.heading for block in blocks] == ["Overskrift", "Status", "Kontakt", "Vedtak"]
    assert blocks[0].body == "<p>Partnerskapet hilser.</p>"
    assert [block.settings for block in blocks[1:]] == [
        {"scope": "changed"},
        {"contacts": [{"role": "Rådgiver", "email": ""}]},
        {},
    ]


def test_facts_are_changed_with_a_trail(editor, draft):
    values = {
        "title": "Nytt i august",
        "period": "august 2026",
        "as_of": date(2026, 6, 1),
        "sends_mail": False,
    }
    changed = actions.change_newsletter(newsletter=draft, values=values, version=draft.version, by=editor)

    assert (changed.title, changed.as_of, changed.version) == ("Nytt i august", date(2026, 6, 1), 2)
    entry = LogEntry.objects.about(draft).first()
    assert (entry.old["title"], entry.new["title"]) == ("Nytt i juni", "Nytt i august")


def test_facts_that_somebody_else_changed_are_not_overwritten(editor, draft):
    actions.change_newsletter(newsletter=draft, values={"title": "A"}, version=draft.version, by=editor)

    with pytest.raises(NewsletterChanged) as refused:
        actions.change_newsletter(newsletter=draft, values={"title": "B"}, version=draft.version, by=editor)
    assert refused.value.newsletter.title == "A"
    assert Newsletter.objects.get(pk=draft.pk).title == "A"


def test_the_day_of_the_tables_is_not_ahead(editor, draft):
    tomorrow = timezone.localdate() + timedelta(days=1)

    with pytest.raises(NotAllowed) as refused:
        actions.change_newsletter(newsletter=draft, values={"as_of": tomorrow}, version=1, by=editor)
    assert refused.value.field == "as_of"


def test_both_sides_approve_and_then_it_is_approved(editor, draft, chair, vice_chair):
    actions.send_newsletter(newsletter=draft, by=editor)
    content = fingerprint(draft)
    actions.approve_newsletter(newsletter=draft, content=content, by=chair)
    assert state_of(draft) == State.REVIEW
    actions.approve_newsletter(newsletter=draft, content=content, by=vice_chair)

    assert state_of(draft) == State.APPROVED
    assert {approval.side for approval in Approval.objects.filter(newsletter=draft)} == {
        "municipal",
        "hospital",
    }
    assert verbs(draft)[-3:] == [
        "sendte nyhetsbrevet til godkjenning",
        "godkjente nyhetsbrevet",
        "godkjente nyhetsbrevet",
    ]


def test_whoever_wrote_in_it_does_not_approve_it(editor, draft, write, chair, vice_chair):
    write(draft, body="<p>Fra lederen.</p>", by=chair)
    actions.send_newsletter(newsletter=draft, by=editor)

    with pytest.raises(NotAllowed, match="har skrevet"):
        actions.approve_newsletter(newsletter=draft, content=fingerprint(draft), by=chair)


@pytest.mark.parametrize("name", ["editor", "leader", "ssu_member"])
def test_nobody_else_approves(request, editor, draft, chair, vice_chair, name):
    actions.send_newsletter(newsletter=draft, by=editor)
    person = request.getfixturevalue(name)

    with pytest.raises(NotAllowed):
        actions.approve_newsletter(newsletter=draft, content=fingerprint(draft), by=person)
    assert not Approval.objects.exists()


def test_what_was_not_read_is_not_approved(editor, draft, write, chair):
    before = fingerprint(draft)
    write(draft, body="<p>Mer.</p>")
    actions.send_newsletter(newsletter=draft, by=editor)

    with pytest.raises(NotAllowed, match="Les det på nytt"):
        actions.approve_newsletter(newsletter=draft, content=before, by=chair)


def test_an_empty_newsletter_is_not_sent(editor):
    newsletter = actions.create_newsletter(title="Tomt", period="", as_of=None, by=editor)

    with pytest.raises(NotAllowed, match="tomt"):
        actions.send_newsletter(newsletter=newsletter, by=editor)


def test_what_is_taken_back_and_changed_is_approved_anew(editor, approved, write, chair, vice_chair):
    actions.withdraw_newsletter(newsletter=approved, note="Rett tallet.", by=vice_chair)
    assert state_of(approved) == State.DRAFT
    write(approved, body="<p>Rettet.</p>")
    actions.send_newsletter(newsletter=approved, by=editor)
    actions.approve_newsletter(newsletter=approved, content=fingerprint(approved), by=chair)

    assert state_of(approved) == State.REVIEW


def test_what_is_sent_stands_still(editor, approved):
    with pytest.raises(NotAllowed, match="Trekk det tilbake"):
        actions.change_newsletter(newsletter=approved, values={"title": "Nei"}, version=1, by=editor)
    with pytest.raises(NotAllowed, match="Trekk det tilbake"):
        actions.add_block(newsletter=approved, kind="text", by=editor)
    with pytest.raises(NotAllowed, match="Trekk det tilbake"):
        actions.discard_newsletter(newsletter=approved, by=editor)


def test_a_draft_is_thrown_away_with_a_trail(editor, draft):
    key = draft.pk
    actions.discard_newsletter(newsletter=draft, by=editor)

    assert not Newsletter.objects.filter(pk=key).exists()
    assert LogEntry.objects.filter(verb="slettet utkastet", target_id=str(key)).exists()


def test_a_correction_is_a_new_version_with_everything_in_it(editor, published, approve):
    correction = actions.correct_newsletter(newsletter=published, note="Feil beløp.", by=editor)
    assert (correction.number, correction.correction, correction.correction_note) == (
        published.number,
        1,
        "Feil beløp.",
    )
    assert [block.body for block in correction.blocks.all()] == ["<p>Partnerskapet hilser.</p>"]
    assert not correction.sends_mail
    with pytest.raises(NotAllowed, match="allerede påbegynt"):
        actions.correct_newsletter(newsletter=published, note="Igjen.", by=editor)

    again = actions.publish_newsletter(newsletter=approve(correction), by=editor)

    assert list(Newsletter.objects.newest()) == [again]
    assert "Feil beløp." in again.page
    assert Newsletter.objects.get(pk=published.pk).page == published.page


def test_a_correction_says_what_is_corrected(editor, published):
    with pytest.raises(NotAllowed) as refused:
        actions.correct_newsletter(newsletter=published, note="  ", by=editor)
    assert refused.value.field == "note"


def test_what_is_taken_back_is_approved_anew_also_when_nothing_was_changed(
    editor, approved, approve, vice_chair
):
    actions.withdraw_newsletter(newsletter=approved, by=vice_chair)
    assert not Approval.objects.exists()

    assert approve(approved).state == State.APPROVED


def test_a_leader_who_regrets_has_not_approved(editor, approved, chair, vice_chair):
    actions.withdraw_newsletter(newsletter=approved, by=vice_chair)
    actions.send_newsletter(newsletter=approved, by=editor)
    actions.approve_newsletter(newsletter=approved, content=fingerprint(approved), by=chair)

    assert state_of(approved) == State.REVIEW
    with pytest.raises(NotAllowed):
        actions.publish_newsletter(newsletter=approved, by=editor)


def test_a_newsletter_begun_today_does_not_show_tomorrow(editor):
    tomorrow = timezone.localdate() + timedelta(days=1)

    with pytest.raises(NotAllowed) as refused:
        actions.create_newsletter(title="X", period="", as_of=tomorrow, by=editor)
    assert refused.value.field == "as_of"


def test_the_number_may_be_another_that_nobody_has(editor, draft):
    create_newsletter(year=2025, number=4)
    values = {"year": 2025, "number": 4}
    with pytest.raises(NotAllowed, match="4/2025 finnes") as refused:
        actions.change_newsletter(newsletter=draft, values=values, version=1, by=editor)
    assert refused.value.field == "number"

    changed = actions.change_newsletter(
        newsletter=draft, values={**values, "number": 5}, version=1, by=editor
    )
    assert (changed.year, changed.number) == (2025, 5)


def test_a_correction_keeps_its_number(editor, published):
    correction = actions.correct_newsletter(newsletter=published, note="Feil.", by=editor)

    with pytest.raises(NotAllowed, match="En rettelse"):
        actions.change_newsletter(newsletter=correction, values={"number": 9}, version=1, by=editor)
