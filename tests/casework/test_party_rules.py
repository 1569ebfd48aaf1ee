"""Who must be known before a case comes into a state."""

from dataclasses import replace
from typing import Any

import pytest

from layers.casework.procedures import Facts
from layers.casework.rules.case_snapshot import CaseInventory, CaseSnapshot
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.steps.party_rules import party_refusals
from layers.casework.rules.steps.step_attempt import StepAttempt
from tests.room_texts import shipped_procedures


def refused(role: str, known: set[str], **given: Any) -> list[str]:
    """The role is required in the state that the step leads to."""
    shipped = shipped_procedures()["simple"]
    taken = next(
        each for each in shipped.steps.values() if any(f.writes == "party_name" for f in each.fields)
    )
    assert taken.target
    roles = {**shipped.parties, role: replace(shipped.parties[role], required=taken.target)}
    attempt = StepAttempt(
        CaseSnapshot(replace(shipped, parties=roles), taken.sources[0], Facts()),
        taken,
        Credentials(1),
        fields=given,
    )
    return [
        each.sentence.zh.partition("（")[0]
        for each in party_refusals(attempt, CaseInventory(parties=frozenset(known)))
    ]


def test_a_party_that_is_required_in_a_state_is_entered_before() -> None:
    assert refused("reporter", {"respondent"}) == ["须先登记“举报人”"]
    assert refused("reporter", {"reporter"}) == []


@pytest.mark.parametrize(
    ("given", "is_refused"), [({"party_name": "王五"}, False), ({"party_name": " "}, True), ({}, True)]
)
def test_the_form_itself_may_say_who_the_principal_is(given: dict[str, str], is_refused: bool) -> None:
    assert bool(refused("respondent", {"reporter"}, **given)) == is_refused


def test_a_party_is_not_asked_for_on_the_way_to_other_states() -> None:
    shipped = shipped_procedures()["simple"]
    roles = {"respondent": replace(shipped.parties["respondent"], required="nowhere")}
    for step in shipped.steps.values():
        attempt = StepAttempt(
            CaseSnapshot(replace(shipped, parties=roles), step.sources[0], Facts()), step, Credentials(1)
        )
        assert list(party_refusals(attempt, CaseInventory())) == []
