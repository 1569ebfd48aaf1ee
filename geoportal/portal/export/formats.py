"""What a download of a layer holds: GeoJSON in longitude and latitude, CSV for spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from geoportal.features.filters.reference_systems import CRS84
from geoportal.features.geojson import feature_text
from layers.registry.access.layer_query import Condition, LayerQuery, Row
from layers.registry.access.unreadable import Unreadable
from layers.registry.declaration.values import harmless

BATCH = 2000
Advance = Callable[[int], object]
"""Told of rows that were read."""


@dataclass(frozen=True)
class Format:
    """``suffix`` ends the file's name, ``write`` gives its text piece by piece."""

    suffix: str
    content_type: str
    write: Callable[[LayerQuery, Sequence[Condition], Advance], Iterator[str]]


def _batches(
    reading: LayerQuery, chosen: Sequence[Condition], advance: Advance, **asked: Any
) -> Iterator[list[Row]]:
    """By key, so that memory stays flat."""
    last = -(2**63)
    while batch := reading.rows(Condition("id > %s", (last,)), *chosen, order="id", limit=BATCH, **asked):
        last = batch[-1]["id"]
        yield batch
        advance(len(batch))


def _geojson(reading: LayerQuery, chosen: Sequence[Condition], advance: Advance) -> Iterator[str]:
    outline = f"{CRS84.outline()} AS geometry" if reading.layer.has_geometry else ""
    before = '{"type": "FeatureCollection", "features": [\n'
    for batch in _batches(reading, chosen, advance, geometry=False, extra=outline):
        yield before + ",\n".join(feature_text(reading, row, None) for row in batch)
        before = ",\n"
    yield "\n]}\n" if before == ",\n" else before + "]}\n"


def _csv(reading: LayerQuery, chosen: Sequence[Condition], advance: Advance) -> Iterator[str]:
    names = ["id", *(a.name for a in reading.attributes), "source", "is_generated"]
    names += ["lon", "lat"] if reading.layer.has_geometry else []
    yield "\ufeff" + _lines([names])
    for batch in _batches(reading, chosen, advance, outline=False):
        yield _lines([[_cell(row[name]) for name in names] for row in batch])


def _cell(value: Any) -> Any:
    return _("a value that cannot be shown") if isinstance(value, Unreadable) else harmless(value)


def _lines(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


FORMATS = {
    each.suffix: each
    for each in (
        Format("geojson", "application/geo+json", _geojson),
        Format("csv", "text/csv; charset=utf-8", _csv),
    )
}
