"""The working page: who gets it, what it says, what is read of persons, and that nothing typed is lost."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from layers.agencies.models import Department
from layers.casework.cases import assignment, parties
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, EventKind
from layers.registry.audience import Audience
from layers.registry.models import AccessLogEntry
from tests.cases.conftest import Open, People, SignIn, entered
from tests.people import client_of

pytestmark = pytest.mark.django_db
PERSON = {
    "party_kind": "person",
    "party_name": "王小明",
    "party_id": "330206190001010004",
    "party_phone": "13800000000",
}


def test_only_those_who_handle_a_case_get_its_working_page(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    page = sign_in("second").get(f"/cases/{case.pk}/").content.decode()
    assert "下一步" in page
    assert "办案经过" in page
    assert sign_in("planning").get(f"/cases/{case.pk}/").status_code == 404
    for role in ("public", "citizen", "planner"):
        assert client_of(role).get(f"/cases/{case.pk}/").status_code == 404
    Case.objects.filter(pk=case.pk).update(visibility=Audience.PUBLIC, party_public="某公司")
    for client in (sign_in("planning"), client_of("public")):
        shown = client.get(f"/cases/{case.pk}/", headers={"accept": "text/html"}).content.decode()
        assert "某公司" in shown
        assert "办案经过" not in shown
        assert "北仑演示有限公司" not in shown


def test_numbers_of_identity_are_masked_and_every_reading_is_recorded(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case = open_ordinary(party=PERSON)
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "王小明" in page
    assert PERSON["party_id"] not in page
    assert "••••0004" in page
    reading = AccessLogEntry.objects.get()
    assert (reading.layer, reading.rows, reading.who) == ("enforcement-cases", [case.pk], "first")
    data = json.loads(sign_in("first", "application/json").get(f"/cases/{case.pk}/").content)
    assert data["head"]["party_name"] == "王小明"
    assert AccessLogEntry.objects.count() == 2
    administrator = client_of("administrator").get(f"/cases/{case.pk}/", headers={"accept": "text/html"})
    assert PERSON["party_id"] in administrator.content.decode()
    assert AccessLogEntry.objects.count() == 3


def test_the_second_officer_of_the_last_step_is_there_for_the_next(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    case = open_ordinary()
    data = json.loads(sign_in("first", "application/json").get(f"/cases/{case.pk}/").content)
    assert data["second"] is None
    first, second = people["first"].officer, people["second"].officer
    assert first is not None
    assert second is not None
    append_event(case, people["first"], Entry(EventKind.STEP, "inspect", partner=second))
    for name, expected in (("first", second.pk), ("second", first.pk)):
        data = json.loads(sign_in(name, "application/json").get(f"/cases/{case.pk}/").content)
        assert data["second"] == expected


def test_a_case_is_handed_only_to_departments_that_somebody_works_for(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    Department.objects.create(code="ZZ", name="没有人员的部门")
    data = json.loads(sign_in("head", "application/json").get(f"/cases/{open_ordinary().pk}/").content)
    codes = [each["code"] for each in data["choices"]["departments"]]
    assert "PL" in codes
    assert "ZZ" not in codes
    assert len(codes) == len(set(codes))


def test_the_ticks_of_a_refused_form_stay(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    status, page = entered(sign_in("head"), case, "joint/", {"department": ["PL"], "reason": ""})
    assert status == 422
    assert 'value="PL" checked' in " ".join(page.split())


def test_lists_that_show_no_persons_read_none(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary(party=PERSON)
    assert case.geom is not None
    client = sign_in("first", "application/json")
    for address in (
        "/cases/?q=超规划",
        "/cases/inbox/?box=all",
        "/cases/search/?q=超规划",
        "/search/?q=超规划",
        f"/place/?lon={case.geom.x}&lat={case.geom.y}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert str(case.pk) in str(answer.json()), address
        assert "王小明" not in str(answer.json()), address
    assert not AccessLogEntry.objects.exists()
    found = json.loads(client.get("/cases/search/?party=小明").content)
    assert [item["party"] for item in found["items"]] == ["王小明"]
    assert AccessLogEntry.objects.get().rows == [case.pk]


def test_numbers_in_the_log_are_masked_as_well(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    case = open_ordinary(party=PERSON)
    new = {"party_id": "330206190001010020", "party_name": "王大明"}
    parties.correct_party(case.pk, new, "核对身份证", people["first"])
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "更正当事人" in page
    assert "王小明" in page
    assert PERSON["party_id"] not in page
    assert new["party_id"] not in page


def test_steps_say_who_may_take_them_and_why_not(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    first = sign_in("first", "application/json").get(f"/cases/{case.pk}/").json()
    steps = {step["code"]: step for step in first["steps"]}
    assert steps["check_lead"]["may_take"]
    assert [field["name"] for field in steps["check_lead"]["fields"]] == ["field-facts", "field-party_name"]
    filing = steps["file"]
    assert not filing["may_take"]
    assert filing["is_ready"]
    assert "行政机关负责人" in filing["against"][0]
    assert filing["names"] == ["officer head"]
    assert filing["due"]
    head = sign_in("head", "application/json").get(f"/cases/{case.pk}/").json()
    assert next(step for step in head["steps"] if step["code"] == "file")["may_take"]


def test_a_step_is_taken_with_its_form(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    case = open_ordinary()
    status, _ = entered(sign_in("head"), case, "steps/file/", {"note": "线索属实"})
    assert status == 302
    second = people["second"].officer
    assert second is not None
    given = {"field-certificate_shown": "on", "partner": second.pk}
    assert entered(sign_in("first"), case, "steps/start_investigation/", given)[0] == 302
    case.refresh_from_db()
    assert case.state == "investigation"
    assert case.filed == timezone.localdate(case.events.get(step="file").at)
    assert "certificate_shown" in case.flags
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "线索属实" in page
    assert "officer second" in page


def test_what_was_typed_stays_when_a_step_is_refused(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    entered(sign_in("head"), case, "steps/file/", {})
    status, page = entered(sign_in("first"), case, "steps/start_investigation/", {"note": "写了很久的说明"})
    assert status == 422
    assert "执法人员不得少于两人" in page
    assert "写了很久的说明" in page
    case.refresh_from_db()
    assert case.state == "filed"


@pytest.mark.parametrize(
    "given",
    [
        {"field-penalty": "beheading"},
        {"field-fine": "a lot"},
        {"field-fine": "1e400"},
        {"field-fine": "-5"},
        {"field-party_name": "某" * 300},
        {"field-facts": "x" * 30000},
        {"note": "a\x00b"},
        {"partner": "999999999"},
        {"partner": "١"},
        {"revision": "-1"},
    ],
)
def test_bad_values_get_a_sentence(open_ordinary: Open, sign_in: SignIn, given: dict[str, str]) -> None:
    case = open_ordinary()
    Case.objects.filter(pk=case.pk).update(state="investigation")
    filled = {"field-proposal": "penalise", "field-facts": "事实", "reason": "保留的文字", **given}
    status, page = entered(sign_in("first"), case, "steps/conclude/", filled)
    assert status == 422
    assert 'role="alert"' in page
    assert Case.objects.get(pk=case.pk).state == "investigation"


def test_who_is_overtaken_sees_what_happened_and_keeps_the_form(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    case = open_ordinary()
    seen = case.revision
    assignment.correct_position(case.pk, case.geom, "他人先更正了位置", people["second"])  # type: ignore[arg-type]
    late = sign_in("first").post(
        f"/cases/{case.pk}/steps/check_lead/", {"revision": seen, "field-facts": "辛苦写下的案情"}
    )
    assert late.status_code == 409
    page = late.content.decode()
    assert "officer second刚办理过本案" in page
    assert "他人先更正了位置" in page
    assert "辛苦写下的案情" in page
    assert not case.events.filter(step="check_lead").exists()
    again = {"field-facts": "辛苦写下的案情"}
    assert entered(sign_in("first"), case, "steps/check_lead/", again)[0] == 302


def test_a_step_that_others_took_meanwhile_leaves_its_entries_to_be_copied(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case = open_ordinary()
    seen = case.revision
    entered(sign_in("head"), case, "steps/dismiss/", {"reason": "不属实"})
    late = sign_in("head").post(f"/cases/{case.pk}/steps/file/", {"revision": seen, "note": "我的长备注"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "您本人已在别的窗口或设备上办理过本案" in page
    assert "您填写的内容仍在下方表单中" in page
    assert "我的长备注" in page


def test_a_person_without_an_officer_looks_but_does_not_act(open_ordinary: Open) -> None:
    case = open_ordinary()
    client = client_of("administrator")
    page = client.get(f"/cases/{case.pk}/", headers={"accept": "text/html"}).content.decode()
    assert "您的账号没有对应的执法人员" in page
    refused = client.post(f"/cases/{case.pk}/notes/", {"note": "x"})
    assert refused.status_code == 422
    assert case.events.count() == 1


def test_a_case_without_a_procedure_takes_notes_and_says_so(district: object, sign_in: SignIn) -> None:
    case = Case.objects.filter(department__code="UM", visibility=Audience.DEPARTMENT)[0]
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "没有对应的在库办理程序" in page
    assert entered(sign_in("first"), case, "notes/", {"note": "旧案补记"})[0] == 302
    assert entered(sign_in("first"), case, "steps/file/", {})[0] == 422
    assert entered(sign_in("first"), case, "publication/", {"title": "x"})[0] == 422


def test_numbers_of_identity_stay_hidden_in_what_was_written_past_the_verbs(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case = open_ordinary()
    facts = {"flags": [], "fields": {"party_id": "330206199001010001", "record": "笔录一份"}}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('geoportal.acting', '', true)"
        )  # the verb before is in our transaction
    Case.objects.filter(pk=case.pk).update(facts=facts)
    assert case.events.filter(kind="written").count() == 1
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "笔录一份" in page
    assert "330206199001010001" not in page
