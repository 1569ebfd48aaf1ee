"""Downloads of a layer as this viewer may see it: GeoJSON in longitude and latitude, CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from geoportal.http import door, viewer_of
from layers.errors import InvalidInput
from layers.registry.layer_query import Condition, Reading, Row
from layers.registry.registration import get_layer
from layers.registry.values import harmless

BATCH = 2000


@door
def geojson(request: HttpRequest, name: str) -> StreamingHttpResponse:
    chosen = _chosen(request)
    reading = Reading(get_layer(name, viewer_of(request)), viewer_of(request))
    return _attachment(_geojson(reading, chosen), "application/geo+json", f"{name}.geojson")


@door
def table(request: HttpRequest, name: str) -> StreamingHttpResponse:
    chosen = _chosen(request)
    reading = Reading(get_layer(name, viewer_of(request)), viewer_of(request))
    return _attachment(_csv(reading, chosen), "text/csv; charset=utf-8", f"{name}.csv")


def _attachment(content: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chosen(request: HttpRequest) -> list[Condition]:
    """``?id=3,5`` asks for these features only."""
    text = request.GET.get("id", "")
    if not text:
        return []
    keys = text.split(",")
    if len(keys) > BATCH or not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        raise InvalidInput(_("“id” names features by their numbers, separated by commas."))
    return [Condition("id = ANY(%s)", ([int(key) for key in keys],))]


def _rows(reading: Reading, chosen: list[Condition]) -> Iterator[Row]:
    """By key, a batch at a time, so that memory stays flat."""
    last = -(2**63)
    while batch := reading.rows(Condition("id > %s", (last,)), *chosen, order="id", limit=BATCH):
        last = batch[-1]["id"]
        yield from batch


def _geojson(reading: Reading, chosen: list[Condition]) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    for number, row in enumerate(_rows(reading, chosen)):
        geometry = row.pop("geometry", None)
        for name in ("lon", "lat"):
            row.pop(name, None)
        feature = {
            "type": "Feature",
            "id": row.pop("id"),
            "geometry": json.loads(geometry) if geometry else None,
            "properties": row,
        }
        yield (",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False, default=_plain)
    yield "\n]}\n"


def _plain(value: Any) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def _csv(reading: Reading, chosen: list[Condition]) -> Iterator[str]:
    names = ["id", *(a.name for a in reading.attributes), "source", "is_generated"]
    names += ["lon", "lat"] if reading.layer.has_geometry else []
    yield "\ufeff" + _line(names)
    for row in _rows(reading, chosen):
        yield _line([harmless(row[name]) for name in names])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
