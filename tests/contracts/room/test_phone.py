"""An officer's phone logs and brings on cases of the room's own family, with all that their procedure asks."""

from tests.contracts.room.installation import BROKEN, ONE, PROCEDURE, TWO, Installation


def test_the_phone_is_told_who_takes_part_what_cases_are_about_and_what_lies_there(
    room: Installation,
) -> None:
    kit = room.json("/field/api/kit/", "officer")
    (kind,) = [each for each in kit["kinds"] if each["code"] == PROCEDURE]
    assert [(each["code"], each["principal"]) for each in kind["parties"]] == [
        ("sponsor", True),
        ("reporter", False),
    ]
    assert [(each["layer"], each["most"], each["required"]) for each in kind["subjects"]] == [
        ("benches", 2, False),
        ("buildings", 1, False),
    ]
    asked = f"category=seat&procedure={PROCEDURE}&lon=121.840&lat=29.900"
    features = room.json(f"/field/api/suggestion/?{asked}", "officer")["features"]
    assert [f"benches/{room.benches[ONE]}", ONE] in features["benches"]
    (procedure,) = [each for each in kit["procedures"].values() if each["code"] == PROCEDURE]
    fields = {each["name"]: each for each in procedure["steps"]["mend"]["fields"]}
    rows = [(row["code"], row["points"], row["key"]) for row in fields["checked"]["rows"]]
    assert rows == [("bolts", 10, True), ("slats", 5, False)]
    assert [fields[name]["kind"] for name in ("helper", "supplier", "receipt")] == ["person", "unit", "file"]
    assert kit["officers"] == [{"code": "K1", "name": "看护员甲"}]
    assert ("seat", PROCEDURE) in {(matter["code"], matter["procedure"]) for matter in kit["matters"]}
    lists = room.json("/field/api/cases/", "officer")
    (told,) = [case for case in lists["cases"] if case["title"] == BROKEN]
    assert {title for _, title in told["features"]["benches"]} == {ONE, TWO}


def test_what_the_phone_sent_stands_in_the_case_with_the_time_of_the_device(room: Installation) -> None:
    page = room.json(f"/cases/{room.reports[0]}/", "officer")
    log = {each["title"]: each for each in page["timeline"]}
    assert log["受理"]["device_time"]
    assert log["修好"]["device_time"]
    assert {"label": "涉及对象", "value": ONE} in log["受理"]["facts"]
    given = {each["label"]: each["value"] for each in log["修好"]["facts"]}
    assert given["修后检查"].startswith("得分 10/15，不合格 1 项")
    (subject,) = page["subjects"]
    assert subject["url"] == f"/place/benches/{room.benches[ONE]}/"
    assert [each["name"] for each in page["parties"]] == ["海港木业公司", "赵报修"]
