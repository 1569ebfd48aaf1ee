"""Features and areas in the form of a step, at the desk and on the phone."""

from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point

from layers.agencies.models import Department
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.models import Case, EventKind
from layers.casework.procedures.versions import save_version, version_in_force
from layers.coordinates import STORE_SRID
from layers.enforcement.models import Violation
from layers.foodsafety.models import Premises
from tests.cases.conftest import People, SignIn, account_of, entered
from tests.district import LAT, LON
from tests.field.conftest import phone, post
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

PROCEDURE = """\
extends: ordinary
code: own
fields:
  shop: {title: {zh: 涉及场所, en: Premises}, kind: feature, layer: food-premises}
  plot: {title: {zh: 占道范围, en: Plot}, kind: area}
steps:
  file:
    field_ready: true
    fields: {shop: required, plot: required}
"""
CORNERS = "121.84,29.9\n121.841,29.9\n121.841,29.901"
RING = [[121.84, 29.9], [121.841, 29.9], [121.841, 29.901], [121.84, 29.9]]


@pytest.fixture
def case(people: People) -> Case:
    save_version(PROCEDURE, procedure_texts(), "test", "own")
    place = Point(LON, LAT, srid=STORE_SRID)
    found = CaseIntake("占道", Department.objects.get(code="UM"), version_in_force("own"), position=place)
    return open_case(found, people["first"])


@pytest.fixture
def shop() -> Premises:
    place = Point(LON, LAT, srid=STORE_SRID)
    return Premises._default_manager.create(
        establishment_id="P1", name="一号店", sector="catering", geom=place
    )


def test_the_desk_offers_features_around_the_case_and_takes_an_area(
    case: Case, shop: Premises, sign_in: SignIn
) -> None:
    client = sign_in("head")
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f'value="food-premises/{shop.pk}"' in page
    given = {"field-shop": f"food-premises/{shop.pk}", "field-plot": "121.84,29.9\n121.841,29.9"}
    status, page = entered(client, case, "steps/file/", given)
    assert (status, "“占道范围”应为三至 500 个角点" in page) == (422, True)
    assert f'value="food-premises/{shop.pk}" selected' in " ".join(page.split())
    assert "121.84,29.9\n121.841,29.9</textarea>" in page
    given["field-plot"] = CORNERS
    for link in ("food-premises/999999999", f"divisions/{shop.pk}", "nowhere"):
        status, page = entered(client, case, "steps/file/", {**given, "field-shop.link": link})
        assert (status, "“涉及场所”应为所定图层中您可见的对象" in page) == (422, True)
        assert f'value="{link}"' in page
    link = f"https://portal/#map=17/29.9/121.8&sel=food-premises/{shop.pk}"
    assert entered(client, case, "steps/file/", {**given, "field-shop.link": link})[0] == 302
    assert case.events.get(kind=EventKind.STEP).data["fields"] == {
        "shop": {"layer": "food-premises", "feature": shop.pk, "title": "一号店"},
        "plot": {"type": "Polygon", "coordinates": [RING]},
    }
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f"一号店（food-premises/{shop.pk}）" in page
    assert "3 个角点，约 5,359 平方米" in page
    drawn = sign_in("head", accept="application/json").get(f"/cases/{case.pk}/").json()["map"]["drawn"]
    assert drawn == [{"title": "占道范围", "geometry": {"type": "Polygon", "coordinates": [RING]}}]


def test_the_phone_knows_the_features_around_the_case(case: Case, shop: Premises, people: People) -> None:
    client = phone(account_of(people["head"]).username)
    known = client.get(f"/field/api/cases/{case.pk}/").json()
    features = known["case"]["features"]
    assert list(features) == ["food-premises", "violations"]
    assert [value for value, _ in features["violations"]] == [
        f"violations/{each.pk}" for each in Violation.objects.filter(department=case.department)
    ]
    assert [f"food-premises/{shop.pk}", "一号店"] in features["food-premises"]
    step = {"key": str(uuid4()), "case": case.pk, "step": "file", "revision": case.revision}
    for wrong, status in (({"shop": "food-premises/0"}, 422), ({"plot": [1]}, 400), ({"plot": "x"}, 422)):
        given = {"shop": f"food-premises/{shop.pk}", "plot": CORNERS, **wrong}
        assert post(client, "steps/", {**step, "fields": given}).status_code == status, wrong
    given = {"shop": f"food-premises/{shop.pk}", "plot": CORNERS}
    assert post(client, "steps/", {**step, "fields": given}).status_code == 200
    fields = case.events.get(kind=EventKind.STEP).data["fields"]
    assert fields["shop"]["title"] == "一号店"
    assert fields["plot"]["coordinates"] == [RING]
