"""Pages answered in threads, which no client holds however slowly it sends or reads.

A small body is whole before a thread sees the request, and large ones, of who is signed in only, leave threads to
others. What is answered is taken from the thread at once, to memory or disk, and sent from there.
"""

import asyncio
import json
import string
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import quote_from_bytes

from a2wsgi.wsgi import WSGIResponder
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils.translation import gettext as _

from layers.child_process.askers import Asker, asker
from layers.registry.audience import Viewer
from tiles.asgi import Receive, Scope, Send, Viewers, session_key

THREADS = 4
SMALL_BODY = 1_000_000  # bytes; all that forms without files hold
IN_MEMORY = 256 * 1024  # bytes of an answer; the rest lies on the disk
MOST_KEPT = 512 * 1024**2
"""Bytes of all answers of this process that wait for their clients; what is more waits in its thread."""
PIECE = 64 * 1024
SEND_TIMEOUT = 60.0
"""Seconds in which a client takes a piece."""
BODY_TIMEOUT = 30.0
"""Seconds in which a small body arrives, or a piece of a large one."""
LINGER_TIMEOUT = 5.0
LINGER_BYTES = 16_000_000
"""Seconds in which a client that is answered before it has sent all may take the answer, and what it sends meanwhile."""
WORK_TIMEOUT = 300.0
"""Seconds after which child processes that work for a request end, whatever each of them may take."""


class ClientGone(ConnectionError):
    """The client left, or took nothing for too long."""


class BodyTooLarge(Exception):
    """Nobody who is signed in sends more than a form."""


