"""A mail server on this machine: it keeps what arrives, and can refuse, postpone or hang up at any step."""

import email
import socketserver
import threading
from contextlib import contextmanager
from email.message import Message

HANG_UP = "hang up"
OTHERWISE = {"mail": "250 Ok", "rcpt": "250 Ok", "data": "354 Go on", "text": "250 Taken"}


class MailServer(socketserver.ThreadingTCPServer):
    """`on["rcpt"] = answer` decides what is answered to a step: a text, HANG_UP, or nothing for the usual answer."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.on = {}
        self.arrived: list[tuple[str, Message]] = []  # to whom, and the mail; also one that was not answered
        self.connections = 0
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def to(self) -> list[str]:
        return [recipient for recipient, _message in self.arrived]

    def ids(self) -> list[str]:
        return [message["Message-ID"] for _recipient, message in self.arrived]

    def handle_error(self, request, client_address):
        """A client that was killed is what some tests are about."""


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        with self.server.lock:
            self.server.connections += 1
        recipient = ""
        self.say("220 test")
        while line := self.rfile.readline():
            verb, _space, rest = line.decode().strip().partition(" ")
            verb = verb.lower()
            if verb == "quit":
                self.say("221 Bye")
                return
            if verb == "rcpt":
                recipient = rest.partition("<")[2].partition(">")[0]
            if verb not in OTHERWISE:
                self.say("250 Ok")
                continue
            answer = self.answer(verb)
            if answer == HANG_UP:
                return
            self.say(answer)
            if answer.startswith("354") and not self.take_text(recipient):
                return

    def take_text(self, recipient: str) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        with self.server.lock:
            self.server.arrived.append((recipient, email.message_from_bytes(b"".join(lines))))
        answer = self.answer("text")
        if answer == HANG_UP:
            return False
        self.say(answer)
        return True

    def answer(self, step: str) -> str:
        decide = self.server.on.get(step)
        return (decide() if callable(decide) else decide) or OTHERWISE[step]

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def mail_server(settings):
    """What the program sends its mails to meanwhile."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
        server.shutdown()
