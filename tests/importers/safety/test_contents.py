"""A file that is not what it says it is, damaged, or lacks a part is refused in words."""

import gzip
import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.safety.inspection import open_checked
from tests.effort import tries
from tests.importers.safety.packing import (
    CSV,
    DTD,
    GEOJSON,
    GML,
    macro_workbook,
    refusal,
    shapefile,
    table,
    tarred,
    workbook,
    written,
    zipped,
)


def test_a_part_of_a_shapefile_asks_for_the_whole(real_data: Path) -> None:
    assert "gbk.shp" in refusal(real_data / "hard" / "gbk.dbf")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "empty"),
        ("a.exe", b"MZ", "program"),
        ("a.qgz", b"x", ".gpkg"),
        ("a.rar", b"Rar!", ".zip"),
        ("a.xls", b"\xd0\xcf\x11\xe0", ".xlsx"),
        ("a.xlsm", workbook(), "macros"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" * 9, "password"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 50, "cannot be unpacked"),
        ("a.xlsx", workbook(("xl/vbaProject.bin", b"x")), "macros"),
        ("a.xlsx", workbook(("xl/other.xml", DTD + b"<a/>")), "document type"),
        ("a.xlsx", workbook(("XL/Workbook.xml", b"<a/>")), "twice"),
        ("a.xlsx", macro_workbook(), "macros"),
        ("a.csv.gz", b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 200_000, "without measure"),
        ("a.csv", workbook(), "workbook"),
        ("a.csv", b"a,b\n1,\0\n", "not text"),
        ("a.csv", b"MZ\x90\0\x03\0\0\0", "Windows program"),
        ("a.txt", b" <html></html>", "HTML"),
        ("a.csv", b"PG:host=db dbname=geo user=gis", "only points"),
        ("a.txt", b"ODBC:me/secret@dsn,driver={x}", "only points"),
        ("a.tif", b"<VRTDataset></VRTDataset>", "only points"),
        ("a.vrt", b"<OGRVRTDataSource/>", "only points"),
        ("a.xml", b'<?xml version="1.0"?><GDAL_WMS/>', "only points"),
        ("a.xml", b"<a><b/></a>", "not GML"),
        ("a.gml", GML + b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "only points"),
        ("a.json", b'{"type": "gdal_streamed_alg", "command_line": "gdal vector convert"}', "only points"),
        ("a.json", b"name,lon\n", "not JSON"),
        ("a.json", CSV.decode().encode("utf-16"), "not JSON"),
        ("a.geojson", b'{"crs":{"type":"link","properties":{"href":"http://x"}}}', "EPSG"),
        ("a.geojson", b'{"\\u0063rs":{"properties":{"href":"http://x"},"type":"\\u006cink"}}', "EPSG"),
        ("a.geojson", b'{"CRS":{"type":"name","Type":"LINK","x":"{}"}}', "EPSG"),
        ("a.geojson", b'{"crs":{"type":"link","x":"\\u0022,\\u0022type\\u0022:\\u0022name"}}', "EPSG"),
        ("a.geojson", b'{"crs":{"type":"link","type":"name"}}', "EPSG"),
        ("a.geojsonl", GEOJSON + b'\n{"crs":{"type":"url"}}', "EPSG"),
        ("a.geojson", b'{"a":"' + b"x" * 1_048_560 + b'","crs" : {"type":"URL"}}', "EPSG"),
        ("a.geojson", b'{"crs"' + b" " * 3_000_000 + b':{"type":"link"}}', "unreadable"),
        ("a.kml", DTD + b"<kml>&a;</kml>", "document type"),
        ("a.kml", (DTD + b"<kml>&a;</kml>").decode().encode("utf-16"), "document type"),
        ("a.gpx", DTD.decode().encode("utf-16-le"), "document type"),
        ("a.gml", DTD.decode().encode("utf-16-be"), "document type"),
        ("a.gpx", b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE gpx+AD4-<gpx/>', "UTF-7"),
        ("a.gpx", DTD.decode().encode("utf-32"), "well-formed"),
        ("a.kml", b"<!--" + b" " * 2_000_000, "well-formed"),
        ("a.kml", b"<kml><NetworkLink><href>http://x</href></NetworkLink></kml>", "only links"),
        ("a.kml", b"<gpx/>", "not KML"),
        ("a.shp", b"\0\0\x27\x0a" + b"\0" * 20 + struct.pack(">I", 500) + b"\0" * 72, "cut off"),
        ("a.shp", b"PK\x03\x04" + b"\0" * 200, "zip"),
        ("a.gpkg", b"PK\x03\x04", "not a GeoPackage"),
        ("a.gpkg", b"SQLite format 3\0" + b"x" * 100, "damaged"),
        ("a.fgb", b"SQLite format 3\0", "SQLite"),
        ("a.parquet", b"PAR1xxxxxxxx", "cut off"),
        ("a.parquet", b"xxxxxxxxPAR1", "not Parquet"),
        ("a.osm.pbf", b"\x1a\x05tile", "OpenStreetMap"),
        ("a.tiff", b"%PDF-1.4", "PDF"),
        ("a.dxf", b"AC1032\0\0", "not DXF"),
        ("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\0", "ASCII"),
        ("a.mif", b"hello", "MapInfo"),
        ("a.tab", b'!table\n!version 300\nDefinition Table\n  File "../../etc/x.dbf"\n', "only points"),
        ("a.tab", b'!table\nDefinition Table\n  Type LINKED Charset "Neutral"\n', "only points"),
        ("a.zip", b"MZ" + b"\0" * 60, "Windows program"),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, "not a zip"),
        ("a.zip", b"PK\x03\x04" + b"\0" * 60, "cannot be unpacked"),
        ("a.gz", CSV, "not a gzip"),
        ("a.csv.gz", gzip.compress(CSV, mtime=0)[:-9], "cannot be unpacked"),
        ("a.tar", b"\0" * 10240, "not a tar"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "empty"),
        ("a.exe.gz", gzip.compress(b"MZ", mtime=0), "program"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    message = refusal(written(tmp_path / name, content))
    assert said in message
    assert name.removesuffix(".gz") in message


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for path in (
        tmp_path,
        tmp_path / "absent.csv",
        Path("/vsizip/a.zip/a.csv"),
        Path("/dev/zero"),
        Path("a\0.csv"),
    ):
        assert "no file" in refusal(path)


def test_a_shapefile_without_its_parts_is_refused(tmp_path: Path) -> None:
    files = shapefile(tmp_path / "s", "a")
    members = [(file.name, file.read_bytes()) for file in files if file.suffix != ".shx"]
    assert ".shx" in refusal(zipped(tmp_path / "a.zip", *members))
    members = [(file.name, b"x" * 99 if file.suffix == ".dbf" else file.read_bytes()) for file in files]
    assert ".dbf" in refusal(zipped(tmp_path / "b.zip", *members))
    table = next(file for file in files if file.suffix == ".dbf")
    assert all(word in refusal(table) for word in ("a.shp", ".csv", ".xlsx"))


def test_damage_is_refused_in_words() -> None:
    """Whatever bytes are changed, a file is taken or refused; no reader's error comes through."""
    said: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        samples = [
            zipped(folder / "a.zip", ("a.csv", CSV), ("数据/b.csv", CSV)),
            tarred(folder / "a.tar", ("a.csv", CSV), ("数" * 100 + ".csv", CSV)),
            tarred(folder / "a.tgz", ("a.csv", CSV)),
            written(folder / "a.xlsx", workbook()),
            written(folder / "a.csv.gz", gzip.compress(CSV)),
            table("GPKG", folder / "a.gpkg"),
            table("GML", folder / "a.gml"),
            written(folder / "a.geojson", GEOJSON.replace(b"{", b'{"crs": {"type": "name"}, ', 1)),
            *shapefile(folder / "s", "a")[-2:-1],
        ]
        contents = {path: path.read_bytes() for path in samples}

        @settings(max_examples=tries(400))
        @given(
            st.sampled_from(samples),
            st.lists(
                st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=9)), min_size=1, max_size=4
            ),
            st.floats(0.1, 3),
        )
        def tried(path: Path, changes: list[tuple[float, bytes]], kept: float) -> None:
            content = bytearray(contents[path])
            for at, change in changes:
                start = int(at * len(content))
                content[start : start + len(change)] = change
            path.write_bytes(content[: int(kept * len(content))])
            try:
                with open_checked(path) as found:
                    assert found
            except ImporterError as refused:
                said.append(str(refused))

        tried()
    assert all(sentence.endswith(".") for sentence in said)
    assert len(set(said)) > tries(400) // 40
