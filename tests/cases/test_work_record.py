"""The daily work record fills itself; it is corrected by adding, and read by those who may."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from geoportal.accounts.models import User
from geoportal.cases.analytics import work_record as pages
from layers.casework.access.actor import NotAllowed
from layers.casework.analytics import work_record
from layers.casework.cases import assignment
from layers.casework.cases.transitions import take_step
from layers.casework.log.anchors import write_anchor
from layers.casework.models import Case, DayCorrection
from layers.registry.audience import Audience
from layers.registry.models import AccessLogEntry
from tests.casework.conftest import Open, People
from tests.casework.sealing import seal
from tests.people import client_of

pytestmark = pytest.mark.django_db
DOOR = "/cases/days/"


def client_as(role: str, officer: object) -> Client:
    client = client_of(role)
    User.objects.filter(username=role).update(officer=officer)
    return client


@pytest.fixture
def worked(open_ordinary: Open, people: People) -> Case:
    case = open_ordinary()
    take_step(case.pk, "check_lead", people["first"])
    assignment.add_note(case.pk, "现场已拍照", people["first"])
    return case


def test_the_printed_day_bears_the_last_head_of_the_log(worked: Case, people: People) -> None:
    seal()
    anchor = write_anchor(timezone.now())
    assert anchor is not None
    page = client_as("officer", people["first"].officer).get(f"{DOOR}?format=html").content.decode()
    assert f"{anchor.number}:{anchor.hash}" in page


def test_a_day_fills_itself_from_what_was_done(worked: Case, people: People) -> None:
    content = client_as("officer", people["first"].officer).get(DOOR).json()
    assert [entry["kind"] for entry in content["entries"]] == ["opened", "step", "note"]
    assert content["entries"][2]["text"] == "现场已拍照"
    assert content["entries"][1]["title"] not in {"", "check_lead"}
    assert content["cases"] == 1
    assert len(content["places"]) == 3
    assert sum(day["number"] for day in content["week"]) == 3
    assert len(content["week"]) == 7


def test_a_busy_day_is_shown_by_pages_and_counted_whole_by_the_database(
    worked: Case, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ON_A_PAGE", 2)
    for number in range(3):
        assignment.add_note(worked.pk, f"第 {number} 次", people["first"])
    client = client_as("officer", people["first"].officer)
    first, last = (client.get(f"{DOOR}?page={page}").json() for page in (1, 3))
    assert [entry["kind"] for entry in first["entries"]] == ["opened", "step"]
    assert [entry["text"] for entry in last["entries"]] == ["第 1 次", "第 2 次"]
    assert (first["paging"]["pages"], first["cases"]) == (3, 1)
    assert (
        [each["number"] for each in first["counts"]]
        == [each["number"] for each in last["counts"]]
        == [1, 0, 0, 4]
    )
    assert sum(day["number"] for day in first["week"]) == 6
    assert client.get(f"{DOOR}?page=4").status_code == 400


def test_what_two_did_stands_in_the_record_of_both(open_ordinary: Open, people: People) -> None:
    open_ordinary(partner=people["second"].officer)
    second = people["second"].officer
    content = client_as("officer", second).get(DOOR).json()
    assert [entry["kind"] for entry in content["entries"]] == ["opened"]


def test_a_correction_is_added_beside_what_it_corrects(worked: Case, people: People) -> None:
    client = client_as("officer", people["first"].officer)
    event = worked.events.get(kind="note")
    assert client.post(DOOR, {"text": "拍照时间应为上午", "event": event.pk}).status_code == 302
    assert client.post(DOOR, {"text": "下午在所里整理案卷"}).status_code == 302
    content = client.get(DOOR).json()
    [noted] = [entry for entry in content["entries"] if entry["pk"] == event.pk]
    assert [each["text"] for each in noted["corrections"]] == ["拍照时间应为上午"]
    assert [each["text"] for each in content["corrections"]] == ["下午在所里整理案卷"]
    assert noted["text"] == "现场已拍照"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE casework_daycorrection SET text = ''",
        "UPDATE casework_daycorrection SET day = day - 1",
        "DELETE FROM casework_daycorrection",
    ],
)
def test_the_database_erases_no_correction(statement: str, worked: Case, people: People) -> None:
    officer = people["first"].officer
    assert officer
    work_record.add_correction(officer, timezone.localdate(), "更正", people["first"])
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert DayCorrection.objects.get().text == "更正"


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({"text": " "}, ""),
        ({"text": "x" * 4001}, ""),
        ({"text": "写好的更正", "event": "999999999"}, ""),
        ({"text": "写好的更正", "event": "１２"}, ""),
        ({"text": "写好的更正", "event": "-1"}, ""),
        ({"text": "写好的更正\x00"}, ""),
        ({"text": "写好的更正"}, "?day={later}"),
    ],
)
def test_what_cannot_be_added_is_said_and_what_was_typed_stays(
    given: dict[str, str], query: str, worked: Case, people: People
) -> None:
    query = query.format(later=timezone.localdate() + timedelta(days=2))
    response = client_as("officer", people["first"].officer).post(DOOR + query, given)
    assert response.status_code == 400
    content = response.json()
    assert content["problems"]
    assert content["typed"] == given["text"].replace("\x00", "")
    assert not DayCorrection.objects.exists()


def test_nobody_corrects_the_record_of_another(worked: Case, people: People) -> None:
    first = people["first"].officer
    assert first
    with pytest.raises(NotAllowed, match=r"own record|本人"):
        work_record.add_correction(first, timezone.localdate(), "改", people["leader"])
    response = client_as("officer", people["leader"].officer).post(f"{DOOR}?officer=first", {"text": "改"})
    assert response.status_code == 400
    assert not DayCorrection.objects.exists()


@pytest.mark.parametrize(
    ("role", "who", "of", "status"),
    [
        ("officer", "first", "first", 200),
        ("officer", "first", "second", 404),
        ("officer", "leader", "first", 200),
        ("officer", "leader", "planning", 404),
        ("other_officer", "planning", "planning", 200),
        ("other_officer", "planning", "first", 404),
        ("administrator", "", "first", 200),
        ("planner", "", "first", 404),
        ("citizen", "", "first", 404),
        ("public", "", "first", 404),
    ],
)
def test_a_record_is_read_by_its_officer_and_who_leads(
    role: str, who: str, of: str, status: int, worked: Case, people: People
) -> None:
    client = client_as(role, people[who].officer) if who else client_of(role)
    assert client.get(f"{DOOR}?officer={of}").status_code == status


def test_reading_the_record_of_another_is_recorded(worked: Case, people: People) -> None:
    first = people["first"].officer
    assert first
    client_as("officer", first).get(DOOR)
    assert not AccessLogEntry.objects.filter(layer="work-record").exists()
    client_of("administrator").get(f"{DOOR}?officer=first")
    reading = AccessLogEntry.objects.get(layer="work-record")
    assert (reading.rows, reading.who) == ([first.pk], "administrator")


def test_a_leader_sees_the_week_of_everybody(worked: Case, people: People) -> None:
    content = client_as("officer", people["leader"].officer).get(f"{DOOR}?officer=first").json()
    team = {member["code"]: sum(day["number"] for day in member["days"]) for member in content["team"]}
    assert team["first"] == 3
    assert "planning" not in team


def test_a_case_that_is_no_longer_theirs_shows_its_number_only(worked: Case, people: People) -> None:
    Case.objects.filter(pk=worked.pk).update(visibility=Audience.RESTRICTED)
    content = client_as("officer", people["first"].officer).get(DOOR).json()
    assert {entry["number"] for entry in content["entries"]} == {worked.number}
    assert all(entry["matter"] == "" and entry["url"] is None for entry in content["entries"])
    assert "现场已拍照" not in str(content)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "0001-01-01", "9999-12-31", "20261124x"])
def test_a_day_that_is_none_is_said(day: str, worked: Case, people: People) -> None:
    response = client_as("officer", people["first"].officer).get(f"{DOOR}?day={day}")
    assert response.status_code == 400
    assert day in response.json()["error"]


def test_weeks_begin_on_monday() -> None:
    week = work_record.week_days(timezone.localdate())
    assert [day.weekday() for day in week] == list(range(7))
    assert timezone.localdate() in week
