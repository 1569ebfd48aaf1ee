"""Kept tiles, handed out before Django sees the request.

:class:`PublicTiles` answers in the server's event loop, without database, what everybody may see.
:class:`OwnTiles` answers in a thread, after one question to the database, what belongs to who signed in.
Whatever they cannot answer goes on to the application behind them.
"""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import UnknownLayer

from .answers import Answer, answer
from .cache import path_of, same_for_all
from .changes.folders import SUFFIX, tiles_folder
from .changes.heartbeat import is_watched
from .packed import read
from .requests import BadRequest, asked_layers, asked_tile
from .scheme import OutsideScheme

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

ADDRESS = re.compile(r"/tiles/([a-z0-9,-]{1,500})/(\d{1,2})/(\d{1,6})/(\d{1,6})\.pbf")
LOOK = 0.5  # seconds for which the worker's sign of life is believed without looking again


class PublicTiles:
    """In front of an ASGI application."""

    def __init__(self, inner: AsgiApp) -> None:
        self.inner = inner
        self.watched, self.looked = False, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._hit(scope) if scope["type"] == "http" else None
        if found is None:
            await self.inner(scope, receive, send)
            return
        headers = [(name.lower().encode(), value.encode()) for name, value in found.headers]
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        body = found.body if scope["method"] == "GET" else b""
        await send({"type": "http.response.body", "body": body})

    def _hit(self, scope: Scope) -> Answer | None:
        address = ADDRESS.fullmatch(scope["path"])
        if address is None or scope["method"] not in {"GET", "HEAD"} or not self._is_watched():
            return None
        headers = dict(scope["headers"])
        names, z, x, y = address.groups()
        if session_of(headers.get(b"cookie", b"").decode("latin-1")) and not _alike(names):
            return None
        tile = read(f"{tiles_folder()}/{PUBLIC_VIEWER.key}/{names}/{z}/{x}/{y}{SUFFIX}")
        return (
            None
            if tile is None
            else answer(
                tile,
                public=True,
                accepted=headers.get(b"accept-encoding", b"").decode("latin-1"),
                known=headers.get(b"if-none-match", b"").decode("latin-1"),
            )
        )

    def _is_watched(self) -> bool:
        if time.monotonic() - self.looked > LOOK:
            self.watched, self.looked = is_watched(), time.monotonic()
        return self.watched


class OwnTiles:
    """In front of a WSGI application; ``viewer_of`` tells who has a session, anew for each request."""

    def __init__(self, inner: WsgiApp, viewer_of: Callable[[str], Viewer]) -> None:
        self.inner, self.viewer_of = inner, viewer_of

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = self._hit(environ)
        if found is None:
            return self.inner(environ, start_response)
        start_response(f"{found.status} {HTTPStatus(found.status).phrase}", found.headers)
        return [found.body] if environ["REQUEST_METHOD"] == "GET" else []

    def _hit(self, environ: dict[str, Any]) -> Answer | None:
        address = ADDRESS.fullmatch(environ["PATH_INFO"])
        session = address and session_of(environ.get("HTTP_COOKIE", ""))
        if not address or not session or environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not is_watched():
            return None
        names, *numbers = address.groups()
        try:
            viewer = self.viewer_of(session)
            tile = read(path_of(asked_layers(names, viewer), asked_tile(*numbers), viewer))
        except (UnknownLayer, BadRequest, OutsideScheme, DatabaseError):
            return None
        return (
            None
            if tile is None
            else answer(
                tile,
                public=viewer == PUBLIC_VIEWER,
                accepted=environ.get("HTTP_ACCEPT_ENCODING", ""),
                known=environ.get("HTTP_IF_NONE_MATCH", ""),
            )
        )


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
