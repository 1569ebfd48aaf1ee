"""Who may stand beside the officer who acts."""

from layers.casework.rules.credentials import Credentials
from layers.casework.rules.steps.officer_rules import may_assist
from tests.room_texts import shipped_procedures

CERTIFIED = Credentials(1, frozenset(), frozenset({"enforcement_certificate"}))
TRAINEE = Credentials(2, frozenset({"officer"}))


def test_the_second_officer_holds_what_some_step_of_two_asks_for() -> None:
    ordinary = shipped_procedures()["ordinary"]
    assert may_assist(ordinary, CERTIFIED)
    assert not may_assist(ordinary, TRAINEE)


def test_where_no_step_takes_two_nobody_is_a_second() -> None:
    assert not may_assist(shipped_procedures()["urban"], CERTIFIED)
