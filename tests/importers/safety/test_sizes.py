"""What is too large, or unpacks to more than it says or than it may, is refused."""

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

from tests.importers.safety.packing import CSV, SMALL, refusal, tarred, workbook, written, zipped


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    assert "larger" in refusal(written(tmp_path / "a.csv", b"a\n" * 600_000), SMALL)


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


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    members = [(f"{n}.csv", CSV) for n in range(21)]
    assert "more than 20 members" in refusal(zipped(tmp_path / "a.zip", *members), SMALL)
    assert "more than 20 members" in refusal(tarred(tmp_path / "a.tgz", *members), SMALL)


def test_a_tar_header_of_absurd_size_is_refused(tmp_path: Path) -> None:
    """Extended headers are read into memory whole, whatever size they state."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 20 * 1024**2
    content = header.tobuf() + bytes(header.size) + tarfile.TarInfo("a.csv").tobuf() + bytes(1024)
    assert "without measure" in refusal(written(tmp_path / "a.tar", content))
    assert "without measure" in refusal(written(tmp_path / "a.tgz", gzip.compress(content)))


def test_a_tar_that_leads_back_into_itself_ends(tmp_path: Path) -> None:
    header = bytearray(tarfile.TarInfo("a.csv").tobuf(format=tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 10 + struct.pack(">h", -512)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    refusal(written(tmp_path / "a.tar", bytes(header) * 3 + bytes(1024)))
