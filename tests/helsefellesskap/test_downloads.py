"""The way a stored file leaves: whole, in parts, named, and harmless."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.test import RequestFactory

from helsefellesskap import downloads

pytestmark = pytest.mark.django_db  # to close an answer is to end a request, which looks at the connection

CONTENT = bytes(range(256)) * 1000
SHA256 = "ab" * 32
ETAG = f'"{SHA256}"'


@pytest.fixture
def stored() -> FieldFile:
    field = models.FileField(name="file")
    return FieldFile(
        SimpleNamespace(file=None), field, default_storage.save("vedlegg/a", ContentFile(CONTENT))
    )


def get(
    stored,
    *,
    method="get",
    content_type="application/pdf",
    name="Notat.pdf",
    sha256=SHA256,
    user=None,
    **headers,
):
    names = {header.replace("_", "-"): value for header, value in headers.items()}
    request = getattr(RequestFactory(), method)("/", headers=names)
    request.user = user or AnonymousUser()
    response = downloads.serve(request, stored, name=name, content_type=content_type, sha256=sha256)
    response.body = response.getvalue()
    response.close()
    return response


def test_the_whole_file_is_sent(stored):
    response = get(stored)

    assert (response.status_code, response.body) == (200, CONTENT)
    assert response["Content-Length"] == str(len(CONTENT))
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == ETAG
    assert stored.closed


@pytest.mark.parametrize(
    ("asked", "first", "stop"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, len(CONTENT)),
        ("bytes=-100", len(CONTENT) - 100, len(CONTENT)),
        ("bytes=255999-", 255_999, 256_000),
        ("bytes=255000-999999", 255_000, 256_000),
        ("bytes=-999999", 0, 256_000),
        (" bytes=7-7 ", 7, 8),
    ],
)
def test_a_part_is_sent_when_asked_for(stored, asked, first, stop):
    response = get(stored, range=asked)

    assert (response.status_code, response.body) == (206, CONTENT[first:stop])
    assert response["Content-Range"] == f"bytes {first}-{stop - 1}/{len(CONTENT)}"
    assert response["Content-Length"] == str(stop - first)
    assert stored.closed


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=300000-400000", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(stored, asked):
    response = get(stored, range=asked)

    assert (response.status_code, response.body) == (416, b"")
    assert response["Content-Range"] == "bytes */256000"
    assert stored.closed


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=9-1", "bytes=a-b", "bytes=0-1,5-6", "items=0-1", "bytes=٣-"]
)
def test_what_asks_for_no_single_part_gets_the_whole(stored, asked):
    response = get(stored, range=asked)

    assert (response.status_code, response.body) == (200, CONTENT)


@pytest.mark.parametrize(
    ("condition", "status"),
    [(ETAG, 206), ('"other"', 200), (f"W/{ETAG}", 200), ("Wed, 21 Oct 2015 07:28:00 GMT", 200)],
)
def test_a_part_is_sent_only_of_the_file_one_began_with(stored, condition, status):
    assert get(stored, range="bytes=0-9", if_range=condition).status_code == status


def test_a_reader_who_has_the_file_is_told_so(stored):
    response = get(stored, if_none_match=ETAG, range="bytes=0-9")

    assert (response.status_code, response.body) == (304, b"")
    assert response["ETag"] == ETAG


def test_without_a_checksum_nobody_is_told_that_they_have_it(stored):
    response = get(stored, sha256="", if_none_match=ETAG)

    assert response.status_code == 200
    assert "ETag" not in response


def test_head_tells_of_the_whole_file_and_sends_nothing(stored):
    response = get(stored, method="head", range="bytes=0-9")

    assert (response.status_code, response.body) == (200, b"")
    assert response["Content-Length"] == str(len(CONTENT))
    assert stored.closed


@pytest.mark.parametrize(
    ("content_type", "disposition"),
    [
        ("application/pdf", "inline"),
        ("image/png", "inline"),
        ("image/jpeg", "inline"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
    ],
)
def test_only_pdfs_and_images_are_shown_in_the_browser(stored, content_type, disposition):
    response = get(stored, content_type=content_type)

    assert response["Content-Disposition"] == f'{disposition}; filename="Notat.pdf"'
    assert response["Content-Type"] == content_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].endswith("; sandbox") == (content_type != "application/pdf")


def test_a_norwegian_name_is_kept_and_a_sly_one_stays_in_its_header(stored):
    assert get(stored, name="Møte æøå.pdf")["Content-Disposition"] == (
        "inline; filename*=utf-8''M%C3%B8te%20%C3%A6%C3%B8%C3%A5.pdf"
    )
    assert (
        get(stored, name='a";\r\nX: y.pdf')["Content-Disposition"]
        == "inline; filename*=utf-8''a%22%3B%0D%0AX%3A%20y.pdf"
    )


def test_a_cache_asks_again_for_what_the_public_sees(stored, settings):
    class Person:
        is_authenticated = True

    assert get(stored)["Cache-Control"] == "no-cache"
    assert "Cache-Control" not in get(stored, user=Person())  # the middleware says private, no-store


def test_a_file_that_the_storage_has_lost_is_404_and_logged(stored, caplog):
    default_storage.delete(stored.name)

    with pytest.raises(Http404):
        get(stored)

    assert "A file is missing in the storage: vedlegg/a" in caplog.text
