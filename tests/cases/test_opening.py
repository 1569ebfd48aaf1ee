"""A case is opened at the desk once, at its place, and told when the same matter is open there already."""

from uuid import uuid4

import pytest

from layers.casework.models import Case, RelationKind
from layers.casework.procedures.versions import save_version
from layers.registry.models import AccessLogEntry
from tests.cases.case_story import CaseStory
from tests.cases.conftest import SignIn
from tests.district import LAT, LON, SmallDistrict
from tests.room_texts import procedure_texts

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


def opened() -> Case:
    """The last one."""
    return Case.objects.order_by("-pk")[0]


def test_a_form_that_is_sent_twice_opens_one_case(story: CaseStory, sign_in: SignIn) -> None:
    client = sign_in("first")
    page = client.get("/cases/new/").content.decode()
    assert 'value="ordinary-um:outdoor_advertising"' in page
    sent = form(party_kind="organisation", party_name="北仑演示广告有限公司", party_id="91350100M000100Y43")
    sent["party_address"] = "北仑区演示路1号" * 20
    first, again = client.post("/cases/new/", sent), client.post("/cases/new/", sent)
    case = opened()
    assert first["Location"] == again["Location"] == f"/cases/{case.pk}/"
    assert (case.title, case.lead_source, case.department.code) == ("违规户外广告", "complaint", "UM")
    assert case.geom is not None
    assert (case.geom.x, case.geom.y) == pytest.approx((LON, LAT), abs=1e-6)
    assert (case.party_name, case.handler) == ("北仑演示广告有限公司", story.people["first"].officer)
    assert case.parties.get().address == sent["party_address"]


def test_what_is_open_at_the_place_is_shown_first(story: CaseStory, sign_in: SignIn) -> None:
    client = sign_in("first")
    there = form()
    client.post("/cases/new/", there)
    near = form(lat=f"{LAT + 0.0001:.6f}")  # 11 m to the north
    shown = client.post("/cases/new/", near)
    first = opened()
    assert shown.status_code == 200
    assert first.number in shown.content.decode()
    assert client.post("/cases/new/", near | {"anyway": "1"}).status_code == 302
    assert opened() != first


def test_a_form_that_was_changed_after_going_back_opens_another_case(
    story: CaseStory, sign_in: SignIn
) -> None:
    client, sent = sign_in("first"), form()
    client.post("/cases/new/", sent)
    first = opened()
    changed = sent | {"matter": "ordinary-um:street_trading", "address": "明州路 2 号", "anyway": "1"}
    assert client.post("/cases/new/", changed)["Location"] != f"/cases/{first.pk}/"
    assert (opened().address, Case.objects.get(pk=first.pk).address) == ("明州路 2 号", "明州路 1 号")


@pytest.mark.parametrize("stranger", ["second", "planning"])
def test_the_key_of_somebody_else_s_case_opens_none_and_tells_nothing_of_it(
    stranger: str, story: CaseStory, sign_in: SignIn
) -> None:
    sent = form(matter="urban:exposed_garbage")
    assert sign_in("first").post("/cases/new/", sent).status_code == 302
    first = opened()
    answer = sign_in(stranger).post("/cases/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "该标识已用于另一案件。" in page
    assert first.number not in page
    assert opened() == first


AT_ONCE = """\
extends: ordinary-um
code: own-um
place: {geometry: polygon, required: lead}
subjects: {buildings: {required: lead, most: 1}}
parties:
  complainant: {title: {zh: 投诉人, en: Complainant}, kinds: [person], required: lead}
"""


def test_what_a_procedure_asks_at_once_is_asked_on_the_form(
    story: CaseStory, sign_in: SignIn, district: SmallDistrict
) -> None:
    save_version(AT_ONCE, procedure_texts(), "test", "own-um")
    client, count = sign_in("first"), Case.objects.count()
    sent = form(matter="own-um:outdoor_advertising")
    page = client.post("/cases/new/", sent)
    assert page.status_code == 422
    for sentence in ("须先登记“投诉人”。", "须先写明涉及的“建筑”。", "须先划定范围。"):
        assert sentence in page.content.decode()
    for name in ("party-complainant-name", "subjects", "corners"):
        assert f'name="{name}"' in page.content.decode()
    ring = f"{LON},{LAT}\n{LON + 0.001},{LAT}\n{LON + 0.001},{LAT + 0.001}"
    about = f"/place/buildings/{district.building.pk}/"
    more = {"corners": ring, "subjects": about, "lon": "", "lat": "", "party-complainant-kind": "person"}
    named = {"party-complainant-name": "钱投诉", "party-complainant-phone": "13800001234"}
    wrong = client.post("/cases/new/", sent | more | named | {"subjects": "/place/buildings/0/"})
    assert (wrong.status_code, "钱投诉" in wrong.content.decode()) == (422, True)
    far = client.post("/cases/new/", sent | more | named | {"corners": "1,1\n2,1\n2,2"})
    assert (far.status_code, "该位置远离本区" in far.content.decode()) == (422, True)
    many = client.post("/cases/new/", sent | more | named | {"subjects": f"{about}\n" * 51})
    assert (many.status_code, "一件案件最多涉及 50 个对象。" in many.content.decode()) == (422, True)
    assert Case.objects.count() == count
    assert client.post("/cases/new/", sent | more | named).status_code == 302
    case = opened()
    assert case.area is not None
    assert case.geom is not None
    assert [(each.role, each.name, each.phone) for each in case.parties.filter(is_principal=False)] == [
        ("complainant", "钱投诉", "13800001234")
    ]
    assert [(each.layer, each.feature) for each in case.subjects.all()] == [
        ("buildings", district.building.pk)
    ]
    other = client.post("/cases/new/", form() | named | {"party-complainant-kind": "person", "anyway": "1"})
    assert (other.status_code, "本案程序没有这种参与人。" in other.content.decode()) == (422, True)


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
    case = opened()
    assert [(each.other, each.kind) for each in case.relations.all()] == [
        (story.case, RelationKind.CARRIED_OVER)
    ]


def test_a_foreign_case_gives_nothing_away(story: CaseStory, sign_in: SignIn) -> None:
    page = sign_in("planning").get(f"/cases/new/?of={story.case.pk}").content.decode()
    assert story.case.party_name not in page
    assert "ordinary-um:" not in page
