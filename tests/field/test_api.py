"""What the phone sends is done once, belongs to its officer, and gets a sentence when it is wrong."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from geoportal.field.commands import FILE_MOST
from layers.agencies.models import Department
from layers.base.models import LandUse
from layers.casework.cases import assignment
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case, EventKind, Evidence
from layers.coordinates import wgs84_to_gcj02
from layers.enforcement.models import PenaltyDecision
from tests.district import LAT, LON, SmallDistrict, square
from tests.field.conftest import HERE, People, case_body, phone, post, send_photo
from tests.offsets import wgs84_to_bd09
from tests.people import client_of

pytestmark = pytest.mark.django_db


def answered(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.content.decode()
    found: dict[str, Any] = response.json()
    return found


def test_a_case_is_logged_with_place_category_department_and_rule(people: People) -> None:
    said = "2026-11-24T08:00:00+08:00"
    sent = answered(post(phone(), "cases/", case_body(device_time=said, clock_off=3600)))
    case = Case.objects.get(pk=sent["case"]["id"])
    assert (case.department.code, case.procedure, case.category) == ("UM", "urban", "暴露垃圾")
    assert (case.accuracy, case.description, case.handler) == (12.0, "three bags", people["first"].officer)
    assert case.grid_cell is not None
    assert sent["case"]["state_title"] == {"zh": "信息收集", "en": "Collected"}
    [opening] = case.events.all()
    assert opening.device_time is not None
    assert opening.device_time.isoformat() == "2026-11-24T00:00:00+00:00"
    assert opening.data["rule"] == "category"
    assert opening.data["sent"]["clock_off"] == 3600
    assert abs((case.reported - timezone.now()).total_seconds()) < 60, "the server's clock counts"


def test_sending_again_is_answered_alike_and_makes_nothing(people: People) -> None:
    body = case_body()
    first, again = (answered(post(phone(), "cases/", body)) for _ in range(2))
    assert (first["case"]["id"], first["was"], first["revision"]) == (again["case"]["id"], 0, 1)
    photo = str(uuid4())
    pieces = [answered(send_photo(phone(), body["key"], photo)) for _ in range(2)]
    assert pieces[0]["evidence"] == pieces[1]["evidence"]
    assert (pieces[0]["was"], pieces[0]["revision"]) == (pieces[1]["was"], pieces[1]["revision"]) == (1, 2)
    note = {"key": str(uuid4()), "case_key": body["key"], "note": "again here", "joins": True}
    notes = [answered(post(phone(), "notes/", note)) for _ in range(2)]
    assert notes[0]["event"] == notes[1]["event"]
    case = Case.objects.get(key=body["key"])
    assert list(case.events.values_list("kind", flat=True)) == ["opened", "evidence", "note"]
    assert Evidence.objects.filter(original=None).count() == 1


def test_a_reduced_copy_goes_ahead_and_the_second_officer_confirms_on_the_phone(people: People) -> None:
    body, second = case_body(), people["second"].officer
    answered(post(phone(), "cases/", body))
    key = str(uuid4())
    ahead = answered(send_photo(phone(), body["key"], key, reduced="true", partner=str(second and second.pk)))
    assert "reduced_copy" in ahead["findings"]
    case = Case.objects.get(key=body["key"])
    told = {"key": str(uuid4()), "case": case.pk, "evidence": ahead["evidence"]}
    told["device_time"] = "2026-11-24T08:00:00+08:00"
    assert post(phone(), "confirmations/", told).status_code == 422
    [shown] = answered(phone("second").get(f"/field/api/cases/{case.pk}/"))["case"]["evidence"]
    assert shown["to_confirm"] is True
    said = answered(post(phone("second"), "confirmations/", told))
    assert said["was"] == said["revision"] == ahead["revision"], "who saw less than that has not seen it now"
    assert case.events.get(data__act="confirmed").device_time == datetime.fromisoformat(told["device_time"])
    [shown] = answered(phone("second").get(f"/field/api/cases/{case.pk}/"))["case"]["evidence"]
    assert shown["to_confirm"] is False
    assert "手机压缩件，原件尚未上传。" in [each["zh"] for each in shown["findings"]]
    again = answered(send_photo(phone(), body["key"], str(uuid4()), of=key))
    assert (again["evidence"], again["is_known"]) == (ahead["evidence"], True), "the same file counts once"


def test_a_key_opens_no_door_to_the_case_of_somebody_else(people: People) -> None:
    body = case_body()
    answered(post(phone(), "cases/", body))
    answered(post(phone("planning"), "cases/", {**body, "category": "exposed_garbage"}), 400)
    answered(send_photo(phone("planning"), body["key"]), 404)
    answered(
        post(phone("planning"), "notes/", {"key": str(uuid4()), "case_key": body["key"], "note": "x"}), 404
    )
    other = case_body()
    answered(post(phone(), "cases/", other))
    photo = str(uuid4())
    answered(send_photo(phone(), body["key"], photo))
    answered(send_photo(phone(), other["key"], photo), 400)


def test_a_key_is_one_officer_s_for_one_act(people: People) -> None:
    told = answered(post(phone(), "cases/", case_body(procedure="simple", category="street_trading")))
    note = {"key": str(uuid4()), "case": told["case"]["id"], "note": "seen"}
    answered(post(phone(), "notes/", note))
    answered(post(phone("second"), "notes/", {**note, "note": "mine"}), 400)
    answered(post(phone(), "steps/", {**note, "step": "dismiss", "revision": 2, "reason": "x"}), 400)
    photo = str(uuid4())
    case = Case.objects.get(pk=told["case"]["id"])
    answered(send_photo(phone(), str(case.key), photo))
    answered(send_photo(phone("second"), str(case.key), photo), 400)
    assert list(case.events.values_list("kind", flat=True)) == ["opened", "note", "evidence"]


def test_who_logged_a_case_for_another_department_learns_no_more_of_it(people: People) -> None:
    """Also not by a step at a revision that is not the case's."""
    told = answered(post(phone(), "cases/", case_body(department="PL")))
    assert told["case"]["own"] is False
    case = Case.objects.get(key=told["case"]["key"])
    step = {"key": str(uuid4()), "case_key": str(case.key), "step": "check_lead", "revision": 0}
    for path in ("steps/", "notes/"):
        found = answered(post(phone(), path, {**step, "note": "x"}), 404)
        assert set(found) == {"error"}
    answered(send_photo(phone(), str(case.key)))


