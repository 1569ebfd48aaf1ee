"""The queries of the history search: through the layer's views, so that everybody finds what they may see."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from geoportal.portal.wording import escaped
from layers.casework.surroundings import NEAR, NEAREST
from layers.coordinates import STORE_SRID, WEB_SRID
from layers.registry.audience import Viewer
from layers.registry.layer import Layer
from layers.registry.reading import Condition, Reading, Row, reading_as, relation
from layers.registry.registration import get_layer

ON_A_PAGE = 50
MOST_COUNTED = 1000
SHOWN = (
    "title",
    "number",
    "department",
    "department_code",
    "category",
    "state",
    "procedure",
    "reported",
    "filed",
    "closed",
    "penalty",
    "address",
)
PARTY = "party_name"
AREA = (
    "ST_Intersects(geom_3857, "
    f"ST_Transform(ST_SetSRID(ST_MakeValid(ST_GeomFromText(%s)), {STORE_SRID}), {WEB_SRID}))"
)
WHEN = "COALESCE(reported AT TIME ZONE 'Asia/Shanghai', filed::timestamp)"
"""Others' cases show the day of filing only."""


@dataclass(frozen=True)
class Wanted:
    """Positions are EPSG:4490 (longitude, latitude), ``radius`` metres, ``area`` well-known text of a polygon."""

    words: tuple[str, ...] = ()
    party: str = ""
    here: tuple[float, float] | None = None
    radius: float = 0
    area: str = ""
    since: date | None = None
    until: date | None = None
    exact: dict[str, str] = field(default_factory=dict)
    """Values of the columns state, category and department_code."""
    cases: list[int] | None = None
    """Keys of the cases behind a figure of the board or the statistics; None where none was asked for."""


@dataclass(frozen=True)
class Found:
    rows: list[Row]
    total: int
    """At most :data:`MOST_COUNTED`."""


def find(wanted: Wanted, viewer: Viewer, page: int) -> Found:
    """The party's name is read, and the reading recorded, only where it was asked for."""
    layer = get_layer("enforcement-cases", viewer)
    conditions = list(_conditions(wanted))
    total = _count(layer, viewer, conditions)
    near = wanted.here is not None
    rows = Reading(layer, viewer).rows(
        *conditions,
        order=NEAREST if near else f"{WHEN} DESC NULLS LAST, id DESC",
        order_params=wanted.here or (),
        limit=ON_A_PAGE,
        offset=(page - 1) * ON_A_PAGE,
        outline=False,
        attributes=(*SHOWN, PARTY) if wanted.party else SHOWN,
    )
    return Found(rows, total)


def _conditions(wanted: Wanted) -> Iterator[Condition]:
    if wanted.cases is not None:
        yield Condition("id = ANY(%s)", (wanted.cases,))
    for word in wanted.words:
        yield Condition("search_text LIKE %s", (f"%{escaped(word)}%",))
    if wanted.party:
        yield Condition(f"{PARTY} ILIKE %s", (f"%{escaped(wanted.party)}%",))
    if wanted.here:
        lon, lat = wanted.here
        yield Condition(NEAR, (lon, lat, wanted.radius, lat))
    if wanted.area:
        yield Condition(AREA, (wanted.area,))
    if wanted.since:
        yield Condition(f"{WHEN} >= %s", (wanted.since,))
    if wanted.until:
        yield Condition(f"{WHEN} < %s::date + 1", (wanted.until,))
    for name, value in wanted.exact.items():
        yield Condition(f"{connection.ops.quote_name(name)} = %s", (value,))


def _count(layer: Layer, viewer: Viewer, conditions: list[Condition]) -> int:
    where = " AND ".join(f"({each.sql})" for each in conditions) or "true"
    params: list[Any] = [value for each in conditions for value in each.params]
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {relation(layer, viewer)} WHERE {where} LIMIT %s) AS found"
    with reading_as(viewer) as cursor:
        cursor.execute(sql, [*params, MOST_COUNTED])
        return int(cursor.fetchone()[0])


def placed(address: str, viewer: Viewer) -> Row | None:
    """The address or building that a text names, the shortest that holds all its words."""
    words = address.split()
    for name in ("addresses", "buildings", "pois"):
        layer = get_layer(name, viewer)
        conditions = [Condition("search_text LIKE %s", (f"%{escaped(word)}%",)) for word in words]
        rows = Reading(layer, viewer).rows(
            *conditions,
            order="length(search_text), id",
            limit=1,
            outline=False,
            attributes=(layer.title_attribute,),
        )
        if rows and rows[0]["lon"] is not None:
            return {**rows[0], "name": rows[0][layer.title_attribute]}
    return None
