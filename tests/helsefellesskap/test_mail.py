"""Mails as they leave."""

import smtplib

import pytest
from django.core import mail as outgoing

from helsefellesskap import mail


@pytest.fixture
def template(settings, tmp_path):
    (tmp_path / "hello.txt").write_text("Hei på deg, {{ name }}!\n{{ url }}")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path]}]
    return "hello.txt"


def send(template, **options):
    context = {"name": "Åse", "url": mail.absolute("/moter/")}
    mail.send(
        "aase@example.no", options.pop("subject", "Møte"), template, context, message_id="notice-1", **options
    )


def test_a_mail_has_a_stable_id_and_whole_links(template, settings):
    settings.BASE_URL = "https://portal.example.no/"
    send(template)

    [message] = outgoing.outbox
    assert message.body == "Hei på deg, Åse!\nhttps://portal.example.no/moter/\n"
    assert message.extra_headers == {
        "Message-ID": "<notice-1@portal.example.no>",
        "Auto-Submitted": "auto-generated",
    }
    assert (message.to, message.reply_to) == (["aase@example.no"], [settings.CONTACT_EMAIL])


def test_a_subject_cannot_smuggle_in_a_header(template):
    with pytest.raises(mail.MailError):
        send(template, subject="Hei\nBcc: alle@example.no")
    assert outgoing.outbox == []


@pytest.mark.parametrize(
    "error",
    [smtplib.SMTPRecipientsRefused({}), smtplib.SMTPServerDisconnected("x"), ConnectionRefusedError()],
    ids=repr,
)
def test_what_the_server_refuses_is_told_in_a_sentence(template, monkeypatch, error):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    with pytest.raises(mail.MailError) as refusal:
        send(template)
    assert str(refusal.value).endswith(".")
