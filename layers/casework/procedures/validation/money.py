"""Whether steps that write to a case's account can: their forms ask for what an entry of the kind is made of."""

from collections.abc import Iterator

from layers.casework.procedures.model import Procedure, Step
from layers.casework.procedures.money import EntryKind, MoneyStep
from layers.casework.procedures.vocabulary import FieldKind
from layers.registry.text import Text

from .fields import AMOUNTS

NEEDS = {
    EntryKind.DECIDED: {"amount"},
    EntryKind.PAID: {"amount", "receipt"},
    EntryKind.REFUNDED: {"amount", "receipt"},
    EntryKind.REDUCED: {"amount"},
    EntryKind.DEFERRED: {"until"},
}
"""What an entry cannot do without."""
Finding = tuple[tuple[str | int, ...], Text]


def money_problems(procedure: Procedure) -> Iterator[Finding]:
    for step in procedure.steps.values():
        if step.money is None:
            continue
        where = ("steps", step.code, "money")
        if procedure.money is None:
            yield where, Text("本程序没有账目（money）。", "This procedure keeps no account (money).")
        for key, found in _entry_problems(step, step.money):
            yield (*where, key), found


def _entry_problems(step: Step, rule: MoneyStep) -> Iterator[tuple[str, Text]]:
    asked = {each.name: each for each in step.fields}
    named = {
        "amount": (rule.amount, AMOUNTS),
        "on": (rule.on, {FieldKind.DATE}),
        "receipt": (rule.receipt, {FieldKind.TEXT}),
        "channel": (rule.channel, {FieldKind.CHOICE}),
        "until": (rule.until, {FieldKind.DATE}),
        "parts": (rule.parts, AMOUNTS),
    }
    for key, (name, kinds) in named.items():
        if name and not (name in asked and asked[name].kind in kinds):
            yield (
                key,
                Text(
                    f"步骤“{step.code}”没有可作 {key} 的字段“{name}”。",
                    f"The step {step.code!r} has no field {name!r} that can be its {key}.",
                ),
            )
        elif not name and key in NEEDS.get(rule.entry, ()):
            yield "entry", Text(f"{rule.entry} 须写明 {key}。", f"{rule.entry} must say its {key}.")
