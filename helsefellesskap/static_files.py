"""Static files under hashed names only, but for those a library asks for by folder and name."""

from collections.abc import Iterable

from whitenoise.storage import CompressedManifestStaticFilesStorage

ASKED_BY_NAME = "vendor/pdfjs/parts/"


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    def delete_files(self, files_to_delete: Iterable[str]) -> None:
        super().delete_files(name for name in files_to_delete if not name.startswith(ASKED_BY_NAME))