def test_a_case_that_is_handed_over_meanwhile_is_not_told(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = answered(post(phone(), "cases/", case_body(procedure="simple", category="street_trading")))
    pk = told["case"]["id"]

    def late(*given: Any) -> Any:
        """Between the look at whose case it is and the step."""
        assignment.hand_over(pk, Department.objects.get(code="PL"), "属规划管辖", people["leader"])
        return take_step(*given)

    monkeypatch.setattr("geoportal.field.commands.take_step", late)
    step = {"key": str(uuid4()), "case": pk, "step": "dismiss", "revision": 1, "reason": "first offence"}
    assert set(answered(post(phone(), "steps/", step), 404)) == {"error"}


@pytest.mark.parametrize(
    ("system", "offset"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09), ("wgs84", lambda x, y: (x, y))]
)
def test_an_offset_position_is_taken_back_and_its_origin_kept(
    people: People, system: str, offset: Any
) -> None:
    lon, lat = offset(HERE["lon"], HERE["lat"])
    body = case_body(position={"lon": lon, "lat": lat, "system": system, "accuracy": 5, "by": "device"})
    answered(post(phone(), "cases/", body))
    case = Case.objects.get(key=body["key"])
    assert case.geom is not None
    assert (case.geom.x, case.geom.y) == pytest.approx((HERE["lon"], HERE["lat"]), abs=1e-8)
    [opening] = case.events.all()
    assert opening.data["sent"]["position"] == {"system": system, "lon": lon, "lat": lat, "by": "device"}
    near = phone().get(f"/field/api/cases/?lon={lon}&lat={lat}&system={system}").json()
    assert near["lists"]["near"][0] == case.pk


