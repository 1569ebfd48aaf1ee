"""When a case is ready for a step: its state, the steps before, the limits to be waited for."""

from collections.abc import Iterator

from layers.casework.procedures.conditions import Facts, holds
from layers.casework.procedures.model import Step
from layers.casework.rules.forms.form_input import form_decides

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt

WAITED_FOR = {
    False: ("尚有部门未回复", "Departments have not answered yet"),
    True: ("尚有子案未办结", "A sub-task has not ended yet"),
}
"""By whether the step that is waited for opens sub-tasks."""


def is_ready(step: Step, facts: Facts) -> bool:
    """What a step's own form decides is left open."""
    return (
        facts.steps.issuperset(step.after)
        and facts.running.isdisjoint(step.waits)
        and facts.awaited.isdisjoint(step.awaits)
        and (form_decides(step, step.when) or holds(step.when, facts))
        and all(
            need.step in facts.steps or form_decides(step, need.when) or not holds(need.when, facts)
            for need in step.needs
        )
    )


def state_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step = attempt.step
    if attempt.case.state not in step.sources:
        titles = [attempt.procedure.states[each].title for each in step.sources]
        zh, en = "、".join(each.zh for each in titles), ", ".join(each.en for each in titles)
        yield refusal(
            "state",
            step,
            f"“{step.title.zh}”只能在这些状态下办理：{zh}",
            f'"{step.title.en}" is taken only in: {en}',
        )


def order_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step, facts = attempt.step, attempt.facts
    yield from _step_refusals(attempt)
    for code in step.waits:
        if code in facts.running:
            limit = attempt.procedure.deadlines[code]
            yield refusal(
                "waits",
                step,
                f"“{limit.title.zh}”尚未届满",
                f'"{limit.title.en}" has not run out',
                limit.basis,
            )
    for code in step.awaits:
        if code in facts.awaited:
            asking = attempt.procedure.steps[code]
            zh, en = WAITED_FOR[asking.opens is not None]
            yield refusal("awaits", step, f"“{asking.title.zh}”{zh}", f'{en}: "{asking.title.en}"')
    if not holds(step.when, facts) and step.otherwise:
        yield refusal("when", step, step.otherwise.zh, step.otherwise.en)


def _step_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step, facts, steps = attempt.step, attempt.facts, attempt.procedure.steps
    for code in step.after:
        if code not in facts.steps:
            title = steps[code].title
            yield refusal("after", step, f"须先办理“{title.zh}”", f'"{title.en}" must come first')
    for need in step.needs:
        if need.step not in facts.steps and holds(need.when, facts):
            title = steps[need.step].title
            yield refusal(
                "needs",
                step,
                f"本案须先办理“{title.zh}”",
                f'In this case "{title.en}" must come first',
                need.basis,
            )
