"""Whether something answers at an address; asked by background work alone, and never of this machine's neighbours."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

SECONDS = 5
MOST_REDIRECTS = 5
GONE = frozenset({404, 410})
UNWILLING = frozenset({403, 405, 501})
"""What servers answer that do not like to be asked by HEAD."""
KEPT = "/%:@!$&'()*+,;=~?"
"""Signs of an address that mean something, or are written as they should be already."""


@dataclass(frozen=True)
class Reply:
    """What came of it: `is_there`, `is_gone`, or neither when nobody answered; with the status code if there was one.

    A name that does not exist is nobody answering: this machine may know fewer names than its readers do.
    """

    is_there: bool = False
    is_gone: bool = False
    status: int | None = None


SILENCE = Reply()


def ask(url: str) -> Reply:
    """Follow the address and its redirects to an answer, without fetching what is there."""
    for _step in range(MOST_REDIRECTS):
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return SILENCE
        try:
            status, target = _head(url)
        except (OSError, http.client.HTTPException, ValueError, UnicodeError):
            return SILENCE
        if not target:
            is_gone = status in GONE
            return Reply(is_there=not is_gone and status < 500, is_gone=is_gone, status=status)
        url = urljoin(url, target)
    return SILENCE


def _head(url: str) -> tuple[int, str]:
    """The status, and where it leads on to."""
    status, target = _request("HEAD", url)
    return _request("GET", url) if status in UNWILLING else (status, target)


def _request(method: str, url: str) -> tuple[int, str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    raw = socket.create_connection((_address(host, port), port), timeout=SECONDS)
    try:
        if parts.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        connection.sock = raw
        path = quote(parts.path or "/", safe=KEPT) + (
            f"?{quote(parts.query, safe=KEPT)}" if parts.query else ""
        )
        headers = {"User-Agent": "helsefellesskap-lenkesjekk", "Range": "bytes=0-0", "Connection": "close"}
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        is_redirect = 300 <= response.status < 400
        return response.status, (response.getheader("Location") or "") if is_redirect else ""
    finally:
        connection.close()
        raw.close()


def _address(host: str, port: int) -> str:
    """The address to connect to: public, so that nobody has this server knock on doors inside; or this site itself."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    own = urlsplit(settings.BASE_URL)
    is_own = (host, port) == (own.hostname, own.port or (443 if own.scheme == "https" else 80))
    for *_rest, address in found:
        if is_own or ipaddress.ip_address(address[0]).is_global:
            return str(address[0])
    raise OSError(f"{host} is not a public address")
