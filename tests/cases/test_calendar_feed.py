"""An officer's limits in a calendar program: at a secret address, without a sign-in, and with nothing of the party."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from geoportal.accounts.models import User
from geoportal.cases.lists.calendar_feed import _folded
from layers.agencies.models import Department, Officer
from layers.casework.models import CalendarFeed, Case
from layers.casework.procedures import OPENED
from tests.cases.conftest import Open, People, SignIn

pytestmark = pytest.mark.django_db


def made(client: Client, what: str = "renew") -> str:
    """The path of the address that the page shows, this once."""
    page = client.post("/cases/notices/", {"calendar": what}).content.decode()
    found = page.partition("<code>http://testserver")[2].partition("</code>")[0]
    assert not found or found not in client.get("/cases/notices/").content.decode()
    return found


def lines(address: str) -> list[str]:
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    return response.content.decode().replace("\r\n ", "").split("\r\n")


def test_it_tells_the_limits_of_the_officer_s_own_cases(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    case, other = open_ordinary(), open_ordinary(by="second")
    Case.objects.filter(pk=case.pk).update(
        facts={"fields": {"until": str(timezone.localdate() + timedelta(30))}}
    )
    limit = case.limits.get(code="filing")
    assert limit.due
    found = lines(made(sign_in("first")))
    assert found[0] == "BEGIN:VCALENDAR"
    due = timezone.localtime(limit.due).date()
    start = found.index(f"DTSTART;VALUE=DATE:{due:%Y%m%d}")
    assert found[start + 2] == f"SUMMARY:{case.number} 核查并决定是否立案"
    assert found[start + 3] == f"URL:http://testserver/cases/{case.pk}/"
    assert f"SUMMARY:{case.number} 延期（分期）至" in found
    text = "\n".join(found)
    assert other.number not in text
    assert case.party_name not in text
    assert case.title not in text
    assert case.events.get().step == OPENED  # reading leaves nothing


def test_a_new_address_ends_the_old_one_and_one_that_was_ended_leads_nowhere(
    people: People, sign_in: SignIn
) -> None:
    client = sign_in("first")
    old, new = made(client), made(client)
    assert Client().get(old).status_code == 404
    assert lines(new)[-2] == "END:VCALENDAR"
    assert CalendarFeed.objects.get().secret not in new
    assert made(client, "end") == ""
    assert Client().get(new).status_code == 404


def test_who_serves_no_more_is_told_nothing(people: People, sign_in: SignIn) -> None:
    address = made(sign_in("first"))
    officer = people["first"].officer
    assert officer
    User.objects.filter(officer=officer).update(is_active=False)
    assert Client().get(address).status_code == 404
    User.objects.filter(officer=officer).update(is_active=True)
    assert Client().get(address).status_code == 200
    officer.is_active = False
    officer.save()
    assert Client().get(address).status_code == 404


def test_cases_of_a_department_that_was_left_are_told_no_more(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    case, address = open_ordinary(), made(sign_in("first"))
    assert case.number in "".join(lines(address))
    other = Department.objects.exclude(pk=case.department_id).earliest("pk")
    assert case.handler
    Officer.objects.filter(pk=case.handler.pk).update(department=other)
    assert case.number not in "".join(lines(address))


def test_lines_are_folded_between_characters() -> None:
    line = "SUMMARY:" + "期" * 60
    parts = _folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == line
