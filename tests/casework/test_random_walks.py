"""Random walks through every procedure: each can end, keeps duties apart, and together they take every step."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.casework.phases import Phase
from layers.casework.procedures import OPENED, FieldKind, Procedure, Step
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.step_records import StepRecord
from tests import effort
from tests.casework.walks import Walk, anybody, forms, money_form, onward, somebody_for, way_out
from tests.room_texts import shipped_procedures

CODES = sorted(shipped_procedures())
AMOUNTS = (0, 100, 150, 201, 3000, 3001, 60000)
AMOUNT_KINDS = {FieldKind.NUMBER, FieldKind.MONEY}


def led_on(walk: Walk, step: Step, people: list[Credentials], luck: random.Random) -> Walk | None:
    """The case after the step, if these people may take it with a form that is lawful."""
    actor, partner = somebody_for(walk.procedure, step, people[0]), people[1] if step.officers > 1 else None
    ways = forms(walk.procedure, step)
    for form in luck.sample(ways, min(len(ways), 8)):
        money = {each.name: luck.choice(AMOUNTS) for each in step.fields if each.kind in AMOUNT_KINDS}
        given = form | money | (money_form(walk, step) if luck.random() < 0.7 else {})
        if not walk.refused(step.code, actor, partner, **given):
            return walk.taken(step.code, actor, partner, given)
    return None


def dismisses(procedure: Procedure, step: Step) -> bool:
    return step.target is not None and procedure.states[step.target].phase is Phase.DISMISSED


def randomly(procedure: Procedure, luck: random.Random) -> Walk:
    """A walk of seven people who may do everything but what their own steps forbid them."""
    people = [anybody(procedure, number) for number in range(1, 8)]
    walk = Walk(
        procedure,
        luck.choice(["person", "organisation", "organisation"]),
        history=(StepRecord(OPENED, (1,)),),
    )
    for _ in range(luck.randint(0, 60)):
        if not (choices := walk.open()):
            break
        if luck.random() < 0.9:
            choices = [step for step in choices if not dismisses(procedure, step)] or choices
        near = [step for step in choices if onward(procedure, walk.state, step)]
        step = luck.choice(near if near and luck.random() < 0.7 else choices)
        walk = led_on(walk, step, luck.sample(people, 2), luck) or walk
        walk = walk.lapsed() if luck.random() < 0.5 else walk
    return walk


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=effort.tries(80), suppress_health_check=list(HealthCheck))
@given(luck=st.randoms())
def test_every_walk_can_end_and_keeps_duties_apart(code: str, luck: random.Random) -> None:
    walk = randomly(shipped_procedures()[code], luck)
    for separation in walk.procedure.separations:
        first = {who for each in walk.history if each.step in separation.first for who in each.actor_ids}
        second = {who for each in walk.history if each.step in separation.second for who in each.actor_ids}
        assert first.isdisjoint(second), separation.reason
    assert way_out(walk) is not None, (walk.state, [each.step for each in walk.history])


@pytest.mark.parametrize("code", CODES)
def test_every_step_can_be_taken(code: str) -> None:
    procedure = shipped_procedures()[code]
    assert set(procedure.steps) - explored(procedure, random.Random(330206)) == set()


def explored(procedure: Procedure, luck: random.Random) -> set[str]:
    """Steps taken when cases in every state known so far are led on, by one step at a time."""
    known: dict[str, dict[frozenset[str], Walk]] = {
        procedure.start: {
            key_of(each): each for each in (Walk(procedure, "person"), Walk(procedure, "organisation"))
        }
    }
    found: set[str] = set()
    for number in range(0, 80_000, 2):
        walk = luck.choice(list(known[luck.choice(list(known))].values()))
        if not (choices := walk.open()):
            continue
        wanted = [step for step in choices if step.code not in found]
        step = luck.choice(wanted if wanted and luck.random() < 0.7 else choices)
        fresh = [anybody(procedure, number), anybody(procedure, number + 1)]
        if (led := led_on(walk, step, fresh, luck)) is not None:
            found.add(step.code)
            known.setdefault(led.state, {}).setdefault(key_of(led), led.lapsed())
        if found == set(procedure.steps):
            break
    return found


def key_of(walk: Walk) -> frozenset[str]:
    return walk.facts.steps | {walk.party, str(walk.fields.get("penalty"))}
