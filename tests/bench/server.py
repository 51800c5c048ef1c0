"""The program as it is served in production, in a process of its own, and a connection to it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test import Client

from tests.bench.databases import Database

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60  # seconds
CSRF = "b" * 32


class Server:
    """A gunicorn with one worker, asked over one connection at a time."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def get(
        self, address: str, client: Client, connection: http.client.HTTPConnection | None = None
    ) -> bytes:
        connection = connection or self.connection()
        connection.request("GET", address, headers=_headers(client))
        response = connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise AssertionError(f"{address} answered {response.status}.")
        return content

    def post_file(self, address: str, client: Client, path: Path, **fields: str) -> None:
        """Send a form with a file in blocks, as a browser does; the answer must be that it was taken in."""
        boundary = "bench"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {"csrfmiddlewaretoken": CSRF, **fields}.items()
        ]
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{path.name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        head, tail = "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()
        connection = self.connection()
        connection.putrequest("POST", address)
        for name, value in {
            **_headers(client),
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + path.stat().st_size + len(tail)),
        }.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(head)
        with path.open("rb") as file:
            connection.send(file)
        connection.send(tail)
        response = connection.getresponse()
        answer = response.read()
        if response.status != 302:
            raise AssertionError(f"{address} answered {response.status}: {answer[:500]!r}")

    def process(self, client: Client) -> int:
        """The id of the process that answers."""
        return int(self.get("/bench/process/", client))


def _headers(client: Client) -> dict[str, str]:
    cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"csrftoken": CSRF}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


@contextmanager
def serving(database: Database) -> Iterator[Server]:
    """The server on that database, with the uploads and the key of this run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "DATA_DIR": str(settings.DATA_DIR),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "tests.bench.wsgi"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The server did not start.")


class Memory:
    """What a process holds, in MB, as Linux counts it."""

    def __init__(self, process: int) -> None:
        self._folder = Path(f"/proc/{process}")

    def forget_peak(self) -> None:
        """Let the highest so far be what it holds now."""
        (self._folder / "clear_refs").write_text("5")

    def peak(self) -> float:
        found = re.search(r"^VmHWM:\s+(\d+) kB$", (self._folder / "status").read_text(), re.MULTILINE)
        return int(found[1]) * 1.024 / 1000
