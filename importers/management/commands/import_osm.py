from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from importers.console import command_errors, find_user, write_json
from importers.history.report import group_by_reason
from importers.options import ImportOptions, add_arguments
from importers.osm.classification import Tally
from importers.osm.osm_import import SOURCE, OsmResult, import_osm
from layers.jobs.terminal import terminal_progress
from layers.registry.registration import all_layers

MOST_KINDS = 5


class Command(BaseCommand):
    help = (
        "Load an OpenStreetMap extract (.osm.pbf or .osm) into buildings, roads, water, land use, points of interest "
        "and addresses. Buildings have the height of their height tag, else 3 m a storey; lines of water the usual "
        "width of their kind. Every object is loaded, listed, or counted as of a kind that no layer holds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        add_arguments(parser, "source", "dry_run")
        parser.set_defaults(source=SOURCE)
        parser.add_argument("--as", dest="who", metavar="USERNAME", help="who imports, for the record")
        parser.add_argument("--json", type=Path, help="write the whole report to this file")

    def handle(self, *args: Any, **arguments: Any) -> None:
        with command_errors():
            options = ImportOptions.from_arguments(
                arguments, who=find_user(arguments["who"]), progress=terminal_progress
            )
            outcome = import_osm(arguments["file"], {layer.name: layer for layer in all_layers()}, options)
        for line in summary_lines(outcome):
            self.stdout.write(line)
        if options.dry_run:
            self.stdout.write("Dry run: everything was taken back.")
        write_json(arguments["json"], as_json(outcome))


def summary_lines(outcome: OsmResult) -> list[str]:
    lines = [_tally(tally) for tally in outcome.classification.tallies]
    lines += [f"  {note}" for note in outcome.classification.notes]
    lines += group_by_reason(outcome.classification.listed)
    return lines + [line for report in outcome.reports for line in report.lines()]


def _tally(tally: Tally) -> str:
    parts = [f"{number:,} {layer}" for layer, number in tally.main.most_common()]
    if tally.rejected:
        parts.append(f"{tally.rejected:,} unreadable and listed")
    if tally.unmapped:
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in tally.unmapped.most_common(MOST_KINDS))
        parts.append(f"{tally.unmapped.total():,} of kinds that no layer holds ({kinds} …)")
    return f"{tally.read:,} {tally.kind} read: {', '.join(parts) or 'none'}"


def as_json(outcome: OsmResult) -> dict[str, Any]:
    return {
        "read": {
            tally.kind: {
                "read": tally.read,
                "layers": dict(tally.main),
                "refused": tally.rejected,
                "unmapped": dict(tally.unmapped),
            }
            for tally in outcome.classification.tallies
        },
        "listed": [
            {"object": note.name, "reason": note.reason, "loaded": not note.held}
            for note in outcome.classification.listed
        ],
        "layers": [report.as_json() for report in outcome.reports],
    }
