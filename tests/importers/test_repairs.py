"""Only what is safe is repaired, and the report says it row by row, with the original kept."""

import struct
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
import shapely

from importers.delivery import Batch, Delivery
from importers.models import NotedRow
from importers.report import Report
from importers.run import Options, Task, import_delivery
from layers.base.models import Building, Road
from tests.importers.making import HOUSE, layer, load, package

pytestmark = pytest.mark.django_db

WEST, SOUTH = 121.84, 29.9
Points = Sequence[tuple[float, float]]


def ring(*steps: tuple[float, float]) -> list[tuple[float, float]]:
    """Steps of 0.0001 degrees from the house's corner."""
    return [(WEST + x / 10_000, SOUTH + y / 10_000) for x, y in steps]


SQUARE = ring((0, 0), (0, 10), (10, 10), (10, 0), (0, 0))
AGAIN = ring((0, 0), (0, 10), (0, 10), (0, 10), (10, 10), (10, 0), (0, 0))


def polygon(*rings: Points) -> bytes:
    """Well-known binary as it is given, closed or not."""
    head = struct.pack("<BII", 1, 3, len(rings))
    return head + b"".join(
        struct.pack("<I", len(each)) + b"".join(struct.pack("<2d", *point) for point in each)
        for each in rings
    )


def repaired(code: bytes, name: str = "buildings") -> tuple[Report, list[tuple[str, str]]]:
    def stream() -> list[Batch]:
        return [Batch(0, {"id": pa.array(["a"])}, pa.array([code], pa.binary()))]

    delivery = Delivery(["id"], lambda: iter(stream()), True, "EPSG:4490", 1)
    report = import_delivery(Task(Path("a.wkb"), layer(name), Options(accept_valid=True)), delivery)
    return report, [(p.wrong, p.done) for noted in report.noted for p in noted.problems]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (polygon(AGAIN), [("2 vertices repeat the one before", "repeated vertices taken out")]),
        (polygon(SQUARE[:-1]), [("Points of LinearRing do not form a closed linestring", "rings closed")]),
        (
            polygon(ring((0, 0), (10, 10), (10, 0), (0, 10), (0, 0))),
            [("Self-intersection", "made valid")],
        ),
        (
            polygon(SQUARE, ring((20, 20), (20, 22), (22, 22), (22, 20), (20, 20))),
            [("Hole lies outside shell", "made valid")],
        ),
        (polygon(SQUARE), []),
        (polygon(SQUARE, ring((0, 0), (2, 4), (4, 2), (0, 0))), []),
    ],
    ids=["repeated vertices", "open ring", "self-crossing", "hole outside", "nothing", "hole that touches"],
)
def test_a_repair_is_said_of_its_row(code: bytes, said: list[tuple[str, str]]) -> None:
    report, found = repaired(code)
    assert found == said
    counts = report.counts()
    assert (counts["added"], counts["held"], counts["repaired"]) == (1, 0, len(said))
    assert Building.objects.get().geom.valid
    for row in NotedRow.objects.all():
        assert bytes(row.shape or b"") == code, "the original is kept"


def test_repeated_vertices_alone_are_taken_out(tmp_path: Path) -> None:
    line = shapely.LineString(
        [(WEST, SOUTH), (WEST, SOUTH), (WEST + 0.001, SOUTH), (WEST + 0.001, SOUTH + 1e-9)]
    )
    load(package(tmp_path / "r.gpkg", [line], highway=["primary"]), "roads")
    kept = shapely.get_coordinates(shapely.from_wkb(bytes(Road.objects.get().geom.wkb))).tolist()
    assert kept == [[WEST, SOUTH], [WEST + 0.001, SOUTH], [WEST + 0.001, SOUTH + 1e-9]]


def test_the_same_file_with_repeated_vertices_changes_nothing_the_second_time(tmp_path: Path) -> None:
    path = package(tmp_path / "h.gpkg", [shapely.Polygon(AGAIN)])
    assert load(path, source="s").counts()["repaired"] == 1
    again = load(path, source="s").counts()
    assert (again["unchanged"], again["repaired"]) == (1, 1)


def test_an_area_of_which_nothing_is_left_is_held_back(tmp_path: Path) -> None:
    flat = shapely.from_wkb(polygon(ring((0, 0), (10, 0), (5, 0), (0, 0))))
    report = load(package(tmp_path / "h.gpkg", [flat, HOUSE]))
    assert report.counts()["held"] == 1
    assert "nothing is left" in report.noted[0].reason


def test_each_curve_is_told_of(real_data: Path) -> None:
    report = load(real_data / "hard" / "curved_polys.gpkg")
    told = [p.done for noted in report.noted for p in noted.problems if p.wrong == "has curves"]
    assert told == ["made of straight lines"] * 4


def test_what_is_done_to_most_rows_is_counted(tmp_path: Path) -> None:
    deep = shapely.force_3d(HOUSE, 4)
    report = load(package(tmp_path / "h.gpkg", [deep]))
    notes = report.as_json()["notes"]
    assert "heights or measures of 1 geometries were left out" in notes
    assert "1 geometries of one part became multi-part, as the layer keeps them" in notes
