"""What a GeoPackage promises is read: changes beside it, views that end, days of the calendar, numbers that are some."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from importers.errors import ImporterError
from importers.safety import geopackage
from importers.sources import files
from layers.child_process.limits import Limits
from tests.importers.making import HOUSE, package, reasons
from tests.importers.publishing import published


def edited(path: Path, *statements: str) -> Path:
    """Without the triggers, whose functions only GDAL has."""
    with closing(sqlite3.connect(path)) as database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


def left_open(folder: Path) -> Path:
    """As field programs leave it: rows 3 and 4 and a new name only in the log beside the file."""
    path = edited(package(folder / "a.gpkg", name=["甲", "乙"]), "PRAGMA journal_mode = WAL")
    taken = folder / "taken"
    taken.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("INSERT INTO a (geom, id, name) SELECT geom, id || '2', '丙' FROM a")
        database.execute("UPDATE a SET name = '改名' WHERE name = '甲'")
        database.commit()
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", taken)
    return taken


def test_changes_in_the_log_beside_a_package_are_read(folder: Path) -> None:
    packed = Path(shutil.make_archive(str(folder / "packed"), "zip", left_open(folder)))
    assert sorted(published(packed).column("name")) == ["丙", "丙", "乙", "改名"]


def test_changes_beside_a_plain_file_are_read_and_it_stays_as_it_is(folder: Path) -> None:
    path = left_open(folder) / "a.gpkg"
    before = path.read_bytes()
    assert len(published(path).rows) == 4
    assert path.read_bytes() == before


def test_a_log_of_another_file_is_refused(folder: Path) -> None:
    path = left_open(folder) / "a.gpkg"
    log = path.with_name("a.gpkg-wal")
    log.write_bytes(log.read_bytes()[:32] + bytes(1000))
    with pytest.raises(ImporterError, match="has changes beside it"):
        published(path)


def test_a_view_without_end_is_refused_in_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    path = edited(
        package(folder / "a.gpkg"),
        f"CREATE VIEW v AS {endless} SELECT i AS fid, (SELECT geom FROM a LIMIT 1) AS geom FROM n",
    )
    monkeypatch.setattr(geopackage, "READING", Limits(megabytes=500, seconds=1))
    with pytest.raises(ImporterError, match="v is computed and does not come to an end"):
        published(path, file_layer="v")


def test_a_view_with_a_value_without_measure_is_refused(folder: Path) -> None:
    path = edited(package(folder / "a.gpkg"), "CREATE VIEW v AS SELECT zeroblob(900000000) AS b FROM a")
    with pytest.raises(ImporterError, match="v is computed"):
        published(path)


def test_a_view_that_ends_is_read(folder: Path) -> None:
    path = edited(
        package(folder / "a.gpkg", name=["甲", "乙"]),
        "CREATE VIEW v AS SELECT fid, geom, name FROM a",
        "INSERT INTO gpkg_contents SELECT 'v', data_type, 'v', '', last_change, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents",
        "INSERT INTO gpkg_geometry_columns SELECT 'v', column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns",
    )
    assert published(path, file_layer="v").column("name") == ["乙", "甲"]


def test_infinite_numbers_are_held(folder: Path) -> None:
    path = edited(package(folder / "a.gpkg", v=[1.5, 2.5]), "UPDATE a SET v = 9e999 WHERE id = 'b'")
    made = published(path)
    assert made.column("v") == [1.5]
    assert "is no number" in reasons(made.report)[2]


@pytest.mark.parametrize("system", [0, -1])
def test_an_undefined_system_is_none(system: int, folder: Path) -> None:
    path = edited(
        package(folder / "a.gpkg"),
        f"UPDATE gpkg_contents SET srs_id = {system}",
        f"UPDATE gpkg_geometry_columns SET srs_id = {system}",
    )
    with pytest.raises(ImporterError, match="does not say its reference system"):
        published(path)


def test_days_that_no_calendar_has_are_held(folder: Path) -> None:
    shapes = ["2020-02-29", "2020-02-31", "2020-13-01", "0000-00-00", "2020/01/05", None]
    statements = ["ALTER TABLE a ADD COLUMN seen DATE", "DELETE FROM a WHERE id = 'b'"]
    for number, day in enumerate(shapes):
        said = "NULL" if day is None else f"'{day}'"
        statements.append(
            f"INSERT INTO a (geom, id, seen) SELECT geom, 'n{number}', {said} FROM a WHERE id = 'a'"
        )
    made = published(edited(package(folder / "a.gpkg"), *statements))
    assert [str(row["seen"]) for row in made.rows] == [
        "None",
        "2020-02-29",
        "2020-01-05",
        "None",
    ]
    assert {row: reason.split("“")[1].split("”")[0] for row, reason in reasons(made.report).items()} == {
        3: "2020-02-31",
        4: "2020-13-01",
        5: "0000-00-00",
    }


def test_a_name_means_nothing_to_the_reader(found: Path) -> None:
    made = published(found / "!name.geojson")
    assert made.column("name") == ["甲"]


def test_nothing_is_written_beside_a_source_and_nothing_stale_read_there(found: Path, folder: Path) -> None:
    path = folder / "gml-urn.gml"
    shutil.copy(found / path.name, path)
    path.with_suffix(".gfs").write_text("<GMLFeatureClassList/>")
    made = published(path)
    assert len(made.rows) == 4
    assert {each.name for each in folder.iterdir()} == {path.name, "gml-urn.gfs"}


def test_folders_of_processes_that_were_killed_are_taken_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    orphan, own = folder / "delivered-4194305-abc", folder / f"delivered-{os.getpid()}-abc"
    orphan.mkdir()
    own.mkdir()
    with files.open_source(package(folder / "a.gpkg")):
        assert not orphan.exists()
        assert own.exists()


def test_what_a_reader_warns_of_while_it_reads_is_told(
    folder: Path, recwarn: pytest.WarningsRecorder
) -> None:
    path = edited(
        package(folder / "a.gpkg"), "ALTER TABLE a ADD COLUMN seen DATE", "UPDATE a SET seen = '2020/01/05'"
    )
    recwarn.clear()
    made = published(path)
    assert {str(day) for day in made.column("seen")} == {"2020-01-05"}
    assert any("Non-conformant content" in note for note in made.report.notes)
    assert not [each for each in recwarn if "Non-conformant" in str(each.message)]


def test_texts_in_columns_of_numbers_are_held_and_never_read_as_nought(folder: Path) -> None:
    path = edited(
        package(folder / "a.gpkg", [HOUSE] * 5, whole=[1, 2, 3, 4, 5], broken=[0.5, 1.5, 2.5, 3.5, 4.5]),
        "UPDATE a SET whole = 'many' WHERE id = 'a'",
        "UPDATE a SET whole = 2.5 WHERE id = 'b'",
        "UPDATE a SET whole = 3.0 WHERE id = 'c'",
        "UPDATE a SET broken = 'half' WHERE id = 'd'",
    )
    made = published(path)
    assert (made.column("whole"), made.column("broken")) == ([3, 5], [2.5, 4.5])
    assert reasons(made.report) == {
        1: "whole: “many” is no number of its column",
        2: "whole: “2.5” is no number of its column",
        4: "broken: “half” is no number of its column",
    }
    assert [each.values["whole"] for each in made.report.problem_rows if each.row < 3] == ["many", "2.5"]


def test_text_in_another_encoding_is_told_row_by_row(folder: Path) -> None:
    path = edited(
        package(folder / "a.gpkg", [HOUSE] * 3, name=["甲", "乙", "丙"]),
        "UPDATE a SET name = CAST(x'D0C2EDA9' AS TEXT) WHERE id = 'b'",
    )
    made = published(path)
    assert made.column("name") == ["甲", "丙"]
    assert "cannot be read" in reasons(made.report)[2]


def test_text_that_ends_before_it_is_over_is_held(folder: Path) -> None:
    path = edited(
        package(folder / "a.gpkg", [HOUSE] * 3, name=["甲", "乙", "丙"]),
        "UPDATE a SET name = '新碶' || char(0) || '街道' WHERE id = 'b'",
        "UPDATE a SET name = name || char(0) WHERE id = 'c'",
    )
    made = published(path)
    assert made.column("name") == ["甲", "丙"]
    assert reasons(made.report) == {2: "name: “新碶\ufffd街道” holds a character that ends texts"}
    assert made.report.problem_rows[0].values["name"] == "新碶\ufffd街道"


def test_a_package_all_in_another_encoding_is_asked_about_and_read_in_it(folder: Path) -> None:
    words = ("新碶", "小港", "大碶")
    path = edited(
        package(folder / "a.gpkg", [HOUSE] * 3, name=list(words)),
        *(
            f"UPDATE a SET name = CAST(x'{word.encode('gb18030').hex()}' AS TEXT) WHERE name = '{word}'"
            for word in words
        ),
    )
    with pytest.raises(ImporterError, match="choose its encoding under"):
        published(path)
    assert set(published(path, encoding="gb18030").column("name")) == set(words)


def test_what_a_reader_warns_of_when_it_opens_is_told_without_our_folders(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    path = edited(package(tmp_path / "a.gpkg"), "PRAGMA application_id = 12345")
    recwarn.clear()
    with files.open_source(path) as source:
        rows = sum(map(len, source.stream()))
    assert (rows, source.notes) == (2, ["GDAL says: GPKG: bad application_id=0x00003039 on 'a.gpkg'"])
    assert not recwarn.list
    assert capfd.readouterr().err == ""
