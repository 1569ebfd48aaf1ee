"""The other verbs of the desk: each does one thing, says so, and stands in the log."""

import pytest

from layers.casework.models import Case
from tests.cases.conftest import Open, People, SignIn, entered
from tests.district import LAT, LON

pytestmark = pytest.mark.django_db


def test_a_note(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    assert entered(sign_in("first"), case, "notes/", {"note": "电话核实"})[0] == 302
    assert "电话核实" in sign_in("second").get(f"/cases/{case.pk}/").content.decode()
    status, page = entered(sign_in("first"), case, "notes/", {"note": "  "})
    assert (status, "请填写记录内容" in page) == (422, True)


def test_a_text_that_is_too_long_or_has_a_wrong_character_is_told_by_its_name(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case, client = open_ordinary(), sign_in("first")
    for form, given, sentence in (
        ("notes/", {"note": "长" * 20_001}, "“说明”有 20001 个字"),
        ("notes/", {"note": "a\0b"}, "“说明”含有"),
        ("steps/check_lead/", {"field-facts": "长" * 20_001}, "“案情”有 20001 个字"),
        ("party/", {"party_name": "长" * 201, "reason": "x"}, "“当事人”有 201 个字"),
        ("parties/", {"role": "reporter", "representative": "长" * 301}, "“代理人”有 301 个字"),
    ):
        status, page = entered(client, case, form, given)
        assert (status, sentence in page) == (422, True), page[page.find('role="alert"') :][:300]


def test_a_case_is_taken_and_assigned(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    case, second = open_ordinary(), people["second"].officer
    assert second is not None
    assert entered(sign_in("second"), case, "handler/", {"take": "1"})[0] == 302
    case.refresh_from_db()
    assert case.handler == second
    first = people["first"].officer
    assert first is not None
    assert entered(sign_in("second"), case, "handler/", {"officer": first.pk})[0] == 422
    assert entered(sign_in("leader"), case, "handler/", {"officer": first.pk})[0] == 302
    assert entered(sign_in("leader"), case, "handler/", {"officer": ""})[0] == 422


def test_a_case_that_is_handed_over_leaves_the_desk(open_ordinary: Open, sign_in: SignIn) -> None:
    case, leader = open_ordinary(), sign_in("leader")
    assert entered(leader, case, "department/", {"department": "PL", "reason": ""})[0] == 422
    assert entered(leader, case, "department/", {"department": "XX", "reason": "x"})[0] == 422
    response = leader.post(
        f"/cases/{case.pk}/department/",
        {"department": "PL", "reason": "属规划管辖", "revision": case.revision},
        follow=True,
    )
    assert response.redirect_chain[-1][0] == "/cases/inbox/"
    assert case.number in response.content.decode()
    assert leader.get(f"/cases/{case.pk}/").status_code == 404
    assert "属规划管辖" in sign_in("planning").get(f"/cases/{case.pk}/").content.decode()


def test_a_joint_case_is_both_departments_desk(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    assert entered(sign_in("leader"), case, "joint/", {"department": "PL", "reason": "涉规划"})[0] == 302
    assert "办案经过" in sign_in("planning").get(f"/cases/{case.pk}/").content.decode()
    assert entered(sign_in("planning"), case, "notes/", {"note": "规划意见"})[0] == 302
    assert "规划意见" in sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert entered(sign_in("planning"), case, "joint/", {"reason": "结束"})[0] == 422
    assert entered(sign_in("leader"), case, "joint/", {"reason": "结束"})[0] == 302
    assert sign_in("planning").get(f"/cases/{case.pk}/").status_code == 404


def test_a_duplicate_is_joined_and_closed(open_ordinary: Open, sign_in: SignIn) -> None:
    kept, again = open_ordinary(), open_ordinary()
    client = sign_in("first")
    assert entered(client, again, "join/", {"number": "no such", "reason": "x"})[0] == 422
    status, page = entered(client, again, "join/", {"number": " ", "reason": "x"})
    assert (status, "请填写另一案件的编号" in page) == (422, True)
    assert entered(client, again, "join/", {"number": kept.number, "reason": "同一事项"})[0] == 302
    again.refresh_from_db()
    assert (again.joined_to, again.outcome, again.is_open) == (kept, "joined", False)
    assert not again.limits.filter(status="running").exists()
    assert kept.number in client.get(f"/cases/{again.pk}/").content.decode()
    assert again.number in client.get(f"/cases/{kept.pk}/").content.decode()
    assert entered(sign_in("head"), again, "steps/file/", {})[0] == 422


def test_a_position_is_corrected(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    place = {"lon": LON + 0.001, "lat": LAT + 0.001, "reason": "门牌有误"}
    assert entered(sign_in("first"), case, "position/", place)[0] == 302
    case.refresh_from_db()
    assert case.geom is not None
    assert case.geom.x == pytest.approx(LON + 0.001)
    for wrong in ({"lon": "x"}, {"lat": "91"}, {"lon": "nan"}, {"reason": ""}):
        status, page = entered(sign_in("first"), case, "position/", {**place, **wrong})
        assert status == 422
        assert f'value="{wrong.get("lat", place["lat"])}"' in page


def test_a_party_is_corrected_and_the_log_keeps_what_it_was(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    new = {"party_kind": "person", "party_name": "李娜", "party_id": "", "reason": "查明当事人"}
    assert entered(sign_in("first"), case, "party/", new)[0] == 302
    case.refresh_from_db()
    assert (case.party_kind, case.party_name) == ("person", "李娜")
    assert "北仑演示有限公司" in sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert entered(sign_in("first"), case, "party/", new)[0] == 422
    assert entered(sign_in("first"), case, "party/", {**new, "party_kind": "alien"})[0] == 422


def test_a_limit_is_extended_by_whose_post_may(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    limit = case.limits.get(code="filing")
    given = {"number": "0", "reason": "需进一步核查"}
    assert entered(sign_in("first"), case, f"limits/{limit.pk}/", given)[0] == 422
    assert entered(sign_in("head"), case, f"limits/{limit.pk}/", {**given, "number": "9"})[0] == 422
    assert entered(sign_in("head"), case, f"limits/{limit.pk}/", given)[0] == 302
    assert entered(sign_in("head"), case, f"limits/{limit.pk}/", given)[0] == 422
    assert entered(sign_in("head"), case, "limits/987654/", given)[0] == 422
    before = limit.due
    limit.refresh_from_db()
    assert before is not None
    assert limit.due is not None
    assert limit.due > before
    assert "需进一步核查" in sign_in("first").get(f"/cases/{case.pk}/").content.decode()


def test_what_is_written_without_a_verb_shows_old_and_new(open_ordinary: Open, sign_in: SignIn) -> None:
    from django.db import connection

    case = open_ordinary()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL geoportal.acting = ''")
    Case.objects.filter(pk=case.pk).update(title="直接改过的案由")
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "<del>超规划许可面积建设</del>" in page
    assert "<ins>直接改过的案由</ins>" in page


def test_an_address_to_which_forms_are_sent_leads_back_to_the_case(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case = open_ordinary()
    for path in ("notes/", "steps/file/", "party/", "evidence/"):
        response = sign_in("first").get(f"/cases/{case.pk}/{path}")
        assert (response.status_code, response["Location"]) == (302, f"/cases/{case.pk}/")


def test_a_position_off_the_map_is_refused_in_a_sentence(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    for lat in ("90", "-89.99", "1e5", "nan", ""):
        given = {"lon": "121.8", "lat": lat, "reason": "定位偏移"}
        status, page = entered(sign_in("first"), case, "position/", given)
        assert (status, "纬度应在 -85 到 85 之间" in page) == (422, True), lat
