from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers.console import command_errors, find_user, write_json
from importers.layer_import import import_to_layer
from importers.options import ImportOptions, add_arguments
from layers.jobs.terminal import terminal_progress
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
        add_arguments(parser)
        parser.add_argument(
            "--visibility",
            choices=AUDIENCES,
            help="who sees the rows of cases and inspections; the department by default, public for open data",
        )
        parser.add_argument("--as", dest="who", metavar="USERNAME", help="who imports, for the record")
        parser.add_argument("--json", type=Path, help="write the whole report to this file")

    def handle(self, *args: Any, **arguments: Any) -> None:
        with command_errors():
            layer = get_layer(arguments["layer"], Viewer(Audience.RESTRICTED))
            if arguments["visibility"]:
                arguments["values"] = [
                    *arguments["values"],
                    f"visibility={AUDIENCES[arguments['visibility']]}",
                ]
            options = ImportOptions.from_arguments(
                arguments, who=find_user(arguments["who"]), progress=terminal_progress
            )
            report = import_to_layer(arguments["file"], layer, options)
            for line in report.lines():
                self.stdout.write(line)
        if options.dry_run:
            self.stdout.write("Dry run: everything was taken back.")
        write_json(arguments["json"], report.as_json() | {"rows": report.rows_as_json()})
        if report.refusal:
            raise CommandError(report.refusal)
