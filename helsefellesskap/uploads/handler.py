"""Stops an upload while it arrives: what is too large, too much, or from nobody is never written to disk."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helsefellesskap.refusals import NotAllowed
from helsefellesskap.uploads.names import clean_name

MOST_FILES = 50
LONGEST_NAME = 255  # bytes; what file systems take
MEGABYTE = 1024 * 1024  # what Windows calls one


class LimitHandler(FileUploadHandler):
    """The first of the upload handlers. It raises nothing the view would not expect: ask `check_request`.

    The form's fields before the first file are read in any case, the CSRF token among them.
    """

    def handle_raw_input(  # type: ignore[override]  # the boundary is bytes
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: bytes,
        encoding: Any = None,
    ) -> None:
        self._is_too_much = content_length > settings.UPLOAD_REQUEST_LIMIT
        self._files = 0

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        self._files += 1
        self._size = 0
        if self._is_too_much:
            self._stop()
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        if self._files > MOST_FILES:
            self._skip(
                ngettext(
                    "Du kan laste opp %(most)s fil om gangen.",
                    "Du kan laste opp inntil %(most)s filer om gangen.",
                    MOST_FILES,
                )
                % {"most": MOST_FILES}
            )
        if len(file_name.encode()) > LONGEST_NAME:
            self._skip(
                _("Navnet på filen «%(name)s» er for langt. Gi filen et kortere navn.")
                % {"name": clean_name(file_name)}
            )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._size += len(raw_data)
        if self._size > settings.UPLOAD_LIMIT:
            self._skip(too_large(clean_name(self.file_name or "")))
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""

    def _skip(self, sentence: str) -> NoReturn:
        _refuse(self.request, sentence)
        raise SkipFile

    def _stop(self) -> NoReturn:
        sentence = _("Filene er til sammen større enn %(limit)s MB. Last opp færre om gangen.")
        _refuse(self.request, sentence % {"limit": settings.UPLOAD_REQUEST_LIMIT // MEGABYTE})
        raise StopUpload(connection_reset=True)


def too_large(name: str) -> str:
    return _("«%(name)s» er for stor. Grensen er %(limit)s MB per fil.") % {
        "name": name,
        "limit": settings.UPLOAD_LIMIT // MEGABYTE,
    }


def _refuse(request: HttpRequest | None, sentence: str) -> None:
    """The first reason is the one that is told."""
    if request is not None and not hasattr(request, "upload_refusal"):
        request.upload_refusal = sentence  # type: ignore[attr-defined]


def check_request(request: HttpRequest) -> None:
    """Raises NotAllowed if a file of this request was stopped on its way in. Every view that takes files asks first."""
    request.FILES  # noqa: B018 - the body is read, if nobody has
    if sentence := getattr(request, "upload_refusal", ""):
        raise NotAllowed(sentence, field="files")
