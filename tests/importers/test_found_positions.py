"""Positions are read as they are written, told cell by cell where they are none, and never guessed beside others."""

from pathlib import Path

import pytest
import shapely

from importers.crs.coordinate_text import parse_angle, parse_angles, split_pair
from importers.errors import ImporterError
from importers.models import Import
from layers.registry.declaration.layer import Geometry
from tests.importers.making import load, package, reasons
from tests.importers.publishing import published
from tests.imports.datasets import take_back_datasets

SQUARE = [(121.85, 29.9), (121.851, 29.9), (121.851, 29.901), (121.85, 29.901)]


def test_degrees_minutes_and_seconds_between_dashes_are_read(found: Path) -> None:
    made = published(found / "csv-dms-dashes.csv")
    counts = made.report.counts()
    assert (counts["read"], counts["added"]) == (20, 17)
    assert reasons(made.report)[1] == "“121-50-60.00 29-53-60.00” is no position"
    assert parse_angle("121-50-24") == pytest.approx(121.84)
    assert parse_angle("-29-54") == pytest.approx(-29.9)


def test_cells_that_are_no_positions_are_named(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("name,lon,lat\n甲,here,there\n乙,over,yonder\n")
    with pytest.raises(ImporterError, match="row 1: “here there” is no position"):
        published(path)


def test_coordinates_beside_an_address_win_or_are_asked_for(found: Path, folder: Path) -> None:
    path = found / "csv-coordinates-beside-address.csv"
    with pytest.raises(ImporterError, match="does not say its reference system"):
        published(path, source_crs=None)
    assert published(path).bounds == pytest.approx((121.99, 29.8, 121.99, 29.8))
    odd = folder / "a.csv"
    odd.write_text(path.read_text(encoding="utf-8-sig").replace("X坐标,Y坐标", "甲,乙"))
    with pytest.raises(
        ImporterError, match="“甲” and “乙” look like positions beside the addresses in “地址”"
    ):
        published(odd, source_crs=None)


@pytest.mark.parametrize(
    ("cells", "swapped"),
    [
        (["(29.9, 121.85)", "29.91,121.86"], True),
        (["121.85 29.9", "E121.86, N29.91"], False),
        (["泰山路1号 (29.9, 121.85)", "泰山路2号\n(29.91, 121.86)"], True),
    ],
)
def test_both_numbers_in_one_column_are_read(cells: list[str], swapped: bool, folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("\n".join(["name,坐标", *(f'n{n},"{cell}"' for n, cell in enumerate(cells))]))
    made = published(path)
    assert made.bounds == pytest.approx((121.85, 29.9, 121.86, 29.91))
    assert any(("latitude first" in note) == swapped and "first" in note for note in made.report.notes)


def test_the_order_of_two_numbers_is_asked_for_where_nothing_shows_it(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text('name,location\nn,"(40.1, 29.9)"\nm,"(40.2, 29.8)"\n')
    with pytest.raises(ImporterError, match="is the latitude cannot be seen"):
        load(path, "pois", source_crs="EPSG:4490", anywhere=True)


def test_a_cell_of_one_column_that_is_no_pair_is_held(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text('name,坐标\nn,"29.9, 121.85"\nm,"29.9, 121.86"\no,unknown\np,\n')
    made = published(path)
    assert "“unknown” is no position" in reasons(made.report)[3]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("389,025.91", 389025.91),
        ("3,309,583", 3309583.0),
        ("3.309.583,94", 3309583.94),
        ("121,85", 121.85),
        ("121.85", 121.85),
    ],
)
def test_marks_of_thousands_and_fractions_are_told_apart(written: str, number: float) -> None:
    values, bad = parse_angles([written])
    assert not bad
    assert values[0] == pytest.approx(number)


def test_a_number_that_can_be_two_is_told() -> None:
    values, bad = parse_angles(["389,025"])
    assert values[0] != values[0]
    assert "beyond the end" in bad[0]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("东经121°51′，北纬29°54′", (121.85, 29.9)),
        ("29°54'N, 121°51'0\"E", (29.9, 121.85)),
        ("北纬29.9，东经121.85", (29.9, 121.85)),
    ],
)
def test_pairs_of_degrees_and_minutes_are_read(text: str, numbers: tuple[float, float]) -> None:
    pair = split_pair(text)
    assert pair
    assert tuple(map(parse_angle, pair)) == pytest.approx(numbers)


def test_headings_that_stand_again_among_the_rows_exchange_no_coordinates(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("name,lon,lat\na,121.85,29.9\nname,lon,lat\nb,121.86,29.9\n")
    made = published(path)
    assert made.column("name") == ["a", "b"]
    assert set(reasons(made.report)) == {2}


def test_text_that_is_no_pair_is_none() -> None:
    assert split_pair("121.85") is split_pair("泰山路12号") is split_pair("1, 2, 3") is None


def test_an_area_with_a_vertex_nowhere_is_held_as_it_is(folder: Path) -> None:
    nowhere = shapely.Polygon([*SQUARE[:2], (float("nan"), float("nan")), SQUARE[3]])
    report = load(package(folder / "a.gpkg", [shapely.Polygon(SQUARE), nowhere]), anywhere=True)
    assert report.counts()["added"] == 1
    assert reasons(report) == {2: "has a vertex without a position"}


def test_closed_lines_of_a_drawing_become_areas_and_open_ones_do_not(folder: Path) -> None:
    outline = shapely.LineString([*SQUARE, SQUARE[0]])
    crossed = shapely.LineString([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]])
    shapes = [outline, shapely.LineString(SQUARE), crossed]
    report = load(package(folder / "a.gpkg", shapes), anywhere=True)
    assert sorted(reasons(report)) == [2, 3]
    [repaired] = [each for each in report.problem_rows if not each.held]
    assert repaired.reason == "is a closed line"
    assert repaired.problems[0].done == "made an area"


def test_parcels_of_a_drawing_are_areas_of_land_use(found: Path) -> None:
    report = load(
        found / "dxf-parcels.dxf",
        "land-use",
        source_crs="EPSG:4550",
        anywhere=True,
        values={"kind": "residential"},
    )
    assert report.counts()["added"] == 4


def test_closed_lines_become_a_layer_of_areas_where_the_publisher_says_so(found: Path) -> None:
    path = found / "dxf-parcels.dxf"
    asked = published(path, source_crs="EPSG:4550")
    assert asked.geometry == "line"
    assert any(note.startswith("4 lines are closed") for note in asked.report.notes)
    assert set(asked.report.notes) <= set(Import.objects.latest("pk").report["notes"])
    take_back_datasets()
    made = published(path, geometry=Geometry.POLYGON, source_crs="EPSG:4550")
    assert made.geometry == "polygon"
    assert made.report.counts()["added"] == asked.report.counts()["added"] == 4
    assert {row.problems[0].done for row in made.report.problem_rows if not row.held} == {"made an area"}


def test_shapes_of_a_database_in_hexadecimal_digits_are_read(folder: Path) -> None:
    area = shapely.set_srid(shapely.Polygon(SQUARE), 4326)
    path = folder / "a.csv"
    digits = shapely.to_wkb(area, hex=True, include_srid=True)
    path.write_text(f"name,geom\na,{digits}\nb,01FF\nc,{digits}\n")
    made = published(path)
    assert made.geometry == "polygon"
    assert made.bounds == pytest.approx(area.bounds)
    assert list(reasons(made.report)) == [2]
