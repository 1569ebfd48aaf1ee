"""What rules and papers look at of the event of an opening or a step; whole events cost lists of cases much."""

from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from layers.casework.models import Event


class StepRow(NamedTuple):
    """Columns of an event."""

    case_id: int
    pk: int
    step: str
    at: datetime
    officer_id: int | None
    partner_id: int | None
    data: dict[str, Any]


StepEvent = TypeVar("StepEvent", bound=Event | StepRow)
