"""Conditions made at random: trees for their spelling, and pairs of CQL2 with the SQL that a person would write."""

from random import Random

import shapely
from hypothesis import strategies as st
from shapely.geometry import box

from layers.query.nodes import Box, Call, Interval, Moment, Node, Property, Scalar, Sequence, Shape
from tests.district import LAT, LON

NAMES = st.one_of(
    st.from_regex(r"\A[a-z][a-z0-9_]{0,12}\Z"),
    st.sampled_from(["名称", "not", "date", "a b", 'quo"te', "interval", "Geometry", "div"]),
).map(Property)
NUMBERS = st.one_of(
    st.integers(1 - 2**53, 2**53 - 1), st.floats(-1e9, 1e9).map(lambda x: int(x) if x.is_integer() else x)
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
SCALARS = st.one_of(NUMBERS, WORDS, st.booleans()).map(Scalar)
MOMENTS = st.sampled_from(
    [
        Moment("date", "2026-01-31"),
        Moment("timestamp", "2026-01-31T08:00:00Z"),
        Call("days_ago", (Scalar(90),)),
    ]
)
ENDS = st.sampled_from([Moment("date", "2026-01-31"), Scalar(".."), Property("opened")])
DEGREES = st.floats(-80, 80).map(lambda x: int(x) if x.is_integer() else x)
PLACES = st.floats(-80, 80).map(lambda x: round(x, 9))
SHAPES = st.one_of(
    st.tuples(PLACES, PLACES).map(lambda p: Shape(shapely.Point(p))),
    st.tuples(PLACES, PLACES).map(lambda p: Shape(box(*p, round(p[0] + 1, 9), round(p[1] + 1, 9)))),
    st.tuples(DEGREES, DEGREES, DEGREES, DEGREES).map(lambda sides: Box(*sides)),
)
ARITHMETIC, SIGNS = ("+", "-", "*", "/", "%", "div", "^"), ("=", "<>", "<", "<=", ">", ">=")


def _call(ops: tuple[str, ...], *args: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(lambda op, given: Call(op, given), st.sampled_from(ops), st.tuples(*args))


VALUES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(NAMES, SCALARS, MOMENTS),
    lambda inner: st.one_of(
        _call(ARITHMETIC, inner, inner), _call(("casei", "accenti", "my_own"), inner), _call(("area",))
    ),
    max_leaves=5,
)
PLAIN: st.SearchStrategy[Node] = st.one_of(
    _call(SIGNS, VALUES, VALUES),
    _call(("like",), NAMES, WORDS.map(Scalar)),
    _call(("between",), VALUES, VALUES, VALUES),
    _call(("in",), VALUES, st.lists(SCALARS, min_size=1, max_size=3).map(lambda i: Sequence(tuple(i)))),
    _call(("isnull",), NAMES),
    _call(("s_intersects", "s_within"), st.just(Property("geometry")), SHAPES),
    _call(("t_before", "t_during"), NAMES, st.builds(Interval, ENDS, ENDS)),
)
CONDITIONS: st.SearchStrategy[Node] = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        _call(("and", "or"), inner, inner),
        _call(("and", "or"), inner, inner, inner),
        _call(("not",), inner),
        _call(("near", "count_near"), st.just(Scalar("roads")), st.just(Scalar(200)), inner),
    ),
    max_leaves=6,
)

Pair = tuple[str, str]
"""CQL2 and SQL of the same condition, whose row is ``t``."""


