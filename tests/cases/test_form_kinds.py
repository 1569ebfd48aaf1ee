"""Money and several choices at the desk and on the phone: asked, refused without loss, kept in one form, told in words."""

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
fields:
  traces:
    title: {zh: 发现问题, en: Findings}
    kind: choices
    choices: {waste: {zh: 垃圾, en: Waste}, noise: {zh: 噪声, en: Noise}, dust: {zh: 扬尘, en: Dust}}
  damage: {title: {zh: 损失, en: Damage}, kind: money}
steps:
  file:
    field_ready: true
    fields: {traces: required, damage: {field: traces, in: [waste, dust]}}
"""
KEPT = {"traces": ["waste", "dust"], "damage": "86.50"}


@pytest.fixture
def case(people: People) -> Case:
    save_version(PROCEDURE, procedure_texts(), "test", "own")
    place = Point(LON, LAT, srid=STORE_SRID)
    found = CaseIntake("占地", Department.objects.get(code="UM"), version_in_force("own"), position=place)
    return open_case(found, people["first"])


def test_the_desk_refuses_keeps_what_was_entered_and_tells_it_afterwards(case: Case, sign_in: SignIn) -> None:
    client = sign_in("head")
    status, page = entered(client, case, "steps/file/", {"field-damage": "5"})
    assert (status, "须填写“发现问题”" in page) == (422, True)
    status, page = entered(client, case, "steps/file/", {"field-traces": ["dust", "waste"]})
    assert (status, "须填写“损失”" in page) == (422, True)
    ticked = {
        code for code in ("waste", "noise", "dust") if f'value="{code}" checked' in " ".join(page.split())
    }
    assert ticked == {"waste", "dust"}
    wrong = {"field-traces": ["dust", "waste"], "field-damage": "86.505"}
    status, page = entered(client, case, "steps/file/", wrong)
    assert (status, "“损失”填写有误" in page, 'value="86.505"' in page) == (422, True, True)
    assert entered(client, case, "steps/file/", {**wrong, "field-damage": "86.5"})[0] == 302
    assert case.events.get(kind=EventKind.STEP).data["fields"] == KEPT
    case.refresh_from_db()
    assert case.fields == KEPT
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "垃圾、扬尘" in page
    assert "86.50 元" in page


def test_what_cannot_be_entered_any_more_is_shown_by_name(case: Case, sign_in: SignIn) -> None:
    client = sign_in("head")
    assert entered(client, case, "steps/file/", {"field-traces": ["noise"]})[0] == 302
    late = {"field-traces": ["dust", "waste"], "field-damage": "5"}
    status, page = entered(client, case, "steps/file/", late)
    assert status == 422
    assert "扬尘、垃圾" in page


def test_the_phone_asks_and_sends_the_same(case: Case, people: People) -> None:
    account = account_of(people["head"])
    fields = procedure_json(procedure_of(case))["steps"]["file"]["fields"]
    (asked,) = (each for each in fields if each["name"] == "traces")
    assert (asked["kind"], list(asked["choices"])) == ("choices", ["waste", "noise", "dust"])
    step = {"key": str(uuid4()), "case": case.pk, "step": "file", "revision": case.revision}
    for wrong in ("waste", ["waste", 1], ["waste"] * 4):
        response = post(phone(account.username), "steps/", {**step, "fields": {"traces": wrong}})
        assert response.status_code == 400, response.content
    given = {"traces": ["dust", "waste"], "damage": "86.5"}
    assert post(phone(account.username), "steps/", {**step, "fields": given}).status_code == 200
    assert case.events.get(kind=EventKind.STEP).data["fields"] == KEPT
