"""How far one comes from places along the roads in so many seconds: by pgRouting, over the noded network of the roads.

The network belongs to the public layer of roads; nothing of what only some may read is in it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from layers.coordinates import METRIC_SRID, STORE_SRID

from .routing_extension import is_present, missing
from .travel import WALKING, Mode

FURTHEST_ROAD = 500
"""Metres from which a place has no road."""
WIDEST, NARROWEST = 100, 5
"""Metres beside a reached road that are reached from it on foot, time permitting; those of the street itself."""
PIECE = 20
"""Metres of a road at whose end one looks how much time is left."""
TURN = 5
"""Metres from a junction within which a place lies at it."""
BESIDE = WALKING / 3.6 / math.sqrt(2)
"""Metres a second as the crow flies, on foot beside roads: ways there are as crooked as along the sides of a square."""


@dataclass(frozen=True)
class Start:
    """A place on an edge of the network: ``place`` is the share of the edge, ``away`` the metres to it."""

    number: int
    edge: int
    source: int
    target: int
    one_way: str
    seconds: float
    metres: float
    place: float
    away: float

    @property
    def node(self) -> int:
        return -1 - self.number

    def ways(self, is_bound: bool) -> Iterator[tuple[int, float, float]]:
        """Nodes of the edge that are reached, after how many seconds from the road; and the share of the edge there."""
        ends = ((self.target, 1.0, "backward"), (self.source, 0.0, "forward"))
        for node, end, against in ends:
            share = abs(end - self.place)
            if not (is_bound and self.one_way == against) or share * self.metres <= TURN:
                yield node, share * self.seconds, end


def refresh() -> None:
    """The network is that of the roads as they are now."""
    if not is_present():
        raise missing()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT base_road_network_refresh()")


def reach(
    places: Sequence[tuple[float, float]], mode: Mode, seconds: Sequence[float]
) -> dict[tuple[int | None, float], bytes]:
    """WKB in degrees of the area that is reached, by the place's number, or none for all together, and the seconds; nothing
    of places without a road. Of two times the longer reaches at least what the shorter does."""
    with connection.cursor() as cursor:
        starts = _starts(cursor, places, mode)
        if not starts:
            return {}
        cursor.execute(REACH.format(**_numbers(mode)), _params(starts, mode, seconds))
        return {(number, float(limit)): bytes(shape) for number, limit, shape in cursor.fetchall()}


def _starts(cursor: CursorWrapper, places: Sequence[tuple[float, float]], mode: Mode) -> list[Start]:
    cursor.execute(NEAREST.format(speeds=_speeds(mode)), [[x for x, _y in places], [y for _x, y in places]])
    return [Start(int(number) - 1, *rest) for number, *rest in cursor.fetchall()]


def _speeds(mode: Mode) -> str:
    return ", ".join(f"('{name}', {speed!r})" for name, speed in mode.speeds.items())


def _numbers(mode: Mode) -> dict[str, Any]:
    return {"speeds": _speeds(mode), "is_bound": "true" if mode.is_bound else "false"}


def _params(starts: Sequence[Start], mode: Mode, seconds: Sequence[float]) -> dict[str, Any]:
    longest = max(seconds)
    known = [(start, way) for start in starts for way in start.ways(mode.is_bound)]
    first = [
        f"({-1 - row}, {start.node}, {node}, {start.away / BESIDE + time!r}, -1)"
        for row, (start, (node, time, _end)) in enumerate(known)
    ]
    edges = EDGES.format(**_numbers(mode))
    return {
        "edges": f"{edges} UNION ALL SELECT * FROM (VALUES {', '.join(first)}) AS way",
        "nodes": [start.node for start in starts],
        "longest": longest,
        "limits": sorted(set(seconds)),
        "numbers": [start.number for start, _way in known],
        "own_edges": [start.edge for start, _way in known],
        "own_places": [start.place for start, _way in known],
        "own_ends": [end for _start, (_node, _time, end) in known],
        "own_times": [start.away / BESIDE for start, _way in known],
        "own_seconds": [time for _start, (_node, time, _end) in known],
    }


COST = "e.metres * 3.6 / s.speed"
NEAREST = f"""
WITH speeds (road_class, speed) AS (VALUES {{speeds}})
SELECT p.number, e.id, e.source, e.target, e.one_way, e.seconds, e.metres, ST_LineLocatePoint(e.geom, p.geom), e.away
FROM (
    SELECT number, ST_SetSRID(ST_MakePoint(x, y), {STORE_SRID}) AS geom
    FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS each(x, y, number)
) AS p CROSS JOIN LATERAL (
    SELECT * FROM (
        SELECT e.*, {COST} AS seconds, ST_Distance(e.geom::geography, p.geom::geography) AS away
        FROM base_road_edge AS e JOIN speeds AS s USING (road_class) WHERE e.metres > 0
        ORDER BY e.geom <-> p.geom LIMIT 8
    ) AS near ORDER BY away LIMIT 1
) AS e WHERE e.away <= {FURTHEST_ROAD}
"""
EDGES = f"""
WITH speeds (road_class, speed) AS (VALUES {{speeds}})
SELECT e.id, e.source, e.target,
    CASE WHEN {{is_bound}} AND e.one_way = 'backward' THEN -1 ELSE {COST} END AS cost,
    CASE WHEN {{is_bound}} AND e.one_way = 'forward' THEN -1 ELSE {COST} END AS reverse_cost
