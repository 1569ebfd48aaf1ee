"""How soon another client sees an edit at every cached zoom, and whether any kept tile is stale afterwards."""

import http.client
import json
import queue
import random
import select
import shutil
import struct
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import mapbox_vector_tile
import psycopg2
from django.db import connection

from layers.coordinates import lonlat_to_web
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import get_layers
from tests.benchmarks.cities import Say, data_folder
from tests.benchmarks.figures import CannotMeasure, Figures
from tests.portal_server import PortalServer, portal_server
from tiles.cache import gzip_tile
from tiles.invalidation.triggers import CHANGES_CHANNEL
from tiles.scheme import Box, Tile, tiles_touching
from tiles.vector.mvt import render

LAYER = "buildings"
EXACT_ZOOMS = (14, 15, 16)  # at which a building is drawn by itself
RASTER_ZOOM = 17
GIVEN_UP = 15.0  # seconds
SEED = 5


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--edits", type=int, default=1000, help="(default %(default)s)")
    parser.add_argument("--per-second", type=float, default=10, help="edits (default %(default)s)")
    parser.add_argument("--reads", type=float, default=200, help="tiles read a second (default %(default)s)")


@dataclass
class Edit:
    number: int
    box: Box
    value: float
    committed: float
    seen: float | None = None


@dataclass
class Run:
    server: PortalServer
    edits: list[Edit] = field(default_factory=list)
    heard: "queue.Queue[tuple[float, list[float]]]" = field(default_factory=queue.Queue)
    stop: threading.Event = field(default_factory=threading.Event)
    reads: int = 0
    problems: list[str] = field(default_factory=list)


def run(options: dict[str, Any], say: Say) -> list[Any]:
    places = _places(options["edits"])
    figures = Figures()
    with TemporaryDirectory() as folder:
        data = data_folder(folder)
        with portal_server(data) as server:
            made = Run(server)
            addresses = _addresses([box for _, box in places])
            say(f"Drawing {len(addresses)} tiles …")
            for address in addresses:
                _get(server, address)
            before = {path: (path.stat().st_ino, path.read_bytes()) for path in _vector(data)}
            say(f"{len(places)} edits, {options['reads']:.0f} reads a second …")
            notice = _notice()
            _work(made, places, addresses, options)
            say("Comparing every kept tile with a new drawing …")
            time.sleep(2)
            stale, kept = _stale(data)
            pictures_stale, pictures = _stale_pictures(server, data)
            touched = _changed_outside(data, before, [edit.box for edit in made.edits])
    _figures(figures, made, notice, options)
    figures.add("kept vector tiles compared", kept, "tiles")
    figures.add("stale vector tiles", stale, "tiles")
    figures.add("kept pictures compared", pictures, "tiles")
    figures.add("stale pictures", pictures_stale, "tiles")
    figures.add("tiles outside the edits that changed or went", touched, "tiles")
    if made.problems:
        raise CannotMeasure(made.problems[0])
    return figures.all


def _figures(figures: Figures, made: Run, notice: float, options: dict[str, Any]) -> None:
    took = [edit.seen - edit.committed for edit in made.edits if edit.seen is not None]
    lost = len(made.edits) - len(took)
    cuts = quantiles(took, n=100)
    base = "notification by PostgreSQL, median"
    figures.add(base, notice * 1000, "ms")
    for name, cut in (("p50", 49), ("p95", 94), ("p99", 98)):
        figures.add(f"commit to seen at all zooms, {name}", cuts[cut] * 1000, "ms", base)
    figures.add("edits", len(made.edits), "edits")
    figures.add(f"edits not seen within {GIVEN_UP:.0f} s", lost, "edits")
    figures.add("tiles read meanwhile", made.reads / (len(made.edits) / options["per_second"]), "tiles/s")


