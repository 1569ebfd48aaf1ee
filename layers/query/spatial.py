"""Shapes in SQL: those a condition draws, how they lie to features, and what features measure on the ellipsoid."""

import shapely
from shapely.geometry import box

from layers.coordinates import STORE_SRID
from layers.registry.declaration.layer import Geometry
from layers.registry.text import Text

from .errors import InvalidQuery
from .fragments import Fragment, Type, fragment
from .nodes import Box, Shape

RELATIONS = {
    "s_intersects": "ST_Intersects({}, {})",
    "s_disjoint": "NOT ST_Intersects({}, {})",
    "s_equals": "ST_Equals({}, {})",
    "s_touches": "ST_Touches({}, {})",
    "s_crosses": "ST_Crosses({}, {})",
    "s_within": "ST_Within({}, {})",
    "s_contains": "ST_Contains({}, {})",
    "s_overlaps": "ST_Overlaps({}, {})",
}
COLLECTIONS_TOO = {"s_intersects", "s_disjoint"}
MEASURES = {
    "area": (Geometry.POLYGON, "ST_Area({}::geography)"),
    "length": (Geometry.LINE, "ST_Length({}::geography)"),
}
"""Square metres and metres on the ellipsoid."""
FURTHEST = 100_000.0
"""Metres of a distance."""
LEAST_DEGREE = 110_570.0
"""Metres of a degree of latitude where it is shortest; of longitude at the equator it is longer."""


def shape(node: Shape | Box) -> Fragment:
    """In longitude and latitude; a box over the antimeridian is two."""
    geometry = node.geometry if isinstance(node, Shape) else _box(node)
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidQuery(
            Text("图形超出经纬度范围。", "A shape lies beyond the degrees of longitude and latitude.")
        )
    return Fragment(Type.GEOMETRY, f"ST_GeomFromWKB(%s, {STORE_SRID})", (shapely.to_wkb(geometry),))


def _box(node: Box) -> shapely.Geometry:
    if node.south > node.north:
        raise InvalidQuery(Text("BBOX 须先写西南角。", "BBOX gives the lower corner first."))
    if node.west <= node.east:
        return box(node.west, node.south, node.east, node.north)
    return shapely.union(
        box(node.west, node.south, 180, node.north), box(-180, node.south, node.east, node.north)
    )


def relation(name: str, left: Fragment, right: Fragment, *, has_collection: bool) -> Fragment:
    if has_collection and name not in COLLECTIONS_TOO:
        raise InvalidQuery(
            Text("%(name)s不能用于 GEOMETRYCOLLECTION。", "%(name)s takes no GEOMETRYCOLLECTION.")
            % {"name": name}
        )
    return fragment(Type.BOOLEAN, f"({RELATIONS[name]})", left, right)


def measure(name: str, geometry: Fragment, kind: Geometry) -> Fragment:
    wanted, sql = MEASURES[name]
    if kind != wanted:
        raise InvalidQuery(
            Text("%(name)s()不适用于这一图层的图形。", "%(name)s() does not fit the shapes of this layer.")
            % {"name": name}
        )
    return fragment(Type.NUMBER, sql, geometry)


def within_distance(found: Fragment, around: Fragment, metres: float) -> Fragment:
    """Whether ``found`` comes within so many metres of ``around``; the box in degrees lets the index of ``found`` help."""
    if not 0 < metres <= FURTHEST:
        raise InvalidQuery(
            Text(
                "距离须大于 0 米且不超过 %(most)d 米。", "A distance is above 0 and at most %(most)d metres."
            )
            % {"most": FURTHEST}
        )
    box_sql = reach(around, repr(metres))
    near = fragment(Type.BOOLEAN, "{} && {}", found, box_sql)
    exact = fragment(Type.BOOLEAN, f"ST_DWithin({{}}::geography, {{}}::geography, {metres!r})", found, around)
    return fragment(Type.BOOLEAN, "({} AND {})", near, exact)


def distance(found: Fragment, around: Fragment) -> Fragment:
    return fragment(Type.NUMBER, "ST_Distance({}::geography, {}::geography)", found, around)


def reach(around: Fragment, metres: str) -> Fragment:
    """The box in degrees that holds all within so many metres (SQL), as wide as the world where it would go over an end."""
    up = f"({metres}) * 1.001 / {LEAST_DEGREE!r}"
    lat = f"GREATEST(abs(ST_YMin(shape)), abs(ST_YMax(shape))) + {up}"
    side = f"{up} / cos(radians(LEAST({lat}, 89.0)))"
    wide = f"{lat} > 89 OR ST_XMin(shape) - {side} < -180 OR ST_XMax(shape) + {side} > 180"
    expanded = f"ST_Expand(shape, CASE WHEN {wide} THEN 360 ELSE {side} END, {up})"
    if not around.params:
        return Fragment(Type.GEOMETRY, expanded.replace("shape", around.sql))
    return fragment(Type.GEOMETRY, f"(SELECT {expanded} FROM (SELECT {{}} AS shape) AS drawn)", around)
