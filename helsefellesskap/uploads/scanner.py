"""Asks a ClamAV server (clamd) about a file, where there is one.

Spoken here rather than through the library `clamd`, which waits without end for a connection and may send half a block.
"""

import logging
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from helsefellesskap.refusals import NotAllowed

SECONDS = 60
BLOCK = 1 << 16

logger = logging.getLogger(__name__)


def scan(path: Path, *, name: str) -> None:
    """Raises NotAllowed for a file with a virus, and for any file when the configured scanner does not answer."""
    if not settings.SCANNER_URL:
        return
    try:
        answer = _ask(path)
    except OSError as error:
        logger.error("The virus scanner at %s does not answer: %s", settings.SCANNER_URL, error)
        answer = ""
    if answer.endswith(" FOUND"):
        logger.warning("The virus scanner found %s in an upload", answer)
        raise NotAllowed(
            _("«%(name)s» er stoppet av viruskontrollen. Filen er ikke lagret.") % {"name": name},
            field="files",
        )
    if not answer.endswith(" OK"):
        if answer:
            logger.error("The virus scanner could not scan an upload: %s", answer)
        raise NotAllowed(
            _(
                "«%(name)s» er ikke lagret, fordi viruskontrollen ikke svarer. "
                "Prøv igjen om litt, eller si fra til den som drifter løsningen."
            )
            % {"name": name},
            field="files",
        )


def _ask(path: Path) -> str:
    """The answer to INSTREAM, such as `stream: OK` or `stream: Eicar-Signature FOUND`."""
    with _connect() as connection, path.open("rb") as file:
        connection.sendall(b"zINSTREAM\0")
        while block := file.read(BLOCK):
            connection.sendall(struct.pack("!L", len(block)) + block)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (received := connection.recv(4096)):
            answer += received
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _connect() -> socket.socket:
    address = urlsplit(settings.SCANNER_URL)
    if address.hostname:
        return socket.create_connection((address.hostname, address.port or 3310), SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(SECONDS)
    connection.connect(address.path)
    return connection
