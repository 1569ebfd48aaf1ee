"""What somebody uploads is looked into before any reader sees it."""

import gzip
import http.server
import io
import sqlite3
import struct
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import geopandas
import openpyxl
import pandas
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.delivery import Refused
from importers.read.archives import Limits
from importers.read.safety import opened

CSV = "name,lon,lat\n新碶,121.8,29.9\n".encode()
POINT = '{"type": "Point", "coordinates": [121.8, 29.9]}'
GEOJSON = f'{{"type": "Feature", "properties": {{"a": 1}}, "geometry": {POINT}}}'.encode()
KML = b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark/></kml>'
GML = b'<?xml version="1.0"?><FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>'
DTD = b'<?xml version="1.0"?><!-- <kml> --><!DOCTYPE kml [<!ENTITY a "aaaa">]>'
SMALL = Limits(max_bytes=1_000_000, max_members=20)


class ChineseName(zipfile.ZipInfo):
    """A member named in GBK without saying so, as Windows in China packs it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def tarred(path: Path, *members: tuple[tarfile.TarInfo | str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in {".gz", ".tgz"} else "w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def workbook(*more: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["name", "lon", "lat"])
    book.save(content)
    with zipfile.ZipFile(content, "a") as archive:
        for name, part in more:
            archive.writestr(name, part)
    return content.getvalue()


def macro_workbook() -> bytes:
    """A workbook whose macros lie in a part of another name."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as book, zipfile.ZipFile(content, "w") as changed:
        for info in book.infolist():
            changed.writestr(
                info, book.read(info).replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
            )
        changed.writestr("xl/theme.bin", b"x")
    return content.getvalue()


