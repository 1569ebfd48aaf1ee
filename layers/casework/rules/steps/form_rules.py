"""Whether the form of a step is filled in, and rightly."""

from collections.abc import Iterator

from layers.casework.procedures.conditions import holds
from layers.casework.procedures.fields import Field
from layers.casework.rules.forms.field_problems import field_problems, is_blank
from layers.casework.rules.forms.references import mismatches

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt


def form_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step = attempt.step
    if step.reason_required and not attempt.reason.strip():
        yield refusal("reason", step, "须写明理由", "A reason must be given")
    for field in step.fields:
        value = attempt.fields.get(field.name)
        zh, en = field.title.zh, field.title.en
        if is_blank(field, value):
            if _is_required(field, attempt):
                yield refusal("field", step, f"须填写“{zh}”", f'"{en}" must be filled in')
            continue
        for sentence in field_problems(field, value):
            yield refusal("field", step, sentence.zh, sentence.en)
        for check in field.checks:
            if not holds(check.that, attempt.facts):
                yield refusal("check", step, check.otherwise.zh, check.otherwise.en, check.basis)
        for sentence in mismatches(field, value, attempt.facts.fields):
            yield refusal("field", step, sentence.zh, sentence.en)


def _is_required(field: Field, attempt: StepAttempt) -> bool:
    return field.required or (field.required_when is not None and holds(field.required_when, attempt.facts))
