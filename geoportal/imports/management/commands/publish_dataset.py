import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from geoportal.imports.dataset_publication import PATIENCE, DatasetProposal, drop, publish, withdraw
from geoportal.imports.new_layer import GEOMETRIES, KINDS
from importers.console import command_errors, write_json
from importers.options import ImportOptions, add_arguments
from layers.jobs.terminal import terminal_progress
from layers.registry.audience import Audience
from layers.registry.declaration.layer import Geometry

OPTIONS = ("source_crs", "file_layer", "encoding", "date_order", "source", "accept_valid", "anywhere")
AUDIENCES = {audience.name.lower().replace("_", "-"): audience for audience in Audience}


def kinds_of(texts: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        heading, equals, kind = text.rpartition("=")
        if not equals or kind not in KINDS:
            raise CommandError(f"--kind {text}: write HEADING= and one of {', '.join(KINDS)}.")
        found[heading] = kind
    return found


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page of the portal
    help = (
        "Make a layer of a file without code: tiles, raster, search, place card, API, export and import, like every "
        "other. A newer file of the same name is loaded into it. --withdraw takes it back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--name", required=True, help="of the layer, such as bus-stops")
        parser.add_argument("--title", default="", help="file name by default")
        parser.add_argument("--title-en", default="")
        parser.add_argument("--audience", choices=AUDIENCES, default="public", help="(default %(default)s)")
        parser.add_argument("--title-column", help="names the rows; found out by default")
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            metavar="HEADING",
            help="tells rows apart; by default a column of identifiers, else place and title",
        )
        parser.add_argument(
            "--kind",
            action="append",
            default=[],
            metavar="HEADING=KIND",
            help="of a column: text, integer, number, boolean, date or time; found out by default",
        )
        parser.add_argument(
            "--geometry",
            choices=[each.value for each in GEOMETRIES],
            help="what its rows are, such as polygon where closed lines of a drawing are areas; found out by default",
        )
        parser.add_argument("--color", default="", metavar="#RRGGBB")
        add_arguments(parser, *OPTIONS)
        parser.add_argument("--withdraw", action="store_true", help="take the dataset of that name back")
        parser.add_argument("--json", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with command_errors():
            if options["withdraw"]:
                withdraw(options["name"])
                time.sleep(PATIENCE)
                drop(options["name"])
                self.stdout.write(f"{options['name']} is withdrawn.")
                return
            if options["file"] is None:
                raise CommandError("Name the file to publish.")
            proposal = DatasetProposal(
                options["name"],
                options["title"],
                options["title_en"],
                AUDIENCES[options["audience"]],
                options["color"],
                options["title_column"],
                tuple(options["key"]),
                kinds=kinds_of(options["kind"]),
                geometry=Geometry(options["geometry"]) if options["geometry"] else None,
            )
            source = options["source"] or options["file"].name
            chosen = ImportOptions.from_arguments(options, source=source, progress=terminal_progress)
            report = publish(options["file"], proposal, chosen)
            for line in report.lines():
                self.stdout.write(line)
        write_json(options["json"], report.as_json() | {"rows": report.rows_as_json()})
        if report.refusal:
            raise CommandError(report.refusal)