def test_open_cases_of_the_category_nearby_are_told_with_photos(people: People) -> None:
    body = case_body()
    answered(post(phone(), "cases/", body))
    answered(send_photo(phone(), body["key"]))
    far = case_body(position={**HERE, "lat": LAT + 0.002})
    answered(post(phone(), "cases/", far))
    answered(post(phone(), "cases/", case_body(category="road_cleaning")))
    asked = f"/field/api/suggestion/?category=exposed_garbage&lon={HERE['lon'] + 0.0005}&lat={HERE['lat']}"
    found = answered(phone("second").get(asked))
    assert (found["department"], found["rule"], found["radius"]) == ("UM", "category", 100)
    [alike] = found["alike"]
    assert (alike["number"], alike["note"]) == (Case.objects.get(key=body["key"]).number, "three bags")
    assert 40 < alike["metres"] < 60
    shown = phone("second").get(alike["photos"][0]["url"])
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    assert phone("planning").get(alike["photos"][0]["url"]).status_code == 404
    assert answered(phone("planning").get(asked))["alike"] == []


def test_the_place_names_the_department_where_the_category_has_a_route(people: People) -> None:
    Department.objects.create(code="LR", name="国土资源分局", name_en="Land Resources")
    LandUse.objects.create(kind="farmland", geom=square(LON, LAT, 0.001))
    asked = "/field/api/suggestion/?category=illegal_structure&lon={}&lat={}"
    found = answered(phone().get(asked.format(HERE["lon"], HERE["lat"])))
    assert (found["department"], found["rule"], found["follows"]) == ("LR", "route", "ordinary-lr")
    assert "农田" in found["sentence"]["zh"]
    assert "Farmland" in found["sentence"]["en"]
    elsewhere = answered(phone().get(asked.format(LON + 0.01, LAT)))
    assert (elsewhere["department"], elsewhere["rule"]) == ("UM", "category")
    body = case_body(category="illegal_structure")
    told = answered(post(phone(), "cases/", body))
    assert told["case"]["department"]["code"] == "LR"
    assert told["case"]["own"] is False
    assert "id" not in told["case"]
    answered(send_photo(phone(), body["key"]))
    case = Case.objects.get(key=body["key"])
    assert case.evidence.filter(original=None).count() == 1
    assert (case.category, case.version.code if case.version else "") == ("违法搭建", "ordinary-lr")


def test_the_simple_procedure_is_walked_on_the_spot(people: People) -> None:
    client, second = phone(), people["second"].officer
    assert second is not None
    body = case_body(procedure="simple", category="street_trading", party_kind="person")
    told = answered(post(client, "cases/", body))
    assert [each["code"] for each in told["case"]["steps"] if not each["against"]] == [
        "show_certificate",
        "dismiss",
        "change_to_ordinary",
    ]
    told = answered(send_photo(client, body["key"]))
    walk: list[tuple[str, dict[str, Any]]] = [
        ("show_certificate", {"certificate_shown": True, "party_name": "张三"}),
        ("inform", {"rights_explained": True, "facts": "占道摆摊"}),
        (
            "decide",
            {
                "facts_clear": True,
                "penalty": "fine",
                "fine": 100,
                "decision_text": "罚款一百元",
                "decision_number": "预印 0001",
            },
        ),
        ("deliver", {}),
        ("collect", {"paid": "100", "receipt_number": "R1"}),
    ]
    for step, fields in walk:
        told = answered(
            post(
                client,
                "steps/",
                {
                    "key": str(uuid4()),
                    "case_key": body["key"],
                    "step": step,
                    "revision": told["revision"],
                    "fields": fields,
                    "partner": second.pk,
                },
            )
        )
    case = Case.objects.get(key=body["key"])
    assert (case.state, case.party_name) == ("execution", "张三")
    assert str(PenaltyDecision.objects.get(case=case).fine) == "100.00"
    assert "张三" not in json.dumps(told["case"], ensure_ascii=False)


def test_a_step_that_was_overtaken_tells_both_versions_and_does_nothing(people: People) -> None:
    body = case_body(procedure="simple", category="street_trading")
    told = answered(post(phone(), "cases/", body))
    pk = told["case"]["id"]
    answered(post(phone("second"), "notes/", {"key": str(uuid4()), "case": pk, "note": "I was here"}))
    step = {"key": str(uuid4()), "case": pk, "step": "dismiss", "revision": 1, "reason": "first offence"}
    found = answered(post(phone(), "steps/", step), 409)
    assert [(e["who"], e["text"]) for e in found["since"]] == [("officer second", "I was here")]
    assert (found["case"]["revision"], found["case"]["state"]) == (2, "lead")
    assert Case.objects.get(pk=pk).revision == 2
    done = answered(post(phone(), "steps/", {**step, "revision": 2}))
    again = answered(post(phone(), "steps/", {**step, "revision": 2}))
    assert done["event"] == again["event"]


