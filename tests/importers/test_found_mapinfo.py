"""Days of MapInfo's tables, in both of its formats, that no calendar has are told of their row."""

import struct
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.sources import files
from tests.effort import tries
from tests.importers.making import reasons
from tests.importers.publishing import published

HEAD = """Version 900
Charset "WindowsSimpChinese"
Delimiter ","
CoordSys Earth Projection 1, 0
Columns 4
  名称 Char(20)
  日期 Date
  时间 DateTime
  n Integer
Data

"""
DAYS = ["20200228", "20200230", "20201301", "00000000", ""]


def exchange(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    points = "".join(f"Point {121.85 + number / 500} 29.9\n" for number in range(len(rows)))
    (folder / "a.mif").write_bytes(f"{HEAD}{points}".encode("gb18030"))
    lines = (f'"{name}",{day},{time},{number}\n' for number, (name, day, time) in enumerate(rows))
    (folder / "a.mid").write_bytes("".join(lines).encode("gb18030"))
    return folder / "a.mif"


@settings(max_examples=tries(200), deadline=None)
@given(
    st.lists(
        st.tuples(st.text("新碶大榭AB", min_size=1, max_size=6), st.sampled_from(DAYS)),
        min_size=1,
        max_size=6,
    )
)
def test_exchange_files(table: list[tuple[str, str]]) -> None:
    found: list[tuple[str, str]] = []
    told: set[int] = set()
    with (
        TemporaryDirectory() as folder,
        files.open_source(exchange(Path(folder), [(*row, "") for row in table])) as source,
    ):
        for batch in source.stream():
            told |= {*batch.faults}
            rows = [batch.values(index) for index in range(len(batch))]
            found += [(row["名称"], str(row["日期"] or "").replace("-", "")) for row in rows]
    assert found == [(name, day.strip("0") and day) for name, day in table]
    assert told == {index for index, (_name, day) in enumerate(table) if day in {"20200230", "20201301"}}


def test_only_the_rows_with_such_days_are_held(folder: Path) -> None:
    rows = [("新碶", "20200230", ""), ("小港", "20200228", "20200230100000000"), ("大榭", "20200228", "")]
    made = published(exchange(folder, rows), source_crs="EPSG:4490")
    assert made.kinds["日期"] == "date"
    assert made.column("日期") == [date(2020, 2, 28)]
    assert reasons(made.report) == {
        1: "日期: “20200230” is no day of the calendar",
        2: "时间: “2020-02-30T10:00:00” is no day of the calendar",
    }


@pytest.mark.parametrize(
    ("day", "is_told"), [((2020, 2, 30), True), ((0, 0, 0), False), ((2019, 12, 31), False)]
)
def test_native_tables(day: tuple[int, int, int], is_told: bool, tmp_path: Path) -> None:
    place = shapely.to_wkb(shapely.Point(121.85, 29.9))
    table = pa.table({"name": ["a", "b"], "day": [date(2020, 2, 28), date(2020, 3, 1)], "g": [place, place]})
    pyogrio.write_arrow(
        table,
        path := tmp_path / "a.tab",
        driver="MapInfo File",
        geometry_name="g",
        geometry_type="Point",
        crs="EPSG:4326",
    )
    content = path.with_suffix(".dat").read_bytes()
    path.with_suffix(".dat").write_bytes(
        content.replace(struct.pack("<HBB", 2020, 2, 28), struct.pack("<HBB", *day))
    )
    with files.open_source(path) as source:
        [batch] = source.stream()
    assert batch.columns["day"].to_pylist() == [
        None if is_told or not day[0] else date(*day),
        date(2020, 3, 1),
    ]
    assert [*batch.faults] == [0] * is_told
