"""Signs that positions said to be true are those of maps drawn offset; measured against what the district has itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from django.db import connection, models

from importers.errors import ImporterError
from importers.options import label_of
from layers.base.models import Building, Division, Road
from layers.coordinates import STORE_SRID
from layers.sentences.sentence import gettext as _
from layers.sentences.sentence import told

from .china_offsets import Points, bd09_to_wgs84, gcj02_to_wgs84

AS_THEY_ARE = ""
TRUE = "EPSG:4490"
SYSTEMS = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
WORDS = {
    "gcj02": re.compile(r"gcj-?_?0?2|(?<![a-z])amap|autonavi|高德|腾讯|tencent|火星", re.IGNORECASE),
    "bd09": re.compile(r"bd-?_?09|baidu|百度", re.IGNORECASE),
}
DATAV = {"adcode", "parent"}, {"acroutes", "childrenNum", "subFeatureIndex"}
"""Columns by which the areas are known that a map service of China hands out, drawn offset: all and any of them."""

LEAST_POINTS, MOST_POINTS = 20, 300
CLEAR = 4.0
"""How many times nearer positions must come for another system to be believed."""

METRES_PER_DEGREE = 111_320.0
NEXT_TO, WITHIN = 8.0, 100.0
"""Metres from what is ours: so near that nothing is wrong, and so near that something fits."""


@dataclass(frozen=True)
class Comparison:
    """The median distance in metres from rows of ours, by system; ``AS_THEY_ARE`` is that of the positions as said."""

    reference: str
    metres: Mapping[str, float]

    @property
    def best(self) -> str:
        return min(self.metres, key=lambda system: self.metres[system])

    @property
    def is_clear(self) -> bool:
        """Whether one system fits and the others do not."""
        first, second = sorted(self.metres.values())[:2]
        return first <= WITHIN and second >= NEXT_TO and second >= first * CLEAR

    def __str__(self) -> str:
        offsets = _(", ").join(
            _("{metres:,.0f} m as {system}").format(metres=metres, system=system)
            for system, metres in self.metres.items()
            if system != AS_THEY_ARE
        )
        return _("from {reference} they are {metres:,.0f} m away as they stand, {offsets}").format(
            reference=self.reference, metres=self.metres[AS_THEY_ARE], offsets=offsets
        )


def examine(points: Points, words: list[str], *, is_stated: bool) -> str:
    """What the report says of positions in longitude and latitude; ``words`` are the names of file, columns and system.

    Raises ImporterError, which asks, where they look offset and nobody has stated their system.
    """
    clear = _clear(points)
    named = _named(words)
    suspected = clear.best if clear else named[0] if named else AS_THEY_ARE
    if suspected == AS_THEY_ARE or is_stated:
        return _("positions compared: {comparison}").format(comparison=clear) if clear else ""
    signs = [str(clear)] if clear else []
    signs += [_("“{word}” speaks of such a map").format(word=named[1])] if named else []
    raise ImporterError(
        _(
            "The positions look offset, as maps of China are drawn: {signs}. Enter {system} under {option}, or EPSG:4490 where they are true."
        ).format(signs=_("; ").join(signs), system=suspected, option=label_of("source_crs"))
    )


def compare_remembered(points: Points, remembered: str) -> str:
    """As :func:`examine`, of positions as they stand and the system that was said of the sender's last file; asks where
    another one fits."""
    clear = _clear(points)
    if clear is None or clear.best == remembered:
        return _("positions compared: {comparison}").format(comparison=clear) if clear else ""
    raise ImporterError(
        _(
            "The positions are in another system than those of the last file: {comparison}. Enter {system} under {option}, or {remembered} where it holds for this file too."
        ).format(
            comparison=clear,
            system=clear.best or TRUE,
            remembered=remembered or TRUE,
            option=label_of("source_crs"),
        )
    )


def _clear(points: Points) -> "Comparison | None":
    found = compare(points)
    return found if found and found.is_clear else None


def compare(points: Points) -> Comparison | None:
    """With what of ours tells most; None where too little of it is near."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < LEAST_POINTS or np.array_equal(gcj02_to_wgs84(points), points):
        return None
    chosen = points[np.linspace(0, len(points) - 1, min(MOST_POINTS, len(points))).astype(int)]
    moved = {AS_THEY_ARE: chosen, **{system: back(chosen) for system, back in SYSTEMS.items()}}
    found = []
    for title, measure in _references().items():
        metres = {system: measure(places) for system, places in moved.items()}
        known = {system: length for system, length in metres.items() if length is not None}
        if len(known) == len(moved):
            found.append(Comparison(title, known))
    return max(found, key=lambda each: _contrast(each.metres), default=None)


def _references() -> dict[str, Callable[[Points], float | None]]:
    """What measures the median distance in metres from what is ours, by the name of that; None while there is none."""
    return {
        told(Road._meta.verbose_name_plural): partial(_distance_from_rows, Road),
        told(Building._meta.verbose_name_plural): partial(_distance_from_rows, Building),
        told(Division._meta.verbose_name_plural): _distance_from_borders,
    }


def _contrast(metres: Mapping[str, float]) -> float:
    first, second = sorted(metres.values())[:2]
    return second / max(first, 1.0)


def _distance_from_rows(model: type[models.Model], points: Points) -> float | None:
    """From the line of the nearest row, or from the edge where it is an area."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ("
            "SELECT ST_Distance(CASE ST_Dimension(t.geom) WHEN 2 THEN ST_Boundary(t.geom) ELSE t.geom END::geography, "
            f'p.place::geography) FROM "{model._meta.db_table}" AS t ORDER BY t.geom <-> p.place LIMIT 1)) '
            "FROM (SELECT ST_SetSRID(ST_MakePoint(x, y), %s) AS place "
            "FROM unnest(%s::float8[], %s::float8[]) AS u(x, y)) AS p",
            [STORE_SRID, points[:, 0].tolist(), points[:, 1].tolist()],
        )
        found = cursor.fetchone()[0]
    return None if found is None else float(found)


def _distance_from_borders(points: Points) -> float | None:
    """Areas within areas share borders, so the nearest edge of any counts."""
    rows = Division.objects.filter(geom__isnull=False).values_list("geom", flat=True)
    areas = [shapely.from_wkb(bytes(geometry.wkb)) for geometry in rows if geometry]
    if not areas:
        return None
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(points[:, 1].mean())), 1.0])
    edges = shapely.get_parts(shapely.boundary(areas))
    tree = shapely.STRtree(shapely.transform(edges, lambda vertices: vertices * scale))
    _near, metres = tree.query_nearest(
        shapely.points(points * scale), all_matches=False, return_distance=True
    )
    return float(np.median(metres))


def _named(words: list[str]) -> tuple[str, str] | None:
    """The system that a name speaks of, and that name."""
    for word in words:
        for system, pattern in WORDS.items():
            if pattern.search(word):
                return system, word
    every, some = DATAV
    known = set(words)
    return ("gcj02", sorted(some & known)[0]) if every <= known and some & known else None
