"""Real cities and real registers, each loaded whole and then seen on the map."""

import gzip
from pathlib import Path

import mapbox_vector_tile
import pyrosm
import pytest
from django.contrib.gis.geos import MultiPolygon
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from importers.layer_import import undo_import
from importers.models import Import, State
from layers.agencies.models import Department, Officer
from layers.base.models import Building, Division, GridCell, PointOfInterest, Road
from layers.casework.access.actor import Actor
from layers.casework.access.permissions import department_cases
from layers.casework.analytics.filters import NOBODY
from layers.casework.analytics.statistics import count_by_group
from layers.casework.analytics.workload import count_workload
from layers.casework.cases.transitions import take_step
from layers.casework.log.event_log import log_flaws
from layers.casework.models import Case
from layers.casework.procedures.versions import version_in_force
from layers.enforcement.models import EnforcementCase
from layers.foodsafety.models import Inspection, Premises
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer
from tests.district import square, tile_at

pytestmark = pytest.mark.django_db

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


def heights_at(lon: float, lat: float) -> list[float]:
    response = Client().get(
        f"/tiles/buildings/{tile_at(15, lon, lat)}.pbf", headers={"accept-encoding": "gzip"}
    )
    assert response.status_code == 200
    features = mapbox_vector_tile.decode(gzip.decompress(response.content))["buildings"]["features"]
    return [f["properties"]["height"] for f in features if "height" in f["properties"]]


