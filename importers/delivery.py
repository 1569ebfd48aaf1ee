"""What a file delivers, before anything is decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[Any]


class Refused(Exception):
    """A file or an option that cannot be worked with; the message says what to do."""


@dataclass
class Delivery:
    """Columns of one table and its geometry as WKB; (x, y) order whatever the authority states.

    ``crs`` is None when the file does not say. ``shapes`` is None for a table whose position lies in columns.
    ``labels`` name the rows where they have names of their own, such as ``way/123``.
    """

    columns: dict[str, Cells]
    shapes: "npt.NDArray[np.object_] | None"
    crs: str | None
    notes: list[str] = field(default_factory=list)
    labels: Sequence[str] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), self.shapes if self.shapes is not None else ()))

    def heading(self, name: str) -> str | None:
        """The file's own spelling of a heading."""
        wanted = name.strip().lower()
        return next((column for column in self.columns if column.strip().lower() == wanted), None)


@dataclass(frozen=True)
class Listed:
    """A row that was not loaded as delivered, and why; rows count from 1."""

    row: int
    reason: str
    loaded: bool
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or f"row {self.row}"
