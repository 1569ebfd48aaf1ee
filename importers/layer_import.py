"""A file into a layer and back: rows for most layers, heights for one that the map stands on."""

from pathlib import Path

from importers.history import undo
from importers.history.report import ImportReport
from importers.models import Import
from importers.options import ImportOptions
from importers.pipeline.import_run import import_file
from layers.registry.declaration.layer import Layer


def import_to_layer(
    path: Path, layer: Layer, options: ImportOptions, imported: Import | None = None
) -> ImportReport:
    """Raises ImporterError with a sentence where the file cannot be worked with at all."""
    if layer.heights is None:
        return import_file(path, layer, options, imported)
    from importers.elevation.elevation_import import import_elevation  # with a GDAL of its own, 20 MB

    return import_elevation(path, layer, options, imported)


def undo_import(imported: Import, layer: Layer) -> None:
    """Raises ImporterError where that would lose what came later."""
    with undo.undo_record(imported) as locked:
        if layer.heights is None:
            undo.undo_rows(locked, layer)
        else:
            from importers.elevation.elevation_import import undo_elevation

            undo_elevation(locked)
