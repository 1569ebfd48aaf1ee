"""Tiles a second beside the limits of this machine and beside other servers, in one run on one data set."""

import random
import shutil
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from geoportal.accounts.models import Role, User
from geoportal.launch.start_command import WORKERS
from layers.registry.access.layer_query import session_sql
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer
from tests.benchmarks import load, peers
from tests.benchmarks.cities import NORTH, SPACING, WEST, Say, city, data_folder
from tests.benchmarks.figures import CannotMeasure, Figures
from tests.nginx import STATIC, nginx_in_front
from tests.portal_server import PortalServer, portal_server
from tiles.scheme import Tile, tiles_over
from tiles.vector.mvt import MAX_BYTES, render, tile_sql

SHARES = {12: 0.06, 13: 0.10, 14: 0.22, 15: 0.31, 16: 0.31}
"""How many of the tiles are of each zoom."""
SEED = 7
SLOWEST = 6  # tiles for a peer that takes seconds for one


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--sizes", default="50000,500000", help="buildings of the cities (default %(default)s)"
    )
    parser.add_argument(
        "--tiles", type=int, default=300, help="distinct tiles asked for (default %(default)s)"
    )
    parser.add_argument(
        "--seconds", type=float, default=5, help="for each cached figure (default %(default)s)"
    )
    parser.add_argument("--no-peers", action="store_true", help="leave the other servers out")
    parser.add_argument(
        "--cost-only", action="store_true", help="only what a tile costs the database in cities of each size"
    )


def run(options: dict[str, Any], say: Say) -> list[Any]:
    figures = Figures()
    sizes = [int(size) for size in options["sizes"].split(",")]
    if options["cost_only"]:
        _costs(figures, sizes, options["tiles"], say)
        return figures.all
    for size in sizes:
        with city(size, say) as address:
            tiles = sample(size, options["tiles"])
            name = f"{size:,}: "
            _uncached(
                figures, name, address, tiles, say, with_peers=not options["no_peers"] and size == sizes[0]
            )
            if size == sizes[0]:
                _cached(figures, name, address, tiles, options["seconds"], say)
    per_tile = [f.value for f in figures.all if f.name.endswith(ONE)]
    for size, value in zip(sizes[1:], per_tile[1:], strict=True):
        figures.add(f"{size:,}: cost of a tile of {sizes[0]:,}", per_tile[0] / value, "x")
    return figures.all


ROUNDS = 5


def _costs(figures: Figures, sizes: Sequence[int], count: int, say: Say) -> None:
    """The median of rounds in turn, so that whatever else the machine does meets every size."""
    layer = get_layer("buildings", PUBLIC_VIEWER)
    tiles = _inside(sizes[0], count)
    spent: dict[int, list[float]] = {size: [] for size in sizes}
    for turn in range(ROUNDS):
        for size in sizes:
            with city(size, say):
                say(f"{size:,}: round {turn + 1} of {ROUNDS} …")
                rate = _by_threads(lambda tile: _bare(layer, tile), tiles, 1)
                spent[size].append(1000 / rate)
    smallest = figures.add(f"{sizes[0]:,}: a tile", median(spent[sizes[0]]), "ms")
    for size in sizes[1:]:
        cost = figures.add(f"{size:,}: a tile", median(spent[size]), "ms")
        figures.add(f"{size:,}: in times of {sizes[0]:,}", cost / smallest, "x")


def _inside(size: int, count: int) -> list[Tile]:
    """Tiles that the city of this size fills, and every larger one as densely: they share a corner."""
    side = size**0.5 * SPACING
    south, east = NORTH - side, WEST + side
    boxes = {tile: tile.box for tile in sample(size, count)}
    return [tile for tile, (w, s, e, n) in boxes.items() if w > WEST and s > south and e < east and n < NORTH]


ONE = "raw SQL, one connection"
TWO = "raw SQL, two connections"


