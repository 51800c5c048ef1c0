"""Files in and out of a real server: the memory that a large upload takes, and the price of the access check."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from meetings.models import Case, Document, DocumentVersion
from tests.bench.databases import Database
from tests.bench.meetings import READERS
from tests.bench.pages import sign_in
from tests.bench.server import Memory, Server, serving
from tests.bench.timing import Contestant, Result, ratio

MEGABYTE = 1_000_000
LARGE = 100  # MB
SERVED = 1  # MB: a paper with some pictures
PAGE = 2  # MB


def pdf_of(megabytes: int) -> pikepdf.Pdf:
    """A scan as from a copier: on each page a picture that cannot be packed any smaller."""
    document = pikepdf.new()
    for _page in range(max(megabytes // PAGE, 1)):
        document.add_blank_page(page_size=(595, 842))
        width, height = 1000, min(megabytes, PAGE) * 1000
        picture = document.make_stream(os.urandom(width * height))
        picture.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
        )
        page = document.pages[-1]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im1=picture))
        page.Contents = document.make_stream(b"595 0 0 842 0 0 cm /Im1 Do")
    return document


def upload(folder: Path, small: Database) -> Iterator[Result]:
    """A large upload after a small one, which has made the server load all that it needs for it."""
    little, large = folder / "liten.pdf", folder / "stor.pdf"
    pdf_of(1).save(little)
    pdf_of(LARGE).save(large)
    client = sign_in(small, is_editor=True)
    with small.chosen():
        address = reverse("meetings:document-upload-case", args=[Case.objects.latest("pk").public_id])
    with serving(small) as server:
        memory = Memory(server.process(client))
        server.post_file(address, client, little, kind="annex", access="public")
        memory.forget_peak()
        before, start = memory.peak(), perf_counter()
        server.post_file(address, client, large, kind="annex", access="public")
        seconds, after = perf_counter() - start, memory.peak()
    with small.chosen():
        size = DocumentVersion.objects.latest("pk").size
    if not size == large.stat().st_size >= LARGE * MEGABYTE:
        raise AssertionError(f"{size} bytes were taken in, not {large.stat().st_size}.")
    details = {"before": round(before), "peak": round(after), "seconds": round(seconds, 2)}
    yield Result(f"upload of {LARGE} MB, memory it adds", after - before, 50, "MB", details)


def download(folder: Path, big: Database) -> Iterator[Result]:
    """A file that members alone may read, and to the public one that anybody may.

    Beside a plain view that finds the file by its id, and one that does not even look it up.
    """
    path = folder / "vedlegg.pdf"
    pdf_of(SERVED).save(path)
    with big.chosen():
        versions = {access: _published(path.read_bytes(), access) for access in ("members", "public")}
    with serving(big) as server:
        for reader, who in READERS.items():
            version, client = versions["public" if reader == "public" else "members"], sign_in(big, **who)
            ours = f"{version.get_absolute_url()}vedlegg.pdf"
            plain = reverse("bench-file", args=[version.public_id])
            bare = reverse("bench-bare-file", args=[version.file.name])
            for reference, name, limit in ((plain, "a plain view", 1.5), (bare, "the bare file", None)):
                yield ratio(
                    f"file of {SERVED} MB against {name}, {reader}",
                    _reading(server, client, ours, path),
                    _reading(server, client, reference, path),
                    limit=limit,
                    rounds=201,
                )


def _published(content: bytes, access: str) -> DocumentVersion:
    """A new version of a paper of a published agenda."""
    document = Document.objects.filter(access=access, released_at__isnull=False).latest("pk")
    newest = document.versions.latest("number")
    return DocumentVersion.objects.create(
        document=document,
        number=newest.number + 1,
        file=default_storage.save("vedlegg/bench.pdf", ContentFile(content)),
        original_name="vedlegg.pdf",
        content_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=1,
        uploaded_by=newest.uploaded_by,
        released_at=newest.released_at,
    )


def _reading(server: Server, client: object, address: str, path: Path) -> Contestant:
    """The whole file over a connection that stays open, as a browser's."""
    connection = server.connection()
    if server.get(address, client, connection) != path.read_bytes():
        raise AssertionError(f"{address} is another file.")
    return Contestant(lambda: server.get(address, client, connection))