def test_a_refusal_names_every_reason_in_both_languages(people: People) -> None:
    body = case_body(procedure="simple", category="street_trading")
    answered(post(phone(), "cases/", body))
    step = {"key": str(uuid4()), "case_key": body["key"], "step": "show_certificate", "revision": 1}
    found = answered(post(phone(), "steps/", step), 422)
    assert len(found["refusals"]) == 2
    assert all(each["zh"] and each["en"] for each in found["refusals"])
    assert Case.objects.get(key=body["key"]).events.count() == 1


def test_lists_hold_own_open_cases_only(people: People, district: SmallDistrict) -> None:
    body = case_body()
    answered(post(phone(), "cases/", body))
    case = Case.objects.get(key=body["key"])
    found = answered(phone().get(f"/field/api/cases/?lon={HERE['lon']}&lat={HERE['lat']}"))
    assert found["lists"]["mine"] == found["lists"]["near"][:1] == [case.pk]
    own = {each.pk for each in district.cases if each.department.code == "UM" and each.visibility <= 2}
    assert {each["id"] for each in found["cases"]} == {case.pk} | own
    assert found["counts"]["mine"] == 1
    assert found["procedures"][str(case.version_id)]["code"] == "urban"
    Case.objects.filter(pk=case.pk).update(due=timezone.now() - timedelta(hours=1))
    assert answered(phone("second").get("/field/api/cases/"))["lists"]["overdue"] == [case.pk]
    other = answered(phone("planning").get(f"/field/api/cases/?lon={HERE['lon']}&lat={HERE['lat']}"))
    assert {each["department"]["code"] for each in other["cases"]} == {"PL"}
    answered(phone("planning").get(f"/field/api/cases/{case.pk}/"), 404)
    Case.objects.filter(pk=case.pk).update(joint=["PL"])
    assert answered(phone("planning").get(f"/field/api/cases/{case.pk}/"))["case"]["number"] == case.number


READING = ("token/", "kit/", "cases/", "suggestion/?category=exposed_garbage", "cases/1/", "photos/1/")
WRITING = ("cases/", "evidence/", "steps/", "notes/")


@pytest.mark.parametrize(
    ("role", "status"),
    [("public", 401), ("citizen", 403), ("planner", 403), ("administrator", 403), ("officer", 403)],
)
def test_only_officers_in_service_come_in(district: SmallDistrict, role: str, status: int) -> None:
    client = client_of(role)
    for path in READING:
        assert answered(client.get(f"/field/api/{path}"), status)["error"]
    for path in WRITING:
        assert answered(post(client, path, case_body()), status)["error"]
    page = client.get("/field/", headers={"accept": "text/html"})
    assert page.status_code == (302 if role == "public" else 403)
    assert Case.objects.count() == len(district.cases)


def test_an_officer_who_leaves_the_service_is_out_on_the_next_request(people: People) -> None:
    client = phone()
    answered(client.get("/field/api/kit/"))
    officer = people["first"].officer
    assert officer is not None
    officer.is_active = False
    officer.save()
    answered(client.get("/field/api/kit/"), 403)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "1"},
        {"key": None},
        {"category": "nothing"},
        {"category": 5},
        {"category": ""},
        {"procedure": "ordinary"},
        {"department": "XX"},
        {"position": [1, 2]},
        {"position": {"lon": 1e400, "lat": 0}},
        {"position": {"lon": "x", "lat": 0}},
        {"position": {"lon": 121, "lat": 29, "system": "mars"}},
        {"position": {"lon": 121, "lat": 29, "accuracy": -1}},
        {"note": "x" * 4001},
        {"note": "a\x00b"},
        {"note": "\ud800"},
        {"title": ["x"]},
        {"party_kind": "robot"},
        {"party_name": "x" * 121},
        {"partner": 10**12},
        {"partner": "me"},
        {"device_time": "yesterday"},
        {"device_time": "0001-01-01T00:00:00+08:00"},
        {"device_time": "9999-12-31T23:59:59-12:00"},
        {"position": {"lon": 121, "lat": 90}},
        {"clock_off": 1.5},
        {"clock_off": True},
    ],
)
def test_a_wrong_field_gets_a_sentence_and_leaves_nothing(people: People, change: dict[str, Any]) -> None:
    before = Case.objects.count()
    assert len(answered(post(phone(), "cases/", case_body(**change)), 400)["error"]) > 10
    assert Case.objects.count() == before


