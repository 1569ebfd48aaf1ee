"""Chinese words arrive whole from files that do not say their encoding, or say the wrong one."""

import sqlite3
from pathlib import Path

import pytest

from importers.errors import ImporterError
from importers.sources import files
from tests.importers.making import package

DRAWING = """  0
SECTION
  2
HEADER
  9
$ACADVER
  1
{version}
  9
$DWGCODEPAGE
  3
{page}
  0
ENDSEC
  0
SECTION
  2
ENTITIES
  0
TEXT
  5
1A
  8
房屋
 10
388925.92
 20
3309583.95
 40
2.5
  1
新碶街道
  0
ENDSEC
  0
EOF
"""
TABLE = """Version 300
Charset "{charset}"
Delimiter ","
CoordSys Earth Projection 1, 104
Columns 2
  名称 Char(20)
  楼层 Integer
Data

Point 121.84 29.9
Point 121.841 29.9
"""


def words(path: Path, encoding: str | None = None) -> dict[str, list[object]]:
    with files.open_source(path, encoding=encoding) as source:
        [batch] = source.stream()
        return {name: column.to_pylist() for name, column in batch.columns.items()}


@pytest.mark.parametrize(
    ("charset", "encoding", "stated"),
    [
        ("WindowsSimpChinese", "gb18030", None),
        ("Neutral", "gb18030", None),
        ("Neutral", "gb18030", "gbk"),
        ("Neutral", "utf-8", None),
        ("UTF-8", "utf-8", None),
    ],
)
def test_mapinfo(charset: str, encoding: str, stated: str | None, tmp_path: Path) -> None:
    (tmp_path / "t.mif").write_bytes(TABLE.format(charset=charset).encode(encoding))
    (tmp_path / "t.mid").write_bytes('"新碶",3\n"大碶",\n'.encode(encoding))
    found = words(tmp_path / "t.mif", stated)
    assert found["名称"] == ["新碶", "大碶"]
    assert found["楼层"][0] == 3


def test_a_mapinfo_table_with_an_empty_text(tmp_path: Path) -> None:
    (tmp_path / "t.mif").write_bytes(TABLE.format(charset="WindowsSimpChinese").encode("gb18030"))
    (tmp_path / "t.mid").write_bytes('"新碶",3\n"",4\n'.encode("gb18030"))
    assert words(tmp_path / "t.mif")["名称"] == ["新碶", ""]


@pytest.mark.parametrize(
    ("version", "page", "encoding", "stated"),
    [
        ("AC1015", "ANSI_936", "gb18030", None),
        ("AC1021", "ANSI_936", "utf-8", None),  # newer ones are in UTF-8 whatever they say
        ("AC1032", "ANSI_1252", "utf-8", None),
        ("AC1009", "ANSI_1252", "gb18030", "gbk"),
    ],
)
def test_drawings(version: str, page: str, encoding: str, stated: str | None, tmp_path: Path) -> None:
    path = tmp_path / "t.dxf"
    path.write_bytes(DRAWING.format(version=version, page=page).encode(encoding))
    found = words(path, stated)
    assert (found["Layer"], found["Text"]) == (["房屋"], ["新碶街道"])


def test_a_geopackage_whose_text_is_no_utf_8_is_refused_until_somebody_names_it(tmp_path: Path) -> None:
    path = package(tmp_path / "h.gpkg", name=["甲", "乙"])
    with sqlite3.connect(path) as database:
        for trigger in [
            name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]:
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE h SET name = CAST(? AS TEXT)", ["新碶".encode("gb18030")])
    database.close()
    with pytest.raises(ImporterError, match="“Encoding”"):
        words(path)
    assert words(path, "gb18030")["name"] == ["新碶", "新碶"]
