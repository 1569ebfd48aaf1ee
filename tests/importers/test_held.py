"""Rows that are wrong wait, are put right and tried again; an import can be taken back."""

import csv
import io
from pathlib import Path

import geopandas
import pytest
import shapely

from importers.errors import ImporterError
from importers.history import report_files
from importers.history.report import ImportReport
from importers.layer_import import undo_import
from importers.models import Import, PriorVersion, RowIssue, State
from importers.pipeline import held_rows
from layers.base.models import Building
from layers.foodsafety.models import Inspection, Premises
from layers.registry.audience import Audience
from tests.importers.making import HOUSE, NEIGHBOUR, layer, load, package

pytestmark = pytest.mark.django_db


def flawed(path: Path) -> Path:
    return package(path, [HOUSE, NEIGHBOUR], height=["9", "tall"], name=["=1+1", "甲"])


def record_of(report: ImportReport) -> Import:
    assert report.import_id is not None
    return Import.objects.get(pk=report.import_id)


def test_by_default_all_rows_load_or_none(tmp_path: Path) -> None:
    report = load(flawed(tmp_path / "h.gpkg"), accept_valid=False)
    assert "1 of 2 rows are wrong" in report.refusal
    assert not Building.objects.exists()
    kept = Import.objects.get()
    assert (kept.state, kept.counts["held"]) == (State.STOPPED, 1)
    assert kept.rows.get().values["height"] == "tall"


def test_a_held_row_that_is_put_right_loads(tmp_path: Path) -> None:
    first = load(flawed(tmp_path / "h.gpkg"), source="survey")
    imported = record_of(first)
    again = held_rows.retry(imported, layer("buildings"), None)
    assert (again.counts()["added"], again.counts()["held"]) == (0, 1)
    row = imported.rows.get()
    held_rows.correct(row, {"height": "12"})
    assert held_rows.retry(imported, layer("buildings"), None).counts()["added"] == 1
    assert Building.objects.get(external_id="b").height == 12
    assert set(Building.objects.values_list("source", flat=True)) == {"survey"}
    row.refresh_from_db()
    assert not row.is_held
    assert row.problems[0]["done"] == "put right and loaded"
    with pytest.raises(ImporterError, match="held back"):
        held_rows.retry(imported, layer("buildings"), None)


def test_a_correction_names_columns_of_the_row(tmp_path: Path) -> None:
    load(flawed(tmp_path / "h.gpkg"))
    with pytest.raises(ImporterError, match="colour"):
        held_rows.correct(RowIssue.objects.get(), {"colour": "red"})


def test_the_report_is_a_table_and_a_geopackage(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(121.84, 29.9), (121.85, 29.91), (121.85, 29.9), (121.84, 29.91)])
    path = package(tmp_path / "h.gpkg", [bow_tie, NEIGHBOUR], height=["9", "tall"], name=["", "=cmd()"])
    imported = record_of(load(path))
    lines = list(csv.DictReader(io.StringIO("".join(report_files.as_csv(imported)).lstrip("\ufeff"))))
    assert [(line["row"], line["loaded"], line["field"]) for line in lines] == [
        ("1", "yes", "geometry"),
        ("2", "no", "height"),
    ]
    assert (lines[1]["value"], lines[1]["name"]) == ("tall", "'=cmd()")
    assert lines[0]["done"] == "made valid"
    out = tmp_path / "report.gpkg"
    out.write_bytes(report_files.as_geopackage(imported))
    frame = geopandas.read_file(out)
    assert frame.crs.to_epsg() == 4490
    assert frame.geometry[1].equals(shapely.multipolygons([NEIGHBOUR]))


def test_an_import_can_be_undone(tmp_path: Path) -> None:
    load(package(tmp_path / "h.gpkg", name=["old", ""]), source="survey")
    before = list(Building.objects.order_by("pk").values())
    more = [HOUSE, shapely.box(121.85, 29.9, 121.851, 29.901)]
    second = load(
        package(tmp_path / "h2.gpkg", more, id=["a", "c"], name=["new", ""]),
        source="survey",
        remove_absent=True,
    )
    counts = second.counts()
    assert (counts["added"], counts["updated"], counts["removed"]) == (1, 1, 1)
    assert set(Building.objects.values_list("external_id", flat=True)) == {"a", "c"}
    undo_import(record_of(second), layer("buildings"))
    assert list(Building.objects.order_by("pk").values()) == before
    assert not PriorVersion.objects.exists()
    with pytest.raises(ImporterError, match="Only an import that was loaded"):
        undo_import(record_of(second), layer("buildings"))


def test_an_import_whose_rows_were_touched_since_is_kept(tmp_path: Path) -> None:
    first = load(package(tmp_path / "h.gpkg"), source="survey")
    Building.objects.filter(external_id="a").update(storeys=9)
    with pytest.raises(ImporterError, match="1 of its rows were changed"):
        undo_import(record_of(first), layer("buildings"))
    assert Building.objects.count() == 2


def test_an_import_that_others_refer_to_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("business_id,name,latitude,longitude\n1,One,29.9,121.84\n")
    first = load(path, "food-premises", source_crs="EPSG:4490")
    Inspection.objects.create(
        premises=Premises.objects.get(),
        number="1",
        kind="daily",
        date="2026-01-01",
        visibility=Audience.PUBLIC,
    )
    with pytest.raises(ImporterError, match="refer to rows"):
        undo_import(record_of(first), layer("food-premises"))
    assert Premises.objects.exists()


def test_the_mapping_of_a_delivery_is_remembered_for_the_next(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("单位,门类,X,Y\n新碶药店,药店,393000,3309000\n")
    load(path, "pois", source_crs="EPSG:4550", headings={"name": "单位", "category": "门类"})
    path.write_text("单位,门类,X,Y\n新碶药店,书店,393000,3309000\n")
    report = load(path, "pois")
    assert report.counts()["updated"] + report.counts()["unchanged"] == 1
    assert any("mapped as the last file of this sender" in note for note in report.notes)
