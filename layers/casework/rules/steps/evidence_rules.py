"""The least evidence of a step and of a decision, and the place that must be known."""

from collections.abc import Iterator, Sequence

from layers.casework.phases import Phase
from layers.casework.procedures.model import EvidenceMinimum, Step
from layers.casework.procedures.vocabulary import GeometryKind
from layers.casework.rules.case_snapshot import CaseInventory
from layers.registry.text import Text

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt

EVIDENCE = {
    "document": Text("书证", "documents"),
    "physical": Text("物证", "physical evidence"),
    "audio_visual": Text("视听资料", "audio-visual material"),
    "electronic": Text("电子数据", "electronic data"),
    "testimony": Text("证人证言", "testimony"),
    "statement": Text("当事人的陈述", "the party's statement"),
    "opinion": Text("鉴定意见", "expert opinion"),
    "scene_record": Text("勘验笔录、现场笔录", "inspection or scene record"),
}


def evidence_refusals(attempt: StepAttempt, inventory: CaseInventory) -> Iterator[Refusal]:
    """The procedure's own minimum is asked for where an open case is decided or closed."""
    procedure, step, state = attempt.procedure, attempt.step, attempt.case.state
    target = procedure.states[step.target or state]
    settles = state in step.sources and procedure.states[state].phase is Phase.OPEN
    minimum = [step.evidence]
    if settles and target.phase in (Phase.DECIDED, Phase.CLOSED):
        minimum.append(procedure.evidence)
    yield from _minimum_refusals(step, minimum, inventory)
    yield from _own_refusals(attempt, inventory)
    if procedure.place.required and target.code == procedure.place.required and not inventory.located:
        if procedure.place.geometry is GeometryKind.POLYGON:
            yield refusal("geometry", step, "须先划定范围", "The area must be drawn on the map first")
        else:
            yield refusal("geometry", step, "须先标定位置", "The place must be marked on the map first")


def _minimum_refusals(
    step: Step, minimum: Sequence[EvidenceMinimum], inventory: CaseInventory
) -> Iterator[Refusal]:
    least = max(each.least for each in minimum)
    if sum(inventory.evidence.values()) < least:
        yield refusal(
            "evidence",
            step,
            f"证据不少于 {least} 件",
            f"Evidence must be at least {least} piece{'s'[: least > 1]}",
        )
    for kind in dict.fromkeys(kind for each in minimum for kind in each.kinds):
        if not inventory.evidence.get(kind):
            yield refusal(
                "evidence",
                step,
                f"缺少这类证据：{EVIDENCE[kind].zh}",
                f"This kind of evidence is missing: {EVIDENCE[kind].en}",
            )


def _own_refusals(attempt: StepAttempt, inventory: CaseInventory) -> Iterator[Refusal]:
    """What was found before proves nothing of what was done since."""
    step, rule = attempt.step, attempt.step.evidence
    taken = [each.step for each in attempt.case.history if each.step in rule.since]
    if taken and inventory.since.get(taken[-1], 0) < rule.least:
        title = attempt.procedure.steps[taken[-1]].title
        yield refusal(
            "evidence",
            step,
            f"“{title.zh}”之后的证据不少于 {rule.least} 件，此前的不算",
            f'Evidence after "{title.en}" must be at least {rule.least}; what came before does not count',
        )
