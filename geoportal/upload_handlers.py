"""What stops an upload: it is too large, or there is no room for it."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler

from importers.pipeline.disk_space import explanation

NO_ROOM = "geoportal.no_room"
"""Where a request keeps why its upload was stopped."""


class DiskSpaceUploadHandler(TemporaryFileUploadHandler):
    """Stops an upload for which there is no room, and remembers why."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as problem:
            self._stop(problem)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as problem:
            self._stop(problem)

    def _stop(self, problem: OSError) -> NoReturn:
        if self.request is not None:
            self.request.META[NO_ROOM] = explanation(problem)
        raise StopUpload from problem


class SizeLimitUploadHandler(FileUploadHandler):
    """Stops an upload that is too large before any of it is written."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, str], content_length: int, *rest: Any
    ) -> None:
        self.total = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.total > settings.IMPORT_MAX_BYTES:
            raise StopUpload(connection_reset=self.total > 2 * settings.IMPORT_MAX_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
