"""A checklist at the desk and on the phone: refused by row, nothing lost, kept with what it comes to, told row by row."""

import re
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point

from geoportal.field.serializers import procedure_json
from layers.agencies.models import Department
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.models import Case, EventKind
from layers.casework.procedures.versions import procedure_of, save_version, version_in_force
from layers.coordinates import STORE_SRID
from tests.cases.conftest import People, SignIn, account_of, entered
from tests.district import LAT, LON
from tests.field.conftest import phone, post
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

PROCEDURE = """\
extends: ordinary
code: own
tables:
  points:
    exits: {title: {zh: 出口畅通, en: Exits are free}, points: 10, key: true}
    signs: {title: {zh: 标识齐全, en: Signs are there}, points: 5}
fields:
  site: {title: {zh: 现场检查, en: Site}, kind: checklist, table: points}
  damage: {title: {zh: 损失, en: Damage}, kind: money}
steps:
  file:
    field_ready: true
    fields: {site: required, damage: {field: site.failed_key, over: 0}}
"""
KEPT = {
    "rows": [
        {"row": "exits", "result": "fail", "note": "堆放<杂物>"},
        {"row": "signs", "result": "na", "note": ""},
    ],
    "points": 0,
    "possible": 10,
    "failed": 1,
    "failed_key": 1,
    "failed_rows": ["exits"],
}


@pytest.fixture
def case(people: People) -> Case:
    save_version(PROCEDURE, procedure_texts(), "test", "own")
    place = Point(LON, LAT, srid=STORE_SRID)
    found = CaseIntake("占道", Department.objects.get(code="UM"), version_in_force("own"), position=place)
    return open_case(found, people["first"])


def checked(page: str) -> set[str]:
    return set(re.findall(r'name="(field-site\.\w+)" value="\w+" checked', " ".join(page.split())))


def test_the_desk_names_rows_that_are_left_and_keeps_what_was_entered(case: Case, sign_in: SignIn) -> None:
    client = sign_in("head")
    status, page = entered(client, case, "steps/file/", {})
    assert (status, "须填写“现场检查”" in page) == (422, True)
    given = {"field-site.exits": "fail", "field-site.exits.note": "堆放<杂物>"}
    status, page = entered(client, case, "steps/file/", given)
    assert (status, "“现场检查”中尚未检查：标识齐全" in page, "须填写“损失”" in page) == (422, True, True)
    assert checked(page) == {"field-site.exits"}
    assert 'value="堆放&lt;杂物&gt;"' in page
    given |= {"field-site.signs": "na"}
    status, page = entered(client, case, "steps/file/", given)
    assert (status, "须填写“损失”" in page) == (422, True)
    assert checked(page) == {"field-site.exits", "field-site.signs"}
    assert entered(client, case, "steps/file/", {**given, "field-damage": "5"})[0] == 302
    assert case.events.get(kind=EventKind.STEP).data["fields"]["site"] == KEPT
    case.refresh_from_db()
    assert case.fields["site"] == KEPT
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "得分 0/10，不合格 1 项（其中重点项 1 项）<br>出口畅通：不合格（重点项），堆放&lt;杂物&gt;" in page


def test_what_cannot_be_entered_any_more_is_shown(case: Case, sign_in: SignIn) -> None:
    client = sign_in("head")
    given = {"field-site.exits": "pass", "field-site.signs": "pass"}
    assert entered(client, case, "steps/file/", given)[0] == 302
    status, page = entered(client, case, "steps/file/", {"field-site.exits": "fail"})
    assert (status, "出口畅通：不合格（重点项）" in page) == (422, True)


def test_the_phone_has_the_table_and_sends_the_same(case: Case, people: People) -> None:
    account = account_of(people["head"])
    asked = {each["name"]: each for each in procedure_json(procedure_of(case))["steps"]["file"]["fields"]}
    site, damage = asked["site"], asked["damage"]
    assert site["rows"] == [
        {"code": "exits", "title": {"zh": "出口畅通", "en": "Exits are free"}, "points": 10, "key": True},
        {"code": "signs", "title": {"zh": "标识齐全", "en": "Signs are there"}, "points": 5, "key": False},
    ]
    assert damage["required_when"] == {"field": "site.failed_key", "over": 0.0}
    step = {"key": str(uuid4()), "case": case.pk, "step": "file", "revision": case.revision}
    shapes = ("fail", ["exits"], {"exits": "fail"}, {"exits": {"result": 1}})
    for wrong in (*shapes, {"exits": {"result": "fail", "note": "字" * 501}}):
        response = post(phone(account.username), "steps/", {**step, "fields": {"site": wrong}})
        assert response.status_code == 400, response.content
    unknown = post(
        phone(account.username), "steps/", {**step, "fields": {"site": {"wheel": {"result": "pass"}}}}
    )
    assert unknown.status_code == 422, unknown.content
    rows = {"signs": {"result": "na"}, "exits": {"result": "fail", "note": "堆放<杂物>"}}
    given = {"site": rows, "damage": "5"}
    assert post(phone(account.username), "steps/", {**step, "fields": given}).status_code == 200
    assert case.events.get(kind=EventKind.STEP).data["fields"]["site"] == KEPT
