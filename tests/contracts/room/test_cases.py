"""Cases of the room's own family are worked on as all cases are."""

import json
import re
from urllib.parse import urlencode

import psycopg2
import pytest

from tests.contracts.room.installation import (
    BROKEN,
    MENDED,
    ONE,
    PROCEDURE,
    ROLES,
    RUSTY,
    SHARED,
    SHED,
    TWO,
    Installation,
)


def test_cases_of_the_room_s_own_family_have_a_page_for_who_works_on_them(room: Installation) -> None:
    mended, broken = room.reports[:2]
    page = room.json(f"/cases/{mended}/", "officer")
    assert (page["head"]["state"], page["head"]["procedure"]) == ("已修好", "街椅报修")
    (slip,) = page["documents"]["made"]
    assert (slip["code"], slip["title"]) == ("bench_slip", "街椅维修单")
    assert re.fullmatch(r"UM椅〔\d{4}〕001号", slip["made"][0]["number"])
    (hours,) = page["head"]["particulars"]
    assert (hours["label"], hours["text"]) == ("工时", "3")
    told = room.text(f"/cases/{mended}/", "officer", "text/html")
    assert "椅条、螺栓" in told
    assert "86.50 元" in told
    assert "得分 10/15，不合格 1 项<br>螺栓紧固：合格<br>椅条完好：不合格，一条有裂纹" in told
    assert "看护员甲（K1）" in told
    assert f"街椅一（benches/{room.benches[ONE]}）" in told
    (drawn,) = page["map"]["drawn"]
    assert (drawn["title"], len(drawn["geometry"]["coordinates"][0])) == ("围挡范围", 4)
    steps = {each["code"]: each["may_take"] for each in room.json(f"/cases/{broken}/", "officer")["steps"]}
    assert steps == {
        "mend": False,
        "ask_around": True,
        "order_move": True,
        "give_up": False,
        "tell_more": False,
    }
    limits = {each["code"]: each for each in room.json(f"/cases/{broken}/", "officer")["limits"]}
    assert (limits["mending"]["then"], limits["keeping"]["then"]) == ("", "不再维修")
    assert BROKEN in room.text(f"/cases/{broken}/", "officer", "text/html")
    for role in ("public", "citizen", "other_officer", "planner"):
        assert room.ask(f"/cases/{mended}/", role)[0] == 404, role


def test_another_department_is_asked_for_its_opinion(room: Installation) -> None:
    broken = room.reports[1]
    (asked,) = room.json(f"/cases/{broken}/", "officer")["consultations"]
    assert (asked["department"], asked["status"], asked["step"]) == ("规划分局", "待回复", "征求移位意见")
    assert room.json("/cases/inbox/", "officer")["asked"] == []
    (told,) = room.json("/cases/inbox/", "other_officer")["asked"]
    assert (told["title"], told["by"], told["due"]) == (BROKEN, "城市管理局", asked["due"])
    assert "能否移到路对面？" in room.text(told["url"], "other_officer", "text/html")
    for role in ("public", "citizen", "officer", "planner", "administrator"):
        assert room.ask(told["url"], role)[0] == 404, role
    notices = [each["text"] for each in room.json("/cases/notices/", "other_officer")["items"]]
    assert "征求您所在部门的意见：“征求移位意见”。" in notices


