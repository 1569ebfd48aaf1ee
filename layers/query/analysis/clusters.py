"""Clusters by density (DBSCAN): places of which each has so many others, itself among them, within a distance."""

from layers.coordinates import METRIC_SRID, STORE_SRID
from layers.query import spatial
from layers.query.errors import InvalidQuery
from layers.registry.declaration.layer import Geometry
from layers.registry.text import Text

from .operand import Operand
from .operations import AREA, COUNT, TITLE, named
from .result import Analysis, Column

CLUSTER = Column("cluster", Text("集聚区", "Cluster"), "number")
DENSITY = Column("density", Text("每平方千米数量", "Features per km²"), "area")
ALONE = Text("不属于任何集聚区", "In no cluster")
FEWEST, MOST = 2, 10_000


def clusters(first: Operand, metres: float, least: int) -> Analysis:
    """The largest first, each with the ground within half the distance of the hull of its places; at the end how many
    belong to none. Distances are those of the zone's plane."""
    if not 0 < metres <= spatial.FURTHEST or not FEWEST <= least <= MOST:
        raise InvalidQuery(
            Text(
                "距离须大于 0 米且不超过 %(furthest)d 米，最少数量为 %(fewest)d 至 %(most)d。",
                "A distance is above 0 and at most %(furthest)d metres, a least number from %(fewest)d to %(most)d.",
            )
            % {"furthest": spatial.FURTHEST, "fewest": FEWEST, "most": MOST}
        )
    rows = first.rows()
    sql = f"""
        WITH place AS (
            SELECT ST_Transform(ST_PointOnSurface(a.geom), {METRIC_SRID}) AS geom FROM {rows.sql} AS a
            WHERE NOT ST_IsEmpty(a.geom)
        ), told AS (
            SELECT geom, ST_ClusterDBSCAN(geom, {metres!r}, {least}) OVER () AS cluster FROM place
        ), hull AS (
            SELECT cluster, count(*) AS count, ST_Transform(ST_Buffer(ST_ConvexHull(ST_Collect(geom)), {metres / 2!r}), {STORE_SRID})
                AS shape FROM told GROUP BY cluster
        ), sized AS (
            SELECT CASE WHEN cluster IS NOT NULL THEN row_number() OVER (ORDER BY cluster IS NULL, count DESC, cluster) END AS n,
                cluster, count, CASE WHEN cluster IS NOT NULL THEN ST_Multi(shape) END AS shape FROM hull
        )
        SELECT n, CASE WHEN n IS NULL THEN %s END, count, ST_Area(shape::geography),
            count * 1e6 / ST_Area(shape::geography), ST_AsBinary(shape) FROM sized ORDER BY n NULLS LAST
    """
    columns = (CLUSTER, TITLE, COUNT, AREA, DENSITY)
    return Analysis(columns, named(columns, sql, (*rows.params, str(ALONE))), Geometry.POLYGON)
