"""Publishing freezes page, PDF and mail; serious findings stop it unless there is a reason; a set time is kept."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import LogEntry
from helsefellesskap import pdf
from newsletters import actions
from newsletters.documents.checks import checked, serious_left
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import AcceptedFinding, Delivery, Download, Newsletter
from newsletters.rules import NEVER_ACCEPTED, NotAllowed
from tests.factories import create_initiative, create_report, create_subscription

State = Newsletter.State
TODAY = timezone.localdate()


def fresh(newsletter):
    return Newsletter.objects.get(pk=newsletter.pk)


def test_page_pdf_and_mail_are_frozen_together(published, editor):
    newsletter = fresh(published)

    assert newsletter.state == State.PUBLISHED
    assert newsletter.published_by == editor
    with newsletter.pdf.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == newsletter.sha256
    assert "Partnerskapet hilser." in newsletter.page
    assert "Partnerskapet hilser." in newsletter.mail_html
    assert "Partnerskapet hilser." in newsletter.mail_text
    assert newsletter.data["published_on"] == timezone.localdate().isoformat()
    assert LogEntry.objects.about(newsletter).first().new["sha256"] == newsletter.sha256


def test_every_subscriber_gets_a_mail_to_be_sent(approved, editor):
    create_subscription(email="en@example.no")
    create_subscription(email="av@example.no", state="ended")
    create_subscription(email="ny@example.no", state="waiting")
    newsletter = actions.publish_newsletter(newsletter=approved, by=editor)

    mails = Delivery.objects.filter(kind="newsletter")
    assert list(mails.values_list("email", "newsletter", "state")) == [
        ("en@example.no", newsletter.pk, "waiting")
    ]


def test_a_newsletter_that_is_not_to_be_mailed_is_not(draft, editor, approve):
    create_subscription()
    actions.change_newsletter(newsletter=draft, values={"sends_mail": False}, version=1, by=editor)
    actions.publish_newsletter(newsletter=approve(draft), by=editor)

    assert not Delivery.objects.filter(kind="newsletter").exists()


@pytest.mark.parametrize("state", [State.DRAFT, State.REVIEW])
def test_what_is_not_approved_is_not_published(draft, editor, state):
    if state == State.REVIEW:
        actions.send_newsletter(newsletter=draft, by=editor)

    with pytest.raises(NotAllowed):
        actions.publish_newsletter(newsletter=draft, by=editor)
    with pytest.raises(NotAllowed):
        actions.schedule_newsletter(newsletter=draft, at=timezone.now() + timedelta(hours=1), by=editor)
    assert fresh(draft).state == state


def test_what_was_published_is_not_published_again(published, editor):
    with pytest.raises(NotAllowed, match="allerede"):
        actions.publish_newsletter(newsletter=published, by=editor)


def test_a_change_behind_the_back_of_the_approval_stops_publication(approved, editor):
    approved.blocks.update(body="<p>Noe annet.</p>")

    with pytest.raises(NotAllowed, match="endret siden"):
        actions.publish_newsletter(newsletter=approved, by=editor)
    assert fresh(approved).state == State.APPROVED


def test_a_print_that_fails_leaves_all_as_it_was(approved, editor, monkeypatch):
    def fail(*_, **__):
        raise pdf.PrintError("Nei.")

    create_subscription()
    monkeypatch.setattr(pdf, "render", fail)

    with pytest.raises(pdf.PrintError):
        actions.publish_newsletter(newsletter=approved, by=editor)
    assert fresh(approved).state == State.APPROVED
    assert not Delivery.objects.filter(kind="newsletter").exists()


# Serious findings


@pytest.fixture
def faulty(draft, write):
    write(draft, heading="Frister", body="<p>Svar innen 14.1124.</p>")
    return draft


def test_a_serious_finding_stops_publication(faulty, approve, editor):
    approved = approve(faulty)

    with pytest.raises(NotAllowed, match=r"1 alvorlige funn .*14\.1124"):
        actions.publish_newsletter(newsletter=approved, by=editor)
    assert fresh(approved).state == State.APPROVED


def accept(newsletter, editor, reason="Slik står det i kilden."):
    (finding,) = serious_left(newsletter, today=timezone.localdate())
    actions.accept_findings(
        newsletter=newsletter,
        code="newsletter_date_broken",
        found={finding.key: finding.sentence},
        reason=reason,
        by=editor,
    )


def test_with_a_reason_it_is_published_and_the_log_keeps_why(faulty, approve, editor):
    approved = approve(faulty)
    accept(approved, editor)
    actions.publish_newsletter(newsletter=approved, by=editor)

    entry = LogEntry.objects.about(approved).get(verb="godtok funn")
    assert entry.new["begrunnelse"] == "Slik står det i kilden."
    assert "14.1124" in entry.new["funn"][0]
    assert AcceptedFinding.objects.get().accepted_by == editor


def test_a_reason_says_something(faulty, editor):
    with pytest.raises(NotAllowed) as refused:
        accept(faulty, editor, reason="ok")
    assert refused.value.field == "reason"
    assert not AcceptedFinding.objects.exists()


def test_a_new_finding_of_the_same_kind_needs_a_reason_of_its_own(faulty, write, editor):
    accept(faulty, editor)
    write(faulty, heading="Mer", body="<p>Og 15.1124.</p>")

    (left,) = serious_left(faulty, today=timezone.localdate())
    assert "15.1124" in left.sentence


def test_a_reason_can_be_taken_back(faulty, editor):
    accept(faulty, editor)
    actions.reject_findings(newsletter=faulty, code="newsletter_date_broken", by=editor)

    assert len(serious_left(faulty, today=timezone.localdate())) == 1
    assert LogEntry.objects.about(faulty).first().old["begrunnelse"] == "Slik står det i kilden."


def test_what_is_mended_is_no_longer_found(faulty, editor):
    block = faulty.blocks.get(heading="Frister")
    actions.save_block(
        block=block, heading="Frister", is_sub=False, body="<p>Svar innen 14.11.2036.</p>", settings={},
        version=block.version, by=editor,
    )  # fmt: skip

    assert checked(faulty, today=timezone.localdate()) == []


# At a set time


def test_it_is_published_when_its_time_has_come_and_not_before(approved, editor):
    at = timezone.now() + timedelta(hours=1)
    actions.schedule_newsletter(newsletter=approved, at=at, by=editor)

    assert actions.publish_due(now=at - timedelta(seconds=1)) == 0
    assert actions.publish_due(now=at) == 1
    assert actions.publish_due(now=at) == 0
    newsletter = fresh(approved)
    assert (newsletter.state, newsletter.published_at, newsletter.publish_at) == (State.PUBLISHED, at, None)
    assert newsletter.published_by == editor


def test_the_time_can_be_taken_away(approved, editor):
    at = timezone.now() + timedelta(hours=1)
    actions.schedule_newsletter(newsletter=approved, at=at, by=editor)
    actions.schedule_newsletter(newsletter=approved, at=None, by=editor)

    assert actions.publish_due(now=at) == 0


def test_taking_it_back_takes_the_time_away(approved, editor):
    at = timezone.now() + timedelta(hours=1)
    actions.schedule_newsletter(newsletter=approved, at=at, by=editor)
    actions.withdraw_newsletter(newsletter=approved, by=editor)

    assert actions.publish_due(now=at) == 0
    assert fresh(approved).state == State.DRAFT


def test_what_cannot_be_published_at_its_time_says_why_and_waits(faulty, approve, editor):
    approved = approve(faulty)
    at = timezone.now() + timedelta(hours=1)
    actions.schedule_newsletter(newsletter=approved, at=at, by=editor)

    assert actions.publish_due(now=at) == 0
    newsletter = fresh(approved)
    assert (newsletter.state, newsletter.publish_at, newsletter.publish_by) == (State.APPROVED, None, None)
    assert "14.1124" in newsletter.publish_error
    assert actions.publish_due(now=at) == 0


# Counting


def test_downloads_are_counted_by_the_day(published):
    for _time in range(3):
        actions.count_download(newsletter=published, what=Download.What.PDF)
    actions.count_download(newsletter=published, what=Download.What.PAGE)

    today = timezone.localdate()
    assert set(Download.objects.values_list("what", "on", "count")) == {("pdf", today, 3), ("page", today, 1)}


def test_the_fingerprint_is_of_what_was_written_and_not_of_the_portfolio(draft, write, editor):
    write(draft, "handlingsdel", settings={"scope": "all"})
    before = fingerprint(draft)

    assert fingerprint(Newsletter.objects.get(pk=draft.pk)) == before
    write(draft, "focus")
    assert fingerprint(draft) != before


def test_the_page_of_an_initiative_names_the_newsletters_that_told_of_it(
    draft, write, approve, editor, client_of
):
    told, other = create_initiative(title="VIP"), create_initiative(title="Annet")
    write(draft, "focus", settings={"initiatives": [str(told.public_id)]})
    approved = approve(draft)
    assert "Nytt i juni" not in client_of(None).get(told.get_absolute_url()).content.decode()
    actions.publish_newsletter(newsletter=approved, by=editor)

    assert "Nytt i juni" in client_of(None).get(told.get_absolute_url()).content.decode()
    assert "Nytt i juni" not in client_of(None).get(other.get_absolute_url()).content.decode()


def test_a_reason_does_not_cover_another_fault_in_the_same_place(draft, write, editor):
    """The check says the same thing of the same place; what is wrong there is something else."""
    initiative = create_initiative(title="VIP")
    create_report(initiative=initiative, comment="Svar innen 14.1124.", on=TODAY - timedelta(days=1))
    write(draft, "focus", settings={"initiatives": [str(initiative.public_id)]})
    (finding,) = serious_left(draft, today=TODAY)
    actions.accept_findings(
        newsletter=draft,
        code="broken_date",
        found={finding.key: finding.sentence},
        reason="Slik står det i kilden.",
        by=editor,
    )
    assert serious_left(draft, today=TODAY) == []
    create_report(initiative=initiative, comment="Svar innen 31.02.2026.", on=TODAY)

    (left,) = serious_left(draft, today=TODAY)
    assert "31.02.2026" in left.sentence


@pytest.mark.parametrize("code", sorted(NEVER_ACCEPTED))
def test_there_are_findings_that_no_reason_is_good_enough_for(draft, editor, code):
    with pytest.raises(NotAllowed, match="må rettes"):
        actions.accept_findings(
            newsletter=draft, code=code, found={"x": "y"}, reason="Det haster veldig.", by=editor
        )
    assert not AcceptedFinding.objects.exists()


def test_what_was_found_since_the_page_was_opened_is_not_accepted_unseen(faulty, write, editor, client_of):
    address = f"/nyhetsbrev/{faulty.public_id}/kontroll/"
    client, code = client_of(editor), "newsletter_date_broken"
    (group,) = checked(faulty, today=TODAY)
    posted = {"code": code, "seen": group.seen, f"{code}-reason": "Slik står det i kilden."}
    write(faulty, heading="Mer", body="<p>Og 15.1124.</p>")

    response = client.post(f"{address}godta/", posted)
    assert response.status_code == 422
    assert "Se over det på nytt" in response.content.decode()
    assert not AcceptedFinding.objects.exists()
    (group,) = checked(faulty, today=TODAY)
    assert client.post(f"{address}godta/", {**posted, "seen": group.seen}).status_code == 302
    assert AcceptedFinding.objects.count() == 2
