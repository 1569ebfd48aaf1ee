"""What a case is about is told to the phone with the place, and comes from it with the case's opening."""

from typing import Any

import pytest

from layers.base.models import Building
from layers.casework.models import Case, EventKind
from layers.casework.procedures.versions import save_version
from tests.field.conftest import People, case_body, phone, post
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

ABOUT = "extends: simple\ncode: simple\nsubjects:\n  buildings: {required: lead, most: 1}\n"


@pytest.fixture
def house(people: People) -> Building:
    save_version(ABOUT, procedure_texts(), "test", "simple")
    return Building.objects.get(name="政务大楼")


def body(*features: object) -> dict[str, Any]:
    named = [{"feature": each, "title": "x", "layer": "x"} for each in features]
    return case_body(procedure="simple", category="street_trading", subjects=named)


def test_the_phone_knows_what_a_case_can_be_about_and_what_lies_there(house: Building) -> None:
    kinds = {each["code"]: each["subjects"] for each in phone().get("/field/api/kit/").json()["kinds"]}
    assert kinds["urban"] == []
    title = {"zh": "建筑", "en": "Buildings"}
    assert kinds["simple"] == [{"layer": "buildings", "title": title, "most": 1, "required": True}]
    spot = house.geom.point_on_surface
    asked: dict[str, str] = {
        "category": "street_trading",
        "procedure": "simple",
        "lon": str(spot.x),
        "lat": str(spot.y),
    }
    found = phone().get("/field/api/suggestion/", asked).json()["features"]
    assert [f"buildings/{house.pk}", house.name_en] in found["buildings"]
    asked |= {"procedure": "urban", "category": "exposed_garbage"}
    assert phone().get("/field/api/suggestion/", asked).json()["features"] == {}


def test_it_is_kept_with_the_case_and_told_by_its_opening(house: Building) -> None:
    given = body(f"buildings/{house.pk}")
    for _ in range(2):
        assert post(phone(), "cases/", given).status_code == 200
    case = Case.objects.get(key=given["key"])
    assert list(case.subjects.values_list("layer", "feature")) == [("buildings", house.pk)]
    named = {"layer": "buildings", "feature": house.pk, "title": house.name}
    assert case.events.get(kind=EventKind.OPENED).data["subjects"] == [named]


@pytest.mark.parametrize(
    ("features", "status", "sentence"),
    [
        ([], 422, 'Say first which "Buildings" it is about.'),
        (["buildings/1", "buildings/2"], 422, 'The case is about 1 of "Buildings" at most.'),
        (["divisions/1"], 422, 'Cases of this kind are not about "Divisions".'),
        (["buildings/999999"], 400, "There is no such place on your map."),
        (["moon"], 400, "There is no such place on your map."),
        ([5], 400, "“feature” must be text."),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence_and_nothing_is_kept(
    features: list[object], status: int, sentence: str, house: Building
) -> None:
    answer = post(phone(), "cases/", body(*features))
    assert (answer.status_code, sentence in answer.json()["error"]) == (status, True), answer.json()
    assert not Case.objects.filter(key__isnull=False).exists()
