"""Whether a step may be taken, and everything that stands against it."""

from .date_rules import date_refusals
from .evidence_rules import evidence_refusals
from .form_rules import form_refusals
from .money_rules import money_refusals
from .officer_rules import officer_refusals
from .order_rules import order_refusals, state_refusals
from .paper_rules import paper_refusals
from .party_rules import party_refusals
from .refusals import Refusal
from .step_attempt import StepAttempt
from .subject_rules import subject_refusals


def step_refusals(attempt: StepAttempt) -> list[Refusal]:
    """None if it may be taken."""
    dates, inventory = attempt.case.dates, attempt.case.inventory
    return [
        *state_refusals(attempt),
        *officer_refusals(attempt),
        *order_refusals(attempt),
        *form_refusals(attempt),
        *(date_refusals(attempt, dates) if dates else ()),
        *(money_refusals(attempt, dates) if dates else ()),
        *(evidence_refusals(attempt, inventory) if inventory else ()),
        *(paper_refusals(attempt, inventory) if inventory else ()),
        *(party_refusals(attempt, inventory) if inventory else ()),
        *(subject_refusals(attempt, inventory) if inventory else ()),
    ]
