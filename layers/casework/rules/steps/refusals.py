"""Why a step is refused, with the article that says so."""

from dataclasses import dataclass

from layers.casework.procedures.model import Step
from layers.registry.text import Text


@dataclass(frozen=True)
class Refusal:
    code: str
    sentence: Text


def refusal(code: str, step: Step, zh: str, en: str, basis: Text | None = None) -> Refusal:
    """By the step's own basis, unless another one says so."""
    law = basis or step.basis
    return Refusal(code, Text(f"{zh}（{law.zh}）。", f"{en} ({law.en})."))


def unknown_step(code: str) -> Refusal:
    return Refusal("unknown", Text(f"本程序没有步骤“{code}”。", f"This procedure has no step {code!r}."))
