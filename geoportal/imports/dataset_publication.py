"""A file as a layer of its own: at every door like the others, without code; changed and taken back."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from importers.crs import position_columns
from importers.crs.district import district_box
from importers.errors import ImporterError
from importers.history import record
from importers.history.report import ImportReport
from importers.models import DeliveryProfile, Import, RowOrigin, State
from importers.options import ImportOptions
from importers.pipeline.import_run import import_file
from importers.schema.inference import LayerSchema, infer_schema
from importers.sources import files
from importers.sources.source import Source
from layers.datasets import sync
from layers.datasets.declaration import layer_of
from layers.datasets.models import Dataset
from layers.jobs.models import Job
from layers.registry.audience import Audience, Viewer
from layers.registry.database.publication import publish_layer, withdraw_layer
from layers.registry.declaration.layer import LAYER_NAME, Geometry, Layer
from layers.registry.registration import get_layer, is_registered
from layers.registry.search import search_text
from layers.sentences.sentence import gettext as _
from tiles.invalidation.declarations import record_new_declarations

from . import uploads

COLOR = re.compile(r"#[0-9a-f]{6}")
COLORS = ("#7a4f9a", "#b0562b", "#2f7d6d", "#a23b5e", "#4a6fa5", "#7d7a2f", "#8a5a44", "#3f7f3f")
UNRESTRICTED = Viewer(Audience.RESTRICTED)
PATIENCE = sync.EVERY + 1
"""Seconds until every process has learnt what datasets there are."""


@dataclass(frozen=True)
class DatasetProposal:
    """What the publisher says, ``geometry`` where closed lines are areas.

    ``title_column``, ``key``, ``left_out`` and the names of ``labels`` are headings of the file, and so are those of
    ``kinds``, where the publisher knows better. Labels are Chinese and English.
    """

    name: str
    title: str = ""
    title_en: str = ""
    audience: Audience = Audience.PUBLIC
    color: str = ""
    title_column: str | None = None
    key: Iterable[str] = field(default_factory=tuple)
    left_out: Iterable[str] = field(default_factory=tuple)
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    geometry: Geometry | None = None


def publish(
    path: Path, proposal: DatasetProposal, options: ImportOptions, imported: Import | None = None
) -> ImportReport:
    """Make a layer of a file, or load a newer file into the layer of that name; raises ImporterError.

    Rows come first and the doors open with the last of them, in one transaction.
    """
    sync.refresh(now=True)
    if imported is None and Dataset.objects.filter(name=proposal.name, is_published=True).exists():
        return import_file(path, get_layer(proposal.name, UNRESTRICTED), options)
    with _record_refusals(path, proposal, options, imported):
        dataset, notes = _build_dataset(path, proposal, options)
        dataset.is_published = False
        _make_table(dataset, imported)
    layer = layer_of(dataset)
    try:
        with sync.ahead(layer):
            report = import_file(path, layer, options, imported, lambda: _open_doors(dataset, layer), notes)
    except BaseException:
        _remove(dataset)
        raise
    if report.refusal:
        _remove(dataset)
    sync.refresh(now=True)
    return report


def publish_dry_run(
    path: Path, proposal: DatasetProposal, options: ImportOptions, imported: Import | None = None
) -> ImportReport:
    """As :func:`publish`, but into a table that ends with the connection, and everything is taken back."""
    with _record_refusals(path, proposal, options, imported):
        dataset, notes = _build_dataset(path, proposal, options)
        layer = layer_of(dataset)
        with connection.schema_editor() as editor:
            editor.sql_create_table = "CREATE TEMPORARY TABLE %(table)s (%(definition)s)"
            editor.create_model(layer.model)
    try:
        with sync.ahead(layer):
            trial = replace(options, dry_run=True, processes=1)
            return import_file(path, layer, trial, imported, notes=notes)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {layer.model._meta.db_table}")


def infer_layer_schema(
    source: Source, proposal: DatasetProposal, options: ImportOptions, *, all_rows: bool
) -> LayerSchema:
    found = (
        None
        if source.has_geometry
        else position_columns.find_positions(source, options.source_crs, district_box())
    )
    rows = None if all_rows else [source.sample]
    return infer_schema(
        source,
        found,
        proposal.title_column,
        proposal.key,
        proposal.left_out,
        rows,
        options.date_order,
        proposal.kinds,
        proposal.geometry,
    )


def color_of(name: str) -> str:
    """What a layer has of which nobody says it."""
    return COLORS[zlib.crc32(name.encode()) % len(COLORS)]


def check_name(name: str) -> None:
    if not re.fullmatch(LAYER_NAME, name):
        raise ImporterError(
            _("A layer's name has 2 to 40 small letters, digits and hyphens, and begins with a letter.")
        )
    if is_registered(name):
        raise ImporterError(_("There is a layer named {name} already; import into it.").format(name=name))


@contextmanager
def _record_refusals(
    path: Path, proposal: DatasetProposal, options: ImportOptions, imported: Import | None
) -> Iterator[None]:
    try:
        yield
    except ImporterError as problem:
        record.refuse(proposal.name[:80], path, options.who, imported, str(problem))
        raise


def _build_dataset(
    path: Path, proposal: DatasetProposal, options: ImportOptions
) -> tuple[Dataset, list[str]]:
    """What the file becomes, and what is to be said of it."""
    check_name(proposal.name)
    with files.open_source(path, options.file_layer, options.encoding) as source:
        found = infer_layer_schema(source, proposal, options, all_rows=True)
    dataset = Dataset(
        name=proposal.name,
        title=proposal.title or path.stem[:80],
        title_en=proposal.title_en,
        geometry=found.geometry,
        fields=[_with_labels(each, proposal) for each in found.fields],
        title_field=found.title_field,
        key=found.key,
        audience=proposal.audience,
        color=proposal.color or color_of(proposal.name),
        source=options.source,
    )
    return dataset, [found.note] if found.note else []


def _with_labels(infer_layer_schema: dict[str, Any], proposal: DatasetProposal) -> dict[str, Any]:
    heading = infer_layer_schema["label"]
    label, label_en = proposal.labels.get(heading, ("", ""))
    return infer_layer_schema | {
        "heading": heading,
        "label": label or heading,
        "label_en": label_en or label or heading,
    }


def _make_table(dataset: Dataset, imported: Import | None = None) -> None:
    """Keep the dataset, which nobody sees yet, and its table; what an interrupted attempt left behind is removed."""
    record.fail_interrupted()
    before = Dataset.objects.filter(name=dataset.name, is_published=False).first()
    if before and not _is_under_way(before, imported):
        _remove(before)
    try:
        with transaction.atomic():
            dataset.save()
            layer = layer_of(dataset)
            with connection.schema_editor() as editor:
                editor.create_model(layer.model)
            publish_layer(layer, search_text.definitions)
    except IntegrityError as problem:
        raise ImporterError(
            _("A layer named {name} is being made at this moment.").format(name=dataset.name)
        ) from problem


def _is_under_way(dataset: Dataset, imported: Import | None) -> bool:
    """By another than this import."""
    running = Import.objects.filter(layer=dataset.name, state=State.RUNNING).exclude(
        pk=imported.pk if imported else 0
    )
    return dataset.published > timezone.now() - record.START_TIME or running.exists()


def _open_doors(dataset: Dataset, layer: Layer) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(is_published=True)
    sync.tell()
    publish_layer(layer)
    record_new_declarations()


@transaction.atomic
def _remove(dataset: Dataset) -> None:
    layer = layer_of(dataset)
    for kept in (DeliveryProfile, RowOrigin):
        kept.objects.filter(layer=dataset.name).delete()
    dataset.delete()
    withdraw_layer(layer)
    with connection.schema_editor() as editor:
        editor.delete_model(layer.model)


def amend(dataset: Dataset) -> int | None:
    """Keep what was changed of a dataset's title, audience or colour, and show it so at every door.

    Where others may see it than before, the audience that :func:`republish` has to make views for, with the rights of
    the database's owner: at once for more people, who see it from then on; for fewer, who do not see it from now on,
    once every process has had time to forget that they might.
    """
    before, wanted = Dataset.objects.get(pk=dataset.pk).audience, dataset.audience
    dataset.audience = max(before, wanted)
    with transaction.atomic():
        dataset.save()
        sync.tell()
        record_new_declarations()
    sync.refresh(now=True)
    return None if wanted == before else wanted


@transaction.atomic
def republish(pk: int, before: int, audience: int) -> None:
    """The views for this audience; nothing where it was withdrawn, or given another one, meanwhile."""
    published = Dataset.objects.filter(pk=pk, is_published=True)
    published.filter(audience=before).update(audience=audience)
    sync.tell()
    sync.refresh(now=True)
    dataset = published.first()
    if dataset is not None:
        publish_layer(layer_of(dataset))
        record_new_declarations()


def withdraw(name: str) -> None:
    """Close every door of a dataset; :func:`drop` removes it once every process has had time to forget it."""
    if not Dataset.objects.filter(name=name, is_published=True).update(is_published=False):
        raise ImporterError(_("No dataset is named {name}.").format(name=name))
    sync.tell()
    sync.refresh(now=True)
    record_new_declarations()


def drop(name: str) -> None:
    """A dataset that no door shows, with its rows and what was remembered of its files."""
    dataset = Dataset.objects.filter(name=name, is_published=False).first()
    if dataset is not None:
        _remove(dataset)
        for imported in Import.objects.filter(layer=name, state=State.LOADED):
            uploads.forget(imported)


def drop_unfinished() -> None:
    """Datasets that nobody is making or withdrawing any more."""
    for dataset in Dataset.objects.filter(is_published=False):
        is_going = Job.objects.active().filter(key=f"drop:{dataset.name}").exists()
        if not is_going and not _is_under_way(dataset, None):
            _remove(dataset)
