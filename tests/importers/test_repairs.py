"""Only what is safe is repaired, and the report says it row by row, with the original kept."""

import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from importers.history.report import ImportReport
from importers.history.report_files import as_csv
from importers.history.row_ranges import RowRanges, parse_ranges
from importers.models import Import, RowIssue
from importers.options import ImportOptions
from importers.pipeline import totals
from importers.pipeline.import_run import ImportRun, import_source
from importers.sources.source import Batch, Source
from layers.base.models import Building, Road
from tests.importers.making import HOUSE, NEIGHBOUR, layer, load, package

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


def repaired(code: bytes, name: str = "buildings") -> tuple[ImportReport, list[tuple[str, str]]]:
    def stream() -> list[Batch]:
        return [Batch(0, {"id": pa.array(["a"])}, pa.array([code], pa.binary()))]

    source = Source(["id"], lambda: iter(stream()), True, "EPSG:4490", 1)
    report = import_source(ImportRun(Path("a.wkb"), layer(name), ImportOptions(accept_valid=True)), source)
    return report, [(p.wrong, p.done) for each in report.problem_rows for p in each.problems]


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
    for row in RowIssue.objects.all():
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
    assert "nothing is left" in report.problem_rows[0].reason


def test_each_curve_is_told_of(real_data: Path) -> None:
    report = load(real_data / "hard" / "curved_polys.gpkg")
    told = [p.done for each in report.problem_rows for p in each.problems if p.wrong == "has curves"]
    assert told == ["made of straight lines"] * 4


def test_what_is_done_to_most_rows_is_said_of_each_by_its_number(tmp_path: Path) -> None:
    deep = shapely.force_3d(HOUSE, 4)
    report = load(package(tmp_path / "h.gpkg", [deep, None, deep, NEIGHBOUR]))
    notes = report.as_json()["notes"]
    assert "has heights or measures — heights and measures left out: 2 rows (1, 3)" in notes
    assert "has one part — made multi-part: 3 rows (1, 3-4)" in notes
    table = "".join(as_csv(Import.objects.get())).splitlines()
    assert [line for line in table if "multi-part" in line] == [
        f"{row},,yes,geometry,,has one part,made multi-part" for row in (1, 3, 4)
    ]


def test_areas_as_points_are_told_of(tmp_path: Path) -> None:
    report = load(package(tmp_path / "p.gpkg", name=["甲", "乙"], category=["药店"] * 2), "pois")
    assert "is an area — kept as a point inside it: 2 rows (1-2)" in report.as_json()["notes"]


def test_any_number_of_rows_may_be_repaired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of most of them it is said by their numbers only."""
    monkeypatch.setattr(totals, "MOST_PROBLEM_ROWS", 2)
    path = package(tmp_path / "h.gpkg", [shapely.Polygon(AGAIN)] * 5)
    report = load(path)
    assert report.counts()["added"] == 5
    said = [each.row for each in report.problem_rows if "repeat the one before" in each.reason]
    assert said == [1, 2]
    assert (
        "2 vertices repeat the one before — repeated vertices taken out: 3 rows (3-5)"
        in (report.as_json()["notes"])
    )


@given(st.sets(st.integers(1, 60)), st.integers(1, 60))
def test_spans_keep_every_row(rows: set[int], cut: int) -> None:
    spans = RowRanges.of(np.array(sorted(row for row in rows if row < cut), dtype=np.int64))
    spans.extend(RowRanges.of(np.array(sorted(row for row in rows if row >= cut), dtype=np.int64)))
    assert list(parse_ranges(str(spans))) == sorted(rows)
    assert len(spans) == len(rows)
    assert all(this[1] + 1 < following[0] for this, following in pairwise(spans.ranges))
