"""Makes a set, or the one that is due today."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from geoportal.backup import manifest, policy
from geoportal.backup.creation import make
from geoportal.backup.errors import BackupError
from geoportal.launch.errors import Refusal


class Command(BaseCommand):
    help = "Puts database, evidence, uploads, keys and configuration into a new folder, verified and if wished encrypted."
    requires_system_checks = ()  # they load every page of the portal

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="new or empty")
        parser.add_argument(
            "--daily", action="store_true", help="instead: a set of the data folder, if one is due"
        )
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="with --daily: go on, and look again after so long"
        )
        parser.add_argument(
            "--recipient",
            default=settings.BACKUP_RECIPIENT,
            metavar="AGE",
            help="whose identity opens the set",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["daily"] == bool(options["folder"]):
            raise CommandError("Name a folder, or say --daily.")
        while options["daily"] and options["every"]:
            time.sleep(options["every"])
            close_old_connections()
            try:
                self._make(options)
            except (CommandError, DatabaseError, OSError) as problem:
                self.stderr.write(f"No backup was made: {problem}")
        self._make(options)

    def _make(self, options: dict[str, Any]) -> None:
        try:
            folder = options["folder"]
            if options["daily"]:
                folder = policy.make_due(self.stdout.write, timezone.now())
            else:
                make(folder, options["recipient"], self.stdout.write)
        except (BackupError, Refusal) as problem:
            raise CommandError(str(problem)) from problem
        if folder:
            self._report(folder)

    def _report(self, folder: Path) -> None:
        whole = manifest.read(folder)
        for sha256 in whole.damaged:
            self.stderr.write(
                f"The file {sha256} was missing or altered before this backup; see verify_evidence."
            )
        said = f"{len(whole.entries)} files, {whole.stored_bytes / 1e6:,.1f} MB, in {folder}."
        self.stdout.write(said)