class PairMaker:
    """Of buildings, from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def condition(self, depth: int = 2) -> Pair:
        how = self.random.random()
        if depth and how < 0.35:
            pairs = [self.condition(depth - 1) for _ in range(self.random.randint(2, 3))]
            word = self.random.choice(["AND", "OR"])
            return f"({f' {word} '.join(p[0] for p in pairs)})", f"({f' {word} '.join(p[1] for p in pairs)})"
        if depth and how < 0.45:
            inner = self.condition(depth - 1)
            return f"NOT ({inner[0]})", f"NOT ({inner[1]})"
        kinds = [self.number, self.text, self.place, self.measure, self.related, self.figure]
        return self.random.choice(kinds)()

    def number(self) -> Pair:
        name = self.random.choice(["storeys", "height", "year_built"])
        value = {"storeys": self.random.randint(0, 12), "year_built": self.random.randint(1990, 2020)}.get(
            name, round(self.random.uniform(0, 40), 1)
        )
        sign = self.random.choice(SIGNS)
        match self.random.randint(0, 4):
            case 0:
                return f"{name} {sign} {value}", f"t.{name} {sign} {value}"
            case 1:
                return f"{name} BETWEEN 3 AND {value}", f"(t.{name} >= 3 AND t.{name} <= {value})"
            case 2:
                return f"{name} IS NOT NULL", f"t.{name} IS NOT NULL"
            case 3:
                return f"{name} NOT IN (6, {value})", f"t.{name} NOT IN (6, {value})"
        return (
            f"(storeys * 3 - year_built / 0 {sign} 1 OR storeys * 2 + 1 {sign} {value})",
            f"(NULL OR t.storeys * 2 + 1 {sign} {value})",
        )

    def text(self) -> Pair:
        use = self.random.choice(["office", "residential", "public"])
        return self.random.choice(
            [
                (f"use = '{use}'", f"t.use = '{use}'"),
                (f"use IN ('{use}', 'medical')", f"t.use IN ('{use}', 'medical')"),
                ("address LIKE '%路_号'", "t.address LIKE '%路_号'"),
                ("casei(name) = casei('HALL É')", "lower(t.name) = 'hall é'"),
                ("accenti(casei(name)) = 'hall e'", "t.name = 'Hall É'"),
            ]
        )

    def place(self) -> Pair:
        west, south = LON + self.random.uniform(-0.002, 0.004), LAT + self.random.uniform(-0.002, 0.004)
        side = self.random.uniform(0.0005, 0.004)
        corners = (west, south, west + side, south + side)
        envelope = f"ST_MakeEnvelope({west}, {south}, {west + side}, {south + side}, 4490)"
        op = self.random.choice(["intersects", "within", "disjoint", "overlaps"])
        text = f"BBOX{corners}" if op != "within" else shapely.to_wkt(box(*corners), rounding_precision=-1)
        if self.random.random() < 0.4:
            metres = round(self.random.uniform(1, 400), 2)
            point = f"POINT({west} {south})"
            near = f"ST_DWithin(t.geom::geography, ST_GeomFromText('{point}', 4490)::geography, {metres})"
            return f"s_dwithin(geometry, {point}, {metres})", near
        return f"s_{op}(geometry, {text})", f"ST_{op}(t.geom, {envelope})"

    def measure(self) -> Pair:
        square_metres = self.random.randint(100, 2500)
        return f"area() > {square_metres}", f"ST_Area(t.geom::geography) > {square_metres}"

    def _inner(self) -> Pair:
        theme = self.random.choice(["medical", "catering"])
        return self.random.choice(
            [(f"theme = '{theme}'", f"r.theme = '{theme}'"), ("name LIKE '店%'", "r.name LIKE '店%'")]
        )

    def related(self) -> Pair:
        metres, (text, sql) = self.random.randint(5, 400), self._inner()
        near = f"ST_DWithin(r.geom::geography, t.geom::geography, {metres})"
        pois = "EXISTS (SELECT FROM base_pointofinterest r WHERE"
        nearest = "(SELECT min(ST_Distance(r.geom::geography, t.geom::geography)) FROM base_pointofinterest r"
        return self.random.choice(
            [
                (f"near('pois', {metres}, {text})", f"{pois} {near} AND {sql})"),
                (f"holds('pois', {text})", f"{pois} ST_Contains(t.geom, r.geom) AND {sql})"),
                (
                    f"near('buildings', {metres}, storeys > 5)",
                    f"EXISTS (SELECT FROM base_building r WHERE {near} AND r.storeys > 5 AND r.id <> t.id)",
                ),
                (f"distance_to('pois', {text}) < {metres}", f"{nearest} WHERE {sql}) < {metres}"),
                ("inside('grid')", "EXISTS (SELECT FROM base_gridcell r WHERE ST_Within(t.geom, r.geom))"),
            ]
        )

    def figure(self) -> Pair:
        metres, least, (text, sql) = self.random.randint(5, 400), self.random.randint(1, 8), self._inner()
        near = f"ST_DWithin(r.geom::geography, t.geom::geography, {metres})"
        others = f"FROM base_building r WHERE {near} AND r.id <> t.id"
        return self.random.choice(
            [
                (
                    f"count_near('pois', {metres}, {text}) >= {least}",
                    f"(SELECT count(*) FROM base_pointofinterest r WHERE {near} AND {sql}) >= {least}",
                ),
                (
                    f"sum_near('buildings', {metres}, storeys) > {least * 4}",
                    f"(SELECT coalesce(sum(r.storeys), 0) {others}) > {least * 4}",
                ),
                (
                    f"mean_near('buildings', {metres}, storeys) > {least}",
                    f"(SELECT avg(r.storeys) {others}) > {least}",
                ),
                (
                    f"max_near('buildings', {metres}, storeys, use = 'office') > {least}",
                    f"(SELECT max(r.storeys) {others} AND r.use = 'office') > {least}",
                ),
                (
                    "count_meeting('pois') = 1",
                    "(SELECT count(*) FROM base_pointofinterest r WHERE ST_Intersects(t.geom, r.geom)) = 1",
                ),
            ]
        )
