"""Words in working titles and names of parties that no publication has are behind no door for those outside."""

import json
from urllib.parse import quote

import pytest

from layers.casework.models import Party
from layers.enforcement.models import EnforcementCase
from layers.registry.audience import Audience
from tests.district import SmallDistrict
from tests.people import VIEWERS, client_of

from .test_secrets import everything, is_own, text

pytestmark = pytest.mark.django_db
ROLES = list(VIEWERS)
DEPARTMENTS = ("UM", "PL")
TITLE, PARTY = "线人密报", "孙二娘"


@pytest.fixture
def planted(district: SmallDistrict) -> SmallDistrict:
    """Each department's cases hold words of their own; what the public reads of them stays as it was."""
    for case in EnforcementCase.objects.select_related("department"):
        case.title = f"占道经营，{TITLE}{case.department.code}"
        case.save()
        name = f"{PARTY}{case.department.code}"
        Party.objects.create(case=case, role="reporter", kind="person", name=name, phone="13911112222")
    return district


def own_departments(role: str) -> set[str]:
    cases = EnforcementCase.objects.select_related("department")
    return {case.department.code for case in cases if is_own(case, VIEWERS[role])}


@pytest.mark.parametrize("role", ROLES)
def test_no_door_says_a_working_title_or_a_party_to_those_outside(role: str, planted: SmallDistrict) -> None:
    own, said = own_departments(role), set()
    for door, content in everything(client_of(role), VIEWERS[role]):
        for code in DEPARTMENTS:
            for word in (f"{TITLE}{code}", f"{PARTY}{code}"):
                assert code in own or word not in content, (door, word)
                said |= {word} if word in content else set()
    assert said == {f"{word}{code}" for code in own for word in (TITLE, PARTY)}


@pytest.mark.parametrize("role", ROLES)
def test_a_case_is_found_by_words_of_its_working_title_in_its_department_only(
    role: str, planted: SmallDistrict
) -> None:
    client, own = client_of(role), own_departments(role)
    for word in (TITLE, "xianrenmibao", "xrmb"):
        results = json.loads(text(client, f"/search/?q={quote(word)}&limit=100"))["results"]
        listed = json.loads(text(client, f"/cases/?q={quote(word)}"))["items"]
        for found in (results, listed):
            keys = [each["id"] for each in found]
            cases = EnforcementCase.objects.filter(pk__in=keys).select_related("department")
            assert {case.department.code for case in cases} == own, word
    if VIEWERS[role].audience >= Audience.DEPARTMENT:
        for address in (f"/cases/search/?q={TITLE}", f"/cases/search/?party={PARTY}"):
            answer = json.loads(text(client, address))["items"]
            keys = [each["id"] for each in answer]
            cases = EnforcementCase.objects.filter(pk__in=keys).select_related("department")
            assert {case.department.code for case in cases} == own, address


def test_the_public_finds_a_case_by_the_title_it_reads(planted: SmallDistrict) -> None:
    client = client_of("public")
    (first, *_) = json.loads(text(client, "/cases/?q=zhandaojingying"))["items"]
    assert first["title"] == "占道经营"
    EnforcementCase.objects.filter(pk=first["id"]).update(title_public="")
    assert first["id"] not in [
        each["id"] for each in json.loads(text(client, "/cases/?q=zhandaojingying"))["items"]
    ]
    (again,) = [
        each for each in json.loads(text(client, "/cases/?q=jiemian"))["items"] if each["id"] == first["id"]
    ]
    assert again["title"] == "街面秩序"
