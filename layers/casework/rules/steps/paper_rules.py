"""Documents that must lie in the file before a step is taken, or before a case is made public."""

from collections.abc import Iterator, Sequence

from layers.casework.procedures.model import EVERY_PAPER, Procedure
from layers.casework.rules.case_snapshot import CaseInventory
from layers.registry.text import Text

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt


def paper_refusals(attempt: StepAttempt, inventory: CaseInventory) -> Iterator[Refusal]:
    for sentence in missing_papers(attempt.procedure, attempt.step.papers, inventory):
        yield refusal("papers", attempt.step, sentence.zh, sentence.en)


def missing_papers(procedure: Procedure, papers: Sequence[str], held: CaseInventory) -> Iterator[Text]:
    """Which paper is missing, and where it is made; without a full stop."""
    for call in dict.fromkeys(held.wanting):
        if call.document in papers or EVERY_PAPER in papers:
            paper, step = procedure.documents[call.document].title, procedure.steps[call.step].title
            yield Text(
                f"须先制作“{paper.zh}”：“{step.zh}”要求制作，在本案“文书”中制作",
                f'"{paper.en}" must be made first, under "Documents" of the case: "{step.en}" calls for it',
            )
