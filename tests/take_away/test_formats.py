"""Results taken away as files: what the importers read back is what was there."""

import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from django.test import Client
from lxml import etree

from geoportal.take_away import table
from geoportal.take_away.formats import FORMATS
from geoportal.take_away.vector import short_names
from importers.crs.china_offsets import bd09_to_wgs84, gcj02_to_wgs84
from importers.sources.files import open_source
from layers.base.models import Building, PointOfInterest, Road
from layers.registry.models import AccessLogEntry, ExportLogEntry
from tests.district import SmallDistrict, point
from tests.people import client_of

pytestmark = pytest.mark.django_db
LAYERS = {"buildings": Building, "pois": PointOfInterest, "roads": Road}
FLAT = {"dxf", "xlsx"}
"""Formats that do not hold both attributes and outlines."""


def taken(client: Client, path: Path, layer: str, form: str, **words: Any) -> Path:
    """The file as a browser keeps it."""
    response: Any = client.post(f"/layers/{layer}/export", {"as": form, **words})
    assert response.status_code == 200, response.content
    name: str = response["Content-Disposition"].split('filename="')[1].rstrip('"')
    file = path / name
    file.write_bytes(b"".join(response.streaming_content))
    return file


def read_back(file: Path) -> tuple[dict[str, list[Any]], Any, str | None]:
    """Columns by name, shapes and system as the importers read them."""
    columns: dict[str, list[Any]] = {}
    shapes: list[Any] = []
    with open_source(file) as source:
        for batch in source.stream():
            for name, values in batch.columns.items():
                columns.setdefault(name, []).extend(values.to_pylist())
            if batch.shapes is not None:
                shapes += batch.shapes.to_pylist()
        crs = source.crs
    if not shapes and "wkt" in columns:
        return columns, shapely.from_wkt(np.array(columns.pop("wkt"), dtype=object)), crs
    if not shapes and "lon" in columns:
        return columns, shapely.points(*(np.array(columns.pop(n), dtype=float) for n in ("lon", "lat"))), crs
    return columns, shapely.from_wkb(np.array(shapes, dtype=object)), crs


