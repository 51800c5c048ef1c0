"""Mails about meetings and reminders of tasks: each at most once, and nothing exempt in any."""

from datetime import date, timedelta

import pytest
from django.core import mail as outgoing
from django.utils import timezone

from helsefellesskap import mail
from meetings import actions
from meetings.models import FollowUpReminder, Notice
from tests.factories import at, create_case, create_exemption, create_follow_up, create_item, create_meeting

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture
def called(ssu, ssu_member, editor):
    meeting = create_meeting(
        body=ssu,
        on=date(2027, 2, 18),
        starts_at=at(date(2027, 2, 18), 9),
        place="Hamar",
        digital_url="https://example.no/rom",
    )
    actions.call_meeting(meeting=meeting, text="Velkommen, æøå.", by=editor)
    meeting.refresh_from_db()
    return meeting


def test_a_call_says_when_where_and_how_to_report_absence(called, ssu_member):
    assert actions.send_waiting_notices() == 1

    [message] = outgoing.outbox
    assert message.to == [ssu_member.email]
    for words in (
        "18.02.2027",
        "kl.\u00a009.00",
        "Hamar",
        "https://example.no/rom",
        "Velkommen, æøå.",
        "/moter/ssu/2027-02-18/",
        "forfall",
    ):
        assert words in message.body, words
    assert Notice.objects.get().state == Notice.State.SENT


def test_nothing_is_sent_twice(called):
    actions.send_waiting_notices()

    assert actions.send_waiting_notices() == 0
    assert len(outgoing.outbox) == 1


def test_what_was_cut_short_is_told_of_and_not_sent_again(called):
    Notice.objects.update(state=Notice.State.SENDING, claimed_at=timezone.now() - timedelta(hours=1))

    assert actions.send_waiting_notices() == 0
    assert (Notice.objects.get().state, "usikkert" in Notice.objects.get().error) == (
        Notice.State.FAILED,
        True,
    )


def test_a_refused_address_is_told_of(called, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise mail.MailError("Mottakeren finnes ikke.")

    monkeypatch.setattr(mail, "send", refuse)
    actions.send_waiting_notices()

    assert (Notice.objects.get().state, Notice.objects.get().error) == (
        Notice.State.FAILED,
        "Mottakeren finnes ikke.",
    )


def test_no_mail_tells_what_is_exempt(called, editor):
    case = create_case(
        body=called.body,
        title="Oppsigelse av Navnesen",
        announced=True,
        exemption=create_exemption(),
        public_title="Personalsak",
    )
    create_item(meeting=called, case=case)
    for kind in Notice.Kind:
        actions.make_notices(meeting=called, kind=kind, by=editor)
    actions.send_waiting_notices()

    assert len(outgoing.outbox) == len(Notice.Kind) + 1
    assert not [message for message in outgoing.outbox if "Navnesen" in message.body + message.subject]


@pytest.mark.parametrize(
    ("days", "kind"),
    [(8, None), (7, "before"), (6, "before"), (0, "on"), (-2, "on"), (-7, "after"), (-11, None)],
)
def test_those_responsible_are_reminded_before_on_and_after(contributor, days, kind):
    task = create_follow_up(due=TODAY + timedelta(days))
    task.organisations.add(contributor.organisation)
    actions.remind_of_follow_ups(today=TODAY)
    actions.remind_of_follow_ups(today=TODAY)

    mine = [message for message in outgoing.outbox if message.to == [contributor.email]]
    assert len(mine) == (kind is not None)
    assert list(FollowUpReminder.objects.values_list("kind", flat=True)) == ([kind] if kind else [])


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_nobody_is_reminded_of_what_is_done(contributor, state):
    create_follow_up(due=TODAY, state=state).organisations.add(contributor.organisation)

    assert actions.remind_of_follow_ups(today=TODAY) == 0


def test_the_secretariat_gets_the_overdue_ones_once_a_week(editor):
    create_follow_up(due=date(2026, 1, 1), title="Sen oppgave", by=editor)
    now = timezone.localdate()
    sent = [actions.remind_of_follow_ups(today=now) for _time in range(2)]

    assert sent == [1, 0]
    assert ("Sen oppgave" in outgoing.outbox[0].body, outgoing.outbox[0].to) == (True, [editor.email])
