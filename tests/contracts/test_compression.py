"""Texts go out compressed as the client takes them, pictures as they are; what did not change is not sent again."""

import gzip
from typing import Any

import brotli
import pytest
from django.templatetags.static import static
from django.test import Client

from tests.district import SmallDistrict, tile_at
from tests.people import client_of

pytestmark = pytest.mark.django_db
STYLESHEET = static("css/portal.css")
TEXTS = [
    "/",
    "/layers/",
    "/layers/buildings/export.geojson",
    "/layers/service-items/export.csv",
    "/ogc/collections",
    "/ogc/openapi",
    "/ogc/collections/buildings/items",
    "/styles/city.json",
    "/mapproxy/service?service=WMS&request=GetCapabilities&version=1.3.0",
    "/i18n/messages.js",
    STYLESHEET,
    static("leaflet/leaflet.js"),
]


def body(response: Any) -> bytes:
    """Whole, which closes its file."""
    return bytes(response.getvalue())


@pytest.mark.parametrize("address", TEXTS)
def test_a_text_is_compressed_as_the_client_takes_it(
    address: str, district: SmallDistrict, client: Client
) -> None:
    plain = client.get(address)
    text = body(plain)
    assert not plain.has_header("Content-Encoding")
    for accepted, name, unpack in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ):
        packed = client.get(address, headers={"accept-encoding": accepted})
        assert packed["Content-Encoding"] == name, address
        assert "Accept-Encoding" in packed["Vary"]
        content = body(packed)
        assert packed.streaming or int(packed["Content-Length"]) == len(content) < len(text)
        if "export" in address or "styles" in address:
            assert unpack(content) == text
        else:  # times and tokens differ
            assert abs(len(unpack(content)) - len(text)) < 200
    refused = client.get(address, headers={"accept-encoding": "gzip;q=0, br;q=0"})
    assert not refused.has_header("Content-Encoding")
    assert len(body(refused)) > len(text) // 2


def test_pages_of_who_is_signed_in_have_no_length_to_guess_by(district: SmallDistrict) -> None:
    client = client_of("officer")
    lengths = {len(client.get("/cases/", headers={"accept-encoding": "br, gzip"}).content) for _ in range(12)}
    assert len(lengths) > 1
    assert client.get("/cases/", headers={"accept-encoding": "br, gzip"})["Content-Encoding"] == "gzip"


def test_a_part_of_a_file_is_sent_as_it_is(client: Client) -> None:
    asked = {"accept-encoding": "br, gzip", "range": "bytes=10-1009"}
    part = client.get(STYLESHEET, headers=asked)
    assert part.status_code == 206
    assert not part.has_header("Content-Encoding")
    assert body(part) == body(client.get(STYLESHEET))[10:1010]


def test_a_picture_is_sent_as_it_is(district: SmallDistrict, client: Client) -> None:
    address = f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile_at(16)}.png"
    assert not client.get(address, headers={"accept-encoding": "br, gzip"}).has_header("Content-Encoding")


@pytest.mark.parametrize(
    "address",
    [
        "/styles/city.json",
        "/tiles/buildings.json",
        f"/tiles/buildings/{tile_at(16)}.pbf",
        STYLESHEET,
        "/ogc/collections",
        "/ogc/collections/buildings/items/{}",
        "/mapproxy/wmts/1.0.0/WMTSCapabilities.xml",
        f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile_at(16)}.png",
    ],
)
def test_what_did_not_change_is_not_sent_again(address: str, district: SmallDistrict, client: Client) -> None:
    address = address.format(district.building.pk)
    body(client.get(address))  # drawn and kept, from when on a picture has its mark
    for accepted in ("identity", "br", "gzip"):
        first = client.get(address, headers={"accept-encoding": accepted})
        body(first)
        mark = first["ETag"]
        assert mark.removeprefix("W/")[0] == mark[-1] == '"'
        again = client.get(address, headers={"accept-encoding": accepted, "if-none-match": mark})
        assert (again.status_code, body(again)) == (304, b"")
        other = client.get(address, headers={"accept-encoding": accepted, "if-none-match": '"other"'})
        assert (other.status_code, body(other) != b"") == (200, True)
