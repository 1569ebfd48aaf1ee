"""Formats that GDAL writes, batch by batch."""

import json
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pyogrio.raw import write_arrow

from layers.errors import InvalidInput
from layers.registry.declaration.layer import Geometry
from layers.sentences.sentence import gettext as _

from .about import About
from .sheets import ABOUT, NO_XML
from .table import SHAPE, Table, arrow_schema, record_batch

KINDS = {
    Geometry.POINT: "Point",
    Geometry.LINE: "MultiLineString",
    Geometry.POLYGON: "MultiPolygon",
}
LONGEST_NAME, LONGEST_TEXT = 10, 254
"""Bytes of a column's name and of a text in a shapefile."""


def write_geopackage(table: Table, path: Path, about: About, encoding: str) -> None:
    said = {"IDENTIFIER": about.title, "DESCRIPTION": about.text}
    _write(table, table.arrow(), path, "GPKG", layer_options=said, layer_metadata=about.facts)


def write_geojson(table: Table, path: Path, about: About, encoding: str) -> None:
    document = json.dumps({"type": "FeatureCollection", "about": about.facts}, ensure_ascii=False)
    options = {
        "NATIVE_DATA": document,
        "NATIVE_MEDIA_TYPE": "application/vnd.geo+json",
        "RFC7946": "NO",
        "COORDINATE_PRECISION": "4" if table.system.axes == ("easting", "northing") else "9",
    }
    _write(table, table.arrow(), path, "GeoJSON", layer_options=options)


def write_flatgeobuf(table: Table, path: Path, about: About, encoding: str) -> None:
    """Without an index where a feature has no place, which the format does not have."""
    options = {
        "TITLE": about.title,
        "DESCRIPTION": json.dumps(about.facts, ensure_ascii=False),
        "SPATIAL_INDEX": "NO" if table.lacks_places() else "YES",
    }
    _write(table, table.arrow(), path, "FlatGeobuf", layer_options=options)


def write_kml(table: Table, path: Path, about: About, encoding: str) -> None:
    if table.system.crs != "EPSG:4326":
        raise InvalidInput(_("KML is in degrees of WGS 84 alone."))
    said = {"NAME": NO_XML.sub("", about.title), "DESCRIPTION": NO_XML.sub("", about.text)}
    # Placemarks have an id of their own.
    schema = arrow_schema(table.columns, table.has_shapes, {"id": "feature_id"})
    reader = pa.RecordBatchReader.from_batches(schema, _written_in_xml(table, schema))
    _write(table, reader, path, "LIBKML", dataset_options=said)


def _written_in_xml(table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    texts = [name for name, kind in table.columns.items() if pa.types.is_string(kind)]
    for columns, shapes in table.batches():
        for name in texts:
            columns[name] = [None if text is None else NO_XML.sub("", text) for text in columns[name]]
        yield record_batch(schema, columns, shapes)


def write_shapefile(table: Table, path: Path, about: About, encoding: str) -> None:
    """A zip of the parts, and of what was made of names and texts that a shapefile has no room for."""
    names = short_names([*table.columns], encoding)
    schema = arrow_schema(table.columns, table.has_shapes, names)
    cut: dict[str, int] = {}
    batches = _cut_batches(table, schema, encoding, cut)
    name = table.name
    with TemporaryDirectory(dir=path.parent) as folder:
        shape = Path(folder) / f"{name}.shp"
        reader = pa.RecordBatchReader.from_batches(schema, batches)
        _write(table, reader, shape, "ESRI Shapefile", encoding=encoding)
        shape.with_suffix(".cpg").write_text(encoding)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for part in sorted(Path(folder).iterdir()):
                packed.write(part, part.name)
            packed.writestr(ABOUT, about.text + _told(names, cut))


def _told(names: dict[str, str], cut: dict[str, int]) -> str:
    lines = [_("Columns with shorter names:"), *(f"  {short} = {name}" for name, short in names.items())]
    if cut:
        lines.append(_("Texts that were cut at %(most)d bytes:") % {"most": LONGEST_TEXT})
        lines += [f"  {names[name]}: {count}" for name, count in cut.items()]
    return "\n".join(lines) + "\n"


def short_names(names: list[str], encoding: str) -> dict[str, str]:
    """Of at most ten bytes each, all different; numbered where they would be the same."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        short, number = _cut(name, LONGEST_NAME, encoding), 0
        while short.lower() in taken:
            number += 1
            ending = f"_{number}"
            short = _cut(name, LONGEST_NAME - len(ending), encoding) + ending
        taken.add(short.lower())
        found[name] = short
    return found


def _cut(text: str, most: int, encoding: str) -> str:
    return text.encode(encoding, "replace")[:most].decode(encoding, "ignore")


def _cut_batches(
    table: Table, schema: pa.Schema, encoding: str, cut: dict[str, int]
) -> Iterator[pa.RecordBatch]:
    texts = [name for name, kind in table.columns.items() if pa.types.is_string(kind)]
    for columns, shapes in table.batches():
        for name in texts:
            for place, text in enumerate(columns[name]):
                if text is not None and len(text.encode(encoding, "replace")) > LONGEST_TEXT:
                    columns[name][place] = _cut(text, LONGEST_TEXT, encoding)
                    cut[name] = cut.get(name, 0) + 1
        yield record_batch(schema, columns, shapes)


def _write(table: Table, reader: pa.RecordBatchReader, path: Path, driver: str, **options: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that offset coordinates are of no known system
        write_arrow(
            reader,
            path,
            layer=table.name,
            driver=driver,
            geometry_name=SHAPE if table.has_shapes else None,
            geometry_type=KINDS.get(table.geometry),
            crs=table.system.crs if table.has_shapes else None,
            **options,
        )
