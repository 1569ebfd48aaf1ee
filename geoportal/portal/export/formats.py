"""What a download of a layer holds: GeoJSON in longitude and latitude, CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from geoportal.features.filters.reference_systems import CRS84
from geoportal.features.geojson import ORIGIN
from layers.registry.access.copies import SHAPE, column_types, copies
from layers.registry.access.layer_query import Condition, LayerQuery

from .columns import Column, literal

BATCH = 2000
BETWEEN = b"\x02"
LINES = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"
"""Pieces as they are: JSON holds neither of these characters, nor the end of a line."""
OUTLINE = f"CASE WHEN {SHAPE} ~ 'Infinity|NaN' THEN 'null' ELSE COALESCE({SHAPE}, 'null') END"
"""Some databases hold positions that are infinite or none: such a feature lies nowhere."""
Advance = Callable[[int], object]
"""Told of rows that were read."""


@dataclass(frozen=True)
class Format:
    """``suffix`` ends the file's name, ``write`` gives its text piece by piece."""

    suffix: str
    content_type: str
    write: Callable[[LayerQuery, Sequence[Condition], Advance], Iterator[bytes]]


def _geojson(reading: LayerQuery, chosen: Sequence[Condition], advance: Advance) -> Iterator[bytes]:
    before = b'{"type": "FeatureCollection", "features": [\n'
    outline = CRS84.outline() if reading.layer.has_geometry else "NULL::text"
    for text, count in copies(reading, _feature(reading), LINES, chosen, BATCH, outline):
        yield before + text[:-1].replace(BETWEEN, b"").replace(b"\n", b",\n")
        before = b",\n"
        advance(count)
    yield b"\n]}\n" if before == b",\n" else before + b"]}\n"


def _feature(reading: LayerQuery) -> str:
    """SQL of the pieces of a feature; put together in the database they would be copied anew with each of them."""
    columns = _columns(reading)
    pieces = ["""'{"type": "Feature", "id": '""", "id", """', "geometry": '""", OUTLINE]
    before = ', "properties": {'
    for column in columns:
        pieces += [literal(f"{before}{json.dumps(column.name, ensure_ascii=False)}: "), column.json()]
        before = ", "
    unreadable = [
        f"CASE WHEN NOT {each.readable} THEN {literal(json.dumps(each.name, ensure_ascii=False))} END"
        for each in columns
        if each.readable
    ]
    told = f"NULLIF(concat_ws(', ', {', '.join(unreadable)}), '')" if unreadable else "NULL"
    return ", ".join([*pieces, "'}'", f"""', "unreadable": [' || {told} || ']'""", "'}'"])


def _csv(reading: LayerQuery, chosen: Sequence[Condition], advance: Advance) -> Iterator[bytes]:
    columns = _columns(reading)
    unreadable = literal(_("a value that cannot be shown"))
    cells = {"id": "id"} | {each.name: each.cell(unreadable) for each in columns}
    place = "NULL"
    if reading.layer.has_geometry:
        place = "ST_PointOnSurface(geom)"
        cells |= {"lon": _finite(f"ST_X({SHAPE})"), "lat": _finite(f"ST_Y({SHAPE})")}
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(cells)
    yield ("\ufeff" + header.getvalue()).encode()
    for text, count in copies(reading, ", ".join(cells.values()), "FORMAT csv", chosen, BATCH, place):
        yield text
        advance(count)


def _columns(reading: LayerQuery) -> list[Column]:
    types = column_types(reading)
    names = [*(attribute.name for attribute in reading.attributes), *ORIGIN]
    return [Column(name, types[name]) for name in names]


def _finite(number: str) -> str:
    return f"NULLIF(NULLIF(NULLIF({number}, 'NaN'), 'Infinity'), '-Infinity')"


FORMATS = {
    each.suffix: each
    for each in (
        Format("geojson", "application/geo+json", _geojson),
        Format("csv", "text/csv; charset=utf-8", _csv),
    )
}
