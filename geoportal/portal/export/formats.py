"""What a download of a layer holds: GeoJSON in longitude and latitude, CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from layers.registry.access.layer_query import Condition, LayerQuery, Row
from layers.registry.access.unreadable import Unreadable, unreadable_member
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


def _rows(reading: LayerQuery, chosen: Sequence[Condition], advance: Advance) -> Iterator[Row]:
    """By key, a batch at a time, so that memory stays flat."""
    last = -(2**63)
    while batch := reading.rows(Condition("id > %s", (last,)), *chosen, order="id", limit=BATCH):
        last = batch[-1]["id"]
        yield from batch
        advance(len(batch))


def _geojson(reading: LayerQuery, chosen: Sequence[Condition], advance: Advance) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    for number, row in enumerate(_rows(reading, chosen, advance)):
        geometry = row.pop("geometry", None)
        for name in ("lon", "lat"):
            row.pop(name, None)
        feature = {
            "type": "Feature",
            "id": row.pop("id"),
            "geometry": json.loads(geometry) if geometry else None,
            "properties": row,
            **unreadable_member(row),
        }
        yield (",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False, default=_plain)
    yield "\n]}\n"


def _plain(value: Any) -> float | str | None:
    if isinstance(value, Unreadable):
        return None
    return float(value) if isinstance(value, Decimal) else str(value)


def _csv(reading: LayerQuery, chosen: Sequence[Condition], advance: Advance) -> Iterator[str]:
    names = ["id", *(a.name for a in reading.attributes), "source", "is_generated"]
    names += ["lon", "lat"] if reading.layer.has_geometry else []
    yield "\ufeff" + _line(names)
    for row in _rows(reading, chosen, advance):
        yield _line([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    return _("a value that cannot be shown") if isinstance(value, Unreadable) else harmless(value)


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


FORMATS = {
    each.suffix: each
    for each in (
        Format("geojson", "application/geo+json", _geojson),
        Format("csv", "text/csv; charset=utf-8", _csv),
    )
}