class PageThreads:
    """A WSGI application as an ASGI application. ``large_bodies`` is how many threads may wait for large bodies,
    ``prepare`` what each thread does before it answers."""

    def __init__(
        self,
        pages: Callable[..., Any],
        viewers: Viewers,
        threads: int = THREADS,
        body_timeout: float = BODY_TIMEOUT,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self.pages, self.viewers, self.body_timeout = pages, viewers, body_timeout
        self.executor = ThreadPoolExecutor(threads, "pages", prepare)
        for _thread in range(threads if prepare else 0):
            self.executor.submit(id, self)  # each is begun for something to do
        self.large_bodies = asyncio.Semaphore(max(1, threads // 2))
        self.kept = KeptBytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = RequestBody(receive, self.body_timeout)
        try:
            await self._read(scope, body)
            if body.is_whole:
                await self._answer(scope, body, send)
            else:
                async with self.large_bodies:
                    await self._answer(scope, body, send)
        except TimeoutError:
            await _refuse(body, send, 408, _("The request did not arrive in time; send it again."))
        except BodyTooLarge:
            await _refuse(body, send, 413, _("More was sent than this address takes."))
        except ClientGone:
            pass

    async def _read(self, scope: Scope, body: "RequestBody") -> None:
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        large = length.isdigit() and int(length) > SMALL_BODY
        if not large:
            await body.read_small()
        if not body.is_whole and not await self._is_signed_in(headers):
            raise BodyTooLarge

    async def _is_signed_in(self, headers: dict[bytes, bytes]) -> bool:
        session = session_key(headers.get(b"cookie", b"").decode("latin-1"))
        if not session:
            return False
        viewer = self.viewers.remembered(session)
        try:
            if viewer is None:
                viewer = await asyncio.to_thread(self._look_up, session)
            return bool(viewer.name)
        except (DatabaseError, InterfaceError):
            return True  # the pages say that the database is away

    def _look_up(self, session: str) -> Viewer:
        try:
            return self.viewers.look_up(session)
        finally:
            close_old_connections()

    async def _answer(self, scope: Scope, body: "RequestBody", send: Send) -> None:
        outbox = Outbox(send, self.kept, body)
        asker.set(found := Asker())  # for the thread, and the processes that work for it
        watch = asyncio.create_task(_leave_with(body, found))
        responder: Any = Responder(self.pages, self.executor, outbox)
        query = quote_from_bytes(scope.get("query_string", b""), safe=string.punctuation)
        try:
            await responder({**scope, "query_string": query.encode()}, body.receive, outbox.put)
            await outbox.finish()
        finally:
            watch.cancel()
            found.leave()
            outbox.close()


async def _leave_with(body: "RequestBody", found: Asker) -> None:
    """When its client has left, or too long a time has gone by."""
    with suppress(TimeoutError):
        async with asyncio.timeout(WORK_TIMEOUT):
            await body.left()
    found.leave()


class RequestBody:
    """What a client sends; a small body is kept, of a large one what was read."""

    def __init__(self, receive: Receive, timeout: float) -> None:
        self._receive, self._timeout = receive, timeout
        self._read = bytearray()
        self._whole = asyncio.Event()

    @property
    def is_whole(self) -> bool:
        return self._whole.is_set()

    async def discard(self) -> None:
        """What still comes, for a while: a proxy that is cut off while it sends never reads the answer."""
        left = LINGER_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_TIMEOUT):
                while not self.is_whole and left > 0:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        return
                    left -= len(message.get("body", b""))
                    self._note(message)

    async def left(self) -> None:
        """When the client that sent it has left."""
        await self._whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            await asyncio.sleep(1)  # servers may have nothing more to say, and say it at once

    async def read_small(self) -> None:
        """All of it, or a little more than a small body holds."""
        async with asyncio.timeout(self._timeout):
            while not self.is_whole and len(self._read) <= SMALL_BODY:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                self._note(message)
                self._read += message.get("body", b"")

    async def receive(self) -> dict[str, Any]:
        if self._read or self.is_whole:
            body, self._read = bytes(self._read), bytearray()
            return {"type": "http.request", "body": body, "more_body": not self.is_whole}
        async with asyncio.timeout(self._timeout):
            message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        self._note(message)
        return dict(message)

    def _note(self, message: Mapping[str, Any]) -> None:
        if not message.get("more_body", False):
            self._whole.set()


class KeptBytes:
    """How much of the answers of a process waits for their clients."""

    def __init__(self) -> None:
        self.total = 0
        self.less = asyncio.Condition()

    async def add(self, size: int) -> None:
        async with self.less:
            await self.less.wait_for(lambda: self.total + size <= MOST_KEPT or not self.total)
            self.total += size

    async def drop(self, size: int) -> None:
        async with self.less:
            self.total -= size
            self.less.notify_all()


class Outbox:
    """An answer between the thread that makes it and the client that takes it."""

    def __init__(self, send: Send, kept: KeptBytes, request: "RequestBody") -> None:
        self._send, self._kept, self._request = send, kept, request
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by close
        self._written = self._sent = 0
        self._ends = False
        self._news = asyncio.Event()
        self._carrier = asyncio.create_task(self._carry())

    @property
    def gone(self) -> bool:
        return self._carrier.done()

    async def put(self, message: dict[str, Any]) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body = message.get("body", b"")
        if body and not self.gone:
            await self._kept.add(len(body))
            self._file.seek(self._written)
            self._file.write(body)
            self._written += len(body)
        self._ends = self._ends or not message.get("more_body", False)
        self._news.set()

    async def finish(self) -> None:
        """When all is sent."""
        await self._carrier

    def close(self) -> None:
        self._carrier.cancel()
        if self.gone and not self._carrier.cancelled():
            self._carrier.exception()  # it was told to the thread
        self._file.close()

    async def _carry(self) -> None:
        try:
            while not (self._ends and self._sent == self._written):
                await self._news.wait()
                self._news.clear()
                while self._sent < self._written:
                    await self._send_piece()
            await self._request.discard()
            await self._send({"type": "http.response.body", "body": b""})
        except Exception as problem:
            raise ClientGone from problem
        finally:
            await self._kept.drop(self._written - self._sent)

    async def _send_piece(self) -> None:
        self._file.seek(self._sent)
        piece = self._file.read(PIECE)
        async with asyncio.timeout(SEND_TIMEOUT):
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        self._sent += len(piece)
        await self._kept.drop(len(piece))


class Responder(WSGIResponder):
    """Stops the work in the thread as soon as nobody waits for it."""

    def __init__(self, pages: Callable[..., Any], executor: ThreadPoolExecutor, outbox: Outbox) -> None:
        super().__init__(pages, executor, 10)
        self._outbox = outbox

    def send(self, message: Any) -> None:
        if self._outbox.gone:
            raise ClientGone
        super().send(message)


async def _refuse(body: RequestBody, send: Send, status: int, sentence: str) -> None:
    content = json.dumps({"error": sentence}).encode()
    headers = [
        (b"content-length", str(len(content)).encode()),
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    with suppress(Exception):
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content, "more_body": True})
        await body.discard()
        await send({"type": "http.response.body", "body": b""})
