"""Questions that planners keep are collections of their own."""

import pytest

from layers.query.json_form import to_json
from layers.query.models import Sharing, StoredQuery
from layers.query.text_form import from_text
from tests.district import SmallDistrict
from tests.ogc.asking import ask
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db


def test_a_kept_question_is_a_collection_of_who_may_use_it(district: SmallDistrict) -> None:
    owner = make_person("administrator")
    question = StoredQuery.objects.create(
        owner_id=owner.pk,
        owner=owner.username,
        title="高楼",
        layer="buildings",
        condition=to_json(from_text("storeys > parameter('least')")),
        parameters={"least": 7},
        sharing=Sharing.PLANNERS,
    )
    withdrawn = StoredQuery.objects.create(
        owner_id=owner.pk, owner="a", title="旧", layer="buildings", condition=to_json(from_text("gone = 1"))
    )
    planner, name = client_of("planner"), f"question-{question.pk}"
    here = f"/ogc/collections/{name}"
    described = [each for each in ask(planner, "/ogc/collections")["collections"] if each["id"] == name]
    assert [each["title"] for each in described] == ["高楼"]
    assert all(here in link["href"] for link in described[0]["links"] if link["rel"] != "license")
    found = ask(planner, f"{here}/items")
    assert [each["id"] for each in found["features"]] == [district.building.pk]
    assert ask(planner, f"{here}/items?filter=storeys<8")["numberMatched"] == 0
    assert ask(planner, f"{here}/items/{district.building.pk}")["properties"]["storeys"] == 8
    ask(planner, f"{here}/items/{district.building.pk + 10**6}", 404)
    assert "storeys" in ask(planner, f"{here}/queryables")["properties"]
    assert f"/collections/{name}/items" in ask(planner, "/ogc/openapi")["paths"]
    for form in ("", "/items", "/queryables"):
        page = planner.get(f"{here}{form}?f=html").content.decode()
        assert "高楼" in page, form
        assert here in page, form
    for stranger in ("public", "citizen", "officer"):
        ask(client_of(stranger), f"{here}/items", 404)
        assert name not in str(ask(client_of(stranger), "/ogc/collections"))
    assert f"question-{withdrawn.pk}" not in str(ask(client_of("administrator"), "/ogc/collections"))
    ask(client_of("administrator"), f"/ogc/collections/question-{withdrawn.pk}/items", 400)
    StoredQuery.objects.update(sharing=Sharing.OWNER)
    ask(planner, f"{here}/items", 404)
