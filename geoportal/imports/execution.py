"""What an import's job does: a file into its layer, a file that becomes a layer, or rows that were held back."""

from django.db import transaction

from importers.layer_import import import_to_layer
from importers.models import Import, State
from importers.options import ImportOptions
from importers.pipeline import held_rows
from layers.datasets.models import Dataset
from layers.jobs.progress import Progress
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer
from layers.sentences.sentence import told

from . import dataset_publication, uploads
from .jobs import RETRY, TRY
from .last_answers import remember_proposal
from .new_layer import proposal_of

FINISHED = (State.LOADED, State.TRIED, State.STOPPED)


def execute(imported: Import, action: str, progress: Progress) -> str:
    """In a sentence, what came of it. What an earlier attempt has finished is not done again.

    The file of a layer that was made of files stays for a while: its columns may have to be put right.
    """
    if imported.state not in FINISHED:
        if action == RETRY:
            _retry(imported, progress)
        else:
            _load(imported, action == TRY, progress)
        imported.refresh_from_db()
    if imported.state == State.LOADED and not Dataset.objects.filter(name=imported.layer).exists():
        uploads.file_of(imported).unlink(missing_ok=True)
    return imported.reason or told(State(imported.state).label)


def _load(imported: Import, dry_run: bool, progress: Progress) -> None:
    path = uploads.file_of(imported)
    options = ImportOptions.from_record(imported, dry_run=dry_run, progress=progress)
    if imported.proposal and dry_run:
        dataset_publication.publish_dry_run(path, proposal_of(imported), options, imported)
    elif imported.proposal:
        report = dataset_publication.publish(path, proposal_of(imported), options, imported)
        if not report.refusal:
            remember_proposal(imported)
    else:
        import_to_layer(path, _layer(imported), options, imported)


@transaction.atomic
def _retry(imported: Import, progress: Progress) -> None:
    """The import stays loaded, whatever becomes of its held rows."""
    held_rows.retry(imported, _layer(imported), imported.who, progress)
    Import.objects.filter(pk=imported.pk).update(state=State.LOADED)


def _layer(imported: Import) -> Layer:
    return get_layer(imported.layer, Viewer(Audience.RESTRICTED))
