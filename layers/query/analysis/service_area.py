"""Service areas: what is reached along the roads in so many minutes, and how much of another layer that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import Binary

from layers.coordinates import STORE_SRID, Position
from layers.errors import TooCostly
from layers.query.errors import InvalidQuery
from layers.query.limits import limits
from layers.registry.access.layer_query import ask
from layers.registry.access.unreadable import readable
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Attribute, Geometry
from layers.registry.text import Text

from . import road_network
from .operand import MEASURES, Operand, common, measure
from .operations import AREA, COUNT, MEASURED, NUMBER, TITLE, named, wkb
from .result import Analysis, Column
from .travel import Mode

MOST_PLACES, MOST_TIMES, LONGEST = 100, 5, 60
"""At a time: places, times of each, and minutes of a time."""
SECONDS = 30
MINUTES = Column("minutes", Text("分钟", "Minutes"), "value")
REACHED = Column("reached", Text("占比", "Share"), "share")
LEFT_OUT = Column("left_out", Text("范围之外的占比", "Share left out"), "share")
FLOOR_AREA = Text("建筑面积（平方米）", "Floor area (m²)")
PLACE = Text("所选位置", "The place")
TOGETHER = Text("合计（重叠部分只计一次）", "All together, counted once")
OUTSIDE = Text("范围之外", "Outside")


Begin = tuple[int | None, str | None, Position]
"""Number and title of a feature, and its place in degrees."""


@dataclass(frozen=True)
class Area:
    """``pk`` is that of the feature where it begins; ``is_all`` where it holds what is reached from anywhere."""

    pk: int | None
    title: str | None
    minutes: float
    shape: bytes | None
    is_all: bool = False


@dataclass(frozen=True)
class Amount:
    """What is counted of another layer, and, where a sum is asked for, of which number; of floors the area that they
    have: the ground's times the storeys."""

    of: Operand
    number: Attribute | None = None
    is_floor_area: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        if not self.number:
            return COUNT, REACHED
        label = FLOOR_AREA if self.is_floor_area else str(self.of.layer.label(self.number))
        name = Text(str(label), str(label))
        return COUNT, Column("sum", name, "area"), REACHED

    @property
    def expression(self) -> str:
        """SQL over a row ``b``."""
        if self.is_floor_area:
            return "ST_Area(b.geom::geography) * greatest(coalesce(b.category, 1), 1)"
        return "coalesce(b.category, 0)::float8" if self.number else "1::float8"

    @property
    def part(self) -> str:
        """SQL: the share of a row ``b`` that lies within ``a.geom``."""
        kind = self.of.layer.geometry
        if kind == Geometry.POINT:
            return "1::float8"
        whole = measure(kind, "b.geom")
        return (
            "CASE WHEN ST_CoveredBy(b.geom, a.geom) THEN 1::float8"
            f" ELSE coalesce({measure(kind, common(kind, 'b.geom', 'a.geom'))} / NULLIF({whole}, 0), 0) END"
        )


def service_area(
    first: Operand | Position, mode: Mode, minutes: Sequence[float], viewer: Viewer, amount: Amount | None
) -> Analysis:
    """Areas around each feature, or around one place in degrees; those of all together; and what lies in none."""
    times = _checked(minutes)
    begins = _places(first, viewer)
    found = _reached(begins, mode, times, viewer)
    is_one = len(begins) == 1
    areas = [
        Area(pk, title, each, found.get((number, 60 * each)), is_one)
        for number, (pk, title, _place) in enumerate(begins)
        for each in times
    ]
    if not is_one:
        areas += [Area(None, str(TOGETHER), each, found.get((None, 60 * each)), True) for each in times]
    return _analysis(areas, amount)


def gaps(
    first: Operand | Position, mode: Mode, minutes: Sequence[float], viewer: Viewer, others: Operand
) -> Analysis:
    """What of other features is not reached in the longest of the times."""
    longest = _checked(minutes)[-1]
    found = _reached(_places(first, viewer), mode, [longest], viewer).get((None, 60 * longest))
    kind, rows = others.layer.geometry, others.rows()
    _sql, number = MEASURES[kind]
    rest = f"ST_CollectionExtract(ST_Difference(b.geom, area.geom), {number})"
    sql = (
        f"WITH area AS MATERIALIZED (SELECT ST_GeomFromWKB(%s, {STORE_SRID}) AS geom), rest AS ("
        f" SELECT b.id, b.title, b.geom, CASE WHEN area.geom IS NULL OR NOT ST_Intersects(b.geom, area.geom) THEN b.geom"
        f" ELSE {rest} END AS shape FROM {rows.sql} AS b, area)"
        f" SELECT id, title, {measure(kind, 'shape')}, coalesce({measure(kind, 'shape')} / NULLIF({measure(kind, 'geom')}, 0), 1)::float8,"
        f" {wkb(kind, 'shape')} FROM rest WHERE NOT ST_IsEmpty(shape) ORDER BY id"
    )
    columns = (NUMBER, TITLE, MEASURED[kind], LEFT_OUT)
    return Analysis(columns, named(columns, sql, (found and Binary(found), *rows.params)), kind)


