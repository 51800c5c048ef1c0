"""Images of the pages of a stored PDF, made when they are first asked for and kept by the file's hash."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.cache import caches
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from helsefellesskap import untrusted
from helsefellesskap.uploads.temporary import path_of

WIDTHS = (480, 960, 1440)
"""The only widths, so that nobody can fill the disk; the template names the same."""
CONTENT_TYPE = "image/webp"
HOUR = 60 * 60


class CannotRender(Exception):
    """There is no such page or width, or the page cannot be drawn."""


def render(file: File[Any], *, sha256: str, page: int, width: int) -> bytes:
    """The page (from 1) as WebP. Raises CannotRender."""
    if width not in WIDTHS:
        raise CannotRender
    return _kept(f"{sha256}-{page}-{width}", file, lambda path: untrusted.page_image(path, page, width), page)


def serve(request: HttpRequest, file: File[Any], *, sha256: str, page: int) -> HttpResponse:
    """The image of the page in the width of `?bredde=`, for a view that has asked who may see it. Raises Http404."""
    width = request.GET.get("bredde", str(WIDTHS[1]))
    etag = quote_etag(f"{sha256}-{page}-{width}")
    if not_modified := get_conditional_response(request, etag=etag):
        return not_modified
    try:
        image = render(file, sha256=sha256, page=page, width=int(width) if width.isdecimal() else 0)
    except CannotRender as error:
        raise Http404 from error
    headers = {"ETag": etag, "X-Content-Type-Options": "nosniff"}
    if not request.user.is_authenticated:
        headers["Cache-Control"] = "no-cache"
    return HttpResponse(image, content_type=CONTENT_TYPE, headers=headers)


def _kept(key: str, file: File[Any], make: Callable[[Path], bytes], page: int) -> bytes:
    """From the cache, or made and put there; what cannot be made is not tried again for an hour."""
    if page < 1:
        raise CannotRender
    cache = caches["pages"]
    made: bytes | None = cache.get(key)
    if made is None:
        try:
            with path_of(file) as path:
                made = b"+" + make(path)
        except untrusted.Busy as error:
            raise CannotRender from error
        except (untrusted.Failed, FileNotFoundError):
            made = b""
        cache.set(key, made, timeout=None if made else HOUR)
    if not made:
        raise CannotRender
    return made[1:]
