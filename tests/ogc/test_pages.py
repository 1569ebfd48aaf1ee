"""The door's pages for people."""

import re

import pytest
from django.test import Client

from layers.base.models import Building
from tests.district import LAT, LON, SmallDistrict, square

pytestmark = pytest.mark.django_db
BUILDINGS = "/ogc/collections/buildings/items"


def test_people_read_pages_in_the_portal_s_look(district: SmallDistrict, client: Client) -> None:
    for address, words in (
        ("/ogc/", "OpenAPI"),
        ("/ogc/collections", "Buildings"),
        ("/ogc/collections/buildings", "4490"),
        ("/ogc/collections/buildings/queryables", "Storeys"),
        ("/ogc/conformance", "ogcapi-features-1"),
        (f"{BUILDINGS}?use=office", "28.8 m"),
    ):
        for asked, accept in (
            (address, "text/html"),
            (f"{address}{'&' if '?' in address else '?'}f=html", "*/*"),
        ):
            response = client.get(asked, headers={"accept": accept, "accept-language": "en"})
            text = response.content.decode()
            assert response["Content-Type"].startswith("text/html"), asked
            assert (words in text, 'class="brand"' in text) == (True, True), asked
    address = f"{BUILDINGS}/{district.building.pk}?f=html"
    assert client.get(address)["Location"] == f"/place/buildings/{district.building.pk}/"


def test_a_table_for_people_has_pages(district: SmallDistrict, client: Client) -> None:
    Building.objects.bulk_create(Building(use="rural", geom=square(LON, LAT, 0.001)) for _ in range(99))
    seen: list[str] = []
    address = f"{BUILDINGS}?f=html"
    for _ in range(3):
        text = client.get(address).content.decode()
        seen += re.findall(r'href="/place/buildings/(\d+)/"', text)
        following = re.search(r'href="(\?[^"]*offset=\d+[^"]*)"[^>]*>(?:下一页|Next)', text)
        address = BUILDINGS + following[1].replace("&amp;", "&") if following else ""
    assert (sorted(map(int, seen)), address) == (sorted(Building.objects.values_list("pk", flat=True)), "")


def test_no_page_loads_anything_from_elsewhere(district: SmallDistrict, client: Client) -> None:
    for address in ("/ogc/", "/ogc/collections", BUILDINGS, "/ogc/conformance", "/ogc/openapi"):
        for asked in (address, f"{address}?f=html"):
            answer = client.get(asked, headers={"accept": "text/html"}, follow=True)
            assert answer.status_code == 200, asked
            loaded = re.findall(r'(?:src|<link[^>]*href)="?(https?:)?//', answer.content.decode())
            assert loaded == [], asked
