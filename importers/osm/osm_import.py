"""An OpenStreetMap extract into the base layers, all of them in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from django.db import transaction

from importers.errors import ImporterError
from importers.history.record import fingerprint
from importers.history.report import ImportReport
from importers.options import ImportOptions
from importers.pipeline.import_run import ImportRun, import_source
from importers.safety.inspection import checked_path
from importers.sources.source import ROWS_AT_ONCE, Batch, Source, batch_of_rows
from layers.registry.declaration.layer import Layer
from layers.sentences.sentence import gettext as _

from .classification import Classification, LayerRows, classify

SOURCE = "OpenStreetMap contributors, ODbL"
CRS = "EPSG:4326"


@dataclass(frozen=True)
class OsmResult:
    classification: Classification
    reports: list[ImportReport]


def import_osm(path: Path, layers: dict[str, Layer], options: ImportOptions) -> OsmResult:
    """Sort an extract and load every layer that it fills; raises ImporterError with a sentence."""
    found = classify(path)
    if not found.layers:
        raise ImporterError(_("{path} holds nothing that the layers keep.").format(path=path.name))
    options = replace(options, source=options.source or SOURCE, accept_valid=True, anywhere=True, processes=1)
    path = checked_path(path)
    sha256 = fingerprint(path)
    with transaction.atomic():
        reports = [
            import_source(ImportRun(path, layers[name], options, sha256), _source(collected))
            for name, collected in found.layers.items()
        ]
        if options.dry_run:
            transaction.set_rollback(True)
    return OsmResult(found, reports)


def _source(collected: LayerRows) -> Source:
    headings = sorted({name for row in collected.rows for name in row})
    return Source(headings, partial(_stream, collected, headings), True, CRS, len(collected.rows))


def _stream(collected: LayerRows, headings: list[str]) -> Iterator[Batch]:
    for start in range(0, len(collected.rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        shapes = np.array([*collected.shapes[part], None], dtype=object)[:-1]
        rows = batch_of_rows(collected.rows[part], headings, start)
        yield replace(
            rows, shapes=pa.array(shapely.to_wkb(shapes), pa.binary()), labels=collected.names[part]
        )
