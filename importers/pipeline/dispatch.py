"""Which import a file goes through: rows for most layers, heights for one that the map stands on."""

from pathlib import Path

from importers.elevation.elevation_import import import_heights
from importers.history.report import Report
from importers.models import Import
from layers.registry.layer import Layer

from .import_run import Options, import_file


def take_file(path: Path, layer: Layer, options: Options, imported: Import | None = None) -> Report:
    """Load a file into a layer; raises Refused with a sentence where it cannot be worked with at all."""
    load = import_heights if layer.heights is not None else import_file
    return load(path, layer, options, imported)
