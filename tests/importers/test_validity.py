"""Geometry as it comes is decoded, repaired or held back: the shapes that are left, and what is said of each row."""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from django.utils.translation import override

from importers.errors import ImporterError
from importers.geometry import validity, wkb
from importers.geometry.validity import GeometryCheck
from importers.sources.source import Batch, Problem
from layers.registry.declaration.layer import Geometry

Points = Sequence[tuple[float, ...]]
SQUARE: Points = [(0, 0), (0, 8), (8, 8), (8, 0), (0, 0)]
HOLE: Points = [(2, 2), (4, 2), (4, 4), (2, 2)]
CIRCULAR, COMPOUND, CURVED_POLYGON = 8, 9, 10
CURVED, STRAIGHT = ("has curves", "made of straight lines"), "rings closed"
OPEN = "Points of LinearRing do not form a closed linestring"


def check(*texts: str | None) -> GeometryCheck:
    """Of well-known text."""
    return GeometryCheck(np.array([None if text is None else shapely.from_wkt(text) for text in texts]))


def texts(checked: GeometryCheck) -> list[str | None]:
    return [
        None if shape is None else shapely.to_wkt(shape, rounding_precision=6) for shape in checked.shapes
    ]


def fitted(
    kind: Geometry, *given: str | None, may_be_empty: bool = False
) -> tuple[list[str | None], GeometryCheck]:
    checked = check(*given)
    validity.fit_to_kind(checked, kind, may_be_empty=may_be_empty)
    return texts(checked), checked


def held(checked: GeometryCheck) -> dict[int, str]:
    return {index: problem.wrong for index, problem in checked.rejected.items()}


def repairs(checked: GeometryCheck) -> dict[int, list[tuple[str, str]]]:
    return {index: [(each.wrong, each.done) for each in found] for index, found in checked.repairs.items()}


def ring(points: Points, order: str = "<") -> bytes:
    return struct.pack(order + "I", len(points)) + b"".join(
        struct.pack(f"{order}{len(point)}d", *point) for point in points
    )


def polygon(*rings: Points, kind: int = 3, order: str = "<", srid: int | None = None) -> bytes:
    head = struct.pack(order + "BI", order == "<", kind)
    if srid is not None:
        head += struct.pack(order + "I", srid)
    return head + struct.pack(order + "I", len(rings)) + b"".join(ring(each, order) for each in rings)


def decoded(*codes: object) -> GeometryCheck:
    given = np.empty(len(codes), dtype=object)
    given[:] = codes
    return validity.decode(given)


def deep(points: Points, *more: float) -> Points:
    return [(*point, *more) for point in points]


def coordinates(shape: Any) -> list[list[float]]:
    found: list[list[float]] = shapely.get_coordinates(shape).tolist()
    return found


def test_what_is_right_is_decoded_as_it_is() -> None:
    points = [shapely.Point(1, 2), None, shapely.Point(3, 4)]
    checked = decoded(*shapely.to_wkb(points))
    assert checked.shapes.tolist() == points
    assert (checked.rejected, checked.repairs, checked.bulk_repairs) == ({}, {}, {})


def test_a_batch_without_geometry_says_so() -> None:
    with pytest.raises(ImporterError, match="The file has no geometry"):
        validity.wkb_of(Batch(0, {"id": pa.array(["a"])}, None))
    code = shapely.to_wkb(shapely.Point(1, 2))
    assert validity.wkb_of(Batch(0, {}, pa.array([code, None], pa.binary()))).tolist() == [code, None]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("kind", "more", "srid"),
    [
        (3, (), None),
        (1003, (7.0,), None),
        (2003, (7.0,), None),
        (3003, (7.0, 9.0), None),
        (3 | wkb.HAS_Z, (7.0,), None),
        (3 | wkb.HAS_M, (7.0,), None),
        (3 | wkb.HAS_Z | wkb.HAS_M, (7.0, 9.0), None),
        (3 | wkb.HAS_SRID, (), 4490),
        (3 | wkb.HAS_Z | wkb.HAS_SRID, (7.0,), 4490),
    ],
)
def test_open_rings_are_closed_however_they_are_written(
    kind: int, more: tuple[float, ...], srid: int | None, order: str
) -> None:
    code = polygon(
        deep(SQUARE[:-1], *more), deep([*HOLE[:2], *HOLE[1:-1]], *more), kind=kind, order=order, srid=srid
    )
    whole = shapely.to_wkb(shapely.Point(1, 2))
    checked = decoded(whole, code, None)
    shape = checked.shapes[1]
    assert shape.geom_type == "MultiPolygon"
    assert coordinates(shape) == [list(map(float, point)) for point in [*SQUARE, *HOLE]]
    assert (checked.shapes[0], checked.shapes[2]) == (shapely.Point(1, 2), None)
    assert repairs(checked) == {1: [(OPEN, STRAIGHT)]}
    assert held(checked) == {}