def shapefile(folder: Path, name: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    frame = geopandas.GeoDataFrame({"名称": [name]}, geometry=[shapely.Point(121.8, 29.9)], crs="EPSG:4326")
    frame.to_file(folder / f"{name}.shp", encoding="gb18030", engine="pyogrio")
    return sorted(folder.glob(f"{name}.*"))


def table(driver: str, path: Path) -> Path:
    geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(121.8, 29.9)], crs="EPSG:4326").to_file(
        path, driver=driver, engine="pyogrio"
    )
    return path


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as refused, opened(path, *([limits] if limits else [])):
        pass
    said = str(refused.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


@pytest.fixture(autouse=True)
def unpacked_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Whatever is unpacked is gone in the end."""
    folder = tmp_path / "unpacked"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


# What is taken


def test_every_real_file_is_taken_as_it_is(real_data: Path) -> None:
    parts = {".dbf", ".shx", ".prj", ".md"}
    files = [file for file in real_data.rglob("*") if file.is_file() and file.suffix not in parts]
    assert len(files) > 20
    for file in files:
        with opened(file) as found:
            assert found == [file.resolve()]


def test_the_real_difficult_files_are_taken_from_one_zip(real_data: Path, tmp_path: Path) -> None:
    members = [(f"hard/{file.name}", file.read_bytes()) for file in sorted((real_data / "hard").iterdir())]
    with opened(zipped(tmp_path / "hard.zip", *members)) as found:
        assert [file.name for file in found] == [
            "chinese.shp",
            "curved_polys.gpkg",
            "invalid_coordinates.shp",
            "popctr_state1970.shp",
            "testdms.csv",
        ]
        assert (found[0].parent / "chinese.prj").exists()


def test_a_part_of_a_shapefile_asks_for_the_whole(real_data: Path) -> None:
    assert "gbk.shp" in refusal(real_data / "hard" / "gbk.dbf")


def test_two_shapefiles_with_chinese_names_in_gbk_open(tmp_path: Path) -> None:
    files = [*shapefile(tmp_path / "图", "道路"), *shapefile(tmp_path / "图", "新碶建筑")]
    members = [(ChineseName(f"北仑/{file.name}"), file.read_bytes()) for file in files]
    path = zipped(tmp_path / "a.zip", *members)
    assert "道路".encode("gbk") in path.read_bytes()
    with opened(path) as found:
        assert sorted(file.name for file in found) == ["新碶建筑.shp", "道路.shp"]
        assert {file.parent.name for file in found} == {"北仑"}
        for file in found:
            _, _, shapes, values = pyogrio.raw.read(file)
            assert len(shapes) == 1
            assert values[0][0] == file.stem


@pytest.mark.parametrize("encode", ["utf-8 with flag", "utf-8 without flag"])
def test_names_in_utf_8_stay(tmp_path: Path, encode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if encode == "utf-8 without flag":
        monkeypatch.setattr(
            ChineseName, "_encodeFilenameFlags", lambda self: (self.filename.encode(), self.flag_bits)
        )
        member: str | zipfile.ZipInfo = ChineseName("数据/学校.csv")
    else:
        member = "数据/学校.csv"
    with opened(zipped(tmp_path / "a.zip", (member, CSV))) as found:
        assert [f"{file.parent.name}/{file.name}" for file in found] == ["数据/学校.csv"]


def test_all_names_of_an_archive_share_one_encoding(tmp_path: Path) -> None:
    """学习 in GBK is also valid UTF-8; its neighbours tell what it is."""
    path = zipped(
        tmp_path / "a.zip", *((ChineseName(f"{name}.csv"), CSV) for name in ("学习", "新碶街道", "大碶街道"))
    )
    with opened(path) as found:
        assert sorted(file.stem for file in found) == sorted(["学习", "新碶街道", "大碶街道"])


def test_names_are_made_harmless_and_stay_recognisable(tmp_path: Path) -> None:
    for path in (
        zipped(tmp_path / "a.zip", ("学\u202e校*:\n一.CSV", CSV)),
        tarred(tmp_path / "a.tar", ("学\u202e校*:\n一.CSV", CSV)),
    ):
        with opened(path) as found:
            assert [file.name for file in found] == ["学_校___一.csv"]


def test_a_file_geodatabase_is_its_folder(tmp_path: Path) -> None:
    table("OpenFileGDB", tmp_path / "区.gdb")
    members = [(f"区.gdb/{file.name}", file.read_bytes()) for file in (tmp_path / "区.gdb").iterdir()]
    with opened(zipped(tmp_path / "a.zip", *members)) as found:
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
        with opened(file) as found:
            assert pyogrio.read_info(found[0], layer=0, force_feature_count=True)["features"] == 1
    members = [(file.name, file.read_bytes()) for file in tmp_path.glob("a.*")]
    with opened(zipped(tmp_path / "all.zip", *members)) as found:
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
        with opened(written(tmp_path / name, content)) as found:
            assert found == [tmp_path / name]


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
        with opened(path) as found:
            assert sorted(file.name for file in found) == sorted(names)
            assert all(file.is_file() and not file.is_symlink() for file in found)


def test_what_is_unpacked_is_gone_after_the_block(tmp_path: Path) -> None:
    with opened(zipped(tmp_path / "a.zip", ("a.csv", CSV))) as found:
        assert pandas.read_csv(found[0])["name"].tolist() == ["新碶"]
    assert not found[0].exists()
    with pytest.raises(KeyError), opened(tmp_path / "a.zip") as found:
        raise KeyError
    assert not found[0].exists()


# What is refused: contents


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
        ("a.csv.gz", b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 200_000, "no end"),
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
        ("a.parquet", b"PAR1xxxxxxxx", "whole Parquet"),
        ("a.parquet", b"xxxxxxxxPAR1", "not whole Parquet"),
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


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    assert "larger" in refusal(written(tmp_path / "a.csv", b"a\n" * 600_000), SMALL)


def test_a_shapefile_without_its_parts_is_refused(tmp_path: Path) -> None:
    files = shapefile(tmp_path / "s", "a")
    members = [(file.name, file.read_bytes()) for file in files if file.suffix != ".shx"]
    assert ".shx" in refusal(zipped(tmp_path / "a.zip", *members))
    members = [(file.name, b"x" * 99 if file.suffix == ".dbf" else file.read_bytes()) for file in files]
    assert ".dbf" in refusal(zipped(tmp_path / "b.zip", *members))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE x USING virtualogr('/etc/passwd')",
        "CREATE VIEW x AS SELECT ogr_geocode('Ningbo')",
        "CREATE VIEW x AS SELECT load_extension/**/('/tmp/a.so')",
        "CREATE VIRTUAL TABLE x USING/**/VirtualText('/etc/passwd')",
    ],
)
def test_a_geopackage_that_reaches_out_is_refused(tmp_path: Path, sql: str) -> None:
    path = table("GPKG", tmp_path / "a.gpkg")
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = on")
        database.execute(
            "INSERT INTO sqlite_master VALUES (?, 'x', 'x', 0, ?)",
            [sql.split()[1].lower().replace("virtual", "table"), sql],
        )
    database.close()
    assert "outside the file" in refusal(path)


class Asked(http.server.BaseHTTPRequestHandler):
    paths: list[str] = []

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_error(404)

    def log_message(self, *said: object) -> None:
        pass


def test_reading_gml_asks_no_address(tmp_path: Path) -> None:
    """A file from a feature service names that service's schema; it is taken, and the service left alone."""
    Asked.paths.clear()
    with http.server.HTTPServer(("127.0.0.1", 0), Asked) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            schema = f"http://127.0.0.1:{server.server_port}/wfs?service=WFS&amp;version=1.0.0&amp;request=DescribeFeatureType&amp;typeName=t:a"
            content = (
                '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs"'
                ' xmlns:gml="http://www.opengis.net/gml" xmlns:t="http://t"'
                f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://t {schema}">'
                "<gml:featureMember><t:a><t:n>1</t:n><t:g><gml:Point><gml:coordinates>1,2</gml:coordinates></gml:Point></t:g></t:a>"
                "</gml:featureMember></wfs:FeatureCollection>"
            )
            pyogrio.set_gdal_config_options({"GML_DOWNLOAD_SCHEMA": None})
            pyogrio.read_info(written(tmp_path / "asks.gml", content.encode()))
            assert len(Asked.paths) == 1
            with opened(written(tmp_path / "a.gml", content.encode())) as found:
                assert pyogrio.read_info(found[0])["features"] == 1
        finally:
            server.shutdown()
            thread.join()
    assert len(Asked.paths) == 1


# What is refused: archives


@pytest.mark.parametrize(
    "name",
    [
        "../a.csv",
        "b/../../a.csv",
        "/etc/a.csv",
        "C:/a.csv",
        "c:a.csv",
        "b\\..\\a.csv",
        "..",
        "vsicurl/http/a.csv",
        "b/vsizip/a.csv",
        "../readme.md",
    ],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    for path in (
        zipped(tmp_path / "a.zip", ("good.csv", CSV), (name, CSV)),
        tarred(tmp_path / "a.tar", ("good.csv", CSV), (name, CSV)),
    ):
        assert "leads out" in refusal(path)


parts = st.one_of(
    st.sampled_from(
        [
            "..",
            ".",
            "",
            "a",
            "学校",
            "/",
            "\\",
            "C:",
            "~",
            "a.csv",
            "CON",
            "\u202e",
            ". .",
            "a.gdb",
            "x" * 300,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
names = st.lists(parts, min_size=1, max_size=12).map("/".join)


def test_no_name_writes_outside_the_folder() -> None:
    taken = []

    @settings(max_examples=150, deadline=None)
    @given(st.lists(names, min_size=1, max_size=4, unique=True), st.booleans(), st.booleans())
    def tried(names: list[str], as_tar: bool, escaping: bool) -> None:
        with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
            sandbox = Path(made).resolve()
            deep = sandbox / "1" / "2" / "3"
            deep.mkdir(parents=True)
            members = [(name.removesuffix("/") + ".csv", CSV) for name in [*names, "good"]]
            if escaping:
                members.append((f"{sandbox}/escaped.csv", CSV))
            path = tarred(sandbox / "a.tar", *members) if as_tar else zipped(sandbox / "a.zip", *members)
            patch.setattr(tempfile, "tempdir", str(deep))
            before = set(sandbox.rglob("*"))
            try:
                with opened(path) as found:
                    (folder,) = deep.iterdir()
                    new = set(sandbox.rglob("*")) - before
                    assert found
                    assert all(file == folder or folder in file.parents for file in new)
                    assert all(file.resolve() == file for file in found)
                    taken.append(path)
            except Refused:
                pass
            assert set(sandbox.rglob("*")) == before

    tried()
    assert len(taken) > 10


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

        @settings(max_examples=400, deadline=None)
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
                with opened(path) as found:
                    assert found
            except Refused as refused:
                said.append(str(refused))

        tried()
    assert all(sentence.endswith(".") for sentence in said)
    assert len(set(said)) > 10


def linked(kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo("a.csv")
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    for name in ("a.tar", "a.tgz"):
        assert "a.csv is a link or a device" in refusal(tarred(tmp_path / name, (linked(kind), b"")))


def test_a_sparse_member_is_refused(tmp_path: Path) -> None:
    """It states a size that its archive need not hold."""
    info = tarfile.TarInfo("a.csv")
    info.pax_headers = {"GNU.sparse.map": "0,1,9000000000,1", "GNU.sparse.size": "9000000001"}
    assert "a.csv is a link or a device" in refusal(tarred(tmp_path / "a.tar", (info, b"ab")))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    assert "a.csv is a link" in refusal(zipped(tmp_path / "a.zip", (link, b"/etc/passwd")))


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", ("a.csv", CSV)).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert "a.csv is locked with a password" in refusal(written(tmp_path / "b.zip", bytes(content)))


def test_an_archive_three_deep_is_refused(tmp_path: Path) -> None:
    content = zipped(tmp_path / "c.zip", ("a.csv", CSV)).read_bytes()
    content = zipped(tmp_path / "b.zip", ("c.zip", content)).read_bytes()
    with opened(tmp_path / "b.zip") as found:
        assert len(found) == 1
    assert "c.zip in b.zip in a.zip" in refusal(zipped(tmp_path / "a.zip", ("b.zip", content)))


def test_what_unpacks_to_too_much_for_its_size_is_refused(tmp_path: Path) -> None:
    zeros = bytes(60 * 1024**2)
    for path in (
        zipped(tmp_path / "a.zip", ("a.csv", zeros)),
        zipped(tmp_path / "ignored.zip", ("a.csv", CSV), ("a.bin", zeros)),
        tarred(tmp_path / "a.tar.gz", ("a.csv", zeros)),
        written(tmp_path / "a.csv.gz", gzip.compress(zeros)),
        zipped(tmp_path / "n.zip", ("a.csv.gz", gzip.compress(zeros))),
        written(tmp_path / "a.xlsx", workbook_of(zeros)),
    ):
        assert "200 times" in refusal(path)


def workbook_of(content: bytes) -> bytes:
    book = io.BytesIO(workbook())
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", content)
    return book.getvalue()


def test_what_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path, unpacked_here: Path) -> None:
    much = b"a,b\n" * 300_000
    for path in (
        zipped(tmp_path / "a.zip", ("a.csv", much)),
        tarred(tmp_path / "a.tgz", ("a.csv", much)),
        written(tmp_path / "a.csv.gz", gzip.compress(much)),
        zipped(tmp_path / "two.zip", ("a.csv", much[:700_000]), ("b.csv", much[:700_000])),
        zipped(tmp_path / "n.zip", ("a.csv.gz", gzip.compress(much[:900_000])), ("b.csv", much[:200_000])),
    ):
        assert "1,000,000 bytes" in refusal(path, SMALL)


def test_sizes_that_are_lies_do_not_let_more_through(tmp_path: Path) -> None:
    much = b"a,b\n" * 300_000
    content = bytearray(zipped(tmp_path / "a.zip", ("a.csv", much)).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(mark) + offset
        content[at : at + 4] = struct.pack("<I", 100)
    assert "cannot be unpacked" in refusal(written(tmp_path / "b.zip", bytes(content)), SMALL)


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    content = zipped(tmp_path / "a.zip", ("a.csv", CSV)).read_bytes()
    at = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry, finish = content[at:end], bytearray(content[end:])
    finish[8:12] = struct.pack("<HH", 2, 2)
    finish[12:16] = struct.pack("<I", 2 * len(entry))
    assert "overlap" in refusal(written(tmp_path / "b.zip", content[:at] + entry * 2 + bytes(finish)))


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    members = [(f"{n}.csv", CSV) for n in range(21)]
    assert "more than 20 members" in refusal(zipped(tmp_path / "a.zip", *members), SMALL)
    assert "more than 20 members" in refusal(tarred(tmp_path / "a.tgz", *members), SMALL)


def test_a_tar_header_of_absurd_size_is_refused(tmp_path: Path) -> None:
    """Extended headers are read into memory whole, whatever size they state."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 20 * 1024**2
    content = header.tobuf() + bytes(header.size) + tarfile.TarInfo("a.csv").tobuf() + bytes(1024)
    assert "absurd" in refusal(written(tmp_path / "a.tar", content))
    assert "absurd" in refusal(written(tmp_path / "a.tgz", gzip.compress(content)))


def test_a_tar_that_leads_back_into_itself_ends(tmp_path: Path) -> None:
    header = bytearray(tarfile.TarInfo("a.csv").tobuf(format=tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 10 + struct.pack(">h", -512)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    refusal(written(tmp_path / "a.tar", bytes(header) * 3 + bytes(1024)))


def test_one_place_is_unpacked_once(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped(tmp_path / "a.zip", ("a.csv", CSV), ("a.csv", CSV))
    assert "a.csv twice" in refusal(path)
    assert "twice" in refusal(zipped(tmp_path / "b.zip", ("a.csv", CSV), ("a.csv/b.csv", CSV)))


def test_dangerous_members_beside_data_are_refused(tmp_path: Path) -> None:
    for name, said in (
        ("setup.EXE", "program"),
        ("a.vrt", "only points"),
        ("a.xlsm", "macros"),
        ("b.kml", "not KML"),
        ("b.csv", "empty"),
    ):
        content = b"" if name == "b.csv" else b"<a/>"
        assert said in refusal(zipped(tmp_path / "a.zip", ("a.csv", CSV), (name, content)))


def test_an_archive_of_nothing_readable_says_what_it_holds(tmp_path: Path) -> None:
    said = refusal(zipped(tmp_path / "a.zip", ("说明.pdf", b"x"), ("b/c.doc", b"x")))
    assert "说明.pdf, b/c.doc" in said
    assert ".gpkg" in said


def test_several_may_be_open_at_once(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a.csv", CSV))
    with ExitStack() as stack:
        first, second = (stack.enter_context(opened(path)) for _ in range(2))
        assert first != second
