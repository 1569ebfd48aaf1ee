"""What a procedure says of leads, places, publication and roles is done."""

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from layers.agencies.models import Department
from layers.casework.access.actor import NotAllowed
from layers.casework.access.permissions import has_capability
from layers.casework.cases.assignment import draw_area
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.log.map_snapshot import read_surroundings, save_map_snapshot
from layers.casework.models import Case, MapSnapshot
from layers.casework.procedures import Capability
from layers.casework.procedures.versions import save_version, version_in_force
from layers.coordinates import STORE_SRID
from tests.casework.conftest import Open, People
from tests.district import LAT, LON
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db


def square(size: float = 0.001) -> MultiPolygon:
    west, south = LON, LAT
    ring = [
        (west, south),
        (west + size, south),
        (west + size, south + size),
        (west, south + size),
        (west, south),
    ]
    return MultiPolygon(Polygon(ring), srid=STORE_SRID)


def variation(text: str) -> Callable[[], object]:
    """A procedure in force that extends the ordinary one."""
    return lambda: save_version(f"extends: ordinary\ncode: own\n{text}", procedure_texts(), "test", "own")


def opened(actor: object, code: str = "own", **known: object) -> Case:
    found = {
        "title": "占地",
        "department": Department.objects.get(code="UM"),
        "version": version_in_force(code),
        "position": Point(LON, LAT, srid=STORE_SRID),
        **known,
    }
    return open_case(CaseIntake(**found), actor)  # type: ignore[arg-type]


def test_a_lead_of_a_source_that_the_procedure_does_not_take_opens_no_case(people: People) -> None:
    variation("leads: [satellite]")()
    with pytest.raises(NotAllowed, match="巡查"):
        opened(people["first"])
    assert opened(people["first"], lead_source="satellite").lead_source == "satellite"


def test_where_an_area_is_asked_for_a_point_is_not_enough(people: People) -> None:
    variation("place: {geometry: polygon, required: filed}")()
    case = opened(people["first"])
    with pytest.raises(NotAllowed, match="须先划定范围"):
        take_step(case.pk, "file", people["head"])
    draw_area(case.pk, square(), "按卫星图斑勾绘", people["first"])
    take_step(case.pk, "file", people["head"])
    case.refresh_from_db()
    assert case.state == "filed"
    event = case.events.get(kind="moved")
    assert event.data["area"] == [None, square().ewkt]


def test_an_area_gives_a_case_without_a_position_one_within_it(people: People) -> None:
    variation("place: {geometry: polygon, required: filed}")()
    case = opened(people["first"], position=None)
    draw_area(case.pk, square(), "按图斑勾绘", people["first"])
    case.refresh_from_db()
    assert case.geom is not None
    assert square().contains(case.geom)


def test_an_outline_that_crosses_itself_is_no_area(people: People, open_ordinary: Open) -> None:
    bow = [(LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.001, LAT), (LON, LAT + 0.001), (LON, LAT)]
    with pytest.raises(NotAllowed, match="相交"):
        draw_area(open_ordinary().pk, MultiPolygon(Polygon(bow), srid=STORE_SRID), "x", people["first"])


def test_a_procedure_that_needs_no_place_asks_for_none(people: People) -> None:
    variation("place: {geometry: none, required: filed}")()
    case = opened(people["first"], position=None)
    take_step(case.pk, "file", people["head"])
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_only_the_layers_that_the_procedure_names_are_kept_around_a_case(people: People) -> None:
    variation("place: {geometry: point, required: filed, overlays: [buildings]}")()
    opened(people["first"])
    (kept,) = MapSnapshot.objects.all()
    assert set(kept.content) == {"buildings", "enforcement-cases"}


def test_what_a_post_may_do_besides_steps_is_declared_with_its_role(
    people: People, open_ordinary: Open
) -> None:
    case = open_ordinary()
    archivist = people["archivist"].officer
    assert not has_capability(archivist, Capability.TRANSFER, case)
    variation("roles: {archivist: {title: {zh: 档案管理员, en: Archivist}, capabilities: [transfer]}}")()
    assert not has_capability(archivist, Capability.TRANSFER, case)  # not in this case's own procedure
    own = opened(people["first"])
    assert has_capability(archivist, Capability.TRANSFER, own)
    assert not has_capability(archivist, Capability.ASSIGN, own)


def test_a_credential_of_any_kind_is_asked_for_until_it_ends(people: People) -> None:
    variation(
        "credentials: {drone_licence: {zh: 无人机执照, en: Drone licence}}\n"
        "roles: {officer: {title: {zh: 执法人员, en: Officer}, credentials: [drone_licence]}}"
    )()
    case = opened(people["first"])
    with pytest.raises(NotAllowed, match="无人机执照"):
        take_step(case.pk, "check_lead", people["first"])
    officer = people["first"].officer
    assert officer is not None
    licence = officer.credentials.create(kind="drone_licence", number="7", valid_until=date(2020, 1, 1))
    with pytest.raises(NotAllowed, match="无人机执照"):
        take_step(case.pk, "check_lead", people["first"])
    licence.valid_until = timezone.localdate()
    licence.save()
    take_step(case.pk, "check_lead", people["first"], StepInput())


def test_a_procedure_counts_as_the_one_that_it_extends(people: People) -> None:
    save_version("extends: ordinary-um\ncode: twice-removed_from-it\n", procedure_texts(), "test", "x")
    case = opened(people["first"], "twice-removed_from-it")
    assert (case.procedure, case.phase) == ("ordinary", "open")


def test_a_case_that_was_moved_meanwhile_keeps_the_map_of_where_it_lies(
    people: People, open_ordinary: Open
) -> None:
    case = open_ordinary()
    before = read_surroundings(case)
    case.geom = Point(LON + 0.02, LAT, srid=STORE_SRID)
    kept = save_map_snapshot(case, before)
    [content] = before.values()
    assert kept.content != content
    assert save_map_snapshot(Case.objects.get(pk=case.pk), before).content == content