def test_each_polygon_of_several_is_closed() -> None:
    other = [(x + 20, y) for x, y in SQUARE]
    code = struct.pack("<BII", 1, 6, 2) + polygon(SQUARE[:-1]) + polygon(other, order=">")
    shape = wkb.close_rings(code)
    assert shape == shapely.MultiPolygon([shapely.Polygon(SQUARE), shapely.Polygon(other)])


@pytest.mark.parametrize(
    "flat",
    [
        [(2, 2), (4, 2)],
        [(2, 2), (4, 2), (2, 2), (4, 2)],
        [(2, 2), (float("nan"), 3), (4, 4), (5, 5)],
        [(2, 2), (float("inf"), 3), (4, 4), (5, 5)],
        [],
    ],
)
def test_a_ring_without_three_places_is_left_out_and_a_polygon_without_a_ring_held_back(flat: Points) -> None:
    checked = decoded(polygon(SQUARE[:-1], flat), polygon(flat, HOLE), polygon(flat, HOLE[:-1]))
    assert coordinates(checked.shapes[0]) == [list(map(float, point)) for point in SQUARE]
    assert wkb.close_rings(polygon(flat, HOLE)) is None
    assert repairs(checked)[0] == [(OPEN, STRAIGHT)]
    assert checked.shapes[2] is None
    assert held(checked)[2].startswith("geometry cannot be read: ")


def test_a_triangle_is_three_places_and_closed_but_once() -> None:
    triangle = [(0.0, 0.0), (3.0, 0.0), (0.0, 3.0)]
    for given in (triangle, [*triangle, triangle[0]], [triangle[0], *triangle], [*triangle, triangle[2]]):
        shape = wkb.close_rings(polygon(given))
        assert coordinates(shape) == [[0, 0], [3, 0], [0, 3], [0, 0]]


def test_a_point_that_shares_one_coordinate_with_the_last_is_no_repetition() -> None:
    shape = wkb.close_rings(polygon([(0, 0), (0, 3), (3, 3), (3, 0), (0, 0)]))
    assert len(coordinates(shape)) == 5
    shape = wkb.close_rings(polygon([(0, 0), (3, 1), (3, 3), (0, 3)]))
    assert coordinates(shape)[-2:] == [[0, 3], [0, 0]], "the ring is closed though it ends straight above"


def test_what_ends_early_cannot_be_closed() -> None:
    code = polygon(SQUARE[:-1])
    for end in (0, 3, 7, 11, 13, len(code) - 1):
        assert wkb.close_rings(code[:end]) is None
    assert wkb.close_rings(code) is not None
    assert wkb.close_rings(shapely.to_wkb(shapely.LineString(SQUARE))) is None
    checked = decoded(code[:-1], "no bytes")
    assert checked.shapes.tolist() == [None, None]
    assert set(held(checked)) == {0, 1}
    assert repairs(checked) == {}


def circular(kind: int = CIRCULAR) -> bytes:
    """Half of a circle about the origin."""
    return struct.pack("<BI", 1, kind) + ring([(-1, 0), (0, 1), (1, 0)])


def test_curves_are_made_of_chords_of_four_degrees() -> None:
    checked = decoded(shapely.to_wkb(shapely.Point(1, 2)), circular(), None)
    line = checked.shapes[1]
    assert line.geom_type == "LineString"
    places = shapely.get_coordinates(line)
    assert len(places) == 46
    assert np.hypot(*places.T) == pytest.approx(1)
    assert places[[0, -1]].tolist() == [[-1, 0], [1, 0]]
    assert (checked.shapes[0], checked.shapes[2]) == (shapely.Point(1, 2), None)
    assert repairs(checked) == {1: [CURVED]}
    assert held(checked) == {}


def test_each_kind_of_curve_is_made_straight() -> None:
    line = shapely.to_wkb(shapely.LineString([(1, 0), (-1, 0)]))
    compound = struct.pack("<BII", 1, COMPOUND, 2) + circular() + line
    area = struct.pack("<BII", 1, CURVED_POLYGON, 1) + compound
    several = struct.pack("<BII", 1, 11, 1) + circular()
    areas = struct.pack("<BII", 1, 12, 1) + area
    checked = decoded(compound, area, several, areas)
    assert [shape.geom_type for shape in checked.shapes] == [
        "LineString",
        "Polygon",
        "MultiLineString",
        "MultiPolygon",
    ]
    assert checked.shapes[1].area == pytest.approx(np.pi / 2, abs=0.01)
    assert repairs(checked) == {index: [CURVED] for index in range(4)}
    for kind in (8, 9, 10, 11, 12, 13, 14, 1008, 3012, 9 | wkb.HAS_Z):
        assert wkb.is_curved(struct.pack("<BII", 1, kind, 0)), kind
        assert wkb.is_curved(struct.pack(">BII", 0, kind, 0)), kind
    for kind in (1, 3, 7, 15, 1007):
        assert not wkb.is_curved(struct.pack("<BII", 1, kind, 0)), kind
    assert not wkb.is_curved(b"\x01")
    assert not wkb.is_curved(None)