def test_another_department_has_a_sub_task_that_the_report_waits_for(room: Installation) -> None:
    broken = room.reports[1]
    page = room.json(f"/cases/{broken}/", "officer")
    (child,) = page["subtasks"]
    assert (child["procedure"], child["state"], child["department"]) == ("街椅移位", "待移位", "规划分局")
    assert (child["url"], child["title"]) == (None, "")
    against = {step["code"]: step["against"] for step in page["steps"]}
    assert against["give_up"] == [
        "“征求移位意见”尚有部门未回复（本地配置）。",
        "“交办移位”尚有子案未办结（本地配置）。",
    ]
    (row,) = [
        each
        for each in room.json("/cases/search/?q=yibei", "other_officer")["items"]
        if each["title"] == BROKEN
    ]
    own = room.json(f"/cases/{row['id']}/", "other_officer")
    assert own["head"]["number"] == child["number"]
    assert re.fullmatch(r"B\d{4}-\d{4}", child["number"])
    assert (own["head"]["description"], own["head"]["party_name"]) == ("移到路对面", "海港木业公司")
    (parent,) = own["subtask_of"]
    assert (parent["number"], parent["state"], parent["url"]) == (page["head"]["number"], "待修", None)
    told = [each["text"] for each in room.json("/cases/notices/", "other_officer")["items"]]
    assert f"看护员甲向您的部门交办了 {parent['number']} 的子案。" in told
    near = room.json("/field/api/cases/?lon=121.842&lat=29.9", "other_officer")["cases"]
    (carried,) = [case for case in near if case["number"] == child["number"]]
    assert [step["code"] for step in carried["steps"]] == ["move"]


@pytest.mark.parametrize("role", ROLES)
def test_bench_and_building_tell_the_cases_about_them_to_who_may_see_them(
    role: str, room: Installation
) -> None:
    sees = role in {"officer", "administrator"}
    for place, title in ((f"benches/{room.benches[ONE]}", MENDED), (f"buildings/{room.shed}", BROKEN)):
        shown = room.text(f"/place/{place}/", role)
        told = [
            item["title"]
            for section in json.loads(shown)["sections"]
            if section["kind"] == "related" and section["layer"] == "bench-reports"
            for item in section["items"]
        ]
        assert told == ([title] if sees else []), place
        assert ("bench-reports" in shown) == sees, place


def test_cases_of_the_room_s_own_family_tell_what_they_are_about_and_each_other(room: Installation) -> None:
    mended, broken = room.reports[:2]
    benches = {code: (code, f"/place/benches/{pk}/") for code, pk in room.benches.items()}
    shed = (SHED, f"/place/buildings/{room.shed}/")
    for case, places in ((mended, [benches[ONE]]), (broken, [benches[TWO], shed])):
        subjects = room.json(f"/cases/{case}/", "officer")["subjects"]
        assert [(each["title"], each["url"]) for each in subjects] == places
    assert room.json(f"/cases/{broken}/", "officer")["subject_rules"] == [
        {"title": "街椅", "most": 2, "required": "已修好", "is_missing": False},
        {"title": "建筑", "most": 1, "required": "", "is_missing": False},
    ]
    for about, titles in (
        ("街椅一", {MENDED}),
        (f"benches/{room.benches[TWO]}", {BROKEN}),
        (f"buildings/{room.shed}", {BROKEN}),
    ):
        address = f"/cases/search/?{urlencode({'about': about})}"
        found = {item["title"] for item in room.json(address, "officer")["items"]}
        assert found == titles, about
        assert room.json(address, "other_officer")["items"] == []
    for case, other, kind in ((broken, mended, "承接"), (mended, broken, "后续案件")):
        (relation,) = room.json(f"/cases/{case}/", "officer")["relations"]
        assert (relation["case"]["id"], relation["kind"]) == (other, kind)


def test_cases_of_the_room_s_own_family_are_listed_searched_and_counted(room: Installation) -> None:
    assert {i["title"] for i in room.json("/street/reports/", "officer")["items"]} == {MENDED, BROKEN, SHARED}
    assert {i["title"] for i in room.json("/street/reports/?state=mended", "officer")["items"]} == {MENDED}
    assert {i["title"] for i in room.json("/cases/search/?q=duanlie", "officer")["items"]} == {MENDED}
    assert room.json("/cases/search/?q=duanlie", "other_officer")["items"] == []
    inbox = room.json("/cases/inbox/?box=post", "officer")
    assert [row["title"] for row in inbox["items"]] == [BROKEN]
    board = {table["code"]: table["rows"] for table in room.json("/cases/board/", "officer")["procedures"]}
    assert [(row["title"], row["total"]) for row in board[PROCEDURE]] == [("待修", 1)]
    counted = room.json(f"/cases/statistics/?procedure={PROCEDURE}&by=category", "officer")
    assert counted["total"] == 3
    rate = next(each for each in counted["rates"] if each["code"] == "strengthening")
    assert (rate["title"], rate["percent"], rate["part"], rate["whole"]) == ("加固率", 100.0, 1, 1)
    assert {i["title"] for i in room.json(rate["part_url"], "officer")["items"]} == {MENDED}
    by_post = room.json(f"/cases/statistics/?procedure={PROCEDURE}&by=post", "officer")["rows"]
    assert [(row["key"], row["reported"]) for row in by_post] == [("bench_keeper", 3)]
    assert "加固率" in room.text(
        f"/cases/statistics/?procedure={PROCEDURE}&rate=strengthening", "officer", "text/html"
    )
    assert "加固率" not in room.text("/cases/statistics/?procedure=urban", "officer", "text/html")


