"""Kept tiles, handed out before Django sees the request; whatever is not kept goes on to it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import UnknownLayer

from .answers import Answer, answer
from .cache import path_of, same_for_all
from .changes.folders import SUFFIX, tiles_folder
from .changes.heartbeat import is_watched
from .packed import PackedTile, read
from .requests import BadRequest, asked_layers, asked_tile
from .scheme import OutsideScheme

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

ADDRESS = re.compile(r"/tiles/([a-z0-9,-]{1,500})/(\d{1,2})/(\d{1,6})/(\d{1,6})\.pbf")
THREADS = 2
LOOK = 0.5  # seconds for which the worker's sign of life is believed without looking again


class KeptTiles:
    """In front of an ASGI application; ``viewer_of`` tells who has a session, anew for each request.

    What everybody may see is answered in the server's event loop without a database, what belongs to who signed
    in in a thread, after one question.
    """

    def __init__(self, inner: AsgiApp, viewer_of: Callable[[str], Viewer]) -> None:
        self.inner, self.viewer_of = inner, viewer_of
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="own-tiles")
        self.watched, self.looked = False, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = await self._hit(scope) if scope["type"] == "http" else None
        if found is None:
            await self.inner(scope, receive, send)
            return
        headers = [(name.lower().encode(), value.encode()) for name, value in found.headers]
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        body = found.body if scope["method"] == "GET" else b""
        await send({"type": "http.response.body", "body": body})

    async def _hit(self, scope: Scope) -> Answer | None:
        address = ADDRESS.fullmatch(scope["path"])
        if address is None or scope["method"] not in {"GET", "HEAD"} or not self._is_watched():
            return None
        headers = dict(scope["headers"])
        session = session_of(headers.get(b"cookie", b"").decode("latin-1"))
        names, *numbers = address.groups()
        if session and not _alike(names):
            run = asyncio.get_running_loop().run_in_executor
            tile, public = await run(self.threads, self._own, session, names, numbers)
        else:
            kept = f"{tiles_folder()}/{PUBLIC_VIEWER.key}/{names}/{'/'.join(numbers)}{SUFFIX}"
            tile, public = read(kept), True
        if tile is None:
            return None
        return answer(
            tile,
            public=public,
            accepted=headers.get(b"accept-encoding", b"").decode("latin-1"),
            known=headers.get(b"if-none-match", b"").decode("latin-1"),
        )

    def _own(self, session: str, names: str, numbers: list[str]) -> tuple[PackedTile | None, bool]:
        try:
            viewer = self.viewer_of(session)
            kept = path_of(asked_layers(names, viewer), asked_tile(*numbers), viewer)
        except (UnknownLayer, BadRequest, OutsideScheme, DatabaseError, InterfaceError):
            return None, False
        return read(kept), viewer == PUBLIC_VIEWER

    def _is_watched(self) -> bool:
        if time.monotonic() - self.looked > LOOK:
            self.watched, self.looked = is_watched(), time.monotonic()
        return self.watched


def session_of(cookies: str) -> str:
    """The session named by a Cookie header, empty if none."""
    if settings.SESSION_COOKIE_NAME not in cookies:
        return ""
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return "unreadable"
    return found.value if found else ""


def _alike(names: str) -> bool:
    """Whether the layers look the same to everybody, so that it does not matter who asks."""
    try:
        return all(map(same_for_all, asked_layers(names, PUBLIC_VIEWER)))
    except (UnknownLayer, BadRequest):
        return False