def test_a_curve_that_nobody_can_read_is_held_back() -> None:
    checked = decoded(circular()[:-4])
    assert checked.shapes[0] is None
    assert held(checked)[0].startswith("geometry cannot be read: ")
    assert repairs(checked) == {}


def test_heights_and_measures_are_left_out_and_said_of_rows_that_had_them() -> None:
    checked = check(
        "POINT (1 2)", "POINT Z (1 2 3)", None, "POINT M (1 2 3)", "LINESTRING ZM (1 2 3 4, 5 6 7 8)"
    )
    validity.drop_heights(checked)
    assert texts(checked) == ["POINT (1 2)", "POINT (1 2)", None, "POINT (1 2)", "LINESTRING (1 2, 5 6)"]
    assert checked.bulk_repairs == {("has heights or measures", "heights and measures left out"): [1, 3, 4]}
    plain = check("POINT (1 2)", None)
    validity.drop_heights(plain)
    assert (texts(plain), plain.bulk_repairs) == (["POINT (1 2)", None], {})


def test_the_world_ends_at_its_edges() -> None:
    checked = check(
        "LINESTRING (-180 -90, 180 90)",
        "LINESTRING (-180.00001 0, 0 0)",
        "LINESTRING (0 0, 180.00001 0)",
        "LINESTRING (0 -90.00001, 0 0)",
        "LINESTRING (0 0, 0 90.00001)",
        None,
        "LINESTRING EMPTY",
        "POINT (393000.123 3309000)",
    )
    validity.reject_outside_world(checked)
    assert texts(checked) == [
        "LINESTRING (-180 -90, 180 90)",
        None,
        None,
        None,
        None,
        None,
        "LINESTRING EMPTY",
        None,
    ]
    assert held(checked) == dict.fromkeys(
        (1, 2, 3, 4, 7), "lies outside the world; check the reference system"
    )
    assert [checked.rejected[index].value for index in (2, 7)] == ["0, 0", "393000.123, 3309000"]
    assert {each.field for each in checked.rejected.values()} == {"geometry"}


def test_the_first_reason_is_kept() -> None:
    checked = check("POINT (1 2)")
    checked.reject(0, "first", "here")
    checked.reject(0, "second")
    assert (checked.rejected[0].wrong, checked.rejected[0].value, checked.shapes[0]) == (
        "first",
        "here",
        None,
    )


@pytest.mark.parametrize("kind", [Geometry.POINT, Geometry.LINE, Geometry.POLYGON])
@pytest.mark.parametrize("may_be_empty", [True, False])
def test_rows_without_geometry_are_held_back_where_they_need_one(kind: Geometry, may_be_empty: bool) -> None:
    found, checked = fitted(kind, None, "POLYGON EMPTY", "POINT EMPTY", may_be_empty=may_be_empty)
    assert found == [None, None, None]
    assert held(checked) == ({} if may_be_empty else dict.fromkeys(range(3), "has no geometry"))
    assert (checked.repairs, checked.bulk_repairs) == ({}, {})


PART = ("has one part", "made multi-part")


def test_lines_become_lines_of_several_parts() -> None:
    one, many = "LINESTRING (0 0, 1 1)", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))"
    found, checked = fitted(
        Geometry.LINE,
        many,
        one,
        f"GEOMETRYCOLLECTION ({one}, POINT (5 5), GEOMETRYCOLLECTION ({one}, POINT (6 6)))",
        "POINT (1 1)",
        one,
        "POLYGON ((0 0, 0 1, 1 1, 0 0))",
    )
    single = "MULTILINESTRING ((0 0, 1 1))"
    assert found == [many, single, "MULTILINESTRING ((0 0, 1 1), (0 0, 1 1))", None, single, None]
    assert held(checked) == {3: "is a Point, no line", 5: "is a Polygon, no line"}
    assert checked.bulk_repairs == {PART: [1, 4]}
    assert repairs(checked) == {2: [("2 parts are no line", "left out")]}


def test_areas_become_areas_of_several_parts() -> None:
    one, many = (
        "POLYGON ((0 0, 0 1, 1 1, 0 0))",
        "MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)), ((5 5, 5 6, 6 6, 5 5)))",
    )
    found, checked = fitted(
        Geometry.POLYGON,
        many,
        one,
        f"GEOMETRYCOLLECTION ({one})",
        "LINESTRING (0 0, 1 1)",
        "MULTIPOINT (1 1, 2 2)",
    )
    single = "MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)))"
    assert found == [many, single, single, None, None]
    assert held(checked) == {3: "is a LineString, no polygon", 4: "is a MultiPoint, no polygon"}
    assert checked.bulk_repairs == {PART: [1]}
    assert repairs(checked) == {}


