import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from tiles.benchmarks import tiles


class Command(BaseCommand):
    help = "Compare what the portal does with the limits of this machine, in one run, and print the ratios."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["tiles"])
        parser.add_argument(
            "--seconds", type=float, default=20, help="for the whole run (default %(default)s)"
        )
        parser.add_argument("--json", type=Path, help="write the figures to this file too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            figures = tiles.run(options["seconds"])
        except tiles.NothingToMeasure as problem:
            raise CommandError(str(problem)) from problem
        table = Table("way", "tiles/s", "of the line above")
        for figure in figures:
            table.add_row(
                figure.name, f"{figure.rate:,.0f}", "" if figure.ratio is None else f"{figure.ratio:.2f}"
            )
        Console().print(table)
        if options["json"]:
            options["json"].write_text(json.dumps([asdict(figure) for figure in figures], indent=1))
