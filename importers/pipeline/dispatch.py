"""Which import a file goes through: rows for most layers, heights for one that the map stands on."""

from pathlib import Path

from importers.elevation.elevation_import import import_elevation
from importers.history.report import ImportReport
from importers.models import Import
from layers.registry.layer import Layer

from .import_run import ImportOptions, import_file


def import_to_layer(
    path: Path, layer: Layer, options: ImportOptions, imported: Import | None = None
) -> ImportReport:
    """Load a file into a layer; raises ImporterError with a sentence where it cannot be worked with at all."""
    load = import_elevation if layer.heights is not None else import_file
    return load(path, layer, options, imported)
