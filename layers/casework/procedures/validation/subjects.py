"""Whether cases can be about what a procedure says that they are about."""

from collections.abc import Iterator

from layers.casework.case_types import case_types
from layers.casework.procedures.model import Procedure
from layers.registry.registration import is_registered
from layers.registry.text import Text

Finding = tuple[str, str, Text]
"""The layer, the key of its rule that is wrong ("" for all of it), and what is wrong."""


def subject_problems(procedure: Procedure) -> Iterator[Finding]:
    """Cases have to do with one another by relations; a feature that must be there can be named where it is asked for."""
    cases = {each.layer for each in case_types()}
    for layer, rule in procedure.subjects.items():
        if not is_registered(layer):
            yield layer, "", Text(f"没有图层“{layer}”。", f"There is no layer {layer!r}.")
        elif layer in cases:
            yield (
                layer,
                "",
                Text(f"“{layer}”是案件图层，案件之间用关联。", f"{layer!r} are cases, which are related."),
            )
        if rule.required and rule.required not in procedure.states:
            zh, en = f"没有状态“{rule.required}”。", f"There is no state {rule.required!r}."
            yield layer, "required", Text(zh, en)
