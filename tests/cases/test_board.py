"""The supervisor's board: every open case once in every part, each figure with its own cases, for those they are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from layers.casework.access.permissions import department_cases
from layers.casework.analytics.filters import parse_filter
from layers.casework.analytics.quantiles import class_index, quantiles
from layers.casework.analytics.workload import count_workload
from layers.casework.cases import assignment
from layers.casework.models import Case
from tests.casework.conftest import Open, People
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
DOORS = ("/cases/board/", "/cases/board/grid.geojson")
ROLES = list(VIEWERS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("door", DOORS)
def test_only_departments_and_administrators_have_a_board(role: str, door: str, open_ordinary: Open) -> None:
    open_ordinary()
    allowed = role in {"officer", "other_officer", "administrator"}
    assert client_of(role).get(door).status_code == (200 if allowed else 404)


@pytest.mark.parametrize("role", ["officer", "other_officer", "administrator"])
def test_the_board_counts_exactly_the_open_cases_of_the_viewer(
    role: str, open_ordinary: Open, people: People
) -> None:
    open_ordinary()
    shared = open_ordinary(by="second")
    planning = people["planning"].officer
    assert planning
    assignment.share(shared.pk, [planning.department], "联合", people["leader"])
    expected = department_cases(VIEWERS[role]).filter(closed=None).count()
    content = client_of(role).get("/cases/board/").json()
    assert content["whole"]["total"] == expected
    assert sum(row["total"] for part in content["procedures"] for row in part["rows"]) == expected
    assert sum(row["total"] for row in content["officers"]) == expected
    assert sum(row["total"] for row in content["cells"]) == expected


def figures(client: Client, content: object) -> int:
    """Follows every link of the board; the number of figures that were compared with their cases."""
    followed = 0
    if isinstance(content, list):
        return sum(figures(client, each) for each in content)
    if not isinstance(content, dict):
        return 0
    for number, link in (("number", "url"), ("total", "url"), ("done", "done_url")):
        if isinstance(content.get(number), int) and str(content.get(link, "")).startswith("/cases/search/"):
            assert client.get(content[link]).json()["total"] == content[number], content[link]
            followed += 1
    return followed + sum(figures(client, each) for each in content.values())


def test_every_figure_leads_to_just_its_cases(open_ordinary: Open, people: People) -> None:
    now = timezone.now()
    for due in (timedelta(days=-1), timedelta(hours=1), timedelta(days=9), None):
        case = open_ordinary()
        Case.objects.filter(pk=case.pk).update(due=now + due if due else None)
    open_ordinary(by="second", position=None)
    done = open_ordinary()
    Case.objects.filter(pk=done.pk).update(closed=timezone.localdate(), state="closed")
    client = client_of("officer")
    content = client.get("/cases/board/").json()
    assert figures(client, content) > 40
    stands = {cell["standing"]: cell["number"] for cell in content["whole"]["cells"]}
    assert stands["overdue"] >= 1
    assert stands["unlimited"] >= 1


def test_the_board_narrows_down_by_department_and_procedure(open_ordinary: Open) -> None:
    open_ordinary()
    client = client_of("administrator")
    whole = client.get("/cases/board/").json()["whole"]["total"]
    some = client.get("/cases/board/?department=UM&procedure=ordinary").json()
    cases = Case.objects.filter(closed=None, department__code="UM", procedure="ordinary")
    assert some["whole"]["total"] == cases.count() < whole


def test_the_map_has_every_cell_with_open_cases_in_its_class(open_ordinary: Open) -> None:
    for _ in range(3):
        open_ordinary()
    content = client_of("officer").get("/cases/board/grid.geojson").json()
    [cell] = [each for each in content["features"] if each["id"] == "330206002200001"]
    expected = (
        department_cases(VIEWERS["officer"]).filter(closed=None, grid_cell__code="330206002200001").count()
    )
    assert cell["properties"]["values"]["open"] == expected
    low, high = content["classes"]["open"][cell["properties"]["ranks"]["open"]]
    assert low <= expected <= high


@pytest.mark.parametrize(
    "query", ["standing=late", "from=never", "officer=%27", "measure=all", "grid=%F0%9F%98%80", "state=%00"]
)
@pytest.mark.parametrize("door", DOORS)
def test_nonsense_is_answered_with_a_sentence(query: str, door: str, open_ordinary: Open) -> None:
    response = client_of("officer").get(f"{door}?{query}")
    assert response.status_code == 400
    assert len(response.json()["error"]) > 5


def test_an_empty_department_has_an_empty_board(people: People) -> None:
    Case.objects.update(closed=timezone.localdate())
    response = client_of("officer").get("/cases/board/", headers={"accept": "text/html"})
    assert response.status_code == 200
    assert count_workload(department_cases(VIEWERS["officer"]), timezone.now()).total.total() == 0


def test_classes_hold_as_many_each_and_equal_numbers_together() -> None:
    assert quantiles([]) == []
    assert quantiles([4]) == [(4, 4)]
    assert quantiles([1, 1, 1, 1, 1, 1, 2, 9]) == [(1, 1), (2, 9)] or len(quantiles([1] * 6 + [2, 9])) <= 5
    classes = quantiles(range(1, 101))
    assert classes == [(1, 20), (21, 40), (41, 60), (61, 80), (81, 100)]
    assert [class_index(value, classes) for value in (1, 20, 21, 100)] == [0, 0, 1, 4]


def test_links_are_read_back_as_they_were_meant() -> None:
    assert parse_filter({"officer": "-", "standing": "open"}).query() == "standing=open&officer=-"
