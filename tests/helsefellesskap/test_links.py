"""Links are asked politely, never inside, and what answers is told apart from what does not."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from helsefellesskap import links
from helsefellesskap.links import SILENCE, Reply


class Handler(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]]

    def do_HEAD(self):
        self.server.asked.append((self.command, self.path))
        status = {
            "/der": 200,
            "/f%C3%A5r/%C3%A6%C3%B8%C3%A5?hva=s%C3%A5": 200,
            "/borte": 404,
            "/nekter": 405,
            "/feil": 500,
        }.get(self.path, 302)
        if self.path == "/nekter" and self.command == "GET":
            status = 206
        self.send_response(status)
        if status == 302:
            self.send_header(
                "Location", {"/flyttet": "/der", "/ring": "/ring"}.get(self.path, "http://10.0.0.1/")
            )
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_):
        pass


@pytest.fixture
def site(settings):
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.BASE_URL = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("der", Reply(is_there=True, status=200)),
        ("borte", Reply(is_gone=True, status=404)),
        ("nekter", Reply(is_there=True, status=206)),
        ("flyttet", Reply(is_there=True, status=200)),
        ("feil", Reply(status=500)),
        ("ring", SILENCE),
        ("får/æøå?hva=så", Reply(is_there=True, status=200)),
        ("inn", SILENCE),
    ],
)
def test_what_answers(site, settings, path, reply):
    assert links.ask(f"{settings.BASE_URL}{path}") == reply


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "ftp://example.no/",
        "https://",
        "http://example.no:99999/",
        "tull",
    ],
)
def test_nobody_inside_is_asked(url, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (host, port))])

    assert links.ask(url) == SILENCE


def test_a_name_that_points_inside_is_not_asked(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("192.168.1.1", 80))])

    assert links.ask("http://intern.example.no/") == SILENCE


@pytest.mark.parametrize("errno", [socket.EAI_NONAME, socket.EAI_AGAIN])
def test_a_name_that_is_not_known_here_is_silence(errno, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(errno, "Not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert links.ask("http://finnes-ikke.example.no/") == SILENCE
