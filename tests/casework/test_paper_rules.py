"""No decision, delivery, court, closing or archive without the papers that the law wants: which one, and where it is made."""

import pytest

from layers.casework.procedures.model import EVERY_PAPER
from layers.casework.rules.case_snapshot import CaseInventory
from layers.casework.rules.step_records import PaperCall
from layers.casework.rules.steps.paper_rules import missing_papers
from tests.casework.small_procedure import SMALL, problems_of
from tests.casework.walks import PLENTY, Walk, anybody
from tests.room_texts import shipped_procedures

GATES = [
    ("ordinary", "serve_notice", "penalty_notice", "issue_notice"),
    ("ordinary", "serve_hearing_notice", "hearing_notice", "announce_hearing"),
    ("ordinary", "demand", "demand", "issue_demand"),
    ("ordinary", "decide_penalty", "penalty_notice", "issue_notice"),
    ("ordinary", "decide_penalty", "delivery_receipt", "serve_notice"),
    ("ordinary", "deliver", "penalty_decision", "decide_penalty"),
    ("ordinary", "deliver_no_penalty", "no_penalty_decision", "decide_no_penalty"),
    ("ordinary", "apply_court", "demand", "issue_demand"),
    ("ordinary", "close", "delivery_receipt", "deliver"),
    ("ordinary", "archive", "closing_report", "close"),
    ("simple", "deliver", "spot_decision", "decide"),
    ("simple", "hand_in", "fine_receipt", "collect"),
    ("simple", "archive", "payment_proof", "record_payment"),
    ("urban", "evaluate", "closing_form", "close_fixed"),
]


@pytest.mark.parametrize(("code", "step", "paper", "caller"), GATES)
def test_a_step_is_refused_without_its_paper(code: str, step: str, paper: str, caller: str) -> None:
    procedure = shipped_procedures()[code]
    walk = Walk(procedure, state=procedure.steps[step].sources[0])
    wanting = CaseInventory(PLENTY.evidence, wanting=(PaperCall(paper, caller),))
    found = walk.refused(step, anybody(procedure, 1), held=wanting)
    [refused] = [each.sentence for each in found if each.code == "papers"]
    title, called = procedure.documents[paper].title, procedure.steps[caller].title
    assert refused.zh.startswith(f"须先制作“{title.zh}”：“{called.zh}”要求制作，在本案“文书”中制作（")
    assert refused.en.startswith(
        f'"{title.en}" must be made first, under "Documents" of the case: "{called.en}" calls for it ('
    )
    assert "papers" not in {each.code for each in walk.refused(step, anybody(procedure, 1))}


@pytest.mark.parametrize("code", sorted(shipped_procedures()))
def test_every_archive_takes_the_whole_file_and_nothing_after_it(code: str) -> None:
    procedure = shipped_procedures()[code]
    [sealed] = [state.code for state in procedure.states.values() if state.sealed]
    assert all(each.papers == (EVERY_PAPER,) for each in procedure.steps.values() if each.target == sealed)
    assert all(each.reopens for each in procedure.steps.values() if sealed in each.sources)


def test_a_penalty_is_published_only_with_its_decision_and_its_receipt() -> None:
    procedure = shipped_procedures()["ordinary"]
    assert procedure.publication
    for call in (PaperCall("penalty_decision", "decide_penalty"), PaperCall("delivery_receipt", "deliver")):
        held = CaseInventory(wanting=(call, PaperCall("scene_record", "inspect")))
        [missing] = missing_papers(procedure, procedure.publication.papers, held)
        assert procedure.documents[call.document].title.en in missing.en


@pytest.mark.parametrize(
    ("papers", "said"),
    [
        ("[nothing]", "There is no document 'nothing'."),
        ("[report]", "No step calls for the document 'report'."),
    ],
)
def test_a_paper_that_is_unknown_or_never_called_for_is_a_mistake(papers: str, said: str) -> None:
    text = SMALL.replace("  close:\n", f"  close:\n    papers: {papers}\n", 1)
    assert said in [sentence for _, _, sentence in problems_of(text)]
