"""The address of the change stream, as an ASGI application in front of another."""

import asyncio
import json
from collections.abc import Callable

from django.db import DatabaseError, OperationalError, close_old_connections

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import layers_for
from tiles.asgi_tiles import AsgiApp, Receive, Scope, Send, session_of
from tiles.invalidation.layer_state import states

from .events import LOST, Listeners, Message, encoded, events

ADDRESS = "/changes/"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
]


class ChangeStream:
    """``viewer_of`` tells who has a session; it is asked again before anything but the public's is told."""

    def __init__(self, inner: AsgiApp, viewer_of: Callable[[str], Viewer]) -> None:
        self.inner, self.viewer_of = inner, viewer_of
        self.listeners = Listeners()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != ADDRESS:
            await self.inner(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _refuse(send, 405, "The change stream is only read, with GET.", (b"allow", b"GET, HEAD"))
        elif self.listeners.full:
            await _refuse(send, 503, "Too many maps are listening; ask again later.", (b"retry-after", b"30"))
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = session_of(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
        with self.listeners.open() as queue:
            try:
                viewer, hello = await asyncio.to_thread(self._hello, session)
            except DatabaseError:
                sentence = "The database does not answer; ask again soon."
                await _refuse(send, 503, sentence, (b"retry-after", b"5"))
                return
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            await send({"type": "http.response.body", "body": hello, "more_body": True})
            telling = asyncio.create_task(self._tell(queue, send, session, viewer))
            leaving = asyncio.create_task(_gone(receive))
            await asyncio.wait([telling, leaving], return_when=asyncio.FIRST_COMPLETED)
            for task in (telling, leaving):
                task.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)

    async def _tell(self, queue: "asyncio.Queue[Message]", send: Send, session: str, viewer: Viewer) -> None:
        while True:
            told = events(await queue.get(), viewer)
            if viewer != PUBLIC_VIEWER and any(kind == "change" for kind, _ in told):
                try:
                    if await asyncio.to_thread(self._viewer, session) != viewer:
                        await send({"type": "http.response.body", "body": encoded("over", {})})
                        return
                except DatabaseError:
                    told = events(LOST, viewer)
            if told:
                body = b"".join(encoded(kind, content) for kind, content in told)
                await send({"type": "http.response.body", "body": body, "more_body": True})

    def _viewer(self, session: str) -> Viewer:
        try:
            return self.viewer_of(session) if session else PUBLIC_VIEWER
        finally:
            close_old_connections()

    def _hello(self, session: str) -> tuple[Viewer, bytes]:
        """Who listens, and the versions of their layers: who loaded a page before the stream began compares."""
        if not self.listeners.hears():
            raise OperationalError("the database is not listened to")
        viewer = self._viewer(session)
        try:
            versions = {name: state.version for name, state in states(layers_for(viewer), viewer).items()}
        finally:
            close_old_connections()
        return viewer, b"retry: 3000\n" + encoded("hello", {"versions": versions})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int, sentence: str, header: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"application/json"), header]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"error": sentence}).encode()})
