"""For how long decisions are public."""

from layers.casework.procedures.conditions import Facts, holds
from layers.casework.procedures.model import Procedure
from layers.registry.text import Text


def publication_months(procedure: Procedure, facts: Facts) -> int | None:
    """For how many months the decision is public; None if it is not published."""
    rule = procedure.publication
    if rule is None or not holds(rule.when, facts) or withdrawal_reason(procedure, facts):
        return None
    return next((term.months for term in rule.lasts if holds(term.when, facts)), None)


def withdrawal_reason(procedure: Procedure, facts: Facts) -> Text | None:
    """Why what is public is taken back, and not published again; None if it is not."""
    rule = procedure.publication.withdraw if procedure.publication else None
    return rule.reason if rule and holds(rule.when, facts) else None
