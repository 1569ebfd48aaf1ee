import importlib
import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

BENCHMARKS = {
    "tiles": "tiles",
    "freshness": "freshness",
    "import": "importing",
    "cases": "cases",
    "load": "doors",
    "page": "page",
}


class Command(BaseCommand):
    help = (
        "Compare what the portal does with the limits of this machine and with peers, and print the ratios."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_subparsers(dest="what", required=True)
        for name in BENCHMARKS:
            module = _module(name)
            one = chosen.add_parser(name, help=module.__doc__.splitlines()[0])
            one.add_argument("--json", type=Path, help="write the figures to this file too")
            module.add_arguments(one)

    def handle(self, *args: Any, **options: Any) -> None:
        from tests.benchmarks.figures import CannotMeasure

        module = _module(options["what"])
        try:
            figures = module.run(options, self.stderr.write)
        except CannotMeasure as problem:
            raise CommandError(str(problem)) from problem
        table = Table("what", "figure", "unit", "ratio", "to")
        for figure in figures:
            ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
            table.add_row(figure.name, f"{figure.value:,.6g}", figure.unit, ratio, figure.to)
        Console(width=150).print(table)
        if options["json"]:
            options["json"].write_text(json.dumps([asdict(figure) for figure in figures], indent=1))


def _module(name: str) -> Any:
    try:
        return importlib.import_module(f"tests.benchmarks.{BENCHMARKS[name]}")
    except ModuleNotFoundError as problem:
        raise CommandError(f"{problem}; run ./test once, it installs what the benchmarks need.") from problem
