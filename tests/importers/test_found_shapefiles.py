"""Parts of a shapefile that do not belong together are refused with what does not fit; readers' faults are told."""

import shutil
import struct
from pathlib import Path

import geopandas
import pytest
from shapely import Point

from importers.errors import ImporterError
from importers.sources.files import list_parts
from tests.importers.publishing import Publication, published


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("dbf-cut", r"\.dbf is cut off"),
        ("dbf-cut-no-cpg", r"\.dbf is cut off"),
        ("dbf-fewer", "40 shapes, 40 entries in the .shx, 25 rows"),
        ("shx-short", "40 shapes, 20 entries in the .shx, 40 rows"),
        ("two-fields-one-name", "two columns of the same name"),
    ],
)
def test_parts_that_do_not_fit_are_refused(name: str, sentence: str, found: Path) -> None:
    with pytest.raises(ImporterError, match=sentence):
        published(found / f"shp-{name}.zip")


@pytest.mark.parametrize("name", ["mif-mid-cut.zip"])
def test_whatever_a_reader_raises_is_told_in_a_sentence(name: str, found: Path) -> None:
    with pytest.raises(ImporterError, match="cannot be read"):
        published(found / name)


@pytest.mark.parametrize("name", ["dates", "dates-no-cpg"])
def test_days_that_no_calendar_has_are_held_and_the_others_are_exact(name: str, found: Path) -> None:
    made = published(found / f"shp-{name}.zip")
    wrong = [each for each in made.report.problem_rows if each.held]
    assert all("is no day of the calendar" in each.reason for each in wrong)
    assert {str(each.values["DAY"]) for each in wrong} == {"20200231", "20201301", "2020 1 5"}
    assert len(wrong) + len(made.rows) == 40
    assert {int(row["BIG"]) - 123456789012345678 for row in made.rows} == rows_of(made)
    assert {int(row["HUGE"]) - 12345678901234567890 for row in made.rows} == rows_of(made)


def rows_of(made: Publication) -> set[int]:
    """By their names, n0 to n39."""
    return {int(row["NAME"][1:]) for row in made.rows}


def test_rows_that_are_marked_as_deleted_do_not_move_the_others(folder: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"name": ["甲", "乙", "丙"], "number": [1, 2, 3]},
        geometry=[Point(121.85 + n / 100, 29.9) for n in range(3)],
        crs="EPSG:4326",
    )
    frame.to_file(folder / "a.shp", encoding="utf-8")
    content = bytearray((folder / "a.dbf").read_bytes())
    head, width = struct.unpack("<HH", content[8:12])
    content[head + width] = ord("*")
    (folder / "a.dbf").write_bytes(content)
    packed = shutil.make_archive(str(folder.parent / "deleted"), "zip", folder)
    made = published(Path(packed))
    assert {row["name"]: row["number"] for row in made.rows} == {"甲": 1, "丙": 3}


@pytest.mark.parametrize(("year", "first"), [("2019", "新碶第0小学"), ("2020", "新碶第20小学")])
def test_files_of_one_name_are_told_apart_by_their_folders(year: str, first: str, found: Path) -> None:
    path = found / "shp-two-years-same-name.zip"
    assert list_parts(path) == ["2019/学校.shp", "2020/学校.shp"]
    made = published(path, file_layer=f"{year}/学校.shp")
    assert len(made.rows) == 10
    assert first in made.column("名称")