def test_cases_of_the_room_s_own_family_are_handed_over_and_stand_in_the_work_record(
    room: Installation,
) -> None:
    rusty = room.reports[2]
    assert {i["title"] for i in room.json("/street/reports/", "other_officer")["items"]} == {
        RUSTY,
        BROKEN,
        SHARED,
    }
    assert room.ask(f"/cases/{rusty}/", "officer")[0] == 404
    timeline = room.text(f"/cases/{rusty}/", "administrator", "text/html")
    assert "在其管辖的绿地内" in timeline
    day = room.json("/cases/days/", "officer")
    done = {entry["title"] for entry in day["entries"]}
    assert {"受理", "修好", "移送"} <= done


def test_cases_of_the_room_s_own_family_are_handled_by_two_departments(room: Installation) -> None:
    shared = room.reports[3]
    for role in ("officer", "other_officer"):
        page = room.json(f"/cases/{shared}/", role)
        assert (page["title"], page["head"]["state"]) == (SHARED, "不再维修")
        who = {each["title"]: each["who"] for each in page["timeline"]}
        assert who["不再维修"] == "看护员乙"
        assert {i["title"] for i in room.json("/cases/search/?q=songtuo", role)["items"]} == {SHARED}
    done = [each["title"] for each in room.json("/cases/days/", "other_officer")["entries"]]
    assert "不再维修" in done
    assert room.ask(f"/cases/{shared}/", "planner")[0] == 404


def test_the_map_is_kept_as_it_was_when_a_case_of_the_room_s_own_family_was_opened(
    room: Installation,
) -> None:
    mended = room.reports[0]
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM casework_event WHERE case_id = %s AND kind = 'opened'", [mended])
        [(event,)] = cursor.fetchall()
    connection.close()
    seen = room.json(f"/cases/{mended}/events/{event}/", "officer")
    assert {layer["name"] for layer in seen["layers"]} == {"benches", "bench-reports"}
    assert seen["is_intact"]
    assert room.ask(f"/cases/{mended}/events/{event}/", "other_officer")[0] == 404


def test_what_the_family_keeps_besides_is_its_department_s(room: Installation) -> None:
    mended = room.reports[0]
    for role in ("officer", "administrator"):
        rows = room.json(f"/place/bench-reports/{mended}/", role)["rows"]
        assert [row["value"] for row in rows if row["label"] == "工时"] == ["3"], role
    for role in ("public", "other_officer"):
        assert '"工时"' not in room.ask(f"/place/bench-reports/{mended}/", role)[1].decode(), role
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE benches_mending SET hours = 4")
        cursor.execute(
            "SELECT data->'changed' FROM casework_event WHERE kind = 'written' AND case_id = %s", [mended]
        )
        assert cursor.fetchall() == [({"hours": [3, 4]},)]
        connection.rollback()
    connection.close()


def test_cases_of_the_room_s_own_family_are_on_the_map_of_their_department_only(room: Installation) -> None:
    for role, count in {"officer": 3, "administrator": 5, "other_officer": 3, "public": 0}.items():
        entry = next(e for e in room.json("/layers/", role)["layers"] if e["name"] == "bench-reports")
        assert entry["count"] == count, role
