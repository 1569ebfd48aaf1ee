"""Archives with links, locks, archives in archives, members that overlap or do not belong there."""

import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from importers.safety.inspection import open_checked
from tests.importers.safety.packing import CSV, refusal, tarred, written, zipped


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
    with open_checked(tmp_path / "b.zip") as found:
        assert len(found) == 1
    assert "c.zip in b.zip in a.zip" in refusal(zipped(tmp_path / "a.zip", ("b.zip", content)))


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    content = zipped(tmp_path / "a.zip", ("a.csv", CSV)).read_bytes()
    at = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry, finish = content[at:end], bytearray(content[end:])
    finish[8:12] = struct.pack("<HH", 2, 2)
    finish[12:16] = struct.pack("<I", 2 * len(entry))
    assert "overlap" in refusal(written(tmp_path / "b.zip", content[:at] + entry * 2 + bytes(finish)))


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
