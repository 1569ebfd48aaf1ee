"""How the columns of a delivered file become the fields of a layer's model."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """One model field and the headings under which files deliver it (compared without case).

    ``convert`` turns a delivered value into the field's, or raises ValueError with a sentence; ``match`` makes the
    field a foreign key that is found by that field of the other model.
    """

    name: str
    headings: tuple[str, ...] = ()
    convert: Callable[[Any], Any] | None = None
    required: bool = False
    match: str = ""


@dataclass(frozen=True)
class ImportMapping:
    """``key`` names the fields that identify a row across deliveries; without it source and geometry do.

    ``defaults`` fill fields that the file does not deliver; ``derive`` completes a row from its own fields.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    derive: Callable[[dict[str, Any]], dict[str, Any]] | None = None
