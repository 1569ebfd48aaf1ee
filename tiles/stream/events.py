"""The change stream: open maps hear which tiles to ask for again, once the caches no longer hold the old ones.

Server-Sent Events of three kinds, all with JSON: ``hello`` (when a stream begins: the layers' versions), ``change``
(layer, bbox in degrees: west, south, east, north, of cells of the tile scheme, whatever place in them changed; ``max_zoom`` where only tiles up to
it changed), ``time`` (everything committed until then is shown), and ``everything`` (what changed is not known). A
viewer hears only of changes that they see, and ``time`` with these or by the clock: when it comes tells of no other.
"""

import asyncio
import json
import logging
import select
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg2
from django.db import connection

from layers.coordinates import web_to_lonlat
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import UnknownLayer, get_layer
from tiles.invalidation.change_feed import ChangedArea
from tiles.invalidation.synchronization import EXPIRED_CHANNEL, cache_id
from tiles.invalidation.triggers import FINE
from tiles.scheme import BUFFER, EXTENT, Box
from tiles.vector.blocks import BLOCKS_SUFFIX, block_zooms

INSET = FINE * (BUFFER + 0.5) / EXTENT
"""Metres of EPSG:3857; less than the reach by which the cells were chosen, so that what changed lies within."""
MAX_QUEUED = 200  # events; a listener that is further behind is told that everything may have changed
MAX_LISTENERS = 2000
PAUSE = 2.0  # seconds between attempts to reach the database

Event = tuple[str, dict[str, Any]]
Message = dict[str, Any]

ALL_CHANGED: Message = {"all": True, "changes": []}
"""What was missed while the database was away is not known."""

log = logging.getLogger(__name__)


class Listeners:
    """The open streams of this process; one thread listens to the database for all of them."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[Message], asyncio.AbstractEventLoop] = {}
        self._thread: threading.Thread | None = None
        self._starting, self._hearing = threading.Lock(), threading.Event()
        self._end, self._ending = socket.socketpair()
        self._to: datetime | None = None

    @property
    def full(self) -> bool:
        return len(self._queues) >= MAX_LISTENERS

    @contextmanager
    def open(self) -> "Iterator[asyncio.Queue[Message]]":
        """A queue of what the worker says from now on; ask :meth:`wait_until_listening` before relying on it."""
        queue: asyncio.Queue[Message] = asyncio.Queue(MAX_QUEUED)
        self._queues[queue] = asyncio.get_running_loop()
        try:
            yield queue
        finally:
            del self._queues[queue]

    def wait_until_listening(self) -> bool:
        """Wait until the database is listened to; False if it is not within a few seconds."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, daemon=True, name="change-stream")
                self._thread.start()
        return self._hearing.wait(5)

    def close(self) -> None:
        """Listen no longer; streams that are still open hear nothing more."""
        self._ending.close()
        with self._starting:
            if self._thread is not None:
                self._thread.join()
        self._hearing.clear()
        self._end.close()

    def time(self, to: datetime) -> list[Event]:
        """That everything committed until then is shown, if it is."""
        return [("time", {"to": to.isoformat()})] if self._to and self._to >= to else []

    def _listen(self) -> None:
        mine = cache_id()
        while not _readable(self._end, seconds=0):
            try:
                for payload in _notifications(self._hearing, self._end):
                    message = json.loads(payload)
                    if message["cache"] == mine:
                        self._to = datetime.fromisoformat(message["to"])
                        self._publish(message)
            except psycopg2.Error as problem:
                log.warning("The change stream waits for the database: %s", problem)
                self._hearing.clear()
                self._to = None
                self._publish(ALL_CHANGED)
                _readable(self._end, seconds=PAUSE)

    def _publish(self, message: Message) -> None:
        for queue, loop in list(self._queues.items()):
            loop.call_soon_threadsafe(_put, queue, message)


def _put(queue: "asyncio.Queue[Message]", message: Message) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        message = {**message, "all": True, "changes": []}
    queue.put_nowait(message)


def _readable(*sources: Any, seconds: float) -> list[Any]:
    return select.select(sources, [], [], seconds)[0]


def _notifications(hearing: threading.Event, end: socket.socket) -> Iterator[str]:
    params = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    raw = psycopg2.connect(**params)
    try:
        raw.autocommit = True
        raw.cursor().execute(f"LISTEN {EXPIRED_CHANNEL}")
        hearing.set()
        while end not in _readable(raw, end, seconds=30):
            raw.poll()
            while raw.notifies:
                yield raw.notifies.pop(0).payload
    finally:
        raw.close()


def events_for(message: Message, viewer: Viewer) -> list[Event]:
    """What a viewer is told of a worker's message."""
    told: list[Event] = [("everything", {})] if message["all"] else []
    for name, audience, departments, cells in message["changes"]:
        layer = name.removesuffix(BLOCKS_SUFFIX)
        change = ChangedArea(layer, Audience(audience), departments, cells and _box(cells))
        if change.box and change.is_seen_by(viewer) and _is_known(layer, viewer):
            deepest = {"max_zoom": block_zooms(layer)[-1]} if name.endswith(BLOCKS_SUFFIX) else {}
            told.append(("change", {"layer": layer, "bbox": _degrees(change.box), **deepest}))
    if told and "to" in message:
        told.append(("time", {"to": message["to"]}))
    return told


def _is_known(name: str, viewer: Viewer) -> bool:
    try:
        get_layer(name, viewer)
    except UnknownLayer:
        return False
    return True


def _box(cells: Sequence[int]) -> Box:
    """Within the cells by as much as their neighbours reach into them, so that no map asks for those as well."""
    west, south, east, north = (edge * FINE for edge in cells)
    return west + INSET, south + INSET, east - INSET, north - INSET


def _degrees(box: Box) -> list[float]:
    west, south = web_to_lonlat(box[0], box[1])
    east, north = web_to_lonlat(box[2], box[3])
    return [round(value, 7) for value in (west, south, east, north)]


def encode(kind: str, content: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()
