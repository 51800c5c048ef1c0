"""Mails as they leave."""

import smtplib
import socket

import pytest
from django.core import mail as outgoing

from helsefellesskap import mail
from tests.smtp import HANG_UP, mail_server


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


# What a mail server may answer


@pytest.fixture
def server(settings):
    with mail_server(settings) as server:
        yield server


def post(line, to="aase@example.no", **fields):
    mail.send_message(to, "Møte", text="Hei, æøå", message_id="newsletter-1", line=line, **fields)


def test_a_mail_has_text_html_and_our_headers(server, settings):
    settings.BASE_URL = "https://portal.example.no/"
    with mail.Line() as line:
        post(line, html="<p>Hei, æøå</p>", headers={"List-Id": "<nyhetsbrev.portal.example.no>"})

    [(recipient, message)] = server.arrived
    assert recipient == message["To"] == "aase@example.no"
    assert (message["Message-ID"], message["List-Id"], message["Reply-To"]) == (
        "<newsletter-1@portal.example.no>",
        "<nyhetsbrev.portal.example.no>",
        settings.CONTACT_EMAIL,
    )
    assert [
        (part.get_content_type(), part.get_payload(decode=True).decode().strip())
        for part in message.walk()
        if not part.is_multipart()
    ] == [("text/plain", "Hei, æøå"), ("text/html", "<p>Hei, æøå</p>")]


ANSWERS = {
    "no such recipient": ("rcpt", "550 No such user", mail.Refused),
    "try the recipient later": ("rcpt", "450 Greylisted", mail.NotSent),
    "the text is refused": ("text", "554 Spam", mail.Refused),
    "the text is postponed": ("text", "451 Later", mail.NotSent),
    "no text now": ("data", "452 Full", mail.NotSent),
    "we may not send": ("mail", "550 Not you", mail.NoContact),
    "we send too much": ("mail", "451 Too much", mail.NoContact),
    "gone before the recipient": ("mail", HANG_UP, mail.NoContact),
    "gone before the text": ("rcpt", HANG_UP, mail.NoContact),
    "gone after the text": ("text", HANG_UP, mail.Uncertain),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_the_server_answers_decides_what_may_be_done(server, case):
    step, answer, expected = ANSWERS[case]
    server.on[step] = answer
    with mail.Line() as line, pytest.raises(mail.MailError) as error:
        post(line)

    assert type(error.value) in {expected, *expected.__subclasses__()}
    assert str(error.value).endswith(".")


def test_a_server_that_is_not_there_costs_no_mail(server):
    server.shutdown()
    server.server_close()
    with mail.Line() as line:
        with pytest.raises(mail.NoContact):
            line.open()
        with pytest.raises(mail.NoContact):
            post(line)


@pytest.mark.parametrize("address", ["", "aase@example.no\nBcc: alle@example.no", "æøå@example.no\n"])
def test_an_impossible_address_is_refused(server, address):
    with mail.Line() as line, pytest.raises(mail.Refused):
        post(line, to=address)
    assert server.arrived == []


def test_several_mails_share_a_line(server):
    with mail.Line() as line:
        for number in range(3):
            post(line, to=f"leser{number}@example.no")

    assert (len(server.arrived), server.connections) == (3, 1)


def test_a_line_that_was_lost_between_two_mails_is_opened_again(server):
    with mail.Line() as line:
        post(line)
        line._smtp.sock.shutdown(socket.SHUT_RDWR)
        post(line, to="tor@example.no")

    assert (server.to(), server.connections) == (["aase@example.no", "tor@example.no"], 2)


def test_after_a_refusal_the_next_mail_is_sent(server):
    server.on["rcpt"] = iter(["550 No", None]).__next__
    with mail.Line() as line:
        with pytest.raises(mail.Refused):
            post(line)
        post(line, to="tor@example.no")

    assert server.to() == ["tor@example.no"]


def test_what_may_have_left_is_not_sent_again(server):
    server.on["text"] = iter([HANG_UP, None]).__next__
    with mail.Line() as line:
        with pytest.raises(mail.Uncertain):
            post(line)
        post(line, to="tor@example.no")

    assert server.to() == ["aase@example.no", "tor@example.no"]
