"""Files in an S3-compatible store: private, never overwritten, read from where one seeks to."""

import io
from typing import Any, Self

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends import s3

READ_AHEAD = 1 << 20


class ObjectReader(io.RawIOBase):
    """An object as a file: a request for what lies ahead is sent when something is read, and again after a seek."""

    def __init__(self, item: Any) -> None:
        self._object = item
        self._size: int = item.content_length
        self._position = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        position = max(start + offset, 0)
        if position != self._position:
            self._drop()
            self._position = position
        return position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size:
            return 0
        if self._body is None:
            self._body = self._object.get(Range=f"bytes={self._position}-")["Body"]
        content = self._body.read(len(buffer))
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


class ObjectFile(File[bytes]):
    """An object as Django knows files; it can be opened again after it was closed."""

    def __init__(self, item: Any, name: str) -> None:
        self._object = item
        super().__init__(self._reader(), name)

    def open(self, *args: Any, **kwargs: Any) -> Self:
        if self.closed:
            self.file = self._reader()
        self.seek(0)
        return self

    def _reader(self) -> io.BufferedReader:
        return io.BufferedReader(ObjectReader(self._object), READ_AHEAD)


class S3Storage(s3.S3Storage):  # type: ignore[misc]  # django-storages has no types
    """Without public addresses: every file is served by the program, after its access check."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,  # private; many stores refuse to hear of anything else
            "file_overwrite": False,
            "transfer_config": TransferConfig(use_threads=False),  # one part in memory at a time
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=5,
                retries={"max_attempts": 3},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        }

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        if mode != "rb":
            return super()._open(name, mode)  # type: ignore[no-any-return]
        item = self.bucket.Object(self._normalize_name(name))
        try:
            item.load()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(f"File does not exist: {name}") from error
            raise
        return ObjectFile(item, name)