def test_a_place_is_a_point_or_one_within_an_area() -> None:
    areas = "GEOMETRYCOLLECTION (POLYGON ((0 0, 0 9, 9 9, 9 0, 0 0)), POLYGON ((20 0, 20 1, 21 1, 20 0)))"
    mixed = "GEOMETRYCOLLECTION (POLYGON ((0 0, 0 9, 9 9, 9 0, 0 0)), POINT (1 1))"
    found, checked = fitted(
        Geometry.POINT,
        "POINT (1 2)",
        "MULTIPOINT (3 4)",
        "MULTIPOINT (1 1, 2 2)",
        "LINESTRING (0 0, 1 1)",
        "POLYGON ((0 0, 0 1, 1 1, 0 0))",
        areas,
        mixed,
    )
    assert found[:4] == ["POINT (1 2)", "POINT (3 4)", None, None]
    assert shapely.within(checked.shapes[4], shapely.from_wkt("POLYGON ((0 0, 0 1, 1 1, 0 0))"))
    assert shapely.within(checked.shapes[5], shapely.box(0, 0, 9, 9))
    assert checked.shapes[6] is None
    assert held(checked) == {
        2: "is a MultiPoint of 2 parts, no point",
        3: "is a LineString of 1 parts, no point",
        6: "is a GeometryCollection of 2 parts, no point",
    }
    assert checked.bulk_repairs == {("is an area", "kept as a point inside it"): [4, 5]}
    assert repairs(checked) == {}


def test_a_crossing_is_repaired_and_told_with_its_place() -> None:
    found, checked = fitted(
        Geometry.POLYGON,
        "POLYGON ((0 0, 0 9, 9 9, 9 0, 0 0))",
        "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))",
        "POLYGON ((0 0, 5 0, 2 0, 0 0))",
        None,
        may_be_empty=True,
    )
    assert checked.shapes[1].is_valid
    assert checked.shapes[1].area == 2
    assert repairs(checked) == {1: [("Self-intersection", "made valid")]}
    assert checked.repairs[1][0].value == "1 1"
    assert found[2] is None
    assert set(held(checked)) == {2}
    assert held(checked)[2].startswith("nothing is left of the geometry when it is repaired: ")
    assert "[" not in held(checked)[2]


def test_repeated_vertices_are_counted_in_their_own_row_and_ring() -> None:
    found, checked = fitted(
        Geometry.LINE,
        "MULTILINESTRING ((0 0, 1 1), (1 1, 2 0))",
        "MULTILINESTRING ((2 0, 3 3, 3 3, 4 3, 4 5))",
        "MULTILINESTRING ((4 5, 6 6, 6 6, 6 6, 7 7), (7 7, 7 7, 8 8))",
        "MULTILINESTRING ((8 8, 9 9))",
    )
    assert found == [
        "MULTILINESTRING ((0 0, 1 1), (1 1, 2 0))",
        "MULTILINESTRING ((2 0, 3 3, 4 3, 4 5))",
        "MULTILINESTRING ((4 5, 6 6, 7 7), (7 7, 8 8))",
        "MULTILINESTRING ((8 8, 9 9))",
    ]
    done = "repeated vertices taken out"
    assert repairs(checked) == {
        1: [("1 vertex repeats the one before", done)],
        2: [("3 vertices repeat the one before", done)],
    }


def test_what_lies_outside_the_district_is_held_back_with_its_place() -> None:
    district = shapely.box(0, 0, 10, 10)
    shapely.prepare(district)
    checked = check(
        "POINT (5 5)",
        None,
        "POINT (11 5)",
        "LINESTRING (-1 5, 1 5)",
        "LINESTRING (12 20, 14 20)",
        "POINT (10 10)",
        "POINT (30 5)",
    )
    checked.rejected[6] = Problem("wrong before", "geometry")
    validity.reject_outside_district(checked, district)
    assert held(checked) == {
        2: "lies outside the district",
        4: "lies outside the district",
        6: "wrong before",
    }
    assert [checked.rejected[index].value for index in (2, 4)] == [
        "11.000000, 5.000000",
        "12.000000, 20.000000",
    ]
    assert texts(checked)[2] == "POINT (11 5)", "it can be put right on the map"
    assert checked.rejected[2].field == "geometry"


def test_what_a_shape_is_called_is_in_the_language_of_the_reader() -> None:
    with override("zh-hans"):
        _found, checked = fitted(Geometry.LINE, "POINT (1 1)")
    assert held(checked) == {0: "几何类型为点，应为线"}
