"""Steps that start from a case's state: ready or not, and what stands against them before a form is filled."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from layers.casework.procedures.model import Procedure, Step
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.forms.form_input import form_decides

from .order_rules import is_ready
from .refusals import Refusal
from .step_attempt import StepAttempt
from .step_rules import step_refusals


@dataclass(frozen=True)
class AvailableStep:
    """A step that starts from the case's state. ``is_ready``: the case is; ``refusals``: why this officer may not."""

    step: Step
    is_ready: bool
    refusals: tuple[Refusal, ...]

    @property
    def may_take(self) -> bool:
        return not self.refusals


def available_steps(case: CaseSnapshot, officer: Credentials) -> list[AvailableStep]:
    """Every step from this state, those that may be taken first."""
    found = [
        AvailableStep(step, is_ready(step, case.facts), lasting_refusals(case, step, officer))
        for step in _steps_from(case)
    ]
    return sorted(found, key=lambda each: (not each.may_take, not each.is_ready))


def ready_steps(case: CaseSnapshot) -> list[Step]:
    """Steps the case is ready for; what a step's own form decides is left open."""
    return [step for step in _steps_from(case) if is_ready(step, case.facts)]


def _steps_from(case: CaseSnapshot) -> Iterator[Step]:
    return (step for step in case.procedure.steps.values() if case.state in step.sources)


def lasting_refusals(case: CaseSnapshot, step: Step, officer: Credentials) -> tuple[Refusal, ...]:
    """Refusals that no filled-in form takes away: the step is judged as if it asked for nothing."""
    bare = replace(
        step,
        fields=(),
        officers=1,
        reason_required=False,
        when=None if form_decides(step, step.when) else step.when,
        needs=tuple(need for need in step.needs if not form_decides(step, need.when)),
    )
    return tuple(step_refusals(StepAttempt(replace(case, dates=None), bare, officer)))


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
