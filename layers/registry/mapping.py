"""How the columns of a delivered file become the fields of a layer's model."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """One model field and the headings under which files deliver it (compared without case)."""

    name: str
    headings: tuple[str, ...] = ()
    convert: Callable[[object], object] | None = None
    required: bool = False


@dataclass(frozen=True)
class ImportMapping:
    """``key`` names the fields that identify a row across deliveries."""

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    defaults: dict[str, object] = field(default_factory=dict)
