"""No address answers 500, whatever it is given, and what it answers is a sentence."""

import json

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.district import SmallDistrict
from tests.effort import tries

pytestmark = pytest.mark.django_db

TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1e999",
            "nan",
            "99999999999999999999",
            "%00",
            "\x00",
            "'; DROP TABLE x; --",
            "..",
            "😀",
            "1,2,3,4",
            "buildings",
            "a" * 300,
        ]
    ),
)
PATHS = st.sampled_from(
    [
        "/",
        "/layers/",
        "/search/",
        "/place/",
        "/services/",
        "/food/",
        "/cases/",
        "/ogc/",
        "/ogc/collections",
        "/place/{}/{}/",
        "/receipts/mail/{}/",
        "/services/{}/",
        "/food/{}/",
        "/cases/{}/",
        "/layers/{}/export.geojson",
        "/layers/{}/export.csv",
        "/tiles/{}/{}/{}/{}.pbf",
        "/tiles/{}.json",
        "/styles/{}.json",
        "/ogc/collections/{}",
        "/ogc/collections/{}/items",
        "/ogc/collections/{}/items/{}",
        "/ogc/collections/{}/queryables",
        "/mapproxy/{}",
        "/mapproxy/service",
        "/mapproxy/wmts/{}/{}/{}/{}/{}.png",
        "/mapproxy/tiles/1.0.0/{}/{}/{}/{}/{}.png",
        "/accounts/sign-in/",
        "/{}",
        "/place/buildings/{}/",
        "/tiles/buildings/{}/{}/{}.pbf",
        "/ogc/collections/buildings/items",
    ]
)
NAMES = st.sampled_from(
    [
        "q",
        "lon",
        "lat",
        "bbox",
        "limit",
        "offset",
        "page",
        "layers",
        "format",
        "sector",
        "grade",
        "state",
        "sortby",
        "properties",
        "datetime",
        "filter",
        "crs",
        "name",
        "SERVICE",
        "REQUEST",
        "VERSION",
        "LAYERS",
        "SRS",
        "BBOX",
        "WIDTH",
        "HEIGHT",
        "FORMAT",
    ]
)


@settings(
    max_examples=tries(400),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    path=PATHS, parts=st.lists(TEXT, min_size=6, max_size=6), query=st.dictionaries(NAMES, TEXT, max_size=4)
)
def test_any_address_with_any_words_is_answered_without_an_error_of_ours(
    district: SmallDistrict, path: str, parts: list[str], query: dict[str, str]
) -> None:
    from urllib.parse import quote

    address = path.format(*(quote(part, safe=",") for part in parts))
    client = Client(raise_request_exception=True, headers={"accept": "application/json"})
    response = client.get(address, query)
    assert response.status_code < 500, (address, query, response.status_code)
    if response.status_code == 400 and response["Content-Type"] == "application/json":
        said = json.loads(response.content)
        assert said.get("error") or said.get("description")
    assert not connection.needs_rollback


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/tiles/buildings/17/0/0.pbf", 404),
        ("/tiles/buildings/3/8/0.pbf", 404),
        ("/tiles/nothing/3/1/1.pbf", 404),
        ("/tiles/service-items/3/1/1.pbf", 404),
        ("/tiles/buildings/x/1/1.pbf", 400),
        ("/tiles/,/3/1/1.pbf", 400),
        ("/place/?lon=200&lat=0", 400),
        ("/place/?lon=abc&lat=1", 400),
        ("/place/buildings/999999/", 404),
        ("/search/?q=x&limit=0", 400),
        ("/search/?q=x&bbox=1,2", 400),
        ("/search/?q=x&layers=nothing", 404),
        ("/food/?grade=Z", 400),
        ("/services/?page=99", 400),
        ("/ogc/collections/buildings/items?bbox=1", 400),
    ],
)
def test_a_mistake_gets_its_status_and_a_sentence(address: str, status: int, district: SmallDistrict) -> None:
    response = Client(headers={"accept": "application/json", "accept-language": "en"}).get(address)
    assert response.status_code == status
    said = json.loads(response.content)
    assert len(said.get("error") or said["description"]) > 10
