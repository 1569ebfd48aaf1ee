"""Who handles a case: given to officers, handed over, made joint, joined, moved; all of it stands in the log."""

import pytest
from django.contrib.gis.geos import Point

from layers.agencies.models import Department, ResponsibleBody
from layers.casework.access.actor import NotAllowed
from layers.casework.access.permissions import department_cases, may_read_case
from layers.casework.cases import assignment, relations
from layers.casework.log.case_as_of import case_as_of
from layers.casework.models import AssignmentRule, Case, RelationKind
from layers.casework.procedures.versions import procedure_of, version_in_force
from layers.coordinates import STORE_SRID
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer
from tests.casework.conftest import Open, People
from tests.district import LAT, LON
from tests.people import VIEWERS

pytestmark = pytest.mark.django_db
PLANNING = VIEWERS["other_officer"]


def row(case: Case, viewer: Viewer) -> dict[str, object] | None:
    return LayerQuery(get_layer("enforcement-cases", viewer), viewer).by_id(case.pk)


def test_an_officer_takes_a_case_and_only_leaders_give_it_to_others(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    first, second = people["first"].officer, people["second"].officer
    assert first is not None
    assert second is not None
    assignment.assign(case.pk, second, people["second"])
    with pytest.raises(NotAllowed):
        assignment.assign(case.pk, first, people["second"])
    assignment.assign(case.pk, first, people["leader"])
    case.refresh_from_db()
    assert case.handler == first
    planner = people["planning"].officer
    assert planner is not None
    with pytest.raises(NotAllowed):
        assignment.assign(case.pk, planner, people["leader"])


def test_a_joint_case_is_both_departments_in_code_and_in_the_database(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    planning = Department.objects.get(code="PL")
    assert not may_read_case(case, PLANNING)
    assert row(case, PLANNING) is None
    assignment.share(case.pk, [planning], "涉及规划许可", people["leader"])
    case.refresh_from_db()
    assert may_read_case(case, PLANNING)
    assert case in department_cases(PLANNING)
    shown = row(case, PLANNING)
    assert shown is not None
    assert shown["party_name"] == "北仑演示有限公司"
    assert shown["lon"] == pytest.approx(LON + 0.0003)
    assignment.share(case.pk, [], "不再需要", people["leader"])
    case.refresh_from_db()
    assert not may_read_case(case, PLANNING)
    assert row(case, PLANNING) is None


def test_a_case_that_is_handed_over_belongs_to_the_other_department(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    planning = Department.objects.get(code="PL")
    with pytest.raises(NotAllowed, match="理由"):
        assignment.hand_over(case.pk, planning, " ", people["leader"])
    with pytest.raises(NotAllowed):
        assignment.hand_over(case.pk, planning, "属规划管辖", people["first"])
    assignment.hand_over(case.pk, planning, "属规划管辖", people["leader"])
    case.refresh_from_db()
    assert case.department == planning
    assert case.handler is None
    assert may_read_case(case, PLANNING)
    assert not may_read_case(case, VIEWERS["officer"])
    with pytest.raises(NotAllowed):
        assignment.add_note(case.pk, "再记一笔", people["first"])
    last = case.events.last()
    assert last is not None
    assert (last.kind, last.data["from"], last.data["to"]) == ("handed_over", "UM", "PL")


def test_a_joint_department_works_on_a_case_but_does_not_give_it_away(
    open_ordinary: Open, people: People
) -> None:
    case, planning = open_ordinary(), Department.objects.get(code="PL")
    Case.objects.filter(pk=case.pk).update(partner=people["second"].officer)
    assignment.share(case.pk, [planning], "涉及规划许可", people["leader"])
    assignment.add_note(case.pk, "已核对许可", people["planning"])
    with pytest.raises(NotAllowed, match="承办部门"):
        assignment.hand_over(case.pk, planning, "由我方办理", people["planning"])
    assignment.hand_over(case.pk, planning, "属规划管辖", people["leader"])
    case.refresh_from_db()
    assert (case.department, case.joint, case.handler, case.partner) == (planning, [], None, None)
    assert not may_read_case(case, VIEWERS["officer"])


def test_papers_of_before_know_nothing_of_whom_the_case_was_given_to_since(
    open_ordinary: Open, people: People
) -> None:
    case, planning = open_ordinary(), Department.objects.get(code="PL")
    second = people["second"].officer
    assert second is not None
    Case.objects.filter(pk=case.pk).update(partner=second)
    opened = case.events.get()
    assignment.assign(case.pk, second, people["leader"])
    assignment.share(case.pk, [planning], "涉及规划许可", people["leader"])
    shared = case.events.last()
    assignment.hand_over(case.pk, planning, "属规划管辖", people["leader"])
    Department.objects.filter(code="UM").update(code="UMB")
    now = Case.objects.get(pk=case.pk)
    first = people["first"].officer
    stood = [case_as_of(now, procedure_of(now), event).case for event in (opened, shared, None)]
    assert [(each.department.code, each.handler, each.partner, each.joint) for each in stood] == [
        ("UMB", first, second, []),
        ("UMB", second, second, ["PL"]),
        ("PL", None, None, []),
    ]


def test_an_archived_case_is_followed_but_takes_in_no_other_and_keeps_its_relations(
    open_ordinary: Open, people: People
) -> None:
    archived, case = open_ordinary(), open_ordinary()
    Case.objects.filter(pk=archived.pk).update(state="archived")
    archived.refresh_from_db()
    relations.relate(case.pk, archived, RelationKind.FOLLOWS, people["first"])
    with pytest.raises(NotAllowed, match=f"案件 {archived.number} 已归档"):
        relations.unrelate(case.pk, case.relations.get().pk, people["first"])
    with pytest.raises(NotAllowed, match=f"案件 {archived.number} 已归档"):
        assignment.join(case.pk, archived, people["first"], "同一事项")
    assert case.relations.exists()


def test_a_duplicate_is_linked_and_stays(open_ordinary: Open, people: People) -> None:
    first, again = open_ordinary(), open_ordinary()
    assignment.join(again.pk, first, people["first"], "同一地点同一事项")
    again.refresh_from_db()
    assert again.joined_to == first
    with pytest.raises(NotAllowed):
        assignment.join(first.pk, again, people["first"], "互相并入")
    with pytest.raises(NotAllowed):
        assignment.join(first.pk, first, people["first"], "并入自己")


def test_a_corrected_position_keeps_the_old_one_in_the_log(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    assignment.correct_position(
        case.pk, Point(LON + 0.03, LAT + 0.03, srid=STORE_SRID), "定位偏移", people["first"]
    )
    case.refresh_from_db()
    assert case.division is None
    last = case.events.last()
    assert last is not None
    assert last.data["was"] == [pytest.approx(LON + 0.0003), pytest.approx(LAT + 0.0003)]


def test_restricted_cases_are_not_even_their_department_s(open_ordinary: Open) -> None:
    case = open_ordinary()
    Case.objects.filter(pk=case.pk).update(visibility=Audience.RESTRICTED)
    case.refresh_from_db()
    for name, viewer in VIEWERS.items():
        assert may_read_case(case, viewer) == (name == "administrator")
        assert (case in department_cases(viewer)) == (name == "administrator")
        assert (row(case, viewer) is not None) == (name == "administrator")


def test_a_new_case_goes_by_rule_to_whoever_has_the_fewest(open_ordinary: Open, people: People) -> None:
    """By category first, then by the cell in which it lies; without a rule nobody is named."""
    department = Department.objects.get(code="UM")
    own = [open_ordinary("first"), open_ordinary("first")]
    assert own[0].handler == people["first"].officer
    where = {"version": version_in_force("urban"), "category": "exposed_garbage"}
    assert open_ordinary("planning", **where).handler is None
    AssignmentRule.objects.create(department=department, order=2, post="handler")
    by_load = open_ordinary("planning", **where)
    assert by_load.handler == people["second"].officer
    event = by_load.events.get(kind="assigned")
    assert (event.who, event.data["rule"]) == ("portal", 2)
    assert by_load.notices.filter(officer=by_load.handler, kind="assigned", channel="portal").exists()
    AssignmentRule.objects.create(
        department=department, order=1, post="leader", category="exposed_garbage", grid_cell=by_load.grid_cell
    )
    assert open_ordinary("planning", **where).handler == people["leader"].officer
    assert open_ordinary("planning", **{**where, "category": "parking"}).handler == people["second"].officer
    body = ResponsibleBody.objects.create(code="NONE", name="空单位", department=department)
    AssignmentRule.objects.create(department=department, order=0, post="handler", body=body)
    assert open_ordinary("planning", **where).handler == people["leader"].officer, (
        "nobody serves in that body"
    )
