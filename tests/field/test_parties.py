"""Who takes part in a case comes from the phone with its opening, in the roles that the procedure declares."""

from typing import Any

import pytest
from django.db.models import QuerySet

from layers.casework.models import Case, EventKind, ProcedureVersion
from layers.casework.procedures.versions import save_version
from tests.field.conftest import People, case_body, phone, post
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

CITIZEN, FIRM = "330206190001010004", "91350100M000100Y43"
WITNESS = {"role": "witness", "kind": "person", "name": "王证人", "identity": "", "phone": "138 0000 1234"}


def body(**more: Any) -> dict[str, Any]:
    return case_body(procedure="simple", category="street_trading", **more)


def logged() -> "QuerySet[Case]":
    return Case.objects.filter(key__isnull=False)


def sent(**more: Any) -> tuple[int, dict[str, Any]]:
    response = post(phone(), "cases/", body(**more))
    return response.status_code, response.json()


def test_the_phone_knows_the_roles_of_procedures_that_ask_for_parties(people: People) -> None:
    kinds = {each["code"]: each["parties"] for each in phone().get("/field/api/kit/").json()["kinds"]}
    assert kinds["urban"] == []
    roles = kinds["simple"]
    assert [role["code"] for role in roles] == ["respondent", "agent", "affected", "witness", "reporter"]
    assert [role["principal"] for role in roles] == [True, False, False, False, False]
    assert roles[1]["kinds"] == ["person"]
    assert roles[1]["title"] == {"zh": "委托代理人", "en": "Authorised agent"}


def test_parties_are_kept_with_the_case_and_stand_in_its_log_once(people: People) -> None:
    given = body(
        party_kind="organisation", party_name="北仑演示有限公司", party_id=FIRM.lower(), party_phone="86886688",
        party_address="北仑区演示路1号" * 20,
        parties=[WITNESS, {"role": "agent", "kind": "person", "name": "李代理", "identity": CITIZEN}],
    )  # fmt: skip
    for _ in range(2):
        assert post(phone(), "cases/", given).status_code == 200
    case = Case.objects.get(key=given["key"])
    assert (case.party_name, case.party_id, case.party_phone) == ("北仑演示有限公司", FIRM, "86886688")
    rows = list(case.parties.values_list("role", "name", "identity", "phone"))
    assert rows.pop(0) == ("respondent", "北仑演示有限公司", FIRM, "86886688")
    assert case.parties.get(is_principal=True).address == "北仑区演示路1号" * 20
    assert rows == [("witness", "王证人", "", "138 0000 1234"), ("agent", "李代理", CITIZEN, "")]
    assert [each.data["act"] for each in case.events.filter(kind=EventKind.PARTY)] == ["added", "added"]
    assert case.revision == 1


def test_a_case_logged_for_another_department_has_its_parties_too(people: People) -> None:
    assert sent(department="PL", parties=[WITNESS])[0] == 200
    assert logged().get().parties.count() == 1


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"role": "moon"}, 422, "nobody who takes part so"),
        ({"role": "respondent"}, 422, "nobody who takes part so"),
        ({"kind": "organisation"}, 422, '"Witness" must be of this kind'),
        ({"kind": "none"}, 422, "Kind"),
        ({"name": " "}, 422, "A name must be given"),
        ({"name": "x" * 121}, 422, '"Name" is too long'),
        ({"identity": "330206190001010001"}, 422, "no citizen identity number"),
        ({"phone": "1380000123"}, 422, "no telephone number"),
        ({"name": 5}, 400, "“name” must be text"),
        ({"name": "a\0b"}, 400, "“name” must be text"),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence_and_nothing_is_kept(
    wrong: dict[str, Any], status: int, sentence: str, people: People
) -> None:
    found, answer = sent(parties=[{**WITNESS, **wrong}])
    assert (found, sentence in answer["error"]) == (status, True), answer
    assert not logged().exists()


@pytest.mark.parametrize("rows", ["x", {"a": 1}, ["x"], [WITNESS] * 51])
def test_what_is_no_list_of_parties_is_refused(rows: Any, people: People) -> None:
    assert sent(parties=rows)[0] == 400
    assert not logged().exists()


def test_who_must_be_known_from_the_first_state_on_is_asked_for(people: People) -> None:
    text = "extends: simple\ncode: simple\nparties:\n  witness: {required: lead}\n"
    save_version(text, procedure_texts(), "test", "simple")
    assert ProcedureVersion.objects.get(code="simple", is_current=True).text == text
    kinds = {each["code"]: each["parties"] for each in phone().get("/field/api/kit/").json()["kinds"]}
    assert [role["code"] for role in kinds["simple"] if role["required"]] == ["witness"]
    status, answer = sent(parties=[])
    assert (status, answer["error"]) == (422, '"Witness" must be entered first.')
    assert sent(parties=[WITNESS])[0] == 200
