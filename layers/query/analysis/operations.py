"""Analyses over the rows of questions, as SQL over the viewer's views; lengths and areas are on the ellipsoid."""

from dataclasses import replace

from layers.coordinates import STORE_SRID
from layers.query import spatial
from layers.query.errors import InvalidQuery
from layers.query.fragments import Fragment, Type
from layers.query.scope import type_of
from layers.registry.declaration.layer import Attribute, Geometry, Kind, Layer
from layers.registry.text import Text

from .operand import MEASURES, Operand, Sql, common, measure
from .result import Analysis, Column

NUMBER = Column("id", Text("编号", "Number"), "number")
TITLE = Column("title", Text("名称", "Name"))
OTHER_NUMBER = Column("other_id", Text("相关编号", "Number of the other"), "number")
OTHER = Column("other", Text("相关要素", "The other"))
METRES = Column("metres", Text("距离（米）", "Distance (m)"), "metres")
AREA = Column("area", Text("面积（平方米）", "Area (m²)"), "area")
COUNT = Column("count", Text("数量", "Number of features"), "number")
CATEGORY = Column("category", Text("类别", "Category"))
SHARE = Column("share", Text("占比", "Share"), "share")
MEASURED = {
    Geometry.POINT: Column("measure", Text("数量", "Number of features"), "number"),
    Geometry.LINE: Column("measure", Text("长度（米）", "Length (m)"), "metres"),
    Geometry.POLYGON: Column("measure", Text("面积（平方米）", "Area (m²)"), "area"),
}
SIDES = 32
"""Of a quarter of a circle around a point: at 200 m it is within 6 cm of round."""


def wkb(kind: Geometry, shape: str) -> str:
    """SQL; lines and areas are of several parts, as those of layers are."""
    return f"ST_AsBinary({shape if kind == Geometry.POINT else f'ST_Multi({shape})'})"


def features(first: Operand, attribute: Attribute) -> Analysis:
    """The features themselves, with one property and how large they are."""
    kind, rows = first.layer.geometry, first.rows(attribute)
    column = Column(
        "value", first.layer.label(attribute), _kind(first.layer, attribute), _words(first.layer, attribute)
    )
    sql = (
        f"SELECT a.id, a.title, a.category, {measure(kind, 'a.geom')}, {wkb(kind, 'a.geom')}"
        f" FROM {rows.sql} AS a ORDER BY a.id"
    )
    columns = (NUMBER, TITLE, column, MEASURED[kind])
    return Analysis(columns, named(columns, sql, rows.params), kind)


def _kind(layer: Layer, attribute: Attribute) -> str:
    """Codes are told apart, not added."""
    if layer.choices(attribute) or type_of(layer, attribute) != Type.NUMBER:
        return "text"
    return "number" if layer.kind(attribute) == Kind.INTEGER else "value"


def _words(layer: Layer, attribute: Attribute) -> dict[str, object]:
    return {str(code): word for code, word in layer.choices(attribute).items()}


def buffer(first: Operand, metres: float, *, dissolved: bool) -> Analysis:
    """All within so many metres, of each feature or of all together."""
    _check(metres)
    rows = first.rows()
    around = f"ST_Buffer(a.geom::geography, {metres!r}, 'quad_segs={SIDES}')::geometry"
    each = f"SELECT a.id, a.title, {around} AS shape FROM {rows.sql} AS a"
    if dissolved:
        union = f"SELECT ST_Union(shape) AS shape, count(*) AS count FROM ({each}) AS every"
        sql = f"SELECT count, ST_Area(shape::geography), {wkb(Geometry.POLYGON, 'shape')} FROM ({union}) AS one WHERE count > 0"
        return Analysis((COUNT, AREA), Sql(sql, rows.params), Geometry.POLYGON)
    sql = f"SELECT id, title, ST_Area(shape::geography), {wkb(Geometry.POLYGON, 'shape')} FROM ({each}) AS every ORDER BY id"
    return Analysis((NUMBER, TITLE, AREA), Sql(sql, rows.params), Geometry.POLYGON)


