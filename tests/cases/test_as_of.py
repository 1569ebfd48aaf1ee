"""The map as it stood when a step was taken, whatever became of the layers since."""

import pytest

from layers.agencies.models import Department
from layers.base.models import Building
from layers.casework.cases import assignment
from layers.casework.log.map_snapshot import is_intact
from layers.casework.models import Event, MapSnapshot
from layers.enforcement.models import EnforcementCase
from tests.cases.conftest import Open, People, SignIn
from tests.people import client_of

pytestmark = pytest.mark.django_db


def test_it_shows_what_was_there_then(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    event = case.events.get()
    Building.objects.filter(name="政务大楼").update(name="已改名的楼")
    address = f"/cases/{case.pk}/events/{event.pk}/"
    assert address in sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    page = sign_in("first").get(address).content.decode()
    assert "政务大楼" in page
    assert "已改名的楼" not in page
    assert event.map_snapshot_id
    assert event.map_snapshot_id in page
    assert "快照未变" in page
    data = sign_in("first", "application/json").get(address).json()
    names = [layer["name"] for layer in data["layers"]]
    assert "buildings" in names
    assert names.index("divisions") < names.index("enforcement-cases")
    assert all(feature["color"].startswith("#") for layer in data["layers"] for feature in layer["features"])
    assert data["map"]["here"] == pytest.approx([case.geom.x, case.geom.y])  # type: ignore[union-attr]


def test_a_department_that_gets_the_case_later_does_not_get_the_others_cases_with_it(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    case = open_ordinary()
    event = case.events.get()
    assignment.hand_over(case.pk, Department.objects.get(code="PL"), "属规划管辖", people["leader"])
    data = sign_in("planning", "application/json").get(f"/cases/{case.pk}/events/{event.pk}/").json()
    shown = {
        feature["id"]
        for layer in data["layers"]
        if layer["name"] == "enforcement-cases"
        for feature in layer["features"]
    }
    assert case.pk in shown
    assert not shown & set(EnforcementCase.objects.filter(department__code="UM").values_list("pk", flat=True))
    assert data["left_out"] > 0


def test_a_copy_that_is_not_what_was_kept_says_so(open_ordinary: Open) -> None:
    kept = open_ordinary().events.get().map_snapshot
    assert kept is not None
    assert is_intact(kept)
    assert not is_intact(MapSnapshot(sha256=kept.sha256, content={**kept.content, "buildings": {}}))


def test_it_is_there_for_those_who_handle_the_case_only(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    case, other = open_ordinary(), open_ordinary()
    event = case.events.get()
    for client in (sign_in("planning"), client_of("public"), client_of("planner")):
        assert client.get(f"/cases/{case.pk}/events/{event.pk}/").status_code == 404
    assert sign_in("first").get(f"/cases/{other.pk}/events/{event.pk}/").status_code == 404
    assignment.add_note(case.pk, "没有地图", people["first"])
    noted = Event.objects.latest("pk")
    assert sign_in("first").get(f"/cases/{case.pk}/events/{noted.pk}/").status_code == 404
