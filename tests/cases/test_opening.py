"""A case is opened at the desk once, at its place, and told when the same matter is open there already."""

from uuid import uuid4

import pytest

from layers.casework.models import Case, RelationKind
from layers.registry.models import AccessLogEntry
from tests.cases.case_story import CaseStory
from tests.cases.conftest import SignIn
from tests.district import LAT, LON

pytestmark = pytest.mark.django_db


def form(**more: str) -> dict[str, str]:
    return {
        "key": str(uuid4()),
        "matter": "ordinary-um:outdoor_advertising",
        "lead": "complaint",
        "lon": f"{LON:.6f}",
        "lat": f"{LAT:.6f}",
        "address": "明州路 1 号",
        "note": "来信反映广告牌遮挡门窗。",
        **more,
    }


def test_a_form_that_is_sent_twice_opens_one_case(story: CaseStory, sign_in: SignIn) -> None:
    client = sign_in("first")
    page = client.get("/cases/new/").content.decode()
    assert 'value="ordinary-um:outdoor_advertising"' in page
    sent = form(party_kind="organisation", party_name="北仑演示广告有限公司", party_id="91350100M000100Y43")
    first, again = client.post("/cases/new/", sent), client.post("/cases/new/", sent)
    case = Case.objects.get(key=sent["key"])
    assert first["Location"] == again["Location"] == f"/cases/{case.pk}/"
    assert (case.title, case.lead_source, case.department.code) == ("违规户外广告", "complaint", "UM")
    assert case.geom is not None
    assert (case.geom.x, case.geom.y) == pytest.approx((LON, LAT), abs=1e-6)
    assert (case.party_name, case.handler) == ("北仑演示广告有限公司", story.people["first"].officer)


def test_what_is_open_at_the_place_is_shown_first(story: CaseStory, sign_in: SignIn) -> None:
    client = sign_in("first")
    there = form()
    client.post("/cases/new/", there)
    near = form(lat=f"{LAT + 0.0001:.6f}")  # 11 m to the north
    shown = client.post("/cases/new/", near)
    opened = Case.objects.get(key=there["key"])
    assert shown.status_code == 200
    assert opened.number in shown.content.decode()
    assert client.post("/cases/new/", near | {"anyway": "1"}).status_code == 302
    assert Case.objects.filter(key=near["key"]).exists()


def test_what_is_wrong_is_said_and_what_was_typed_stays(story: CaseStory, sign_in: SignIn) -> None:
    client, count = sign_in("first"), Case.objects.count()
    for wrong, sentence in (
        ({"matter": "ordinary-pl:none"}, "请选择案由。"),
        ({"lead": "rumour"}, "请选择案件来源。"),
        ({"lon": "121,8"}, "请在地图上点击位置，或以度为单位填写经度和纬度。"),
        ({"lat": ""}, "请在地图上点击位置，或以度为单位填写经度和纬度。"),
        ({"lon": "1", "lat": "1"}, "该位置远离本区，请核对经度和纬度。"),
        ({"lead": "satellite"}, "卫星图斑"),
        ({"party_kind": "organisation", "party_name": "某公司", "party_id": "123"}, "统一社会信用代码"),
        ({"party_kind": "none", "party_name": "某公司"}, "请从列表中选择当事人类型。"),
        ({"note": "x" * 20_001}, "“案情”有 20001 个字"),
    ):
        answer = client.post("/cases/new/", form(**wrong))
        page = answer.content.decode()
        assert answer.status_code == 422, wrong
        assert sentence in page, wrong
        assert "明州路 1 号" in page
    assert Case.objects.count() == count


def test_a_case_out_of_another_begins_with_what_is_known_and_is_related(
    story: CaseStory, sign_in: SignIn
) -> None:
    client = sign_in("first")
    before = AccessLogEntry.objects.count()
    page = client.get(f"/cases/new/?of={story.case.pk}").content.decode()
    assert AccessLogEntry.objects.count() == before + 1
    for known in (story.case.address, story.case.party_name, f"{LON + 0.0003:.6f}"):
        assert known in page
    sent = form(of=str(story.case.pk))
    client.post("/cases/new/", sent)
    case = Case.objects.get(key=sent["key"])
    assert [(each.other, each.kind) for each in case.relations.all()] == [
        (story.case, RelationKind.CARRIED_OVER)
    ]


def test_a_foreign_case_gives_nothing_away(story: CaseStory, sign_in: SignIn) -> None:
    page = sign_in("planning").get(f"/cases/new/?of={story.case.pk}").content.decode()
    assert story.case.party_name not in page
    assert "ordinary-um:" not in page
