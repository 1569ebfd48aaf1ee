"""Tiles, answered before Django sees the request."""

import asyncio
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connection

from layers.errors import PortalError
from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.audience_views import same_for_all
from tiles.asgi import AsgiApp, Receive, Scope, Send, session_key
from tiles.cache.gzip_tile import GzipTile, read
from tiles.cache.heartbeat import is_worker_alive
from tiles.cache.paths import SUFFIX, tiles_folder
from tiles.cache.tile_files import partition
from tiles.tile_service import get_tile

from .requests import parse_layers, parse_tile
from .responses import TileResponse, tile_response

ADDRESS = re.compile(r"/tiles/([a-z0-9,-]{1,500})/(\d{1,2})/(\d{1,6})/(\d{1,6})\.pbf")
THREADS = 4
HEARTBEAT_CHECK_INTERVAL = 0.5  # seconds for which the worker's sign of life is believed


class TileMiddleware:
    """In front of an ASGI application; ``viewer_of`` tells who has a session, anew for each request.

    Kept tiles that everybody may see are answered in the server's event loop without a database. What belongs to
    who signed in, and what must be drawn, is answered in a thread. Mistakes and failures go on to the application,
    which has words for them.
    """

    def __init__(self, app: AsgiApp, viewer_of: Callable[[str], Viewer]) -> None:
        self.app, self.viewer_of = app, viewer_of
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tiles")
        self.worker_alive, self.checked_at = False, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = await self._answer(scope) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        headers = [(name.lower().encode(), value.encode()) for name, value in found.headers]
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        body = found.body if scope["method"] == "GET" else b""
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope) -> TileResponse | None:
        address = ADDRESS.fullmatch(scope["path"])
        if address is None or scope["method"] not in {"GET", "HEAD"} or not self._is_worker_alive():
            return None
        headers = dict(scope["headers"])
        session = session_key(headers.get(b"cookie", b"").decode("latin-1"))
        names, *numbers = address.groups()
        tile, public = None, True
        if not session or _same_for_all(names):
            tile = read(f"{tiles_folder()}/{PUBLIC_VIEWER.key}/{names}/{'/'.join(numbers)}{SUFFIX}")
        if tile is None:
            run = asyncio.get_running_loop().run_in_executor
            tile, public = await run(self.threads, self._private_tile, session, names, numbers)
        if tile is None:
            return None
        return tile_response(
            tile,
            public=public,
            accepted=headers.get(b"accept-encoding", b"").decode("latin-1"),
            known=headers.get(b"if-none-match", b"").decode("latin-1"),
        )

    def _private_tile(self, session: str, names: str, numbers: list[str]) -> tuple[GzipTile | None, bool]:
        """The tile as this viewer sees it, and whether everybody sees it so."""
        try:
            viewer = self.viewer_of(session) if session else PUBLIC_VIEWER
            layers = parse_layers(names, viewer)
            return get_tile(layers, parse_tile(*numbers), viewer), partition(
                layers, viewer
            ) == PUBLIC_VIEWER.key
        except PortalError:
            return None, False
        except (DatabaseError, InterfaceError):
            connection.close()
            return None, False

    def _is_worker_alive(self) -> bool:
        if time.monotonic() - self.checked_at > HEARTBEAT_CHECK_INTERVAL:
            self.worker_alive, self.checked_at = is_worker_alive(), time.monotonic()
        return self.worker_alive


def _same_for_all(names: str) -> bool:
    """Whether the layers look the same to everybody, so that it does not matter who asks."""
    try:
        return all(map(same_for_all, parse_layers(names, PUBLIC_VIEWER)))
    except PortalError:
        return False
