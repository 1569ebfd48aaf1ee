"""Those who take part in a case on its page: added, corrected, taken away; masked and recorded; found by their names."""

import pytest

from layers.casework.cases.parties import add_party
from layers.casework.models import Case, Party
from layers.registry.audience import Audience
from layers.registry.models import AccessLogEntry
from tests.cases.conftest import Open, People, SignIn
from tests.people import client_of

pytestmark = pytest.mark.django_db

REPORTER = {
    "role": "reporter",
    "kind": "person",
    "name": "赵举报",
    "identity": "330206190001010004",
    "phone": "13800001234",
    "address": "新碶街道1号",
}


def test_somebody_is_added_corrected_and_taken_away_and_the_log_tells_it(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case, client = open_ordinary(), sign_in("first")
    address = f"/cases/{case.pk}/parties/"
    assert client.post(address, REPORTER).status_code == 302
    row = Party.objects.get(is_principal=False)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    for word in ("赵举报", "新碶街道1号", "增加参与人", "举报人"):
        assert word in page
    new = {"kind": "person", "name": "赵举报人", "identity": "", "phone": "", "address": "", "reason": "更正"}
    assert client.post(f"{address}{row.pk}/", {**new, "reason": ""}).status_code == 422
    assert client.post(f"{address}{row.pk}/", new).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.identity, row.address) == ("赵举报人", REPORTER["identity"], "")
    assert client.post(f"{address}{row.pk}/", {**new, "remove": "1", "reason": "误登"}).status_code == 302
    assert not Party.objects.filter(is_principal=False).exists()
    assert "移除参与人" in client.get(f"/cases/{case.pk}/").content.decode()
    assert client.post(f"{address}{row.pk}/", new).status_code == 422


def test_what_was_typed_stays_where_it_is_refused(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    answer = sign_in("first").post(f"/cases/{case.pk}/parties/", {**REPORTER, "role": "robot"})
    assert answer.status_code == 422
    for word in ("赵举报", REPORTER["identity"], REPORTER["phone"]):
        assert f'value="{word}"' in answer.content.decode()
    assert not Party.objects.filter(is_principal=False).exists()


def test_numbers_are_masked_and_the_reading_of_any_party_is_recorded(
    open_ordinary: Open, sign_in: SignIn, people: People
) -> None:
    case = open_ordinary(party={"party_kind": "none"})
    client, machine = sign_in("first"), sign_in("first", "application/json")
    client.get(f"/cases/{case.pk}/")
    machine.get(f"/cases/{case.pk}/")
    assert not AccessLogEntry.objects.exists()
    role, given = REPORTER["role"], {key: value for key, value in REPORTER.items() if key != "role"}
    add_party(case.pk, role, given, people["first"])
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert AccessLogEntry.objects.count() == 1
    (told,) = machine.get(f"/cases/{case.pk}/").json()["parties"]
    assert AccessLogEntry.objects.count() == 2
    assert (told["name"], told["identity"], told["phone"]) == ("赵举报", "•" * 14 + "0004", "•" * 7 + "1234")
    for secret in (REPORTER["identity"], REPORTER["phone"]):
        assert secret not in page
        assert secret in client_of("administrator").get(f"/cases/{case.pk}/").content.decode()
    assert AccessLogEntry.objects.filter(rows=[case.pk]).count() == 4


def found(client: object, name: str) -> list[int]:
    answer = client.get("/cases/search/", {"party": name}, headers={"accept": "application/json"})  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return [each["id"] for each in answer.json()["items"]]


def test_a_case_is_found_by_the_name_of_anybody_who_takes_part_by_those_who_may_read_it(
    open_ordinary: Open, sign_in: SignIn, people: People
) -> None:
    case, other = open_ordinary(), open_ordinary(party={"party_kind": "person", "party_name": "赵举"})
    for role, name in (("reporter", "赵举报"), ("agent", "钱律师")):
        add_party(case.pk, role, {"kind": "person", "name": name}, people["first"])
    assert found(sign_in("first"), "赵举报") == [case.pk]
    assert set(found(sign_in("first"), "赵举")) == {case.pk, other.pk}
    assert found(sign_in("first"), "钱律师") == [case.pk]
    assert found(client_of("administrator"), "钱律师") == [case.pk]
    Case.objects.filter(pk=case.pk).update(visibility=Audience.PUBLIC, party_public="某公司")
    assert found(sign_in("planning"), "赵举报") == []
    recorded = AccessLogEntry.objects.filter(rows__contains=[case.pk], who="first").count()
    assert found(sign_in("first"), "钱律师") == [case.pk]
    assert AccessLogEntry.objects.filter(rows__contains=[case.pk], who="first").count() == recorded + 1
