import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from importers.delivery import Refused
from importers.report import Report
from importers.run import Options, import_file
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import UnknownLayer, get_layer

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Load a file into a layer: GeoPackage, GeoJSON, shapefile, FlatGeobuf, GeoParquet and whatever else GDAL reads, "
        "CSV and Excel with positions in columns. All accepted rows are loaded or none; the rest is listed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--layer", required=True)
        parser.add_argument("--source-crs", help="EPSG:4550, gcj02, bd09 …; wins over what the file says")
        parser.add_argument("--file-layer", help="which layer of a file that holds several")
        parser.add_argument("--encoding", help="of text, such as gb18030; found out by default")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=HEADING", help="column of a field"
        )
        parser.add_argument(
            "--set", action="append", default=[], metavar="FIELD=VALUE", help="value for every row"
        )
        parser.add_argument(
            "--source", default="", help="where the data come from, shown on the map; file name by default"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")
        parser.add_argument("--json", type=Path, help="write the whole report to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            layer = get_layer(options["layer"], Viewer(Audience.RESTRICTED))
            chosen = Options(
                source_crs=options["source_crs"],
                file_layer=options["file_layer"],
                encoding=options["encoding"],
                headings=pairs("--map", options["map"]),
                values=pairs("--set", options["set"]),
                source=options["source"],
                dry_run=options["dry_run"],
            )
            report = import_file(options["file"], layer, chosen)
        except (Refused, UnknownLayer) as problem:
            raise CommandError(str(problem)) from problem
        except DatabaseError as problem:
            raise CommandError(
                f"The database refused the rows, nothing was loaded: {str(problem).strip()}"
            ) from problem
        tell(self, report, dry_run=options["dry_run"])
        if options["json"]:
            options["json"].write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1))


def pairs(option: str, texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise CommandError(f"{option} {text}: write FIELD=…")
        found[name] = value
    return found


def tell(command: BaseCommand, report: Report, *, dry_run: bool) -> None:
    counts = ", ".join(f"{number:,} {name}" for name, number in report.counts().items() if number)
    command.stdout.write(f"{report.layer}: {counts}" + (" (dry run, taken back)" if dry_run else ""))
    for note in report.listed[:SHOWN]:
        command.stdout.write(f"  row {note.row}: {note.reason}" + ("" if note.loaded else " — not loaded"))
    if len(report.listed) > SHOWN:
        command.stdout.write(f"  … and {len(report.listed) - SHOWN:,} more; --json FILE writes them all.")
