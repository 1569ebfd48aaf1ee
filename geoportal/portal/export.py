"""Downloads of a layer as this viewer may see it: GeoJSON in longitude and latitude, CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from geoportal.negotiation import door, viewer_of
from layers.registry.reading import Condition, Reading, Row
from layers.registry.registration import get_layer

BATCH = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@door
def geojson(request: HttpRequest, name: str) -> StreamingHttpResponse:
    reading = Reading(get_layer(name, viewer_of(request)), viewer_of(request))
    return _attachment(_geojson(reading), "application/geo+json", f"{name}.geojson")


@door
def table(request: HttpRequest, name: str) -> StreamingHttpResponse:
    reading = Reading(get_layer(name, viewer_of(request)), viewer_of(request))
    return _attachment(_csv(reading), "text/csv; charset=utf-8", f"{name}.csv")


def _attachment(content: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(reading: Reading) -> Iterator[Row]:
    """All rows by key, a batch at a time, so that memory stays flat."""
    last = 0
    while batch := reading.rows(Condition("id > %s", (last,)), order="id", limit=BATCH):
        last = batch[-1]["id"]
        yield from batch


def _geojson(reading: Reading) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    for number, row in enumerate(_rows(reading)):
        geometry = row.pop("geometry", None)
        for name in ("lon", "lat"):
            row.pop(name, None)
        feature = {
            "type": "Feature",
            "id": row.pop("id"),
            "geometry": json.loads(geometry) if geometry else None,
            "properties": row,
        }
        yield (",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False, default=str)
    yield "\n]}\n"


def _csv(reading: Reading) -> Iterator[str]:
    names = ["id", *(a.name for a in reading.attributes), "source", "is_generated"]
    names += ["lon", "lat"] if reading.layer.has_geometry else []
    yield "\ufeff" + _line(names)
    for row in _rows(reading):
        yield _line([_harmless(row[name]) for name in names])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
