"""WMS, WMTS and TMS are what their capabilities say: where layers lie, what their colours mean, how errors look."""

import io
import re

import pytest
from django.contrib.gis.db.models import MultiPolygonField
from django.db import connection
from django.db.models import Func
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService
from PIL import Image

from layers.base.models import Building
from layers.coordinates import lonlat_to_web
from layers.registry.registration import public_layers
from tests.district import LAT, LON, SmallDistrict

pytestmark = pytest.mark.django_db(transaction=True)
SERVICE = "/mapproxy/service"
SYSTEMS = {"EPSG:3857", "EPSG:4326", "CRS:84", "EPSG:4490", "EPSG:4549", "EPSG:4550"}
MAP = (
    f"{SERVICE}?SERVICE=WMS&REQUEST=GetMap&VERSION=1.3.0&LAYERS=buildings&STYLES=&FORMAT=image/png"
    "&TRANSPARENT=TRUE&WIDTH=200&HEIGHT=200"
)


def wms(client: Client, version: str) -> WebMapService:
    text = client.get(f"{SERVICE}?SERVICE=WMS&REQUEST=GetCapabilities&VERSION={version}").content
    return WebMapService("http://testserver/mapproxy/service", version=version, xml=text)


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_each_layer_says_where_it_lies(
    version: str, committed_district: SmallDistrict, client: Client
) -> None:
    found = wms(client, version)
    assert {layer.name for layer in public_layers() if layer.has_geometry} <= set(found.contents)
    buildings = found["buildings"]
    assert buildings.boundingBoxWGS84 == pytest.approx((LON, LAT, LON + 0.0011, LAT + 0.0004), abs=2e-5)
    text = client.get(f"{SERVICE}?SERVICE=WMS&REQUEST=GetCapabilities&VERSION={version}").content
    layer = next(e for e in etree.fromstring(text).iter("{*}Layer") if e.findtext("{*}Name") == "buildings")
    boxes = {
        box.get("CRS") or box.get("SRS"): [float(box.get(side)) for side in ("minx", "miny", "maxx", "maxy")]
        for box in layer.iter("{*}BoundingBox")
    }
    assert boxes["EPSG:3857"][:2] == pytest.approx(lonlat_to_web(LON, LAT), abs=3)
    # Easting and northing by PROJ's cs2cs, in the order of the authority from 1.3.0 on.
    corner = (387959.99, 3309593.66)
    assert boxes["EPSG:4550"][:2] == pytest.approx(corner if version == "1.1.1" else corner[::-1], abs=20)
    assert set(boxes) >= SYSTEMS
    assert "GetFeatureInfo" not in {operation.name for operation in found.operations}


def test_where_layers_lie_is_read_of_all_rows_only_after_a_change(
    committed_district: SmallDistrict, client: Client
) -> None:
    def boxes_read() -> int:
        with CaptureQueriesContext(connection) as asked:
            wms(client, "1.3.0")
        return sum("ST_Extent" in each["sql"] for each in asked)

    boxes_read()
    assert boxes_read() == 0
    Building.objects.update(
        geom=Func("geom", 0.01, 0, function="ST_Translate", output_field=MultiPolygonField())
    )
    assert 0 < boxes_read() < 4, "of buildings, and of what has its place from them"
    assert wms(client, "1.3.0")["buildings"].boundingBoxWGS84[0] == pytest.approx(LON + 0.01, abs=2e-5)


@pytest.mark.parametrize(
    ("system", "box"),
    [
        ("CRS:84", f"{LON},{LAT},{LON + 0.001},{LAT + 0.001}"),
        ("EPSG:4326", f"{LAT},{LON},{LAT + 0.001},{LON + 0.001}"),
        ("EPSG:4549", "3310451,677728,3310551,677828"),
        ("EPSG:4550", "3309593,387960,3309693,388060"),
    ],
)
def test_a_map_is_drawn_in_every_system_that_is_named(
    system: str, box: str, committed_district: SmallDistrict, client: Client
) -> None:
    response = client.get(f"{MAP}&CRS={system}&BBOX={box}")
    assert response["Content-Type"] == "image/png", response.content
    drawn = Image.open(io.BytesIO(response.content)).convert("RGBA").getbbox()
    assert drawn is not None
    assert drawn[0] < 40
    assert drawn[3] > 160  # the first house stands in the south-west corner


def test_legends_are_drawn_for_every_layer(committed_district: SmallDistrict, client: Client) -> None:
    found = wms(client, "1.3.0")
    for name, layer in found.contents.items():
        address = layer.styles["default"]["legend"].removeprefix("http://testserver")
        picture = client.get(address)
        assert picture["Content-Type"] == "image/png", name
        drawn = Image.open(io.BytesIO(picture.content))
        assert drawn.convert("RGBA").getbbox() is not None, name
        style = layer.styles["default"]
        assert drawn.size == (int(style["legend_width"]), int(style["legend_height"])), name
    missing = client.get(f"{SERVICE}?SERVICE=WMS&REQUEST=GetLegendGraphic&LAYER=nothing")
    assert (missing.status_code, b"ServiceException" in missing.content) == (400, True)


