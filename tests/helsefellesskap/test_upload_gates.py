"""Uploads at the gates: what is stopped while it arrives, and what the virus scanner says."""

import os
import socket
import struct
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from helsefellesskap import uploads
from helsefellesskap.refusals import NotAllowed
from tests import files


def refusal(content: bytes) -> str:
    with pytest.raises(NotAllowed) as refused:
        uploads.inspect(files.upload(content), name="notat.pdf")
    assert refused.value.field == "files"
    return str(refused.value)


# The virus scanner


@contextmanager
def clamd(answer: bytes | None, address=("127.0.0.1", 0)):
    """Speaks INSTREAM once, as clamd does: without a given answer it finds EICAR's test file, None hangs up."""
    server = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    server.bind(address)
    server.listen()
    server.settimeout(10)

    def serve():
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!L", stream.read(4))[0]:
                content += stream.read(size)
            if answer is not None:
                found = b"stream: Eicar-Signature FOUND\0" if files.EICAR in content else b"stream: OK\0"
                connection.sendall(answer or found)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()
    thread.join()
    server.close()


def test_the_eicar_file_is_refused_when_the_scanner_is_on(settings):
    with clamd(b"") as (host, port):
        settings.SCANNER_URL = f"clamd://{host}:{port}"
        assert refusal(files.EICAR) == "«notat.pdf» er stoppet av viruskontrollen. Filen er ikke lagret."


def test_a_virus_inside_a_good_file_is_refused_too(settings, tmp_path):
    settings.SCANNER_URL = f"clamd://{tmp_path / 'clamd.ctl'}"
    with clamd(b"", str(tmp_path / "clamd.ctl")):
        assert "viruskontrollen" in refusal(files.pdf() + files.EICAR)


def test_a_clean_file_passes_the_scanner(settings):
    with clamd(b"") as (host, port):
        settings.SCANNER_URL = f"clamd://{host}:{port}"
        assert uploads.inspect(files.upload(files.pdf()), name="notat.pdf").findings == ()


@pytest.mark.parametrize("answer", [None, b"INSTREAM size limit exceeded. ERROR\0"])
def test_a_scanner_that_gives_no_clear_answer_stops_the_upload(settings, answer):
    with clamd(answer) as (host, port):
        settings.SCANNER_URL = f"clamd://{host}:{port}"
        assert "viruskontrollen ikke svarer" in refusal(files.pdf())


def test_a_scanner_that_is_not_there_stops_the_upload(settings):
    settings.SCANNER_URL = "clamd://127.0.0.1:1"

    assert "viruskontrollen ikke svarer" in refusal(files.pdf())


# On the way in


class Person:
    is_authenticated = True


def posted(*contents: bytes, user=None, **data):
    upload = [SimpleUploadedFile(f"{number}.pdf", content) for number, content in enumerate(contents)]
    request = RequestFactory().post("/", {"csrfmiddlewaretoken": "x", **data, "files": upload, "last": "y"})
    request.user = user or Person()
    return request


def test_files_under_the_limit_arrive_on_disk():
    request = posted(b"1", b"22")

    uploads.check_request(request)

    assert [file.size for file in request.FILES.getlist("files")] == [1, 2]
    assert all(Path(file.temporary_file_path()).is_file() for file in request.FILES.getlist("files"))


def test_a_file_is_dropped_as_it_passes_the_limit_and_the_rest_of_the_form_arrives(settings):
    settings.UPLOAD_LIMIT = 100_000
    request = posted(b"1", bytes(100_001))

    with pytest.raises(NotAllowed, match=r"«1\.pdf» er for stor"):
        uploads.check_request(request)

    assert len(request.FILES.getlist("files")) == 1
    assert request.POST["last"] == "y"


def test_a_request_that_is_too_large_is_not_read(settings):
    settings.UPLOAD_REQUEST_LIMIT = 300_000
    request = posted(bytes(1_000_000))
    stream = request.environ["wsgi.input"]

    with pytest.raises(NotAllowed, match="til sammen større enn"):
        uploads.check_request(request)

    assert request.POST["csrfmiddlewaretoken"] == "x"
    assert len(stream.read()) > 900_000


def test_too_many_files_at_once_are_refused():
    request = posted(*[b"x"] * 51)

    with pytest.raises(NotAllowed, match="inntil 50 filer"):
        uploads.check_request(request)


def test_nobody_writes_a_file_without_having_signed_in(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    request = posted(b"x" * 100_000, user=AnonymousUser())

    assert (len(request.FILES), request.POST["last"], list(tmp_path.iterdir())) == (0, "y", [])


def test_what_a_killed_server_left_behind_is_removed(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    old, new = tmp_path / "old.upload", tmp_path / "new.upload"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))

    assert uploads.clean_temporary(older_than=timedelta(hours=1)) == 1
    assert (old.exists(), new.exists()) == (False, True)
