"""Proves that evidence and documents are as they were received."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from layers.casework.evidence.custody import damaged_files
from layers.casework.models import Document, Evidence


class Command(BaseCommand):
    help = "Hashes every file of evidence and every document anew and compares with what was recorded."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(damaged_files())
        for damage in found:
            fate = "is gone" if damage.is_gone else "was changed"
            self.stderr.write(
                f"case {damage.what.case_id}, {damage.what}: the file {fate} ({damage.what.sha256})"
            )
        if found:
            raise CommandError(f"{len(found)} file(s) are not as they were received.")
        count = Evidence.objects.count() + Document.objects.count()
        self.stdout.write(f"All {count} files are as they were received.")