def _work(made: Run, places: list[tuple[int, Box]], addresses: list[str], options: dict[str, Any]) -> None:
    listening = threading.Thread(target=_listen, args=(made,), daemon=True)
    listening.start()
    readers = [
        threading.Thread(target=_read, args=(made, addresses, options["reads"] / 2, seed)) for seed in (1, 2)
    ]
    watchers = [threading.Thread(target=_watch, args=(made,)) for _ in range(3)]
    time.sleep(1)
    for thread in (*readers, *watchers):
        thread.start()
    try:
        _edit(made, places, options["per_second"])
        until = time.monotonic() + GIVEN_UP
        while any(edit.seen is None for edit in made.edits) and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        made.stop.set()
        for thread in (*readers, *watchers):
            thread.join(timeout=30)


def _edit(made: Run, places: list[tuple[int, Box]], per_second: float) -> None:
    start = time.monotonic()
    for count, (number, box) in enumerate(places):
        time.sleep(max(0.0, start + count / per_second - time.monotonic()))
        value = 5 + count / 1000
        with connection.cursor() as cursor:
            cursor.execute("UPDATE base_building SET height = %s WHERE id = %s", [value, number])
        made.edits.append(Edit(number, box, value, time.monotonic()))


def _listen(made: Run) -> None:
    """Another client's open map: hears of places that changed."""
    client = http.client.HTTPConnection(urlsplit(made.server.url).netloc, timeout=60)
    client.request("GET", "/changes/")
    answer = client.getresponse()
    while not made.stop.is_set():
        line = answer.readline()
        if line.startswith(b"data: ") and b'"bbox"' in line:
            content = json.loads(line[6:])
            west, south = lonlat_to_web(*content["bbox"][:2])
            east, north = lonlat_to_web(*content["bbox"][2:])
            made.heard.put((time.monotonic(), [west, south, east, north]))


def _watch(made: Run) -> None:
    """Asks for the tiles of a place that was heard of, until they show what was edited there."""
    with closing(http.client.HTTPConnection(urlsplit(made.server.url).netloc, timeout=20)) as client:
        while not made.stop.is_set():
            try:
                _, place = made.heard.get(timeout=0.2)
            except queue.Empty:
                continue
            for edit in [edit for edit in made.edits if edit.seen is None and _meet(edit.box, place)]:
                if _shown(client, edit):
                    edit.seen = edit.seen or time.monotonic()
                elif time.monotonic() - edit.committed < GIVEN_UP:
                    made.heard.put((time.monotonic(), list(edit.box)))


def _shown(client: http.client.HTTPConnection, edit: Edit) -> bool:
    """Whether every tile holds the number that was written; no other edit wrote it."""
    written = struct.pack("<d", edit.value)
    for zoom in EXACT_ZOOMS:
        for path in _tiles(edit.box, zoom):
            client.request("GET", path)
            if written not in client.getresponse().read():
                return False
    return True


def _read(made: Run, addresses: list[str], per_second: float, seed: int) -> None:
    chance = random.Random(seed)
    with closing(http.client.HTTPConnection(urlsplit(made.server.url).netloc, timeout=30)) as client:
        start, count = time.monotonic(), 0
        while not made.stop.is_set():
            time.sleep(max(0.0, start + count / per_second - time.monotonic()))
            client.request("GET", chance.choice(addresses), headers={"Accept-Encoding": "gzip"})
            answer = client.getresponse()
            answer.read()
            if answer.status >= 400:
                made.problems.append(f"a read answered {answer.status}")
            count += 1
            made.reads += 1


def _places(count: int) -> list[tuple[int, Box]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ST_XMin(geom_3857), ST_YMin(geom_3857), ST_XMax(geom_3857), ST_YMax(geom_3857) "
            "FROM base_building WHERE ST_Area(geom_3857) > 120 ORDER BY md5(id::text) LIMIT %s",
            [count],
        )
        found = [(row[0], (row[1], row[2], row[3], row[4])) for row in cursor.fetchall()]
    if len(found) < count:
        raise CannotMeasure(f"There are {len(found)} buildings; load the demo district or a city first.")
    return found


