import os
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from layers.coordinates import lonlat_to_web
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.layer import Layer
from layers.registry.registration import UnknownLayer, get_layers, public_layers
from tiles.cache import heartbeat
from tiles.invalidation.worker import Worker
from tiles.raster.configuration import BASE_MAP, MapServerMissing
from tiles.raster.mapfile import FontMissing
from tiles.scheme import Box
from tiles.seeding import Pace, box_of, seed_raster, seed_vector


class TaskRate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TaskRate(),
    TimeRemainingColumn(),
)


class Command(BaseCommand):
    help = "Fill the tile caches for the public. Tiles that are current are passed over, so it can be interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--layers", help="names separated by commas; all public layers by default")
        parser.add_argument("--zooms", default="8-15", help="first and last zoom (default %(default)s)")
        parser.add_argument("--bbox", help="west,south,east,north in degrees; the layers' extent by default")
        parser.add_argument("--first", action="store_true", help="only what the first page needs")
        parser.add_argument("--workers", type=int, default=2, help="tiles at once (default %(default)s)")
        parser.add_argument(
            "--pause",
            type=float,
            help="share of a tile's time to rest after it; 1 by default while the portal serves, else 0",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        layers = _layers(options["layers"])
        box = _box(options["bbox"]) if options["bbox"] else None
        area = box or box_of(layers)
        if area is None:
            self.stdout.write("The layers are empty; there is nothing to draw.")
            return
        first = options["first"]
        zooms = range(9, 14) if first else _zooms(options["zooms"])
        pause = options["pause"] if options["pause"] is not None else float(heartbeat.is_worker_alive())
        pace = Pace(max(1, options["workers"]), max(0.0, pause))
        maps = [BASE_MAP]
        if options["layers"] and not first:
            maps += [layer.name for layer in layers]
        os.nice(10)  # whoever looks at a map goes first
        with _worker(), Progress(*COLUMNS) as progress:
            raster = progress.add_task("Raster meta-tiles", total=None)
            vector = progress.add_task("Vector tiles", total=None)
            try:
                seed_raster(
                    maps, zooms, area, lambda d, n: progress.update(raster, completed=d, total=n), pace
                )
            except (FontMissing, MapServerMissing) as problem:
                raise CommandError(str(problem)) from problem
            shown = [layer for layer in layers if layer.shown] if first else layers
            seed_vector(shown, zooms, box, lambda d, n: progress.update(vector, completed=d, total=n), pace)


def _layers(names: str | None) -> list[Layer]:
    wanted = names.split(",") if names else [layer.name for layer in public_layers()]
    try:
        return [layer for layer in get_layers(wanted, PUBLIC_VIEWER) if layer.has_geometry]
    except UnknownLayer as problem:
        raise CommandError(str(problem)) from problem


@contextmanager
def _worker() -> Iterator[None]:
    """What is drawn stays true meanwhile, by the portal's worker or by one of our own."""
    worker = Worker()
    working = threading.Thread(target=worker.run, daemon=True)
    working.start()
    while not heartbeat.is_worker_alive():
        time.sleep(0.05)
    try:
        yield
    finally:
        worker.stopped.set()
        working.join(timeout=10)


def _zooms(text: str) -> range:
    first, _, last = text.partition("-")
    if not (first.isdigit() and (last or first).isdigit() and int(first) <= int(last or first) <= 19):
        raise CommandError(f"--zooms {text}: give one zoom or a range such as 8-15, at most 19.")
    return range(int(first), int(last or first) + 1)


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise CommandError(f"--bbox {text}: give west,south,east,north in degrees.") from None
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise CommandError(
            f"--bbox {text}: west must be less than east and south less than north, in degrees."
        )
    return *lonlat_to_web(west, south), *lonlat_to_web(east, north)
