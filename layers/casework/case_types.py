"""The types of cases there are: each room registers its own."""

from dataclasses import dataclass
from pathlib import Path

from django.db import models

from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import layers_for
from layers.registry.text import Text

from .indicator import Measure, Rate


@dataclass(frozen=True)
class CaseType:
    """Cases of one family: ``layer`` is the layer whose rows they are.

    ``folder`` holds ``procedures/*.yaml`` and ``documents/*.html``, which come with the room. ``general`` is the
    code of the procedure that a department follows which has none of its own, "" where each must have one.
    ``extension`` is the model of what the family keeps besides, a CaseExtension. ``number`` is how its cases are
    numbered, each year and department anew as far as they stand in it. Steps of its procedures may mark
    cases with its own ``marks`` besides those of all families, and its ``measures`` and ``rates`` count by them:
    ``'mended' = ANY(marks)``.
    """

    family: str
    title: Text
    layer: str
    folder: Path
    general: str = ""
    extension: type[models.Model] | None = None
    number: str = "{department}-{year}-{serial:05d}"
    marks: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    rates: tuple[Rate, ...] = ()

    def case_number(self, department: str, year: int, serial: int) -> str:
        return self.number.format(department=department, year=year, serial=serial)


REGISTERED: dict[str, CaseType] = {}


def register_case_type(case_type: CaseType) -> None:
    """Called by a room's ``case_types`` module, which is found like its layers."""
    known = REGISTERED.setdefault(case_type.family, case_type)
    if known != case_type:
        raise ValueError(f"the family {case_type.family} is registered twice")
    if known.case_number("A", 2026, 1) == known.case_number("A", 2026, 2):
        raise ValueError(f"the numbers of {known.family} need a {{serial}}")
    for other in (each for each in REGISTERED.values() if each is not known):
        if shared := _own_codes(other) & _own_codes(known):
            raise ValueError(f"the families {other.family} and {known.family} both have {sorted(shared)}")


def _own_codes(case_type: CaseType) -> set[str]:
    """Marks and figures lie beside those of all other families."""
    figures = {each.code for each in case_type.measures} | {each.code for each in case_type.rates}
    return figures | {f"mark {mark}" for mark in case_type.marks}


def case_types() -> tuple[CaseType, ...]:
    return tuple(REGISTERED.values())


def case_layers(viewer: Viewer) -> list[Layer]:
    """The layers of cases that the viewer may know of, in the order of their families."""
    found = {layer.name: layer for layer in layers_for(viewer)}
    return [found[each.layer] for _, each in sorted(REGISTERED.items()) if each.layer in found]


def marks_of(family: str) -> tuple[str, ...]:
    """What steps of this family may mark cases with besides what those of all may; nothing of a family of no room."""
    return REGISTERED[family].marks if family in REGISTERED else ()


def case_type(family: str) -> CaseType:
    """Raises KeyError for a family of no room that is installed."""
    return REGISTERED[family]
