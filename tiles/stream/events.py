"""The change stream: open maps hear which tiles to ask for again, once the caches no longer hold the old ones.

Server-Sent Events of three kinds, all with JSON: ``hello`` (when a stream begins: the layers' versions), ``change``
(layer, version, bbox in degrees: west, south, east, north; ``max_zoom`` where only tiles up to it changed), ``time`` (everything committed until then is shown),
and ``everything`` (what changed is not known). A viewer hears of a layer and a place only what they may see.
"""

import asyncio
import json
import logging
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connection

from layers.coordinates import web_to_lonlat
from layers.registry.audience import Audience, Viewer
from layers.registry.audience_views import same_for_all
from layers.registry.registration import UnknownLayer, get_layer
from tiles.invalidation.change_feed import ChangedArea
from tiles.invalidation.synchronization import EXPIRED_CHANNEL, cache_id
from tiles.invalidation.triggers import COARSE
from tiles.scheme import Box
from tiles.vector.blocks import BLOCKS_SUFFIX, block_zooms

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

    def _listen(self) -> None:
        mine = cache_id()
        while True:
            try:
                for payload in _notifications(self._hearing):
                    message = json.loads(payload)
                    if message["cache"] == mine:
                        self._publish(message)
            except psycopg2.Error as problem:
                log.warning("The change stream waits for the database: %s", problem)
                self._hearing.clear()
                self._publish(ALL_CHANGED)
                time.sleep(PAUSE)

    def _publish(self, message: Message) -> None:
        for queue, loop in list(self._queues.items()):
            loop.call_soon_threadsafe(_put, queue, message)


def _put(queue: "asyncio.Queue[Message]", message: Message) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        message = {**message, "all": True, "changes": []}
    queue.put_nowait(message)


def _notifications(hearing: threading.Event) -> Iterator[str]:
    params = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    raw = psycopg2.connect(**params)
    try:
        raw.autocommit = True
        raw.cursor().execute(f"LISTEN {EXPIRED_CHANNEL}")
        hearing.set()
        while True:
            select.select([raw], [], [], 30)
            raw.poll()
            while raw.notifies:
                yield raw.notifies.pop(0).payload
    finally:
        raw.close()


def events_for(message: Message, viewer: Viewer) -> list[Event]:
    """What a viewer is told of a worker's message."""
    told: list[Event] = [("everything", {})] if message["all"] else []
    for layer, version, audience, box, open_box in message["changes"]:
        touched = ChangedArea(
            layer.removesuffix(BLOCKS_SUFFIX),
            version,
            Audience(audience),
            box and tuple(box),
            open_box and tuple(open_box),
        )
        if (shown := visible_box(touched, viewer)) is not None:
            deepest = {"max_zoom": block_zooms(touched.layer)[-1]} if layer.endswith(BLOCKS_SUFFIX) else {}
            told.append(
                ("change", {"layer": touched.layer, "version": version, "bbox": _degrees(shown), **deepest})
            )
    if "to" in message:
        told.append(("time", {"to": message["to"]}))
    return told


def visible_box(change: ChangedArea, viewer: Viewer) -> Box | None:
    """Where a viewer hears that something changed, in EPSG:3857; None where they hear nothing.

    Officers see some rows of a layer exactly and others not at all; they are told the neighbourhood.
    """
    try:
        layer = get_layer(change.layer, viewer)
    except UnknownLayer:
        return None
    boxes = change.boxes_for(viewer.audience)
    if not boxes:
        return None
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    if viewer.audience == Audience.DEPARTMENT and not same_for_all(layer):
        west, south = west // COARSE * COARSE, south // COARSE * COARSE
        east, north = -(-east // COARSE) * COARSE, -(-north // COARSE) * COARSE
    return west, south, east, north


def _degrees(box: Box) -> list[float]:
    west, south = web_to_lonlat(box[0], box[1])
    east, north = web_to_lonlat(box[2], box[3])
    return [round(value, 7) for value in (west, south, east, north)]


def encode(kind: str, content: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()
