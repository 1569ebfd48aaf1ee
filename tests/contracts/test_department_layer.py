"""A layer for departments does not exist for anybody else, at no door, nor for anybody once it is withdrawn."""

from collections.abc import Iterator

import pytest
from django.test import Client

from layers.base.models import Building
from layers.registry.audience import Audience
from layers.registry.database.publication import publish
from layers.registry.declaration.group import BASE
from layers.registry.declaration.layer import Attribute, Geometry, Layer, Place
from layers.registry.declaration.symbology import Symbology
from layers.registry.registration import register, unregister
from layers.registry.text import Text
from tests.district import LAT, LON, SmallDistrict, tile_at
from tests.people import client_of
from tiles.raster.app import reset

pytestmark = pytest.mark.django_db

SURVEYS = Layer(
    name="building-surveys",
    model=Building,
    title=Text("房屋排查", "Building surveys"),
    geometry=Geometry.POLYGON,
    group=BASE,
    audience=Audience.DEPARTMENT,
    title_attribute="name",
    attributes=(
        Attribute("name", in_tiles=True, search=True, audience=Audience.DEPARTMENT),
        Attribute("year_built", audience=Audience.DEPARTMENT),
    ),
    card=("year_built",),
    symbology=Symbology("#444444"),
    min_zoom=13,
    place=Place("contains"),
)
NAME = SURVEYS.name


@pytest.fixture
def surveys(district: SmallDistrict) -> Iterator[SmallDistrict]:
    register(SURVEYS)
    publish()
    reset()
    try:
        yield district
    finally:
        unregister(NAME)
        reset()


def own_doors(district: SmallDistrict) -> list[str]:
    return [
        f"/tiles/{NAME}/{tile_at(15)}.pbf",
        f"/tiles/buildings,{NAME}/{tile_at(15)}.pbf",
        f"/tiles/{NAME}.json",
        f"/styles/{NAME}.json",
        f"/place/{NAME}/{district.building.pk}/",
        f"/layers/{NAME}/export.geojson",
        f"/layers/{NAME}/export.csv",
        f"/ogc/collections/{NAME}/items",
        f"/search/?q=政务&layers={NAME}",
    ]


def shared_doors() -> list[str]:
    return [
        "/layers/",
        "/ogc/collections",
        "/ogc/openapi",
        "/styles/city.json",
        "/search/?q=政务大楼",
        f"/place/?lon={LON + 0.0001}&lat={LAT + 0.0001}",
    ]


def public_doors() -> list[str]:
    return [
        "/mapproxy/wmts/1.0.0/WMTSCapabilities.xml",
        "/mapproxy/service?REQUEST=GetCapabilities&SERVICE=WMS",
    ]


def is_named(client: Client, address: str) -> bool:
    response = client.get(address)
    assert response.status_code == 200, address
    return NAME in response.content.decode()


@pytest.mark.parametrize("role", ["public", "citizen"])
def test_to_others_it_does_not_exist(role: str, surveys: SmallDistrict) -> None:
    client = client_of(role)
    for address in own_doors(surveys):
        response, never = (client.get(a) for a in (address, address.replace(NAME, "never-was")))
        assert (response.status_code, never.status_code) == (404, 404), address
        assert response.json()["error"].replace(NAME, "never-was") == never.json()["error"]
    assert not [address for address in shared_doors() if is_named(client, address)]


@pytest.mark.parametrize("role", ["officer", "planner", "administrator"])
def test_its_department_finds_it_at_every_door(role: str, surveys: SmallDistrict) -> None:
    client = client_of(role)
    assert [a for a in own_doors(surveys) if client.get(a).status_code != 200] == []
    assert [address for address in shared_doors() if not is_named(client, address)] == []


@pytest.mark.parametrize("role", ["public", "administrator"])
def test_doors_of_the_public_never_name_it(role: str, surveys: SmallDistrict) -> None:
    client = client_of(role)
    assert not [address for address in public_doors() if is_named(client, address)]
    raster, never = (
        client.get(f"/mapproxy/tiles/1.0.0/{name}/webmercator/{tile_at(14)}.png")
        for name in (NAME, "never-was")
    )
    assert (raster.status_code, never.status_code) == (404, 404)
    assert raster.content.decode().replace(NAME, "never-was") == never.content.decode()


def test_a_withdrawn_layer_is_gone_from_every_door(surveys: SmallDistrict) -> None:
    client = client_of("administrator")
    unregister(NAME)
    try:
        publish()
        assert [a for a in own_doors(surveys) if client.get(a).status_code != 404] == []
        assert not [address for address in shared_doors() if is_named(client, address)]
    finally:
        register(SURVEYS)
