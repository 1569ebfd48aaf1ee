"""The encoding of text is looked at: a few bytes that are no letter are told of their row, and all else is read."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.encoding import compare, decode, detect
from importers.errors import ImporterError
from tests.importers.making import reasons
from tests.importers.publishing import published

PLACES = {
    "gb18030": "1,新碶街道图书馆,泰山路12号\n2,大碶文化站,人民路5号\n",
    "big5": "1,臺北市立圖書館,建國南路二段125號\n2,板橋國小,文化路一段5號\n",
    "cp932": "1,横須賀市役所,小川町11番地\n2,よこすかポートマーケット,新港町6\n",
    "cp949": "1,서울시청,세종대로 110\n2,국립중앙박물관,서빙고로 137\n",
    "latin-1": "1,Café Zürich,Münchner Straße 5\n2,Église,rue de la République\n",
    "cp1252": "1,“Café Zürich”,Münchner Straße 5\n",
}


@pytest.mark.parametrize(("name", "encoding"), [("gbk", "gb18030"), ("utf8", "utf-8")])
def test_one_bad_byte_is_told_of_its_row_and_the_others_are_read(
    name: str, encoding: str, found: Path
) -> None:
    made = published(found / f"csv-{name}-one-bad-byte.csv")
    counts = made.report.counts()
    assert (counts["read"], counts["added"], counts["held"]) == (60, 59, 1)
    assert f"text read as {encoding}" in made.report.notes
    assert set(made.rows[0]) >= {"名称", "地址备注"}
    assert "cannot be read" in next(iter(reasons(made.report).values()))


def test_a_row_in_utf_8_among_others_is_told_with_its_right_letters(folder: Path) -> None:
    names = [f"{part}文化中心第{number}站" for number in range(9) for part in ("大光", "泰山")]
    lines = [f"{name},121.{85 + number},29.9\n" for number, name in enumerate(names)]
    content = [line.encode("gb18030") for line in lines]
    meant = "新碶小港文化馆站"
    content[4] = f"{meant},121.89,29.9\n".encode()
    (folder / "a.csv").write_bytes(b"name,lon,lat\n" + b"".join(content))
    made = published(folder / "a.csv", source_crs="EPSG:4490")
    assert "text read as gb18030" in made.report.notes
    assert set(made.column("name")) == {name for number, name in enumerate(names) if number != 4}
    assert reasons(made.report).keys() == {5}
    told = made.report.problem_rows[0]
    assert told.values["name"] == meant


def test_an_encoding_that_is_named_is_read_with_a_bad_byte_too(found: Path) -> None:
    made = published(found / "csv-gbk-one-bad-byte.csv", encoding="gb18030")
    assert made.report.counts()["added"] == 59


def test_a_file_in_another_encoding_than_is_named_is_refused(folder: Path) -> None:
    (folder / "a.csv").write_bytes("名称,lon,lat\n新碶,121.85,29.9\n".encode("gb18030"))
    with pytest.raises(ImporterError, match="not written in utf-8"):
        published(folder / "a.csv", encoding="utf-8")


@pytest.mark.parametrize("encoding", PLACES)
def test_encodings_are_told_apart_by_likelihood(encoding: str) -> None:
    assert detect(PLACES[encoding].encode(encoding)) == encoding


@pytest.mark.parametrize(
    ("encoding", "bad"), [("gb18030", "utf-16-be"), ("utf-8", "gb18030"), ("big5", "cp949")]
)
def test_one_bad_line_of_a_few_does_not_turn_the_others_into_another_encoding(
    encoding: str, bad: str
) -> None:
    lines = ["名稱", "臺北市立圖書館", "建國南路二段", "板橋國小", "文化路一段五號"]
    content = [line.encode(encoding) for line in lines]
    wrong = ("서울시청" if bad == "cp949" else "新碶街道高塘社区").encode(bad)
    assert detect(b"\n".join([*content[:2], wrong + b"\xff", *content[2:]])) == encoding


def test_a_letter_cut_by_the_width_of_a_field_says_nothing_against_the_encoding_that_is_stated() -> None:
    cells = [b"\xc3\xfb\xb3\xc6", "新碶街道办".encode("gb18030"), "小港街道大".encode("gb18030")[:9]]
    assert compare(b"\n".join(cells), "gb18030") == "gb18030"
    assert compare("Café\nMusée".encode("latin-1"), "gb18030") == "latin-1"


@given(
    st.lists(st.text("新碶一丁上A1", max_size=5), min_size=1, max_size=5),
    st.sampled_from(["utf-16-le", "utf-16-be"]),
)
def test_utf_16_is_known_without_its_mark(cells: list[str], encoding: str) -> None:
    text = "".join(f"{cell},121.85,29.9\r\n" for cell in cells)
    assert detect(text.encode(encoding)) == encoding


def test_a_table_in_utf_16_without_mark_is_read(folder: Path) -> None:
    (folder / "a.csv").write_bytes("名称,lon,lat\n新碶一,121.85,29.9\n".encode("utf-16-le"))
    assert published(folder / "a.csv").column("名称") == ["新碶一"]


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "cp932", "cp949"])
def test_a_bad_byte_changes_no_encoding(encoding: str) -> None:
    content = (PLACES[encoding] * 4).encode(encoding)
    assert detect(content + b"9,\xff,\n" + content) == encoding


@given(st.text("新碶街道图书馆泰山路号大榭渔港ABC 12", min_size=1, max_size=40), st.integers(0, 3))
def test_a_letter_that_is_cut_is_left_out_and_told(text: str, cut: int) -> None:
    for encoding in ("utf-8", "gb18030"):
        content = text.encode(encoding)[: len(text.encode(encoding)) - cut]
        read, wrong = decode(content, encoding)
        assert text.startswith(read)
        assert (wrong == "cut") == (len(read.encode(encoding)) < len(content))


@pytest.mark.parametrize("name", ["ldid-latin-gbk", "cpg1252-gbk", "cpg936-utf8"])
def test_a_shapefile_is_read_as_its_bytes_are_and_not_as_it_says(name: str, found: Path) -> None:
    made = published(found / f"shp-{name}.zip")
    headings = ("NAME", "ADDR") if name == "cpg936-utf8" else ("名称", "地址")
    assert made.report.counts()["added"] == 40
    assert "新碶" in made.rows[0][headings[0]]
    assert "北仑区大碶" in made.rows[0][headings[1]]
    assert any("but its bytes are" in note for note in made.report.notes)


@pytest.mark.parametrize(("name", "heading", "number"), [("gbk", "名称", 1), ("utf8", "NAME", 1)])
def test_a_letter_that_the_width_of_a_field_cuts_is_told_of_its_row(
    name: str, heading: str, number: int, found: Path
) -> None:
    made = published(found / f"shp-{name}-cut-letter.zip")
    cut = [each for each in made.report.problem_rows if not each.held]
    assert made.report.counts()["added"] == 40
    assert [each.row for each in cut] == [8]
    assert sorted(made.column(heading))[-1] == "新碶第9小学"
    assert "is cut in the middle of a letter" in cut[0].reason


def test_one_bad_byte_of_a_mapinfo_table_is_told_of_its_row(folder: Path) -> None:
    names = [f"新碶第{number}小学" for number in range(9)]
    head = (
        'Version 300\nDelimiter ","\nCoordSys Earth Projection 1, 104\nColumns 1\n  名称 Char(30)\nData\n\n'
    )
    points = "".join(f"Point {121.85 + number / 500} 29.9\n" for number in range(9))
    rows = "".join(f'"{name}"\n' for name in names).encode("gbk").replace("第4".encode("gbk"), b"\xff4")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a.mif", (head + points).encode("gbk"))
        archive.writestr("a.mid", rows)
    made = published(folder / "a.zip", source_crs="EPSG:4490")
    assert made.column("名称") == [name for name in names if "第4" not in name]
    assert list(reasons(made.report)) == [5]
