"""The door describes itself: schemas, reference systems, OpenAPI, titles in both languages."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV30SpecValidator

from layers.foodsafety.models import Premises
from tests.district import SmallDistrict
from tests.ogc.asking import ask

pytestmark = pytest.mark.django_db
EPSG = "http://www.opengis.net/def/crs/EPSG/0"


def test_fields_are_described_with_types_and_code_lists(district: SmallDistrict, client: Client) -> None:
    described = ask(client, "/ogc/collections/buildings/schema")["properties"]
    assert described["storeys"]["type"] == "integer"
    assert "office" in described["use"]["enum"]
    assert described["height"]["title"] == "高度"
    inspections = ask(client, "/ogc/collections/food-inspections/schema")["properties"]
    assert inspections["date"]["format"] == "date"


def test_a_layer_says_what_its_geometries_are_and_how_they_are_kept(
    district: SmallDistrict, client: Client
) -> None:
    Premises.objects.update(geom=None)
    for name, shape in (
        ("food-premises", "geometry-point"),
        ("roads", "geometry-multilinestring"),
        ("buildings", "geometry-multipolygon"),
    ):
        for part in ("schema", "queryables"):
            described = ask(client, f"/ogc/collections/{name}/{part}")["properties"]["geometry"]
            assert described == {"format": shape, "x-ogc-role": "primary-geometry"}
    described = ask(client, "/ogc/collections/buildings")
    assert described["storageCrs"] == f"{EPSG}/4490"
    assert {described["storageCrs"], f"{EPSG}/4549", f"{EPSG}/4550"} <= set(described["crs"])
    assert "geometry" not in ask(client, "/ogc/collections/service-items/schema")["properties"]


def test_the_description_names_what_is_there_and_nothing_else(
    district: SmallDistrict, client: Client
) -> None:
    described = ask(client, "/ogc/openapi")
    OpenAPIV30SpecValidator(described).validate()
    for path, methods in described["paths"].items():
        assert set(methods) == {"get"}
        address = f"/ogc{path.replace('{featureId}', str(district.building.pk))}"
        if "{featureId}" not in path or "/buildings/" in path:
            assert client.get(address).status_code == 200, path
        for parameter in methods["get"]["parameters"]:
            own = parameter if "name" in parameter else resolved(described, parameter["$ref"])
            given = own["schema"].get("default", "x")
            if own["in"] == "query" and "items/" not in path and own["name"] != "f":
                said = client.get(address, {own["name"]: given}).json().get("error", "")
                assert "没有参数" not in said, (path, own["name"])
    refs = re.findall(r'"\$ref": "([^"]*)"', json.dumps(described))
    assert {ref[:2] for ref in refs} == {"#/"}


def resolved(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


@pytest.mark.parametrize(
    ("address", "headers", "title"),
    [
        ("/ogc/collections/buildings", {}, "建筑"),
        ("/ogc/collections/buildings", {"accept-language": "zh-CN,zh;q=0.9"}, "建筑"),
        ("/ogc/collections/buildings", {"accept-language": "en-GB"}, "Buildings"),
        ("/ogc/collections/buildings?lang=en-US", {}, "Buildings"),
        ("/ogc/collections/buildings?lang=zh", {"accept-language": "en"}, "建筑"),
    ],
)
def test_titles_are_in_the_language_that_is_asked_for(
    address: str, headers: dict[str, str], title: str, client: Client
) -> None:
    assert ask(client, address, headers=headers)["title"] == title


@pytest.mark.parametrize("asked", ["xx-yy", "english", ""])
@pytest.mark.parametrize("path", ["", "openapi", "collections", "collections/buildings/items"])
def test_a_language_that_there_is_not_is_refused_with_those_there_are(
    path: str, asked: str, district: SmallDistrict, client: Client
) -> None:
    described = ask(client, "/ogc/openapi")["components"]["parameters"]["lang"]["schema"]["enum"]
    refused = client.get(f"/ogc/{path}", {"lang": asked}, headers={"accept": "application/json"})
    said = refused.json()
    assert (refused.status_code, said["code"]) == (400, "InvalidParameterValue")
    assert said["error"] == f"“lang”应为下列之一：{', '.join(described)}。"
