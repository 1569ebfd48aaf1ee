"""Texts go out compressed: with Brotli where the client takes it, else with gzip."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus

import brotli
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from tiles.http.responses import encodings

SHORTEST = 500
"""Bytes below which a packet holds the text anyway."""
QUALITY = 5
TEXTS = ("text/", "application/json", "application/geo+json", "application/schema+json", "image/svg+xml")
SUFFIXES = ("+json", "+xml", "/xml", "/javascript")


class CompressionMiddleware(GZipMiddleware):
    """Pages of who is signed in are given to Django's gzip, which adds bytes at random against guesses by length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == HTTPStatus.PARTIAL_CONTENT or response.has_header("Content-Encoding"):
            return response
        if not _is_text(response.get("Content-Type", "")):
            return response
        accepted = encodings(request.headers.get("Accept-Encoding", ""))
        is_private = "no-store" in response.get("Cache-Control", "")
        if not accepted & {"br", "gzip"}:  # Django gives gzip to who refuses it by name
            patch_vary_headers(response, ["Accept-Encoding"])
            return response
        if is_private or "br" not in accepted:
            return super().process_response(request, response)
        patch_vary_headers(response, ["Accept-Encoding"])
        if response.streaming:
            response.streaming_content = _stream(response.streaming_content)  # type: ignore[attr-defined]
            del response["Content-Length"]
        elif len(response.content) < SHORTEST:  # type: ignore[attr-defined]
            return response
        else:
            response.content = brotli.compress(response.content, quality=QUALITY)  # type: ignore[attr-defined]
            response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        response["Content-Encoding"] = "br"
        etag = response.get("ETag", "")
        if etag.startswith('"'):
            response["ETag"] = f"W/{etag}"
        return response


def _is_text(kind: str) -> bool:
    name = kind.split(";")[0].strip().lower()
    return name.startswith(TEXTS) or name.endswith(SUFFIXES) or "vnd.oai.openapi" in name


def _stream(pieces: Iterable[bytes]) -> Iterator[bytes]:
    squeezer = brotli.Compressor(quality=QUALITY)
    for piece in pieces:
        if squeezed := squeezer.process(piece):
            yield squeezed
    yield squeezer.finish()
