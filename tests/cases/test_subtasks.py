"""What a case's step opened at another department stands on both pages, each as far as its reader may see."""

import pytest

from layers.agencies.models import Department
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case
from layers.casework.procedures.versions import save_version, version_in_force
from tests.cases.conftest import Open, People, SignIn, entered
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

PROCEDURE = """\
extends: ordinary
code: own
steps:
  survey:
    title: {zh: 交办测绘, en: Order a survey}
    from: [lead]
    by: [leader]
    basis: local
    opens: {procedure: survey, department: PL}
  file: {awaits: [survey]}
"""
SURVEY = """\
code: survey
version: 1
family: enforcement
title: {zh: 现场测绘, en: Survey}
basis: local
start: asked
roles:
  leader: {title: {zh: 负责人, en: Leader}}
states:
  asked: {title: {zh: 待测, en: To be measured}, phase: open}
  measured: {title: {zh: 已测, en: Measured}, phase: closed, final: true}
steps:
  measure:
    title: {zh: 测完, en: Measure}
    from: [asked]
    to: measured
    by: [leader]
    basis: local
deadlines:
  measuring:
    title: {zh: 测绘期限, en: Measuring}
    basis: local
    starts: [opened]
    ends: [measure]
    span: 5 working days
    warn: 1 working day
place: {geometry: none}
"""


@pytest.fixture
def case(open_ordinary: Open) -> Case:
    Department.objects.get_or_create(code="PL", defaults={"name": "规划分局", "name_en": "Planning"})
    save_version(SURVEY, {}, "test", "survey")
    save_version(PROCEDURE, procedure_texts(), "test", "own")
    return open_ordinary(version=version_in_force("own"))


def test_both_pages_tell_how_far_the_other_is(case: Case, people: People, sign_in: SignIn) -> None:
    leader, planner = sign_in("leader"), sign_in("planning")
    assert entered(leader, case, "steps/survey/", {"note": "测量超出面积"})[0] == 302
    child = case.related_from.get().case
    page = leader.get(f"/cases/{case.pk}/").content.decode()
    assert 'id="subtasks"' in page
    assert page.count(child.number) == 2  # in its own block and in the log
    assert "待测" in page
    assert f'href="/cases/{child.pk}/"' not in page
    assert "“交办测绘”尚有子案未办结" in page
    (row,) = leader.get(f"/cases/{case.pk}/", headers={"Accept": "application/json"}).json()["subtasks"]
    assert (row["title"], row["department"], row["step"]) == ("", "规划分局", "交办测绘")
    assert row["due"]
    shown = planner.get(f"/cases/{child.pk}/").content.decode()
    assert "主案" in shown
    assert case.number in shown
    assert "测量超出面积" in shown
    assert case.party_name not in shown
    officer = people["planning"].officer
    assert officer is not None
    officer.posts = ["leader"]
    officer.save()
    take_step(child.pk, "measure", people["planning"])
    page = leader.get(f"/cases/{case.pk}/").content.decode()
    assert "已测" in page
    assert "“交办测绘”尚有子案未办结" not in page


def test_officers_cannot_say_by_hand_that_a_case_is_a_sub_task(
    case: Case, open_ordinary: Open, sign_in: SignIn
) -> None:
    other = open_ordinary()
    client = sign_in("leader")
    assert 'value="child"' not in client.get(f"/cases/{case.pk}/").content.decode()
    refused = client.post(f"/cases/{case.pk}/relations/", {"kind": "child", "number": other.number})
    assert refused.status_code == 422
    assert not case.relations.exists()
