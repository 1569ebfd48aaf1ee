"""Texts with sub-tasks: read, drawn, and told of their mistakes with their line."""

import pytest
from django.utils.translation import override

from layers.casework.admin.procedure_drawing import ProcedureDrawing
from layers.casework.procedures import ProcedureError, read_procedure
from layers.casework.procedures.model import Subtask
from layers.casework.procedures.validation.subtasks import opening_problems
from layers.casework.procedures.versions import check_shipped, save_version
from tests.casework.small_procedure import line_of, problems_of
from tests.casework.subtask_texts import OPENS, OWN, WHEN, WORK


@pytest.mark.django_db
def test_it_is_drawn_with_what_it_opens() -> None:
    save_version(WORK, {}, "test", "work")
    with override("zh-hans"):
        assert "交办修补 ▸ 开立子案：修补" in ProcedureDrawing(read_procedure(OWN, "own", {})).dot()


def test_it_is_read() -> None:
    procedure = read_procedure(OWN, "own", {})
    assert procedure.steps["order"].opens == Subtask("work", "", "PL", ("fine",), True)


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        (
            "awaits: [order]",
            "awaits: [pause]",
            "    awaits:",
            "The step 'pause' asks nobody and opens nothing.",
        ),
        (
            "department: PL",
            "department: fine",
            "    opens:",
            "'fine' is neither a department's code nor a field of the step that names one.",
        ),
        ("fields: [fine]", "fields: [work]", "    opens:", "There is no field 'work' to hand down."),
        (
            OPENS,
            OPENS + "    consults: {units: {PL: 24 hours}}\n",
            "    opens:",
            "The step 'order' asks departments or opens a sub-task, not both.",
        ),
        (
            "    awaits: [order]\n",
            WHEN % "field: order.agreed, over: 0",
            "    when:",
            "'order' opens sub-tasks: write order. and one of closed, dismissed, outcome, waiting.",
        ),
        (
            "    from: [lead]\n    by: [officer]\n    basis: law 2\n    fields",
            "    from: [closed]\n    by: [officer]\n    reopens: true\n    basis: law 2\n    fields",
            "    awaits:",
            "The step 'close' never comes after 'order'.",
        ),
    ],
)
def test_a_text_that_makes_no_sense_is_told_with_its_line(old: str, new: str, at: str, sentence: str) -> None:
    text = OWN.replace(old, new, 1)
    assert problems_of(text) == [("own", line_of(text, at), sentence)]


HELD = "parties: {owner: {title: {zh: 业主, en: Owner}, principal: true, required: lead}}\n"
ABOUT = "subjects:\n  buildings: {required: lead, most: 1}\n"
OUTCOME = OWN.replace("    awaits: [order]\n", WHEN % "field: order.outcome, in: [%s]")
STOPS = OWN.replace("party: true}", "party: true, stops: %s}")
CATEGORY = "categories:\n  hole: {title: {zh: 坑洞, en: Hole}, basis: law 1}\n"
BACK = OPENS.replace("procedure: work, department: PL, fields: [fine], party: true", "procedure: own")


@pytest.mark.parametrize(
    ("own", "work", "sentence"),
    [
        (OWN.replace("procedure: work", "procedure: nothing"), WORK, "There is no procedure 'nothing'."),
        (
            OWN.replace("procedure: work", "procedure: own"),
            WORK,
            "'own' and 'own' would open one another without end.",
        ),
        (
            OWN,
            WORK.replace("    outcome: too_dear\n", "    outcome: too_dear\n" + BACK),
            "'own' and 'work' would open one another without end.",
        ),
        (OWN, WORK + CATEGORY, "'work' has no category ''."),
        (
            OWN.replace("department: PL", "department: PL, category: gap"),
            WORK + CATEGORY,
            "'work' has no category 'gap'.",
        ),
        (
            OWN,
            WORK.replace("kind: number}", "kind: date}"),
            "'work' has no field 'fine' of the same kind that can be handed down.",
        ),
        (
            OWN,
            WORK + "parties: {owner: {title: {zh: 业主, en: Owner}, principal: true, kinds: [person]}}\n",
            "The party of 'work' cannot be of all the same kinds.",
        ),
        (
            OWN.replace(", party: true", ""),
            WORK + HELD,
            "'work' requires 'owner' from its first state on, who is not handed down.",
        ),
        (
            OWN,
            WORK + HELD.replace("}}\n", "}, heir: {title: {zh: 继承人, en: Heir}, required: lead}}\n"),
            "'work' requires 'heir' from its first state on, who is not handed down.",
        ),
        (
            OWN,
            WORK + ABOUT,
            "'work' must be about 'buildings' from its first state on, which is not handed down.",
        ),
        (
            OWN.replace("party: true", "subjects: true") + ABOUT.replace("most: 1", "most: 2"),
            WORK + ABOUT,
            "'work' is about 1 of 'buildings' at most, and more may be handed down.",
        ),
        (
            OWN,
            WORK.replace("geometry: none", "geometry: point, required: lead"),
            "'work' requires a place from its first state on, which cases of this have not.",
        ),
        (
            OWN,
            WORK + "leads: [complaint]\n",
            "'work' does not take all leads that cases of this come from.",
        ),
        (STOPS % "pause", WORK, "The step 'pause' ends no case."),
        (STOPS % "halt", WORK, "There is no step 'halt' in 'work'."),
        (
            STOPS % "refuse",
            WORK.replace("    outcome: too_dear\n", "    outcome: too_dear\n    reason_required: true\n"),
            "Nobody takes the step 'refuse': it needs a reason.",
        ),
    ],
)
@pytest.mark.django_db
def test_what_is_opened_must_be_there_and_fit_whichever_is_kept_last(
    own: str, work: str, sentence: str
) -> None:
    if BACK in work:
        save_version(OWN.replace(OPENS, "").replace("    awaits: [order]\n", ""), {}, "test", "own")
    save_version(work, {}, "test", "work")
    with pytest.raises(ProcedureError) as caught:
        save_version(own, {}, "test", "own")
    assert [(each.line, each.sentence.en) for each in caught.value.problems] == [
        (line_of(own, "    opens:"), sentence)
    ]


