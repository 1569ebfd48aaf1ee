from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from importers.delivery import Refused
from importers.run import import_osm
from layers.registry.registration import all_layers

from .import_layer import tell

SOURCE = "OpenStreetMap contributors, ODbL"


class Command(BaseCommand):
    help = "Load an OpenStreetMap extract into buildings, roads, water, land use and points of interest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            found, reports = import_osm(
                file, {layer.name: layer for layer in all_layers()}, SOURCE, dry_run=dry_run
            )
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        except DatabaseError as problem:
            raise CommandError(
                f"The database refused the rows, nothing was loaded: {str(problem).strip()}"
            ) from problem
        for name, number in found.read.items():
            self.stdout.write(f"{number:,} {name} read")
        self.stdout.write(f"{found.unmapped:,} are of no kind that the layers hold")
        for note in found.listed:
            self.stdout.write(f"  {note.reason}" + ("" if note.loaded else " — not loaded"))
        for report in reports:
            tell(self, report, dry_run=dry_run)
