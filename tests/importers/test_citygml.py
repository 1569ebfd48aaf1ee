"""City models are read as footprints with heights, whichever way their buildings are written."""

from pathlib import Path

import pytest
import shapely

from importers.errors import ImporterError
from importers.sources import files
from layers.base.models import Building
from tests.importers.making import load
from tests.importers.safety.packing import zipped

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:bldg="http://www.opengis.net/citygml/building/2.0"
 xmlns:gen="http://www.opengis.net/citygml/generics/2.0" xmlns:gml="http://www.opengis.net/gml">"""
WEST, SOUTH, EAST, NORTH = 121.84, 29.90, 121.841, 29.901
CORNERS = [(SOUTH, WEST), (SOUTH, EAST), (NORTH, EAST), (NORTH, WEST), (SOUTH, WEST)]


def ring(height: float, *, patch: str = "Polygon") -> str:
    numbers = " ".join(f"{lat} {lon} {height}" for lat, lon in CORNERS)
    return (
        f"<gml:{patch}><gml:exterior><gml:LinearRing><gml:posList>{numbers}</gml:posList></gml:LinearRing>"
        f"</gml:exterior></gml:{patch}>"
    )


def wall(base: float, top: float) -> str:
    corners = [
        (SOUTH, WEST, base),
        (SOUTH, EAST, base),
        (SOUTH, EAST, top),
        (SOUTH, WEST, top),
        (SOUTH, WEST, base),
    ]
    positions = "".join(f"<gml:pos>{lat} {lon} {height}</gml:pos>" for lat, lon, height in corners)
    return f"<gml:Polygon><gml:exterior><gml:LinearRing>{positions}</gml:LinearRing></gml:exterior></gml:Polygon>"


def member(face: str) -> str:
    return f"<gml:surfaceMember>{face}</gml:surfaceMember>"


SOLID = (
    "<bldg:lod1Solid><gml:Solid><gml:exterior><gml:CompositeSurface>"
    f"{member(ring(3.0))}{member(wall(3.0, 15.5))}{member(ring(15.5))}"
    "</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod1Solid>"
)
SURFACES = (
    f"<bldg:boundedBy><bldg:GroundSurface><bldg:lod2MultiSurface><gml:MultiSurface>{member(ring(3.0))}"
    "</gml:MultiSurface></bldg:lod2MultiSurface></bldg:GroundSurface></bldg:boundedBy>"
    f"<bldg:boundedBy><bldg:WallSurface><bldg:lod2MultiSurface><gml:MultiSurface>{member(wall(3.0, 15.5))}"
    "</gml:MultiSurface></bldg:lod2MultiSurface></bldg:WallSurface></bldg:boundedBy>"
    '<bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface><gml:surfaceMember href="#a"/>'
    "</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod2Solid>"
)
FLAT = (
    "<bldg:lod0RoofEdge><gml:MultiSurface><gml:surfaceMember><gml:Surface><gml:patches>"
    f"{ring(0, patch='PolygonPatch')}</gml:patches></gml:Surface></gml:surfaceMember></gml:MultiSurface></bldg:lod0RoofEdge>"
)
PARTS = f"<bldg:consistsOfBuildingPart><bldg:BuildingPart>{SOLID}</bldg:BuildingPart></bldg:consistsOfBuildingPart>"


def city(path: Path, shape: str, system: str = "http://www.opengis.net/def/crs/EPSG/0/4490") -> Path:
    about = "<gml:name>商务楼</gml:name><bldg:measuredHeight uom='m'>12.5</bldg:measuredHeight>"
    own = "<gen:stringAttribute name='建筑编号'><gen:value>0012</gen:value></gen:stringAttribute>"
    envelope = f"<gml:boundedBy><gml:Envelope srsName='{system}' srsDimension='3'/></gml:boundedBy>"
    building = f"<bldg:Building gml:id='b1'>{about}{own}{shape}</bldg:Building>"
    path.write_text(
        f"{HEAD}{envelope}<core:cityObjectMember>{building}</core:cityObjectMember></core:CityModel>"
    )
    return path


@pytest.mark.parametrize("shape", [SOLID, SURFACES, FLAT, PARTS], ids=["solid", "surfaces", "flat", "parts"])
@pytest.mark.parametrize("system", ["EPSG/0/4490", "EPSG/0/6697"])
def test_a_building_has_its_footprint_height_and_attributes(shape: str, system: str, tmp_path: Path) -> None:
    path = city(tmp_path / "a.gml", shape, f"http://www.opengis.net/def/crs/{system}")
    with files.open_source(path) as source:
        assert source.crs == system.replace("/0/", ":")
        [batch] = source.stream()
    assert batch.values(0) == {
        "id": "b1",
        "name": "商务楼",
        "measuredHeight": "12.5",
        "建筑编号": "0012",
        "height": 12.5,
    }
    assert batch.shapes
    assert shapely.from_wkb(batch.shapes[0].as_py()).equals_exact(
        shapely.box(WEST, SOUTH, EAST, NORTH), 1e-7, normalize=True
    )


def test_city_models_become_buildings_also_packed(tmp_path: Path, db: None) -> None:
    content = city(tmp_path / "a.gml", SOLID).read_bytes()
    report = load(zipped(tmp_path / "a.zip", ("udx/bldg/a.gml", content)), anywhere=True)
    assert report.counts()["added"] == 1
    found = Building.objects.get()
    assert (found.name, found.height) == ("商务楼", 12.5)
    assert found.geom.extent == pytest.approx((WEST, SOUTH, EAST, NORTH))


def test_a_height_that_is_no_number_and_surfaces_that_are_none_are_told_of_their_building(
    tmp_path: Path,
) -> None:
    path = city(tmp_path / "a.gml", FLAT)
    text = path.read_text()
    building = text[text.index("<bldg:Building ") : text.index("</core:cityObjectMember>")]
    worse = building.replace("12.5", "unknown").replace("建筑编号", "height")
    path.write_text(
        text.replace(
            building, building + worse + building.replace("<gml:pos", "<gml:pos>x</gml:pos><gml:pos")
        )
    )
    with files.open_source(path) as source:
        [batch] = source.stream()
    assert {index: problems[0].wrong for index, problems in batch.faults.items()} == {
        1: "measuredHeight: “unknown” is no number of its column",
        2: "its surfaces hold what is no position, or name one that is not in the file",
    }
    assert batch.columns["height"].to_pylist()[0] == 12.5
    assert batch.columns["attribute height"].to_pylist() == [None, "0012", None]


def test_a_city_model_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = city(tmp_path / "a.gml", SOLID)
    path.write_text(path.read_text()[:-40])
    with pytest.raises(ImporterError, match=r"a\.gml is no CityGML"), files.open_source(path):
        pass
