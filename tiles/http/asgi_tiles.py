"""Vector tiles, answered before Django sees the request."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection

from layers.errors import PortalError
from layers.registry.access.audience_views import same_for_all
from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import version
from tiles.asgi import AsgiApp, Receive, Scope, Send, Viewers, session_key
from tiles.cache.combinations import asker
from tiles.cache.gzip_tile import GzipTile, read
from tiles.cache.heartbeat import Watch
from tiles.cache.paths import SUFFIX, tiles_folder
from tiles.cache.tile_files import partition
from tiles.tile_service import get_tile

from .requests import parse_layers, parse_tile
from .responses import TileResponse, send_response, tile_response

ADDRESS = re.compile(r"/tiles/([a-z0-9,-]{1,500})/(\d{1,2})/(\d{1,6})/(\d{1,6})\.pbf")
THREADS = 4


def peer_alone(peer: str, forwarded: str) -> str:
    return peer


class TileMiddleware:
    """In front of an ASGI application. ``host_of`` tells whose request it is by the peer and X-Forwarded-For.

    Kept tiles are answered in the server's event loop without a database. What must be drawn, and who is not
    remembered, is left to a thread. Mistakes and failures go on to the application, which has words for them.
    """

    def __init__(
        self, app: AsgiApp, viewers: Viewers, host_of: Callable[[str, str], str] = peer_alone
    ) -> None:
        self.app, self.viewers, self.host_of = app, viewers, host_of
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tiles")
        self.watch, self.folders = Watch(), Folders()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope) if scope["type"] == "http" else None
        if response is None:
            await self.app(scope, receive, send)
        else:
            await send_response(send, response, scope["method"])

    async def _answer(self, scope: Scope) -> TileResponse | None:
        address = ADDRESS.fullmatch(scope["path"])
        if address is None or scope["method"] not in {"GET", "HEAD"} or scope["query_string"]:
            return None
        if not self.watch.is_worker_alive():
            return None
        headers = dict(scope["headers"])
        session = session_key(headers.get(b"cookie", b"").decode("latin-1"))
        names, *numbers = address.groups()
        folder = self._folder(session, names)
        public = folder is not None and folder.partition == PUBLIC_VIEWER.key
        tile = read(f"{tiles_folder()}/{folder}/{'/'.join(numbers)}{SUFFIX}") if folder else None
        if tile is None:
            run = asyncio.get_running_loop().run_in_executor
            peer = (scope.get("client") or ("", 0))[0]
            host = self.host_of(peer, headers.get(b"x-forwarded-for", b"").decode("latin-1"))
            tile, public = await run(self.threads, self._draw, session, names, numbers, host)
        if tile is None:
            return None
        return tile_response(
            tile,
            public=public,
            accepted=headers.get(b"accept-encoding", b"").decode("latin-1"),
            known=headers.get(b"if-none-match", b"").decode("latin-1"),
        )

    def _folder(self, session: str, names: str) -> "Folder | None":
        """None where it takes the database to know, or there is nothing to know."""
        folder = self.folders.of(names, PUBLIC_VIEWER)
        if not session or (folder and folder.same_for_all):
            return folder
        viewer = self.viewers.remembered(session)
        return self.folders.of(names, viewer) if viewer else None

    def _draw(self, session: str, names: str, numbers: list[str], host: str) -> tuple[GzipTile | None, bool]:
        """The tile as this viewer sees it, and whether everybody sees it so."""
        asker.set(host)
        try:
            viewer = self.viewers.look_up(session) if session else PUBLIC_VIEWER
            layers = parse_layers(names, viewer)
            tile = get_tile(layers, parse_tile(*numbers), viewer)
            return tile, partition(layers, viewer) == PUBLIC_VIEWER.key
        except PortalError:
            return None, False
        except (DatabaseError, InterfaceError):
            connection.close()
            return None, False


@dataclass(frozen=True)
class Folder:
    """Where the tiles of some layers are kept for a viewer, and whether that is so for every viewer."""

    partition: str
    names: str
    same_for_all: bool

    def __str__(self) -> str:
        return f"{self.partition}/{self.names}"


class Folders:
    """The folders of the layers that viewers asked for, as long as the registry is the same."""

    MOST = 10_000

    def __init__(self) -> None:
        self._known: dict[tuple[str, Viewer], Folder] = {}
        self._version = -1

    def of(self, names: str, viewer: Viewer) -> Folder | None:
        """None for layers that this viewer may not know of."""
        if self._version != version() or len(self._known) >= self.MOST:
            self._known.clear()
            self._version = version()
        known = self._known.get((names, viewer))
        if known is None:
            try:
                layers = parse_layers(names, viewer)
            except PortalError:
                return None
            sorted_names = ",".join(layer.name for layer in layers)
            shared = all(map(same_for_all, layers))
            known = self._known[names, viewer] = Folder(partition(layers, viewer), sorted_names, shared)
        return known
