"""The one way a stored file leaves: from the storage in blocks, after the view has asked who may have it."""

import logging
import os
import re
from collections.abc import Iterator

from django.db.models.fields.files import FieldFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

PDF = "application/pdf"
INLINE = frozenset({PDF, "image/png", "image/jpeg"})
BLOCK = 1 << 16
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What a file may do when shown alone; the style is that of the browser's own viewer."""
SANDBOX = "; sandbox"  # not for PDFs: Safari shows none in a sandbox, and those with scripts were refused
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")

logger = logging.getLogger(__name__)


def serve(
    request: HttpRequest, file: FieldFile, *, name: str, content_type: str, sha256: str = ""
) -> HttpResponseBase:
    """The file, or the one part of it that was asked for; shown in the browser only if it is a PDF or an image.

    With `sha256` a reader who has the file already is told so, and an interrupted download can go on. Raises Http404
    if the storage has lost the file.
    """
    etag = quote_etag(sha256) if sha256 else None
    response = get_conditional_response(request, etag=etag) or _content(request, file, etag)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = (
        content_disposition_header(content_type not in INLINE, name) or "inline"
    )
    response.headers["Content-Security-Policy"] = POLICY + ("" if content_type == PDF else SANDBOX)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Accept-Ranges"] = "bytes"
    if etag:
        response.headers["ETag"] = etag
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        response.headers["Cache-Control"] = "no-cache"  # what is public today may be withdrawn tomorrow
    return response


def _content(request: HttpRequest, file: FieldFile, etag: str | None) -> HttpResponseBase:
    try:
        file.open("rb")
    except FileNotFoundError as error:
        logger.error("A file is missing in the storage: %s", file.name)
        raise Http404 from error
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if request.method == "HEAD":
        file.close()
        return HttpResponse(headers={"Content-Length": str(size)})
    part = _part_asked_for(request, size, etag)
    if part is None:
        response = FileResponse(file)
        response.block_size = BLOCK
        return response
    if not part:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return StreamingHttpResponse(
        _blocks(file, part),
        status=206,
        headers={
            "Content-Length": str(len(part)),
            "Content-Range": f"bytes {part.start}-{part.stop - 1}/{size}",
        },
    )


def _part_asked_for(request: HttpRequest, size: int, etag: str | None) -> range | None:
    """The bytes of a single range, an empty range if there are no such bytes, or None for the whole file."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked["first"], asked["last"]
    if not first:
        return range(max(size - int(last), 0), size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def _blocks(file: FieldFile, part: range) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left = len(part)
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
