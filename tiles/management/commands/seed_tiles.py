import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from layers.coordinates import lonlat_to_web
from layers.errors import PortalError
from layers.jobs.terminal import terminal_progress
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layers, public_layers
from tiles.cache import heartbeat
from tiles.raster.configuration import BASE_MAP_WEBP
from tiles.scheme import Box
from tiles.seeding import Pace, SeedPlan, box_of, seed, zoom_range


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
        pause = options["pause"] if options["pause"] is not None else float(heartbeat.is_worker_alive())
        pace = Pace(max(1, options["workers"]), max(0.0, pause))
        os.nice(10)  # whoever looks at a map goes first
        try:
            drawn = seed(_plan(options), terminal_progress, pace)
        except PortalError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{drawn} tiles and meta-tiles drawn; all others are current.")


def _plan(options: dict[str, Any]) -> SeedPlan:
    layers = _layers(options["layers"])
    box = _box(options["bbox"]) if options["bbox"] else None
    area = box or box_of(layers)
    if options["first"]:
        shown = [layer for layer in layers if layer.shown]
        return SeedPlan(layers=shown, zooms=range(9, 14), area=area, box=box)
    maps = [BASE_MAP_WEBP, *(layer.name for layer in layers if options["layers"])]
    return SeedPlan(layers=layers, zooms=zoom_range(options["zooms"]), area=area, maps=maps, box=box)


def _layers(names: str | None) -> list[Layer]:
    chosen = get_layers(names.split(","), PUBLIC_VIEWER) if names else public_layers()
    return [layer for layer in chosen if layer.has_geometry]


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
