"""Kept pictures, answered before Django and MapProxy see the request, and as MapProxy answers them."""

import hashlib
import os
import re
from email.utils import formatdate

from django.conf import settings

from layers.registry.registration import version
from tiles.asgi import AsgiApp, Receive, Scope, Send
from tiles.cache.heartbeat import Watch
from tiles.raster.configuration import BASE_MAPS, GRID, drawn_layers, tiles_folder

from .responses import TileResponse, send_response

ADDRESS = re.compile(
    rf"/mapproxy/(?:tiles/1\.0\.0|wmts)/([a-z0-9-]+)/{GRID}/(\d{{1,2}})/(\d{{1,7}})/(\d{{1,7}})\.(png|webp)"
)
"""TMS as MapProxy counts it here, from the north-west, and WMTS by its resource addresses."""


class RasterMiddleware:
    """In front of an ASGI application, to which everything goes that is not a kept file."""

    def __init__(self, app: AsgiApp) -> None:
        self.app, self.watch = app, Watch()
        self.names: frozenset[str] = frozenset()
        self.version = -1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._answer(scope) if scope["type"] == "http" else None
        if response is None:
            await self.app(scope, receive, send)
        else:
            await send_response(send, response, scope["method"])

    def _answer(self, scope: Scope) -> TileResponse | None:
        address = ADDRESS.fullmatch(scope["path"])
        if address is None or scope["method"] not in {"GET", "HEAD"} or not self.watch.is_worker_alive():
            return None
        name, *numbers, form = address.groups()
        if name not in self._public_names():
            return None
        z, x, y = map(int, numbers)
        found = _read(f"{tiles_folder()}/{name}/{z}/{x}/{y}.{form}")
        if found is None:
            return None
        return _response(
            *found, f"image/{form}", dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
        )

    def _public_names(self) -> frozenset[str]:
        """What may be shown now, if pictures are kept as files."""
        if self.version != version():
            self.version = version()
            names = {*BASE_MAPS, *(layer.name for layer in drawn_layers())}
            self.names = frozenset() if settings.RASTER_CACHE.startswith("redis://") else frozenset(names)
        return self.names


def _read(path: str) -> tuple[bytes, float] | None:
    """The file, and when it was written; None where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        state = os.fstat(handle)
        return os.read(handle, state.st_size + 1), state.st_mtime
    except OSError:
        return None
    finally:
        os.close(handle)


def _response(picture: bytes, written: float, form: str, known: str) -> TileResponse:
    etag = f'"{hashlib.md5(f"{written}{len(picture)}".encode(), usedforsecurity=False).hexdigest()}"'
    headers = [
        ("ETag", etag),
        ("Last-Modified", formatdate(written, usegmt=True)),
        ("Cache-Control", "public, no-cache"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if etag in known or known.strip() == "*":
        return TileResponse(304, headers, b"")
    return TileResponse(
        200, [*headers, ("Content-Type", form), ("Content-Length", str(len(picture)))], picture
    )
