"""The address of the change stream, as an ASGI application in front of another."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from django.db import DatabaseError, OperationalError, close_old_connections

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import layers_for
from tiles.asgi import AsgiApp, Receive, Scope, Send, Viewers, session_key
from tiles.layer_state import states

from .events import ALL_CHANGED, Listeners, Message, encode, events_for

ADDRESS = "/changes/"
TICK = 2.0
"""Seconds between two words of the time to who hears of no change."""
LAG = timedelta(seconds=4)
"""How old that time is, so that it is always the same: longer than an idle worker waits between two looks."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
]


class ChangeStream:
    """Who has the session is asked again before anything but the public's is sent."""

    def __init__(self, app: AsgiApp, viewers: Viewers) -> None:
        self.app, self.viewers = app, viewers
        self.listeners = Listeners()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != ADDRESS:
            await self.app(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _send_error(
                send, 405, "The change stream is only read, with GET.", (b"allow", b"GET, HEAD")
            )
        elif asked := parse_qsl(scope.get("query_string", b"").decode("utf-8", "replace"), True):
            sentence = f"There is no parameter “{asked[0][0][:60]}” here; the change stream has none."
            await _send_error(send, 400, sentence)
        elif self.listeners.full:
            await _send_error(
                send, 503, "Too many maps are listening; ask again later.", (b"retry-after", b"30")
            )
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = session_key(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
        with self.listeners.open() as queue:
            try:
                viewer, hello = await asyncio.to_thread(self._hello, session)
            except DatabaseError:
                sentence = "The database does not answer; ask again soon."
                await _send_error(send, 503, sentence, (b"retry-after", b"5"))
                return
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            await send({"type": "http.response.body", "body": hello, "more_body": True})
            sender = asyncio.create_task(self._send_events(queue, send, session, viewer))
            disconnect = asyncio.create_task(_disconnect(receive))
            await asyncio.wait([sender, disconnect], return_when=asyncio.FIRST_COMPLETED)
            for task in (sender, disconnect):
                task.cancel()
            await asyncio.gather(sender, disconnect, return_exceptions=True)

    async def _send_events(
        self, queue: "asyncio.Queue[Message]", send: Send, session: str, viewer: Viewer
    ) -> None:
        tick = time.monotonic()
        while True:
            try:
                async with asyncio.timeout(max(0.0, tick + TICK - time.monotonic())):
                    new = events_for(await queue.get(), viewer)
            except TimeoutError:
                tick += TICK
                new = self.listeners.time(datetime.now(UTC) - LAG)
            if viewer != PUBLIC_VIEWER and any(kind == "change" for kind, _ in new):
                try:
                    if await asyncio.to_thread(self._viewer, session) != viewer:
                        await send({"type": "http.response.body", "body": encode("over", {})})
                        return
                except DatabaseError:
                    new = events_for(ALL_CHANGED, viewer)
            if new:
                body = b"".join(encode(kind, content) for kind, content in new)
                await send({"type": "http.response.body", "body": body, "more_body": True})

    def _viewer(self, session: str) -> Viewer:
        try:
            return self.viewers.look_up(session) if session else PUBLIC_VIEWER
        finally:
            close_old_connections()

    def _hello(self, session: str) -> tuple[Viewer, bytes]:
        """Who listens, and the versions of their layers: who loaded a page before the stream began compares."""
        if not self.listeners.wait_until_listening():
            raise OperationalError("the database is not listened to")
        viewer = self._viewer(session)
        try:
            versions = {name: state.version for name, state in states(layers_for(viewer), viewer).items()}
        finally:
            close_old_connections()
        return viewer, b"retry: 3000\n" + encode("hello", {"versions": versions})


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_error(send: Send, status: int, sentence: str, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"application/json"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"error": sentence}).encode()})
