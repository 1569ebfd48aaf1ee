"""Whether the clock could do what a deadline says comes when it has run out."""

from collections.abc import Iterator, Mapping, Set

from layers.casework.procedures.model import Deadline, Procedure, Step
from layers.registry.text import Text

Finding = tuple[str, Text]
"""The key of ``then`` that is wrong, and what is wrong."""


def timer_problems(
    procedure: Procedure, deadline: Deadline, running: Mapping[str, Set[str]]
) -> Iterator[Finding]:
    """``running`` are the deadlines that can be running in each state."""
    if not deadline.then.step:
        return
    step = procedure.steps[deadline.then.step]
    for zh, en in clock_obstacles(step):
        yield (
            "step",
            Text(
                f"期限“{deadline.code}”届满后系统不能办理步骤“{step.code}”：{zh}。",
                f"When {deadline.code!r} has run out nobody takes the step {step.code!r}: {en}.",
            ),
        )
    for code, state in procedure.states.items():
        runs = deadline.code in running.get(code, ()) and not state.final and not state.pending
        if runs and code not in step.sources:
            yield (
                "step",
                Text(
                    f"期限“{deadline.code}”届满时案件可能处于状态“{code}”，步骤“{step.code}”不能从那里办理。",
                    f"{deadline.code!r} can run out in the state {code!r}, where {step.code!r} does not start.",
                ),
            )


def clock_obstacles(step: Step) -> Iterator[tuple[str, str]]:
    """What only a person can give."""
    if asked := [each.name for each in step.fields if each.required or each.required_when is not None]:
        yield f"须填写 {'、'.join(asked)}", f"its form asks for {', '.join(asked)}"
    if step.reason_required:
        yield "须写明理由", "it needs a reason"
    if step.officers > 1:
        yield "须由两名人员办理", "it needs two officers"
    if step.evidence.least or step.evidence.kinds:
        yield "须有证据", "it needs evidence"
