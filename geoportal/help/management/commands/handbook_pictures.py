"""Takes the pictures of the handbooks on the demo district."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geoportal.accounts.models import User
from geoportal.help.handbooks import LANGUAGES, NAMES, Handbook
from geoportal.help.markdown import pictures_of
from geoportal.help.photography import FLAGS, Camera, chromium, take_all
from geoportal.help.pictures import VISITOR, Picture, folder
from layers.casework.models import Case

MISSING = (
    "Pictures are taken by Playwright and Chromium. Install them with “.venv/bin/python -m pip install"
    " --require-hashes -r geoportal/launch/requirements-dev.lock” and “apt-get install chromium-headless-shell”."
)


class Command(BaseCommand):
    help = "Photographs the running demo district for the handbooks, in both languages, into the data folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the portal runs")
        parser.add_argument("--only", nargs="*", metavar="FILE", help="these pictures, such as inbox.png")

    def handle(self, *args: Any, **options: Any) -> None:
        path = chromium()
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            raise CommandError(MISSING) from None
        if path is None:
            raise CommandError(MISSING)
        pictures = self._pictures(options["only"])
        self._check({picture.who for _, picture in pictures} - {VISITOR})
        # Playwright runs an event loop in this thread; Django's guard against that does not apply.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        try:
            with (
                sync_playwright() as playwright,
                playwright.chromium.launch(executable_path=path, args=FLAGS) as browser,
            ):
                self._take(Camera(browser, options["url"].rstrip("/")), pictures)
        finally:
            os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")

    def _pictures(self, only: list[str] | None) -> list[tuple[str, Picture]]:
        found = [
            (language, picture)
            for language in LANGUAGES
            for name in NAMES
            for picture in pictures_of(Handbook(name), language)
        ]
        if unknown := set(only or ()) - {picture.file for _, picture in found}:
            raise CommandError(f"No handbook has the picture {', '.join(sorted(unknown))}.")
        return [(language, picture) for language, picture in found if not only or picture.file in only]

    def _check(self, people: set[str]) -> None:
        """Everybody sees the pictures, so that nothing may be on them that somebody brought in."""
        if Case.objects.filter(is_generated=False).exists():
            raise CommandError(
                "There are real cases here; take the pictures on a portal with the demo district."
            )
        if missing := people - set(User.objects.values_list("username", flat=True)):
            raise CommandError(f"Run load_demo first; there is no account {', '.join(sorted(missing))}.")

    def _take(self, camera: Camera, pictures: list[tuple[str, Picture]]) -> None:
        problems = 0
        for language, picture, problem in take_all(camera, pictures):
            self.stdout.write(f"{language}/{picture.file}{f': {problem}' if problem else ''}")
            problems += bool(problem)
        if problems:
            raise CommandError(f"{problems} of {len(pictures)} pictures could not be taken.")
        self.stdout.write(f"{len(pictures)} pictures are in {folder()}.")
