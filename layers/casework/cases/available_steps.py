"""Steps as they are offered to somebody: ready or not, by when, and what stands against them before a form is filled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from layers.casework.procedures import Facts, Procedure, Step
from layers.casework.rules.step_rules import (
    CaseInventory,
    Credentials,
    StepRecord,
    form_decides,
    ready_steps,
    step_refusals,
)
from layers.registry.text import Text


@dataclass(frozen=True)
class AvailableStep:
    """A step that starts from the case's state. ``is_ready``: the case is; ``against``: why this actor may not."""

    step: Step
    is_ready: bool
    refusals: tuple[Text, ...]

    @property
    def may_take(self) -> bool:
        return not self.refusals


def available_steps(
    procedure: Procedure,
    state: str,
    facts: Facts,
    actor: Credentials,
    history: Sequence[StepRecord] = (),
    held: CaseInventory | None = None,
) -> list[AvailableStep]:
    """Every step from this state, those that may be taken first."""
    ready = {step.code for step in ready_steps(procedure, state, facts)}
    found = [
        AvailableStep(
            step, step.code in ready, tuple(_refusals(procedure, step, state, facts, actor, history, held))
        )
        for step in procedure.steps.values()
        if state in step.sources
    ]
    return sorted(found, key=lambda offer: (not offer.may_take, not offer.is_ready))


def _refusals(
    procedure: Procedure,
    step: Step,
    state: str,
    facts: Facts,
    actor: Credentials,
    history: Sequence[StepRecord],
    held: CaseInventory | None,
) -> Iterator[Text]:
    """Refusals that no filled-in form takes away: the step is judged as if it asked for nothing."""
    bare = replace(
        step,
        fields=(),
        officers=1,
        reason_required=False,
        when=None if form_decides(step, step.when) else step.when,
        needs=tuple(need for need in step.needs if not form_decides(step, need.when)),
    )
    asked = replace(procedure, steps={**procedure.steps, step.code: bare})
    found = step_refusals(asked, step.code, state=state, facts=facts, actor=actor, history=history, held=held)
    return (refusal.sentence for refusal in found)


def actionable_states(procedure: Procedure, posts: Iterable[str]) -> frozenset[str]:
    """States in which somebody with one of these posts brings a case forward.

    A step brings it forward if it leads to another state, or if such a step asks for it to have been taken;
    steps that open a closed case again wait for nobody.
    """
    own = set(posts)
    steps = [step for step in procedure.steps.values() if not step.reopens]
    leading = {step.code for step in steps if step.target}
    asked = {code for step in steps if step.code in leading for code in _prerequisites(step)}
    return frozenset(
        state
        for step in steps
        if own & set(step.by) and step.code in leading | asked
        for state in step.sources
    )


def _prerequisites(step: Step) -> Iterator[str]:
    yield from step.after
    yield from (need.step for need in step.needs)


def limits_by_step(procedure: Procedure, running: Mapping[str, object]) -> dict[str, list[str]]:
    """Codes of running limits by the step that ends them."""
    found: dict[str, list[str]] = {}
    for code in running:
        for step in procedure.deadlines[code].ends:
            found.setdefault(step, []).append(code)
    return found
