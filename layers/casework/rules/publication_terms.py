"""For how long decisions are public."""

from layers.casework.procedures.conditions import Facts, holds
from layers.casework.procedures.model import Procedure


def publication_months(procedure: Procedure, facts: Facts) -> int | None:
    """For how many months the decision is public; None if it is not published."""
    rule = procedure.publication
    if rule is None or not holds(rule.when, facts):
        return None
    return next((term.months for term in rule.lasts if holds(term.when, facts)), None)
