"""Static files by names that hold a hash of their content, so that a browser asks for each of them once."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from tiles.http.responses import encodings

UNHASHED = "leaflet/images/marker-"
"""Leaflet looks for the picture of its own marker by this name."""


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # how deep modules import each other, a little more
    keep_intermediate_files = False

    def hashed_name(self, name: str, content: Any = None, filename: Any = None) -> str:
        return name if UNHASHED in name else super().hashed_name(name, content, filename)


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """A refused encoding is not sent, and a part is one of the file as it is."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        wanted = encodings(request.headers.get("Accept-Encoding", ""))
        request.META["HTTP_ACCEPT_ENCODING"] = "" if "Range" in request.headers else ",".join(sorted(wanted))
        return WhiteNoiseMiddleware.serve(static_file, request)  # type: ignore[no-any-return]