def intersection(first: Operand, second: Operand) -> Analysis:
    """What each feature shares with each area."""
    kind = first.layer.geometry
    a, b = first.rows(), second.with_areas().rows()
    pairs = (
        f"SELECT a.id, a.title, b.id AS other_id, b.title AS other, {common(kind, 'a.geom', 'b.geom')} AS shape"
        f" FROM {a.sql} AS a JOIN {b.sql} AS b ON ST_Intersects(a.geom, b.geom)"
    )
    sql = (
        f"SELECT id, title, other_id, other, {measure(kind, 'shape')}, {wkb(kind, 'shape')}"
        f" FROM ({pairs}) AS pair WHERE NOT ST_IsEmpty(shape) ORDER BY id, other_id"
    )
    columns = (NUMBER, TITLE, OTHER_NUMBER, OTHER, MEASURED[kind])
    return Analysis(columns, Sql(sql, (*a.params, *b.params)), kind)


def difference(first: Operand, second: Operand) -> Analysis:
    """What of each feature lies in no area."""
    second.with_areas()
    pieces = _rest(first, second)
    kind = first.layer.geometry
    sql = (
        f"SELECT id, title, {measure(kind, 'shape')}, {wkb(kind, 'shape')}"
        f" FROM ({pieces.sql}) AS rest WHERE NOT ST_IsEmpty(shape) ORDER BY id"
    )
    return Analysis((NUMBER, TITLE, MEASURED[kind]), Sql(sql, pieces.params), kind)


def _rest(first: Operand, second: Operand) -> Sql:
    a, b = first.rows(), second.rows()
    _sql, number = MEASURES[first.layer.geometry]
    less = f"ST_CollectionExtract(ST_Difference(a.geom, there.shape), {number})"
    return Sql(
        f"SELECT a.id, a.title, CASE WHEN there.shape IS NULL THEN a.geom ELSE {less} END AS shape"
        f" FROM {a.sql} AS a CROSS JOIN LATERAL (SELECT ST_Union(b.geom) AS shape FROM {b.sql} AS b"
        " WHERE ST_Intersects(a.geom, b.geom)) AS there",
        (*a.params, *b.params),
    )


def union(first: Operand, second: Operand) -> Analysis:
    """Areas of both, cut along each other's borders: each piece with the features that it belongs to."""
    first.with_areas()
    shared, own, others = (
        intersection(first, second).query,
        _rest(first, second),
        _rest(second, first),
    )
    pieces = f"SELECT id, title, other_id, other, column5 AS shape FROM ({shared.sql}) AS s(id, title, other_id, other, measure, column5)"
    area = f"ST_Area(ST_GeomFromWKB(shape, {STORE_SRID})::geography)"
    sql = (
        f"SELECT id, title, other_id, other, {area}, shape FROM ({pieces}"
        f" UNION ALL SELECT id, title, NULL, NULL, {wkb(Geometry.POLYGON, 'shape')} FROM ({own.sql}) AS own WHERE NOT ST_IsEmpty(shape)"
        f" UNION ALL SELECT NULL, NULL, id, title, {wkb(Geometry.POLYGON, 'shape')} FROM ({others.sql}) AS others WHERE NOT ST_IsEmpty(shape)"
        ") AS piece ORDER BY id, other_id"
    )
    params = (*shared.params, *own.params, *others.params)
    columns = (NUMBER, TITLE, OTHER_NUMBER, OTHER, MEASURED[Geometry.POLYGON])
    return Analysis(columns, Sql(sql, params), Geometry.POLYGON)


def join(first: Operand, second: Operand, metres: float) -> Analysis:
    """Each feature with each of the other layer that it meets, or that lies within so many metres; alone where there
    is none."""
    a, b = first.rows(), second.rows()
    place = Fragment(Type.GEOMETRY, "a.geom")
    if metres:
        on = spatial.within_distance(Fragment(Type.GEOMETRY, "b.geom"), place, metres).sql
    else:
        on = "ST_Intersects(a.geom, b.geom)"
    apart = "ST_Distance(a.geom::geography, b.geom::geography)"
    own = " AND a.id <> b.id" if first.layer.name == second.layer.name else ""
    sql = (
        f"SELECT a.id, a.title, b.id, b.title, {apart}, {wkb(first.layer.geometry, 'a.geom')}"
        f" FROM {a.sql} AS a LEFT JOIN {b.sql} AS b ON {on}{own} ORDER BY a.id, 5, b.id"
    )
    columns = (NUMBER, TITLE, OTHER_NUMBER, OTHER, METRES)
    return Analysis(columns, named(columns, sql, (*a.params, *b.params)), first.layer.geometry)


