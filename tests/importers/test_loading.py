"""All accepted rows or none; the same file twice changes nothing; a newer one updates by key."""

from pathlib import Path

import pytest
import shapely
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from importers.models import Import, RowIssue, State
from importers.pipeline import insertion, staging
from layers.agencies.models import Department
from layers.base.models import Building, PointOfInterest
from tests.district import square
from tests.importers.making import HOUSE, NEIGHBOUR, load, package, reasons


@pytest.mark.django_db
def test_the_same_file_twice_changes_nothing_and_a_newer_one_updates(tmp_path: Path) -> None:
    load(package(tmp_path / "h.gpkg"), source="survey")
    with CaptureQueriesContext(connection) as asked:
        again = load(package(tmp_path / "h2.gpkg"), source="survey")
    assert again.counts()["unchanged"] == 2
    assert not [query for query in asked if "importers_priorversion (" in query["sql"]]
    newer = load(package(tmp_path / "h3.gpkg", name=["甲", ""]), source="survey")
    assert (newer.counts()["updated"], newer.counts()["unchanged"]) == (1, 1)
    assert Building.objects.count() == 2


@pytest.mark.django_db
def test_a_table_that_was_filled_a_moment_ago_does_not_pass_for_empty(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE base_building")
        path = package(tmp_path / "h.gpkg", [HOUSE] * 40, id=[f"h{n}" for n in range(40)])
        load(path, source="survey")
        assert load(path, source="survey").counts()["unchanged"] == 40
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'base_building'::regclass")
        assert cursor.fetchone()[0] == 40


@pytest.mark.django_db
def test_a_row_with_an_identifier_may_move(tmp_path: Path) -> None:
    load(package(tmp_path / "h.gpkg", [HOUSE]), source="survey")
    report = load(package(tmp_path / "h2.gpkg", [NEIGHBOUR]), source="survey")
    assert report.counts()["updated"] == 1
    assert Building.objects.get().geom.extent == pytest.approx(NEIGHBOUR.bounds)


@pytest.mark.django_db
def test_identifiers_of_different_sources_do_not_meet(tmp_path: Path) -> None:
    load(package(tmp_path / "h.gpkg", [HOUSE]), source="survey")
    load(package(tmp_path / "h2.gpkg", [NEIGHBOUR]), source="other")
    assert Building.objects.count() == 2


@pytest.mark.django_db
def test_an_identifier_that_repeats_is_none_and_no_row_is_lost(tmp_path: Path) -> None:
    path = package(tmp_path / "h.gpkg", id=["0", "0"])
    report = load(path, source="survey")
    assert report.counts()["added"] == 2
    assert "external_id repeats" in " ".join(report.notes)
    assert load(path, source="survey").counts()["unchanged"] == 2


@pytest.mark.django_db
def test_a_row_that_repeats_another_is_listed_and_the_later_one_kept(tmp_path: Path) -> None:
    path = package(
        tmp_path / "h.gpkg", [HOUSE, HOUSE, NEIGHBOUR], id=["", "", ""], name=["old", "new", "other"]
    )
    report = load(path)
    assert report.counts()["added"] == 2
    assert reasons(report) == {1: "repeats the key of row 2, which is kept"}
    assert set(Building.objects.values_list("name", flat=True)) == {"new", "other"}


@pytest.mark.django_db
def test_shops_at_one_door_are_told_apart_by_name(tmp_path: Path) -> None:
    door = shapely.Point(121.84, 29.9)
    path = package(tmp_path / "p.gpkg", [door, door], id=["", ""], name=["甲", "乙"], category=["shop"] * 2)
    assert load(path, "pois").counts()["added"] == 2
    assert load(path, "pois").counts()["unchanged"] == 2
    assert PointOfInterest.objects.count() == 2


@pytest.mark.django_db
def test_what_was_generated_is_not_once_real_data_replace_it(tmp_path: Path) -> None:
    Building.objects.create(
        external_id="a", source="survey", is_generated=True, use="other", geom=square(121.84, 29.9, 0.001)
    )
    load(package(tmp_path / "h.gpkg"), source="survey")
    assert not Building.objects.get(external_id="a").is_generated


@pytest.mark.django_db
def test_a_dry_run_leaves_nothing(tmp_path: Path) -> None:
    report = load(package(tmp_path / "h.gpkg"), dry_run=True)
    assert report.counts()["added"] == 2
    assert not Building.objects.exists()
    assert Import.objects.get().state == State.TRIED


@pytest.mark.django_db
def test_an_import_is_recorded_with_its_outcome(tmp_path: Path) -> None:
    shapes = [HOUSE, shapely.Point(121.84, 29.9)]
    report = load(package(tmp_path / "h.gpkg", shapes), source="survey")
    kept = Import.objects.get()
    assert kept.counts == report.counts()
    assert kept.counts["read"] == 2 == kept.counts["added"] + kept.counts["held"]
    assert (kept.layer, kept.file_name, kept.source, len(kept.sha256)) == (
        "buildings",
        "h.gpkg",
        "survey",
        64,
    )
    assert kept.started is not None
    assert kept.finished is not None
    assert kept.started <= kept.finished
    [row] = RowIssue.objects.filter(is_held=True)
    assert (row.imported, row.row, row.problems[0]["wrong"]) == (kept, 2, "is a Point, no polygon")
    assert kept.report["bounds"] == pytest.approx(HOUSE.bounds)


@pytest.mark.django_db
def test_a_database_that_refuses_a_row_keeps_none(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE base_building ADD CONSTRAINT no_b CHECK (external_id <> 'b')")
    with pytest.raises(DatabaseError):
        load(package(tmp_path / "h.gpkg"))
    assert not Building.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_rows_that_refer_to_others_load_before_their_indexes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insertion, "MANY", 10)
    path = tmp_path / "c.csv"
    lines = [f"{n},ZF,占道,立案,2026-01-02 10:00,121.84,29.9\n" for n in range(40)]
    path.write_text("案号,部门,类别,状态,发现时间,lon,lat\n" + "".join(lines))
    Department.objects.create(code="ZF", name="综合行政执法局")
    assert load(path, "enforcement-cases", source_crs="EPSG:4490").counts()["added"] == 40
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid = 'casework_case'::regclass")
        assert cursor.fetchone()[0] > 3


@pytest.mark.django_db
def test_rows_are_numbered_alike_however_many_are_copied_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    houses: list[shapely.Geometry | None] = [
        shapely.box(121.84 + n / 1000, 29.9, 121.8405 + n / 1000, 29.901) for n in (0, 1, 2, 3, 1, 5, 6)
    ]
    heights = ["9", "9", "tall", "9", "9", "high", "9"]
    path = package(tmp_path / "h.gpkg", houses, id=["a", "b", "c", "d", "b", "f", "g"], height=heights)
    for rows in (2, 7):
        monkeypatch.setattr(staging, "ROWS_TO_COPY", rows)
        found = load(path, dry_run=True)
        assert reasons(found) == {
            2: "repeats the key of row 5, which is kept",
            3: "“tall” is no length",
            6: "“high” is no length",
        }
        assert (found.read, found.counts()["added"]) == (7, 4)