def _reached(
    begins: Sequence[Begin], mode: Mode, times: Sequence[float], viewer: Viewer
) -> dict[tuple[int | None, float], bytes]:
    road_network.refresh()
    places = [place for _pk, _title, place in begins]
    with limits(viewer, SECONDS):
        return road_network.reach(places, mode, [60 * each for each in times])


def _checked(minutes: Sequence[float]) -> list[float]:
    if not minutes or len(set(minutes)) > MOST_TIMES or not all(0 < each <= LONGEST for each in minutes):
        raise InvalidQuery(
            Text(
                "请填写 1 至 %(most)d 个时间，每个大于 0 且不超过 %(longest)d 分钟，用逗号分隔。",
                "Give one to %(most)d times separated by commas, each above 0 and at most %(longest)d minutes.",
            )
            % {"most": MOST_TIMES, "longest": LONGEST}
        )
    return sorted(set(minutes))


def _places(first: Operand | Position, viewer: Viewer) -> list[Begin]:
    if not isinstance(first, Operand):
        return [(None, str(PLACE), first)]
    rows = first.rows()
    place = "ST_PointOnSurface(a.geom)"
    sql = (
        f"SELECT id, title, ST_X(place), ST_Y(place) FROM (SELECT a.id, a.title, {place} AS place FROM {rows.sql} AS a"
        f" WHERE NOT ST_IsEmpty(a.geom)) AS each ORDER BY id LIMIT {MOST_PLACES + 1}"
    )
    with limits(viewer):
        _names, found = ask(viewer, sql, rows.params)
    if len(found) > MOST_PLACES:
        raise TooCostly(
            Text(
                "一次最多从 %(most)d 个要素出发，请增加条件。",
                "At most %(most)d features can be set out from at a time; choose fewer by conditions.",
            )
            % {"most": MOST_PLACES}
        )
    return [(int(pk), title and str(readable(title)), (x, y)) for pk, title, x, y in found]


def _analysis(areas: Sequence[Area], amount: Amount | None) -> Analysis:
    given = (
        [each.pk for each in areas],
        [each.title for each in areas],
        [each.minutes for each in areas],
        [each.is_all for each in areas],
        [each.shape and Binary(each.shape) for each in areas],
    )
    columns: tuple[Column, ...] = (NUMBER, TITLE, MINUTES, AREA)
    if amount is None:
        sql = f"WITH {AREAS} SELECT id, title, minutes, size, shape FROM area ORDER BY place"
        return Analysis(columns, named(columns, sql, given), Geometry.POLYGON)
    rows = amount.of.rows(amount.number)
    sql = COUNTED.format(
        areas=AREAS,
        rows=rows.sql,
        amount=amount.expression,
        part=amount.part,
        total="c.total, " if amount.number else "",
    )
    columns = (*columns, *amount.columns)
    params = (*given, *rows.params, str(OUTSIDE))
    return Analysis(columns, named(columns, sql, params), Geometry.POLYGON)


AREAS = f"""
area AS MATERIALIZED (
    SELECT place, id, title, minutes, is_all, shape, geom, ST_Area(geom::geography) AS size
    FROM unnest(%s::bigint[], %s::text[], %s::float8[], %s::bool[], %s::bytea[])
        WITH ORDINALITY AS given(id, title, minutes, is_all, shape, place),
        LATERAL ST_GeomFromWKB(shape, {STORE_SRID}) AS geom
)"""
COUNTED = """
WITH {areas}, every AS MATERIALIZED (
    SELECT b.id, b.geom, {amount} AS amount FROM {rows} AS b
), whole AS (
    SELECT count(*) AS count, sum(amount) AS total FROM every
), inside AS (
    SELECT place, count(*) FILTER (WHERE part > 0) AS count, sum(part * amount) AS total FROM (
        SELECT a.place, b.amount, {part} AS part FROM area AS a JOIN every AS b ON ST_Intersects(a.geom, b.geom)
    ) AS each GROUP BY place
), counted AS (
    SELECT a.*, coalesce(i.count, 0) AS count, coalesce(i.total, 0) AS total
    FROM area AS a LEFT JOIN inside AS i USING (place)
)
SELECT id, title, minutes, size, c.count, {total}c.total / NULLIF(whole.total, 0), shape FROM (
    SELECT 1 AS part, place, id, title, minutes, size, shape, count, total FROM counted
    UNION ALL SELECT 2, place, NULL, %s, minutes, NULL, NULL, whole.count - counted.count, whole.total - counted.total
    FROM counted, whole WHERE is_all
) AS c, whole ORDER BY c.part, place
"""
