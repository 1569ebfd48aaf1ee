"""What must not be opened is refused in a sentence, and nothing is ever written outside the folder."""

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from importers.delivery import Refused
from importers.read.archives import USUAL, Limits, opened
from importers.read.files import opened as delivered
from importers.read.safety import safe
from tests.importers.making import package

LOLS = '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><kml>&b;</kml>'
VRT = "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"


class GbkName(zipfile.ZipInfo):
    """A member named as Chinese Windows does it: in GBK, without saying so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def refused(path: Path, limits: Limits = USUAL) -> str:
    with pytest.raises(Refused) as problem, opened(path, limits):
        pass
    assert str(problem.value).endswith(".")
    return str(problem.value)


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.kml", LOLS, "DOCTYPE"),
        ("b.gml", LOLS.replace("kml", "gml"), "DOCTYPE"),
        ("c.kml", LOLS.encode("utf-16"), "DOCTYPE"),
        ("d.kml", "<kml><NetworkLink><href>http://x</href></NetworkLink></kml>", "elsewhere"),
        ("e.gml", VRT, "elsewhere"),
        ("f.vrt", VRT, "elsewhere"),
        ("g.geojson", VRT, "elsewhere"),
        ("h.shp", "not a shapefile", "not what its name says"),
        ("i.gpkg", "not a database", "not what its name says"),
        ("j.csv", b"a,b\n1,\0\0", "not what its name says"),
        ("k.xlsm", b"PK\x03\x04", "macros"),
        ("l.exe", b"MZ", "no kind"),
        ("m.csv", b"", "empty"),
        ("n.geojson", "/vsicurl/http://127.0.0.1/x.json", "elsewhere"),
        ("o.xlsx", b"PK\x03\x04", "no Excel workbook"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    tmp_path: Path, name: str, content: "str | bytes", said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert said in refused(path)


def test_a_workbook_with_macros_is_refused_by_any_name(tmp_path: Path) -> None:
    members = {"[Content_Types].xml": b"<a/>", "xl/vbaProject.bin": b"x"}
    assert "macros" in refused(zipped(tmp_path / "a.xlsx", **members))


def test_links_are_refused(tmp_path: Path) -> None:
    package(tmp_path / "h.gpkg")
    (tmp_path / "l.gpkg").symlink_to(tmp_path / "h.gpkg")
    assert "link" in refused(tmp_path / "l.gpkg")
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        member = zipfile.ZipInfo("a.geojson")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    assert "link" in refused(tmp_path / "l.zip")
    with tarfile.open(tmp_path / "l.tar", "w") as archive:
        link = tarfile.TarInfo("a.geojson")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert "link" in refused(tmp_path / "l.tar")


def test_bombs_are_stopped_by_what_comes_out(tmp_path: Path) -> None:
    small = Limits(size=5_000_000, small=1_000_000, ratio=10)
    assert "unpacks to more" in refused(zipped(tmp_path / "a.zip", **{"a.csv": b"0" * 3_000_000}), small)
    with gzip.open(tmp_path / "b.csv.gz", "wb") as file:
        file.write(b"0" * 3_000_000)
    assert "unpacks to more" in refused(tmp_path / "b.csv.gz", small)
    many = zipped(tmp_path / "c.zip", **{f"{n}.csv": b"a" for n in range(30)})
    assert "more than 20 files" in refused(many, Limits(members=20))


def test_archives_are_unpacked_once_more_and_not_again(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", **{"a.csv": b"a,b\n1,2\n"}).read_bytes()
    once = zipped(tmp_path / "once.zip", **{"inner.zip": inner})
    with opened(once) as found:
        assert [path.name for path in found] == ["a.csv"]
    assert "within archives" in refused(zipped(tmp_path / "twice.zip", **{"once.zip": once.read_bytes()}))


@pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "b/../../a.csv", "..\\a.csv", "C:\\a.csv", "a\0.csv"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"a"))
    if "\0" not in name:
        assert "leads elsewhere" in refused(tmp_path / "a.tar")
        assert "leads elsewhere" in refused(zipped(tmp_path / "a.zip", **{name: b"a"}))


@given(name=st.text(min_size=1, max_size=40))
def test_nothing_is_written_outside_whatever_the_name(name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        member = zipfile.ZipInfo("x")
        member.filename = name
        try:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(member, b"a,b\n1,2\n")
        except (UnicodeEncodeError, ValueError):
            return
        try:
            with opened(path) as found:
                assert all("import-" in str(each) for each in found)
        except Refused:
            pass
        assert [each.name for each in Path(folder).iterdir()] == ["a.zip"]


def test_several_chinese_shapefiles_in_one_zip_are_told_apart(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "交付.zip", "w") as archive:
        for name in ("新碶房屋", "大碶房屋"):
            package(tmp_path / f"{name}.gpkg", [shapely.box(121.8, 29.9, 121.81, 29.91)])
            pyogrio.write_dataframe(
                pyogrio.read_dataframe(tmp_path / f"{name}.gpkg"),
                tmp_path / f"{name}.shp",
                encoding="GB18030",
            )
            for part in tmp_path.glob(f"{name}.[sdcp]*"):
                archive.writestr(GbkName(part.name), part.read_bytes())
    with pytest.raises(Refused, match="大碶房屋"), delivered(tmp_path / "交付.zip"):
        pass
    with delivered(tmp_path / "交付.zip", "大碶房屋") as found:
        assert len(found.sample) == 1


def test_the_real_files_are_all_taken(real_data: Path) -> None:
    for path in sorted(real_data.rglob("*")):
        if path.suffix in {".shp", ".csv", ".gpkg", ".geojson", ".parquet", ".pbf", ".tif", ".json"}:
            assert safe(path) == path.resolve()
