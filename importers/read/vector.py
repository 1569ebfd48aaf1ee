"""Vector files through pyogrio, with geometry left as WKB so that no ring is lost in reading."""

import warnings
from pathlib import Path
from typing import Any

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from ..delivery import Cells, Delivery, Refused
from . import encoding as text

UNSAID = "ISO-8859-1"
"""What GDAL says of a shapefile that does not say its encoding."""


def read(path: Path, file_layer: str | None, encoding: str | None, **options: str) -> Delivery:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        name = _layer_name(path, file_layer)
        meta, shapes, values = _read(path, name, encoding, options)
    columns = {str(field): column for field, column in zip(meta["fields"], values, strict=True)}
    notes = [f"GDAL says: {message}" for message in dict.fromkeys(str(warning.message) for warning in said)]
    if encoding is None and meta["encoding"] == UNSAID:
        columns, found = text.decoded_again(columns, None)
        notes.append(f"text read as {found}")
    return Delivery(columns, shapes, meta["crs"], notes)


def _layer_name(path: Path, file_layer: str | None) -> str:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (DataSourceError, UnicodeError, ValueError) as problem:
        raise Refused(f"{path.name} cannot be read: {first_line(problem)}.") from None
    if file_layer is None and len(names) != 1:
        raise Refused(f"{path.name} holds several layers; name one with --file-layer: {', '.join(names)}.")
    if file_layer is not None and file_layer not in names:
        raise Refused(f"{path.name} has no layer {file_layer!r}; it has {', '.join(names)}.")
    return file_layer or names[0]


def _read(
    path: Path, name: str, encoding: str | None, options: dict[str, str]
) -> tuple[dict[str, Any], Cells, list[Cells]]:
    chosen = text.named(encoding) if encoding else None
    try:
        meta, _, shapes, values = pyogrio.raw.read(path, layer=name, encoding=chosen, **options)
    except (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError) as problem:
        raise Refused(f"{path.name} cannot be read: {first_line(problem)}.") from None
    except (UnicodeError, LookupError):
        raise Refused(
            f"{path.name} is not written in {encoding or 'the encoding it names'}; name its encoding with --encoding."
        ) from None
    if shapes is None:
        raise Refused(f"{path.name} has no geometry; give it as CSV or Excel with position columns.")
    return meta, shapes, values


def first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0].rstrip(".")
