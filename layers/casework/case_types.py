"""The types of cases there are: each room registers its own."""

from dataclasses import dataclass
from pathlib import Path

from django.db import models

from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import layers_for
from layers.registry.text import Text


@dataclass(frozen=True)
class CaseType:
    """Cases of one family: ``layer`` is the layer whose rows they are.

    ``folder`` holds ``procedures/*.yaml`` and ``documents/*.html``, which come with the room. ``general`` is the
    code of the procedure that a department follows which has none of its own, "" where each must have one.
    ``extension`` is the model of what the family keeps besides, a CaseExtension.
    """

    family: str
    title: Text
    layer: str
    folder: Path
    general: str = ""
    extension: type[models.Model] | None = None


_TYPES: dict[str, CaseType] = {}


def register_case_type(case_type: CaseType) -> None:
    """Called by a room's ``case_types`` module, which is found like its layers."""
    known = _TYPES.setdefault(case_type.family, case_type)
    if known != case_type:
        raise ValueError(f"the family {case_type.family} is registered twice")


def case_types() -> tuple[CaseType, ...]:
    return tuple(_TYPES.values())


def case_layers(viewer: Viewer) -> list[Layer]:
    """The layers of cases that the viewer may know of, in the order of their families."""
    found = {layer.name: layer for layer in layers_for(viewer)}
    return [found[each.layer] for _, each in sorted(_TYPES.items()) if each.layer in found]


def case_type(family: str) -> CaseType:
    """Raises KeyError for a family of no room that is installed."""
    return _TYPES[family]
