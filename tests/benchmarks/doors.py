"""Answers a second of the doors that everybody uses, with their times, beside a Django view that does nothing."""

import os
import random
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from layers.coordinates import lonlat_to_web
from tests.benchmarks import load, peers
from tests.benchmarks.cities import Say, address_of, connected_to, data_folder, exists
from tests.benchmarks.figures import Figures
from tests.portal_server import portal_server
from tiles.scheme import tiles_over

NAME = "geoportal_bench_demo"
SEED = 3
SPOTS = 400
SUFFIXES = [
    "医院",
    "学校",
    "公园",
    "药店",
    "路",
    "身份证",
    "社保",
    "面馆",
    "超市",
    "xinqi",
    "taishanlu",
    "shenfenzheng",
    "yiyuan",
    "park",
    "school",
    "road",
]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=10, help="for each figure (default %(default)s)")
    parser.add_argument("--clients", default="16,64", help="at a time (default %(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="that answer (default %(default)s)")


def run(options: dict[str, Any], say: Say) -> list[Any]:
    figures = Figures()
    counts = [int(count) for count in options["clients"].split(",")]
    with _demo(say) as address:
        paths = doors()
        with peers.application("wsgi", "tests.benchmarks.nothing:application") as url:
            for clients in counts:
                _measure(figures, say, _nothing(clients), url, ["/"], clients, options["seconds"])
        with (
            TemporaryDirectory() as folder,
            portal_server(
                data_folder(folder), processes=options["processes"], DATABASE_URL=address
            ) as server,
        ):
            load.once(server.url, paths["kept tiles"])
            for name, listed in paths.items():
                for clients in counts:
                    _measure(figures, say, name, server.url, listed, clients, options["seconds"])
    return figures.all


def doors() -> dict[str, list[str]]:
    """What is asked for, by the name of the door; the same each time."""
    chance = random.Random(SEED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p), name FROM (SELECT ST_PointOnSurface(geom) AS p, name FROM base_building "
            "ORDER BY md5(id::text) LIMIT %s) AS found",
            [SPOTS],
        )
        spots = cursor.fetchall()
        cursor.execute("SELECT DISTINCT name FROM base_pointofinterest ORDER BY 1 LIMIT 100")
        words = [*SUFFIXES, *(name[: chance.randint(2, 6)] for (name,) in cursor.fetchall())]
    boxes = [lonlat_to_web(lon, lat) for lon, lat, _name in spots[:40]]
    tiles = {tile for x, y in boxes for zoom in (14, 15, 16) for tile in tiles_over((x, y, x, y), zoom)}
    return {
        "home": ["/"],
        "kept tiles": [f"/tiles/buildings/{tile.z}/{tile.x}/{tile.y}.pbf" for tile in sorted(tiles, key=str)],
        "OGC items": [
            f"/ogc/collections/buildings/items?limit=10&bbox={lon - 0.002},{lat - 0.002},{lon + 0.002},{lat + 0.002}"
            for lon, lat, _name in spots
        ],
        "place card": [f"/place/?lon={lon:.6f}&lat={lat:.6f}" for lon, lat, _name in spots],
        "search": [f"/search/?q={quote(word)}" for word in words],
    }


def _measure(
    figures: Figures, say: Say, name: str, url: str, paths: Sequence[str], clients: int, seconds: float
) -> None:
    say(f"{name}, {clients} clients …")
    found = load.pace(
        url, paths, seconds, clients, Accept="application/json" if paths[0] != "/" else "text/html"
    )
    named = name if name == _nothing(clients) else f"{name}, {clients} clients"
    figures.add(named, found.rate, "answers/s", _nothing(clients) if named != name else "")
    figures.add(f"{named}: p50", found.median, "ms")
    figures.add(f"{named}: p99", found.slow, "ms")


def _nothing(clients: int) -> str:
    return f"Django, a view that does nothing, {clients} clients"


@contextmanager
def _demo(say: Say) -> Iterator[str]:
    """The address of a database of its own with the demo district; Django is connected to it meanwhile."""
    if not exists(NAME):
        say("Making a demo district …")
        with connection.cursor() as cursor:
            _make(cursor)
    with connected_to(NAME) as address:
        yield address


def _make(cursor: Any) -> None:
    draft = f"{NAME}_new"
    cursor.execute(f"DROP DATABASE IF EXISTS {draft}")
    cursor.execute(f"CREATE DATABASE {draft}")
    env = os.environ | {"DATABASE_URL": address_of(draft), "GEOPORTAL_DATA": str(settings.DATA)}
    for command in ("migrate", "publish_layers", "load_demo"):
        subprocess.run(
            [sys.executable, str(settings.ROOT / "manage.py"), command, "-v0"], env=env, check=True
        )
    cursor.execute(f"ALTER DATABASE {draft} RENAME TO {NAME}")
