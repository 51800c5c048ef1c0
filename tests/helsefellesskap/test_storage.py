"""Files in an S3-compatible store, played by moto in this process."""

import hashlib
import io
from types import SimpleNamespace

import boto3
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import FieldFile
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from moto import mock_aws

from helsefellesskap import downloads, page_images, uploads
from helsefellesskap.settings import s3_options
from portfolio import actions
from tests import files
from tests.factories import create_initiative

ENDPOINT = "http://s3.example.no:9000"
URL = "s3://n%C3%B8kkel:hemm%2Felig@s3.example.no:9000/filer?region=eu-north-1&tls=0"
CONTENT = bytes(range(256)) * 10_000


@pytest.fixture
def bucket(settings, monkeypatch):
    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", ENDPOINT)
    with mock_aws():
        client = boto3.client(
            "s3",
            endpoint_url=ENDPOINT,
            region_name="eu-north-1",
            aws_access_key_id="x",
            aws_secret_access_key="y",
        )
        client.create_bucket(Bucket="filer", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "helsefellesskap.s3.S3Storage", "OPTIONS": s3_options(URL)},
        }
        yield client


def stored(name: str) -> FieldFile:
    return FieldFile(SimpleNamespace(file=None), models.FileField(name="file"), name)


def test_the_address_says_all_that_the_store_needs():
    assert s3_options(URL) == {
        "access_key": "nøkkel",
        "secret_key": "hemm/elig",
        "bucket_name": "filer",
        "region_name": "eu-north-1",
        "endpoint_url": ENDPOINT,
    }
    assert s3_options("s3://a:b@s3.example.no/filer")["endpoint_url"] == "https://s3.example.no"


@pytest.mark.parametrize(
    "url",
    [
        "s3://a:b@host/",
        "s3://a:b@host/filer/mappe",
        "s3://a:b@/filer",
        "s3://a@host/filer",
        "s3://host/filer",
        "http://a:b@host/filer",
        "s3://a:b@host:port/filer",
        "s3://a:b@host/filer?tls=yes",
        "s3://a:b@host/filer?tls=2",
        "s3://a:b@host/filer?acl=public",
        "s3://a:b@host/filer?region",
    ],
)
def test_a_malformed_address_is_refused(url):
    with pytest.raises(ValueError):  # noqa: PT011 - settings.py makes the sentence
        s3_options(url)


def test_a_file_is_saved_read_and_deleted(bucket):
    name = default_storage.save("vedlegg/ab/a.bin", ContentFile(CONTENT))

    assert default_storage.exists(name)
    assert default_storage.size(name) == len(CONTENT)
    with default_storage.open(name) as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(CONTENT).digest()
    default_storage.delete(name)
    assert not default_storage.exists(name)
    with pytest.raises(FileNotFoundError):
        default_storage.open(name)


def test_a_file_is_never_overwritten(bucket):
    first = default_storage.save("vedlegg/a.bin", ContentFile(b"1"))
    second = default_storage.save("vedlegg/a.bin", ContentFile(b"2"))

    assert first != second
    assert default_storage.open(first).read() == b"1"


def test_nobody_reaches_a_file_but_through_the_program(bucket):
    name = default_storage.save("vedlegg/a.bin", ContentFile(b"1"))

    grants = bucket.get_object_acl(Bucket="filer", Key=name)["Grants"]

    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


def test_a_file_is_read_from_where_one_seeks_to(bucket):
    name = default_storage.save("vedlegg/a.bin", ContentFile(CONTENT))
    with default_storage.open(name) as file:
        file.seek(-10, io.SEEK_END)
        assert file.read() == CONTENT[-10:]
        file.seek(2_000_000)
        assert file.read(5) == CONTENT[2_000_000:2_000_005]
        assert file.tell() == 2_000_005
        file.seek(-5, io.SEEK_CUR)
        assert file.read(3) == CONTENT[2_000_000:2_000_003]


def test_a_part_is_served(bucket):
    file = stored(default_storage.save("vedlegg/a.bin", ContentFile(CONTENT)))
    request = RequestFactory().get("/", headers={"Range": "bytes=2000000-2000009"})
    request.user = AnonymousUser()

    response = downloads.serve(request, file, name="a.pdf", content_type="application/pdf", sha256="ab")

    assert (response.status_code, response.getvalue()) == (206, CONTENT[2_000_000:2_000_010])
    assert response["Content-Range"] == f"bytes 2000000-2000009/{len(CONTENT)}"


def test_the_whole_file_is_served(bucket):
    file = stored(default_storage.save("vedlegg/a.bin", ContentFile(CONTENT)))
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    response = downloads.serve(request, file, name="a.pdf", content_type="application/pdf", sha256="ab")

    assert (response.getvalue(), response["Content-Length"]) == (CONTENT, str(len(CONTENT)))


def test_an_upload_is_kept_and_its_pages_drawn(bucket):
    upload = files.upload(files.pdf("Side én"), "a.pdf")
    inspection = uploads.inspect(upload, name="a.pdf")
    file = stored(default_storage.save(uploads.random_name(inspection.extension), upload))

    assert page_images.render(file, sha256=inspection.sha256, page=1, width=480)
    assert uploads.inspect(file, name="a.pdf").sha256 == inspection.sha256


def test_an_edition_is_kept_there_too(bucket, client, editor):
    create_initiative()
    edition = actions.publish_edition(as_of=timezone.localdate(), title="Handlingsdel", by=editor)

    response = client.get(reverse("portfolio:edition-pdf", args=[edition.number]))

    assert hashlib.sha256(response.getvalue()).hexdigest() == edition.sha256
