"""How long a time limit is: so many units, of hours or of days."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Unit(StrEnum):
    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"

    @property
    def counts_days(self) -> bool:
        return self in (Unit.CALENDAR_DAY, Unit.WORKING_DAY)

    @property
    def step(self) -> timedelta:
        return timedelta(days=1) if self.counts_days else timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    """So many units; no day at all means until the end of the same day."""

    length: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.length < 0:
            raise ValueError(f"a time limit cannot be negative: {self.length}")