def nearest(first: Operand, second: Operand) -> Analysis:
    """For each feature the nearest of the other layer: what is nearest in degrees says how far to look."""
    a, b = first.rows(), second.rows()
    apart = "ST_Distance(a.geom::geography, b.geom::geography)"
    own = " AND a.id <> b.id" if first.layer.name == second.layer.name else ""
    limit = f"(SELECT {apart} FROM {b.sql} AS b WHERE true{own} ORDER BY b.geom <-> a.geom LIMIT 1)"
    reach = spatial.reach(Fragment(Type.GEOMETRY, "a.geom"), "first.metres").sql
    found = (
        f"SELECT b.id, b.title, {apart} AS metres FROM (SELECT {limit} AS metres OFFSET 0) AS first"
        f" JOIN {b.sql} AS b ON b.geom && {reach} WHERE true{own} ORDER BY metres, b.id LIMIT 1"
    )
    sql = (
        f"SELECT a.id, a.title, n.id, n.title, n.metres, {wkb(first.layer.geometry, 'a.geom')}"
        f" FROM {a.sql} AS a LEFT JOIN LATERAL ({found}) AS n ON true ORDER BY a.id"
    )
    columns = (NUMBER, TITLE, OTHER_NUMBER, OTHER, METRES)
    params = (*a.params, *b.params, *b.params)
    return Analysis(columns, named(columns, sql, params), first.layer.geometry)


def summary(first: Operand, zones: Operand, by: Attribute | None) -> Analysis:
    """How many features lie in each area and how much of them, each split where a border crosses it; the shares are
    of the whole, so that what lies in no area is what they lack of 1."""
    zones.with_areas()
    kind = first.layer.geometry
    a, z = first.rows(by), zones.rows()
    category = "a.category" if by else "NULL"
    piece = measure(kind, common(kind, "a.geom", "z.geom"))
    parts = (
        f"SELECT z.id, {category} AS category, {piece} AS piece"
        f" FROM {z.sql} AS z JOIN {a.sql} AS a ON ST_Intersects(a.geom, z.geom)"
    )
    sums = (
        "SELECT id, category, count(*) FILTER (WHERE piece > 0) AS count, sum(piece) AS measure"
        f" FROM ({parts}) AS part GROUP BY id, category"
    )
    whole = f"(SELECT NULLIF(sum({measure(kind, 'a.geom')}), 0)::float8 FROM {a.sql} AS a)"
    chosen = (
        "coalesce(s.count, 0), coalesce(s.measure, 0), coalesce(s.measure, 0) / (SELECT of.whole FROM of)"
    )
    value = "s.category::text, " if by else ""
    sql = (
        f"WITH of AS (SELECT {whole} AS whole) SELECT z.id, z.title, {value}{chosen}, {wkb(Geometry.POLYGON, 'z.geom')}"
        f" FROM {z.sql} AS z LEFT JOIN ({sums}) AS s ON s.id = z.id ORDER BY z.id{', s.category' if by else ''}"
    )
    columns = (
        NUMBER,
        TITLE,
        *((replace(CATEGORY, words=_words(first.layer, by)),) if by else ()),
        COUNT,
        MEASURED[kind],
        SHARE,
    )
    params = (*a.params, *z.params, *z.params, *a.params)
    return Analysis(columns, named(columns, sql, params), Geometry.POLYGON)


def named(columns: tuple[Column, ...], sql: str, params: tuple[object, ...]) -> Sql:
    """No two columns of a subquery have the same name."""
    names = ", ".join([*(column.name for column in columns), "shape"])
    return Sql(f"SELECT * FROM ({sql}) AS named({names})", params)


def _check(metres: float) -> None:
    if not 0 < metres <= spatial.FURTHEST:
        raise InvalidQuery(
            Text(
                "距离须大于 0 米且不超过 %(most)d 米。", "A distance is above 0 and at most %(most)d metres."
            )
            % {"most": spatial.FURTHEST}
        )