def _addresses(boxes: list[Box]) -> list[str]:
    """Tiles over a share of the places, of every cached zoom, and some pictures."""
    few = random.Random(SEED).sample(boxes, min(len(boxes), 250))
    vector = [path for box in few for zoom in (12, 13, *EXACT_ZOOMS) for path in _tiles(box, zoom)]
    raster = []
    for box in few[:30]:
        columns, rows = tiles_touching(box, RASTER_ZOOM)
        raster.append(f"/mapproxy/tiles/1.0.0/{LAYER}/webmercator/{RASTER_ZOOM}/{columns[0]}/{rows[0]}.png")
    return sorted({*vector, *raster})


def _tiles(box: Box, zoom: int) -> Iterator[str]:
    columns, rows = tiles_touching(box, zoom)
    yield from (f"/tiles/{LAYER}/{zoom}/{x}/{y}.pbf" for x in columns for y in rows)


def _get(server: PortalServer, path: str) -> bytes:
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)) as client:
        client.request("GET", path)
        answer = client.getresponse()
        content = answer.read()
    if answer.status >= 400:
        raise CannotMeasure(f"{path} answered {answer.status}")
    return content


def _notice() -> float:
    """Seconds from a commit to PostgreSQL's own notification of it, the least that any feed takes."""
    params = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    took = []
    with closing(psycopg2.connect(**params)) as raw:
        raw.autocommit = True
        raw.cursor().execute(f"LISTEN {CHANGES_CHANNEL}")
        for _ in range(50):
            start = time.monotonic()
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANGES_CHANNEL}")
            select.select([raw], [], [], 5)
            raw.poll()
            took.append(time.monotonic() - start)
            raw.notifies.clear()
    return sorted(took)[25]


def _vector(data: Path) -> list[Path]:
    return list((data / "tiles" / "public").rglob("*.pbf.gz"))


def _stale(data: Path) -> tuple[int, int]:
    kept = _vector(data)
    stale = 0
    for path in kept:
        names, z, x, y = path.relative_to(data / "tiles" / "public").parts
        tile = Tile(int(z), int(x), int(y.split(".")[0]))
        fresh = render(get_layers(names.split(","), PUBLIC_VIEWER), tile, PUBLIC_VIEWER).content
        found = gzip_tile.read(path)
        stale += found is None or _decoded(found.content) != _decoded(fresh)
    return stale, len(kept)


def _decoded(content: bytes) -> object:
    """A tile's features whatever their order, which is that of the table."""
    layers = mapbox_vector_tile.decode(content) if content else {}
    return {name: sorted(map(repr, layer["features"])) for name, layer in layers.items()}


def _stale_pictures(server: PortalServer, data: Path) -> tuple[int, int]:
    kept = {path: path.read_bytes() for path in (data / "raster").rglob("*.png")}
    for place in (data / "raster").glob("*/tiles"):
        shutil.rmtree(place)
    stale = 0
    for path, content in kept.items():
        layer, z, x, y = path.parts[-4:]
        stale += content != _get(server, f"/mapproxy/tiles/1.0.0/{layer}/webmercator/{int(z)}/{x}/{y}")
    return stale, len(kept)


def _changed_outside(data: Path, before: dict[Path, tuple[int, bytes]], boxes: list[Box]) -> int:
    changed = 0
    for path, (inode, content) in before.items():
        z, x, y = path.relative_to(data / "tiles" / "public").parts[1:]
        tile = Tile(int(z), int(x), int(y.split(".")[0]))
        reach = _cells(tile) if int(z) <= 13 else tile.buffered
        if any(_meet(reach, list(box)) for box in boxes):
            continue
        changed += not path.exists() or path.stat().st_ino != inode or path.read_bytes() != content
    return changed


def _cells(tile: Tile) -> Box:
    """What a tile of blocks shows: whole cells of zoom 16, whose areas may reach beyond them."""
    west, south, east, north = tile.buffered
    return west - 700, south - 700, east + 700, north + 700


def _meet(one: Box, other: list[float]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
