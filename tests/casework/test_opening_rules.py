"""What must be known of a case from its first state on is asked for when it is opened, however it is opened."""

from dataclasses import replace

import pytest

from layers.casework.cases.routing import Matter, departments_of
from layers.casework.procedures import read_procedure
from layers.casework.room_texts import room_procedures
from layers.casework.rules.opening_rules import Opening, opening_refusals
from layers.enforcement.case_types import ENFORCEMENT
from layers.registry.text import Text
from tests.casework.small_procedure import SMALL

PATROL = ("patrol", Text("巡查", "Patrol"))
ANYWHERE = SMALL.replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
BUILDINGS = "subjects:\n  buildings: {required: lead, most: 1}\n"
OWNER = "parties: {owner: {title: {zh: 业主, en: Owner}, principal: true, required: lead}}\n"


pytestmark = pytest.mark.django_db  # layers are called as the district calls them


def refused(text: str, opening: Opening) -> list[str]:
    return [each.en for each in opening_refusals(read_procedure(text, "own", {}), opening)]


@pytest.mark.parametrize(
    ("text", "opening", "sentences"),
    [
        (ANYWHERE, Opening(*PATROL), []),
        (SMALL, Opening(*PATROL), ["The place must be marked on the map first."]),
        (SMALL, Opening(*PATROL, is_located=True), []),
        (SMALL, Opening(*PATROL, is_outlined=True), []),
        (
            SMALL.replace("geometry: point", "geometry: polygon"),
            Opening(*PATROL, is_located=True),
            ["The area must be drawn on the map first."],
        ),
        (SMALL.replace("geometry: point", "geometry: polygon"), Opening(*PATROL, is_outlined=True), []),
        (SMALL.replace("required: lead}", "required: closed}"), Opening(*PATROL), []),
        (ANYWHERE + BUILDINGS, Opening(*PATROL), ['Say first which "Buildings" it is about.']),
        (ANYWHERE + BUILDINGS, Opening(*PATROL, subjects={("buildings", 1)}), []),
        (
            ANYWHERE + BUILDINGS,
            Opening(*PATROL, subjects={("buildings", 1), ("buildings", 2)}),
            ['The case is about 1 of "Buildings" at most.'],
        ),
        (
            ANYWHERE + BUILDINGS,
            Opening(*PATROL, subjects={("buildings", 1), ("addresses", 2)}),
            ['Cases of this kind are not about "Addresses".'],
        ),
        (ANYWHERE, Opening(*PATROL, subjects={("addresses", 2)}), []),
        (ANYWHERE + OWNER, Opening(*PATROL), ['"Owner" must be entered first.']),
        (ANYWHERE + OWNER, Opening(*PATROL, parties={"owner"}), []),
        (ANYWHERE + "leads: [complaint]\n", Opening(*PATROL), ["Small takes no leads of this source: Patrol."]),
        (ANYWHERE + "leads: [complaint]\n", Opening("complaint", Text("投诉举报", "Complaint")), []),
    ],
)  # fmt: skip
def test_it_says_what_is_missing(text: str, opening: Opening, sentences: list[str]) -> None:
    assert refused(text, opening) == sentences


def test_a_matter_may_be_for_each_department_that_a_route_its_category_or_its_procedure_names() -> None:
    urban = room_procedures(ENFORCEMENT.folder)["urban"]
    everybody = replace(urban, departments=())
    structure = Matter(urban.categories["illegal_structure"], "urban")
    assert departments_of(structure, {"urban": urban}, "WS") == ["LR", "UM"]
    anybody = Matter(replace(structure.category, department="", routes=()), "urban")
    assert departments_of(anybody, {"urban": everybody}, "WS") == ["WS"]
    assert departments_of(anybody, {"urban": urban}, "WS") == ["UM"]
