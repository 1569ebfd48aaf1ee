"""Cases lie in a community or village and in a grid cell, whoever wrote them and whichever came first."""

from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from importers.layer_import import undo_import
from importers.models import Import
from layers.base.models import Division, GridCell
from layers.casework.models import Case, Event
from layers.coordinates import STORE_SRID
from tests.casework.conftest import Open, People
from tests.district import LAT, LON, square
from tests.importers.making import layer, load

EAST = LON + 0.03  # in the subdistrict, but in none of its parts


@pytest.fixture
def empty(people: People) -> None:
    Case.objects.all().delete()


def community(**more: object) -> Division:
    street = Division.objects.get(level="subdistrict")
    return Division.objects.create(
        **{
            "code": "330206002001",
            "name": "东社区",
            "level": "community",
            "parent": street,
            "geom": square(EAST, LAT, 0.01),
            **more,
        }
    )


def cell() -> GridCell:
    return GridCell.objects.create(code="330206002001001", geom=square(EAST, LAT, 0.002))


def at(lon: float) -> Point:
    return Point(lon + 0.0003, LAT + 0.0003, srid=STORE_SRID)


def places() -> list[tuple[str, str | None, str | None]]:
    return list(Case.objects.order_by("number").values_list("number", "division__name", "grid_cell__code"))


def bring_in(tmp_path: Path, lon: float = EAST) -> None:
    """Requests of another system: at ``lon``, in the village, and without a position."""
    rows = [
        "number,department,category,status,created date,closed date,longitude,latitude",
        f"N-1,UM,Graffiti,Closed,2026-01-05 09:00,2026-01-07 09:00,{lon + 0.0003},{LAT + 0.0003}",
        f"N-2,UM,Graffiti,Open,2026-01-05 09:00,,{LON + 0.0003},{LAT + 0.0003}",
        "N-3,UM,Graffiti,Open,2026-01-05 09:00,,,",
    ]
    path = tmp_path / "requests.csv"
    path.write_text("\n".join(rows), "utf-8")
    load(path, "enforcement-cases", source_crs="EPSG:4490")


def test_an_officer_s_case_in_a_community_is_the_community_s(open_ordinary: Open) -> None:
    made, grid = community(), cell()
    case = open_ordinary(position=at(EAST))
    assert (case.division, case.grid_cell) == (made, grid)
    case.refresh_from_db()
    assert (case.division, case.grid_cell) == (made, grid)


def test_imported_cases_are_placed_with_the_statement_that_adds_them(empty: None, tmp_path: Path) -> None:
    community(), cell()
    bring_in(tmp_path)
    assert places() == [
        ("N-1", "东社区", "330206002001001"),
        ("N-2", "大路村", "330206002200001"),
        ("N-3", None, None),
    ]
    bring_in(tmp_path, LON)
    assert places()[0] == ("N-1", "大路村", "330206002200001"), "a later delivery moves it"


def test_areas_that_arrive_later_take_in_what_lies_in_them_and_nothing_is_entered_in_the_log(
    empty: None, tmp_path: Path
) -> None:
    bring_in(tmp_path)
    assert places()[0] == ("N-1", None, None)
    events = Event.objects.count()
    community(geom=square(EAST + 0.1, LAT, 0.01))
    Division.objects.filter(code="330206002001").update(geom=square(EAST, LAT, 0.01))
    cell()
    community(code="330206002002", name="另一社区", geom=square(EAST, LAT, 0.02))
    assert places()[0] == ("N-1", "东社区", "330206002001001")
    assert places()[1] == ("N-2", "大路村", "330206002200001")
    assert Event.objects.count() == events


def test_an_import_of_areas_can_be_taken_back_although_cases_lie_in_them(empty: None, tmp_path: Path) -> None:
    bring_in(tmp_path)
    path = tmp_path / "cells.geojson"
    shape = square(EAST, LAT, 0.002).geojson
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        f'{{"code": "330206002001001"}}, "geometry": {shape}}}]}}'
    )
    load(path, "grid")
    assert places()[0][2] == "330206002001001"
    undo_import(Import.objects.latest("pk"), layer("grid"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert places()[0][2] is None


def test_who_says_the_division_with_the_position_is_believed(open_ordinary: Open) -> None:
    case, made = open_ordinary(), community()
    Case.objects.filter(pk=case.pk).update(geom=at(EAST))
    case.refresh_from_db()
    assert case.division == made
    village = Division.objects.get(level="village")
    Case.objects.filter(pk=case.pk).update(geom=at(EAST + 0.0001), division=village)
    case.refresh_from_db()
    assert case.division == village