def sample(size: int, count: int) -> list[Tile]:
    """The same tiles each time, about the middle of the city, where every size has the same density."""
    middle = size**0.5 * SPACING / 2
    chance = random.Random(SEED)
    chosen: list[Tile] = []
    for zoom, share in SHARES.items():
        box = (WEST + 200, NORTH - 2 * middle + 200, WEST + 2 * middle - 200, NORTH - 200)
        every = tiles_over(box, zoom)
        chance.shuffle(every)
        chosen += every[: round(count * share)]
    chance.shuffle(chosen)
    return chosen


def _uncached(
    figures: Figures, name: str, address: str, tiles: Sequence[Tile], say: Say, *, with_peers: bool
) -> None:
    layer = get_layer("buildings", PUBLIC_VIEWER)
    largest = max(len(render([layer], tile, PUBLIC_VIEWER).content) for tile in tiles)
    figures.add(f"{name}largest tile", largest, "bytes")
    if largest > MAX_BYTES:
        raise CannotMeasure(f"A tile has {largest} bytes.")
    say(f"{name}uncached …")
    figures.add(name + ONE, _by_threads(lambda tile: _bare(layer, tile), tiles, 1), "tiles/s")
    limit = name + TWO
    figures.add(limit, _by_threads(lambda tile: _bare(layer, tile), tiles, 2), "tiles/s")
    paths = [f"/tiles/buildings/{tile.z}/{tile.x}/{tile.y}.pbf" for tile in tiles]
    with (
        TemporaryDirectory() as folder,
        portal_server(data_folder(folder), processes=WORKERS, DATABASE_URL=address) as server,
    ):
        load.once(server.url, paths)
        found = []
        for _ in range(3):
            _remove(server.data / "tiles" / "public")
            found.append(load.once(server.url, paths, Accept_Encoding="gzip"))
        ours = figures.add(f"{name}ours, uncached, over HTTP", sorted(found)[1], "tiles/s", limit)
    if not with_peers:
        return
    say(f"{name}peers …")
    with peers.tipg(address) as url:
        listed = [peers.tipg_path(tile) for tile in tiles]
        load.once(url, listed[:20])
        tipg = figures.add(f"{name}tipg", load.once(url, listed), "tiles/s", limit)
    figures.add(f"{name}ours, in times of tipg", ours / tipg, "x")
    with TemporaryDirectory() as folder, peers.mapserver(address, Path(folder)) as url:
        Path(folder).chmod(0o755)
        listed = [peers.mapserver_path(tile) for tile in tiles]
        figures.add(f"{name}MapServer MVT", load.once(url, listed), "tiles/s", limit)
    few = [tile for tile in tiles if tile.z >= 15][:SLOWEST]
    figures.add(f"{name}pygeoapi MVT (z15-16 only)", peers.pygeoapi_rate(address, few), "tiles/s", limit)


def _cached(
    figures: Figures, name: str, address: str, tiles: Sequence[Tile], seconds: float, say: Say
) -> None:
    say(f"{name}cached …")
    with (
        TemporaryDirectory() as folder,
        portal_server(data_folder(folder), processes=WORKERS, DATABASE_URL=address) as server,
    ):
        server.data.chmod(0o755)
        _public(figures, name, server, tiles, seconds)
        _permission_checked(figures, name, server, tiles, seconds)
        _pictures(figures, name, server, tiles, seconds, address)


def _remove(folder: Path) -> None:
    """Again while a tile is drawn that wrk asked for before it was ended."""
    while folder.exists():
        time.sleep(0.5)
        shutil.rmtree(folder, ignore_errors=True)


