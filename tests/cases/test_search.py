"""The history: by place, party, words, time, state, category and department, each sees what is theirs to see."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case
from layers.registry.audience import Audience
from tests.cases.case_story import CaseStory, story
from tests.cases.conftest import Open, People, SignIn
from tests.district import LAT, LON, point

pytestmark = pytest.mark.django_db
__all__ = ["story"]


def found(client: Client, query: str) -> set[int]:
    answer = client.get(f"/cases/search/?{query}")
    assert answer.status_code == 200, answer.content
    return {item["id"] for item in answer.json()["items"]}


def test_each_way_of_asking(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    near = open_ordinary(title="搭建雨棚", category="")
    far = open_ordinary(title="堆放建材", position=point(LON + 0.01, LAT + 0.01))
    Case.objects.filter(pk=far.pk).update(reported=timezone.now() - timedelta(days=400), category="市容环境")
    take_step(far.pk, "file", people["head"], StepInput())
    both, client = {near.pk, far.pk}, sign_in("first", "application/json")
    today = timezone.localdate(near.reported)
    year = today - timedelta(days=365)
    assert both & found(client, "q=雨棚") == {near.pk}
    assert both & found(client, f"q={far.number}") == {far.pk}
    assert both & found(client, "party=演示有限") == both
    assert both & found(client, f"lon={LON + 0.0003}&lat={LAT + 0.0003}&radius=100") == {near.pk}
    assert both & found(client, "near=泰山路1号&radius=100") == {near.pk}
    ring = f"{LON},{LAT},{LON + 0.002},{LAT},{LON + 0.002},{LAT + 0.002},{LON},{LAT + 0.002}"
    assert both & found(client, f"area={ring}") == {near.pk}
    assert both & found(client, f"since={year}") == {near.pk}
    assert both & found(client, f"until={year}") == {far.pk}
    assert both & found(client, f"since={today}&until={today}") == {near.pk}
    assert both & found(client, "state=filed") == {far.pk}
    assert both & found(client, "category=市容环境") == {far.pk}
    assert both & found(client, "department=UM") == both
    assert both & found(client, "department=PL") == set()


def test_lists_name_category_and_department_in_the_reader_s_language(
    story: CaseStory, sign_in: SignIn
) -> None:
    officer = sign_in("first", "application/json")
    for language, category, department in (
        ("en", "Trading on the street", "Urban Management"),
        ("zh", "占道经营", "城市管理局"),
    ):
        words = {"accept-language": language}
        [item] = officer.get("/cases/inbox/?box=mine", headers=words).json()["items"]
        assert item["category"] == category
        answer = officer.get(f"/cases/search/?q={story.case.number}", headers=words).json()
        [item] = answer["items"]
        assert (item["department"], item["category"]) == (department, category)
        assert category in answer["choices"]["categories"]
    for query in ("q=trading+on+street", "category=trading on the street", "category=占道经营"):
        assert found(officer, query) == {story.case.pk}, query
    assert found(officer, "q=noise") == set()


def test_others_find_what_the_public_sees_and_never_by_a_name(open_ordinary: Open, sign_in: SignIn) -> None:
    hidden = open_ordinary(party={"party_kind": "person", "party_name": "王小明"})
    shown = open_ordinary(party={"party_kind": "person", "party_name": "王小明"})
    Case.objects.filter(pk=shown.pk).update(visibility=Audience.PUBLIC, title_public="超规划建设")
    both, planning = {hidden.pk, shown.pk}, sign_in("planning", "application/json")
    assert both & found(planning, "q=超规划") == {shown.pk}
    assert both & found(planning, "party=王小明") == set()
    item = next(i for i in planning.get("/cases/search/?q=超规划").json()["items"] if i["id"] == shown.pk)
    assert shown.geom is not None
    assert abs(item["lon"] - shown.geom.x) > 1e-6
    assert both & found(sign_in("first", "application/json"), "party=王小明") == both


@pytest.mark.parametrize(
    "query",
    [
        "lon=x&lat=1",
        "lon=200&lat=1",
        "lon=121&lat=",
        "radius=x&q=a",
        "area=1,2,3",
        "area=1,2,3,4,5,x",
        "area=1,2,1,2,999,2",
        "since=yesterday",
        "since=2026-02-30",
        "since=2026-03-01&until=2026-02-01",
        "near=no such street at all",
        f"q={'x' * 200}",
        "page=0&q=a",
        "page=999&q=a",
    ],
)
def test_what_makes_no_sense_gets_a_sentence_and_stays_in_the_form(
    district: object, sign_in: SignIn, query: str
) -> None:
    answer = sign_in("first").get(f"/cases/search/?{query}&party=保留")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert 'value="保留"' in answer.content.decode()


def test_signs_of_patterns_are_plain_signs(open_ordinary: Open, sign_in: SignIn) -> None:
    open_ordinary()
    client = sign_in("first", "application/json")
    assert found(client, "party=%25") == found(client, "party=_") == set()


def test_a_crossed_area_is_no_error(open_ordinary: Open, sign_in: SignIn) -> None:
    bow = f"{LON},{LAT},{LON + 0.01},{LAT + 0.01},{LON + 0.01},{LAT},{LON},{LAT + 0.01}"
    open_ordinary()
    found(sign_in("first", "application/json"), f"area={bow}")


def test_the_page_of_a_case_tells_what_else_happened_there(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    Case.objects.filter(pk=case.pk).update(category="违法建设")
    again = open_ordinary()
    away = open_ordinary(position=point(LON + 0.01, LAT + 0.01))
    others = sign_in("first", "application/json").get(f"/cases/{again.pk}/").json()["others"]
    groups = {group["category"]: {each["id"] for each in group["cases"] + group["more"]} for group in others}
    assert groups["违法建设"] == {case.pk}
    assert "街面秩序" in groups
    assert all(away.pk not in pks and again.pk not in pks for pks in groups.values())