@pytest.mark.parametrize("body", ["", "[]", "{", "null", '"x"', "[" * 100_000, "{}"])
def test_what_is_no_object_gets_a_sentence(people: People, body: str) -> None:
    for path in WRITING:
        found = answered(post(phone(), path, body), 400)
        assert len(found["error"]) > 10


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"step": "close"}, 400),
        ({"step": "no_such"}, 400),
        ({"step": ""}, 400),
        ({"revision": None}, 400),
        ({"revision": "x"}, 400),
        ({"fields": []}, 422),
        ({"fields": {"party_name": {"a": 1}}}, 400),
        ({"fields": {"party_name": "x" * 200, "certificate_shown": True}}, 422),
        ({"case_key": str(uuid4())}, 404),
        ({"case": 2**63}, 400),
    ],
)
def test_a_wrong_step_gets_a_sentence_and_changes_nothing(
    people: People, change: dict[str, Any], status: int
) -> None:
    body = case_body(procedure="simple", category="street_trading")
    answered(post(phone(), "cases/", body))
    second = people["second"].officer
    assert second is not None
    step = {
        "key": str(uuid4()),
        "case_key": body["key"],
        "step": "show_certificate",
        "revision": 1,
        "fields": {"certificate_shown": True},
        "partner": second.pk,
    }
    response = post(phone(), "steps/", {**step, **change})
    assert response.status_code == status, response.content
    assert len(response.json()["error"]) > 10
    assert Case.objects.get(key=body["key"]).revision == 1


def test_a_video_and_a_document_are_kept_once_each(people: People) -> None:
    body = case_body()
    answered(post(phone(), "cases/", body))
    for name, content, kind in (
        ("clip.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0" + bytes(90_000), "audio_visual"),
        ("permit.pdf", b"%PDF-1.7 permit", "document"),
    ):
        key = str(uuid4())
        for _ in range(2):
            file = SimpleUploadedFile(name, content, "application/x-anything")
            fields = {"key": key, "case_key": body["key"], "kind": kind, "taken": "2026-11-24T08:00:00Z"}
            told = answered(phone().post("/field/api/evidence/", {**fields, "file": file}))
        assert told["case"]["photos"] == []
    clip, permit = Evidence.objects.order_by("pk")
    assert (clip.media_type, clip.size, clip.file_name) == ("video/mp4", 90_016, "clip.mp4")
    assert "file_not_read" in clip.findings
    assert (permit.media_type, permit.kind) == ("application/pdf", "document")
    assert "file_not_read" not in permit.findings


def test_the_phone_is_told_how_large_a_file_may_be(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(phone().get("/field/api/kit/"))["file_most"] == FILE_MOST
    body = case_body()
    answered(post(phone(), "cases/", body))
    monkeypatch.setattr("geoportal.field.commands.FILE_MOST", 100)
    assert "larger than" in answered(send_photo(phone(), body["key"]), 400)["error"]


def test_files_that_are_none_get_a_sentence(people: People) -> None:
    body = case_body()
    answered(post(phone(), "cases/", body))
    client = phone()
    fields = {"key": str(uuid4()), "case_key": body["key"]}
    assert answered(client.post("/field/api/evidence/", fields), 400)["error"]
    assert answered(send_photo(client, body["key"], position="{"), 400)["error"]
    assert answered(send_photo(client, body["key"], kind="rumour"), 400)["error"]
    assert Evidence.objects.count() == 0


def test_the_step_stands_in_the_log_as_the_device_said_it(people: People) -> None:
    body = case_body()
    answered(post(phone(), "cases/", body))
    step = {
        "key": str(uuid4()),
        "case_key": body["key"],
        "step": "verify_lead",
        "revision": 2,
        "fields": {"finding": "there it is", "confirmed": True},
        "device_time": "2026-11-24T01:00:00Z",
        "position": HERE,
    }
    answered(send_photo(phone(), body["key"]))
    answered(post(phone(), "steps/", step))
    event = Case.objects.get(key=body["key"]).events.get(kind=EventKind.STEP)
    assert event.data["sent"]["seen"] == 2
    assert event.accuracy == 12.0
    assert event.device_time is not None
    assert event.at > event.device_time
