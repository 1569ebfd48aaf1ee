"""A procedure says what its cases are about: of which layers, how many, and from which state on one must be named."""

from collections.abc import Callable

import pytest

from layers.agencies.models import Department
from layers.base.models import Building
from layers.casework.access.actor import NotAllowed
from layers.casework.cases import relations
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case
from layers.casework.procedures import read_procedure
from layers.casework.procedures.model import SubjectRule
from layers.casework.procedures.versions import save_version, version_in_force
from tests.casework.conftest import People
from tests.casework.small_procedure import SMALL, line_of, problems_of

OWN = (
    SMALL.replace("code: small", "code: own").replace(
        "place: {geometry: point, required: lead}", "place: {geometry: none}"
    )
    + "subjects:\n  buildings: {required: closed, most: 1}\n"
)
ASKING = OWN.replace(
    "  fine: {title: {zh: 罚款, en: Fine}, kind: number}\n",
    "  fine: {title: {zh: 罚款, en: Fine}, kind: number}\n"
    "  house: {title: {zh: 涉及建筑, en: House}, kind: feature, layer: buildings}\n",
).replace("    basis: law 2\n", "    basis: law 2\n    fields: {house: optional}\n", 1)
Opened = Callable[[str], Case]


@pytest.fixture
def opened(people: People) -> Opened:
    officer = people["first"].officer
    assert officer is not None
    officer.posts = ["officer"]
    officer.save()

    def case(text: str) -> Case:
        save_version(text, {}, "test", "own")
        unit = Department.objects.get(code="UM")
        return open_case(CaseIntake("占道", unit, version_in_force("own")), people["first"])

    return case


@pytest.fixture
def house(people: People) -> Building:
    return Building.objects.get(name="政务大楼")


@pytest.mark.django_db
def test_the_state_is_not_entered_before_one_is_named(
    opened: Opened, people: People, house: Building
) -> None:
    case = opened(OWN)
    with pytest.raises(NotAllowed, match="须先写明涉及的“建筑"):
        take_step(case.pk, "close", people["first"])
    relations.add_subject(case.pk, "buildings", house.pk, house.name, people["first"])
    take_step(case.pk, "close", people["first"])


@pytest.mark.django_db
def test_cases_are_about_features_of_those_layers_only_and_of_so_many(
    opened: Opened, people: People, house: Building
) -> None:
    case = opened(OWN)
    with pytest.raises(NotAllowed, match="此类案件只涉及：建筑"):
        relations.add_subject(case.pk, "addresses", 1, "x", people["first"])
    relations.add_subject(case.pk, "buildings", house.pk, house.name, people["first"])
    with pytest.raises(NotAllowed, match="最多涉及 1 个对象"):
        relations.add_subject(case.pk, "buildings", house.pk + 1, "x", people["first"])


@pytest.mark.django_db
def test_what_a_step_s_form_names_is_what_the_case_is_about(
    opened: Opened, people: People, house: Building
) -> None:
    case = opened(ASKING)
    named = {"layer": "buildings", "feature": house.pk, "title": house.name}
    take_step(case.pk, "close", people["first"], StepInput({"house": named}))
    subject = case.subjects.get()
    assert (subject.layer, subject.feature) == ("buildings", house.pk)


@pytest.mark.django_db
def test_a_form_names_no_more_than_there_may_be(opened: Opened, people: People, house: Building) -> None:
    case = opened(ASKING)
    relations.add_subject(case.pk, "buildings", house.pk, house.name, people["first"])
    named = {"layer": "buildings", "feature": house.pk + 1, "title": "别处"}
    with pytest.raises(NotAllowed, match="本案最多涉及 1 个“建筑"):
        take_step(case.pk, "close", people["first"], StepInput({"house": named}))
    again = {"layer": "buildings", "feature": house.pk, "title": house.name}
    take_step(case.pk, "close", people["first"], StepInput({"house": again}))


def test_it_is_read() -> None:
    assert read_procedure(OWN, "own", {}).subjects == {"buildings": SubjectRule("closed", 1)}
    assert read_procedure(SMALL, "small", {}).subjects == {}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("buildings: {", "castles: {", "There is no layer 'castles'."),
        ("buildings: {", "enforcement-cases: {", "'enforcement-cases' are cases, which are related."),
        ("required: closed", "required: shut", "There is no state 'shut'."),
    ],
)
def test_a_text_that_makes_no_sense_is_told_with_its_line(old: str, new: str, sentence: str) -> None:
    text = OWN.replace(old, new)
    assert problems_of(text) == [("own", line_of(text, new), sentence)]
