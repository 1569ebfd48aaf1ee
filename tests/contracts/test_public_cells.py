"""Who may know a natural person's case at its cell only learns no more of its place: an attacker is left all addresses
of the cell."""

import json
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from layers.base.models import Division
from layers.casework.models import PartyKind
from layers.enforcement.models import EnforcementCase
from layers.registry.audience import Audience
from tests.district import LAT, LON, SmallDistrict
from tests.people import client_of

pytestmark = pytest.mark.django_db
NAME = "甲乙丙社区"
SIDE = 0.002  # degrees
OUTSIDE = ("public", "citizen", "planner")


@pytest.fixture
def cases(district: SmallDistrict) -> dict[str, EnforcementCase]:
    """A person's and an organisation's, in a division that has a corner of the cell."""
    found = district.cases[:2]
    division = Division.objects.order_by("-code")[0]
    division.pk, division.code, division.name = None, "330206999", NAME
    far = Polygon.from_bbox((LON + 1, LAT, LON + 1.1, LAT + 0.1))
    division.geom = MultiPolygon(far)  # no card of the cell itself says its name
    division.save(force_insert=True)
    for case, kind in zip(found, (PartyKind.PERSON, PartyKind.ORGANISATION), strict=True):
        EnforcementCase.objects.filter(pk=case.pk).update(
            party_kind=kind, visibility=Audience.PUBLIC, geom=Point(LON + SIDE / 7, LAT + SIDE / 7)
        )
        EnforcementCase.objects.filter(pk=case.pk).update(division=division)
    return {"person": found[0], "organisation": found[1]}


def said(role: str, case: EnforcementCase) -> dict[str, str]:
    """By door, all that it says of the case."""
    client, found = client_of(role), {}
    for address in (
        f"/cases/{case.pk}/",
        f"/place/enforcement-cases/{case.pk}/",
        f"/ogc/collections/enforcement-cases/items/{case.pk}?f=json",
    ):
        response: Any = client.get(address)
        assert response.status_code == 200, (role, address)
        found[address] = json.dumps(json.loads(response.content), ensure_ascii=False)
    response = client.get("/layers/enforcement-cases/export.geojson")
    rows = json.loads(b"".join(response.streaming_content))["features"]
    found["export"] = json.dumps([row for row in rows if row["id"] == case.pk], ensure_ascii=False)
    return found


@pytest.mark.parametrize("role", OUTSIDE)
def test_the_division_leaves_the_whole_cell(role: str, cases: dict[str, EnforcementCase]) -> None:
    for door, text in said(role, cases["person"]).items():
        assert NAME not in text, door
    assert NAME in said(role, cases["organisation"])["export"]
    asked = client_of(role).get(f"/ogc/collections/enforcement-cases/items?f=json&division={NAME}").json()
    assert cases["person"].pk not in {row["id"] for row in asked["features"]}


def test_the_own_department_reads_it(cases: dict[str, EnforcementCase]) -> None:
    assert NAME in said("administrator", cases["person"])["export"]
