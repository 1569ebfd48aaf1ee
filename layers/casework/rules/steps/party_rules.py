"""Who must be known before a case comes into a state."""

from collections.abc import Iterator

from layers.casework.rules.case_snapshot import CaseInventory

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt


def party_refusals(attempt: StepAttempt, inventory: CaseInventory) -> Iterator[Refusal]:
    """The step's own form may say who the principal party is."""
    step, target = attempt.step, attempt.step.target or attempt.case.state
    written = {each.writes for each in step.fields if str(attempt.fields.get(each.name) or "").strip()}
    for role in attempt.procedure.parties.values():
        is_known = role.code in inventory.parties or (role.principal and "party_name" in written)
        if role.required == target and not is_known:
            zh, en = role.title.zh, role.title.en
            yield refusal("party", step, f"须先登记“{zh}”", f'"{en}" must be entered first')