@pytest.fixture
def planner(district: SmallDistrict, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(table, "BATCH", 1)
    return client_of("planner")


def parts(shape: Any) -> Any:
    """Whether a shape of one part is said to be one of several is the format's own affair."""
    return shapely.normalize(shapely.GeometryCollection([*shapely.get_parts(shape)]))


@pytest.mark.parametrize("layer", LAYERS)
def test_what_the_importers_read_back_is_what_was_there(layer: str, planner: Client, tmp_path: Path) -> None:
    rows: dict[int, Any] = {row.pk: row for row in LAYERS[layer]._default_manager.all()}
    assert rows
    for form in FORMATS:
        if form in FLAT:
            continue
        columns, shapes, crs = read_back(taken(planner, tmp_path, layer, form))
        keys = [int(value) for value in columns.get("feature_id") or columns["id"]]
        assert set(keys) == set(rows), form
        assert crs in {"EPSG:4490", "EPSG:4326", "OGC:CRS84", None}, form
        named = columns.get("name") or columns["Name"]
        for place, (key, shape) in enumerate(zip(keys, shapes, strict=True)):
            assert (named[place] or "") == rows[key].name, form
            if layer == "buildings":
                assert int(columns["storeys"][place]) == rows[key].storeys, form
            expected = shapely.from_wkb(bytes(rows[key].geom.wkb))
            assert parts(shape).equals_exact(parts(expected), 1e-9), (form, shape, expected)


@pytest.mark.parametrize("system", ["4550", "4549", "3857", "4326"])
def test_positions_are_in_the_system_that_was_asked_for(
    system: str, planner: Client, district: SmallDistrict, tmp_path: Path
) -> None:
    file = taken(planner, tmp_path, "buildings", "gpkg", system=system, id=district.building.pk)
    assert file.name == f"buildings_{system}.gpkg"
    frame = pyogrio.read_dataframe(file)
    assert frame.crs.to_epsg() == int(system)
    expected = district.building.geom.transform(int(system), clone=True)
    assert shapely.normalize(frame.geometry[0]).equals_exact(
        shapely.normalize(shapely.from_wkb(bytes(expected.wkb))), 1e-3 if system != "4326" else 1e-7
    )


@pytest.mark.parametrize(("system", "back"), [("gcj02", gcj02_to_wgs84), ("bd09", bd09_to_wgs84)])
def test_offset_coordinates_are_labelled_and_lead_back(
    system: str, back: Any, planner: Client, tmp_path: Path
) -> None:
    file = taken(planner, tmp_path, "pois", "csv", system=system)
    assert system in file.name
    with zipfile.ZipFile(file) as packed:
        assert "加偏坐标" in packed.read("about.txt").decode()
    columns, _shapes, _crs = read_back(file)
    points = np.column_stack([np.array(columns[f"{system}_{axis}"], dtype=float) for axis in ("lon", "lat")])
    expected = [poi.geom.coords for poi in PointOfInterest.objects.order_by("pk") if poi.geom]
    assert np.allclose(back(points), expected, atol=1e-8)
    assert not np.allclose(points, expected, atol=1e-3)
    assert pyogrio.read_info(taken(planner, tmp_path, "pois", "gpkg", system=system))["crs"] is None


def test_files_say_what_was_asked_when_and_under_which_licence(
    planner: Client, tmp_path: Path, settings: Any
) -> None:
    settings.LICENCE = "https://licence.example/"
    text = "storeys > 7"
    said: dict[str, str] = {}
    for form in FORMATS:
        words = {"system": "4326"} if form == "kml" else {}
        file = taken(planner, tmp_path, "buildings", form, filter=text, **words)
        match form:
            case "gpkg":
                with sqlite3.connect(file) as database:
                    said[form] = str(database.execute("SELECT metadata FROM gpkg_metadata").fetchall())
            case "shp" | "csv":
                with zipfile.ZipFile(file) as packed:
                    said[form] = packed.read("about.txt").decode()
            case "fgb":
                said[form] = pyogrio.read_info(file)["layer_metadata"]["DESCRIPTION"]
            case "parquet":
                said[form] = pq.read_schema(file).metadata[b"geoportal"].decode()
            case "xlsx":
                sheet = openpyxl.load_workbook(file)["about"]
                said[form] = str([[cell.value for cell in row] for row in sheet.rows])
            case "geojson":
                said[form] = str(json.loads(file.read_text())["about"])
            case _:
                said[form] = file.read_text().replace("\\U+5C42", "层")
    for form, whole in said.items():
        for part in ("https://licence.example/", text, "层", "20"):
            assert part in whole.replace("&gt;", ">"), (form, part, whole[:2000])
    log = list(ExportLogEntry.objects.values_list("layer", "rows", "who", "question"))
    assert log == [("buildings", 1, "planner", "“建筑”中，层数大于7的要素。")] * len(FORMATS)


def test_a_shapefile_tells_which_names_and_texts_it_had_to_cut(
    planner: Client, district: SmallDistrict, tmp_path: Path
) -> None:
    Building.objects.filter(pk=district.building.pk).update(address="城" * 200)
    for encoding, length in (("UTF-8", 84), ("GB18030", 127)):
        file = taken(planner, tmp_path, "buildings", "shp", encoding=encoding)
        with zipfile.ZipFile(file) as packed:
            names = {name.rpartition(".")[2] for name in packed.namelist()}
            assert {"shp", "shx", "dbf", "prj", "cpg", "txt"} <= names
            assert packed.read("buildings.cpg").decode() == encoding
            told = packed.read("about.txt").decode()
        assert "is_generat = is_generated" in told
        assert "address: 1" in told
        columns, _shapes, _crs = read_back(file)
        assert "城" * length in columns["address"]
        assert "政务大楼" in columns["name"]


def test_names_that_would_be_the_same_are_numbered() -> None:
    found = short_names(["licence_number", "licence_numerals", "数据来源的名称", "数据来源"], "UTF-8")
    assert list(found.values()) == ["licence_nu", "licence__1", "数据来", "数据_1"]


def test_a_drawing_has_a_layer_for_each_category(planner: Client, tmp_path: Path) -> None:
    file = taken(planner, tmp_path, "buildings", "dxf", system="4550")
    frame = pyogrio.read_dataframe(file)
    buildings = list(Building.objects.order_by("pk"))
    assert list(frame["Layer"]) == [building.use for building in buildings]
    for line, building in zip(frame.geometry, buildings, strict=True):
        ring = building.geom.transform(4550, clone=True)[0][0]
        assert line.length == pytest.approx(ring.length, abs=1e-3)


def test_a_workbook_holds_every_row_and_a_position(
    planner: Client, district: SmallDistrict, tmp_path: Path
) -> None:
    Building.objects.filter(pk=district.building.pk).update(name="=1+1", address="a\x01b\ufffec\uffff")
    book = openpyxl.load_workbook(taken(planner, tmp_path, "buildings", "xlsx"))
    heading, *rows = [[cell.value for cell in row] for row in book["data"].rows]
    found = {row[0]: dict(zip(heading, row, strict=True)) for row in rows}
    assert set(found) == set(Building.objects.values_list("pk", flat=True))
    mine = found[district.building.pk]
    assert (mine["name"], mine["address"]) == ("'=1+1", "abc")
    west, south, east, north = district.building.geom.extent
    assert west < mine["lon"] < east
    assert south < mine["lat"] < north


def test_rows_and_columns_are_those_of_the_reader(district: SmallDistrict, tmp_path: Path) -> None:
    def columns(who: str) -> set[str]:
        file = taken(client_of(who), tmp_path, "food-premises", "geojson")
        document = json.loads(file.read_text())
        assert len({feature["properties"]["id"] for feature in document["features"]}) == len(
            document["features"]
        )
        return set(document["features"][0]["properties"])

    assert "legal_person" in columns("planner")
    assert AccessLogEntry.objects.filter(who="planner", layer="food-premises").exists()
    assert "legal_person" not in columns("citizen")
    assert client_of("citizen").post("/layers/nowhere/export", {"as": "gpkg"}).status_code == 404
    assert Client().post("/layers/buildings/export", {"as": "gpkg"}).status_code == 401


def test_layers_without_places_are_tables(planner: Client, tmp_path: Path) -> None:
    for form, how in FORMATS.items():
        if how.needs_shapes:
            refused = planner.post("/layers/service-items/export", {"as": form, "system": "4326"})
            assert refused.status_code == 400, form
        else:
            taken(planner, tmp_path, "service-items", form)


@pytest.mark.parametrize(
    "words",
    [
        {"as": "docx"}, {"as": "gpkg", "system": "1"}, {"as": "kml", "system": "gcj02"}, {"as": "gpkg", "filter": "gone = 1"},
        {"as": "gpkg", "id": "x"}, {"as": "gpkg", "filter": "storeys >"}, {"as": "shp", "encoding": "EBCDIC"},
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused(words: dict[str, str], planner: Client) -> None:
    assert planner.post("/layers/buildings/export", words).status_code == 400
    assert not ExportLogEntry.objects.exists()


def test_chosen_rows_only_and_rows_without_a_place(
    planner: Client, district: SmallDistrict, tmp_path: Path
) -> None:
    file = taken(planner, tmp_path, "buildings", "geojson", id=str(district.building.pk), filter="id > 0")
    features = json.loads(file.read_text())["features"]
    assert [feature["properties"]["id"] for feature in features] == [district.building.pk]
    for form, how in FORMATS.items():
        words = {"system": "4326"} if form == "kml" else {}
        if how.needs_shapes or form in {"gpkg", "csv"}:
            taken(planner, tmp_path, "food-premises", form, **words)
    with zipfile.ZipFile(io.BytesIO((tmp_path / "food-premises.csv.zip").read_bytes())) as packed:
        assert packed.read("food-premises.csv").decode("utf-8-sig").count("\n") == 3


def test_kml_leaves_out_what_xml_does_not_have(planner: Client, tmp_path: Path) -> None:
    PointOfInterest.objects.create(name="甲\x0b乙\x1f", theme="travel", geom=point(121.84, 29.9))
    file = taken(planner, tmp_path, "pois", "kml")
    names = {element.text for element in etree.parse(file).iter() if element.text}
    assert "甲乙" in names


def test_all_sources_stand_in_the_file(planner: Client, tmp_path: Path) -> None:
    for number in range(8):
        PointOfInterest.objects.create(
            name=f"p{number}",
            theme="travel",
            source=f"来源{number}",
            geom=point(121.84, 29.9),
        )
    about = pyogrio.read_info(taken(planner, tmp_path, "pois", "gpkg"))["layer_metadata"]["sources"]
    assert all(f"来源{number}" in about for number in range(8))
    page = planner.get("/layers/", headers={"accept": "text/html"}).content.decode()
    assert "另有" in page
