"""An officer of another department is asked in the inbox, answers on a page of its own, and the case's page shows it."""

import pytest

from layers.agencies.models import Department
from layers.casework.models import Case, EventKind, Notice, NoticeKind
from layers.casework.procedures.versions import save_version, version_in_force
from tests.cases.conftest import Open, People, SignIn, entered
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

PROCEDURE = """\
extends: ordinary
code: own
steps:
  ask:
    title: {zh: 征求意见, en: Ask}
    from: [lead]
    by: [leader]
    basis: local
    consults: {units: {PL: 5 working days}}
  file: {awaits: [ask]}
"""


@pytest.fixture
def case(open_ordinary: Open, people: People) -> Case:
    save_version(PROCEDURE, procedure_texts(), "test", "own")
    Department.objects.get_or_create(code="PL", defaults={"name": "规划分局", "name_en": "Planning"})
    return open_ordinary(version=version_in_force("own"))


def test_it_is_asked_answered_and_shown(case: Case, people: People, sign_in: SignIn) -> None:
    leader, planner = sign_in("leader"), sign_in("planning")
    assert entered(leader, case, "steps/ask/", {"note": "是否符合规划？"})[0] == 302
    page = leader.get(f"/cases/{case.pk}/").content.decode()
    assert 'id="consultations"' in page
    assert "待回复" in page
    assert "“征求意见”尚有部门未回复" in page
    assert planner.get(f"/cases/{case.pk}/").status_code == 404
    asked = case.consultations.get()
    address = f"/cases/consultations/{asked.pk}/"
    notice = Notice.objects.get(kind=NoticeKind.ASKED, officer=people["planning"].officer)
    (told,) = planner.get("/cases/notices/", headers={"Accept": "application/json"}).json()["items"]
    assert told["text"] == "征求您所在部门的意见：“征求意见”。"
    assert planner.post("/cases/notices/", {"notice": notice.pk})["Location"] == address
    assert address in planner.get("/cases/inbox/").content.decode()
    assert address not in leader.get("/cases/inbox/").content.decode()
    assert leader.get(address).status_code == 404
    page = planner.get(address).content.decode()
    assert "是否符合规划？" in page
    assert case.party_name not in page
    refused = planner.post(address, {"opinion": "objects", "text": ""})
    assert (refused.status_code, "不同意须写明理由" in refused.content.decode()) == (422, True)
    assert 'value="objects" checked' in " ".join(refused.content.decode().split())
    refused = planner.post(address, {"opinion": "", "text": "未取得许可"})
    assert (refused.status_code, "未取得许可</textarea>" in refused.content.decode()) == (422, True)
    assert planner.post(address, {"opinion": "objects", "text": "未取得许可"}).status_code == 302
    assert planner.get(address).status_code == 404
    page = leader.get(f"/cases/{case.pk}/").content.decode()
    assert page.count("未取得许可") == 2  # with the consultation and in the log
    assert "“征求意见”尚有部门未回复" not in page
    (told,) = planner.get("/cases/notices/", headers={"Accept": "application/json"}).json()["items"]
    assert (told["case"], told["text"]) == (None, "该案已不再征求您所在部门的意见。")
    (answered,) = [
        each["text"]
        for each in sign_in("first")
        .get("/cases/notices/", headers={"Accept": "application/json"})
        .json()["items"]
        if "答复" in each["text"]
    ]
    assert answered == "规划分局答复“征求意见”：不同意。"
    event = case.events.get(kind=EventKind.CONSULTATION)
    assert event.officer == people["planning"].officer
    assert Notice.objects.filter(event=event).exclude(kind=NoticeKind.ANSWERED).count() == 0
