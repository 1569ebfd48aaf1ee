"""How near the tile door comes to the limits of this machine, in one run on the layers at hand.

Uncached: the door's own steps, permission check and compression included, beside the bare SQL of the same tiles on
the same connection. Cached: over HTTP from one server, beside a static file of the mean tile's size.
"""

import http.client
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.layer import Layer
from layers.registry.reading import session_sql
from layers.registry.registration import public_layers

from .. import cache, packed
from ..requests import asked_layers
from ..scheme import Tile, tiles_over
from ..seed import box_of
from ..vector import render, shown_at, tile_sql

ZOOMS = (13, 14, 15, 16)
TILES = 200
SEED = 7


@dataclass(frozen=True)
class Figure:
    """Tiles a second of one way, and its share of the baseline's."""

    name: str
    rate: float
    ratio: float | None


class NothingToMeasure(RuntimeError):
    """The database holds no buildings."""


def run(seconds: float) -> list[Figure]:
    layer = next(layer for layer in public_layers() if layer.name == "buildings")
    tiles = sample(layer)
    share = seconds / 4
    sql = rate(lambda tile: _bare(layer, tile), tiles, share)
    door = rate(lambda tile: _door(layer, tile), tiles, share)
    for tile in tiles:
        cache.get([layer], tile, PUBLIC_VIEWER)
    static, cached = _over_http(layer, tiles, share)
    return [
        Figure("uncached: bare SQL, one connection", sql, None),
        Figure("uncached: tile door with permission check", door, door / sql),
        Figure("cached: static file through the same server", static, None),
        Figure("cached: tile door", cached, cached / static),
    ]


def sample(layer: Layer) -> list[Tile]:
    """The same tiles each time, of every zoom, with something in them."""
    box = box_of([layer])
    if box is None:
        raise NothingToMeasure("There are no buildings to draw; load the demo district or a city first.")
    chosen: list[Tile] = []
    for zoom in ZOOMS:
        every = tiles_over(box, zoom) if shown_at(layer, zoom) else []
        random.Random(SEED).shuffle(every)  # noqa: S311  a repeatable sample, not a secret
        full = (tile for tile in every if render([layer], tile, PUBLIC_VIEWER).content)
        chosen += [tile for _, tile in zip(range(TILES // len(ZOOMS)), full, strict=False)]
    return chosen


def rate(draw: Callable[[Tile], object], tiles: Sequence[Tile], seconds: float) -> float:
    """Tiles a second over whole rounds of the sample, at least one."""
    done, start = 0, time.perf_counter()
    while True:
        for tile in tiles:
            draw(tile)
        done += len(tiles)
        if (spent := time.perf_counter() - start) >= seconds:
            return done / spent


def _bare(layer: Layer, tile: Tile) -> None:
    with connection.cursor() as cursor:
        cursor.execute(session_sql(PUBLIC_VIEWER) + tile_sql([layer], tile, PUBLIC_VIEWER))
        cursor.fetchone()


def _door(layer: Layer, tile: Tile) -> None:
    """What a request for a tile that is not cached does, short of writing the file."""
    asked = asked_layers(layer.name, PUBLIC_VIEWER)
    packed.pack(render(asked, tile, PUBLIC_VIEWER).content)


def _over_http(layer: Layer, tiles: Sequence[Tile], seconds: float) -> tuple[float, float]:
    sizes = [len(cache.get([layer], tile, PUBLIC_VIEWER).packed) for tile in tiles]
    folder = Path(settings.STATIC_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "bench-tile.bin"
    file.write_bytes(random.Random(SEED).randbytes(sum(sizes) // len(sizes)))  # noqa: S311
    port = _free_port()
    words = [
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "4",
    ]
    env = os.environ | {"GEOPORTAL_DATA": str(settings.DATA), "DJANGO_SETTINGS_MODULE": "geoportal.settings"}
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *words, "geoportal.wsgi:application"],
        cwd=settings.ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        client = _connect(port)
        paths = [f"/tiles/{layer.name}/{tile.z}/{tile.x}/{tile.y}.pbf" for tile in tiles]
        static = rate(lambda _: _get(client, "/static/bench-tile.bin"), tiles, seconds)
        by_tile = dict(zip(tiles, paths, strict=True))
        return static, rate(lambda tile: _get(client, by_tile[tile]), tiles, seconds)
    finally:
        server.terminate()
        server.wait(timeout=20)
        file.unlink(missing_ok=True)


def _get(client: http.client.HTTPConnection, path: str) -> None:
    client.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = client.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")


def _connect(port: int) -> http.client.HTTPConnection:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            client.request("GET", "/healthz")
            client.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return client
    raise RuntimeError("the server did not start within 30 s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