def _paths(tiles: Sequence[Tile], layer: str = "buildings") -> list[str]:
    return [f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.pbf" for tile in tiles]


GZIP = {"Accept_Encoding": "gzip"}


def _public(figures: Figures, name: str, server: PortalServer, tiles: Sequence[Tile], seconds: float) -> None:
    paths = _paths(tiles)
    load.once(server.url, paths)
    files = [f"/tiles/public{path.removeprefix('/tiles')}.gz" for path in paths]
    _await_files([server.data / file[1:] for file in files])
    port = int(server.url.rsplit(":", 1)[1])
    limit = f"{name}nginx, static files"
    with nginx_in_front(server.data, port, STATIC) as front:
        figures.add(limit, load.rate(f"http://127.0.0.1:{front}", files, seconds, **GZIP), "tiles/s")
    with nginx_in_front(server.data, port) as front:
        ours = load.rate(f"http://127.0.0.1:{front}", paths, seconds, **GZIP)
        figures.add(f"{name}ours, public, production form", ours, "tiles/s", limit)
    limit = f"{name}Granian's static route"
    mounted = ("--static-path-mount", str(server.data), "--static-path-route", "/files")
    with peers.application("asgi", "tests.benchmarks.mapproxy_alone:application", *mounted) as url:
        files = [f"/files{file}" for file in files]
        figures.add(limit, load.rate(url, files, seconds, **GZIP), "tiles/s")
    ours = load.rate(server.url, paths, seconds, **GZIP)
    figures.add(f"{name}ours, public, embedded form", ours, "tiles/s", limit)


def _await_files(paths: Sequence[Path], seconds: float = 60) -> None:
    """Tiles are kept a moment after they were answered."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not all(path.exists() for path in paths):
        time.sleep(0.2)


def _permission_checked(
    figures: Figures, name: str, server: PortalServer, tiles: Sequence[Tile], seconds: float
) -> None:
    limit = f"{name}Django, a view that does nothing"
    with peers.application("wsgi", "tests.benchmarks.nothing:application") as url:
        figures.add(limit, load.rate(url, ["/"], seconds), "tiles/s")
    paths = _paths(tiles, "enforcement-cases")
    cookie = _signed_in()
    load.once(server.url, paths, Cookie=cookie)
    ours = load.rate(server.url, paths, seconds, Cookie=cookie, **GZIP)
    figures.add(f"{name}ours, with permission check", ours, "tiles/s", limit)


def _pictures(
    figures: Figures, name: str, server: PortalServer, tiles: Sequence[Tile], seconds: float, address: str
) -> None:
    pictures = [
        f"/tiles/1.0.0/buildings/webmercator/{tile.z}/{tile.x}/{tile.y}.png" for tile in tiles if tile.z >= 15
    ]
    paths = [f"/mapproxy{path}" for path in pictures]
    load.once(server.url, paths)
    limit = f"{name}MapProxy alone, cached pictures"
    env = {
        "DATABASE_URL": address,
        "GEOPORTAL_DATA": str(server.data),
        "DJANGO_SETTINGS_MODULE": "geoportal.settings",
    }
    with peers.application("wsgi", "tests.benchmarks.mapproxy_alone:application", **env) as url:
        figures.add(limit, load.rate(url, pictures, seconds), "tiles/s")
    ours = load.rate(server.url, paths, seconds)
    figures.add(f"{name}ours, cached pictures, embedded form", ours, "tiles/s", limit)


def _by_threads(draw: Callable[[Tile], object], tiles: Sequence[Tile], count: int) -> float:
    """Tiles a second over one round after a round to warm up, shared by threads with a connection each."""
    spent = 0.0
    for _ in range(2):
        todo = iter(tiles)
        lock = threading.Lock()

        def work(todo: Any = todo, lock: Any = lock) -> None:
            try:
                while True:
                    with lock:
                        tile = next(todo, None)
                    if tile is None:
                        return
                    draw(tile)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(count)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.perf_counter() - start
    return len(tiles) / spent


def _bare(layer: Layer, tile: Tile) -> None:
    with connection.cursor() as cursor:
        cursor.execute(session_sql(PUBLIC_VIEWER) + tile_sql([layer], tile, PUBLIC_VIEWER))
        cursor.fetchone()


def _signed_in() -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from geoportal.accounts.session_store import SessionStore

    person, _ = User.objects.get_or_create(username="of-the-benchmark", defaults={"role": Role.OFFICER})
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"
