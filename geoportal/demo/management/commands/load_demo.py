from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from geoportal.accounts.demo import create_demo_accounts
from geoportal.demo.casework.papers import add_papers
from geoportal.demo.casework.photos import add_photos
from geoportal.demo.district import SEED
from geoportal.demo.loader import NotEmpty, clear, is_loaded, load


class Command(BaseCommand):
    help = "Build the demo district Beilun: real boundary, names and codes, everything else generated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=SEED, help="same seed, same district (default %(default)s)"
        )
        parser.add_argument("--force", action="store_true", help="remove what the tables hold first")

    def handle(self, *args: Any, seed: int, force: bool, **options: Any) -> None:
        if is_loaded() and not force:
            self.stdout.write("The demo district is loaded.")
        else:
            try:
                if force:
                    clear()
                load(seed, lambda name, count: self.stdout.write(f"{count:>7,} {name}"))
                self.stdout.write(f"{add_photos(settings.DATA / 'fonts', seed):>7,} 演示照片")
                self.stdout.write(f"{add_papers(settings.DATA / 'fonts', seed):>7,} 演示案卷")
            except NotEmpty as problem:
                raise CommandError(str(problem)) from problem
        create_demo_accounts(settings.DATA)
