from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from importers.console import command_errors, terminal_progress, write_json
from importers.pipeline.dispatch import import_to_layer
from importers.pipeline.import_run import ImportOptions
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer

AUDIENCES = {audience.name.lower().replace("_", "-"): str(audience.value) for audience in Audience}


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page of the portal
    help = (
        "Load a file into a layer: GeoPackage, GeoJSON, shapefile, FlatGeobuf, GeoParquet and whatever else GDAL reads, "
        "CSV and Excel with positions in columns; GeoTIFF elevation into the layer terrain. All rows are loaded or none, unless --accept-valid; what is wrong is "
        "listed row by row. The same file again changes nothing; a newer one of the same --source updates. WGS 84 "
        "(EPSG:4326) and CGCS2000 (EPSG:4490) are taken as equal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--layer", required=True)
        parser.add_argument("--source-crs", help="EPSG:4550, gcj02, bd09 …; wins over what the file says")
        parser.add_argument("--file-layer", help="which layer or sheet of a file that holds several")
        parser.add_argument("--encoding", help="of text, such as gb18030; found out by default")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=HEADING", help="column of a field"
        )
        parser.add_argument(
            "--set", action="append", default=[], metavar="FIELD=VALUE", help="value for every row"
        )
        parser.add_argument(
            "--add-missing",
            action="append",
            default=[],
            metavar="FIELD",
            help="add what a foreign key names and nobody knows yet, such as department; else such rows are listed",
        )
        parser.add_argument(
            "--visibility",
            choices=AUDIENCES,
            help="who sees the rows of cases and inspections; the department by default, public for open data",
        )
        parser.add_argument(
            "--source",
            default="",
            help="where the data come from, shown on the map and telling deliveries apart; file name by default",
        )
        parser.add_argument("--as", dest="who", metavar="USERNAME", help="who imports, for the record")
        parser.add_argument(
            "--accept-valid",
            action="store_true",
            help="load the good rows and keep the others to be put right; by default all load or none",
        )
        parser.add_argument("--anywhere", action="store_true", help="take rows outside the district too")
        parser.add_argument(
            "--remove-absent",
            action="store_true",
            help="take away rows of the source that the file no longer has",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=0,
            metavar="N",
            help="that check and copy; as many as useful by default",
        )
        parser.add_argument(
            "--dask",
            default="",
            metavar="ADDRESS",
            help="check and copy on a scheduler's workers, or on some begun here: local",
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")
        parser.add_argument("--json", type=Path, help="write the whole report to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        values = parse_pairs("--set", options["set"])
        if options["visibility"]:
            values["visibility"] = AUDIENCES[options["visibility"]]
        with command_errors():
            layer = get_layer(options["layer"], Viewer(Audience.RESTRICTED))
            chosen = ImportOptions(
                source_crs=options["source_crs"],
                file_layer=options["file_layer"],
                encoding=options["encoding"],
                headings=parse_pairs("--map", options["map"]),
                values=values,
                adding=frozenset(options["add_missing"]),
                source=options["source"],
                accept_valid=options["accept_valid"],
                anywhere=options["anywhere"],
                remove_absent=options["remove_absent"],
                processes=options["processes"],
                dask=options["dask"],
                dry_run=options["dry_run"],
                who=find_user(options["who"]),
                progress=terminal_progress,
            )
            report = import_to_layer(options["file"], layer, chosen)
            for line in report.lines():
                self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Dry run: everything was taken back.")
        write_json(options["json"], report.as_json() | {"rows": report.rows_as_json()})
        if report.refusal:
            raise CommandError(report.refusal)


def parse_pairs(option: str, texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise CommandError(f"{option} {text}: write FIELD=…")
        found[name] = value
    return found


def find_user(username: str | None) -> Any:
    if username is None:
        return None
    found = get_user_model()._default_manager.filter(username=username).first()
    if found is None:
        raise CommandError(f"--as: nobody is called {username}.")
    return found
