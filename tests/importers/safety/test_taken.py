"""What may be opened is taken as it is, out of archives too, and what was unpacked goes again."""

import gzip
from contextlib import ExitStack
from pathlib import Path

import geopandas
import pandas
import pyogrio
import pytest
import shapely

from importers.safety.inspection import open_checked
from tests.importers.safety.packing import (
    CSV,
    GEOJSON,
    GML,
    KML,
    refusal,
    table,
    tarred,
    workbook,
    written,
    zipped,
)


def test_every_real_file_is_taken_as_it_is(real_data: Path) -> None:
    parts = {".dbf", ".shx", ".prj", ".md"}
    files = [file for file in real_data.rglob("*") if file.is_file() and file.suffix not in parts]
    assert len(files) > 20
    for file in files:
        with open_checked(file) as found:
            assert [each.resolve() for each in found] == [file.resolve()]


def test_the_real_difficult_files_are_taken_from_one_zip(real_data: Path, tmp_path: Path) -> None:
    members = [(f"hard/{file.name}", file.read_bytes()) for file in sorted((real_data / "hard").iterdir())]
    with open_checked(zipped(tmp_path / "hard.zip", *members)) as found:
        assert [file.name for file in found] == [
            "chinese.shp",
            "curved_polys.gpkg",
            "invalid_coordinates.shp",
            "popctr_state1970.shp",
            "testdms.csv",
        ]
        assert (found[0].parent / "chinese.prj").exists()


def test_a_file_geodatabase_is_its_folder(tmp_path: Path) -> None:
    table("OpenFileGDB", tmp_path / "区.gdb")
    members = [(f"区.gdb/{file.name}", file.read_bytes()) for file in (tmp_path / "区.gdb").iterdir()]
    with open_checked(zipped(tmp_path / "a.zip", *members)) as found:
        assert [file.name for file in found] == ["区.gdb"]
        assert pyogrio.read_info(found[0])["features"] == 1


def test_each_format_gdal_writes_is_taken(tmp_path: Path) -> None:
    for driver, name in {
        "GPKG": "a.gpkg",
        "FlatGeobuf": "a.fgb",
        "GeoJSON": "a.geojson",
        "GeoJSONSeq": "a.geojsonl",
        "KML": "a.kml",
        "GML": "a.gml",
        "DXF": "a.dxf",
        "MapInfo File": "a.tab",
        "GPX": "a.gpx",
    }.items():
        file = tmp_path / name
        if driver in {"DXF", "GPX"}:
            shape = geopandas.GeoDataFrame(geometry=[shapely.Point(121.8, 29.9)], crs="EPSG:4326")
            shape.to_file(
                file, driver=driver, layer="waypoints" if driver == "GPX" else None, engine="pyogrio"
            )
        else:
            table(driver, file)
        with open_checked(file) as found:
            assert pyogrio.read_info(found[0], layer=0, force_feature_count=True)["features"] == 1
    members = [(file.name, file.read_bytes()) for file in tmp_path.glob("a.*")]
    with open_checked(zipped(tmp_path / "all.zip", *members)) as found:
        assert len(found) == 9
        assert all(
            pyogrio.read_info(file, layer=0, force_feature_count=True)["features"] == 1 for file in found
        )


def test_a_workbook_and_text_in_utf_16_are_taken(tmp_path: Path) -> None:
    for name, content in {
        "a.xlsx": workbook(),
        "a.csv": CSV.decode().encode("utf-16"),
        "b.csv": CSV.decode().encode("gb18030"),
        "a.geojsons": b"\x1e" + GEOJSON + b"\n\x1e" + GEOJSON,
        "a.kml": KML.decode().encode("utf-16"),
        "a.xml": GML,
    }.items():
        with open_checked(written(tmp_path / name, content)) as found:
            assert [each.resolve() for each in found] == [tmp_path / name]


def test_archives_of_each_kind_give_what_they_hold(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", ("b.csv", CSV)).read_bytes()
    for path, names in (
        (zipped(tmp_path / "a.kmz", ("doc.kml", KML), ("files/icon.png", b"x")), ["doc.kml"]),
        (tarred(tmp_path / "a.tar", ("./数据/a.csv", CSV)), ["a.csv"]),
        (tarred(tmp_path / "a.tar.gz", ("a.CSV", CSV), ("readme.txt", b"hello")), ["a.csv"]),
        (tarred(tmp_path / "a.tgz", ("a.geojson", GEOJSON)), ["a.geojson"]),
        (written(tmp_path / "a.csv.gz", gzip.compress(CSV)), ["a.csv"]),
        (zipped(tmp_path / "n.zip", ("d/inner.zip", inner), ("a.csv", CSV)), ["b.csv", "a.csv"]),
        (zipped(tmp_path / "t.zip", ("data.txt", CSV), ("README.txt", b"")), ["data.txt"]),
        (zipped(tmp_path / "x.zip", ("city.xml", GML), ("metadata.xml", b"<a/>")), ["city.xml"]),
        (zipped(tmp_path / "w.zip", ("a.csv", CSV), ("a.csv.xml", b"<a/>")), ["a.csv"]),
        (
            zipped(tmp_path / "m.zip", ("a.csv", CSV), ("__MACOSX/._a.csv", b"\0"), (".DS_Store", b"\0")),
            ["a.csv"],
        ),
    ):
        with open_checked(path) as found:
            assert sorted(file.name for file in found) == sorted(names)
            assert all(file.is_file() and not file.is_symlink() for file in found)


def test_what_is_unpacked_is_gone_after_the_block(tmp_path: Path) -> None:
    with open_checked(zipped(tmp_path / "a.zip", ("a.csv", CSV))) as found:
        assert pandas.read_csv(found[0])["name"].tolist() == ["新碶"]
    assert not found[0].exists()
    with pytest.raises(KeyError), open_checked(tmp_path / "a.zip") as found:
        raise KeyError
    assert not found[0].exists()


def test_several_may_be_open_at_once(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", CSV))
    with ExitStack() as stack:
        first, second = (stack.enter_context(open_checked(path)) for _ in range(2))
        assert first != second


@pytest.mark.parametrize(
    ("ending", "advice"), [("dwg", ".dxf"), ("ods", ".xlsx"), ("mdb", ".csv"), ("docx", ".xlsx")]
)
def test_what_is_taken_otherwise_says_how_and_lies_beside_data(
    ending: str, advice: str, tmp_path: Path
) -> None:
    assert advice in refusal(written(tmp_path / f"a.{ending}", b"x"))
    with open_checked(zipped(tmp_path / "a.zip", ("a.csv", CSV), (f"说明.{ending}", b"x"))) as found:
        assert [each.name for each in found] == ["a.csv"]