def test_monaco_loads_with_its_heights(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_osm", real_data / "monaco.osm.pbf")
    said = capsys.readouterr().out
    assert "1,459 multipolygons read" in said
    assert "2,623 lines read" in said
    assert Building.objects.count() == 1207
    measured = Building.objects.filter(height_source__startswith="实测").count()
    assert measured == 35
    from_storeys = Building.objects.filter(height_source__startswith="层数")
    assert from_storeys.exists()
    assert all(b.height == (b.storeys or 0) * 3 for b in from_storeys)
    assert Road.objects.count() > 2000
    assert PointOfInterest.objects.values("theme").distinct().count() == 8
    assert max(heights_at(7.4197, 43.7340)) > 20
    call_command("import_osm", real_data / "monaco.osm.pbf")
    assert Building.objects.count() == 1207


def test_helsinki_loads_and_what_cannot_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_osm", HELSINKI)
    said = capsys.readouterr().out
    assert "3,818 lines read" in said
    assert "8,045 points read" in said
    assert "held back" in said
    assert Building.objects.count() > 300
    assert heights_at(24.9384, 60.1699)


def test_the_measured_buildings_of_tokyo_stand_in_3d(real_data: Path) -> None:
    call_command(
        "import_layer",
        real_data / "plateau_tokyo_minato_buildings.parquet",
        "--layer",
        "buildings",
        "--accept-valid",
    )
    assert Building.objects.count() == 28106
    assert not Building.objects.filter(height=None).exists()
    assert max(heights_at(139.7454, 35.6586)) > 30


def test_san_francisco_s_premises_and_inspections_become_layers(real_data: Path) -> None:
    call_command("import_layer", real_data / "sf_food" / "sf_businesses.csv", "--layer", "food-premises")
    call_command(
        "import_layer",
        real_data / "sf_food" / "sf_inspections.csv",
        "--layer",
        "food-inspections",
        "--accept-valid",
        "--visibility",
        "public",
    )
    assert Premises.objects.count() == 6399
    assert Premises.objects.filter(geom=None).exists()
    assert Inspection.objects.count() == 14231  # two of the 14,233 rows repeat a visit
    assert Client().get("/tiles/food-inspections/" + tile_at(14, -122.42, 37.78) + ".pbf").status_code == 200


def bring_in_new_york(real_data: Path, *words: str) -> None:
    call_command(
        "import_layer",
        real_data / "nyc_311_dohmh.csv",
        "--layer",
        "enforcement-cases",
        "--anywhere",
        "--accept-valid",
        *words,
    )


def test_new_york_s_requests_become_cases(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Department.objects.create(code="DOHMH", name="卫生局")
    bring_in_new_york(real_data, "--visibility", "public")
    assert "5,895 read, 5,894 added, 1 held" in capsys.readouterr().out
    states = EnforcementCase.objects.values_list("state").annotate(Count("pk"))
    assert dict(states) == {"closed": 2462, "handling": 1682, "dispatched": 1183, "filed": 564, "lead": 3}
    assert EnforcementCase.objects.filter(closed=None).count() == 5894 - 2462
    assert EnforcementCase.objects.filter(filed=None).count() == 3
    assert not EnforcementCase.objects.exclude(version=version_in_force("urban")).exists()
    assert Client().get("/tiles/enforcement-cases/" + tile_at(12, -73.95, 40.72) + ".pbf").status_code == 200


def test_new_york_s_requests_can_be_worked_on_and_are_then_left_alone(
    real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    department = Department.objects.create(code="DOHMH", name="卫生局")
    bring_in_new_york(real_data)
    officer = Officer.objects.create(code="H1", name="处置员", department=department, posts=["handler"])
    case = EnforcementCase.objects.filter(state="dispatched").order_by("pk")[0]
    take_step(case.pk, "accept", Actor(officer.name, officer))
    began, accepted = case.events.order_by("pk")
    assert (began.kind, began.after, began.officer) == ("opened", "dispatched", None)
    assert began.data["elsewhere"]["source"] == "nyc_311_dohmh.csv"
    assert (accepted.step, accepted.before, accepted.after) == ("accept", "dispatched", "handling")
    due = case.due
    case.refresh_from_db()
    assert (case.state, case.due) == ("handling", due)
    capsys.readouterr()
    bring_in_new_york(real_data)
    assert "5,894 unchanged" in capsys.readouterr().out
    case.refresh_from_db()
    assert case.state == "handling"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not list(log_flaws())


def test_new_york_s_requests_show_on_the_board_and_in_statistics_and_can_be_taken_back(
    real_data: Path,
) -> None:
    department = Department.objects.create(code="DOHMH", name="卫生局")
    bring_in_new_york(real_data)
    cases, now = department_cases(Viewer(Audience.DEPARTMENT, ("DOHMH",))), timezone.now()
    on_desks = count_workload(cases, now)
    assert on_desks.total.total() == 5894 - 2462
    assert on_desks.states["urban", "dispatched"].total() == 1183
    counts = count_by_group(cases, "month", now)[1].counts
    assert (counts["reported"], counts["filed"], counts["closed"]) == (5894, 5891, 2462)
    assert counts["complaints"] == 5894
    assert counts["dispatched"] == 0  # how it was handled elsewhere, no log of ours tells
    imported = Import.objects.get(state=State.LOADED)
    undo_import(imported, get_layer("enforcement-cases", Viewer(Audience.RESTRICTED)))
    assert not Case.objects.filter(department=department).exists()


def test_new_york_s_requests_are_counted_by_division_and_cell(real_data: Path) -> None:
    """One half of the city is divided before they come, the other half afterwards."""
    Department.objects.create(code="DOHMH", name="卫生局")
    divide("330206001001", square(-74.3, 40.4, 0.35))
    bring_in_new_york(real_data)
    divide("330206001002", square(-73.95, 40.4, 0.35))
    cases, now = department_cases(Viewer(Audience.DEPARTMENT, ("DOHMH",))), timezone.now()
    within = [cases.filter(geom__coveredby=area.geom).count() for area in Division.objects.order_by("code")]
    assert min(within) > 100
    for by, codes in (("division", "division__code"), ("grid", "grid_cell__code")):
        counted = [row.counts["reported"] for row in count_by_group(cases, by, now)[0] if row.key != NOBODY]
        assert counted == within, by
        assert cases.exclude(**{codes: None}).count() == sum(within)
    on_board = count_workload(cases, now).cells
    assert [
        on_board[cell].total() for cell in GridCell.objects.order_by("code").values_list("pk", flat=True)
    ] == [
        cases.filter(closed=None, geom__coveredby=area.geom).count()
        for area in Division.objects.order_by("code")
    ]


def divide(code: str, area: MultiPolygon) -> None:
    community = Division.objects.create(code=code, name=code, level="community", geom=area)
    GridCell.objects.create(code=f"{code}001", division=community, geom=area)


def test_a_department_s_gbk_table_with_offset_coordinates_lands_where_the_map_has_it(real_data: Path) -> None:
    call_command(
        "import_layer", real_data / "ningbo_poi_gcj02_gbk.csv", "--layer", "pois", "--source-crs", "gcj02"
    )
    school = PointOfInterest.objects.get(name="宁波效实中学")
    assert school.theme == "learning"
    assert school.geom is not None
    assert school.geom.coords == pytest.approx((121.5245, 29.8748), abs=2e-3)