@pytest.mark.parametrize(
    "words",
    [
        "LAYERS=nothing&CRS=EPSG:3857",
        "CRS=EPSG:2056",
        "CRS=EPSG:3857&WIDTH=2049",
        "CRS=EPSG:3857&FORMAT=image/tiff",
        "CRS=EPSG:3857&BBOX=1,2,3",
        "CRS=EPSG:3857&REQUEST=GetFeatureInfo&QUERY_LAYERS=buildings&I=1&J=1&INFO_FORMAT=text/plain",
        "CRS=EPSG:3857&REQUEST=GetNothing",
    ],
)
def test_what_cannot_be_drawn_is_told_as_a_service_exception(
    words: str, committed_district: SmallDistrict, client: Client
) -> None:
    query = dict(part.split("=") for part in MAP.split("?")[1].split("&")) | {"BBOX": "0,0,1,1"}
    query |= dict(part.split("=") for part in words.split("&"))
    response = client.get(SERVICE, query)
    assert response.status_code == 400
    assert "xml" in response["Content-Type"]
    assert b"<ServiceExceptionReport" in response.content
    assert b"<ServiceException" in response.content


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("CRS=EPSG:3857&BBOX=0,0,1,1&REQUEST=GetCapabilities", "image/png"),
        ("CRS=EPSG:3857&BBOX=0,0,1,1&request=GetCapabilities", "image/png"),
        ("CRS=EPSG:3857&BBOX=0,0,1&BBOX=0,0,1,1", "text/xml; charset=utf-8"),
        ("CRS=EPSG:3857&BBOX=0,0,1,1&WIDTH=9999", "text/xml; charset=utf-8"),
    ],
)
def test_of_what_is_said_twice_the_first_counts_and_both_are_looked_at(
    words: str, kind: str, committed_district: SmallDistrict, client: Client
) -> None:
    assert client.get(f"{MAP}&{words}")["Content-Type"] == kind


@pytest.mark.parametrize(("language", "sentence"), [("zh", "缺少参数："), ("en", "Parameters are missing: ")])
def test_parameters_that_are_missing_are_named_in_the_reader_s_language(
    language: str, sentence: str, committed_district: SmallDistrict, client: Client
) -> None:
    words = {"SERVICE": "WMS", "VERSION": "1.3.0", "REQUEST": "GetFeatureInfo"}
    response = client.get(SERVICE, words, headers={"accept-language": language})
    said = "".join(etree.fromstring(response.content).itertext())
    assert response.status_code == 400
    assert sentence in said
    assert {"query_layers", "bbox", "width"} <= set(re.findall(r"\w+", said))


def test_an_error_is_xml_whatever_was_asked_for(committed_district: SmallDistrict, client: Client) -> None:
    response = client.get(SERVICE, {"SERVICE": "WMS", "REQUEST": "GetLegendGraphic", "LAYER": "<\x01&\ufffe"})
    assert response.status_code == 400
    assert "“<&”" in "".join(etree.fromstring(response.content).itertext())


@pytest.mark.parametrize(
    "address",
    [
        "/mapproxy/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0",
        "/mapproxy/service?SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0",
        "/mapproxy/wmts/1.0.0/WMTSCapabilities.xml",
    ],
)
def test_wmts_names_the_scale_set_that_clients_know(
    address: str, committed_district: SmallDistrict, client: Client
) -> None:
    text = client.get(address).content
    found = WebMapTileService("http://testserver/mapproxy/service", xml=text)
    matrices = found.tilematrixsets["webmercator"]
    scale_sets = [each.text for each in etree.fromstring(text).iter("{*}WellKnownScaleSet")]
    assert scale_sets == ["urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible"]
    assert matrices.crs == "urn:ogc:def:crs:EPSG::3857"
    assert matrices.tilematrix["00"].scaledenominator == pytest.approx(559082264.029, abs=0.01)
    assert found["buildings"].boundingBoxWGS84 == pytest.approx(
        (LON, LAT, LON + 0.0011, LAT + 0.0004), abs=2e-5
    )
    assert b"http://testserver/mapproxy/service?service=WMS" in text
    formats = {name: layer.formats for name, layer in found.contents.items()}
    assert formats.pop("basemap-webp") == ["image/webp"]
    assert set(map(tuple, formats.values())) == {("image/png",)}


def test_a_map_in_webp_is_tiles_alone(committed_district: SmallDistrict, client: Client) -> None:
    """A program that reads PNG finds what it found before, and WMS draws no picture that its formats do not name."""
    found = wms(client, "1.3.0")
    assert "basemap" in found.contents
    assert "basemap-webp" not in found.contents
    assert client.get(MAP.replace("buildings", "basemap-webp")).status_code == 400
    for ending, kind in (("png", 400), ("webp", 200)):
        address = f"/mapproxy/wmts/basemap-webp/webmercator/16/54919/27080.{ending}"
        assert client.get(address).status_code == kind


def test_tms_is_found_from_its_root(committed_district: SmallDistrict, client: Client) -> None:
    root = client.get("/mapproxy/tms/1.0.0/")
    assert root.status_code == 200, root.content
    assert b"http://testserver/mapproxy/tms/1.0.0/buildings/webmercator" in root.content