FITTING = [
    (OWN, WORK),
    (OWN, WORK + HELD),
    (OWN.replace("party: true", "party: true, subjects: true") + ABOUT, WORK + ABOUT),
    (OWN.replace("party: true", "party: true, subjects: true"), WORK + ABOUT),
    (OWN.replace("geometry: none", "geometry: point"), WORK.replace("geometry: none", "geometry: point, required: lead")),
    (OWN + "leads: [complaint]\n", WORK + "leads: [complaint, patrol]\n"),
    (STOPS % "refuse", WORK),
    (OUTCOME % "too_dear, closed, given_up, joined", WORK),
]  # fmt: skip


def openings(own: str, work: str) -> list[tuple[int, str]]:
    known = {"work": read_procedure(work, "work", {})}
    found = opening_problems(read_procedure(own, "own", {}), known)
    return [(each.line, each.sentence.en) for each in found]


@pytest.mark.parametrize(("own", "work"), FITTING)
def test_what_fits_is_taken(own: str, work: str) -> None:
    assert openings(own, work) == []


def test_an_outcome_that_the_sub_task_cannot_have_is_told_with_its_line() -> None:
    text = OUTCOME % "too_cheap"
    sentence = "No sub-task ends with 'too_cheap'; it can be: closed, given_up, joined, too_dear."
    assert openings(text, WORK) == [(line_of(text, "    when: {field: order.outcome"), sentence)]
    known = {"own": read_procedure(OUTCOME % "too_dear", "own", {})}
    cheaper = read_procedure(WORK.replace("outcome: too_dear", "outcome: too_cheap"), "work", {})
    (problem,) = opening_problems(cheaper, known)
    assert problem.sentence.en.startswith("The step 'order' of 'own' opens cases of this: No sub-task ends")


LINKED = OWN.replace("procedure: work", "procedure: work-of-city")
VARIED = WORK.replace("code: work", "code: work-of-port").replace("family:", "departments: [PL]\nfamily:")


def test_the_variation_that_a_department_follows_is_looked_at_too() -> None:
    general = WORK.replace("code: work", "code: work-of-city").replace(
        "family:", "departments: [UM]\nfamily:"
    )
    known = {"work-of-city": general, "work-of-port": VARIED + CATEGORY}
    procedures = {code: read_procedure(text, code, {}) for code, text in known.items()}
    (problem,) = opening_problems(read_procedure(LINKED, "own", {}), procedures)
    assert problem.sentence.en == "'work-of-port' has no category ''."


def test_texts_that_rooms_ship_must_fit_one_another() -> None:
    rooms = [{"own": OWN}, {"work": WORK}]
    check_shipped(rooms)
    with pytest.raises(ProcedureError, match="work"):
        check_shipped([{"own": OWN}, {"work": WORK + CATEGORY}])


@pytest.mark.django_db
def test_a_procedure_that_others_open_stays_as_they_need_it() -> None:
    save_version(WORK, {}, "test", "work")
    save_version(OWN, {}, "test", "own")
    with pytest.raises(ProcedureError) as caught:
        save_version(WORK + CATEGORY, {}, "test", "work")
    (problem,) = caught.value.problems
    assert problem.sentence.en == (
        "The step 'order' of 'own' opens cases of this: 'work' has no category ''."
    )
