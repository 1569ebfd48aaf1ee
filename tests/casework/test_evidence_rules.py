"""The least evidence of a step and of a decision, and the place that must be known: what is asked, when, in which words."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from layers.casework.procedures import EvidenceKind, EvidenceMinimum, Facts, GeometryKind, Place, Procedure
from layers.casework.rules.case_snapshot import CaseInventory, CaseSnapshot
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.step_records import StepRecord
from layers.casework.rules.steps.available_steps import actionable_states, available_steps, lasting_refusals
from layers.casework.rules.steps.evidence_rules import evidence_refusals
from layers.casework.rules.steps.step_attempt import StepAttempt
from tests.room_texts import shipped_procedures

TWO = EvidenceMinimum(2, (EvidenceKind.SCENE_RECORD,))
NONE = EvidenceMinimum()
DECIDING = ("decision", "decide_penalty")  # from an open state to a decided one


def refused(
    at: tuple[str, str],
    held: Mapping[str, int],
    *,
    own: EvidenceMinimum = NONE,
    every: EvidenceMinimum = NONE,
    place: Place | None = None,
    located: bool = True,
) -> list[tuple[str, str]]:
    """Codes and English sentences; ``own`` is asked by the step, ``every`` by the procedure."""
    state, code = at
    known = shipped_procedures()["ordinary"]
    procedure: Procedure = replace(
        known, evidence=every, place=place or Place(GeometryKind.POINT), steps=dict(known.steps)
    )
    step = replace(procedure.steps[code], evidence=own)
    attempt = StepAttempt(CaseSnapshot(procedure, state, Facts()), step, Credentials(1))
    found = evidence_refusals(attempt, CaseInventory(held, located))
    return [(each.code, each.sentence.en.split(" (")[0]) for each in found]


@pytest.mark.parametrize(
    ("least", "held", "sentence"),
    [
        (1, 0, "Evidence must be at least 1 piece"),
        (1, 1, None),
        (2, 1, "Evidence must be at least 2 pieces"),
        (2, 2, None),
        (2, 3, None),
        (0, 0, None),
    ],
)
def test_a_step_asks_for_so_many_pieces(least: int, held: int, sentence: str | None) -> None:
    found = refused(("lead", "check_lead"), {"document": held}, own=EvidenceMinimum(least))
    assert found == ([("evidence", sentence)] if sentence else [])


def test_pieces_of_all_kinds_count_together_and_each_kind_is_asked_for_once() -> None:
    assert refused(("lead", "check_lead"), {"document": 1, "scene_record": 1}, own=TWO) == []
    missing = [("evidence", "This kind of evidence is missing: inspection or scene record")]
    assert refused(("lead", "check_lead"), {"document": 2}, own=TWO) == missing
    assert refused(DECIDING, {"document": 2}, own=TWO, every=TWO) == missing


@pytest.mark.parametrize(
    ("at", "asks"),
    [
        (DECIDING, True),
        (("lead", "check_lead"), False),  # stays open
        (("lead", "dismiss"), False),  # is not decided
        (("delivery", "deliver"), False),  # was decided before
        (("delivery", "decide_penalty"), False),  # does not start from there
    ],
)
def test_the_procedure_s_own_minimum_is_asked_for_where_an_open_case_is_decided(
    at: tuple[str, str], asks: bool
) -> None:
    assert bool(refused(at, {}, every=TWO)) is asks


def test_the_larger_of_both_minimums_counts() -> None:
    assert refused(DECIDING, {"document": 2}, own=EvidenceMinimum(3), every=EvidenceMinimum(1))[0][
        1
    ].endswith("at least 3 pieces")
    assert refused(DECIDING, {"document": 2}, own=EvidenceMinimum(1), every=EvidenceMinimum(3))[0][
        1
    ].endswith("at least 3 pieces")


@pytest.mark.parametrize(
    ("geometry", "sentence"),
    [
        (GeometryKind.POINT, "The place must be marked on the map first"),
        (GeometryKind.POLYGON, "The area must be drawn on the map first"),
    ],
)
def test_the_state_that_needs_a_place_is_not_entered_without_it(
    geometry: GeometryKind, sentence: str
) -> None:
    place = Place(geometry, "filed")
    assert refused(("lead", "file"), {}, place=place, located=False) == [("geometry", sentence)]
    assert refused(("lead", "file"), {}, place=place, located=True) == []
    assert refused(("lead", "check_lead"), {}, place=place, located=False) == []
    assert refused(("lead", "file"), {}, place=Place(geometry), located=False) == []


def test_before_a_form_is_filled_only_what_no_form_takes_away_stands_against_a_step() -> None:
    procedure = shipped_procedures()["ordinary"]
    snapshot = CaseSnapshot(procedure, "lead", Facts())
    nobody, head = Credentials(1), Credentials(2, frozenset({"head"}))
    assert [each.code for each in lasting_refusals(snapshot, procedure.steps["dismiss"], nobody)] == ["role"]
    assert lasting_refusals(snapshot, procedure.steps["dismiss"], head) == ()  # it asks for a reason
    found = {each.step.code: each.may_take for each in available_steps(snapshot, head)}
    assert found["file"]
    assert not found["check_lead"]
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_who_brings_a_case_forward_is_who_takes_a_step_that_leads_on_or_that_such_a_step_asks_for() -> None:
    procedure = shipped_procedures()["ordinary-lr"]
    assert "investigation" in actionable_states(procedure, ["officer"])
    assert actionable_states(procedure, ["publisher"]) == frozenset()
    secretary = actionable_states(procedure, ["meeting"])
    assert secretary == {"decision"}  # the discussion leads nowhere, and a decision asks for it
    assert "closed" not in actionable_states(procedure, ["head"])  # reopening waits for nobody


def test_a_condition_that_no_form_decides_stands_against_a_step_at_once() -> None:
    procedure = shipped_procedures()["urban"]
    verifier, step = Credentials(1, frozenset({"verifier"})), procedure.steps["confirm_done"]
    fresh = CaseSnapshot(procedure, "verification", Facts())
    confirmed = CaseSnapshot(procedure, "verification", Facts(steps=frozenset({"confirm_done"})))
    assert lasting_refusals(fresh, step, verifier) == ()
    (refusal,) = lasting_refusals(confirmed, step, verifier)
    assert "It has been confirmed" in refusal.sentence.en


@pytest.mark.parametrize(
    ("taken", "since", "is_refused"),
    [
        ((), {}, False),
        (("dispatch",), {"dispatch": 0}, True),
        (("dispatch",), {"dispatch": 1}, False),
        (("dispatch", "rework"), {"dispatch": 2, "rework": 0}, True),
        (("dispatch", "rework"), {"dispatch": 2, "rework": 1}, False),
    ],
)
def test_the_handler_s_proof_is_not_the_finder_s_photograph(
    taken: tuple[str, ...], since: dict[str, int], is_refused: bool
) -> None:
    procedure = shipped_procedures()["urban"]
    history = [StepRecord(step, (1,)) for step in taken]
    case = CaseSnapshot(procedure, "handling", Facts(), history)
    attempt = StepAttempt(case, procedure.steps["feed_back"], Credentials(1))
    found = list(evidence_refusals(attempt, CaseInventory({"audio_visual": 3}, since=since)))
    assert [each.code for each in found] == ["evidence"][:is_refused]
    if found:
        assert found[0].sentence.zh.startswith(
            f"“{procedure.steps[taken[-1]].title.zh}”之后的证据不少于 1 件"
        )
