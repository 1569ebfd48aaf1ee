import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import translation

from geoportal.imports import dataset_publication, uploads
from geoportal.imports.jobs import Watch, options_of
from geoportal.imports.new_layer import proposal_of
from importers.errors import ImporterError
from importers.history import record
from importers.layer_import import import_to_layer
from importers.models import Import, State
from importers.options import ImportOptions
from importers.pipeline import held_rows
from importers.pipeline.disk_space import explanation
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page of the portal
    help = "Do what was decided on the import page; the page starts this itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pk", type=int)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--retry", action="store_true", help="load the rows that were held back")

    def handle(self, *args: Any, **options: Any) -> None:
        imported = Import.objects.get(pk=options["pk"])
        progress = Watch(imported)
        with translation.override(os.environ.get("GEOPORTAL_LANGUAGE") or "en"):
            try:
                if options["retry"]:
                    self._retry(imported, progress)
                    return
                chosen = options_of(imported, dry_run=options["dry_run"], progress=progress)
                self._load(uploads.file_of(imported), imported, chosen)
            except ImporterError as problem:
                raise CommandError(str(problem)) from problem
            except (DatabaseError, MemoryError, OSError) as problem:
                record.fail(imported, explanation(problem)[:500])
                raise
        if Import.objects.filter(pk=imported.pk, state=State.LOADED).exists():
            uploads.file_of(imported).unlink(missing_ok=True)

    def _load(self, path: Path, imported: Import, chosen: ImportOptions) -> None:
        if imported.wish and chosen.dry_run:
            dataset_publication.publish_dry_run(path, proposal_of(imported), chosen, imported)
        elif imported.wish:
            dataset_publication.publish(path, proposal_of(imported), chosen, imported)
        else:
            import_to_layer(path, get_layer(imported.layer, Viewer(Audience.RESTRICTED)), chosen, imported)

    def _retry(self, imported: Import, progress: Watch) -> None:
        """The import stays loaded, whatever becomes of its held rows."""
        reason, layer = "", get_layer(imported.layer, Viewer(Audience.RESTRICTED))
        try:
            with record.hold_alive(imported):
                held_rows.retry(imported, layer, imported.who, progress)
        except ImporterError as problem:
            reason = str(problem)
        finally:
            Import.objects.filter(pk=imported.pk).update(state=State.LOADED, reason=reason)