FROM base_road_edge AS e JOIN speeds AS s USING (road_class)
"""
REACH = f"""
WITH speeds (road_class, speed) AS (VALUES {{speeds}}), reached AS MATERIALIZED (
    SELECT -1 - from_v AS number, node, agg_cost AS time
    FROM pgr_drivingDistance(%(edges)s, %(nodes)s::bigint[], %(longest)s::float8, true) WHERE node >= 0
), run AS (  -- along an edge from one place of it to another: when one sets out, and how many seconds all of it takes
    SELECT r.number, e.id, r.time, way.first, way.last, {COST} AS seconds
    FROM reached AS r JOIN base_road_edge AS e ON r.node IN (e.source, e.target) JOIN speeds AS s USING (road_class),
        LATERAL (VALUES (e.source, 0.0, 1.0, 'backward'), (e.target, 1.0, 0.0, 'forward')) AS way(node, first, last, against)
    WHERE way.node = r.node AND NOT ({{is_bound}} AND e.one_way = way.against)
    UNION ALL
    SELECT * FROM unnest(%(numbers)s::int[], %(own_edges)s::bigint[], %(own_times)s::float8[], %(own_places)s::float8[],
        %(own_ends)s::float8[], %(own_seconds)s::float8[])
), limited AS (
    SELECT run.number, l.seconds AS most, run.id, run.time, first, row_number() OVER () AS run,
        first + (last - first) * least(1, (l.seconds - time) / NULLIF(run.seconds, 0)) AS last,
        least(run.seconds, l.seconds - time) AS taken
    FROM run, unnest(%(limits)s::float8[]) AS l(seconds) WHERE time < l.seconds AND run.seconds > 0
), piece AS (
    SELECT number, most, id, least(a, b) AS a, greatest(a, b) AS b, run,
        greatest({NARROWEST}, least({WIDEST}, floor(least((most - ends) * {BESIDE!r}, {WIDEST}) / 20) * 20)) AS width
    FROM (
        SELECT x.number, x.most, x.id, x.run, first + (last - first) * (n - 1) / count AS a,
            first + (last - first) * n / count AS b, x.time + taken * n / count AS ends
        FROM limited AS x JOIN base_road_edge AS e USING (id),
            LATERAL (SELECT CASE WHEN (most - x.time - taken) * {BESIDE!r} >= {WIDEST} THEN 1
                ELSE ceil(greatest(e.metres * abs(last - first), 1) / {PIECE})::int END AS count) AS cut,
            generate_series(1, count) AS n
    ) AS each
), stretch AS (  -- of one run all that has the same width, which falls along it
    SELECT DISTINCT number, most, id, least(1, max(b)) AS b, greatest(0, min(a)) AS a, width
    FROM piece GROUP BY number, most, id, run, width
), line AS (
    SELECT number, most, width,
        ST_Collect(ST_Simplify(ST_Transform(ST_LineSubstring(e.geom, a, b), {METRIC_SRID}), 1, true)) AS geom
    FROM stretch JOIN base_road_edge AS e USING (id) GROUP BY number, most, width
), area AS MATERIALIZED (
    SELECT number, most, ST_Union(ST_Buffer(geom, width, 'quad_segs=4')) AS geom FROM line GROUP BY number, most
), nested AS (
    SELECT a.number, a.most, ST_Union(b.geom) AS geom
    FROM area AS a JOIN area AS b ON b.number = a.number AND b.most <= a.most GROUP BY a.number, a.most
)
SELECT number, most, ST_AsBinary(ST_Multi(ST_Transform(ST_Union(geom), {STORE_SRID})))
FROM nested GROUP BY GROUPING SETS ((number, most), (most))
"""
