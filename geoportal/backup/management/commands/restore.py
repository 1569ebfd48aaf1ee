"""Takes a set back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.utils import timezone

from geoportal.backup import policy
from geoportal.backup.errors import BackupError
from geoportal.backup.restoration import restore, try_restore


class Command(BaseCommand):
    help = (
        "Restores a set of `backup` into an empty database and data folder, and compares every row and file."
    )
    requires_system_checks = ()  # there is no table yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--identity", type=Path, metavar="FILE", help="age identity of an encrypted set")
        parser.add_argument(
            "--trial", action="store_true", help="into a database made for it and dropped; the portal goes on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            act = try_restore if options["trial"] else restore
            whole = act(options["folder"], options["identity"], self.stdout.write)
            if options["trial"]:
                policy.record_trial(options["folder"].resolve(), timezone.now())
        except (BackupError, SystemCheckError) as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(f"{problem.filename}: {problem.strerror}.") from problem
        rows = sum(int(count) for count, _ in whole.tables.values())
        self.stdout.write(f"{rows:,} rows and {len(whole.entries):,} files are as they were on {whole.made}.")
