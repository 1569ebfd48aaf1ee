"""A word in an address that nobody understands is refused with those that are, and never left out."""

import pytest

from tests.district import SmallDistrict
from tests.people import client_of

pytestmark = pytest.mark.django_db
PEOPLE = {
    "/workbench/": "planner",
    "/workbench/analysis/?layer=buildings": "planner",
    "/operations/": "administrator",
}
DOORS = {
    "/services/": "page",
    "/food/": "grade",
    "/cases/": "procedure",
    "/search/?q=x": "limit",
    "/place/?lon=121.84&lat=29.9": "lat",
    "/layers/": "format",
    "/layers/buildings/export.csv": "bbox",
    "/layers/buildings/export.geojson": "use",
    "/ogc/collections": "lang",
    "/ogc/collections/buildings/items": "bbox-crs",
    "/cases/inbox/": "due",
    "/cases/board/": "standing",
    "/cases/statistics/": "rate",
    "/cases/search/?q=x": "radius",
    "/workbench/": "chart",
    "/workbench/analysis/?layer=buildings": "kept",
    "/operations/": "format",
}


@pytest.mark.parametrize("address", DOORS)
def test_a_parameter_that_is_not_there_is_refused_with_those_that_are(
    address: str, district: SmallDistrict
) -> None:
    client = client_of(PEOPLE.get(address, "officer"))
    asked = f"{address}{'&' if '?' in address else '?'}usee=office"
    refused = client.get(asked, headers={"accept": "application/json"})
    is_form = address.startswith("/cases/search/")  # it says so beside its fields
    assert refused.status_code == 400
    said = refused.json()["problem" if is_form else "error"]
    assert "usee" in said
    assert DOORS[address] in said
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/tiles/buildings/16/1/1.pbf", "/tiles/buildings.json", "/styles/city.json", "/styles/buildings.json"],
)
def test_tiles_and_styles_take_no_parameters(address: str, district: SmallDistrict) -> None:
    refused = client_of("public").get(f"{address}?usee=office")
    assert (refused.status_code, "usee" in refused.json()["error"]) == (400, True)


@pytest.mark.parametrize("asked", ["state=gone", "department=NONE", "due=never", "box=none"])
def test_the_inbox_refuses_a_value_that_it_does_not_know(asked: str, district: SmallDistrict) -> None:
    answer = client_of("officer").get(f"/cases/inbox/?{asked}", headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert client_of("officer").get("/cases/inbox/?department=UM&due=soon").status_code == 200


def test_a_code_that_a_list_does_not_know_is_refused_with_those_it_does(district: SmallDistrict) -> None:
    answer = client_of("public").get("/food/?grade=Z", headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert "A" in answer.json()["error"].split("Z")[1]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("use=office", 1),
        ("use=office&storeys=9", 0),
        ("bbox=121.839,29.9,121.8401,29.901", 1),
        ("bbox=0,0,1,1", 0),
        ("datetime=1900-01-01", 2),
        ("crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84", 2),
    ],
)
def test_a_download_holds_what_was_asked_for(words: str, count: int, district: SmallDistrict) -> None:
    client = client_of("public")
    table = client.get(f"/layers/buildings/export.csv?{words}").getvalue()
    assert len(table.splitlines()) == count + 1
    features = client.get(f"/layers/buildings/export.geojson?{words}").getvalue()
    assert features.count(b'"Feature",') == count


@pytest.mark.parametrize("words", ["crs=http://www.opengis.net/def/crs/EPSG/0/4550", "use=castle", "bbox=1"])
def test_a_download_that_cannot_be_as_it_was_asked_for_is_refused(
    words: str, district: SmallDistrict
) -> None:
    for form in ("csv", "geojson"):
        assert client_of("public").get(f"/layers/buildings/export.{form}?{words}").status_code == 400
