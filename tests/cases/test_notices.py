"""An officer's notices at the desk: read, opened, and nothing of a case that is no longer theirs."""

from typing import Any

import pytest
from django.test import Client

from layers.agencies.models import Department
from layers.casework.cases import assignment
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case
from tests.cases.conftest import SignIn
from tests.casework.conftest import Open, People

pytestmark = pytest.mark.django_db
PAGE = "/cases/notices/"


@pytest.fixture
def given(open_ordinary: Open, people: People) -> Case:
    """A case that was given to the second officer."""
    case, second = open_ordinary(), people["second"].officer
    assert second is not None
    assignment.assign(case.pk, second, people["leader"])
    return case


def listed(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(PAGE, headers={"Accept": "application/json"}).json()
    return found


def test_a_notice_names_the_case_and_is_opened_from_the_list(given: Case, sign_in: SignIn) -> None:
    client = sign_in("second")
    page = client.get(PAGE).content.decode()
    assert given.number in page
    (item,) = listed(client)["items"]
    assert (item["is_read"], item["case"]["id"], item["tone"]) == (False, given.pk, "info")
    opened = client.post(PAGE, {"notice": item["id"]})
    assert opened["Location"] == f"/cases/{given.pk}/"
    assert listed(client)["unread"] == 0
    assert listed(client)["items"][0]["is_read"]


def test_the_desk_says_how_many_are_new_until_all_are_read(given: Case, sign_in: SignIn) -> None:
    client = sign_in("second")
    assert '<span class="badge info">1</span>' in client.get("/cases/inbox/").content.decode()
    client.post(PAGE)
    assert '<span class="badge info">1</span>' not in client.get("/cases/inbox/").content.decode()


def test_others_notices_are_nobody_else_s(given: Case, sign_in: SignIn) -> None:
    client = sign_in("first")
    assert listed(client)["items"] == []
    pk = given.notices.get().pk
    refused = client.post(PAGE, {"notice": pk})
    assert refused.status_code == 400
    assert client.post(PAGE, {"notice": "x" * 40}).status_code == 400
    assert given.notices.get().read_at is None


def test_of_a_case_that_went_elsewhere_nothing_is_told(given: Case, people: People, sign_in: SignIn) -> None:
    other = Department.objects.exclude(pk=given.department_id).order_by("code").first()
    assert other is not None
    assignment.hand_over(given.pk, other, "属于该部门", people["leader"])
    client = sign_in("second")
    page = client.get(PAGE).content.decode()
    assert given.number not in page
    assert given.title not in page
    (item,) = listed(client)["items"]
    assert item["case"] is None
    assert client.post(PAGE, {"notice": item["id"]})["Location"] == PAGE


def test_who_must_be_told_outside_is_on_the_case_until_it_was_done(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    case, client = open_ordinary(), sign_in("first")
    take_step(case.pk, "dismiss", people["head"], StepInput(reason="不属实"))
    notice = case.notices.get()
    address = f"/cases/{case.pk}/notices/{notice.pk}/"
    assert address in client.get(f"/cases/{case.pk}/").content.decode()
    refused = client.post(address, {"how": ""})
    assert refused.status_code == 422
    assert client.post(address, {"how": "电话告知"}).status_code == 302
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert address not in page
    assert "电话告知" in page
