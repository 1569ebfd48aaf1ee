"""A layer declared in a test, with one model and one declaration, is found at every door."""

import json
from collections.abc import Iterator

import pytest
from django.contrib.gis.db import models
from django.db import connection
from django.test import Client

from layers.registry.checks import layer_errors
from layers.registry.database.publication import publish
from layers.registry.declaration.group import BASE
from layers.registry.declaration.layer import Attribute, Geometry, Layer, Place
from layers.registry.declaration.symbology import Symbology
from layers.registry.models import PointFeature
from layers.registry.registration import DuplicateLayer, register, unregister
from layers.registry.text import Text
from tests.district import LAT, LON, point, tile_at
from tiles.raster.app import reset

pytestmark = pytest.mark.django_db(transaction=True)


class Hydrant(PointFeature):
    code = models.CharField("code", max_length=20)

    class Meta(PointFeature.Meta):
        app_label = "base"
        managed = False

    def __str__(self) -> str:
        return self.code


HYDRANTS = Layer(
    name="hydrants",
    model=Hydrant,
    title=Text("消火栓", "Hydrants"),
    geometry=Geometry.POINT,
    group=BASE,
    title_attribute="code",
    attributes=(Attribute("code", in_tiles=True, search=True),),
    card=("code",),
    symbology=Symbology("#ff0000", radius=8.0),
    place=Place("near", radius=300),
)


@pytest.fixture
def hydrants() -> Iterator[Hydrant]:
    register(HYDRANTS)
    try:
        with connection.schema_editor() as editor:
            editor.create_model(Hydrant)
        publish()
        reset()
        yield Hydrant._default_manager.create(code="消火栓7号", geom=point(LON, LAT))
    finally:
        with connection.schema_editor() as editor:
            for schema in ("public", "signed_in", "department", "restricted"):
                editor.execute(f"DROP SCHEMA for_{schema} CASCADE")
            editor.delete_model(Hydrant)
        unregister("hydrants")
        publish()
        reset()


def test_one_declaration_opens_every_door(hydrants: Hydrant, client: Client) -> None:
    def ask(address: str) -> dict[str, object]:
        response = client.get(address, headers={"accept": "application/json"})
        assert response.status_code == 200, (address, response.content)
        found: dict[str, object] = json.loads(response.content)
        return found

    assert any(entry["name"] == "hydrants" for entry in ask("/layers/")["layers"])  # type: ignore[attr-defined]
    assert ask("/tiles/hydrants.json")["vector_layers"]
    assert client.get(f"/tiles/hydrants/{tile_at(14, LON, LAT)}.pbf").status_code == 200
    assert "hydrants" in json.dumps(ask("/styles/city.json"))
    assert ask("/search/?q=xiaohuoshuan")["results"]
    assert ask(f"/place/hydrants/{hydrants.pk}/")["title"] == "消火栓7号"
    assert "hydrants" in json.dumps(ask(f"/place/?lon={LON}&lat={LAT}"))
    assert ask("/ogc/collections/hydrants/items")["numberMatched"] == 1
    assert b"".join(client.get("/layers/hydrants/export.csv")).decode("utf-8-sig").count("消火栓7号") == 1
    assert (
        client.get(f"/mapproxy/tiles/1.0.0/hydrants/webmercator/{tile_at(14, LON, LAT)}.png")["Content-Type"]
        == "image/png"
    )
    assert "消火栓" in client.get("/mapproxy/wmts/1.0.0/WMTSCapabilities.xml").content.decode()


def test_a_name_is_given_once() -> None:
    register(HYDRANTS)
    try:
        with pytest.raises(DuplicateLayer, match="already declared"):
            register(HYDRANTS)
    finally:
        unregister("hydrants")


def test_mistakes_in_a_declaration_are_named() -> None:
    from dataclasses import replace

    wrong = replace(
        HYDRANTS, title_attribute="nome", attributes=(Attribute("code"), Attribute("colour")), symbology=None
    )
    codes = {message.id for message in layer_errors(wrong)}
    assert codes >= {"layers.E001", "layers.E002", "layers.E005"}
