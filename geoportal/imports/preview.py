"""What a file looks like before anything is loaded: its parts, columns, first rows, and how they would be mapped."""

from pathlib import Path
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from importers.elevation import elevation_import
from importers.errors import ImporterError
from importers.examination import Examination, examine_elevation
from importers.models import Import
from importers.options import ImportOptions
from importers.pipeline.plan import plan_import
from importers.schema import mapping
from importers.schema.field_conversion import field_of
from importers.sources import encoding_doubt
from importers.sources.source import Source
from layers.registry.declaration.layer import Layer

from . import uploads
from .last_answers import LastAnswers, senders

FIRST_ROWS = 6
LONGEST = 60
SYSTEMS = (
    "EPSG:4490",
    "EPSG:4326",
    "EPSG:4549",
    "EPSG:4550",
    "EPSG:4528",
    "EPSG:4529",
    "EPSG:3857",
    "gcj02",
    "bd09",
)
ENCODINGS = encoding_doubt.CANDIDATES


def inspect(imported: Import, layer: Layer) -> dict[str, Any]:
    """For the page; ``problem`` says what has to be decided before the file can be loaded."""
    content: dict[str, Any] = {"problem": "", "parts": [], **reading_choices()}
    try:
        if layer.heights:
            return content | {"raster": _elevation(imported, content)}
        last = LastAnswers(imported)
        source = examined_source(last.examine(uploads.file_of(imported)), content)
        content |= sample_content(source) | {"last": last.fill(source.headings)}
        content["columns"] = layer_columns(layer, source, imported.options)
        plan, notes = plan_import(layer, source, last.options)
        content |= {"crs": plan.crs, "notes": [*source.notes, *notes]}
    except ImporterError as problem:
        content["problem"] = str(problem)
    return content


def _elevation(imported: Import, content: dict[str, Any]) -> dict[str, Any]:
    options = ImportOptions.from_record(imported)
    found = examine_elevation(uploads.file_of(imported), options.file_layer, options.source_crs)
    content["parts"] = found.parts
    if found.raster is None:
        raise ImporterError(found.problem)
    return elevation_import.preview(found.raster, options)


def examined_source(found: Examination, content: dict[str, Any]) -> Source:
    """Raises ImporterError where there is none; ``content`` takes what there is."""
    content["parts"] = found.parts
    if found.readings:
        content["readings"] = found.readings
    if found.source is None:
        raise ImporterError(found.problem)
    return found.source


def reading_choices() -> dict[str, Any]:
    return {"systems": SYSTEMS, "encodings": ENCODINGS, "senders": senders()}


def sample_content(source: Source) -> dict[str, Any]:
    sample = source.sample
    rows = [sample.values(index) for index in range(min(FIRST_ROWS, len(sample)))]
    return {
        "headings": source.headings,
        "first_rows": [[_short(row.get(heading)) for heading in source.headings] for row in rows],
        "count": source.count,
        "delivered_crs": source.crs,
        "placed": source.has_geometry,
        "encodings": ENCODINGS if Path(source.name).suffix.lower() in encoding_doubt.IN_ANY else (),
    }


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def layer_columns(layer: Layer, source: Source | None, kept: dict[str, Any]) -> list[dict[str, Any]]:
    """The layer's fields, each with the heading that fills it: as decided, or found by its name."""
    if layer.imports is None:
        return []
    stated, values = kept.get("headings", {}), kept.get("values", {})
    found = []
    for column in layer.imports.columns:
        guessed = mapping.find_headings(column, source, None) if source else []
        heading = stated.get(column.name) or (guessed[0] if guessed else "")
        found.append(
            {
                "name": column.name,
                "label": str(column.title) or _label(layer, column.name),
                "required": column.required and column.name not in layer.imports.defaults,
                "heading": "" if column.name in values else heading,
                "value": values.get(column.name, ""),
                "addable": bool(column.create),
                "adding": column.name in kept.get("adding", ()),
            }
        )
    return found


def _label(layer: Layer, name: str) -> str:
    try:
        return str(field_of(layer.model, name).verbose_name)
    except FieldDoesNotExist:
        return name
